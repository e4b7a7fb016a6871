"""Dilemmas in general words, for whoever makes something of them (a practice, say)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cop.beraad.items import Body
from cop.beraad.models import Form, Report


@dataclass(frozen=True, slots=True)
class Published:
    """A dilemma that all who wrote it approved for everybody.

    Attributes:
        words: by the names of `words.GENERAL`; those that were left open are not there.
        invented: it was one to practise with.
    """

    title: str
    words: dict[str, str]
    url: str
    approved_at: datetime
    invented: bool


def dilemma(session: Session, report_id: int) -> Published | None:
    """The dilemma as it stands; None when it is none, or not approved (any more)."""
    report = session.get(Report, report_id)
    if report is None or report.form != Form.GENERAL or report.approved_at is None:
        return None
    words = {item.part: item.text for item in Body.from_json(report.body).items}
    return Published(
        title=words.pop("title"),
        words=words,
        url=f"/dilemmas/{report.id}",
        approved_at=report.approved_at,
        invented=report.beraad.starter is not None,
    )
