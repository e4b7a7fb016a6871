"""Reading stalls, and where everybody goes."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from cop.markets.models import (
    Market,
    MarketPlace,
    Stall,
    StallHolder,
    StallWish,
)
from cop.markets.planning import Idle, Why, idle, reasons
from cop.markets.stalls import is_held
from cop.markets.standing import current
from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name


@dataclass(frozen=True, slots=True)
class StallRow:
    """A stall as pages show it.

    Attributes:
        wishes: how many want to come.
        wished, held: by the actor.
    """

    id: int
    number: int
    title: str
    theme: str | None
    seats: int
    rounds: int | None
    closed: bool
    holders: list[Person]
    wishes: int
    wished: bool
    held: bool


def stalls(
    session: Session, actor: Actor, market_id: int, *, closed: bool = False
) -> list[StallRow]:
    """The stalls of a market by number; two queries.

    Args:
        closed: also those that are closed, or that nobody who comes can hold.
    """
    mine, every, holder = aliased(StallWish), aliased(StallWish), aliased(StallHolder)
    query = (
        select(
            Stall,
            theme_name().label("theme"),
            select(func.count())
            .where(every.stall_id == Stall.id)
            .correlate(Stall)
            .scalar_subquery()
            .label("wishes"),
            exists()
            .where(mine.stall_id == Stall.id, mine.member_id == actor.member_id)
            .label("wished"),
            exists()
            .where(holder.stall_id == Stall.id, holder.member_id == actor.member_id)
            .label("held"),
        )
        .outerjoin(Theme, Theme.id == Stall.theme_id)
        .where(Stall.market_id == market_id)
        .order_by(Stall.number)
    )
    if not closed:
        query = query.where(is_held())
    people = _holders(session, actor, market_id)
    return [
        StallRow(
            id=row.Stall.id,
            number=row.Stall.number,
            title=row.Stall.title,
            theme=row.theme,
            seats=row.Stall.seats,
            rounds=row.Stall.rounds,
            closed=row.Stall.closed_at is not None,
            holders=people[row.Stall.id],
            wishes=row.wishes,
            wished=row.wished,
            held=row.held,
        )
        for row in session.execute(query)
    ]


def _holders(session: Session, actor: Actor, market_id: int) -> Mapping[int, list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    for row in session.execute(
        select(StallHolder.stall_id, *PERSON)
        .join(Persona, Persona.id == StallHolder.persona_id)
        .join(Stall, Stall.id == StallHolder.stall_id)
        .where(Stall.market_id == market_id)
        .order_by(Persona.sort_key, Persona.id)
    ):
        found[row.stall_id].append(person(row, actor))
    return found


def holders_of(session: Session, actor: Actor, stall_id: int) -> list[Person]:
    """Who can hold one stall."""
    rows = session.execute(
        select(*PERSON)
        .join(StallHolder, StallHolder.persona_id == Persona.id)
        .where(StallHolder.stall_id == stall_id)
        .order_by(Persona.sort_key, Persona.id)
    )
    return [person(row, actor) for row in rows]


@dataclass(frozen=True, slots=True)
class Turn:
    """Where somebody goes in one round; no stall is the lobby. `wished`: they wanted to come."""

    round: int  # from 0
    stall_id: int | None
    number: int | None
    title: str | None
    holds: bool
    wished: bool


def programme(session: Session, actor: Actor, market: Market) -> list[Turn]:
    """Where the actor goes, round by round; empty while they have no place."""
    return programme_of(session, market, actor.member_id)


def programme_of(session: Session, market: Market, member_id: int | None) -> list[Turn]:
    holder, wish = aliased(StallHolder), aliased(StallWish)
    rows = session.execute(
        select(
            MarketPlace.round,
            Stall.id,
            Stall.number,
            Stall.title,
            exists()
            .where(holder.stall_id == Stall.id, holder.member_id == MarketPlace.member_id)
            .label("holds"),
            exists()
            .where(wish.stall_id == Stall.id, wish.member_id == MarketPlace.member_id)
            .label("wished"),
        )
        .outerjoin(Stall, Stall.id == MarketPlace.stall_id)
        .where(MarketPlace.market_id == market.id, MarketPlace.plan == market.followed)
        .where(MarketPlace.member_id == member_id)
        .where(MarketPlace.round < market.rounds)
        .order_by(MarketPlace.round)
    )
    return [Turn(r.round, r.id, r.number, r.title, r.holds, r.wished) for r in rows]


@dataclass(frozen=True, slots=True)
class Unmet:
    """A wish that the plan does not meet, and why."""

    number: int
    title: str
    why: Why


def explained(
    session: Session, market: Market, member_id: int | None
) -> tuple[list[Unmet], dict[int, Idle]]:
    """The wishes of somebody that the plan does not meet; and round → why they have no place.

    Nothing of who does not take part, or may not see the plan yet (None).
    """
    if member_id is None:
        return [], {}
    plan = current(session, market, market.followed)
    if member_id not in plan.market.taker:
        return [], {}
    left = {key: why for key, why in reasons(plan, member_id).items() if why != Why.MET}
    rows = session.execute(
        select(Stall.id, Stall.number, Stall.title).where(Stall.id.in_(left)).order_by(Stall.number)
    )
    unmet = [Unmet(r.number, r.title, left[r.id]) for r in rows]
    return unmet, idle(plan, member_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stall to which not all come who wish to; `whys`: for how many, by reason."""

    id: int
    number: int
    title: str
    whys: Mapping[Why, int]

    @property
    def unmet(self) -> int:
        return sum(self.whys.values())


