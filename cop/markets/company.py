"""Where people were in the rounds that were held, and who met whom there.

Two people met at a stall when both stood there for two minutes at the same time; less is passing
by. The floor knows it of whoever came with a screen. The plan stands for the others: they walk
through a hall without one.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings.models import Gathering, Setting
from cop.markets.floor_models import FloorPerson, MarketFloor, StallVisit
from cop.markets.models import Market, MarketPlace, is_in_programme

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


def without_screen(market: Any = Market) -> ColumnElement[bool]:
    """The condition on a market: people may be there whom no floor knows. It is in a hall, where a
    phone is company and no ticket; or no floor was opened."""
    floor, gathering = aliased(MarketFloor), aliased(Gathering)
    return or_(
        ~exists().where(floor.market_id == market.id).correlate_except(floor),
        exists()
        .where(gathering.id == market.gathering_id, gathering.setting != Setting.ONLINE)
        .correlate_except(gathering),
    )


def met_somebody(
    session: Session, market_id: int, at: Collection[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Of these (member, stall): who met somebody there; three queries."""
    members = {
        # Whoever left the community since was met too: by a number that is no member's.
        row.id: row.member_id if row.member_id is not None else -row.id
        for row in session.execute(
            select(FloorPerson.id, FloorPerson.member_id).where(FloorPerson.market_id == market_id)
        )
    }
    stalls = {stall for _member, stall in at}
    visits = (FloorPerson.market_id == market_id, StallVisit.stall_id.in_(stalls))
    stays: dict[int, list[_Stay]] = defaultdict(list)
    for stall, there in _stays(session, FloorPerson.id, *visits).items():
        stays[stall] += [stay._replace(who=members[stay.who]) for stay in there]
    on_floor = set(members.values())
    for row in session.execute(_planned(market_id, stalls)):
        if row.member_id not in on_floor:
            stays[row.stall_id].append(_Stay(row.member_id, row.round, None, None))
    met = {
        (one.who, stall)
        for stall, there in stays.items()
        for one in there
        if any(one.who != other.who and _together(one, other) for other in there)
    }
    return met.intersection(at)


def _planned(market_id: int, stalls: Collection[int]) -> Any:
    """Who was to be at these stalls in the rounds that began, where people walk without a screen;
    all rounds where nobody knows which began."""
    return (
        select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id)
        .join(Market, Market.id == MarketPlace.market_id)
        .outerjoin(MarketFloor, MarketFloor.market_id == Market.id)
        .where(Market.id == market_id, MarketPlace.stall_id.in_(stalls), is_in_programme())
        .where(or_(MarketFloor.market_id.is_(None), MarketPlace.round <= MarketFloor.round))
        .where(without_screen())
    )


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
