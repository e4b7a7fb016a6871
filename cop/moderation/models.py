"""What was reported, and what came of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText


class ReportReason(StrEnum):
    RECOGNISABLE = "recognisable"  # somebody can be recognised in it
    UNSAFE = "unsafe"  # somebody may be in danger
    HURTFUL = "hurtful"
    UNTRUE = "untrue"
    OTHER = "other"


class Decision(StrEnum):
    """What a moderator can decide; the capability that the text is in carries it out."""

    NOTHING = "nothing"
    ASK = "ask"  # ask the author to change it
    HIDE = "hide"  # nobody else sees it until its author has changed it
    REMOVE = "remove"
    GONE = "gone"  # nobody's: what it was about went before anybody decided


# What a moderator chooses from, unless the capability can carry out less.
CHOICES = (Decision.NOTHING, Decision.ASK, Decision.HIDE, Decision.REMOVE)


class Report(Base):
    """A passage that a member sent to the moderators.

    `subject`, `version` and `concerned_id` are for the machinery only: no page shows a moderator
    where a passage comes from or who wrote it, and nobody who reported is shown to its author.
    """

    __tablename__ = "report"
    __table_args__ = (
        UniqueConstraint("reporter_id", "subject", "version"),
        Index("ix_report_open", "decided_at", "urgent", "id"),
        Index("ix_report_subject", "subject"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("member.id"), index=True)
    concerned_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"), index=True)
    subject: Mapped[str] = mapped_column(String(60))  # 'post:12'
    version: Mapped[int] = mapped_column(default=1)  # of the text; after a change it may come again
    reason: Mapped[str] = mapped_column(String(20))
    urgent: Mapped[bool] = mapped_column(default=False)
    passage: Mapped[str] = mapped_column(EncryptedText("report.passage"))
    note: Mapped[str] = mapped_column(EncryptedText("report.note"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("member.id"))
    decision: Mapped[str | None] = mapped_column(String(20))
    answer: Mapped[str | None] = mapped_column(EncryptedText("report.answer"))  # to the reporter
    request: Mapped[str | None] = mapped_column(EncryptedText("report.request"))  # to the author
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the words went


class ReportFile(Base):
    """A copy of a file that the reporter encloses; gone once the report is decided."""

    __tablename__ = "report_file"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # in its address
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
