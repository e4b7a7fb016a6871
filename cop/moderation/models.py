"""What was reported, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class ReportReason(StrEnum):
    RECOGNISABLE = "recognisable"  # somebody can be recognised in it
    UNSAFE = "unsafe"  # somebody may be in danger
    HURTFUL = "hurtful"
    UNTRUE = "untrue"
    OTHER = "other"


class Report(Base):
    """A report. `subject` is for the machinery only: no page shows it to a moderator."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_open", "decided_at", "urgent", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    subject: Mapped[str] = mapped_column(String(60))  # 'post:12'
    reason: Mapped[str] = mapped_column(String(20))
    urgent: Mapped[bool] = mapped_column(default=False)
    passage: Mapped[str] = mapped_column(EncryptedText("report.passage"))
    note: Mapped[str] = mapped_column(EncryptedText("report.note"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(EncryptedText("report.answer"))
