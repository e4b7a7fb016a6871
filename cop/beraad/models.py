"""What a moreel beraad leaves behind, beside the session in which it is held.

Everything that people wrote is encrypted: only who takes part in the session reads it. The words
of a report go further, and no sooner than everybody who took part has approved them.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class Beraad(Base):
    """The deliberation of one session: what all write together, and whether weighings are open."""

    __tablename__ = "beraad"

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    starter: Mapped[str | None] = mapped_column(String(40))  # which one it practises with
    situation: Mapped[str] = mapped_column(EncryptedText("beraad.situation"), default="")
    choice_a: Mapped[str] = mapped_column(EncryptedText("beraad.choice_a"), default="")
    damage_a: Mapped[str] = mapped_column(EncryptedText("beraad.damage_a"), default="")
    choice_b: Mapped[str] = mapped_column(EncryptedText("beraad.choice_b"), default="")
    damage_b: Mapped[str] = mapped_column(EncryptedText("beraad.damage_b"), default="")
    question: Mapped[str] = mapped_column(EncryptedText("beraad.question"), default="")
    dilemma_version: Mapped[int] = mapped_column(default=0)  # a stale edit is noticed by it
    conclusion: Mapped[str] = mapped_column(EncryptedText("beraad.conclusion"), default="")
    conclusion_version: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the weighings, for all


class OwnPerspective(Base):
    """Somebody concerned beside the six who are always there; added by whoever thought of them."""

    __tablename__ = "beraad_perspective"
    __table_args__ = (UniqueConstraint("beraad_id", "author_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    beraad_id: Mapped[int] = mapped_column(ForeignKey("beraad.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(EncryptedText("beraad_perspective.name"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Entry(Base):
    """A few words of one participant in one cell of the value table.

    `key` was made by the client: sent twice, it stays one entry. Struck, the row stays without its
    words, so that a late retry does not bring them back. One `at_table` was typed for its author,
    who has no screen, by who leads.
    """

    __tablename__ = "beraad_entry"
    __table_args__ = (
        UniqueConstraint("beraad_id", "author_id", "key"),
        Index("ix_beraad_entry_beraad_id_id", "beraad_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beraad_id: Mapped[int] = mapped_column(ForeignKey("beraad.id"))
    place: Mapped[str] = mapped_column(String(40))
    perspective_id: Mapped[int | None] = mapped_column(
        ForeignKey("beraad_perspective.id"), index=True
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str | None] = mapped_column(EncryptedText("beraad_entry.text"))
    at_table: Mapped[bool] = mapped_column(default=False, server_default=false())
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Choice(StrEnum):
    """What somebody thinks right."""

    A = "a"
    B = "b"
    OTHER = "other"  # an alternative


class Weighing(Base):
    """What one participant thinks right, and why. Nobody else reads it before all are opened."""

    __tablename__ = "beraad_weighing"
    __table_args__ = (UniqueConstraint("beraad_id", "author_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    beraad_id: Mapped[int] = mapped_column(ForeignKey("beraad.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    choice: Mapped[str] = mapped_column(String(8), default="")
    right: Mapped[str] = mapped_column(EncryptedText("beraad_weighing.right"), default="")
    value: Mapped[str] = mapped_column(EncryptedText("beraad_weighing.value"), default="")
    despite: Mapped[str] = mapped_column(EncryptedText("beraad_weighing.despite"), default="")
    lessen: Mapped[str] = mapped_column(EncryptedText("beraad_weighing.lessen"), default="")
    asks: Mapped[str] = mapped_column(EncryptedText("beraad_weighing.asks"), default="")
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Form(StrEnum):
    """The two things that can come out of a beraad for others."""

    REPORT = "report"  # what was said, for a chosen circle
    GENERAL = "general"  # the dilemma in general words, for everybody


class Audience(StrEnum):
    """Who a report is for, beyond those who took part."""

    CIRCLE = "circle"  # a space or list
    COMMUNITY = "community"  # every member
    PUBLIC = "public"  # visitors too; only the general form


class Report(Base):
    """What others may read, once everybody who took part approved exactly this.

    `body` is a JSON text (`cop.beraad.items`). `version` goes up with every change of what a reader
    would see or of who the readers are; an approval is of one version. `approved_at` is set while
    all have approved the version as it stands, and nobody beyond them reads it otherwise.
    """

    __tablename__ = "beraad_report"
    __table_args__ = (
        UniqueConstraint("beraad_id", "form"),
        CheckConstraint("audience <> 'circle' OR circle_id IS NOT NULL", name="circle_is_named"),
        Index("ix_beraad_report_circle_id_approved_at", "circle_id", "approved_at"),
        Index("ix_beraad_report_form_approved_at", "form", "approved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beraad_id: Mapped[int] = mapped_column(ForeignKey("beraad.id"))
    form: Mapped[str] = mapped_column(String(8))
    body: Mapped[str] = mapped_column(EncryptedText("beraad_report.body"))
    version: Mapped[int] = mapped_column(default=1)
    audience: Mapped[str | None] = mapped_column(String(12))  # None: not chosen yet
    circle_id: Mapped[int | None] = mapped_column(ForeignKey("circle.id"))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    beraad: Mapped[Beraad] = relationship()


class Approval(Base):
    """One participant agrees that the report is read by its audience as it stood in `version`."""

    __tablename__ = "beraad_approval"

    report_id: Mapped[int] = mapped_column(ForeignKey("beraad_report.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True, index=True)
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReportReading(Base):
    """Somebody who did not take part read a report: who and when. Those who did see it."""

    __tablename__ = "beraad_reading"
    __table_args__ = (Index("ix_beraad_reading_report_id_id", "report_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("beraad_report.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    where: Mapped[str] = mapped_column(String(12))  # 'page', 'print', 'pdf'
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()
