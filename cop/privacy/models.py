"""What a member asked to take along: one at a time, encrypted beside the files, gone after days."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime


class OwnExport(Base):
    """
    Attributes:
        name: of the file in the data directory; None while it is being made.
        until: when it is removed.
    """

    __tablename__ = "own_export"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    until: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    name: Mapped[str | None] = mapped_column(String(43), unique=True)
    size: Mapped[int | None]
