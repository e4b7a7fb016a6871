"""Better and better plans of one market."""

import time
from collections.abc import Callable, Iterator

from cop.markets.planning import best, greedy, mixing
from cop.markets.planning.model import Market, Plan

SECONDS = 18.0  # of the twenty that a market of 300 may take
FOR_WISHES = 0.6  # the share of them that the solver may have
MOVES = 1_500_000


def plans(
    market: Market,
    *,
    seconds: float = SECONDS,
    moves: int = MOVES,
    stop: Callable[[], bool] = lambda: False,
    seed: int = 1,
) -> Iterator[Plan]:
    """Three plans, each at least as good as the one before: at once, most wishes, better mixed.

    Args:
        seconds: how long all of it may take; the first plan does not look at the clock.
        moves: how many trades the mixing tries, when time is left.
        stop: asked while it works; True ends it, the plans that were yielded stand.
        seed: the same seed gives the same plans, when `seconds` did not cut them short.

    Raises:
        Wrong: what the host wants cannot be.
    """
    ends = time.monotonic() + seconds
    plan = greedy.first(market)
    yield plan
    if stop():
        return
    if any(one.wishes for one in market.takers):
        left = ends - time.monotonic()
        plan = best.most_wishes(market, plan, max(0.1, left * FOR_WISHES), stop)
        yield plan
        if stop():
            return
    yield mixing.mix(plan, moves, lambda: stop() or time.monotonic() > ends, seed)
