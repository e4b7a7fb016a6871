"""A market: who seeks what, who knows it, the stalls that come of it, and who goes where.

Its time, place, seats and calendars are those of its gathering (`cop.gatherings`), and it has a
circle of its own: who coordinates that hosts the market. What is said here is what a market adds.
Everybody takes part under their own name.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    case,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.gatherings.models import Gathering
from cop.members.models import Organisation, Persona, Theme
from cop.platform.db import Base, UtcDateTime
from cop.spaces.models import Space


class MarketState(StrEnum):
    ANNOUNCED = "announced"  # people register, ask and offer
    PLANNED = "planned"  # the programme is out; changes reach people
    RUNNING = "running"
    CLOSED = "closed"


class Side(StrEnum):
    """The two sides of a market [A]: halen and brengen."""

    ASK = "ask"
    OFFER = "offer"


class MatchState(StrEnum):
    """What became of a suggestion that an offer may answer an ask."""

    SUGGESTED = "suggested"
    TAKEN = "taken"  # by the host, or by who asks
    DROPPED = "dropped"  # not suggested again


class PlanState(StrEnum):
    WORKING = "working"
    READY = "ready"
    STOPPED = "stopped"  # the host called it off; the best so far stands
    FAILED = "failed"


class Market(Base):
    """What a market adds to its gathering.

    Attributes:
        rounds: how many there are; `minutes` each, `pause` between two.
        seats: of a stall, when the host says nothing else.
        nameless_questions: whether one may ask at a stall without one's name.
        plan: number of the plan that stands; 0 while there is none. `told`: of the one that was
            brought out last.
        changes: raised by whatever changes what a plan is made of, or the plan itself by hand.
    """

    __tablename__ = "market"
    __table_args__ = (
        CheckConstraint("rounds BETWEEN 1 AND 12", name="rounds"),
        CheckConstraint("minutes BETWEEN 5 AND 90", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int] = mapped_column(ForeignKey("gathering.id"), unique=True)
    state: Mapped[str] = mapped_column(String(12), default=MarketState.ANNOUNCED)
    rounds: Mapped[int]
    minutes: Mapped[int]
    pause: Mapped[int] = mapped_column(default=5)
    seats: Mapped[int] = mapped_column(default=8)
    nameless_questions: Mapped[bool] = mapped_column(default=True)
    plan: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    changes: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)  # a stale edit is noticed by it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    gathering: Mapped[Gathering] = relationship()

    @property
    def followed(self) -> int:
        """Number of the plan that people go by: what was brought out, else what there is."""
        return self.told or self.plan


class MarketTheme(Base):
    """What a market is about."""

    __tablename__ = "market_theme"

    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)

    theme: Mapped[Theme] = relationship()


class MarketAudience(Base):
    """Whom a market is for: who is in this space, or works at this institution.

    A market without any is for all members.
    """

    __tablename__ = "market_audience"
    __table_args__ = (
        CheckConstraint("(space_id IS NULL) <> (organisation_id IS NULL)", name="one_of_two"),
        UniqueConstraint("market_id", "space_id"),
        UniqueConstraint("market_id", "organisation_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)

    space: Mapped[Space | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class MarketEntry(Base):
    """An ask or an offer: one line, a theme, and what the other can expect to get.

    `seconds` counts those who want to know the same (`EntrySecond`), kept under the row's lock.
    """

    __tablename__ = "market_entry"
    __table_args__ = (
        Index("ix_market_entry_market_id_side", "market_id", "side", "withdrawn_at", "id"),
        UniqueConstraint("member_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    side: Mapped[str] = mapped_column(String(6))
    line: Mapped[str] = mapped_column(String(200))
    expects: Mapped[str] = mapped_column(String(300), default="")
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"), index=True)
    seconds: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(36))  # made by the form: sent twice is one
    # The ask that an offer was made for; the host has the last word about it, as about any match.
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("market_entry.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()
    theme: Mapped[Theme | None] = relationship()


class EntrySecond(Base):
    """'I want to know that too.'"""

    __tablename__ = "entry_second"

    entry_id: Mapped[int] = mapped_column(ForeignKey("market_entry.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class MarketMatch(Base):
    """An offer that may answer an ask; `score` is the machine's, nothing when a host made it."""

    __tablename__ = "market_match"
    __table_args__ = (UniqueConstraint("ask_id", "offer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), index=True)
    ask_id: Mapped[int] = mapped_column(ForeignKey("market_entry.id"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("market_entry.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default=MatchState.SUGGESTED)
    score: Mapped[int | None]


class Stall(Base):
    """The place in a market where one offer or question is met.

    Made of an entry; `rounds` is in how many rounds it is held at most (None: in all). `link` is
    where it meets online, when that is elsewhere than the market as a whole. One that was merged
    is closed, and `merged_into_id` is the one that is held instead, never merged itself.
    """

    __tablename__ = "stall"
    __table_args__ = (
        UniqueConstraint("market_id", "number"),
        CheckConstraint("seats >= 1", name="has_a_seat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    number: Mapped[int]  # stands on its sign
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("market_entry.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    theme_id: Mapped[int | None] = mapped_column(ForeignKey("theme.id"))
    seats: Mapped[int]
    rounds: Mapped[int | None]
    link: Mapped[str | None] = mapped_column(String(500))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("stall.id"), index=True)

    theme: Mapped[Theme | None] = relationship()


class StallHolder(Base):
    """Somebody who can hold a stall; in a round in which it is held one of them is there."""

    __tablename__ = "stall_holder"

    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)

    persona: Mapped[Persona] = relationship()


class StallWish(Base):
    """Somebody wants to come to a stall; `chosen` by themselves, else it follows from an ask."""

    __tablename__ = "stall_wish"

    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    chosen: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StallDeclined(Base):
    """Somebody would rather not come to a stall, though it answers what they asked."""

    __tablename__ = "stall_declined"

    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)


class MarketPlan(Base):
    """One planning of a market, and how far it is; the numbers are those of the last plan.

    Attributes:
        wishes: of all who take part; `met` of them are met, `bound` could be at most.
        repeats: how often two people meet again.
    """

    __tablename__ = "market_plan"
    __table_args__ = (UniqueConstraint("market_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=PlanState.WORKING)
    stage: Mapped[int] = mapped_column(default=0)  # plans made so far, of three
    wishes: Mapped[int] = mapped_column(default=0)
    met: Mapped[int] = mapped_column(default=0)
    bound: Mapped[int | None]
    repeats: Mapped[int] = mapped_column(default=0)
    colleagues: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(String(20), default="")  # why it failed, a kind of words
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MarketPlace(Base):
    """Where a plan has somebody in a round, from 0; no stall is the lobby.

    Kept of two plans at most: the one that people follow, and the one that the host looks at.
    `pinned` by the host's hand.
    """

    __tablename__ = "market_place"
    __table_args__ = (Index("ix_market_place_stall_id_round", "stall_id", "round"),)

    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), primary_key=True)
    plan: Mapped[int] = mapped_column(primary_key=True)  # its number in the market
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int | None] = mapped_column(ForeignKey("stall.id"))
    pinned: Mapped[bool] = mapped_column(default=False)


def is_followed(place: type[MarketPlace] = MarketPlace) -> ColumnElement[bool]:
    """The condition on a place: it is of the plan that people go by (`Market.followed`)."""
    its = (
        select(case((Market.told > 0, Market.told), else_=Market.plan))
        .where(Market.id == place.market_id)
        .correlate(place)
        .scalar_subquery()
    )
    return place.plan == its


def is_in_programme(place: type[MarketPlace] = MarketPlace) -> ColumnElement[bool]:
    """The condition on a place: it is followed, and of a round that the market still has."""
    rounds = (
        select(Market.rounds).where(Market.id == place.market_id).correlate(place).scalar_subquery()
    )
    return and_(is_followed(place), place.round < rounds)
