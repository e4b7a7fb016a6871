"""Signing up and off. Whoever finds no place waits; first come, first served.

The gathering's row is held while its people change, so that of two who want the last place one
gets it. Only oneself signs up [A, D]; signing off needs no reason.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, select
from sqlalchemy.orm import Session

from cop.gatherings import belonging, events
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.gatherings.permissions import GATHERINGS, GatheringPermission
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.circles import persona_in, reading_members
from cop.spaces.events import moment

HERE = (Coming.GOING, Coming.WAITING)
HEAR = (Coming.ASKED, *HERE)  # whoever hears of a move or a cancellation


def sign_up(session: Session, actor: Actor, gathering_id: int, now: datetime) -> Attendance:
    """Come, or wait for a place; who is signed up already stays as they are.

    Raises:
        NotFound: the actor may not read it, or is a visitor.
        Refused: it has begun (and takes nobody late) or was cancelled, or something has to be done
            first.
    """
    GATHERINGS.get(session, actor, GatheringPermission.SIGN_UP, gathering_id)
    gathering = locked(session, gathering_id)
    first = belonging.hindrance(session, actor, gathering)
    if first is not None:
        raise Refused(first)
    if gathering.cancelled_at is not None:
        raise Refused(_("This was cancelled."))
    attendance = _of(session, gathering_id, actor)
    if attendance is not None and attendance.coming in HERE:
        return attendance
    if not belonging.takes_people(session, gathering, now):
        raise Refused(_("This has begun already; signing up is over."))
    persona_id = session.scalars(select(persona_in(actor, literal(gathering.circle_id)))).one()
    if attendance is None:
        attendance = Attendance(gathering_id=gathering_id, member_id=actor.member_id)
        session.add(attendance)
    return _put_in(session, gathering, attendance, persona_id, now)


def put_in(
    session: Session, gathering: Gathering, member_id: int, persona_id: int, now: datetime
) -> Attendance:
    """Sign somebody up for a new gathering of which they said so themselves, when its date was
    looked for."""
    attendance = Attendance(gathering_id=gathering.id, member_id=member_id)
    session.add(attendance)
    return _put_in(session, gathering, attendance, persona_id, now)


def ask(
    session: Session, gathering: Gathering, member_id: int, persona_id: int, now: datetime
) -> None:
    """Ask somebody whether they come; who was asked or answered before stays as they are."""
    known = session.scalar(
        select(Attendance.id).where(
            Attendance.gathering_id == gathering.id, Attendance.member_id == member_id
        )
    )
    if known is not None:
        return
    attendance = Attendance(
        gathering_id=gathering.id,
        member_id=member_id,
        persona_id=persona_id,
        coming=Coming.ASKED,
        since=now,
    )
    session.add(attendance)
    session.flush()
    emit(session, events.ComingChanged(attendance_id=attendance.id), now)


def _put_in(
    session: Session,
    gathering: Gathering,
    attendance: Attendance,
    persona_id: int,
    now: datetime,
) -> Attendance:
    """Going or waiting; the caller holds the gathering's row."""
    attendance.persona_id, attendance.since = persona_id, now
    if _has_place(gathering):
        attendance.coming = Coming.GOING
        gathering.going += 1
    else:
        attendance.coming = Coming.WAITING
        gathering.waiting += 1
    session.flush()
    emit(session, events.ComingChanged(attendance_id=attendance.id), now)
    return attendance


def sign_off(session: Session, actor: Actor, gathering_id: int, now: datetime) -> Gathering:
    """Not come after all; whoever waits longest gets the place.

    Also for somebody who may no longer read it. Signed off already: nothing changes.

    Raises:
        NotFound: the actor was not signed up.
        Refused: it is over.
    """
    attendance = _of(session, gathering_id, actor)
    if attendance is None:
        raise NotFound
    gathering = locked(session, gathering_id)
    session.refresh(attendance)
    if attendance.coming == Coming.OFF:
        return gathering
    if belonging.is_over(session, gathering, now):
        raise Refused(_("This is over."))
    take_off(session, gathering, attendance, now)
    return gathering


def take_off(session: Session, gathering: Gathering, attendance: Attendance, now: datetime) -> None:
    """End one attendance of a gathering whose row is held, and give the place to who waits."""
    if attendance.coming == Coming.GOING:
        gathering.going -= 1
    elif attendance.coming == Coming.WAITING:
        gathering.waiting -= 1
    elif attendance.coming == Coming.OFF:
        return
    attendance.coming = Coming.OFF
    session.flush()
    emit(session, events.ComingChanged(attendance_id=attendance.id), now)
    fill(session, gathering, now)


def fill(session: Session, gathering: Gathering, now: datetime) -> None:
    """Give free places to those who wait longest; the caller holds the gathering's row."""
    if gathering.cancelled_at is not None or not belonging.takes_people(session, gathering, now):
        return
    while gathering.waiting and (gathering.seats is None or gathering.going < gathering.seats):
        first = session.scalars(
            select(Attendance)
            .where(Attendance.gathering_id == gathering.id, Attendance.coming == Coming.WAITING)
            .order_by(Attendance.since, Attendance.id)
            .limit(1)
        ).one()
        first.coming = Coming.GOING
        gathering.waiting -= 1
        gathering.going += 1
        session.flush()
        emit(session, events.ComingChanged(attendance_id=first.id), now)
        emit(session, events.PlaceFound(attendance_id=first.id, at=moment(now)), now)


def forget_persona(session: Session, persona_id: int, now: datetime) -> None:
    """A name is given up: it comes to nothing any more, and where it came is forgotten."""
    for attendance in _rows(session, Attendance.persona_id == persona_id):
        gathering = locked(session, attendance.gathering_id)
        take_off(session, gathering, attendance, now)
        session.delete(attendance)
    session.flush()


def drop_who_may_not_read(session: Session, circle_id: int, now: datetime) -> None:
    """Whoever left a closed or private circle does not come to what it still has before it."""
    may_not = (
        exists()
        .where(Gathering.id == Attendance.gathering_id, Gathering.circle_id == circle_id)
        .where(Gathering.ends_at > now)
        .where(Member.id == Attendance.member_id, ~reading_members(literal(circle_id)))
    )
    for attendance in _rows(session, may_not, Attendance.coming.in_(HEAR)):
        take_off(session, locked(session, attendance.gathering_id), attendance, now)


def _rows(session: Session, *conditions: ColumnElement[bool]) -> list[Attendance]:
    return list(session.scalars(select(Attendance).where(*conditions).order_by(Attendance.id)))


def _of(session: Session, gathering_id: int, actor: Actor) -> Attendance | None:
    if not actor.is_member:
        return None
    return session.scalar(
        select(Attendance).where(
            Attendance.gathering_id == gathering_id, Attendance.member_id == actor.member_id
        )
    )


def _has_place(gathering: Gathering) -> bool:
    return not gathering.waiting and (gathering.seats is None or gathering.going < gathering.seats)


def locked(session: Session, gathering_id: int) -> Gathering:
    """The row as it is now, held until the end of the transaction."""
    return session.get_one(Gathering, gathering_id, with_for_update=True, populate_existing=True)
