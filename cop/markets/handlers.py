"""What follows when something happened to a market, in the worker; permissions asked again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.gatherings.events import Cancelled, ComingChanged
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets import entries, events, mails, matching, planned
from cop.markets import holding as _holding
from cop.markets import waiting as _waiting
from cop.markets.models import (
    Market,
    MarketAudience,
    MarketEntry,
    MarketPlan,
    MarketState,
    MarketTheme,
    PlanState,
)
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberState, MemberTheme
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces.circles import members_of
from cop.spaces.models import Space

__all__ = ["_holding", "_waiting"]  # what they register


@on(events.Announced)
def tell_whom_it_is_for(session: Session, event: events.Announced, now: datetime) -> None:
    """Who is in one of its spaces; of a market for all, who chose one of its themes."""
    market = session.get(Market, event.market_id)
    if market is None or market.gathering.cancelled_at is not None:
        return
    circles = session.scalars(
        select(Space.circle_id)
        .join(MarketAudience, MarketAudience.space_id == Space.id)
        .where(MarketAudience.market_id == market.id)
    ).all()
    people = {member for circle in circles for member in members_of(session, circle)}
    if not circles:
        people = set(
            session.scalars(
                select(MemberTheme.member_id)
                .join(MarketTheme, MarketTheme.theme_id == MemberTheme.theme_id)
                .join(Member, Member.id == MemberTheme.member_id)
                .where(MarketTheme.market_id == market.id, Member.state == MemberState.ACTIVE)
            )
        )
    _tell(session, market, "announced", sorted(people - {_host(market)}), now)


@on(events.EntryChanged)
def look_what_answers_it(session: Session, event: events.EntryChanged, now: datetime) -> None:
    matching.suggest(session, [event.entry_id])


@on(ComingChanged)
def keep_the_plan_up(session: Session, event: ComingChanged, now: datetime) -> None:
    """Who comes or stays away: what they ask is matched again, seats are found or freed."""
    attendance = session.get(Attendance, event.attendance_id)
    if attendance is None:
        return
    market = session.scalar(select(Market).where(Market.gathering_id == attendance.gathering_id))
    if market is None or market.state == MarketState.CLOSED:
        return
    if attendance.coming == Coming.GOING:
        mine = select(MarketEntry.id).where(
            MarketEntry.market_id == market.id, MarketEntry.member_id == attendance.member_id
        )
        matching.suggest(session, session.scalars(mine).all())
    planned.keep_up(session, attendance.gathering_id, round_at(market, market.gathering, now))


def round_at(market: Market, gathering: Gathering, now: datetime) -> int:
    """The first round, from 0, that has not begun."""
    step = timedelta(minutes=market.minutes + market.pause)
    if now < gathering.starts_at:
        return 0
    return (now - gathering.starts_at) // step + 1


@on(events.ProgrammeOut)
def tell_where_they_go(session: Session, event: events.ProgrammeOut, now: datetime) -> None:
    market = session.get(Market, event.market_id)
    if market is None or market.plan != event.plan:
        return
    people = _coming(session, market)
    _tell(session, market, f"programme:{event.plan}", people, now)
    for member_id in people:
        mails.programme(session, market, session.get_one(Member, member_id), event.plan, now)


@on(Cancelled)
def stop_planning(session: Session, event: Cancelled, now: datetime) -> None:
    """A market that does not go on is not planned any further."""
    market = session.scalar(select(Market).where(Market.gathering_id == event.gathering_id))
    if market is None:
        return
    for plan in session.scalars(
        select(MarketPlan).where(
            MarketPlan.market_id == market.id, MarketPlan.state == PlanState.WORKING
        )
    ):
        plan.state, plan.done_at = PlanState.STOPPED, now


@on(MemberLeft)
def forget_what_they_asked(session: Session, event: MemberLeft, now: datetime) -> None:
    """Their asks and offers go, and the marks at those of others."""
    entries.forget(session, event.member_id, now)


def _host(market: Market) -> int | None:
    return market.gathering.organiser.member_id


def _coming(session: Session, market: Market) -> list[int]:
    return list(
        session.scalars(
            select(Attendance.member_id)
            .join(Member, Member.id == Attendance.member_id)
            .where(Attendance.gathering_id == market.gathering_id)
            .where(Attendance.coming == Coming.GOING, Member.state == MemberState.ACTIVE)
            .order_by(Attendance.member_id)
        )
    )


def _tell(session: Session, market: Market, what: str, to: Sequence[int], now: datetime) -> None:
    notify(
        session,
        member_ids=to,
        kind=f"markets.{what.partition(':')[0]}",
        key=f"markets.{what}:{market.id}",
        subject_id=market.id,
        now=now,
    )


@sentences("markets.announced", "markets.programme")
def say(session: Session, actor: Actor, group: Sequence[Notification]) -> dict[int, Line]:
    rows = session.execute(
        select(Market.id, Gathering.title)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Market.id.in_({n.subject_id for n in group}))
        .where(
            or_(
                MARKETS.clause(actor, MarketPermission.READ),
                MARKETS.clause(actor, MarketPermission.SEE_PROGRAMME),
            )
        )
    )
    titles = dict(rows.all())
    words = {
        "markets.announced": _("There will be a knowledge market: %(title)s. What do you ask?"),
        "markets.programme": _("Your programme for %(title)s is there."),
    }
    urls = {"markets.announced": "/markten/{}", "markets.programme": "/markten/{}/programma"}
    return {
        n.id: Line(
            words[n.kind] % {"title": titles[n.subject_id]}, urls[n.kind].format(n.subject_id)
        )
        for n in group
        if n.subject_id in titles
    }
