"""A plan that people are using already: who is late, who leaves, and the host's own hand.

Everybody else stays where they are, except those whose stall nobody is left to hold.
"""

from collections.abc import Collection
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
    board = Board(market, {**plan.places, one.key: (None,) * market.rounds})
    # A wish that can be met in one round only goes before one that can wait.
    order = sorted(
        market.taker[one.key].wishes,
        key=lambda stall: sum(board.has_seat(stall, round_) for round_ in rounds),
    )
    for stall in order:
        for round_ in sorted(rounds):
            if board.is_free(one.key, round_) and board.has_seat(stall, round_):
                board.put(one.key, round_, stall)
                break
    for round_ in sorted(rounds):
        board.seat(one.key, round_)
    return as_plan(market, board.places)


def leave(plan: Plan, who: int, from_round: int) -> Plan:
    """Somebody goes: their seats are free from `from_round` on.

    Whoever came to a stall that nobody can hold any more gets another seat, wishes first. Another
    holder who comes there as it is keeps it; one who is elsewhere is not called away.

    Raises:
        Wrong: they are not in the plan.
    """
    if who not in plan.market.taker:
        raise Wrong(f"person {who} is not in the plan")
    before = plan.market
    stays = frozenset(r for r in before.there(who) if r < from_round)
    closing = {
        (place, round_)
        for round_ in range(from_round, before.rounds)
        if (place := plan.places[who][round_]) is not None
        and set(plan.at[place, round_]) & set(before.stall[place].holders) == {who}
    }
    market = replace(
        before,
        takers=tuple(
            replace(one, rounds=stays) if one.key == who else one for one in before.takers
        ),
        pins={
            (key, round_): place
            for (key, round_), place in before.pins.items()
            if (place, round_) not in closing and (key != who or round_ in stays)
        },
    )
    board = Board(market, plan.places)
    for round_ in range(from_round, market.rounds):
        board.put(who, round_, None)
    for place, round_ in sorted(closing):
        left = sorted(board.people[place, round_])
        for guest in left:
            board.put(guest, round_, None)
        for guest in left:
            board.seat(guest, round_)
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
