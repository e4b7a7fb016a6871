"""A poll in a discussion: choices, and who chose what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.discussions.models import Discussion
from cop.platform.db import Base, UtcDateTime


class ChoicePoll(Base):
    """A question with choices, at the top of a discussion; at most one there.

    Attributes:
        several: one may choose more than one.
        hidden: nobody sees the outcome before it closes.
    """

    __tablename__ = "choice_poll"
    __table_args__ = (Index("ix_choice_poll_closed_at_closes_at", "closed_at", "closes_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"), unique=True)
    question: Mapped[str] = mapped_column(String(200))
    several: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    discussion: Mapped[Discussion] = relationship()


class Choice(Base):
    """One of the things that one can choose."""

    __tablename__ = "choice"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("choice_poll.id"))
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(120))


class ChoiceVoter(Base):
    """A member's one vote, under the name they have on the list [E: equal influence]."""

    __tablename__ = "choice_voter"
    __table_args__ = (UniqueConstraint("poll_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("choice_poll.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChoiceAnswer(Base):
    """What a vote is for. Nobody is shown whose it is."""

    __tablename__ = "choice_answer"

    voter_id: Mapped[int] = mapped_column(ForeignKey("choice_voter.id"), primary_key=True)
    choice_id: Mapped[int] = mapped_column(ForeignKey("choice.id"), primary_key=True, index=True)
