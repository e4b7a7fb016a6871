"""Where people were in the rounds that were held, and who met whom there.

Two people met at a stall when both stood there for two minutes at the same time; less is passing
by. The floor knows it of whoever came with a screen. For planning what is left, the plan stands for
the others: they walk through a hall without one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select
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


_STILL = datetime.max.replace(tzinfo=UTC)  # who is there now stays


def held(session: Session, market_id: int, rows: Mapping[int, Sequence[int | None]]) -> Held:
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
    visits = (FloorPerson.market_id == market_id, FloorPerson.member_id.in_(list(rows)))
    for stall, there in _stays(session, FloorPerson.member_id, *visits).items():
        stays[stall] += there
    been: dict[int, set[int]] = defaultdict(set)
    met: Counter[tuple[int, int]] = Counter()
    for stall, there in stays.items():
        for stay in there:
            been[stay.who].add(stall)
        for one, other in combinations(sorted(there, key=lambda stay: stay.who), 2):
            if one.who != other.who and _together(one, other):
                met[one.who, other.who] += 1
    return Held({who: frozenset(stalls) for who, stalls in been.items()}, met)


def met_somebody(
    session: Session, market_id: int, at: Collection[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Of these (member, stall): who met somebody there, on the floor; two queries."""
    members = {
        row.id: row.member_id
        for row in session.execute(
            select(FloorPerson.id, FloorPerson.member_id).where(FloorPerson.market_id == market_id)
        )
    }
    # By their numbers on the floor: whoever left the community since was met too.
    stalls = {stall for _member, stall in at}
    visits = (FloorPerson.market_id == market_id, StallVisit.stall_id.in_(stalls))
    met = {
        (members[one.who], stall)
        for stall, there in _stays(session, FloorPerson.id, *visits).items()
        for one in there
        if any(one.who != other.who and _together(one, other) for other in there)
    }
    return met.intersection(at)


def _stays(
    session: Session, who: Any, *conditions: ColumnElement[bool]
) -> Mapping[int, list[_Stay]]:
    """Stall → who was there for longer than passing by; one query."""
    found: dict[int, list[_Stay]] = defaultdict(list)
    for visit in session.execute(
        select(
            who.label("who"),
            *(StallVisit.stall_id, StallVisit.round, StallVisit.came_at, StallVisit.left_at),
        )
        .join(FloorPerson, FloorPerson.id == StallVisit.person_id)
        .where(*conditions)
    ):
        until = visit.left_at or _STILL
        if until - visit.came_at >= STAYED:
            found[visit.stall_id].append(
                _Stay(visit.who, max(0, visit.round), visit.came_at, until)
            )
    return found


def _together(one: _Stay, other: _Stay) -> bool:
    if one.since is None or one.until is None or other.since is None or other.until is None:
        return one.round == other.round
    return min(one.until, other.until) - max(one.since, other.since) >= STAYED
