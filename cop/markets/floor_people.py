"""Reading people on the floor one by one: who asks for help, all for hosts, who stays in touch."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from cop.contacts.conversations import of_two
from cop.markets.floor_models import Act, FloorPerson, HostAct, MarketContact, MarketFloor
from cop.markets.floor_permissions import FLOORS, FloorPermission
from cop.markets.models import Market, Stall
from cop.members.actor import Actor
from cop.members.blocks import blocked_by, name_blocked
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform.db import rows
from cop.platform.errors import NotFound


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody asks a host for help; where they stand."""

    id: int
    name: str
    stall: int | None


def hands(session: Session, market_id: int) -> list[Hand]:
    """Who asks for help, who asked first first; for hosts."""
    rows = session.execute(
        select(FloorPerson.id, Persona.name, Stall.number)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .outerjoin(Stall, Stall.id == FloorPerson.stall_id)
        .where(FloorPerson.market_id == market_id, FloorPerson.hand_at.is_not(None))
        .order_by(FloorPerson.hand_at, FloorPerson.id)
    )
    return [Hand(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class OnFloor:
    """Somebody on the host's list."""

    id: int
    person: Person
    stall_id: int | None
    stall: int | None
    muted: bool
    removed: bool
    mine: bool
    offered: bool


_ON_FLOOR = (
    FloorPerson.id,
    FloorPerson.member_id,
    FloorPerson.stall_id,
    FloorPerson.muted_at,
    FloorPerson.removed_at,
    Stall.number,
    *PERSON,
)


def everybody(
    session: Session, actor: Actor, its: MarketFloor, after: int | None, most: int = 100
) -> tuple[list[OnFloor], int | None]:
    """Everybody who came, by name, for hosts; and after whom the next page begins."""
    query = (
        select(*_ON_FLOOR, Persona.sort_key)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .outerjoin(Stall, Stall.id == FloorPerson.stall_id)
        .where(FloorPerson.market_id == its.market_id, FloorPerson.member_id.is_not(None))
        .where(FloorPerson.left_at.is_(None) | FloorPerson.removed_at.is_not(None))
        .order_by(Persona.sort_key, FloorPerson.id)
        .limit(most + 1)
    )
    if after is not None:
        last = session.execute(
            select(Persona.sort_key, FloorPerson.id)
            .join(FloorPerson, FloorPerson.persona_id == Persona.id)
            .where(FloorPerson.market_id == its.market_id, FloorPerson.id == after)
        ).first()
        if last is not None:
            same = and_(Persona.sort_key == last.sort_key, FloorPerson.id > last.id)
            query = query.where(or_(Persona.sort_key > last.sort_key, same))
    rows = session.execute(query).all()
    listed = [_on_floor(row, actor, its) for row in rows[:most]]
    return listed, rows[most - 1].id if len(rows) > most else None


def one_on_floor(session: Session, actor: Actor, market_id: int, person_id: int) -> OnFloor:
    """Somebody who came.

    Raises:
        NotFound: nobody of that number did.
    """
    its = session.get(MarketFloor, market_id)
    row = session.execute(
        select(*_ON_FLOOR)
        .join(Persona, Persona.id == FloorPerson.persona_id)
        .outerjoin(Stall, Stall.id == FloorPerson.stall_id)
        .where(FloorPerson.market_id == market_id, FloorPerson.id == person_id)
        .where(FloorPerson.member_id.is_not(None))
    ).one_or_none()
    if row is None or its is None:
        raise NotFound
    return _on_floor(row, actor, its)


def _on_floor(row: Any, actor: Actor, its: MarketFloor) -> OnFloor:
    return OnFloor(
        id=row.id,
        person=person(row, actor),
        stall_id=row.stall_id,
        stall=row.number,
        muted=row.muted_at is not None,
        removed=row.removed_at is not None,
        mine=row.member_id == actor.member_id,
        offered=its.offered_id == row.id,
    )


def acts_about(session: Session, person_id: int, most: int = 3) -> list[HostAct]:
    """What hosts did with somebody last, newest first; for themselves and for hosts."""
    return list(
        session.scalars(
            select(HostAct)
            .where(HostAct.person_id == person_id)
            .order_by(HostAct.id.desc())
            .limit(most)
        )
    )


def why_out(session: Session, actor: Actor, market_id: int) -> str | None:
    """Why the actor was shown out of a market; None when they were not, or are let in again."""
    return session.scalar(
        select(HostAct.reason)
        .join(FloorPerson, FloorPerson.id == HostAct.person_id)
        .where(
            FloorPerson.market_id == market_id,
            FloorPerson.member_id == actor.member_id,
            FloorPerson.removed_at.is_not(None),
            HostAct.act == Act.REMOVE,
        )
        .order_by(HostAct.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Contact:
    """Staying in touch with somebody, as one of the two sees it.

    Attributes:
        asked: the actor asked; else they are asked.
        talk_id: their conversation; None until both agreed.
    """

    id: int
    person_id: int
    person: Person
    asked: bool
    agreed: bool
    talk_id: int | None


def contacts(session: Session, actor: Actor, market_id: int, person_id: int) -> list[Contact]:
    """What the actor asked and was asked at this market, newest first; one query.

    Who asked sees no difference between no answer yet, a no and a block.
    """
    other, own = aliased(FloorPerson), aliased(FloorPerson)
    unwanted = or_(
        blocked_by(actor, other.persona_id), name_blocked(other.persona_id, own.persona_id)
    )
    mine = (MarketContact.from_id == person_id) | (MarketContact.to_id == person_id)
    its_other = and_(
        other.id.in_([MarketContact.from_id, MarketContact.to_id]), other.id != person_id
    )
    rows = session.execute(
        select(
            *(MarketContact, other.id.label("other_id"), unwanted.label("unwanted")),
            of_two(own.persona_id, other.persona_id).label("talk_id"),
            *PERSON,
        )
        .join(other, its_other)
        .join(Persona, Persona.id == other.persona_id)
        .join(own, own.id == person_id)
        .where(MarketContact.market_id == market_id, mine)
        .order_by(MarketContact.id.desc())
    )
    found = []
    for row in rows:
        contact: MarketContact = row.MarketContact
        asked, agreed = contact.from_id == person_id, contact.agreed_at is not None
        if contact.withdrawn_at is not None or (not asked and contact.refused_at is not None):
            continue
        if not asked and not agreed and row.unwanted:
            continue
        found.append(
            Contact(
                id=contact.id,
                person_id=row.other_id,
                person=person(row, actor),
                asked=asked,
                agreed=agreed,
                talk_id=row.talk_id if agreed else None,
            )
        )
    return found


def asking(session: Session, actor: Actor, market_ids: Collection[int]) -> set[tuple[int, int]]:
    """Who asks the actor to stay in touch, and waits: (market, their persona); one query."""
    if not actor.is_member:
        return set()
    asked = {"market_ids": list(market_ids)} | actor.parameters
    return {(row[0], row[1]) for row in rows(session, _asking(actor.left_open), asked)}


@cache
def _asking(kind: Actor) -> Select[int, int]:
    """What `contacts` shows to who is asked; built once: live screens ask it with every page."""
    asks, asked = aliased(FloorPerson), aliased(FloorPerson)
    unwanted = or_(
        blocked_by(kind, asks.persona_id), name_blocked(asks.persona_id, asked.persona_id)
    )
    return (
        select(MarketContact.market_id, asks.persona_id)
        .join(Market, Market.id == MarketContact.market_id)
        .join(asked, asked.id == MarketContact.to_id)
        .join(asks, asks.id == MarketContact.from_id)
        .where(
            MarketContact.market_id.in_(bindparam("market_ids", expanding=True)),
            MarketContact.agreed_at.is_(None),
            MarketContact.refused_at.is_(None),
            MarketContact.withdrawn_at.is_(None),
            asked.member_id == kind.member_id,
            FLOORS.clause(kind, FloorPermission.MEET),
            ~unwanted,
        )
    )
