"""A practice, what is written of it section by section, and what others say who use it.

Names are personas throughout, never members: whoever writes in a space under a pseudonym is that
pseudonym here as well.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Organisation, Persona, Theme
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
from cop.spaces.circles import Circle
from cop.spaces.models import Space


class PracticeState(StrEnum):
    DRAFT = "draft"  # only those who write it read it
    PUBLISHED = "published"


class PracticeKind(StrEnum):
    WORKS = "works"
    DID_NOT_WORK = "did_not_work"  # 'wat niet werkte' [E]: as much worth telling


class Knowledge(StrEnum):
    """Kinds of knowledge, in alphabetical order of their Dutch names: never ranked."""

    EXPERIENCE = "experience"
    PRACTICE = "practice"
    SCIENCE = "science"


class Verdict(StrEnum):
    """What became of it elsewhere."""

    WORKED = "worked"
    DID_NOT = "did_not"


class Alike(StrEnum):
    """How one's own way of working stands to one point of a practice: a place, no mark."""

    SAME = "same"
    PARTLY = "partly"
    OTHERWISE = "otherwise"
    NOT = "not"


class Practice(Base):
    """A way of working. What it says stands in its sections; `title` and `summary` are copies.

    `circle` says who reads it once it is published: that of its space, or one of its own.
    """

    __tablename__ = "practice"
    __table_args__ = (
        Index("ix_practice_state_published_at", "state", "published_at", "id"),
        Index("ix_practice_space_id_state", "space_id", "state", "published_at"),
        Index("ix_practice_review_on", "review_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"))
    state: Mapped[str] = mapped_column(String(12), default=PracticeState.DRAFT)
    kind: Mapped[str] = mapped_column(String(12), default=PracticeKind.WORKS)
    title: Mapped[str] = mapped_column(String(160))
    summary: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(default=0)
    knowledge: Mapped[list[str]] = mapped_column(JSON, default=list)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the first time
    review_on: Mapped[date | None] = mapped_column(Date)
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_for: Mapped[date | None] = mapped_column(Date)  # the review date that was reminded of
    years_told: Mapped[int] = mapped_column(default=0)  # yearly notes that went out
    version: Mapped[int] = mapped_column(default=1)  # of what stands beside the sections

    circle: Mapped[Circle] = relationship()
    space: Mapped[Space | None] = relationship()
    contact: Mapped[Persona | None] = relationship(foreign_keys=[contact_id])
    themes: Mapped[list[Theme]] = relationship(secondary="practice_theme", order_by=Theme.position)


class PracticeTheme(Base):
    __tablename__ = "practice_theme"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)


class PracticeEditor(Base):
    """Somebody who writes it, or is asked to: nobody is enrolled by somebody else [A, D]."""

    __tablename__ = "practice_editor"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True, index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Whether visitors see this name on a public page: each decides for themselves.
    named_to_visitors: Mapped[bool] = mapped_column(default=False)
    # For whom it may be, of those that are more than read it now: all who write it say so.
    opens_to: Mapped[str | None] = mapped_column(String(8))

    persona: Mapped[Persona] = relationship(foreign_keys=[persona_id])
    asked_by: Mapped[Persona | None] = relationship(foreign_keys=[asked_by_id])


class PracticeSection(Base):
    """One section as it reads now, with a version of its own: nobody overwrites anybody.

    `shown_from` is the first version that all who read it now may see: what it said when it was
    last published, or was opened to more people. What was before was for others.
    `opened_by` is writing in it since `opened_at`, as far as one can tell.
    """

    __tablename__ = "practice_section"

    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    shown_from: Mapped[int | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PracticeRevision(Base):
    """A version of a section, whoever wrote it; None as source: taken out of the history."""

    __tablename__ = "practice_revision"
    __table_args__ = (UniqueConstraint("practice_id", "section", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    section: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    source: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    over_version: Mapped[int] = mapped_column(default=0)  # which one its writer had seen

    by: Mapped[Persona] = relationship()


class PracticeExperience(Base):
    """What became of it elsewhere, with the context in which it was tried.

    `circle_id` is who it was written for: a practice that is opened up does not take it along.
    """

    __tablename__ = "practice_experience"
    __table_args__ = (
        UniqueConstraint("practice_id", "persona_id"),
        Index("ix_practice_experience_practice_id_at", "practice_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    verdict: Mapped[str] = mapped_column(String(8))
    context: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()


class PracticeUse(Base):
    """An institution that works this way: institutions are shown, never who said so."""

    __tablename__ = "practice_use"
    __table_args__ = (UniqueConstraint("practice_id", "organisation_id", "persona_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    organisation: Mapped[Organisation] = relationship()


class PracticeComparison(Base):
    """One's own way of working beside a practice, point by point: for oneself, or shared.

    `points` is JSON, section → [how alike, in one's own words]; encrypted, since most are private.
    """

    __tablename__ = "practice_comparison"
    __table_args__ = (UniqueConstraint("practice_id", "persona_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    practice_id: Mapped[int] = mapped_column(ForeignKey("practice.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    points: Mapped[str] = mapped_column(EncryptedText("practice_comparison.points"))
    shared_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: for oneself
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()
