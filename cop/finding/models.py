"""What a member wants to hear about, and where."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class InterestKind(StrEnum):
    THEME = "theme"
    SPACE = "space"
    PERSON = "person"  # under their own name; pseudonyms are not followed
    SEARCH = "search"


class ByMail(StrEnum):
    """How mail tells of an interest; never in two ways, so that nothing comes twice."""

    DIGEST = "digest"
    AT_ONCE = "at_once"
    NOT = "not"


class Interest(Base):
    """One thing to hear about: a theme, a space or a person by id, or the words of a search.

    The words are the member's own: encrypted, and nobody else sees them.

    Attributes:
        on_site: the home page tells of it.
        by_mail: a `ByMail`.
        earlier: (way, until when) of mail before that, in order; the latest, as JSON.
    """

    __tablename__ = "interest"
    __table_args__ = (Index("ix_interest_member_id_kind", "member_id", "kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    kind: Mapped[str] = mapped_column(String(8))
    subject_id: Mapped[int | None]
    words: Mapped[str | None] = mapped_column(EncryptedText("interest.words"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    on_site: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[str] = mapped_column(String(8), default=ByMail.DIGEST)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # since when `by_mail` counts
    earlier: Mapped[list[tuple[str, str]]] = mapped_column(JSON, default=list)


class InterestProfile(Base):
    """Where a member hears of what they add; no row: on the site and in the digest.

    Attributes:
        told_until: mails at once told of what came before.
        quiet_until: until then nothing is told anywhere; or until when nothing was.
    """

    __tablename__ = "interest_profile"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    on_site: Mapped[bool] = mapped_column(default=True)
    by_mail: Mapped[str] = mapped_column(String(8), default=ByMail.DIGEST)
    told_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    quiet_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
