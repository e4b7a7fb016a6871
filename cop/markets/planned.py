"""A plan of a market is asked for, made by the worker, and called off.

While a market goes on only the rounds that have not begun are planned; where people were counts.

The worker computes without holding anything; each plan that it finds is stored at once, so that the
host sees a first one within seconds. What was changed meanwhile wins: the planning begins anew from
the market as it is then, and a plan of an older request is thrown away.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cop.markets import standing
from cop.markets.floor_among import floor_held, managed, market_held
from cop.markets.kept import count, host_sees, store
from cop.markets.known import problem
from cop.markets.models import Market, MarketPlan, PlanState
from cop.markets.planning import Plan, Wrong, plans
from cop.markets.standing import Rest
from cop.members.actor import Actor
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import enqueue, long_job

ASK_EVERY = 0.5  # seconds between two looks whether the host called it off
# Seconds that a planning may take, and each that begins anew because the market changed; together
# less than a worker's lease.
SECONDS = (18.0, 12.0, 8.0, 6.0)


# --- asking for a plan, and calling it off


def ask(session: Session, actor: Actor, market_id: int, now: datetime) -> MarketPlan:
    """Have a plan made; while one is being made, that one.

    Raises:
        NotFound: the actor does not host, or the market is over.
        Refused: there is nobody, nothing to go to, or no round left.
    """
    market = managed(session, actor, market_id)
    if standing.next_round(session, market, now) >= market.rounds:
        raise Refused(_("Every round has begun: there is nothing left to plan."))
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
    managed(session, actor, market_id)
    session.execute(
        update(MarketPlan)
        .where(MarketPlan.market_id == market_id, MarketPlan.state == PlanState.WORKING)
        .values(state=PlanState.STOPPED, done_at=now)
    )


@long_job("markets.plan")
def make(payload: dict[str, Any], _now: datetime) -> None:
    """Make a plan that was asked for, storing each that is better."""
    plan_id = payload["plan_id"]
    for seconds in SECONDS:
        with reading() as session:
            asked = session.get(MarketPlan, plan_id)
            if asked is None or asked.state != PlanState.WORKING:
                return
            market = session.get_one(Market, asked.market_id)
            changes = market.changes  # read first: what changes after it is noticed
            done = standing.next_round(session, market, clock.now())
            rest = standing.rest(session, market, done)
        if done >= rest.whole.rounds:
            break
        try:
            _make_of(plan_id, rest, changes, seconds)
        except Changed:
            continue
        except Wrong as wrong:
            with unit_of_work() as session:
                _end(session, plan_id, PlanState.FAILED, wrong.kind)
        return
    with unit_of_work() as session:
        market, asked = _held(session, plan_id)
        if market.plan == asked.number:  # one that was kept up stands
            _end(session, plan_id, PlanState.READY)
        else:
            _end(session, plan_id, PlanState.FAILED, "input")


class Changed(Exception):
    """The market is no longer the one that is planned."""


def _make_of(plan_id: int, rest: Rest, changes: int, seconds: float) -> None:
    """
    Raises:
        Changed: the market changed meanwhile; what stands was set right by who changed it.
        Wrong: what the host wants cannot be.
    """
    found = plans(rest.problem, seconds=seconds, stop=_asker(plan_id, changes))
    for stage, plan in enumerate(found, start=1):
        with unit_of_work() as session:
            if not _keep(session, plan_id, rest, rest.with_past(plan), stage, changes):
                return
    with unit_of_work() as session:
        market, _asked = _held(session, plan_id)
        if market.changes != changes:
            raise Changed
        _end(session, plan_id, PlanState.READY)


def _asker(plan_id: int, changes: int) -> Callable[[], bool]:
    """A question, asked of the database now and then: was it called off, or is it of no use?"""
    looked = time.monotonic()
    off = False

    def called_off() -> bool:
        nonlocal looked, off
        if not off and time.monotonic() - looked > ASK_EVERY:
            looked = time.monotonic()
            with reading() as session:
                goes_on = session.scalar(
                    select(MarketPlan.id)
                    .join(Market, Market.id == MarketPlan.market_id)
                    .where(MarketPlan.id == plan_id, MarketPlan.state == PlanState.WORKING)
                    .where(Market.changes == changes)
                )
            off = goes_on is None
        return off

    return called_off


def _keep(session: Session, plan_id: int, rest: Rest, plan: Plan, stage: int, changes: int) -> bool:
    """Store a plan, if it is still wanted.

    Raises:
        Changed: the market is another than it was computed for, or a round of it has begun.
    """
    market, asked = _held(session, plan_id)
    if asked.state != PlanState.WORKING:
        return False
    if market.changes != changes:
        raise Changed
    if standing.next_round(session, market, clock.now()) != rest.done:
        raise Changed
    if stage == 1 and market.plan == asked.number:
        return True  # begun anew: what stands was set right, and is better than a first one
    host_sees(session, market, asked.number, rest.done)
    # People follow it at once when none was brought out: what has begun of it is as it was.
    is_followed = market.followed == asked.number
    store(session, market, asked.number, plan, rest.done if is_followed else 0)
    count(asked, plan)
    asked.stage = stage
    session.flush()
    return True


def _held(session: Session, plan_id: int) -> tuple[Market, MarketPlan]:
    """A market and its plan, held with the floor: no round begins while a plan is stored."""
    market_id = session.scalars(select(MarketPlan.market_id).where(MarketPlan.id == plan_id)).one()
    floor_held(session, market_id)
    market = market_held(session, market_id)
    asked = session.get_one(MarketPlan, plan_id, with_for_update=True, populate_existing=True)
    return market, asked


def _end(session: Session, plan_id: int, state: PlanState, trouble: str = "") -> None:
    session.execute(
        update(MarketPlan)
        .where(MarketPlan.id == plan_id, MarketPlan.state == PlanState.WORKING)
        .values(state=state, trouble=trouble, done_at=clock.now())
    )
