"""Circles: who a thing is for. Spaces, lists and later cases and markets share this.

The vocabulary is the table 'Who sees what' of the domain: public is read by visitors, open by
members, closed and private by those who joined; a closed one is found by every member, a private
one only by those in it. Moderators and administrators read nothing by virtue of their role.
"""

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    and_,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship
from sqlalchemy.orm.attributes import InstrumentedAttribute

from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.db import Base, UtcDateTime
from cop.platform.policy import among


class Visibility(StrEnum):
    PUBLIC = "public"
    OPEN = "open"
    CLOSED = "closed"
    PRIVATE = "private"


STRICTNESS = [Visibility.PUBLIC, Visibility.OPEN, Visibility.CLOSED, Visibility.PRIVATE]


class Standing(StrEnum):
    """How a member is in a circle."""

    REQUESTED = "requested"  # asked to join; grants nothing yet
    JOINED = "joined"
    COORDINATOR = "coordinator"


class Circle(Base):
    """Who a thing is for."""

    __tablename__ = "circle"

    id: Mapped[int] = mapped_column(primary_key=True)
    visibility: Mapped[str] = mapped_column(String(12))
    allows_pseudonyms: Mapped[bool] = mapped_column(default=False)

    memberships: Mapped[list["CircleMembership"]] = relationship(back_populates="circle")


class CircleMembership(Base):
    """A member in a circle, under their own name or a pseudonym for this circle."""

    __tablename__ = "circle_membership"
    __table_args__ = (Index("ix_circle_membership_member_circle", "member_id", "circle_id"),)

    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    standing: Mapped[str] = mapped_column(String(12), default=Standing.JOINED)
    asked: Mapped[str] = mapped_column(String(500), default="")  # why one wants to join
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    circle: Mapped[Circle] = relationship(back_populates="memberships")
    persona: Mapped[Persona] = relationship()


CircleColumn: TypeAlias = InstrumentedAttribute[int] | ColumnElement[int]

_IN_IT = (Standing.JOINED, Standing.COORDINATOR)


def in_circle(
    actor: Actor, circle_id: CircleColumn, standings: tuple[Standing, ...] = _IN_IT
) -> ColumnElement[bool]:
    """The actor is in the circle with one of these standings."""
    if not actor.is_member:
        return false()
    return exists().where(
        CircleMembership.circle_id == circle_id,
        CircleMembership.member_id == actor.member_id,
        among(CircleMembership.standing, standings),
    )


def coordinates(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    return in_circle(actor, circle_id, (Standing.COORDINATOR,))


def _visibility_among(circle_id: CircleColumn, kinds: list[Visibility]) -> ColumnElement[bool]:
    return exists().where(Circle.id == circle_id, among(Circle.visibility, kinds))


def readable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may read what is in the circle."""
    if actor.is_system:
        return exists().where(Circle.id == circle_id)
    kinds = [Visibility.PUBLIC]
    if actor.is_member:
        kinds.append(Visibility.OPEN)
    return or_(_visibility_among(circle_id, kinds), in_circle(actor, circle_id))


def findable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may know that it exists."""
    if actor.is_system:
        return exists().where(Circle.id == circle_id)
    kinds = [Visibility.PUBLIC]
    if actor.is_member:
        kinds += [Visibility.OPEN, Visibility.CLOSED]
    return or_(_visibility_among(circle_id, kinds), in_circle(actor, circle_id))


def joinable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may join by themselves: public and open circles; others ask or are asked."""
    if not actor.is_member:
        return false()
    kinds = [Visibility.PUBLIC, Visibility.OPEN]
    return and_(_visibility_among(circle_id, kinds), ~in_circle(actor, circle_id))


def requestable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may ask to join: a closed circle that they are not in and have not asked yet."""
    if not actor.is_member:
        return false()
    return and_(
        _visibility_among(circle_id, [Visibility.CLOSED]),
        ~in_circle(actor, circle_id, tuple(Standing)),
    )


def standing_of(session: Session, actor: Actor, circle_id: int) -> CircleMembership | None:
    """The actor's membership of the circle, requests included."""
    if not actor.is_member:
        return None
    return session.get(CircleMembership, (circle_id, actor.member_id))


def members_of(session: Session, circle_id: int) -> list[int]:
    """Member ids of everybody in the circle, for fan-out in the worker."""
    return list(
        session.scalars(
            select(CircleMembership.member_id).where(
                CircleMembership.circle_id == circle_id, among(CircleMembership.standing, _IN_IT)
            )
        )
    )


def persona_in(actor: Actor, circle_id: CircleColumn) -> ColumnElement[int]:
    """The id of the name under which the actor takes part in a circle.

    Theirs in that circle if they are in it or asked to be, else their own name. Whatever a member
    does inside a circle carries this persona, so that a pseudonym is never left by accident.
    """
    there = (
        select(CircleMembership.persona_id)
        .where(
            CircleMembership.circle_id == circle_id,
            CircleMembership.member_id == actor.member_id,
        )
        .scalar_subquery()
    )
    own = (
        select(Persona.id)
        .where(Persona.member_id == actor.member_id, Persona.kind == PersonaKind.SELF)
        .scalar_subquery()
    )
    return func.coalesce(there, own)


def reading_members(circle_id: CircleColumn) -> ColumnElement[bool]:
    """The condition on `Member` under which a member may read the circle: `readable` turned round.

    For the worker, which tells many members at once and has no actor.
    """
    return and_(
        Member.state == MemberState.ACTIVE,
        or_(
            _visibility_among(circle_id, [Visibility.PUBLIC, Visibility.OPEN]),
            exists().where(
                CircleMembership.circle_id == circle_id,
                CircleMembership.member_id == Member.id,
                among(CircleMembership.standing, _IN_IT),
            ),
        ),
    )
