"""What moderators, reporters and authors read of reports."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.moderation.files import Enclosed, of_reports
from cop.moderation.models import Report
from cop.moderation.operations import MODERATES
from cop.moderation.permissions import REPORTS, ReportPermission
from cop.platform import markup

PER_PAGE = 30

_Other = aliased(Report)


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report in a moderator's list: nothing of where it comes from, or from whom."""

    id: int
    reason: str
    urgent: bool
    at: datetime
    excerpt: str
    times: int  # how many members reported the same text
    taken_by: str | None
    taken_by_me: bool
    decided_at: datetime | None
    decision: str | None

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return f"{int(self.urgent)}-{self.id}"


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A report as a moderator reads it, with what others enclosed of the same text."""

    report: Report
    others: list[Report]
    taken_by: str | None
    taken_by_me: bool
    files: dict[int, list[Enclosed]]  # by report


def open_reports(
    session: Session, actor: Actor, after: tuple[bool, int] | None = None
) -> tuple[list[ReportLine], str | None]:
    """Reports that wait, urgent first, then oldest first, one line per text; and the next page.

    Args:
        after: (urgent, id) of the last line of the page before.
    """
    earlier = exists().where(
        _Other.subject == Report.subject, _Other.decided_at.is_(None), _Other.id < Report.id
    )
    query = (
        _lines(actor)
        .where(Report.decided_at.is_(None), ~earlier)
        .order_by(Report.urgent.desc(), Report.id)
    )
    if after is not None:
        urgent, number = after
        later = Report.id > number
        same_kind = Report.urgent.is_(urgent)
        query = query.where(
            or_(and_(same_kind, later), Report.urgent.is_(False))
            if urgent
            else and_(same_kind, later)
        )
    return _page(session, actor, query)


def decided_reports(
    session: Session, actor: Actor, before: int | None = None
) -> tuple[list[ReportLine], str | None]:
    """Reports that were decided, newest first."""
    query = _lines(actor).where(Report.decided_at.is_not(None)).order_by(Report.id.desc())
    if before is not None:
        query = query.where(Report.id < before)
    return _page(session, actor, query)


def _lines(actor: Actor) -> Select[Report, int, str]:
    same_fate = _Other.decided_at.is_not_distinct_from(Report.decided_at)
    times = (
        select(func.count(_Other.id))
        .where(_Other.subject == Report.subject, same_fate)
        .scalar_subquery()
    )
    own_name = and_(Persona.member_id == Report.taken_by_id, Persona.kind == PersonaKind.SELF)
    return (
        select(Report, times, Persona.name)
        .outerjoin(Persona, own_name)
        .where(REPORTS.clause(actor, ReportPermission.HANDLE))
        .limit(PER_PAGE + 1)
    )


def _page(
    session: Session, actor: Actor, query: Select[Report, int, str]
) -> tuple[list[ReportLine], str | None]:
    lines = [
        ReportLine(
            id=report.id,
            reason=report.reason,
            urgent=report.urgent,
            at=report.at,
            excerpt=markup.excerpt(report.passage, 160),
            times=times,
            taken_by=name,
            taken_by_me=report.taken_by_id == actor.member_id,
            decided_at=report.decided_at,
            decision=report.decision,
        )
        for report, times, name in session.execute(query)
    ]
    more = lines[PER_PAGE - 1].key if len(lines) > PER_PAGE else None
    return lines[:PER_PAGE], more


def for_moderator(session: Session, actor: Actor, report_id: int) -> ReportPage:
    """
    Raises:
        NotFound: no moderator, or one who wrote or reported the text.
    """
    report = REPORTS.get(session, actor, ReportPermission.HANDLE, report_id)
    same_fate = Report.decided_at.is_not_distinct_from(report.decided_at)
    others = session.scalars(
        select(Report)
        .where(Report.subject == report.subject, Report.id != report.id, same_fate)
        .order_by(Report.id)
        .limit(PER_PAGE)
    ).all()
    name = session.scalar(
        select(Persona.name).where(
            Persona.member_id == report.taken_by_id, Persona.kind == PersonaKind.SELF
        )
    )
    files = of_reports(session, [report.id, *(other.id for other in others)])
    return ReportPage(report, list(others), name, report.taken_by_id == actor.member_id, files)


def for_reporter(session: Session, actor: Actor, report_id: int) -> Report:
    return REPORTS.get(session, actor, ReportPermission.READ_ANSWER, report_id)


def for_author(session: Session, actor: Actor, report_id: int) -> Report:
    return REPORTS.get(session, actor, ReportPermission.READ_DECISION, report_id)


def reported_by(session: Session, actor: Actor, subject: str, version: int) -> int | None:
    """The actor's own report of this text, if they made one that still counts."""
    return session.scalar(
        select(Report.id)
        .where(Report.reporter_id == actor.member_id, Report.subject == subject)
        .where(or_(Report.version == version, Report.decided_at.is_(None)))
        .limit(1)
    )


def anything_waits(session: Session, actor: Actor) -> bool:
    """Whether an open report waits that the actor can handle."""
    if not actor.moderates:
        return False
    waits = REPORTS.scope(actor, ReportPermission.HANDLE).where(Report.decided_at.is_(None))
    return session.scalar(select(waits.exists())) or False


def moderator_names(session: Session) -> list[Persona]:
    """Who the moderators are, under their own names."""
    return list(
        session.scalars(
            select(Persona)
            .join(Member, Member.id == Persona.member_id)
            .where(Persona.kind == PersonaKind.SELF, Member.state == MemberState.ACTIVE)
            .where(Member.site_role.in_(MODERATES))
            .order_by(Persona.sort_key)
            .limit(PER_PAGE)
        )
    )
