"""Whether a date of a group goes on: it does while somebody facilitates it [D]."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings.events import ComingChanged
from cop.gatherings.models import Attendance, Gathering
from cop.groups import events
from cop.groups.models import GroupDate
from cop.groups.operations import locked
from cop.groups.permissions import has_facilitator
from cop.platform.outbox import emit


def make_certain(session: Session, group_id: int, now: datetime) -> None:
    """Somebody facilitates: the dates to come that waited for that go on, and all are asked."""
    group = locked(session, group_id)
    if group.archived_at is not None:
        return
    for gathering in _to_come(session, group_id, now, provisional=True):
        make_sure(session, gathering, now)


def make_uncertain(session: Session, group_id: int, now: datetime) -> None:
    """Somebody facilitates no longer: the dates to come that have nobody now wait again.

    Where they stand in a calendar they stay, marked as not certain.
    """
    group = locked(session, group_id)
    if group.archived_at is not None:
        return
    for gathering in _to_come(session, group_id, now, provisional=False):
        gathering.provisional = True
        session.flush()
        _tell_calendars(session, gathering, now)


def make_sure(session: Session, gathering: Gathering, now: datetime) -> None:
    """This date goes on, and everybody in the group is asked; the caller holds its row."""
    gathering.provisional = False
    session.flush()
    _tell_calendars(session, gathering, now)
    emit(session, events.DateConfirmed(gathering_id=gathering.id), now)


def _to_come(
    session: Session, group_id: int, now: datetime, provisional: bool
) -> Sequence[Gathering]:
    """The dates to come that are not as they should be: they wait (or not) and need not (or do)."""
    covered = has_facilitator(GroupDate.group_id, GroupDate.gathering_id)
    return session.scalars(
        select(Gathering)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .where(GroupDate.group_id == group_id, covered if provisional else ~covered)
        .where(Gathering.provisional.is_(provisional), Gathering.cancelled_at.is_(None))
        .where(Gathering.starts_at > now)
        .order_by(Gathering.starts_at, Gathering.id)
        .with_for_update(of=Gathering)
    ).all()


def _tell_calendars(session: Session, gathering: Gathering, now: datetime) -> None:
    for attendance_id in session.scalars(
        select(Attendance.id).where(Attendance.gathering_id == gathering.id)
    ).all():
        emit(session, ComingChanged(attendance_id=attendance_id), now)