def unmet(session: Session, market: Market) -> tuple[int, list[Wanted]]:
    """How many wishes there are now; and which the plan that the host looks at does not meet: the
    stalls that are missed by most first. As many queries for many people as for few."""
    plan = current(session, market)
    whys: dict[int, Counter[Why]] = defaultdict(Counter)
    for one in plan.market.takers:
        for stall_id, why in reasons(plan, one.key).items():
            if why != Why.MET:
                whys[stall_id][why] += 1
    rows = session.execute(
        select(Stall.id, Stall.number, Stall.title)
        .where(Stall.market_id == market.id)
        .order_by(Stall.number)
    )
    found = [Wanted(*row, dict(whys[row.id].most_common())) for row in rows if row.id in whys]
    wishes = sum(len(one.wishes) for one in plan.market.takers)
    return wishes, sorted(found, key=lambda stall: -stall.unmet)


@dataclass(frozen=True, slots=True)
class Cell:
    """Who is at one stall in one round."""

    people: list[tuple[Person, bool]]  # each with whether the host put them there
    guests: int


def floor(session: Session, actor: Actor, market: Market) -> dict[tuple[int | None, int], Cell]:
    """(stall, or None for the lobby, round) → who is there in the plan that the host looks at; one
    query."""
    holder = aliased(StallHolder)
    found: dict[tuple[int | None, int], list[Any]] = defaultdict(list)
    for row in session.execute(
        select(
            MarketPlace.round,
            MarketPlace.stall_id,
            MarketPlace.pinned,
            exists()
            .where(
                holder.stall_id == MarketPlace.stall_id, holder.member_id == MarketPlace.member_id
            )
            .label("holds"),
            *PERSON,
        )
        .join(
            Persona,
            (Persona.member_id == MarketPlace.member_id) & (Persona.kind == PersonaKind.SELF),
        )
        .where(MarketPlace.market_id == market.id, MarketPlace.plan == market.plan)
        .where(MarketPlace.round < market.rounds)
        .order_by(Persona.sort_key, Persona.id)
    ):
        found[row.stall_id, row.round].append(row)
    return {
        key: Cell(
            [(person(row, actor), row.pinned) for row in rows],
            sum(not row.holds for row in rows),
        )
        for key, rows in found.items()
    }


def quiet(cells: Mapping[tuple[int | None, int], Cell], rounds: int) -> list[int]:
    """The rounds in which nothing is held, from 0; of the plan that `floor` gave."""
    held = {round_ for stall_id, round_ in cells if stall_id is not None}
    return [round_ for round_ in range(rounds) if round_ not in held]


def nowhere(cells: Mapping[tuple[int | None, int], Cell], rounds: int) -> list[Person]:
    """Who is in the lobby in every round."""
    lobbies = [cells.get((None, round_)) for round_ in range(rounds)]
    if not lobbies or None in lobbies:
        return []
    always = set.intersection(
        *({who.handle for who, _pinned in cell.people} for cell in lobbies if cell is not None)
    )
    first = lobbies[0]
    return [who for who, _pinned in first.people if who.handle in always] if first else []


def all_programmes(session: Session, market: Market) -> list[tuple[str, list[Turn]]]:
    """(name, where they go) of everybody, by name, as they see it themselves; one query."""
    holder, wish = aliased(StallHolder), aliased(StallWish)
    found: dict[int, tuple[str, list[Turn]]] = {}
    for row in session.execute(
        select(
            MarketPlace.member_id,
            MarketPlace.round,
            Persona.name,
            Stall.id,
            Stall.number,
            Stall.title,
            exists()
            .where(holder.stall_id == Stall.id, holder.member_id == MarketPlace.member_id)
            .label("holds"),
            exists()
            .where(wish.stall_id == Stall.id, wish.member_id == MarketPlace.member_id)
            .label("wished"),
        )
        .join(
            Persona,
            (Persona.member_id == MarketPlace.member_id) & (Persona.kind == PersonaKind.SELF),
        )
        .outerjoin(Stall, Stall.id == MarketPlace.stall_id)
        .where(MarketPlace.market_id == market.id, MarketPlace.plan == market.followed)
        .where(MarketPlace.round < market.rounds)
        .order_by(Persona.sort_key, Persona.id, MarketPlace.round)
    ):
        _name, turns = found.setdefault(row.member_id, (row.name, []))
        turns.append(Turn(row.round, row.id, row.number, row.title, row.holds, row.wished))
    return list(found.values())
