"""The plan of a market: asked for, made by the worker, changed by hand, kept when people come and
go.

The worker computes without holding anything; each plan that it finds is stored at once, so that the
host sees a first one within seconds. What was changed meanwhile wins: a plan of an older request
is thrown away.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, union, update
from sqlalchemy.orm import Session

from cop.gatherings.models import Attendance, Coming
from cop.markets.models import (
    EntrySecond,
    Market,
    MarketEntry,
    MarketPlace,
    MarketPlan,
    PlanState,
    Stall,
    StallHolder,
    StallWish,
)
from cop.markets.permissions import MARKETS, MarketPermission
from cop.markets.planning import Market as Problem
from cop.markets.planning import Plan, Price, Taker, Wrong, move, plans, price, repair
from cop.markets.planning import Stall as Place
from cop.members.actor import Actor
from cop.members.models import MemberOrganisation, MemberTheme
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import enqueue, long_job

ASK_EVERY = 0.5  # seconds between two looks whether the host called it off


# --- the market as the planner knows it


def problem(session: Session, market: Market) -> Problem:
    """Everybody who comes, the stalls that are open, what is wished, what the host fixed."""
    coming = set(
        session.scalars(
            select(Attendance.member_id).where(
                Attendance.gathering_id == market.gathering_id,
                Attendance.coming == Coming.GOING,
            )
        )
    )
    open_ = {
        stall.id: stall
        for stall in session.scalars(
            select(Stall)
            .where(Stall.market_id == market.id, Stall.closed_at.is_(None))
            .order_by(Stall.number)
        )
    }
    holders = _by_stall(session, StallHolder, market.id, coming)
    held = {key for key in open_ if holders[key]}  # whose holders all stay away is not held
    wishes: dict[int, list[int]] = defaultdict(list)
    for stall_id, people in _by_stall(session, StallWish, market.id, coming).items():
        for who in people:
            if stall_id in held and who not in holders[stall_id]:
                wishes[who].append(stall_id)
    works = dict(
        session.execute(
            select(MemberOrganisation.member_id, func.min(MemberOrganisation.organisation_id))
            .where(MemberOrganisation.member_id.in_(coming))
            .group_by(MemberOrganisation.member_id)
        ).all()
    )
    likes = _likes(session, market.id, held, coming)
    fixed = session.execute(
        select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id).where(
            MarketPlace.market_id == market.id, MarketPlace.pinned.is_(True)
        )
    )
    return Problem(
        market.rounds,
        tuple(
            Place(key, open_[key].seats, tuple(sorted(holders[key])), open_[key].rounds)
            for key in open_
            if key in held
        ),
        tuple(
            Taker(who, tuple(sorted(wishes[who])), works.get(who), likes=frozenset(likes[who]))
            for who in sorted(coming)
        ),
        {
            (who, round_): stall
            for who, round_, stall in fixed
            if who in coming and round_ < market.rounds and (stall is None or stall in held)
        },
    )


def _likes(
    session: Session, market_id: int, stall_ids: set[int], coming: set[int]
) -> dict[int, set[int]]:
    """Member → stalls about a theme of theirs: of what they ask, offer or want to know as well, or
    that stands on their profile."""
    found: dict[int, set[int]] = defaultdict(set)
    of_market = (MarketEntry.market_id == market_id, MarketEntry.withdrawn_at.is_(None))
    own = select(MarketEntry.member_id, MarketEntry.theme_id).where(*of_market)
    seconded = (
        select(EntrySecond.member_id, MarketEntry.theme_id)
        .join(MarketEntry, MarketEntry.id == EntrySecond.entry_id)
        .where(*of_market)
    )
    works_on = select(MemberTheme.member_id, MemberTheme.theme_id).where(
        MemberTheme.member_id.in_(coming)
    )
    about = union(own, seconded, works_on).subquery()
    for member_id, stall_id in session.execute(
        select(about.c.member_id, Stall.id)
        .join(Stall, Stall.theme_id == about.c.theme_id)
        .where(Stall.market_id == market_id)
    ):
        if stall_id in stall_ids:
            found[member_id].add(stall_id)
    return found


def _by_stall(
    session: Session, model: Any, market_id: int, coming: set[int]
) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for stall_id, member_id in session.execute(
        select(model.stall_id, model.member_id)
        .join(Stall, Stall.id == model.stall_id)
        .where(Stall.market_id == market_id)
    ):
        if member_id in coming:
            found[stall_id].add(member_id)
    return found


def current(session: Session, market: Market) -> Plan:
    """The plan that stands; whoever has no place in it yet is in the lobby."""
    return _as_it_stands(session, market)[0]


def _as_it_stands(session: Session, market: Market) -> tuple[Plan, dict[int, int]]:
    """The plan, and of whom it does not hold: who is new (-1), or until which round somebody's
    place is at a stall that is gone."""
    known = problem(session, market)
    places: dict[int, list[int | None]] = {one.key: [None] * market.rounds for one in known.takers}
    out: dict[int, int] = dict.fromkeys(places, -1)
    for who, round_, stall in session.execute(
        select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id)
        .where(MarketPlace.market_id == market.id, MarketPlace.round < market.rounds)
        .order_by(MarketPlace.round)
    ):
        if who not in places:
            continue
        if out.get(who) == -1:
            del out[who]
        if stall is None or stall in known.stall:
            places[who][round_] = stall
        else:
            out[who] = round_
    return Plan(known, {who: tuple(row) for who, row in places.items()}), out


# --- asking for a plan, and calling it off


def ask(session: Session, actor: Actor, market_id: int, now: datetime) -> MarketPlan:
    """Have a plan made; while one is being made, that one.

    Raises:
        NotFound: the actor does not host, or the market is over.
        Refused: there is nobody, or nothing to go to.
    """
    market = _managed(session, actor, market_id)
    working = session.scalar(
        select(MarketPlan).where(
            MarketPlan.market_id == market_id, MarketPlan.state == PlanState.WORKING
        )
    )
    if working is not None:
        return working
    known = problem(session, market)
    if not known.stalls or len(known.takers) < 2:
        raise Refused(_("Lay out the stalls first: there is nothing to plan yet."))
    last = session.scalar(
        select(func.coalesce(func.max(MarketPlan.number), 0)).where(
            MarketPlan.market_id == market_id
        )
    )
    made = MarketPlan(market_id=market_id, number=(last or 0) + 1, asked_at=now)
    session.add(made)
    session.flush()
    enqueue(session, "markets.plan", {"plan_id": made.id}, now=now, key=f"markets.plan:{made.id}")
    return made


def stop(session: Session, actor: Actor, market_id: int, now: datetime) -> None:
    """Call the planning off; the best plan so far stands.

    Raises:
        NotFound: the actor does not host.
    """
    _managed(session, actor, market_id)
    session.execute(
        update(MarketPlan)
        .where(MarketPlan.market_id == market_id, MarketPlan.state == PlanState.WORKING)
        .values(state=PlanState.STOPPED, done_at=now)
    )


@long_job("markets.plan")
def make(payload: dict[str, Any], _now: datetime) -> None:
    """Make a plan that was asked for, storing each that is better."""
    plan_id = payload["plan_id"]
    with reading() as session:
        asked = session.get(MarketPlan, plan_id)
        if asked is None or asked.state != PlanState.WORKING:
            return
        known = problem(session, session.get_one(Market, asked.market_id))
    try:
        for stage, plan in enumerate(plans(known, stop=_asker(plan_id)), start=1):
            with unit_of_work() as session:
                if not _keep(session, plan_id, plan, stage):
                    return
    except Wrong as wrong:
        with unit_of_work() as session:
            _end(session, plan_id, PlanState.FAILED, trouble=wrong.kind)
        return
    with unit_of_work() as session:
        _end(session, plan_id, PlanState.READY)


def _asker(plan_id: int) -> Callable[[], bool]:
    """A question, asked of the database now and then: was it called off?"""
    looked = time.monotonic()
    off = False

    def called_off() -> bool:
        nonlocal looked, off
        if not off and time.monotonic() - looked > ASK_EVERY:
            looked = time.monotonic()
            with reading() as session:
                state = session.scalar(select(MarketPlan.state).where(MarketPlan.id == plan_id))
            off = state != PlanState.WORKING
        return off

    return called_off


def _keep(session: Session, plan_id: int, plan: Plan, stage: int) -> bool:
    """Store a plan, if it is still wanted and still of who comes."""
    asked = session.get(MarketPlan, plan_id, with_for_update=True, populate_existing=True)
    if asked is None or asked.state != PlanState.WORKING:
        return False
    market = session.get_one(Market, asked.market_id, with_for_update=True, populate_existing=True)
    _store(session, market, plan)
    _count(asked, plan)
    asked.stage = stage
    market.plan = asked.number
    session.flush()
    return True


def _end(session: Session, plan_id: int, state: PlanState, trouble: str = "") -> None:
    session.execute(
        update(MarketPlan)
        .where(MarketPlan.id == plan_id, MarketPlan.state == PlanState.WORKING)
        .values(state=state, trouble=trouble, done_at=clock.now())
    )


def _count(asked: MarketPlan, plan: Plan) -> None:
    asked.wishes = sum(len(one.wishes) for one in plan.market.takers)
    asked.met, asked.bound = plan.wishes_met, plan.bound
    asked.repeats, asked.colleagues = plan.repeats, plan.colleagues


def _store(session: Session, market: Market, plan: Plan) -> None:
    session.execute(delete(MarketPlace).where(MarketPlace.market_id == market.id))
    rows = [
        {
            "market_id": market.id,
            "member_id": who,
            "round": round_,
            "stall_id": stall,
            "pinned": (who, round_) in plan.market.pins,
        }
        for who, places in plan.places.items()
        for round_, stall in enumerate(places)
    ]
    if rows:
        session.execute(insert(MarketPlace), rows)


# --- a plan that people use


def look(
    session: Session, actor: Actor, market_id: int, member_id: int, round_: int, stall: int | None
) -> tuple[Plan, Price]:
    """What it costs to put somebody elsewhere; nothing is changed.

    Raises:
        NotFound: the actor does not host, or there is no plan, person, stall or round like that.
        Refused: it cannot be: no seat, nobody who holds it, or nobody left where they come from.
    """
    market = _managed(session, actor, market_id)
    if not market.plan:
        raise NotFound
    before = current(session, market)
    if (
        member_id not in before.market.taker
        or not 0 <= round_ < market.rounds
        or (stall is not None and stall not in before.market.stall)
    ):
        raise NotFound
    try:
        after = move(before, member_id, round_, stall)
    except Wrong:
        raise Refused(
            _("That does not fit: there is no free seat, or a stall would have nobody to hold it.")
        ) from None
    return after, price(before, after)


def put(
    session: Session, actor: Actor, market_id: int, member_id: int, round_: int, stall: int | None
) -> Price:
    """The host's own hand; later plans keep to it.

    Raises:
        NotFound, Refused: as `look`.
    """
    after, cost = look(session, actor, market_id, member_id, round_, stall)
    market = session.get_one(Market, market_id)
    _store(session, market, after)
    _recount(session, market, after)
    return cost


def let_go(session: Session, actor: Actor, market_id: int, member_id: int, round_: int) -> None:
    """The next plan may put somebody elsewhere again.

    Raises:
        NotFound: the actor does not host.
    """
    market = _managed(session, actor, market_id)
    session.execute(
        update(MarketPlace)
        .where(MarketPlace.market_id == market.id, MarketPlace.member_id == member_id)
        .where(MarketPlace.round == round_)
        .values(pinned=False)
    )


def keep_up(session: Session, gathering_id: int, round_now: int) -> bool:
    """Somebody signed up or off, or a stall closed: set the plan right from `round_now` on.

    Nobody is moved but those whose stall nobody is left to hold; whether anything changed.
    """
    market = session.scalar(
        select(Market).where(Market.gathering_id == gathering_id).with_for_update()
    )
    if market is None or not market.plan or round_now >= market.rounds:
        return False
    plan, out = _as_it_stands(session, market)
    seatless = [who for who, until in out.items() if until == -1 or until >= round_now]
    after = repair(plan, round_now, seatless)
    if not seatless and after.places == plan.places:
        gone = select(MarketPlace.member_id).where(MarketPlace.market_id == market.id)
        if set(session.scalars(gone)) == set(after.places):
            return False
    _store(session, market, after)
    _recount(session, market, after)
    return True


def _recount(session: Session, market: Market, plan: Plan) -> None:
    """The numbers of the plan that stands, after a change."""
    asked = session.scalar(
        select(MarketPlan).where(
            MarketPlan.market_id == market.id, MarketPlan.number == market.plan
        )
    )
    if asked is not None:
        bound = asked.bound
        _count(asked, plan)
        asked.bound = bound  # a solver's word, for the market as it was then
    session.flush()


def _managed(session: Session, actor: Actor, market_id: int) -> Market:
    MARKETS.get(session, actor, MarketPermission.MANAGE, market_id)
    return session.get_one(Market, market_id, with_for_update=True, populate_existing=True)
