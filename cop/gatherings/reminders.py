"""Reminders: a week and a day before, as each member chose."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.gatherings import guest_mails, mails, when
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Attendance, Coming, Gathering, OwnCalendar
from cop.members.models import Member, MemberState
from cop.notifications.operations import notify
from cop.platform.outbox import enqueue, job

WEEK, DAY = 7, 1  # days before, on the clock
LOOK_AHEAD = timedelta(days=WEEK, hours=2)  # a week in which the clocks go back is longer
EVERY = 300.0  # seconds
REMINDED = (Coming.ASKED, Coming.GOING)


def due_before(starts_at: datetime, days: int) -> datetime:
    """When a reminder is due: the same time on the clock so many days before."""
    return when.days_before(starts_at, days)


@job("gatherings.remind", every=EVERY)
def look_for_reminders(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Find the gatherings with somebody to remind; each is done in a job of its own."""
    coming = session.execute(
        select(Gathering.id, Gathering.starts_at)
        .where(Gathering.cancelled_at.is_(None), ~Gathering.provisional)
        .where(Gathering.starts_at > now, Gathering.starts_at <= now + LOOK_AHEAD)
    ).all()
    for gathering_id, starts_at in coming:
        due = [moment for days in (WEEK, DAY) if (moment := due_before(starts_at, days)) <= now]
        if due and _somebody_waits(session, gathering_id, max(due)):
            enqueue(
                session,
                "gatherings.remind_one",
                {"gathering_id": gathering_id},
                now=now,
                key=f"gatherings.remind_one:{gathering_id}",
            )


@job("gatherings.remind_one")
def remind_everybody(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Remind everybody who comes to one gathering and was not reminded since the moment passed.

    Whoever signed up after the moment for it needs no reminder, and neither does anybody after the
    gathering was moved within it: they have just been told.
    """
    gathering = session.get(Gathering, payload["gathering_id"])
    if gathering is None or gathering.cancelled_at is not None or gathering.starts_at <= now:
        return
    if gathering.provisional:
        return
    week, day = (due_before(gathering.starts_at, days) for days in (WEEK, DAY))
    latest = day if day <= now else week
    if latest > now:
        return
    rows = session.execute(
        select(Attendance, OwnCalendar)
        .join(Member, Member.id == Attendance.member_id)
        .outerjoin(OwnCalendar, OwnCalendar.member_id == Attendance.member_id)
        .where(Attendance.gathering_id == gathering.id, Attendance.coming.in_(REMINDED))
        .where(Member.state == MemberState.ACTIVE, _not_reminded_since(latest))
    ).all()
    told = []
    for attendance, own in rows:
        attendance.reminded_at = now
        wants = True if own is None else own.day_before if latest == day else own.week_before
        if not wants or max(attendance.since, gathering.moved_at) > latest:
            continue
        if mails.may_read(session, session.get_one(Member, attendance.member_id), gathering):
            mails.remind(session, attendance, now)
            told.append(attendance.member_id)
    notify(
        session,
        member_ids=told,
        kind="gatherings.reminder",
        key=f"gatherings.reminder:{gathering.id}:{int(latest.timestamp())}",
        subject_id=gathering.id,
        now=now,
    )
    guest_mails.remind_all(session, gathering, latest, now)


def _not_reminded_since(moment: datetime) -> Any:
    return or_(Attendance.reminded_at.is_(None), Attendance.reminded_at < moment)


def _somebody_waits(session: Session, gathering_id: int, moment: datetime) -> bool:
    guest = select(GatheringGuest.id).where(
        GatheringGuest.gathering_id == gathering_id,
        GatheringGuest.coming == Coming.GOING,
        or_(GatheringGuest.reminded_at.is_(None), GatheringGuest.reminded_at < moment),
    )
    if session.scalar(guest.limit(1)) is not None:
        return True
    return (
        session.scalar(
            select(Attendance.id)
            .where(Attendance.gathering_id == gathering_id, Attendance.coming.in_(REMINDED))
            .where(_not_reminded_since(moment))
            .limit(1)
        )
        is not None
    )
