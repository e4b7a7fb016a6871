"""Groups that meet for intervisie or moral deliberation, and who facilitates them.

A group has a circle of its own, closed or private. Its dates are gatherings of that circle; what
is said on them belongs to the rooms of the sessions.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.gatherings.models import Gathering
from cop.members.models import Organisation, Persona
from cop.platform.db import Base, UtcDateTime
from cop.spaces.circles import Circle


class GroupKind(StrEnum):
    """What a group meets for; the same words as the kind of its gatherings."""

    INTERVISIE = "intervisie"
    BERAAD = "beraad"


class FacilitatorState(StrEnum):
    """Whoever facilitates was asked and said yes, or offered it and was accepted."""

    ASKED = "asked"  # waits for who is asked
    OFFERED = "offered"  # waits for the group
    ACCEPTED = "accepted"
    ENDED = "ended"  # said no, was not taken, or stopped


class Group(Base):
    """People who meet again and again, to learn from each other's practice.

    Attributes:
        organisation_id: people of one institution; None for across.
        rules: what everybody agrees to; `rules_version` rises when they change.
        size: how many take part at most, facilitators not counted; None for no limit.
        every_weeks: the rhythm; None when dates are found one by one.
    """

    __tablename__ = "meeting_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    purpose: Mapped[str] = mapped_column(Text, default="")
    purpose_html: Mapped[str] = mapped_column(Text, default="")
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    rules: Mapped[str] = mapped_column(Text)
    rules_html: Mapped[str] = mapped_column(Text)
    rules_version: Mapped[int] = mapped_column(default=1)
    rules_at: Mapped[datetime] = mapped_column(UtcDateTime)
    size: Mapped[int | None]
    every_weeks: Mapped[int | None]
    minutes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)  # a stale edit is noticed by it

    circle: Mapped[Circle] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class GroupAgreement(Base):
    """A member agreed to the rules of a group: to which version, and when."""

    __tablename__ = "group_agreement"

    group_id: Mapped[int] = mapped_column(ForeignKey("meeting_group.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    version: Mapped[int]
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class GroupFacilitator(Base):
    """Somebody who is asked to facilitate, offers it, or does: all dates, or one.

    A member has `member_id` and `persona_id`. Somebody from outside has neither: they are a guest
    of one gathering (`gathering_id`), under the name they give.
    """

    __tablename__ = "group_facilitator"
    __table_args__ = (
        Index("ix_group_facilitator_group_id_state", "group_id", "state"),
        # A name, not a member: who is asked by their own name may be in it under a pseudonym.
        UniqueConstraint("group_id", "persona_id"),
        CheckConstraint(
            "member_id IS NOT NULL OR gathering_id IS NOT NULL", name="outside_for_one_date"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("meeting_group.id"))
    gathering_id: Mapped[int | None] = mapped_column(ForeignKey("gathering.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"), index=True)
    guest_id: Mapped[int | None] = mapped_column(unique=True)  # no constraint: erased when over
    state: Mapped[str] = mapped_column(String(12))
    words: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    group: Mapped[Group] = relationship()
    persona: Mapped[Persona | None] = relationship(foreign_keys=[persona_id])
    by: Mapped[Persona | None] = relationship(foreign_keys=[by_id])


class GroupDate(Base):
    """A gathering of a group. Those that were planned in one go have the same `series`."""

    __tablename__ = "group_date"
    __table_args__ = (Index("ix_group_date_group_id_series", "group_id", "series"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("meeting_group.id"))
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), unique=True)
    series: Mapped[int] = mapped_column(default=0)  # id of its first gathering

    group: Mapped[Group] = relationship()
    gathering: Mapped[Gathering] = relationship()


class GroupPresence(Base):
    """Somebody took part in a date, as its facilitator confirmed; for certificates."""

    __tablename__ = "group_presence"
    __table_args__ = (UniqueConstraint("gathering_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    minutes: Mapped[int]
    facilitator: Mapped[str] = mapped_column(String(80))  # the name of who confirmed it
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    gathering: Mapped[Gathering] = relationship()


class TrainedFacilitator(Base):
    """A member who put themselves into the pool of facilitators that groups can ask."""

    __tablename__ = "trained_facilitator"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), unique=True)
    intervisie: Mapped[bool] = mapped_column(default=True)
    beraad: Mapped[bool] = mapped_column(default=False)
    training: Mapped[str] = mapped_column(String(500), default="")
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()
