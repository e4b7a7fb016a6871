"""Files that a reporter encloses, for the moderators who handle the report.

They get a copy, under a name that says nothing and without the names that programs wrote into it,
as far as those can be taken out: as with words, not where it stands and not who put it there. The
author cannot make it go by being quick. Each opening is in the audit trail, and with the decision
the copies are gone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.moderation.models import Report, ReportFile
from cop.moderation.permissions import REPORTS, ReportPermission
from cop.platform import audit, storage
from cop.platform.errors import NotFound
from cop.platform.storage import StoredFile


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file of a report, as its moderators see it before they open it."""

    number: int
    kind: str  # 'PDF'
    size: int
    is_picture: bool


def enclose(session: Session, made: Report, chosen: Sequence[StoredFile], now: datetime) -> None:
    """Put copies of the files with the report; one whose bytes are gone is left out."""
    for number, file in enumerate(chosen, 1):
        ending = file.name.rpartition(".")[2].lower()
        copy = storage.copied(session, file, f"{number}.{ending}", now)
        if copy is not None:
            session.add(ReportFile(report_id=made.id, number=number, file_id=copy.id))
    session.flush()


def of_reports(session: Session, report_ids: Collection[int]) -> dict[int, list[Enclosed]]:
    """What is enclosed with each report, in order; the caller has asked for HANDLE."""
    found: dict[int, list[Enclosed]] = {}
    rows = session.execute(
        select(ReportFile.report_id, ReportFile.number, StoredFile)
        .join(StoredFile, StoredFile.id == ReportFile.file_id)
        .where(ReportFile.report_id.in_(report_ids))
        .order_by(ReportFile.report_id, ReportFile.number)
    )
    for report_id, number, file in rows:
        kind = file.name.rpartition(".")[2].upper()
        found.setdefault(report_id, []).append(Enclosed(number, kind, file.size, file.is_picture))
    return found


def to_read(session: Session, actor: Actor, report_id: int, number: int) -> StoredFile:
    """
    Raises:
        NotFound: no moderator who may handle the report, or it was decided.
    """
    REPORTS.get(session, actor, ReportPermission.HANDLE, report_id)
    found = session.scalar(
        select(StoredFile)
        .join(ReportFile, ReportFile.file_id == StoredFile.id)
        .join(Report, Report.id == ReportFile.report_id)
        .where(ReportFile.report_id == report_id, ReportFile.number == number)
        .where(Report.decided_at.is_(None))
    )
    if found is None:
        raise NotFound
    return found


def note_reading(
    session: Session, actor: Actor, report_id: int, number: int, now: datetime
) -> None:
    """Who opened which file of a report."""
    audit.record(
        session,
        "moderation.file_opened",
        actor=actor.audit_id,
        subject=f"report:{report_id}",
        now=now,
        number=number,
    )


def forget(session: Session, report_ids: Collection[int]) -> None:
    """Nobody opens them any more; their bytes go with the next sweep."""
    gone = session.scalars(
        select(StoredFile)
        .join(ReportFile, ReportFile.file_id == StoredFile.id)
        .where(ReportFile.report_id.in_(report_ids))
    ).all()
    session.execute(delete(ReportFile).where(ReportFile.report_id.in_(report_ids)))
    for file in gone:
        storage.remove(session, file)
    session.flush()
