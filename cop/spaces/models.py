"""Spaces: a proeftuin, a learning network, a regional network or a client council."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Organisation, Persona, Theme
from cop.platform.db import Base, UtcDateTime
from cop.platform.storage import StoredFile
from cop.spaces.circles import Circle


class SpaceKind(StrEnum):
    PROEFTUIN = "proeftuin"
    LEARNING_NETWORK = "learning_network"
    REGIONAL_NETWORK = "regional_network"
    CLIENT_COUNCIL = "client_council"


class Stage(StrEnum):
    """Stages of a proeftuin [E]."""

    DEVELOP = "develop"
    MAKE_EXPLICIT = "make_explicit"
    VALIDATE = "validate"
    SHARE = "share"


class MeasureKind(StrEnum):
    """Outcome measures named by [B], and a space's own."""

    RELAPSE = "relapse"
    DROP_OUT = "drop_out"
    SELF_RELIANCE = "self_reliance"
    QUALITY_OF_LIFE = "quality_of_life"
    OWN = "own"


class Space(Base):
    """A place where people work together; people before documents [A, B]."""

    __tablename__ = "space"

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), unique=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    summary: Mapped[str] = mapped_column(String(500), default="")
    aim: Mapped[str] = mapped_column(Text, default="")
    aim_html: Mapped[str] = mapped_column(Text, default="")
    for_whom: Mapped[str] = mapped_column(String(500), default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    region: Mapped[str] = mapped_column(String(60), default="", index=True)
    partners: Mapped[str] = mapped_column(String(500), default="")
    funder: Mapped[str] = mapped_column(String(200), default="")
    funded_until: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    stage: Mapped[str | None] = mapped_column(String(20), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)  # a stale edit is noticed by it

    circle: Mapped[Circle] = relationship()
    contact: Mapped[Persona | None] = relationship()
    themes: Mapped[list[Theme]] = relationship(secondary="space_theme", order_by=Theme.position)
    organisations: Mapped[list[Organisation]] = relationship(
        secondary="space_organisation", order_by=Organisation.sort_key
    )


class SpaceTheme(Base):
    __tablename__ = "space_theme"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)


class SpaceOrganisation(Base):
    __tablename__ = "space_organisation"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )


class LogbookEntry(Base):
    """What a space did and learnt, as it goes along."""

    __tablename__ = "logbook_entry"
    __table_args__ = (Index("ix_logbook_entry_space_id_at", "space_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    words: Mapped[int] = mapped_column(default=0)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    author: Mapped[Persona] = relationship()


class SpaceFile(Base):
    """A file that a space keeps."""

    __tablename__ = "space_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    file: Mapped[StoredFile] = relationship()
    added_by: Mapped[Persona] = relationship()


class Measure(Base):
    """Something a space measures over time about its way of working, never of one person [B]."""

    __tablename__ = "measure"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(120))
    unit: Mapped[str] = mapped_column(String(40), default="")
    higher_is_better: Mapped[bool] = mapped_column(default=True)
    definition: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Whose words these are; None: of more than one, or nobody knows (never one's own alone).
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))

    values: Mapped[list["MeasureValue"]] = relationship(
        order_by="MeasureValue.on", cascade="all, delete-orphan"
    )


class MeasureValue(Base):
    __tablename__ = "measure_value"

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id"), primary_key=True)
    on: Mapped[date] = mapped_column(Date, primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    people: Mapped[int]  # of how many people; below five nothing is published
    note: Mapped[str] = mapped_column(String(300), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))  # as of a measure
