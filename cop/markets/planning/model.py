"""What is planned: people with wishes, stalls with holders and seats, rounds; and a plan of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import TypeAlias

Place: TypeAlias = int | None  # a stall's key; None is the lobby


class Wrong(ValueError):
    """What was handed in cannot be planned; the message says why, for whoever calls.

    Attributes:
        kind: 'full' or 'unheld' when the host's hand asks for what cannot be, else 'input'.
    """

    def __init__(self, message: str, kind: str = "input") -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Stall:
    """One place where an offer or a question is met.

    Attributes:
        key: names it.
        seats: how many fit beside those who hold it, at least 1.
        holders: who can hold it; in a round in which it is held one of them is there. Empty: nobody
            has to be (a table for talk).
        most: in how many rounds at most it is held; None: in all.
    """

    key: int
    seats: int
    holders: tuple[int, ...] = ()
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who takes part.

    Attributes:
        key: names them.
        wishes: stalls they want to come to, once each; none of those that they hold.
        organisations: where they work, for mixing, as far as they show it.
        rounds: the rounds in which they are there, from 0; None: in all.
        likes: stalls about what concerns them, where they go in rounds in which no wish can be met.
        been: stalls where they were in a round that was held already; none of their wishes.
    """

    key: int
    wishes: tuple[int, ...] = ()
    organisations: frozenset[int] = frozenset()
    rounds: frozenset[int] | None = None
    likes: frozenset[int] = frozenset()
    been: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Market:
    """All that a plan is made from.

    Attributes:
        rounds: how many there are, at least 1.
        pins: (person, round) → where the host wants them; plans keep to it, also to the lobby.
        met: two people, the lower key first → how often they met in rounds that were held already.

    Raises:
        Wrong: a key that stands for two, a wish or a holder that does not exist, a round that there
            is not, a pin of a person to a round in which they are not there.
    """

    rounds: int
    stalls: tuple[Stall, ...]
    takers: tuple[Taker, ...]
    pins: Mapping[tuple[int, int], Place] = field(default_factory=dict)
    met: Mapping[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rounds < 1:
            raise Wrong("a market has at least one round")
        if len(self.stall) != len(self.stalls) or len(self.taker) != len(self.takers):
            raise Wrong("two stalls, or two people, have the same key")
        for stall in self.stalls:
            if stall.seats < 1:
                raise Wrong(f"stall {stall.key} has no seat")
            if not set(stall.holders) <= self.taker.keys():
                raise Wrong(f"somebody who holds stall {stall.key} does not take part")
        for one in self.takers:
            if not set(one.wishes) <= self.stall.keys():
                raise Wrong(f"person {one.key} wants to come to a stall that there is not")
            if any(one.key in self.stall[key].holders for key in one.wishes):
                raise Wrong(f"person {one.key} wants to come to a stall of their own")
            if one.rounds is not None and not one.rounds <= set(range(self.rounds)):
                raise Wrong(f"person {one.key} is there in a round that there is not")
        for (who, round_), place in self.pins.items():
            if who not in self.taker or (place is not None and place not in self.stall):
                raise Wrong("a pin names somebody or something that there is not")
            if not self.is_there(who, round_):
                raise Wrong(f"person {who} is not there in round {round_}")
        if not {who for pair in self.met for who in pair} <= self.taker.keys():
            raise Wrong("somebody who was met does not take part")

    @cached_property
    def stall(self) -> dict[int, Stall]:
        return {stall.key: stall for stall in self.stalls}

    @cached_property
    def taker(self) -> dict[int, Taker]:
        return {one.key: one for one in self.takers}

    @cached_property
    def holds(self) -> dict[int, tuple[int, ...]]:
        """Person → the stalls that they can hold."""
        found: dict[int, list[int]] = {}
        for stall in self.stalls:
            for who in stall.holders:
                found.setdefault(who, []).append(stall.key)
        return {who: tuple(keys) for who, keys in found.items()}

    def is_there(self, who: int, round_: int) -> bool:
        rounds = self.taker[who].rounds
        return 0 <= round_ < self.rounds and (rounds is None or round_ in rounds)

    def there(self, who: int) -> list[int]:
        """The rounds in which somebody is there, in order."""
        return [r for r in range(self.rounds) if self.is_there(who, r)]


@dataclass(frozen=True)
class Plan:
    """Where everybody is in every round.

    Attributes:
        places: person → one place a round; the lobby for who has none or is not there.
        bound: as many wishes as can be met, at most, when a solver has said so.
    """

    market: Market
    places: Mapping[int, tuple[Place, ...]]
    bound: int | None = None

    @cached_property
    def at(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """(stall, round) → who is there, holders included, in order of their keys."""
        found: dict[tuple[int, int], list[int]] = {}
        for who in sorted(self.places):
            for round_, place in enumerate(self.places[who]):
                if place is not None:
                    found.setdefault((place, round_), []).append(who)
        return {key: tuple(people) for key, people in found.items()}

    def guests(self, stall: int, round_: int) -> tuple[int, ...]:
        """Who comes to a stall, without those who can hold it."""
        holders = self.market.stall[stall].holders
        return tuple(who for who in self.at.get((stall, round_), ()) if who not in holders)

    def met(self, who: int) -> set[int]:
        """The wishes of somebody that are met."""
        return set(self.market.taker[who].wishes) & set(self.places[who])

    @property
    def wishes_met(self) -> int:
        return sum(len(self.met(one.key)) for one in self.market.takers)

    @property
    def repeats(self) -> int:
        """How often two people meet again whom an earlier round brought together already."""
        return sum(times - 1 for times in self.meetings.values())

    @cached_property
    def meetings(self) -> Counter[tuple[int, int]]:
        """Two people → in how many rounds they are at one stall, those held before included."""
        here = (pair for people in self.at.values() for pair in combinations(people, 2))
        return Counter(self.market.met) + Counter(here)

    @property
    def colleagues(self) -> int:
        """How often two people of one organisation are at one stall."""
        of = {one.key: one.organisations for one in self.market.takers}
        return sum(times for (one, other), times in self.meetings.items() if of[one] & of[other])

    def faults(self) -> list[str]:
        """What no plan may have; empty for every plan of this library."""
        market, found = self.market, []
        for who, places in self.places.items():
            if len(places) != market.rounds:
                found.append(f"person {who} has {len(places)} rounds")
            for round_, place in enumerate(places):
                if place is not None and not market.is_there(who, round_):
                    found.append(f"person {who} is not there in round {round_}")
        if self.places.keys() != market.taker.keys():
            found.append("somebody is missing, or there is one too many")
        for (key, round_), people in self.at.items():
            stall = market.stall[key]
            if len(self.guests(key, round_)) > stall.seats:
                found.append(f"stall {key} is too full in round {round_}")
            if stall.holders and not set(people) & set(stall.holders):
                found.append(f"nobody holds stall {key} in round {round_}")
        for key, times in Counter(key for key, _ in self.at).items():
            most = market.stall[key].most
            if most is not None and times > most:
                found.append(f"stall {key} is held too often")
        for (who, round_), place in market.pins.items():
            if self.places[who][round_] != place:
                found.append(f"person {who} is not where the host wants them in round {round_}")
        return found


def as_plan(
    market: Market, places: Mapping[int, Iterable[Place]], bound: int | None = None
) -> Plan:
    return Plan(market, {who: tuple(row) for who, row in places.items()}, bound)
