"""A mail that is to go out, or was."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class OutgoingMail(Base):
    """One message to one recipient, stored in the transaction that caused it.

    What it says is encrypted; `sent_at` or `dead_at` ends its way. Its Message-ID is fixed when
    it is stored, so that a repeat after a crash is recognised as the same message.
    """

    __tablename__ = "outgoing_mail"
    __table_args__ = (Index("ix_outgoing_mail_due", "sent_at", "dead_at", "try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)  # the same cause never twice
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    recipient: Mapped[str] = mapped_column(EncryptedText("outgoing_mail.recipient"))
    subject: Mapped[str] = mapped_column(EncryptedText("outgoing_mail.subject"))
    text: Mapped[str] = mapped_column(EncryptedText("outgoing_mail.text"))
    html: Mapped[str] = mapped_column(EncryptedText("outgoing_mail.html"))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(String(300))  # the server's code, not its words
