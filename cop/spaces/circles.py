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
    UniqueConstraint,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship
from sqlalchemy.orm.attributes import InstrumentedAttribute

from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
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
    """Who a thing is for. `widens_to` and `widens_at` announce a wider circle, or are None.

    `unclaimed`: nobody has ever coordinated it; moderators look after it until somebody does.
    """

    __tablename__ = "circle"

    id: Mapped[int] = mapped_column(primary_key=True)
    visibility: Mapped[str] = mapped_column(String(12))
    allows_pseudonyms: Mapped[bool] = mapped_column(default=False)
    widens_to: Mapped[str | None] = mapped_column(String(12))
    widens_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unclaimed: Mapped[bool] = mapped_column(default=False)

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


class CircleInvitation(Base):
    """Somebody in charge asks a member in, or asks one who is in it to coordinate.

    Nothing happens until the member accepts: nobody is enrolled by somebody else [A, D]. It is to
    a persona: who was asked under their own name is not thereby known to be a pseudonym here.
    Without `by_id` whoever runs the site asks.
    """

    __tablename__ = "circle_invitation"
    __table_args__ = (Index("ix_circle_invitation_member_circle", "member_id", "circle_id"),)

    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    standing: Mapped[str] = mapped_column(String(12), default=Standing.JOINED)
    words: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship(foreign_keys=[persona_id])
    by: Mapped[Persona | None] = relationship(foreign_keys=[by_id])


