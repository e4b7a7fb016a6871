"""Answers that come back by mail from people's calendars (RFC 5546 3.2.3) count.

An answer is a member's when it carries their key, the organiser's address that only their own
invitations have, and a From of theirs that the mail server vouches for. With the key alone they
are told on the site that their calendar answered, and do it there themselves. A guest's no counts
in the same way; with the key alone they are asked by mail. The answer is sent to
that address; not every program (Exchange, outlook.com) repeats it as ORGANIZER, as RFC 5546 asks.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import attending, guest_mails, guests, mails
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.gatherings.operations import refuse_if_over
from cop.members import addresses as addresses_of
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.notifications.operations import notify
from cop.platform.errors import NotFound, Refused
from cop.platform.mail.addresses import ToGathering, ToGuest, addresses
from cop.platform.mail.calendar_answers import CalendarAnswer, takes_calendar_answers
from cop.platform.numbers import LARGEST_ID

ACCEPTED, DECLINED = "ACCEPTED", "DECLINED"


@dataclass(frozen=True, slots=True)
class _Said:
    """What an answer says.

    Attributes:
        key: whose invitation to what it answers.
        sequence: the number of the message that it answers; None where a program leaves it out.
        at: when the calendar answered, None where it does not say.
    """

    key: ToGathering | ToGuest
    uid: str
    answer: str
    sequence: int | None
    at: datetime | None

    def is_late(self, sequence: int, told_at: datetime | None) -> bool:
        """It answers what has changed since, by a message of this number at this time.

        An answer without a number has the number 0 (RFC 5546 2.1.4), so that none after a change
        would ever count. Google, Outlook and Apple repeat the number; of who does not, it counts
        when it was said after the change was sent.
        """
        if self.sequence is not None or self.at is None or told_at is None:
            return (self.sequence or 0) < sequence
        return sequence > 0 and self.at < told_at.replace(microsecond=0)  # they tell whole seconds


@takes_calendar_answers
def take(session: Session, answer: CalendarAnswer, now: datetime) -> bool:
    """Sign a member off or up as their calendar says; whether it was one of our invitations."""
    said = _read(answer)
    if said is None:
        return False
    if isinstance(said.key, ToGuest):
        return _of_guest(session, said.key, said, answer, now)
    row = session.execute(
        select(Attendance, Gathering.uid, Member)
        .join(Gathering, Gathering.id == Attendance.gathering_id)
        .join(Member, Member.id == Attendance.member_id)
        .where(Attendance.gathering_id == said.key.gathering_id)
        .where(Attendance.member_id == said.key.member_id)
    ).one_or_none()
    if row is None or row.uid != said.uid:
        return False
    attendance, member = row.Attendance, row.Member
    if member.state != MemberState.ACTIVE or said.is_late(attendance.sequence, attendance.told_at):
        return True  # their calendar has been told
    wanted = _wanted(attendance, said.answer)
    if wanted is None:
        return True
    if answer.member_id != member.id:
        _ask_on_site(session, attendance, said, now)
        return True
    actor = Actor(member.id, SiteRole(member.site_role))
    try:
        if wanted == Coming.OFF:
            attending.sign_off(session, actor, attendance.gathering_id, now)
            # The calendar that says so need not be told.
            attendance.told, attendance.in_calendar = "", False
            session.flush()
        else:
            attending.sign_up(session, actor, attendance.gathering_id, now)
            attendance.told, attendance.in_calendar = mails.mark(attendance), True
            session.flush()
    except NotFound:
        pass  # not theirs to see any more
    except Refused:
        if attendance.gathering.cancelled_at is None and attendance.gathering.starts_at > now:
            _ask_on_site(session, attendance, said, now)  # something has to be done there first
    return True


def _of_guest(
    session: Session, key: ToGuest, said: _Said, answer: CalendarAnswer, now: datetime
) -> bool:
    """A guest's calendar: a no counts, a yes is said on their page, where the rules are."""
    guest = session.get(GatheringGuest, key.guest_id)
    if guest is None or guest.gathering is None or guest.gathering_id != key.gathering_id:
        return False
    if guest.gathering.uid != said.uid:
        return False
    if said.answer != DECLINED or guest.coming != Coming.GOING:
        return True
    if said.is_late(guest.sequence, guest.told_at):
        return True
    with suppress(Refused):  # over or cancelled: there is nothing to sign off from
        refuse_if_over(guest.gathering, now)
        if answer.vouched and answer.sender == addresses_of.normal(guest.email):
            guests.answer_gathering(session, guest, comes=False, agrees=False, now=now)
        else:
            guest_mails.ask_on_their_page(session, guest, now)
    return True


def _wanted(attendance: Attendance, answer: str) -> Coming | None:
    """What the answer would change; None when it changes nothing."""
    if answer == DECLINED and attendance.coming in attending.HEAR:
        return Coming.OFF
    here = attendance.coming in attending.HERE
    return Coming.GOING if answer == ACCEPTED and not here else None


def _ask_on_site(session: Session, attendance: Attendance, said: _Said, now: datetime) -> None:
    notify(
        session,
        member_ids=[attendance.member_id],
        kind="gatherings.answer",
        key=f"gatherings.answer:{attendance.id}:{attendance.sequence}:{said.answer}",
        subject_id=attendance.gathering_id,
        now=now,
    )


def _read(answer: CalendarAnswer) -> _Said | None:
    """What a REPLY says, whatever bytes came; None when it is not to an invitation of ours."""
    try:
        calendar = Calendar.from_ical(answer.ics)
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return None
        event = calendar.walk("VEVENT")[0]
        key = addresses().read(answer.to)
        if not isinstance(key, ToGathering | ToGuest):
            key = addresses().read(_address(event["ORGANIZER"]))
        attendees = event["ATTENDEE"]
        attendee = attendees[0] if isinstance(attendees, list) else attendees
        says = str(attendee.params.get("PARTSTAT", "")).upper()
        number = event.get("SEQUENCE")
        sequence = min(int(number), LARGEST_ID) if number is not None else None
        at = _moment(event.get("DTSTAMP"))
        uid = str(event["UID"])
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, RecursionError):
        return None
    return _Said(key, uid, says, sequence, at) if isinstance(key, ToGathering | ToGuest) else None


def _moment(value: object) -> datetime | None:
    """A moment (UTC, RFC 5545 3.8.7.2); None for what is none."""
    at = getattr(value, "dt", None)
    if not isinstance(at, datetime):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _address(value: object) -> str:
    text = str(value).strip()
    return text[7:] if text.lower().startswith("mailto:") else text
