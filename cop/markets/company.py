"""Where people were in the rounds that were held, and with whom, so that they meet others next.

The floor knows it of whoever came with a screen. The plan stands for the others: they walk through
a hall without one.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets.floor_models import FloorPerson, StallVisit

STAYED = timedelta(minutes=2)  # less is passing by


@dataclass(frozen=True)
class Held:
    """The rounds that began.

    Attributes:
        been: person → the stalls where they were.
        met: two people, the lower number first → how often they were at one stall.
    """

    been: Mapping[int, frozenset[int]]
    met: Mapping[tuple[int, int], int]


class _Stay(NamedTuple):
    who: int
    round: int
    since: datetime | None  # None: the plan says so
    until: datetime | None


def held(
    session: Session, market_id: int, rows: Mapping[int, Sequence[int | None]], now: datetime
) -> Held:
    """Two queries.

    Args:
        rows: person → where the plan had them, by round, of those who take part.
    """
    on_floor = set(
        session.scalars(select(FloorPerson.member_id).where(FloorPerson.market_id == market_id))
    )
    stays: dict[int, list[_Stay]] = defaultdict(list)
    for who, row in rows.items():
        for round_, stall in enumerate(row):
            if stall is not None and who not in on_floor:
                stays[stall].append(_Stay(who, round_, None, None))
    for visit in session.execute(
        select(
            *(FloorPerson.member_id, StallVisit.stall_id, StallVisit.round),
            *(StallVisit.came_at, StallVisit.left_at),
        )
        .join(FloorPerson, FloorPerson.id == StallVisit.person_id)
        .where(FloorPerson.market_id == market_id, FloorPerson.member_id.in_(list(rows)))
    ):
        until = visit.left_at or now + STAYED  # who is there now stays
        if until - visit.came_at >= STAYED:
            stay = _Stay(visit.member_id, max(0, visit.round), visit.came_at, until)
            stays[visit.stall_id].append(stay)
    been: dict[int, set[int]] = defaultdict(set)
    met: Counter[tuple[int, int]] = Counter()
    for stall, there in stays.items():
        for stay in there:
            been[stay.who].add(stall)
        for one, other in combinations(sorted(there, key=lambda stay: stay.who), 2):
            if one.who != other.who and _together(one, other):
                met[one.who, other.who] += 1
    return Held({who: frozenset(stalls) for who, stalls in been.items()}, met)


def _together(one: _Stay, other: _Stay) -> bool:
    if one.since is None or one.until is None or other.since is None or other.until is None:
        return one.round == other.round
    return min(one.until, other.until) - max(one.since, other.since) >= STAYED
