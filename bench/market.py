"""Figures of a market: its floor with a thousand screens, and its plan.

The plan on random markets, and where the best that can be is known.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator

from bench import market_floor
from bench.figures import Goal, shown
from cop.markets.planning import Market, Plan, greedy, plans
from cop.markets.planning.board import Board

MARKETS = 20
FEWEST, MOST = 50, 300  # people
NO_HURRY = 120.0  # seconds: where moves are counted, a busy machine changes nothing
GOALS = [
    *market_floor.GOALS,
    Goal("plan-300", "<=", 20, "s", "a random market of 300 people and 60 stalls, the last plan"),
    Goal("plan-first", "<=", 1, "s", "the same market, the first plan that stands"),
    Goal("wishes-of-bound", ">=", 0.95, "", "the bound of HiGHS, the worst of 20 random markets"),
    Goal("golfer-8-4-7-repeats", "=", 0, "", "8 groups of 4 over 7 rounds, where none is needed"),
    Goal("golfer-8-4-10-repeats", "<=", 35, "", "8 groups of 4 over 10 rounds, where some must be"),
]


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    """The floor in one run; the market of 300 is planned once for its figures."""
    yield from market_floor.measure(full)
    took = _timed(_random_market(MOST, 300))
    yield "plan-first", lambda: took[0]
    yield "plan-300", lambda: took[1]
    yield "wishes-of-bound", lambda: _worst_of_bound(2 * MARKETS if full else MARKETS)
    yield "golfer-8-4-7-repeats", lambda: _golfers(7)
    yield "golfer-8-4-10-repeats", lambda: _golfers(10)


def _random_market(people: int, seed: int) -> Market:
    """People who want what many want, at stalls whose holders have wishes of their own."""
    from tests.markets.test_planning import town

    return town(people, random.Random(seed).randint(4, 6), seed)


def _timed(market: Market) -> tuple[float, float]:
    """Seconds until the first plan stands, and until the last."""
    began = time.perf_counter()
    made: list[Plan] = []
    first = 0.0
    for plan in plans(market):
        first = first or time.perf_counter() - began
        made.append(plan)
    took = time.perf_counter() - began
    _sound(made)
    print(f"  {made[-1].wishes_met} wishes of at most {made[-1].bound}", file=sys.stderr)
    return first, took


def _worst_of_bound(markets: int) -> float:
    """The least share of the wishes that could be met, with repeats told beside two other plans."""
    worst = 1.0
    for seed in range(markets):
        people = FEWEST + (MOST - FEWEST) * seed // (markets - 1)
        market = _random_market(people, seed)
        made = list(plans(market))
        _sound(made)
        last = made[-1]
        share = last.wishes_met / last.bound if last.bound else 1.0
        worst = min(worst, share)
        by_chance, at_once = _at_random(market, seed), greedy.first(market)
        print(
            f"  {people:3} people, {market.rounds} rounds: {shown(share)} of the wishes that can be"
            f" met, {last.repeats} repeats (first plan {at_once.repeats} with"
            f" {at_once.wishes_met} wishes, at random {by_chance.repeats} with"
            f" {by_chance.wishes_met}; this one {last.wishes_met})",
            file=sys.stderr,
        )
    return worst


def _at_random(market: Market, seed: int) -> Plan:
    """Everybody somewhere where there is a seat, whatever they want."""
    board, chance = Board(market), random.Random(seed)
    for round_ in range(market.rounds):
        stalls, people = list(market.stall), list(market.taker)
        chance.shuffle(stalls)
        chance.shuffle(people)
        for stall in stalls:
            board.open(stall, round_)
        for who in people:
            free = [stall for stall in stalls if board.has_seat(stall, round_)]
            if free and board.is_free(who, round_):
                board.put(who, round_, chance.choice(free))
    return board.plan()


def _golfers(rounds: int) -> float:
    from tests.markets.test_planning import golfers

    *_before, last = plans(golfers(8, 4, rounds), seconds=NO_HURRY)
    _sound([last])
    return last.repeats


def _sound(made: list[Plan]) -> None:
    """
    Raises:
        AssertionError: a plan puts somebody in two places, or breaks another rule.
    """
    faults = [fault for plan in made for fault in plan.faults()]
    if faults:
        raise AssertionError("; ".join(faults[:5]))
