"""Mails that are to go out, or did."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class MailContent(Base):
    """What one or many mails say, rendered once; the same for everybody who gets it.

    Kept until the last mail that needs it has gone out, so that a mail which was on its way when
    a worker was killed can be repeated unchanged.
    """

    __tablename__ = "mail_content"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)  # hash of what it was made of
    sealed: Mapped[bytes] = mapped_column(LargeBinary)  # see `content`
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class OutgoingMail(Base):
    """A delivery: one message to one recipient, stored in the transaction that caused it.

    A letter (`kind` None) carries its own words, encrypted. A delivery of another kind is only
    named here: who gets it and what it is about, as ids. Its words and its recipient's address are
    looked up when its turn has come, and permissions with them; `content_id` then holds on to what
    it says. From `begun_at` on the server may have it, so it stays as it is until its end is known;
    before that it may still say something else. `sent_at`, `dead_at` or the removal of the row ends
    its way. Its Message-ID is fixed, so that a repeat after a crash is known as the same message.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (
        Index("ix_outgoing_mail_due", "sent_at", "dead_at", "priority", "try_at"),
        Index("ix_outgoing_mail_claimed_by", "claimed_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)  # the same cause never twice
    kind: Mapped[str | None] = mapped_column(String(40))  # who composes it; None: a letter
    about: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # ids and moments only
    member_id: Mapped[int | None] = mapped_column(index=True)  # no constraint: not of this floor
    content_id: Mapped[int | None] = mapped_column(ForeignKey("mail_content.id"), index=True)
    priority: Mapped[int] = mapped_column(default=0)  # the lowest goes first
    message_id: Mapped[str | None] = mapped_column(String(200))  # of a post, the same for all
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    recipient: Mapped[str | None] = mapped_column(EncryptedText("outgoing_mail.recipient"))
    subject: Mapped[str | None] = mapped_column(EncryptedText("outgoing_mail.subject"))
    text: Mapped[str | None] = mapped_column(EncryptedText("outgoing_mail.text"))
    html: Mapped[str | None] = mapped_column(EncryptedText("outgoing_mail.html"))
    # An iCalendar message with a METHOD (RFC 6047): mail programs put it into a calendar.
    calendar: Mapped[str | None] = mapped_column(EncryptedText("outgoing_mail.calendar"))
    language: Mapped[str] = mapped_column(String(5), default="nl")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    begun_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(300))  # the server's code, not its words


class MailPace(Base):
    """When the next mail may go out, where the site has set a rate. One row."""

    __tablename__ = "mail_pace"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
