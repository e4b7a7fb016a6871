"""Notifications on the site."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona
from cop.platform.db import Base, UtcDateTime


class Notification(Base):
    """One thing for one member to know. Holds ids and a place, never words of others."""

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("member_id", "key"),  # one per event, member and kind
        Index("ix_notification_member_unread", "member_id", "read_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    key: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(40))  # 'discussions.mention'; says which sentence
    subject_id: Mapped[int]  # of what, by kind; looked up with permission when shown
    by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    by: Mapped[Persona | None] = relationship()
