"""Reading the floor: where the clock stands, who stands where, what was announced."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.markets.floor_models import FloorCall, FloorPerson, MarketFloor, Phase, StallVisit
from cop.markets.models import Market, Stall, StallHolder
from cop.markets.rounds import left
from cop.markets.silence import is_away
from cop.markets.stalls import is_held
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name
from cop.platform.live import Place

MOST_CALLS = 5
MOST_SHOWN, LEAST_SHOWN, SHOWN_IN_ALL = 12, 3, 240  # names at a stall; at many stalls fewer


def clock_of(its: MarketFloor, rounds: int, now: datetime) -> dict[str, Any]:
    """Where the market is, by the server's clock: screens know how far theirs is off."""
    seconds = left(its, now)
    return {
        "phase": its.phase,
        "round": its.round,
        "rounds": rounds,
        "left": None if seconds is None else round(seconds * 1000),
        "noticed": its.noticed_at is not None,
        "by_clock": its.by_clock,
        "at": round(now.timestamp() * 1000),
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody on the floor, as others see them.

    Attributes:
        id: their number on this floor.
        talks, waits: it is their turn to talk; they want to.
        away: their device is silent for long, and their seat is free.
    """

    id: int
    person: Person
    stall_id: int | None
    holds: bool
    talks: bool
    waits: datetime | None
    mine: bool
    away: bool

    def told(self) -> dict[str, Any]:
        """As screens are told."""
        return {
            "id": self.id,
            "name": self.person.name,
            "handle": self.person.handle,
            "initials": self.person.initials,
            "hue": self.person.hue,
            "holds": self.holds,
            "talks": self.talks,
            "waits": None if self.waits is None else round(self.waits.timestamp() * 1000),
            "away": self.away,
        }


@dataclass(frozen=True, slots=True)
class Spot:
    """A stall on the floor, or the lobby (no number).

    Attributes:
        guests: seats that are taken; who holds the stall needs none.
        people: the first of those who stand there, who is away last; `more` others do as well.
        count: how many of them are not away.
        planned: the actor's programme has them there in this round.
    """

    id: int
    number: int
    title: str
    theme: str | None
    seats: int
    guests: int
    people: list[Standing]
    more: int
    count: int
    here: bool
    planned: bool

    @property
    def full(self) -> bool:
        return self.number > 0 and self.guests >= self.seats

    def told(self) -> dict[str, Any]:
        return {
            "stall": self.id,
            "guests": self.guests,
            "seats": self.seats,
            "more": self.more,
            "count": self.count,
            "people": [one.told() for one in self.people],
        }


def _people(market_id: int, now: datetime) -> Select[Any]:
    holder = aliased(StallHolder)
    return (
        select(
            FloorPerson.id,
            FloorPerson.member_id,
            FloorPerson.stall_id,
            FloorPerson.talk_at,
            FloorPerson.talks_since,
            is_away(now).label("away"),
            exists()
            .where(
                holder.stall_id == FloorPerson.stall_id, holder.member_id == FloorPerson.member_id
            )
            .label("holds"),
            *PERSON,
        )
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .join(MarketFloor, MarketFloor.market_id == FloorPerson.market_id)
        .where(
            FloorPerson.market_id == market_id,
            FloorPerson.left_at.is_(None),
            FloorPerson.removed_at.is_(None),
        )
        .order_by(Persona.sort_key, FloorPerson.id)
    )


def _standing(row: Any, actor: Actor) -> Standing:
    return Standing(
        id=row.id,
        person=person(row, actor),
        stall_id=row.stall_id,
        holds=row.holds,
        talks=row.talks_since is not None,
        waits=row.talk_at,
        mine=actor.member_id is not None and row.member_id == actor.member_id,
        away=row.away,
    )


def at_stall(session: Session, actor: Actor, stall: Stall, now: datetime) -> list[Standing]:
    """Everybody at a stall: who holds it first; one query."""
    rows = session.execute(_people(stall.market_id, now).where(FloorPerson.stall_id == stall.id))
    return sorted((_standing(row, actor) for row in rows), key=lambda one: not one.holds)


def on_floor(session: Session, market_id: int) -> int:
    """How many are on the floor."""
    query = select(func.count()).where(
        FloorPerson.market_id == market_id,
        FloorPerson.left_at.is_(None),
        FloorPerson.removed_at.is_(None),
    )
    return session.scalar(query) or 0


def spots(
    session: Session,
    actor: Actor,
    market_id: int,
    now: datetime,
    only: Collection[int] | None = None,
    planned: int | None = None,
) -> list[Spot]:
    """The lobby and the stalls by number; two queries.

    Args:
        only: of these stalls (0: the lobby); None: of all.
        planned: where the actor's programme has them now.
    """
    query = (
        select(Stall.id, Stall.number, Stall.title, Stall.seats, theme_name().label("theme"))
        .outerjoin(Theme, Theme.id == Stall.theme_id)
        .where(Stall.market_id == market_id, Stall.closed_at.is_(None))
        .where(or_(is_held(), exists().where(StallVisit.stall_id == Stall.id)))
        .order_by(Stall.number)
    )
    rows = session.execute(query).all()
    shown = max(LEAST_SHOWN, min(MOST_SHOWN, SHOWN_IN_ALL // (len(rows) + 1)))
    people = _people(market_id, now)
    if only is not None:
        some = FloorPerson.stall_id.in_([id for id in only if id])
        people = people.where(some | FloorPerson.stall_id.is_(None) if 0 in only else some)
    there: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(people):
        there[row.stall_id or 0].append(row)
    found = []
    if only is None or 0 in only:
        found.append(_spot(actor, there[0], shown, (0, 0, "", 0, None), planned is None))
    for row in rows:
        if only is None or row.id in only:
            about = (row.id, row.number, row.title, row.seats, row.theme)
            found.append(_spot(actor, there[row.id], shown, about, planned == row.id))
    return found


def _spot(
    actor: Actor,
    rows: list[Any],
    shown: int,
    about: tuple[int, int, str, int, str | None],
    planned: bool,
) -> Spot:
    rows = sorted(rows, key=lambda row: (not row.holds, row.away))
    id, number, title, seats, theme = about
    return Spot(
        id=id,
        number=number,
        title=title,
        theme=theme,
        seats=seats,
        guests=sum(not row.holds and not row.away for row in rows),
        people=[_standing(row, actor) for row in rows[:shown]],
        more=max(0, len(rows) - shown),
        count=sum(not row.away for row in rows),
        here=any(row.member_id == actor.member_id for row in rows) if actor.is_member else False,
        planned=planned,
    )


@dataclass(frozen=True, slots=True)
class Call:
    """An announcement."""

    id: int
    text: str
    name: str
    at: datetime

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "text": self.text,
            "name": self.name,
            "at": round(self.at.timestamp() * 1000),
        }


def calls(session: Session, market_id: int, ids: Iterable[int] | None = None) -> list[Call]:
    """The last announcements, newest first; or those of these numbers."""
    query = (
        select(FloorCall.id, FloorCall.text, FloorCall.at, Persona.name)
        .join(Persona, Persona.id == FloorCall.by_id)
        .where(FloorCall.market_id == market_id)
        .order_by(FloorCall.id.desc())
    )
    query = query.limit(MOST_CALLS) if ids is None else query.where(FloorCall.id.in_(list(ids)))
    return [Call(row.id, row.text, row.name, row.at) for row in session.execute(query)]


def market_of(place: Place, session: Session) -> tuple[Market, MarketFloor] | None:
    """The market that an audience is about, with its floor."""
    row = session.execute(
        select(Market, MarketFloor)
        .join(MarketFloor, MarketFloor.market_id == Market.id)
        .where(Market.id == place.id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def is_over(its: MarketFloor) -> bool:
    return its.phase == Phase.CLOSED
