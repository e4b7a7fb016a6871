"""What a market leaves behind: what its stalls yielded, what stays open, what each takes along."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class Went(StrEnum):
    """Where an ask went that nobody met."""

    LIST = "list"  # it became (part of) a discussion
    MARKET = "market"  # it is asked again at another market


class MarketHarvest(Base):
    """A market is over and its harvest is gathered; `ready_at`: everybody was told of it."""

    __tablename__ = "market_harvest"
    __table_args__ = (Index("ix_market_harvest_opened_at", "opened_at"),)

    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StallYield(Base):
    """The opbrengst of a stall: for all whom the market is for, those who were not there too.

    It begins as the note, and only by the hand of who held the stall, or of a host: the note itself
    stays with those who were there.
    """

    __tablename__ = "stall_yield"

    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    words: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)  # a stale change is noticed by it
    by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Persona] = relationship()


class AskAfter(Base):
    """What became of an ask, as who asked it says; and where it went when nobody met it."""

    __tablename__ = "ask_after"

    entry_id: Mapped[int] = mapped_column(ForeignKey("market_entry.id"), primary_key=True)
    answered: Mapped[bool | None]
    went: Mapped[str | None] = mapped_column(String(6))
    discussion_id: Mapped[int | None] = mapped_column(ForeignKey("discussion.id"))
    into_id: Mapped[int | None] = mapped_column(ForeignKey("market.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class TakenAlong(Base):
    """What somebody takes along from a market: what they will do, by when, and what came of it.

    Theirs alone, unless they share it: then it stands in the harvest, under their own name.
    """

    __tablename__ = "market_taken_along"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),
        Index("ix_market_taken_along_due_on_done_at", "due_on", "done_at"),
        Index("ix_market_taken_along_market_id_shared", "market_id", "shared"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    stall_id: Mapped[int | None] = mapped_column(ForeignKey("stall.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    action: Mapped[str] = mapped_column(EncryptedText("market_taken_along.action"))
    due_on: Mapped[date | None] = mapped_column(Date)
    shared: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(EncryptedText("market_taken_along.outcome"))
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MarketEvaluation(Base):
    """Three answers of somebody who was there, 1 (not at all) to 5; read as averages only.

    `member_id` is there so that one can change one's own; it is gone when they leave.
    """

    __tablename__ = "market_evaluation"
    __table_args__ = (
        UniqueConstraint("market_id", "member_id"),
        CheckConstraint("got BETWEEN 1 AND 5", name="got"),
        CheckConstraint("met BETWEEN 1 AND 5", name="met"),
        CheckConstraint("again BETWEEN 1 AND 5", name="again"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    got: Mapped[int | None]
    met: Mapped[int | None]
    again: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
