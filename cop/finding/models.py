"""What a member wants to hear about, and where."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class InterestKind(StrEnum):
    THEME = "theme"
    SPACE = "space"
    PERSON = "person"  # under their own name; pseudonyms are not followed
    SEARCH = "search"


class Interest(Base):
    """One thing to hear about: a theme, a space or a person by id, or the words of a search.

    The words are the member's own: encrypted, and nobody else sees them.
    """

    __tablename__ = "interest"
    __table_args__ = (Index("ix_interest_member_id_kind", "member_id", "kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(EncryptedText("interest.words"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class InterestProfile(Base):
    """Where a member hears of it; no row: on the site and in the digest."""

    __tablename__ = "interest_profile"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    in_digest: Mapped[bool] = mapped_column(default=True)
    at_once: Mapped[bool] = mapped_column(default=False)  # by mail; then not in the digest
    told_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # by mail at once
    quiet_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # until then, nowhere
