"""The plan of a market that stands: changed by hand, kept when people come and go and stalls close.

Whatever changes what a plan is made of raises `Market.changes`: by it a planning that goes on
notices that what it computed is of a market that is no more.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cop.markets import company, events, kept
from cop.markets.floor_among import floor_held, managed, market_held
from cop.markets.floor_models import MarketFloor, Phase
from cop.markets.kept import Row, asked_for, count, of_plan, places_of, store
from cop.markets.known import problem
from cop.markets.models import Market, MarketPlace, Stall
from cop.markets.planning import Market as Problem
from cop.markets.planning import Plan, Price, Wrong, move, price, repair
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, enqueue
from cop.spaces.events import moment

TELL_AFTER = timedelta(minutes=3)  # who is moved more than once meanwhile hears of it once


def current(session: Session, market: Market, number: int | None = None) -> Plan:
    """The plan of this number (the one that the host looks at); whoever has no place in it yet is
    in the lobby."""
    return _as_it_stands(session, market, market.plan if number is None else number)[0]


def _as_it_stands(session: Session, market: Market, number: int) -> tuple[Plan, dict[int, int]]:
    """The plan, and of whom it does not hold: until which round somebody's place is at a stall that
    is gone."""
    known = problem(session, market, number)
    rows = places_of(session, market, number)
    places: dict[int, Row] = {one.key: [None] * market.rounds for one in known.takers}
    out: dict[int, int] = {}
    for who, row in rows.items():
        if who not in places:
            continue
        for round_, stall in enumerate(row):
            if stall is None or stall in known.stall:
                places[who][round_] = stall
            else:
                out[who] = round_
    return Plan(known, {who: tuple(row) for who, row in places.items()}), out


@dataclass(frozen=True)
class Rest:
    """What of a market can still be planned.

    Attributes:
        done: how many rounds have begun.
        whole: the market; problem: the rounds that are left of it, as a market of their own, in
            which nobody wishes for where they were already, and whom they met there counts.
        past: where the plan that they follow had everybody, or has them now.
    """

    done: int
    whole: Problem
    problem: Problem
    past: Mapping[int, tuple[int | None, ...]]

    def with_past(self, plan: Plan) -> Plan:
        """The plan of the whole market: what was, and then this."""
        places = {who: (*self.past[who], *row) for who, row in plan.places.items()}
        found = Plan(self.whole, places)
        if plan.bound is None:
            return found
        wishes = {one.key: set(one.wishes) for one in self.whole.takers}
        met = sum(len(wishes[one.key] & one.been) for one in self.problem.takers)
        return replace(found, bound=max(met + plan.bound, found.wishes_met))


def rest(session: Session, market: Market, done: int) -> Rest:
    """The rounds from `done` on, which have not begun."""
    plan = current(session, market)
    whole = plan.market
    walked = plan
    if market.followed != market.plan:
        walked = current(session, market, market.followed)
    past = {who: row[:done] for who, row in walked.places.items()}
    if not 0 < done < whole.rounds:
        return Rest(done, whole, whole, past)
    held: dict[int, set[int]] = defaultdict(set)
    for row in places_of(session, market, market.followed).values():
        for round_, stall in enumerate(row[:done]):
            if stall is not None:
                held[stall].add(round_)
    stalls = {
        one.key: one if one.most is None else replace(one, most=one.most - len(held[one.key]))
        for one in whole.stalls
    }
    stalls = {key: one for key, one in stalls.items() if one.most is None or one.most > 0}
    known = company.held(session, market.id, past)
    takers = []
    for one in whole.takers:
        been = known.been.get(one.key, frozenset())
        wishes = tuple(w for w in one.wishes if w in stalls and w not in been)
        takers.append(replace(one, wishes=wishes, been=been))
    pins = {
        (who, round_ - done): place
        for (who, round_), place in whole.pins.items()
        if round_ >= done and (place is None or place in stalls)
    }
    left = Problem(whole.rounds - done, tuple(stalls.values()), tuple(takers), pins, known.met)
    return Rest(done, whole, left, past)


def recount(session: Session, market: Market) -> None:
    """There are more rounds or fewer: the plan that stands has other numbers now."""
    market.changes += 1
    asked = session.scalar(asked_for(market, market.plan))
    if asked is not None:
        count(asked, current(session, market))
    session.flush()


def follow(session: Session, market: Market, now: datetime) -> None:
    """People go by the plan that stands from now on; what has begun of the one before stays."""
    before = market.told
    if before not in (0, market.plan):
        begun = MarketPlace.round < next_round(session, market, now)
        old, new = of_plan(market, before), of_plan(market, market.plan)
        session.execute(delete(MarketPlace).where(*new, begun))
        session.execute(update(MarketPlace).where(*old, begun).values(plan=market.plan))
        session.execute(delete(MarketPlace).where(*old))
    market.told = market.plan
    session.flush()


# --- a plan that people use


def look(
    session: Session,
    actor: Actor,
    market_id: int,
    member_id: int,
    round_: int,
    stall: int | None,
    now: datetime,
) -> tuple[Plan, Price]:
    """What it costs to put somebody elsewhere; nothing is changed.

    Raises:
        NotFound: the actor does not host, or there is no plan, person, stall or round like that.
        Refused: it cannot be: no seat, nobody who holds it, nobody left where they come from, or
            the round has begun.
    """
    market = managed(session, actor, market_id)
    if not market.plan:
        raise NotFound
    before = current(session, market)
    if (
        member_id not in before.market.taker
        or not 0 <= round_ < market.rounds
        or (stall is not None and stall not in before.market.stall)
    ):
        raise NotFound
    if round_ < next_round(session, market, now):
        raise Refused(_("This round has begun already. Move them on the floor."))
    try:
        after = move(before, member_id, round_, stall)
    except Wrong:
        raise Refused(
            _("That does not fit: there is no free seat, or a stall would have nobody to hold it.")
        ) from None
    return after, price(before, after)


def put(
    session: Session,
    actor: Actor,
    market_id: int,
    member_id: int,
    round_: int,
    stall: int | None,
    now: datetime,
) -> Price:
    """The host's own hand; later plans keep to it, and one that is being made begins anew.

    Raises:
        NotFound, Refused: as `look`.
    """
    after, cost = look(session, actor, market_id, member_id, round_, stall, now)
    market = session.get_one(Market, market_id)
    _change(session, market, market.plan, after, now, round_)
    return cost


def is_pinned(session: Session, market: Market, member_id: int, round_: int) -> bool:
    """The host's hand put somebody where they are in a round."""
    return bool(
        session.scalar(
            select(MarketPlace.pinned).where(
                *of_plan(market, market.plan),
                MarketPlace.member_id == member_id,
                MarketPlace.round == round_,
            )
        )
    )


