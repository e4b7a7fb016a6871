"""A plan in the making: places that can be given and taken back, with seats and holders counted."""

from collections import Counter
from collections.abc import Collection, Mapping

from cop.markets.planning.model import Market, Place, Plan, Wrong, as_plan

COMPANY = 5  # guests: with more for each stall, another is held


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

    def seat(self, who: int, round_: int, again: bool = True) -> bool:
        """A seat for somebody who has none: at a stall they want, else at one that concerns them,
        else where it is emptiest.

        Where there is no seat they are in the lobby.

        Args:
            again: also at a stall where they are in another round, when there is no other.
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
        been = self.been(who)
        likes = self.market.taker[who].likes

        def worth(stall: int) -> tuple[bool, bool, bool, float, int]:
            full = self.guests[stall, round_] / self.market.stall[stall].seats
            return (stall not in wants, stall in been, stall not in likes, full, stall)

        found = min(free, key=worth)
        if found in been and not again:
            return False
        self.put(who, round_, found)
        return True

    def been(self, who: int) -> set[Place]:
        """Where somebody is in one of the rounds, or was in one that was held."""
        return {*self.places[who], *self.market.taker[who].been}

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
        """A seat for everybody who has none, as far as there are seats.

        Where few things are wished, a round would be empty when all of it is met: then stalls are
        held for who has nowhere to go, so that nobody stands in the lobby for want of a wish.
        """
        people = [one.key for one in self.market.takers]
        for round_ in range(self.market.rounds):
            for again in (False, True):
                for who in people:
                    self.seat(who, round_, again)
                if not again:
                    self._open_more(round_)

    def _open_more(self, round_: int) -> None:
        """Have stalls held for those who are free: what was held least and concerns most first."""
        free = [one.key for one in self.market.takers if self.is_free(one.key, round_)]
        held = Counter(key for (key, _), people in self.people.items() if people)

        def who_can_come(stall: int) -> list[int]:
            return [
                who
                for who in free
                if not self.is_holder(who, stall) and stall not in self.been(who)
            ]

        chances = []
        for stall in self.market.stalls:
            coming = who_can_come(stall.key) if stall.holders else []
            if coming and not self.is_held(stall.key, round_):
                concerns = sum(stall.key in self.market.taker[who].likes for who in coming)
                chances.append((held[stall.key], -concerns, -len(coming), stall.key))
        opened: list[int] = []
        for *_rank, stall_key in sorted(chances):
            if len(free) <= COMPANY * len(opened):
                break
            if who_can_come(stall_key) and self.open(stall_key, round_):
                opened.append(stall_key)
                free = [who for who in free if self.is_free(who, round_)]
        for who in free:
            self.seat(who, round_, again=False)
        self.close_empty(round_)

    def close_empty(self, only: int | None = None) -> None:
        """Whoever holds a stall to which nobody comes (in one round) is free to go elsewhere."""
        for (stall, round_), people in list(self.people.items()):
            if only not in (None, round_):
                continue
            holders = self.market.stall[stall].holders
            if holders and people and people <= set(holders):
                for who in list(people):
                    if (who, round_) not in self.market.pins:
                        self.put(who, round_, None)

    def plan(self, bound: int | None = None) -> Plan:
        return as_plan(self.market, self.places, bound)
