"""Looking for a date together: what is proposed, and who can when."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Gathering
from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.spaces.circles import Circle
from cop.spaces.models import Space


class Can(StrEnum):
    """What somebody says of one proposal."""

    YES = "yes"
    IF_NEED_BE = "if_need_be"
    NO = "no"


class DatePoll(Base):
    """A date is looked for. Closes itself at `closes_at`; `gathering` is what was planned of it."""

    __tablename__ = "date_poll"
    __table_args__ = (
        Index("ix_date_poll_circle_id_closed_at", "circle_id", "closed_at"),
        Index("ix_date_poll_closed_at_closes_at", "closed_at", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    organiser_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    title: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gathering_id: Mapped[int | None] = mapped_column(ForeignKey("gathering.id"), unique=True)

    circle: Mapped[Circle] = relationship()
    space: Mapped[Space | None] = relationship()
    organiser: Mapped[Persona] = relationship()
    gathering: Mapped[Gathering | None] = relationship()


class PollOption(Base):
    """One date that is proposed."""

    __tablename__ = "poll_option"
    __table_args__ = (
        UniqueConstraint("poll_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PollVoter(Base):
    """Somebody who said when they can: a member under the name they have in the circle, or a guest.

    `comes` is their own word that they are signed up if a date is chosen to which they said yes.
    """

    __tablename__ = "poll_voter"
    __table_args__ = (
        UniqueConstraint("poll_id", "member_id"),
        CheckConstraint("member_id IS NOT NULL OR guest_id IS NOT NULL", name="somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("date_poll.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    persona_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"), index=True)
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("gathering_guest.id"), unique=True)
    comes: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)

    guest: Mapped[GatheringGuest | None] = relationship()


class PollAnswer(Base):
    """What one person says of one date."""

    __tablename__ = "poll_answer"

    voter_id: Mapped[int] = mapped_column(ForeignKey("poll_voter.id"), primary_key=True)
    option_id: Mapped[int] = mapped_column(
        ForeignKey("poll_option.id"), primary_key=True, index=True
    )
    can: Mapped[str] = mapped_column(String(12))
