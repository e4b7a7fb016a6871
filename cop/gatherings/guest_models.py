"""Guests: people without an account who are asked for one gathering, or when they can."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.gatherings.models import Gathering
from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class GatheringGuest(Base):
    """A guest of one gathering, or of one date poll; erased when it is over.

    Under the name they give. `email_key` tells that one address is asked once, and is no address.

    Attributes:
        facilitates: asked to facilitate, not only to come.
        agreed_at: when they agreed to the rules; until then they see no more than what they are
            asked.
        coming: 'asked', 'going' or 'off', of a gathering.
        in_calendar: a message put it into their own calendar, and none took it out.
        sequence, told_at: of the last such message (RFC 5545 3.8.7.4), and when it was sent.
    """

    __tablename__ = "gathering_guest"
    __table_args__ = (
        UniqueConstraint("gathering_id", "email_key"),
        UniqueConstraint("poll_id", "email_key"),
        CheckConstraint("gathering_id IS NOT NULL OR poll_id IS NOT NULL", name="of_something"),
        # A number never comes back: the link of somebody erased would be that of the next guest.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    gathering_id: Mapped[int | None] = mapped_column(ForeignKey("gathering.id"))
    # No class of polls is named here: their module knows of guests.
    poll_id: Mapped[int | None] = mapped_column(ForeignKey("date_poll.id"))
    facilitates: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(EncryptedText("gathering_guest.name"))
    email: Mapped[str] = mapped_column(EncryptedText("gathering_guest.email"))
    email_key: Mapped[str] = mapped_column(String(64))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    coming: Mapped[str] = mapped_column(String(12))
    in_calendar: Mapped[bool] = mapped_column(default=False, server_default=false())
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    gathering: Mapped[Gathering | None] = relationship()
    asked_by: Mapped[Persona] = relationship()
