"""A plan in the making: places that can be given and taken back, with seats and holders counted."""

from collections import Counter
from collections.abc import Collection, Mapping

from cop.markets.planning.model import Market, Place, Plan, Wrong, as_plan


class Board:
    """Where everybody is so far; whoever changes it asks `fits` first."""

    def __init__(self, market: Market, places: Mapping[int, tuple[Place, ...]] | None = None):
        self.market = market
        self.places: dict[int, list[Place]] = {
            one.key: [None] * market.rounds for one in market.takers
        }
        self.people: dict[tuple[int, int], set[int]] = {}
        self.guests: Counter[tuple[int, int]] = Counter()
        self.wanted = {one.key: set(one.wishes) for one in market.takers}
        for who, row in (places or {}).items():
            for round_, place in enumerate(row):
                self.put(who, round_, place)

    def is_holder(self, who: int, stall: int) -> bool:
        return who in self.market.stall[stall].holders

    def is_held(self, stall: int, round_: int) -> bool:
        """Somebody who holds it is there, or nobody has to be."""
        holders = self.market.stall[stall].holders
        return not holders or bool(self.people.get((stall, round_), set()) & set(holders))

    def times(self, stall: int) -> int:
        return sum(1 for (key, _), people in self.people.items() if key == stall and people)

    def may_open(self, stall: int, round_: int) -> bool:
        most = self.market.stall[stall].most
        return most is None or bool(self.people.get((stall, round_))) or self.times(stall) < most

    def has_seat(self, stall: int, round_: int) -> bool:
        """A guest fits: it is held, it may be opened, and a seat is free."""
        return (
            self.guests[stall, round_] < self.market.stall[stall].seats
            and self.is_held(stall, round_)
            and self.may_open(stall, round_)
        )

    def is_free(self, who: int, round_: int) -> bool:
        """Somebody is there, has no place yet, and the host wants them nowhere else."""
        return (
            self.places[who][round_] is None
            and self.market.is_there(who, round_)
            and (who, round_) not in self.market.pins
        )

    def put(self, who: int, round_: int, place: Place) -> None:
        """Somebody goes from where they are to a place, or to the lobby."""
        before = self.places[who][round_]
        if before is not None:
            self.people[before, round_].discard(who)
            if not self.is_holder(who, before):
                self.guests[before, round_] -= 1
        self.places[who][round_] = place
        if place is not None:
            self.people.setdefault((place, round_), set()).add(who)
            if not self.is_holder(who, place):
                self.guests[place, round_] += 1

    def still_wants(self, who: int) -> set[int]:
        return self.wanted[who] - set(self.places[who])

    def pin(self) -> None:
        """Everybody where the host wants them, with somebody to hold it.

        Raises:
            Wrong: that cannot be: too many at one stall, or nobody who can hold it.
        """
        for (who, round_), place in self.market.pins.items():
            self.put(who, round_, place)
        for (stall, round_), people in list(self.people.items()):
            if not people:
                continue
            if self.guests[stall, round_] > self.market.stall[stall].seats:
                raise Wrong(f"the host wants too many people at stall {stall}", "full")
            if not self.is_held(stall, round_):
                free = [
                    who for who in self.market.stall[stall].holders if self.is_free(who, round_)
                ]
                if not free:
                    raise Wrong(f"nobody can hold stall {stall} in round {round_}", "unheld")
                self.put(free[0], round_, stall)

    def open(self, stall: int, round_: int) -> bool:
        """Have a stall held in a round if that can be; True when it is."""
        if not self.may_open(stall, round_):
            return False
        if self.is_held(stall, round_):
            return True
        free = [who for who in self.market.stall[stall].holders if self.is_free(who, round_)]
        if not free:
            return False
        # Whoever wants the least elsewhere stays: those who hold something get to ask as well.
        self.put(min(free, key=lambda who: (len(self.still_wants(who)), who)), round_, stall)
        return True

    def seat(self, who: int, round_: int) -> bool:
        """A seat for somebody who has none: at a stall they want, else where it is emptiest.

        Where there is no seat they are in the lobby.
        """
        if not self.is_free(who, round_):
            return False
        mine = set(self.market.holds.get(who, ()))
        free = [
            stall.key
            for stall in self.market.stalls
            if stall.key not in mine and self.has_seat(stall.key, round_)
        ]
        if not free:
            return False
        wants = self.still_wants(who)
        been = set(self.places[who])

        def worth(stall: int) -> tuple[bool, bool, float, int]:
            full = self.guests[stall, round_] / self.market.stall[stall].seats
            return (stall not in wants, stall in been, full, stall)

        self.put(who, round_, min(free, key=worth))
        return True

    def settle(self, who: int, rounds: Collection[int]) -> None:
        """A seat for somebody in each of these rounds in which they are free; wishes first.

        A wish that can be met in one round only goes before one that can wait.
        """

        def chances(stall: int) -> int:
            return sum(self.has_seat(stall, round_) for round_ in rounds)

        for stall in sorted(self.still_wants(who), key=lambda key: (chances(key), key)):
            for round_ in sorted(rounds):
                if self.is_free(who, round_) and self.has_seat(stall, round_):
                    self.put(who, round_, stall)
                    break
        for round_ in sorted(rounds):
            self.seat(who, round_)

    def fill(self) -> None:
        """A seat for everybody who has none, as far as there are seats."""
        for round_ in range(self.market.rounds):
            for one in self.market.takers:
                self.seat(one.key, round_)

    def close_empty(self) -> None:
        """Whoever holds a stall to which nobody comes is free to go elsewhere."""
        for (stall, round_), people in list(self.people.items()):
            holders = self.market.stall[stall].holders
            if holders and people and people <= set(holders):
                for who in list(people):
                    if (who, round_) not in self.market.pins:
                        self.put(who, round_, None)

    def plan(self, bound: int | None = None) -> Plan:
        return as_plan(self.market, self.places, bound)
