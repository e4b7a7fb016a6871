"""Requests to get in touch, and the private conversations that come of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class Conversation(Base):
    """Between two names, who both agreed to it."""

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ConversationSide(Base):
    """One of the two, and how far they have read."""

    __tablename__ = "conversation_side"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), primary_key=True, index=True)
    read_upto: Mapped[int] = mapped_column(default=0)  # id of a message

    persona: Mapped[Persona] = relationship()


class Message(Base):
    """What one of them wrote; read by the two and by nobody else."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_conversation_id_id", "conversation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    persona_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    text: Mapped[str] = mapped_column(EncryptedText("message.text"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ContactRequest(Base):
    """Somebody asks somebody to get in touch; nothing is exchanged before the other agrees.

    Attributes:
        about: what led to it, a name of the room that asks ('card', 'market'), or ''.
        accepted: None while it waits.
    """

    __tablename__ = "contact_request"
    __table_args__ = (
        Index("ix_contact_request_to_id_answered_at", "to_id", "answered_at"),
        Index("ix_contact_request_from_id_at", "from_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    about: Mapped[str] = mapped_column(String(20), default="")
    words: Mapped[str | None] = mapped_column(EncryptedText("contact_request.words"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted: Mapped[bool | None]

    asker: Mapped[Persona] = relationship(foreign_keys=[from_id])
    asked: Mapped[Persona] = relationship(foreign_keys=[to_id])
