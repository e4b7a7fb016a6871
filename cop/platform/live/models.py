"""What the live part keeps: numbers per audience, what was told, what was asked, who is here."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime

LONGEST_NAME = 80  # characters of an audience's name


class LiveAudience(Base):
    """Those who hear the same things: 'discussion:12'. The row's lock orders its events."""

    __tablename__ = "live_audience"

    name: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    last_number: Mapped[int] = mapped_column(default=0)


class LiveEvent(Base):
    """One thing an audience is told; `subject` is an id, never words."""

    __tablename__ = "live_event"
    __table_args__ = (Index("uq_live_event_audience_number", "audience", "number", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(String(LONGEST_NAME))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LiveCommand(Base):
    """A command that was carried out, by the key that the client made: a retry changes nothing.

    Attributes:
        who: whose key it is, opaque.
        answer: ids and numbers only, never words; what a retry is answered again.
    """

    __tablename__ = "live_command"

    who: Mapped[str] = mapped_column(String(60), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    command: Mapped[str] = mapped_column(String(60))
    answer: Mapped[dict[str, int]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LivePresence(Base):
    """Somebody's device that is connected now; it counts until `PRESENT_FOR` after `seen_at`.

    Attributes:
        socket: the connection; several of one person count as one.
        shown: the id under which others see them, as the audience's kind decides: a persona's.
    """

    __tablename__ = "live_presence"

    audience: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    socket: Mapped[str] = mapped_column(String(40), primary_key=True)
    shown: Mapped[int]
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