def let_go(session: Session, actor: Actor, market_id: int, member_id: int, round_: int) -> None:
    """The next plan may put somebody elsewhere again; where they are stays.

    Raises:
        NotFound: the actor does not host, or it is over.
    """
    market = managed(session, actor, market_id)
    session.execute(
        update(MarketPlace)
        .where(*of_plan(market, market.plan), MarketPlace.member_id == member_id)
        .where(MarketPlace.round == round_)
        .values(pinned=False)
    )
    market.changes += 1
    session.flush()


def keep_up(
    session: Session, market_id: int, now: datetime, instead: Mapping[int, int] | None = None
) -> bool:
    """Somebody signed up or off, or a stall closed: set the plan right from the next round on.

    Nobody is moved but those whose stall nobody is left to hold; whether anything changed.

    Args:
        instead: a stall that closed → the one where those who were to go there are welcome.
    """
    floor_held(session, market_id)
    market = market_held(session, market_id)
    from_round = next_round(session, market, now)
    if not market.plan or from_round >= market.rounds:
        market.changes += 1
        session.flush()
        return False
    # What people follow, and what the host looks at and has not brought out.
    changed = [
        _keep_up(session, market, number, from_round, now, instead or {})
        for number in sorted({market.followed, market.plan})
    ]
    return any(changed)


