"""What follows when something happened to a gathering, in the worker; permissions asked again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, literal, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import attending, belonging, events, mails, when, words
from cop.gatherings import reminders as _reminders
from cop.gatherings import replies as _replies
from cop.gatherings.ground import tell
from cop.gatherings.models import Attendance, Coming, Gathering, OwnCalendar
from cop.gatherings.permissions import GATHERINGS, GatheringPermission
from cop.members.actor import Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import Member, Persona
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, on
from cop.spaces import events as spaces
from cop.spaces.circles import members_of, reading_members
from cop.spaces.events import moment

__all__ = ["_reminders", "_replies"]  # what they register


@on(events.Planned)
def tell_space(session: Session, event: events.Planned, now: datetime) -> None:
    """Whoever takes part in the space hears of it; for the community it stands in the calendar."""
    gathering = session.get(Gathering, event.gathering_id)
    if gathering is None or gathering.space_id is None or gathering.cancelled_at is not None:
        return
    organiser = gathering.organiser.member_id
    others = [m for m in members_of(session, gathering.circle_id) if m != organiser]
    tell(session, "gatherings.planned", gathering.id, others, now, by_id=gathering.organiser_id)


@on(events.ComingChanged)
def tell_calendar(session: Session, event: events.ComingChanged, now: datetime) -> None:
    attendance = session.get(Attendance, event.attendance_id)
    if attendance is not None:
        mails.bring_up_to_date(session, attendance, now)


@on(events.PlaceFound)
def tell_who_waited(session: Session, event: events.PlaceFound, now: datetime) -> None:
    attendance = session.get(Attendance, event.attendance_id)
    if attendance is not None and attendance.coming == Coming.GOING:
        tell(
            session,
            f"gatherings.place:{event.at}",
            attendance.gathering.id,
            [attendance.member_id],
            now,
        )


@on(events.Moved)
def tell_of_move(session: Session, event: events.Moved, now: datetime) -> None:
    gathering = session.get(Gathering, event.gathering_id)
    if gathering is not None and gathering.cancelled_at is None:
        tell(session, f"gatherings.moved:{event.at}", gathering.id, _here(session, gathering), now)
        _tell_calendars(session, gathering, now)


@on(events.Cancelled)
def tell_of_cancelling(session: Session, event: events.Cancelled, now: datetime) -> None:
    gathering = session.get(Gathering, event.gathering_id)
    if gathering is not None:
        tell(session, "gatherings.cancelled", gathering.id, _here(session, gathering), now)
        _tell_calendars(session, gathering, now)


@on(events.ReportWritten)
def tell_of_report(session: Session, event: events.ReportWritten, now: datetime) -> None:
    gathering = session.get(Gathering, event.gathering_id)
    if gathering is not None:
        came = _here(session, gathering, Coming.GOING)
        tell(session, "gatherings.report", gathering.id, came, now, by_id=gathering.report_by_id)


@on(events.OrganiserGone)
def ask_to_take_over(session: Session, event: events.OrganiserGone, now: datetime) -> None:
    """Nothing is orphaned: whoever comes is asked. A space's coordinators manage it anyway."""
    gathering = session.get(Gathering, event.gathering_id)
    if gathering is None or gathering.organiser.gone_at is None:
        return
    room = belonging.of(gathering.kind)
    if room is None or not room.hands_over:
        here = _here(session, gathering)
        tell(session, f"gatherings.take_over:{event.at}", gathering.id, here, now)


@on(MemberLeft)
def end_own_name(session: Session, event: MemberLeft, now: datetime) -> None:
    session.execute(delete(OwnCalendar).where(OwnCalendar.member_id == event.member_id))
    _end(session, event.persona_id, now)


@on(PseudonymEnds)
def end_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    _end(session, event.persona_id, now)


def _end(session: Session, persona_id: int, now: datetime) -> None:
    attending.forget_persona(session, persona_id, now)
    for gathering_id in session.scalars(
        select(Gathering.id)
        .where(Gathering.organiser_id == persona_id)
        .where(Gathering.ends_at > now, Gathering.cancelled_at.is_(None))
    ).all():
        emit(session, events.OrganiserGone(gathering_id=gathering_id, at=moment(now)), now)


@on(spaces.Left)
def end_for_who_left(session: Session, event: spaces.Left, now: datetime) -> None:
    attending.drop_who_may_not_read(session, event.circle_id, now)


@on(spaces.VisibilityChanged)
def end_for_outsiders(session: Session, event: spaces.VisibilityChanged, now: datetime) -> None:
    attending.drop_who_may_not_read(session, event.circle_id, now)


def _tell_calendars(session: Session, gathering: Gathering, now: datetime) -> None:
    """One job for each person, so that no transaction grows with their number."""
    for attendance_id in session.scalars(
        select(Attendance.id)
        .where(Attendance.gathering_id == gathering.id)
        .where(or_(Attendance.coming.in_((Coming.ASKED, Coming.GOING)), Attendance.told != ""))
        .order_by(Attendance.id)
    ).all():
        emit(session, events.ComingChanged(attendance_id=attendance_id), now)


def _here(session: Session, gathering: Gathering, *coming: Coming) -> list[int]:
    """Members who come, wait or are asked, and may read it."""
    return list(
        session.scalars(
            select(Attendance.member_id)
            .join(Member, Member.id == Attendance.member_id)
            .where(Attendance.gathering_id == gathering.id)
            .where(Attendance.coming.in_(coming or attending.HEAR))
            .where(reading_members(literal(gathering.circle_id)))
        )
    )


@sentences(
    "gatherings.answer",
    "gatherings.cancelled",
    "gatherings.moved",
    "gatherings.place",
    "gatherings.planned",
    "gatherings.reminder",
    "gatherings.report",
    "gatherings.take_over",
)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """One line each, for gatherings that the actor may still read."""
    rows = session.execute(
        select(Gathering, Persona.gone_at)
        .join(Persona, Persona.id == Gathering.organiser_id)
        .where(Gathering.id.in_({n.subject_id for n in notifications}))
        .where(GATHERINGS.clause(actor, GatheringPermission.READ))
    ).all()
    found = {gathering.id: (gathering, gone_at) for gathering, gone_at in rows}
    made = {}
    for n in notifications:
        if n.subject_id in found:
            gathering, gone_at = found[n.subject_id]
            text = _line(n, gathering, gone_at is not None)
            if text is not None:
                made[n.id] = Line(text, f"/agenda/{gathering.id}")
    return made


def _line(n: Notification, gathering: Gathering, orphaned: bool) -> str | None:
    said = {
        "title": gathering.title,
        "kind": words.kind(gathering),
        "when": when.spoken(gathering.starts_at, gathering.ends_at),
        "who": n.by.name if n.by is not None else "",
    }
    match n.kind.removeprefix("gatherings."):
        case "answer":
            return _(
                "Your calendar answered for “%(title)s”, but we are not sure that it was you. "
                "Say it on the page.",
                **said,
            )
        case "planned":
            return _("%(who)s planned “%(title)s”: %(when)s.", **said)
        case "place":
            return _("There is a place for you at “%(title)s”: %(when)s.", **said)
        case "moved":
            return _("“%(title)s” has changed: %(when)s.", **said)
        case "cancelled":
            return _("“%(title)s” does not go on.", **said)
        case "reminder":
            return _("Soon: “%(title)s”, %(when)s.", **said)
        case "report":
            return _("Read what came of “%(title)s”.", **said)
        case "take_over" if orphaned:
            return _("“%(title)s” has no organiser any more. Will you take over?", **said)
    return None
