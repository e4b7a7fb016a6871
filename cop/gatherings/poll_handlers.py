"""Who hears of a date that is looked for, in the worker; permissions are asked again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from cop.gatherings import belonging, events, guest_mails, guests, poll_people, polling
from cop.gatherings.ground import tell
from cop.gatherings.models import Gathering
from cop.gatherings.poll_models import DatePoll
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.members.actor import Actor
from cop.members.blocks import who_blocked
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import Member
from cop.members.site import name_of
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.platform.i18n import gettext as _
from cop.platform.mail.composing import Letter, Link, Words, absolute, post
from cop.platform.outbox import emit, job, on
from cop.spaces import events as spaces
from cop.spaces.circles import members_of, reading_members
from cop.spaces.events import moment

EVERY = 60.0  # seconds


@job("gatherings.close_date_polls", every=EVERY)
def close_due(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    polling.close_due(session, now)


@on(events.DateAsked)
def tell_who_is_asked(session: Session, event: events.DateAsked, now: datetime) -> None:
    """The members of the space or group; for the community it stands in the calendar."""
    poll = session.get(DatePoll, event.poll_id)
    if poll is None or not _for_a_circle(poll) or poll.closed_at is not None:
        return
    others = [m for m in members_of(session, poll.circle_id) if m != poll.organiser.member_id]
    tell(session, "gatherings.date_asked", poll.id, others, now, by_id=poll.organiser_id)


@on(events.DatesAdded)
def tell_of_more_dates(session: Session, event: events.DatesAdded, now: datetime) -> None:
    """Whoever answered already; the others are asked anyway."""
    poll = session.get(DatePoll, event.poll_id)
    if poll is not None and poll.closed_at is None:
        told = set(poll_people.voters_of(session, poll.id)) - {poll.organiser.member_id}
        readers = session.scalars(
            select(Member.id).where(Member.id.in_(told), reading_members(literal(poll.circle_id)))
        ).all()
        others = set(readers) - _who_blocked(session, readers, poll.organiser_id, event.by_id)
        what = f"gatherings.dates_added:{event.at}"
        tell(session, what, poll.id, list(others), now, by_id=event.by_id)


@on(events.DateReminded)
def remind(session: Session, event: events.DateReminded, now: datetime) -> None:
    """On the site and by mail; a mail says no more than that a date is looked for."""
    poll = session.get(DatePoll, event.poll_id)
    if poll is None or poll.closed_at is not None:
        return
    silent = poll_people.silent_members(session, poll)
    blocked = _who_blocked(session, [m.id for m in silent], poll.organiser_id, event.by_id)
    silent = [member for member in silent if member.id not in blocked]
    what = f"gatherings.date_reminder:{event.at}"
    tell(session, what, poll.id, [m.id for m in silent], now, by_id=event.by_id)
    site = name_of(session)
    for member in silent:
        post(
            session,
            lambda: _letter(poll, site),
            key=f"gatherings.date_reminder:{poll.id}:{event.at}:{member.id}",
            recipient=member.email,
            language=member.language,
            zone=member.time_zone,
            now=now,
            sender_name=site,
            member_id=member.id,
        )
    guest_mails.remind_of_poll(session, poll, str(event.at), now)


def _who_blocked(session: Session, member_ids: Sequence[int], *persona_ids: int) -> set[int]:
    """Those of the members who blocked one of these: whose poll it is, and who acts in it."""
    wanted = set(member_ids)
    return {m for persona_id in set(persona_ids) for m in who_blocked(session, wanted, persona_id)}


def _letter(poll: DatePoll, site: str) -> Letter:
    return Letter(
        _("When can you?"),
        (
            Words(_("A date is looked for, and you have not said yet when you can.")),
            Link(_("Say when you can"), absolute(f"/agenda/prikker/{poll.id}")),
        ),
        _(
            "You get this because you take part in something at %(site)s, and whoever looks for "
            "the date asked to remind you.",
            site=site,
        ),
    )


@on(events.DatePollClosed)
def tell_outcome(session: Session, event: events.DatePollClosed, now: datetime) -> None:
    poll = session.get(DatePoll, event.poll_id)
    if poll is None or poll.gathering_id is not None or poll.organiser.member_id is None:
        return
    tell(session, "gatherings.date_closed", poll.id, [poll.organiser.member_id], now)


@on(events.DateChosen)
def tell_date(session: Session, event: events.DateChosen, now: datetime) -> None:
    """Everybody who was asked or answered, and may read it.

    Who blocked whoever looked for the date was not asked, and hears of it only if they answered.
    """
    poll = session.get(DatePoll, event.poll_id)
    if poll is None or poll.gathering_id is None:
        return
    told = set(poll_people.voters_of(session, poll.id))
    if _for_a_circle(poll):
        asked = members_of(session, poll.circle_id)
        told |= set(asked) - _who_blocked(session, asked, poll.organiser_id)
    told.discard(poll.organiser.member_id or 0)
    guests.bring_along(session, poll, session.get_one(Gathering, poll.gathering_id), now)
    readers = session.scalars(
        select(Member.id).where(Member.id.in_(told), reading_members(literal(poll.circle_id)))
    )
    tell(session, "gatherings.date_chosen", poll.id, list(readers), now)


@on(MemberLeft)
def forget_own_answers(session: Session, event: MemberLeft, now: datetime) -> None:
    polling.BALLOTS.forget_persona(session, event.persona_id)
    _end(session, event.persona_id, now)


@on(PseudonymEnds)
def forget_answers(session: Session, event: PseudonymEnds, now: datetime) -> None:
    polling.BALLOTS.forget_persona(session, event.persona_id)
    _end(session, event.persona_id, now)


def _end(session: Session, persona_id: int, now: datetime) -> None:
    for poll_id in session.scalars(
        select(DatePoll.id).where(
            DatePoll.organiser_id == persona_id, DatePoll.gathering_id.is_(None)
        )
    ).all():
        emit(session, events.PollOrganiserGone(poll_id=poll_id, at=moment(now)), now)


@on(events.PollOrganiserGone)
def ask_to_take_over(session: Session, event: events.PollOrganiserGone, now: datetime) -> None:
    """Nothing is orphaned: whoever answered or is asked is asked this too."""
    poll = session.get(DatePoll, event.poll_id)
    if poll is None or poll.gathering_id is not None or poll.organiser.gone_at is None:
        return
    asked = set(poll_people.voters_of(session, poll.id))
    if _for_a_circle(poll):
        asked |= set(members_of(session, poll.circle_id))
    readers = session.scalars(
        select(Member.id).where(Member.id.in_(asked), reading_members(literal(poll.circle_id)))
    )
    tell(session, f"gatherings.poll_take_over:{event.at}", poll.id, list(readers), now)


@on(spaces.Left)
def drop_who_left(session: Session, event: spaces.Left, _now: datetime) -> None:
    polling.drop_who_may_not_read(session, event.circle_id)


@on(spaces.VisibilityChanged)
def drop_outsiders(session: Session, event: spaces.VisibilityChanged, _now: datetime) -> None:
    polling.drop_who_may_not_read(session, event.circle_id)


def _for_a_circle(poll: DatePoll) -> bool:
    """The members of a space or group are asked, not the whole community."""
    return poll.space_id is not None or belonging.of(poll.kind) is not None


@sentences(
    "gatherings.date_asked",
    "gatherings.date_chosen",
    "gatherings.date_closed",
    "gatherings.date_reminder",
    "gatherings.dates_added",
    "gatherings.poll_take_over",
)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """One line each, for what the actor may still read."""
    polls = {
        poll.id: poll
        for poll in session.scalars(
            POLLS.scope(actor, PollPermission.READ).where(
                DatePoll.id.in_({n.subject_id for n in notifications})
            )
        )
    }
    made = {}
    for n in notifications:
        poll = polls.get(n.subject_id)
        if poll is not None:
            url = f"/agenda/prikker/{poll.id}"
            if n.kind == "gatherings.date_chosen" and poll.gathering_id is not None:
                url = f"/agenda/{poll.gathering_id}"
            text = _sentence(n, poll)
            if text is not None:
                made[n.id] = Line(text, url)
    return made


def _sentence(n: Notification, poll: DatePoll) -> str | None:
    said = {"title": poll.title, "who": n.by.name if n.by is not None else ""}
    match n.kind.removeprefix("gatherings."):
        case "date_asked":
            return _("%(who)s asks when you can: “%(title)s”.", **said)
        case "date_chosen":
            return _("The date of “%(title)s” is chosen. Do you come?", **said)
        case "dates_added":
            return _("There are more dates for “%(title)s”. When can you?", **said)
        case "date_closed":
            return _("Everybody could answer. Choose the date of “%(title)s”.", **said)
        case "poll_take_over":
            if poll.organiser.gone_at is None or poll.gathering_id is not None:
                return None
            return _("Nobody looks for the date of “%(title)s” any more. Will you?", **said)
    return _("When can you? “%(title)s” is looking for a date.", **said)
