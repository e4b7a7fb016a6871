"""Blocking: whoever is blocked cannot reach the member who blocked them, anywhere.

A block is of a name, as all that others meet is: who blocks a pseudonym learns nothing of the
member behind it, and is still reached by that member under their own name until they block that as
well. Nobody is told that they were blocked, and nothing that they see says so.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, exists, false, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform.db import Base, UtcDateTime

MOST = 200  # on the page of who blocked them


class Block(Base):
    """A member does not want to be reached by somebody."""

    __tablename__ = "block"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


_BLOCK = aliased(Block)  # made once: an alias makes its columns anew


def blocked(member_id: Any, persona_id: Any) -> ColumnElement[bool]:
    """The member blocked that name; both may be columns."""
    return exists().where(_BLOCK.member_id == member_id, _BLOCK.persona_id == persona_id)


def blocked_by(actor: Actor, persona_id: Any) -> ColumnElement[bool]:
    """The actor blocked that name."""
    return blocked(actor.member_id, persona_id) if actor.is_member else false()


def name_blocked(by_id: Any, persona_id: Any) -> ColumnElement[bool]:
    """The member behind one name blocked another; both may be columns, from however far out."""
    block, behind = aliased(Block), aliased(Persona)
    blocks = exists().where(
        behind.id == by_id,
        block.member_id == behind.member_id,
        block.persona_id == persona_id,
    )
    return blocks.correlate_except(block, behind)


def either_blocked(session: Session, one_id: int, other_id: int) -> bool:
    """One of two names blocked the other: nothing begins between them."""
    held = select(or_(name_blocked(one_id, other_id), name_blocked(other_id, one_id)))
    return bool(session.scalar(held))


def who_blocked(session: Session, member_ids: Collection[int], persona_id: int) -> set[int]:
    """Those of these members who blocked that name."""
    return set(
        session.scalars(
            select(Block.member_id).where(
                Block.persona_id == persona_id, Block.member_id.in_(member_ids)
            )
        )
    )


def names_blocked(session: Session, actor: Actor, persona_ids: Collection[int]) -> set[int]:
    """Those of these names whom the actor blocked."""
    return set(
        session.scalars(
            select(Block.persona_id).where(
                Block.member_id == actor.member_id, Block.persona_id.in_(persona_ids)
            )
        )
    )


def blocked_people(session: Session, actor: Actor) -> list[Person]:
    """Whom the actor blocked, by name."""
    rows = session.execute(
        select(*PERSON)
        .join(Block, Block.persona_id == Persona.id)
        .where(Block.member_id == actor.member_id)
        .order_by(Persona.sort_key, Persona.id)
        .limit(MOST)
    )
    return [person(row, actor) for row in rows]
