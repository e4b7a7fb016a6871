"""Notifications on the site, and when a member's digest comes."""

from datetime import datetime
from enum import StrEnum

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


class Rhythm(StrEnum):
    """How a member hears of something by mail."""

    EACH = "each"  # every message by itself
    DAILY = "daily"
    WEEKLY = "weekly"
    SITE = "site"  # no mail


DIGESTS = (Rhythm.DAILY, Rhythm.WEEKLY)


class MailPreference(Base):
    """When a member's digest comes, and how far it has told already.

    A digest comes every day at the member's own hour; what is wanted weekly is in that of one day.
    """

    __tablename__ = "mail_preference"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    hour: Mapped[int] = mapped_column(default=7)  # 0 to 23, in the member's own zone
    weekday: Mapped[int] = mapped_column(default=0)  # 0 is Monday
    asked: Mapped[str] = mapped_column(String(6), default=Rhythm.DAILY)  # what is asked of me
    # Neither asked of me nor of a list: practices, harvests, interests.
    rest: Mapped[str] = mapped_column(String(6), default=Rhythm.DAILY)
    joined: Mapped[str] = mapped_column(String(6), default=Rhythm.DAILY)  # where I take part
    joined_before: Mapped[str] = mapped_column(String(6), default=Rhythm.DAILY)
    joined_changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_told_until: Mapped[datetime] = mapped_column(UtcDateTime)
    daily_until: Mapped[datetime] = mapped_column(UtcDateTime)  # what came before was told
    weekly_until: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_until: Mapped[datetime] = mapped_column(UtcDateTime)
    rest_until: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