def _keep_up(
    session: Session,
    market: Market,
    number: int,
    from_round: int,
    now: datetime,
    instead: Mapping[int, int],
) -> bool:
    plan, out = _as_it_stands(session, market, number)
    before = places_of(session, market, number)
    placed = kept.placed(session, market, number, from_round)
    seatless = [who for who in plan.places if who not in placed or out.get(who, -1) >= from_round]
    welcome = {
        (who, round_): instead[stall]
        for who, row in before.items()
        for round_, stall in enumerate(row)
        if stall is not None and stall in instead and who in plan.places
        if round_ >= from_round
    }
    after = repair(plan, from_round, seatless, welcome)
    if not seatless and after.places == plan.places and placed == set(after.places):
        return False
    _change(session, market, number, after, now, from_round)
    return True


def next_round(session: Session, market: Market, now: datetime) -> int:
    """The first round, from 0, that has not begun: by the floor's clock once its doors opened,
    else as it was announced."""
    its = session.get(MarketFloor, market.id, populate_existing=True)
    if its is not None:
        return its.round + 1
    starts_at = market.gathering.starts_at
    if now < starts_at:
        return 0
    return (now - starts_at) // timedelta(minutes=market.minutes + market.pause) + 1


def close(session: Session, stall: Stall, now: datetime, into: Stall | None = None) -> None:
    """A stall is closed: whoever was to go there goes elsewhere, and all who stand there in this
    round are in the lobby.

    Args:
        into: the stall with which it was merged.
    """
    its = session.get(MarketFloor, stall.market_id, populate_existing=True)
    if its is not None and its.phase == Phase.ROUND:
        session.execute(
            update(MarketPlace)
            .where(MarketPlace.market_id == stall.market_id, MarketPlace.stall_id == stall.id)
            .where(MarketPlace.round == its.round)
            .values(stall_id=None, pinned=False)
        )
    keep_up(session, stall.market_id, now, {} if into is None else {stall.id: into.id})


def _change(
    session: Session,
    market: Market,
    number: int,
    after: Plan,
    now: datetime,
    from_round: int = 0,
) -> None:
    """What stands from now on; once it is out, whoever knew another programme hears of it."""
    before = places_of(session, market, number)
    store(session, market, number, after, from_round)
    asked = session.scalar(asked_for(market, number))
    if asked is not None:
        bound = asked.bound
        count(asked, after)
        asked.bound = bound  # a solver's word, for the market as it was then
    market.changes += 1
    session.flush()
    if number != market.told:
        return  # they hear when this plan is brought out
    for who, row in before.items():
        if who in after.places and row[from_round:] != list(after.places[who][from_round:]):
            _tell_later(session, market, who, row, now, times_of(market))
    new = sorted(set(after.places) - set(before))
    if new:
        emit(
            session,
            events.ProgrammeOut(
                market_id=market.id, plan=market.told, at=moment(now), member_ids=new
            ),
            now,
        )


def times_of(market: Market) -> list[int]:
    """Minutes of a round and of a break: with where somebody goes, what their programme says."""
    return [market.minutes, market.pause]


def tell_new_times(
    session: Session, market: Market, before: Mapping[int, Row], times: list[int], now: datetime
) -> None:
    """There are more rounds or fewer, or they last otherwise: whoever knew their programme hears.

    Args:
        before: where they were to go; `times`: as `times_of` said then.
    """
    for who, row in before.items():
        _tell_later(session, market, who, row, now, times)


def _tell_later(
    session: Session, market: Market, who: int, row: Row, now: datetime, times: list[int]
) -> None:
    """Of all moves in some minutes the first one's `before` counts: who is back hears nothing."""
    told = {"plan": market.told, "before": row, "times": times}
    enqueue(
        session,
        "markets.tell_changed",
        {"market_id": market.id, "member_id": who} | told,
        now=now,
        run_at=now + TELL_AFTER,
        key=f"markets.tell_changed:{market.id}:{market.told}:{who}",
    )
