"""Themes that are proposed and voted on, the queue of cases, and who is asked for one."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class ThemeProposal(Base):
    """A theme that somebody proposes for a session; struck, its words are gone."""

    __tablename__ = "theme_proposal"
    __table_args__ = (UniqueConstraint("participant_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"), index=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"))
    text: Mapped[str | None] = mapped_column(EncryptedText("theme_proposal.text"))
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ThemeVote(Base):
    """A participant's one vote: for which theme."""

    __tablename__ = "theme_vote"

    participant_id: Mapped[int] = mapped_column(
        ForeignKey("session_participant.id"), primary_key=True
    )
    proposal_id: Mapped[int] = mapped_column(ForeignKey("theme_proposal.id"), index=True)


class OfferState(StrEnum):
    OFFERED = "offered"
    ACTIVE = "active"
    DONE = "done"
    TAKEN_BACK = "taken_back"


class CaseOffer(Base):
    """A case in the queue: one that was shared with the group, or told on the spot.

    Of what is told nothing is written but the learning question. One at a time is active; the
    database itself sees to that.
    """

    __tablename__ = "case_offer"
    __table_args__ = (
        UniqueConstraint("participant_id", "key"),
        Index(
            "uq_case_offer_active",
            "session_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_case_offer_session_id_id", "session_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"))
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("learning_case.id", ondelete="SET NULL"), index=True
    )
    question: Mapped[str | None] = mapped_column(EncryptedText("case_offer.question"))
    state: Mapped[str] = mapped_column(String(12), default=OfferState.OFFERED)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class AskAnswer(StrEnum):
    BRINGS = "brings"
    PASSES = "passes"


class CaseAsk(Base):
    """Somebody was asked whether they bring a case; saying no is fine, and is said to nobody."""

    __tablename__ = "case_ask"
    __table_args__ = (UniqueConstraint("session_id", "participant_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"))
    participant_id: Mapped[int] = mapped_column(ForeignKey("session_participant.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str | None] = mapped_column(String(8))


class Pressed(StrEnum):
    CASE = "case"  # it became the active one
    ASK = "ask"  # somebody was asked


class QueuePress(Base):
    """The last press in the queue of a session, until it is taken back or another comes.

    `subject_id` is of the offer or of the asking; `before` says what the press changed, in numbers
    and moments, never a word (see `undoing`).
    """

    __tablename__ = "queue_press"

    session_id: Mapped[int] = mapped_column(ForeignKey("group_session.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CaseTurn(Base):
    """When somebody of a group last brought a case, and in which round they were last asked."""

    __tablename__ = "case_turn"

    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    asked_round: Mapped[int] = mapped_column(default=0)
    brought_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GoOn(StrEnum):
    """What somebody says when a series dries up."""

    ON = "on"
    PAUSE = "pause"
    STOP = "stop"


class GoOnQuestion(Base):
    """A group that has not met for long is asked whether it goes on."""

    __tablename__ = "go_on_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class GoOnAnswer(Base):
    __tablename__ = "go_on_answer"

    question_id: Mapped[int] = mapped_column(ForeignKey("go_on_question.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    says: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