class CircleRemoval(Base):
    """A coordinator showed somebody out; forgotten when they are let in again.

    Whoever was removed comes back on request only, and under the same name.
    """

    __tablename__ = "circle_removal"
    __table_args__ = (UniqueConstraint("circle_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    reason: Mapped[str] = mapped_column(EncryptedText("circle_removal.reason"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()


class CirclePseudonym(Base):
    """Where a pseudonym is used: in one circle only, so that no two of them can be tied together.

    Kept after leaving, so that who comes back can be the same person to the others.
    """

    __tablename__ = "circle_pseudonym"

    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)


CircleColumn: TypeAlias = (
    InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | ColumnElement[int] | int
)

_IN_IT = (Standing.JOINED, Standing.COORDINATOR)

# Predicates speak of aliases: a query that has the same table among its own would otherwise lend
# it to them (SQLAlchemy correlates by itself), and the condition would mean something else. Those
# asked most are made once: an alias makes its columns anew.
_MEMBERSHIP = aliased(CircleMembership)
_CIRCLE = aliased(Circle)


def in_circle(
    actor: Actor, circle_id: CircleColumn, standings: tuple[Standing, ...] = _IN_IT
) -> ColumnElement[bool]:
    """The actor is in the circle with one of these standings."""
    if not actor.is_member:
        return false()
    return exists().where(
        _MEMBERSHIP.circle_id == circle_id,
        _MEMBERSHIP.member_id == actor.member_id,
        among(_MEMBERSHIP.standing, standings),
    )


def coordinates(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    return in_circle(actor, circle_id, (Standing.COORDINATOR,))


def under_own_name(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor neither takes part in the circle under a pseudonym nor asked to.

    Who does acts there as the others under that name can act, and no more: what only a moderator or
    an administrator can do would say that the pseudonym is one of those few.
    """
    if not actor.is_member:
        return true()
    membership, persona = aliased(CircleMembership), aliased(Persona)
    return ~exists().where(
        membership.circle_id == circle_id,
        membership.member_id == actor.member_id,
        persona.id == membership.persona_id,
        persona.kind == PersonaKind.PSEUDONYM,
    )


def _visibility_among(circle_id: CircleColumn, kinds: list[Visibility]) -> ColumnElement[bool]:
    return exists().where(_CIRCLE.id == circle_id, among(_CIRCLE.visibility, kinds))


def _any(circle_id: CircleColumn) -> ColumnElement[bool]:
    return _visibility_among(circle_id, list(Visibility))


def readable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may read what is in the circle."""
    if actor.is_system:
        return _any(circle_id)
    kinds = [Visibility.PUBLIC]
    if actor.is_member:
        kinds.append(Visibility.OPEN)
    return or_(_visibility_among(circle_id, kinds), in_circle(actor, circle_id))


def invited(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """Somebody in charge asked the actor, and waits for an answer.

    To join, only while the actor is not in it: who came in under a pseudonym leaves the invitation
    of their own name as it is.
    """
    if not actor.is_member:
        return false()

    def asked(*of: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists().where(
            invitation.circle_id == circle_id,
            invitation.member_id == actor.member_id,
            ~blocked_by(actor, invitation.by_id),
            *of,
        )

    invitation = aliased(CircleInvitation)
    return or_(
        asked(invitation.standing == Standing.COORDINATOR),
        and_(asked(), ~in_circle(actor, circle_id)),
    )


def removed(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """A coordinator showed the actor out."""
    if not actor.is_member:
        return false()
    removal = aliased(CircleRemoval)
    return exists().where(removal.circle_id == circle_id, removal.member_id == actor.member_id)


def findable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may know that it exists."""
    if actor.is_system:
        return _any(circle_id)
    kinds = [Visibility.PUBLIC]
    if actor.is_member:
        kinds += [Visibility.OPEN, Visibility.CLOSED]
    return or_(
        _visibility_among(circle_id, kinds),
        in_circle(actor, circle_id),
        invited(actor, circle_id),
    )


def joinable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may join by themselves: public and open circles, and where they are asked in."""
    if not actor.is_member:
        return false()
    kinds = [Visibility.PUBLIC, Visibility.OPEN]
    by_themselves = and_(_visibility_among(circle_id, kinds), ~removed(actor, circle_id))
    return and_(or_(by_themselves, invited(actor, circle_id)), ~in_circle(actor, circle_id))


def requestable(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """The actor may ask to join: a closed circle, or one that they were shown out of."""
    if not actor.is_member:
        return false()
    open_kinds = [Visibility.PUBLIC, Visibility.OPEN]
    return and_(
        or_(
            _visibility_among(circle_id, [Visibility.CLOSED]),
            and_(_visibility_among(circle_id, open_kinds), removed(actor, circle_id)),
        ),
        ~in_circle(actor, circle_id, tuple(Standing)),
        ~invited(actor, circle_id),
    )


def lacks_coordinator(circle_id: CircleColumn) -> ColumnElement[bool]:
    """Nobody coordinates the circle."""
    membership = aliased(CircleMembership)
    return ~exists().where(
        membership.circle_id == circle_id, membership.standing == Standing.COORDINATOR
    )


def was_coordinated(circle_id: CircleColumn) -> ColumnElement[bool]:
    """Somebody coordinates the circle, or did."""
    circle = aliased(Circle)
    return exists().where(circle.id == circle_id, circle.unclaimed.is_(False))


def coordinating_members(session: Session, circle_id: int) -> list[int]:
    """Member ids of those who coordinate the circle."""
    return list(
        session.scalars(
            select(CircleMembership.member_id).where(
                CircleMembership.circle_id == circle_id,
                CircleMembership.standing == Standing.COORDINATOR,
            )
        )
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
    membership, persona = aliased(CircleMembership), aliased(Persona)
    there = (
        select(membership.persona_id)
        .where(membership.circle_id == circle_id, membership.member_id == actor.member_id)
        .scalar_subquery()
    )
    own = (
        select(persona.id)
        .where(persona.member_id == actor.member_id, persona.kind == PersonaKind.SELF)
        .scalar_subquery()
    )
    return func.coalesce(there, own)


def reading_members(circle_id: CircleColumn) -> ColumnElement[bool]:
    """The condition on `Member` under which a member may read the circle: `readable` turned round.

    For the worker, which tells many members at once and has no actor.
    """
    membership = aliased(CircleMembership)
    return and_(
        Member.state == MemberState.ACTIVE,
        or_(
            _visibility_among(circle_id, [Visibility.PUBLIC, Visibility.OPEN]),
            exists().where(
                membership.circle_id == circle_id,
                membership.member_id == Member.id,
                among(membership.standing, _IN_IT),
            ),
        ),
    )
