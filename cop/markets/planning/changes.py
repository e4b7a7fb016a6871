"""A plan that people are using already: who is late, who leaves, and the host's own hand.

Everybody else stays where they are, except those whose stall nobody is left to hold.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from cop.markets.planning.board import Board
from cop.markets.planning.model import Market, Place, Plan, Taker, Wrong, as_plan


@dataclass(frozen=True, slots=True)
class Price:
    """What a change does: more is better for wishes, worse for the other two.

    Attributes:
        wishes: how many more wishes are met (below 0: fewer).
        repeats: how many more people meet again.
        colleagues: how many more meetings of two of one organisation.
    """

    wishes: int
    repeats: int
    colleagues: int


def price(before: Plan, after: Plan) -> Price:
    return Price(
        after.wishes_met - before.wishes_met,
        after.repeats - before.repeats,
        after.colleagues - before.colleagues,
    )


def take_in(plan: Plan, one: Taker, from_round: int) -> Plan:
    """Somebody comes late, or joins: a seat in every round from `from_round` on.

    Seats that are free, wishes first; nobody else is moved.

    Raises:
        Wrong: they are in the plan already, or want what there is not.
    """
    if one.key in plan.market.taker:
        raise Wrong(f"person {one.key} is in the plan already")
    rounds = frozenset(
        round_
        for round_ in range(from_round, plan.market.rounds)
        if one.rounds is None or round_ in one.rounds
    )
    market = replace(plan.market, takers=(*plan.market.takers, replace(one, rounds=rounds)))
    places = {**plan.places, one.key: (None,) * market.rounds}
    return repair(Plan(market, places), from_round, {one.key})


def leave(plan: Plan, who: int, from_round: int) -> Plan:
    """Somebody goes: their seats are free from `from_round` on.

    Whoever came to a stall that nobody holds any more gets another seat, wishes first. Another
    holder who comes there as it is keeps it; one who is elsewhere is not called away.

    Raises:
        Wrong: they are not in the plan.
    """
    if who not in plan.market.taker:
        raise Wrong(f"person {who} is not in the plan")
    before = plan.market
    stays = frozenset(r for r in before.there(who) if r < from_round)
    market = replace(
        before,
        takers=tuple(
            replace(one, rounds=stays) if one.key == who else one for one in before.takers
        ),
        pins={
            (key, round_): place
            for (key, round_), place in before.pins.items()
            if key != who or round_ in stays
        },
    )
    row = tuple(place if r < from_round else None for r, place in enumerate(plan.places[who]))
    return repair(Plan(market, {**plan.places, who: row}), from_round, ())


def repair(
    plan: Plan,
    from_round: int,
    seatless: Collection[int],
    welcome: Mapping[tuple[int, int], int] | None = None,
) -> Plan:
    """A plan that came out of step with its market, set right from `from_round` on.

    Whoever is at a stall that nobody holds, and the `seatless`, get a seat where one is free;
    everybody else stays. A pin to what is no longer held is given up.

    Args:
        welcome: (person, round) → where they go before they look elsewhere, while there are seats.
    """
    unheld = {
        (stall, round_)
        for (stall, round_), people in plan.at.items()
        if round_ >= from_round
        and (holders := plan.market.stall[stall].holders)
        and not set(people) & set(holders)
    }
    market = replace(
        plan.market,
        pins={
            (who, round_): place
            for (who, round_), place in plan.market.pins.items()
            if (place, round_) not in unheld
        },
    )
    board = Board(market, plan.places)
    looking = dict.fromkeys(seatless)
    for stall, round_ in sorted(unheld):
        for guest in sorted(board.people[stall, round_]):
            board.put(guest, round_, None)
            looking[guest] = None
    for (who, round_), stall in sorted(
        (welcome or {}).items(), key=lambda one: (not board.is_holder(one[0][0], one[1]), one)
    ):
        holds = board.is_holder(who, stall)
        fits = board.may_open(stall, round_) if holds else board.has_seat(stall, round_)
        if fits and board.is_free(who, round_):
            board.put(who, round_, stall)
    for who in looking:
        board.settle(who, range(from_round, market.rounds))
    return as_plan(market, board.places)


def move(plan: Plan, who: int, round_: int, place: Place) -> Plan:
    """The host puts somebody somewhere; the plan keeps to it from now on.

    Raises:
        Wrong: they are not there then, no seat is free, nobody holds it, or nobody is left to hold
            the stall that they come from.
    """
    market = plan.market
    if who not in market.taker or not market.is_there(who, round_):
        raise Wrong(f"person {who} is not there in round {round_}")
    if place is not None and place not in market.stall:
        raise Wrong("there is no such stall")
    pinned: Market = replace(market, pins={**market.pins, (who, round_): place})
    board = Board(pinned, plan.places)
    before = board.places[who][round_]
    board.put(who, round_, None)
    if place is not None and not board.is_holder(who, place) and not board.has_seat(place, round_):
        raise Wrong("no seat is free there, or nobody holds it")
    if place is not None and board.is_holder(who, place) and not board.may_open(place, round_):
        raise Wrong("it is held as often as it may be")
    board.put(who, round_, place)
    if before is not None and board.guests[before, round_] and not board.is_held(before, round_):
        raise Wrong("nobody would be left to hold the stall they come from")
    return as_plan(pinned, board.places, plan.bound)


def without_pins(plan: Plan, of: Collection[int]) -> Plan:
    """The same plan, in which the host's hand no longer holds these people."""
    pins = {key: place for key, place in plan.market.pins.items() if key[0] not in of}
    return replace(plan, market=replace(plan.market, pins=pins))
