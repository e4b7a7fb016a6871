"""When somebody's digest comes: what they choose about it, and planning those that are due.

A digest is planned as a delivery that says only which time it tells of; in the same transaction
the member's marks move on, so that what it covers is told once, whatever happens to a worker.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState
from cop.notifications import rhythm, spans
from cop.notifications.digests import KIND
from cop.notifications.models import DIGESTS, MailPreference, Rhythm
from cop.notifications.spans import SETTLED
from cop.platform.i18n import DEFAULT_ZONE
from cop.platform.mail.kinds import deliver
from cop.platform.mail.letters import new_message_id, secret_mark
from cop.platform.outbox import job
from cop.platform.web import settings

PRIORITY = 20  # after letters and single messages
PLAN_AT_ONCE = 200

# --- what one wants


def preference(session: Session, member: Member, now: datetime) -> MailPreference:
    """A member's preference, made when it is not there yet."""
    found = session.get(MailPreference, member.id)
    if found is None:
        found = MailPreference(**fresh(member.id, member.time_zone, now))
        session.add(found)
        session.flush()
    return found


def holds_rest(session: Session, member_id: int | None) -> bool:
    """A member's digest holds practices, harvests and news on their interests: also of whoever
    chose nothing."""
    rest = session.scalar(select(MailPreference.rest).where(MailPreference.member_id == member_id))
    return rest != Rhythm.SITE


def fresh(member_id: int, zone: str | None, now: datetime, hour: int = 7) -> dict[str, Any]:
    """The values of a preference of somebody who chose nothing: news begins now."""
    until = now - SETTLED
    until_now = ("daily_until", "weekly_until", "asked_until", "rest_until")
    marks = ("joined_changed_at", "joined_told_until", *until_now)
    return {
        "member_id": member_id,
        "hour": hour,
        "weekday": 0,
        "asked": Rhythm.DAILY,
        "rest": Rhythm.DAILY,
        "joined": Rhythm.DAILY,
        "joined_before": Rhythm.DAILY,
        **dict.fromkeys(marks, until),
        "next_at": rhythm.next_moment(now, hour, ZoneInfo(zone or DEFAULT_ZONE)),
    }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a member chooses about their digest."""

    hour: int
    weekday: int
    asked: Rhythm
    rest: Rhythm
    joined: Rhythm


def change(session: Session, member: Member, wanted: Wanted, now: datetime) -> None:
    """Keep a member's choices; what was told already is not told again, and nothing is skipped."""
    row = preference(session, member, now)
    if row.joined != wanted.joined:
        row.joined_told_until = spans.told_until(spans.general(row), row, now)
        row.joined_before, row.joined_changed_at = row.joined, now
        row.joined = wanted.joined
    if row.asked not in DIGESTS and wanted.asked in DIGESTS:
        row.asked_until = now - SETTLED
    if row.rest not in DIGESTS and wanted.rest in DIGESTS:
        # Not from now on, as a weekly digest counts on what this week's daily ones told.
        row.rest_until = max(row.rest_until, row.weekly_until)
    row.asked, row.rest, row.weekday = wanted.asked, wanted.rest, wanted.weekday
    if row.hour != wanted.hour:
        row.hour = wanted.hour
        row.next_at = rhythm.next_moment(now, row.hour, ZoneInfo(member.time_zone or DEFAULT_ZONE))
    session.flush()


def follow_zone(session: Session, member_id: int, zone: str | None, now: datetime) -> None:
    """The member lives by another clock now: the next digest comes at their hour there."""
    row = session.get(MailPreference, member_id)
    if row is not None:
        row.next_at = rhythm.next_moment(now, row.hour, ZoneInfo(zone or DEFAULT_ZONE))
        session.flush()


# --- planning


def plan(session: Session, now: datetime, limit: int = PLAN_AT_ONCE) -> int:
    """Plan digests that are due, and move their members' marks on; how many were planned."""
    due = session.execute(
        select(MailPreference, Member.time_zone)
        .join(Member, Member.id == MailPreference.member_id)
        .where(MailPreference.next_at <= now, Member.state == MemberState.ACTIVE)
        .order_by(MailPreference.next_at, MailPreference.member_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=MailPreference)
    ).all()
    rows = []
    for wanted, zone_name in due:
        zone = ZoneInfo(zone_name or DEFAULT_ZONE)
        rows.append(_planned(wanted, zone, now))
        wanted.next_at = rhythm.next_moment(now, wanted.hour, zone)
    if rows:
        deliver(session, rows)
        session.flush()
    return len(due)


def _planned(wanted: MailPreference, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The delivery of one digest; the preference's marks move on."""
    until = max(now - SETTLED, wanted.daily_until)
    # Their day came since they were told last: today, or one that a change of hour or clock passed
    # over. Whoever waited a week and more, say because no worker ran, does not wait another one.
    day = wanted.next_at.astimezone(zone).date()
    day -= timedelta(days=(day.weekday() - wanted.weekday) % 7)
    weekly = rhythm.moment_of(day, wanted.hour, zone) - SETTLED > wanted.weekly_until
    weekly = weekly or until - wanted.weekly_until >= timedelta(days=7)
    about: dict[str, Any] = {
        "until": until.isoformat(),
        "at": now.isoformat(),
        "daily": wanted.daily_until.isoformat(),
    }
    if weekly:
        about["weekly"] = wanted.weekly_until.isoformat()
    weekly_from = wanted.weekly_until if weekly else None
    joined = spans.span(spans.general(wanted), wanted.daily_until, weekly_from, until)
    about["joined"] = spans.written(joined)
    due = (Rhythm.DAILY, Rhythm.WEEKLY) if weekly else (Rhythm.DAILY,)
    if wanted.asked in due:
        about["asked"] = wanted.asked_until.isoformat()
        wanted.asked_until = until
    about["rest"] = None
    if wanted.rest in due:
        about["rest"] = wanted.rest_until.isoformat()
        wanted.rest_until = until
    key = f"digest:{wanted.member_id}:{int(wanted.next_at.timestamp())}"
    wanted.daily_until = until
    if weekly:
        wanted.weekly_until = until
    return {
        "key": key,
        "kind": KIND,
        "about": about,
        "member_id": wanted.member_id,
        "priority": PRIORITY,
        "message_id": new_message_id(settings(), f"digest-{secret_mark(key)}"),
        "created_at": now,
        "try_at": now,
    }


@job("digests.plan", every=15)
def plan_due(session: Session, _payload: dict[str, object], now: datetime) -> bool:
    """Members without a preference get one; whose digest is due gets it planned."""
    missing = session.execute(
        select(Member.id, Member.time_zone)
        .where(
            Member.state == MemberState.ACTIVE,
            ~exists().where(MailPreference.member_id == Member.id),
        )
        .order_by(Member.id)
        .limit(PLAN_AT_ONCE)
    ).all()
    if missing:
        session.execute(insert(MailPreference), [fresh(m.id, m.time_zone, now) for m in missing])
    return plan(session, now) == PLAN_AT_ONCE or len(missing) == PLAN_AT_ONCE
