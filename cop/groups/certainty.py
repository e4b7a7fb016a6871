"""Whether a date of a group goes on: it does while somebody facilitates it [D]."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings.events import CertaintyChanged, ComingChanged
from cop.gatherings.models import Attendance, Gathering
from cop.groups import events
from cop.groups.models import GroupDate
from cop.groups.operations import locked
from cop.groups.permissions import has_facilitator
from cop.platform.outbox import emit
from cop.spaces.events import moment

OPEN_AFTER = timedelta(hours=6)  # its end: so long a session of it can still begin, or run out


def make_certain(session: Session, group_id: int, now: datetime) -> None:
    """Somebody facilitates: the dates that waited for that go on, and all are asked.

    Also one that has begun, or was just to be over: those who came wait to begin its session.
    """
    group = locked(session, group_id)
    if group.archived_at is not None:
        return
    for gathering in _to_come(session, group_id, now, provisional=True):
        make_sure(session, gathering, now)


def make_uncertain(session: Session, group_id: int, now: datetime) -> None:
    """Somebody facilitates no longer: the dates to come that have nobody now wait again.

    Where they stand in a calendar they stay, marked as not certain. Also those of a group that has
    ended: they stay until they are called off, and it may be opened again.
    """
    locked(session, group_id)
    for gathering in _to_come(session, group_id, now, provisional=False):
        _set(session, gathering, provisional=True, now=now)


def make_sure(session: Session, gathering: Gathering, now: datetime) -> None:
    """This date goes on, and everybody in the group is asked; the caller holds its row."""
    _set(session, gathering, provisional=False, now=now)
    emit(session, events.DateConfirmed(gathering_id=gathering.id), now)


def counts_on_somebody(gathering: Gathering | None, now: datetime) -> bool:
    """It is to come and goes on: without who was to facilitate it, somebody else is sought."""
    return gathering is not None and gathering.cancelled_at is None and gathering.starts_at > now


def _to_come(
    session: Session, group_id: int, now: datetime, provisional: bool
) -> Sequence[Gathering]:
    """The dates to come that are not as they should be: they wait (or not) and need not (or do).

    One that waits is to come as long as its session can begin; one that has begun needs not wait.
    """
    to_come = Gathering.ends_at > now - OPEN_AFTER if provisional else Gathering.starts_at > now
    covered = has_facilitator(GroupDate.group_id, GroupDate.gathering_id)
    return session.scalars(
        select(Gathering)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .where(GroupDate.group_id == group_id, covered if provisional else ~covered)
        .where(Gathering.provisional.is_(provisional), Gathering.cancelled_at.is_(None))
        .where(to_come)
        .order_by(Gathering.starts_at, Gathering.id)
        .with_for_update(of=Gathering)
    ).all()


def _set(session: Session, gathering: Gathering, *, provisional: bool, now: datetime) -> None:
    """Calendars and screens hear of it."""
    gathering.provisional = provisional
    session.flush()
    for attendance_id in session.scalars(
        select(Attendance.id).where(Attendance.gathering_id == gathering.id)
    ).all():
        emit(session, ComingChanged(attendance_id=attendance_id), now)
    said = CertaintyChanged(gathering_id=gathering.id, certain=not provisional, at=moment(now))
    emit(session, said, now)
