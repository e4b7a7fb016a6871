"""The same wishes in better company: fewer people who meet twice, fewer colleagues together.

Simulated annealing over swaps: two guests trade places in one round or in two, or somebody takes a
free seat. A trade that would lose a wish is never made, so what is met stays met.
"""

import math
import random
from collections.abc import Callable
from typing import TypeAlias

from cop.markets.planning.model import Place, Plan, as_plan

Stop: TypeAlias = Callable[[], bool]

AGAIN = 2  # two people who meet once more; grows with every time
COLLEAGUES = 1  # two of one organisation at one stall
REVISIT = 6  # a held stall that somebody was at already
HOT, COLD = 1.6, 0.12  # the first and the last temperature, in the same unit
LOOK = 512  # moves between two questions whether to stop


def mix(plan: Plan, moves: int, stop: Stop, seed: int = 1) -> Plan:
    """A plan with the same wishes met, and repeats as few as `moves` moves find.

    Args:
        moves: how many trades to try; some 100,000 a second for small stalls.
        stop: asked now and then; True ends it with the best so far.
        seed: the same seed gives the same plan.
    """
    table = _Table(plan)
    if not table.movable:
        return plan
    chance = random.Random(seed)  # noqa: S311  # for trying, not for secrets
    table.anneal(moves, stop, chance)
    found = as_plan(plan.market, table.best_places(), plan.bound)
    return found if _cost(found) <= _cost(plan) else plan


def _cost(plan: Plan) -> int:
    return AGAIN * plan.repeats + COLLEAGUES * plan.colleagues


