"""Why a wish is met or not, in kinds that a page can put into words."""

from enum import StrEnum

from cop.markets.planning.model import Plan


class Why(StrEnum):
    MET = "met"
    NOT_HELD = "not_held"  # nobody could hold it, or nobody else came for it
    NOT_THERE = "not_there"  # it is held only while this person is not there
    HOLDS_THEN = "holds_then"  # it is held only while this person holds a stall
    FULL = "full"  # it is full whenever this person could come
    OTHER_WISHES = "other_wishes"  # there was room, but their rounds went to other wishes
    HOST = "host"  # the host put them elsewhere


class Idle(StrEnum):
    """Why somebody is in the lobby in a round."""

    HOST = "host"  # the host put them there
    NOTHING = "nothing"  # nothing is held then
    FULL = "full"  # every stall that is held is full
    ROOM = "room"  # there is room: they can walk in


def idle(plan: Plan, who: int) -> dict[int, Idle]:
    """Round in which somebody is there and in the lobby → why."""
    market = plan.market
    return {
        round_: _idle(plan, who, round_)
        for round_ in market.there(who)
        if plan.places[who][round_] is None
    }


def _idle(plan: Plan, who: int, round_: int) -> Idle:
    if (who, round_) in plan.market.pins:
        return Idle.HOST
    held = [stall for stall, at in plan.at if at == round_]
    if not held:
        return Idle.NOTHING
    full = all(len(plan.guests(key, round_)) >= plan.market.stall[key].seats for key in held)
    return Idle.FULL if full else Idle.ROOM


def reasons(plan: Plan, who: int) -> dict[int, Why]:
    """Stall that somebody wants → whether they come there, and if not, why."""
    return {
        stall: Why.MET if stall in plan.places[who] else _why(plan, who, stall)
        for stall in plan.market.taker[who].wishes
    }


def _why(plan: Plan, who: int, stall: int) -> Why:
    market = plan.market
    held = [round_ for round_ in range(market.rounds) if plan.at.get((stall, round_))]
    if not held:
        return Why.NOT_HELD
    there = [round_ for round_ in held if market.is_there(who, round_)]
    if not there:
        return Why.NOT_THERE
    mine = set(market.holds.get(who, ()))
    free = [round_ for round_ in there if plan.places[who][round_] not in mine]
    if not free:
        return Why.HOLDS_THEN
    seats = market.stall[stall].seats
    room = [round_ for round_ in free if len(plan.guests(stall, round_)) < seats]
    if not room:
        return Why.FULL
    if all((who, round_) in market.pins for round_ in room):
        return Why.HOST
    return Why.OTHER_WISHES
