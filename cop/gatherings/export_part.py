"""Where a member went and what they answered, for them to take along."""

from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Attendance, Gathering, OwnCalendar
from cop.gatherings.poll_models import DatePoll, PollAnswer, PollVoter
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l

exports(
    Room(
        "gatherings",
        _l("Calendar"),
        [
            Rows(
                "organised",
                _l("What you organised"),
                [Gathering.organiser_id],
                [
                    *(Gathering.kind, Gathering.title, Gathering.source, Gathering.starts_at),
                    *(Gathering.ends_at, Gathering.place, Gathering.created_at),
                    *(Gathering.cancelled_at, Gathering.cancelled_why),
                ],
                under=Gathering.organiser_id,
            ),
            Rows(
                "reports",
                _l("Reports that you wrote"),
                [Gathering.report_by_id],
                [Gathering.title, Gathering.report, Gathering.report_at],
                under=Gathering.report_by_id,
            ),
            Rows(
                "attended",
                _l("Where you come or came"),
                [Attendance.member_id, Attendance.persona_id],
                [Attendance.gathering_id, Attendance.coming, Attendance.since],
                under=Attendance.persona_id,
            ),
            Rows(
                "polls",
                _l("Date polls that you made"),
                [DatePoll.organiser_id],
                [
                    *(DatePoll.title, DatePoll.source, DatePoll.created_at),
                    *(DatePoll.closes_at, DatePoll.closed_at),
                ],
                under=DatePoll.organiser_id,
            ),
            Rows(
                "poll_answers",
                _l("Date polls that you answered"),
                [PollVoter.member_id, PollVoter.persona_id],
                [PollVoter.poll_id, PollVoter.comes, PollVoter.answered_at],
                under=PollVoter.persona_id,
            ),
            Rows(
                "poll_days",
                _l("When you said that you can"),
                [PollAnswer.voter_id],
                [PollAnswer.option_id, PollAnswer.can],
            ),
            Rows(
                "guests",
                _l("Guests that you asked"),
                [GatheringGuest.asked_by_id],
                # Their name and address are theirs.
                [GatheringGuest.asked_at, GatheringGuest.facilitates],
                under=GatheringGuest.asked_by_id,
            ),
            Rows(
                "own_calendar",
                _l("Your own calendar"),
                [OwnCalendar.member_id],
                [OwnCalendar.week_before, OwnCalendar.day_before, OwnCalendar.by_mail],
            ),
        ],
        left={"gathering_guest.email": "the address of somebody else"},
    )
)