class _Table:
    """A plan by numbers: people, stalls and rounds from 0, so that a trade costs microseconds.

    `pair[p][q]` is what it costs that p and q meet once more: AGAIN for every time they meet now,
    or met in a round that was held before, and COLLEAGUES when they are.
    """

    def __init__(self, plan: Plan):
        market = self.market = plan.market
        self.keys = [one.key for one in market.takers]
        self.stalls = [stall.key for stall in market.stalls]
        number = {key: n for n, key in enumerate(self.stalls)}
        count = len(self.keys)
        self.wishes = [{number[key] for key in one.wishes} for one in market.takers]
        self.holds = [{number[key] for key in market.holds.get(who, ())} for who in self.keys]
        self.held = [bool(stall.holders) for stall in market.stalls]
        self.seats = [stall.seats for stall in market.stalls]
        self.place = [
            [-1 if place is None else number[place] for place in plan.places[who]]
            for who in self.keys
        ]
        self.at: list[list[list[int]]] = [[[] for _ in self.stalls] for _ in range(market.rounds)]
        self.guests = [[0] * len(self.stalls) for _ in range(market.rounds)]
        self.visits: list[dict[int, int]] = [
            {number[key]: 1 for key in one.been if key in number} for one in market.takers
        ]
        works = [one.organisations for one in market.takers]
        self.pair = [
            [COLLEAGUES if p != q and works[p] & works[q] else 0 for q in range(count)]
            for p in range(count)
        ]
        at = {who: p for p, who in enumerate(self.keys)}
        for (one, other), times in market.met.items():
            self.pair[at[one]][at[other]] += AGAIN * times
            self.pair[at[other]][at[one]] += AGAIN * times
        for p, row in enumerate(self.place):
            for round_, stall in enumerate(row):
                if stall >= 0:
                    self._enter(p, round_, stall)
        # Who can be moved in a round: guests, where the host did not say otherwise.
        self.movable = [
            (p, round_)
            for p, who in enumerate(self.keys)
            for round_ in market.there(who)
            if (who, round_) not in market.pins and self.place[p][round_] not in self.holds[p]
        ]
        self.by_round: list[list[int]] = [[] for _ in range(market.rounds)]
        for p, round_ in self.movable:
            self.by_round[round_].append(p)
        self.cost = 0
        self._best = [list(row) for row in self.place]

    def best_places(self) -> dict[int, list[Place]]:
        return {
            who: [None if stall < 0 else self.stalls[stall] for stall in row]
            for who, row in zip(self.keys, self._best, strict=True)
        }

    def _enter(self, p: int, round_: int, stall: int) -> None:
        mine = self.pair[p]
        for q in self.at[round_][stall]:
            mine[q] += AGAIN
            self.pair[q][p] += AGAIN
        self.at[round_][stall].append(p)
        self.visits[p][stall] = self.visits[p].get(stall, 0) + 1
        if stall not in self.holds[p]:
            self.guests[round_][stall] += 1

    def _leave(self, p: int, round_: int, stall: int) -> None:
        self.at[round_][stall].remove(p)
        mine = self.pair[p]
        for q in self.at[round_][stall]:
            mine[q] -= AGAIN
            self.pair[q][p] -= AGAIN
        self.visits[p][stall] -= 1
        if stall not in self.holds[p]:
            self.guests[round_][stall] -= 1

    def _go(self, p: int, round_: int, stall: int) -> None:
        before = self.place[p][round_]
        if before >= 0:
            self._leave(p, round_, before)
        self.place[p][round_] = stall
        if stall >= 0:
            self._enter(p, round_, stall)

    def _wish(self, p: int, leaves: int, comes: int) -> int:
        """How many wishes of p are won (or lost, below 0) by one stall for another."""
        wishes, visits = self.wishes[p], self.visits[p]
        won = 1 if comes in wishes and not visits.get(comes) else 0
        return won - (1 if leaves in wishes and visits[leaves] == 1 else 0)

    def _revisit(self, p: int, leaves: int, comes: int) -> int:
        visits, cost = self.visits[p], 0
        if comes >= 0 and self.held[comes] and visits.get(comes):
            cost += REVISIT
        if leaves >= 0 and self.held[leaves] and visits[leaves] > 1:
            cost -= REVISIT
        return cost

    def _swap_cost(self, p: int, q: int, round_: int) -> int:
        """What it costs that p and q trade places; both are counted as they stand."""
        a, b = self.place[p][round_], self.place[q][round_]
        of_p, of_q = self.pair[p], self.pair[q]
        cost = 0
        if a >= 0:
            for x in self.at[round_][a]:
                if x != p:
                    cost += of_q[x] - of_p[x] + AGAIN
        if b >= 0:
            for x in self.at[round_][b]:
                if x != q:
                    cost += of_p[x] - of_q[x] + AGAIN
        return cost + self._revisit(p, a, b) + self._revisit(q, b, a)

    def _swap(self, p: int, q: int, round_: int) -> None:
        a, b = self.place[p][round_], self.place[q][round_]
        self._go(p, round_, -1)
        self._go(q, round_, a)
        self._go(p, round_, b)

    def anneal(self, moves: int, stop: Stop, chance: random.Random) -> None:
        temperature = HOT
        cooling = (COLD / HOT) ** (1 / max(1, moves // LOOK))
        best = self.cost
        pick, rounds = chance.random, len(self.place[0])
        for n in range(moves):
            if n % LOOK == 0:
                if stop():
                    break
                temperature = HOT * cooling ** (n // LOOK)
            p, round_ = self.movable[int(pick() * len(self.movable))]
            others = self.by_round[round_]
            q = others[int(pick() * len(others))]
            done = self._try(p, q, round_, rounds, temperature, pick)
            if done and self.cost < best:
                best = self.cost
                self._best = [list(row) for row in self.place]

    def _try(
        self,
        p: int,
        q: int,
        round_: int,
        rounds: int,
        temperature: float,
        pick: Callable[[], float],
    ) -> bool:
        a, b = self.place[p][round_], self.place[q][round_]
        if a == b or a in self.holds[q] or b in self.holds[p]:
            return False
        won = self._wish(p, a, b) + self._wish(q, b, a)
        if won >= 0:
            cost = self._swap_cost(p, q, round_)
            if cost > 0 and pick() >= math.exp(-cost / temperature):
                return False
            self._swap(p, q, round_)
            self.cost += cost
            return True
        # A wish would be lost: trade in a second round as well, where it can be won again.
        other = int(pick() * rounds)
        if other == round_ or not self._movable_in(p, other) or not self._movable_in(q, other):
            return False
        c, d = self.place[p][other], self.place[q][other]
        if (
            c == d
            or c in self.holds[q]
            or d in self.holds[p]
            or (a not in (c, d) and b not in (c, d))
        ):
            return False
        cost = self._swap_cost(p, q, round_)
        self._swap(p, q, round_)
        won += self._wish(p, c, d) + self._wish(q, d, c)
        if won >= 0:
            cost += self._swap_cost(p, q, other)
            if cost <= 0 or pick() < math.exp(-cost / temperature):
                self._swap(p, q, other)
                self.cost += cost
                return True
        self._swap(p, q, round_)
        return False

    def _movable_in(self, p: int, round_: int) -> bool:
        who = self.keys[p]
        return (
            self.market.is_there(who, round_)
            and (who, round_) not in self.market.pins
            and self.place[p][round_] not in self.holds[p]
        )
