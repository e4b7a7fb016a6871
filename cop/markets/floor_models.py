"""A market while it is held: its clock, who stands where, and what is said at its stalls.

Everything that a screen shows is a fact here: whoever comes back, on whichever device, finds the
market as it is. A `FloorPerson` is somebody who came; their number, and no member's, goes to the
others. What somebody typed carries the key that their own screen made: sent twice it is one.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.markets.models import Stall
from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
from cop.platform.storage import StoredFile


class Phase(StrEnum):
    """Where a market that is open stands."""

    LOBBY = "lobby"  # the doors are open, no round yet
    ROUND = "round"
    BREAK = "break"
    CLOSED = "closed"


class Act(StrEnum):
    """What a host does with somebody."""

    MOVE = "move"
    MUTE = "mute"
    UNMUTE = "unmute"
    REMOVE = "remove"
    READMIT = "readmit"


class MarketFloor(Base):
    """The clock of a market; there once its doors opened.

    Attributes:
        round: the one that goes on or was last, from 0; -1 before the first.
        began_at, ends_at: of this phase; a lobby has no end.
        noticed_at: when the notice that two minutes are left was given, in this round.
        by_clock: rounds end, and the next begins, when their time is over; else by hand.
        offered_id: who is asked to host as well, and has not answered; `offered_by_id`: by whom.
    """

    __tablename__ = "market_floor"

    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), primary_key=True)
    phase: Mapped[str] = mapped_column(String(8), default=Phase.LOBBY)
    round: Mapped[int] = mapped_column(default=-1)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noticed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    by_clock: Mapped[bool] = mapped_column(default=True)
    offered_id: Mapped[int | None] = mapped_column(ForeignKey("floor_person.id"))
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FloorPerson(Base):
    """Somebody who came to a market, and where they stand now; no stall is the lobby.

    Attributes:
        follows: they are taken to the stall of their programme when a round begins.
        seen_at: their last sign of life, a few minutes coarse.
        hand_at: they ask a host for help. `talk_at`: they want to say something at their stall;
            `talks_since`: it is their turn.
        muted_at: they may not write or raise a hand to talk, until a host takes it back.
    """

    __tablename__ = "floor_person"
    __table_args__ = (
        UniqueConstraint("market_id", "member_id"),
        Index("ix_floor_person_market_id_stall_id", "market_id", "stall_id"),
        Index("ix_floor_person_member_id", "member_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    # None when whoever it was left the community: the name stays, the tie does not.
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    stall_id: Mapped[int | None] = mapped_column(ForeignKey("stall.id"))
    follows: Mapped[bool] = mapped_column(default=True)
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    muted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hand_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    talk_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    talks_since: Mapped[datetime | None] = mapped_column(UtcDateTime)

    persona: Mapped[Persona] = relationship()
    stall: Mapped[Stall | None] = relationship()


class HostAct(Base):
    """What a host did with somebody, and why; whom it is about reads the reason of their own."""

    __tablename__ = "host_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    act: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(EncryptedText("host_act.reason"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    person: Mapped[FloorPerson] = relationship()
    by: Mapped[Persona] = relationship()


class FloorCall(Base):
    """What a host announced to all."""

    __tablename__ = "floor_call"
    __table_args__ = (
        UniqueConstraint("market_id", "key"),
        Index("ix_floor_call_market_id_id", "market_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Persona] = relationship()


class StallVisit(Base):
    """Somebody was at a stall, and when; open until they go elsewhere."""

    __tablename__ = "stall_visit"
    __table_args__ = (Index("ix_stall_visit_stall_id_person_id", "stall_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"), index=True)
    round: Mapped[int]  # from 0; -1 before the first
    came_at: Mapped[datetime] = mapped_column(UtcDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StallMessage(Base):
    """Something that was said at a stall; a struck one loses its words."""

    __tablename__ = "stall_message"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_stall_message_stall_id_id", "stall_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"))
    round: Mapped[int]
    text: Mapped[str | None] = mapped_column(Text)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[FloorPerson] = relationship()


class StallQuestion(Base):
    """A question in the queue of a stall; `votes` counts `QuestionVote`, under the row's lock.

    Who asked a `nameless` one is shown to nobody but themselves.
    """

    __tablename__ = "stall_question"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_stall_question_stall_id_id", "stall_id", "id"),
        CheckConstraint("votes >= 0", name="votes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"))
    text: Mapped[str | None] = mapped_column(Text)
    nameless: Mapped[bool] = mapped_column(default=False)
    votes: Mapped[int] = mapped_column(default=0)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[FloorPerson] = relationship()


class QuestionVote(Base):
    """'I want to know that as well.' Not by who asked."""

    __tablename__ = "question_vote"

    question_id: Mapped[int] = mapped_column(ForeignKey("stall_question.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("floor_person.id"), primary_key=True, index=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StallNote(Base):
    """What who holds a stall writes down while all there see it grow."""

    __tablename__ = "stall_note"

    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)  # a stale change is noticed by it
    by_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StallItem(Base):
    """A link or a file that somebody left at a stall: one of the two.

    A file that is `in_yield` came along into the stall's opbrengst, for all who read that; links
    that did stand in its text.
    """

    __tablename__ = "stall_item"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_stall_item_stall_id_id", "stall_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    stall_id: Mapped[int] = mapped_column(ForeignKey("stall.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"))
    title: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(500), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    struck_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    in_yield: Mapped[bool] = mapped_column(default=False)

    person: Mapped[FloorPerson] = relationship()
    file: Mapped[StoredFile | None] = relationship()


class MarketContact(Base):
    """Somebody wants to stay in touch with somebody they met at a market.

    What whoever asked wrote waits here, shown to nobody; once both agreed it is in their
    conversation (`cop.contacts`) and here no more. It is gone as well when they ask no longer, or
    one of them leaves; not by a no, which they would see from that in their own file. A no stays
    known when whoever asked stops asking (`withdrawn_at`): they would be free to ask again
    otherwise.
    """

    __tablename__ = "market_contact"
    __table_args__ = (
        UniqueConstraint("from_id", "to_id"),
        CheckConstraint("from_id <> to_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    market_id: Mapped[int] = mapped_column(ForeignKey("market.id"), index=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("floor_person.id"), index=True)
    from_words: Mapped[str | None] = mapped_column(EncryptedText("market_contact.from_words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
