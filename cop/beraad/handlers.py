"""Who is told what about reports, in the worker; permissions are asked again there.

A line never holds a word of a beraad or of its report.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.beraad import approving, events, reporting, seats, weighing
from cop.beraad import waiting as _waiting
from cop.beraad.models import Audience, Beraad, Form, Report
from cop.beraad.permissions import REPORTS, ReportPermission
from cop.members.actor import Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.sessions.events import SessionClosed
from cop.sessions.models import GroupSession, SessionParticipant
from cop.spaces import events as spaces
from cop.spaces import holders
from cop.spaces.circles import members_of

__all__ = ["_waiting"]  # what it registers


@on(events.ApprovalAsked)
def ask_all(session: Session, event: events.ApprovalAsked, now: datetime) -> None:
    report = session.get(Report, event.report_id)
    if report is not None and report.version == event.version and report.approved_at is None:
        _ask(session, report, "beraad.approve", now)


@on(events.ReportChanged)
def ask_again(session: Session, event: events.ReportChanged, now: datetime) -> None:
    """Those who said yes to what was there are told; nobody is asked before it was asked of all."""
    report = session.get(Report, event.report_id)
    if report is not None and report.version == event.version and report.asked_at is not None:
        _ask(session, report, "beraad.changed", now)


def _ask(session: Session, report: Report, kind: str, now: datetime) -> None:
    session_id = report.beraad.session_id
    waiting = seats.voices(session, session_id) - reporting.approvals(session, report)
    notify(
        session,
        member_ids=seats.members(session, waiting),
        kind=kind,
        key=f"{kind}:{report.id}:{report.version}",
        subject_id=report.id,
        now=now,
    )


@on(events.ReportApproved)
def tell_readers(session: Session, event: events.ReportApproved, now: datetime) -> None:
    """Those who took part, and for a space or list those in it."""
    report = session.get(Report, event.report_id)
    if report is None or report.version != event.version or report.approved_at is None:
        return
    took_part = seats.members(session, seats.voices(session, report.beraad.session_id))
    key = f"{report.id}:{report.version}"
    notify(
        session,
        member_ids=took_part,
        kind="beraad.approved",
        key=f"beraad.approved:{key}",
        subject_id=report.id,
        now=now,
    )
    if report.audience == Audience.CIRCLE and report.circle_id is not None:
        others = [m for m in members_of(session, report.circle_id) if m not in set(took_part)]
        notify(
            session,
            member_ids=others,
            kind="beraad.shared",
            key=f"beraad.shared:{report.id}",  # once, also when it was approved anew
            subject_id=report.id,
            now=now,
        )


@on(SessionClosed)
def open_what_was_handed_in(session: Session, event: SessionClosed, now: datetime) -> None:
    weighing.open_at_the_end(session, event.session_id, now)


@on(SessionClosed)
def open_what_all_approved(session: Session, event: SessionClosed, now: datetime) -> None:
    """What all approved while the session went on opens now: nobody comes in any more."""
    ids = session.scalars(
        select(Report.id)
        .join(Beraad, Beraad.id == Report.beraad_id)
        .where(Beraad.session_id == event.session_id, Report.approved_at.is_(None))
    ).all()
    for report_id in ids:
        approving.settle(session, report_id, now)


# --- somebody is gone: what they wrote goes no further than it went


@on(MemberLeft)
def end_own_name(session: Session, event: MemberLeft, now: datetime) -> None:
    _settle_of(session, event.persona_id, now)


@on(PseudonymEnds)
def end_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    _settle_of(session, event.persona_id, now)


@on(spaces.Left)
def end_for_who_left(session: Session, event: spaces.Left, now: datetime) -> None:
    """Somebody left a group: its sessions have a voice less."""
    ids = session.scalars(
        select(Report.id)
        .join(Beraad, Beraad.id == Report.beraad_id)
        .join(GroupSession, GroupSession.id == Beraad.session_id)
        .where(GroupSession.circle_id == event.circle_id, Report.approved_at.is_(None))
    ).all()
    for report_id in ids:
        approving.settle(session, report_id, now)


def _settle_of(session: Session, persona_id: int, now: datetime) -> None:
    ids = session.scalars(
        select(Report.id)
        .join(Beraad, Beraad.id == Report.beraad_id)
        .join(SessionParticipant, SessionParticipant.session_id == Beraad.session_id)
        .where(SessionParticipant.persona_id == persona_id, Report.approved_at.is_(None))
    ).all()
    for report_id in ids:
        approving.settle(session, report_id, now)


# kind → the permission without which it is not shown
_NEEDS = {
    "beraad.approve": ReportPermission.TAKE_PART,
    "beraad.changed": ReportPermission.TAKE_PART,
    "beraad.approved": ReportPermission.READ,
    "beraad.shared": ReportPermission.READ,
}


@sentences(*_NEEDS)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    rows = session.execute(
        select(Report.id, Report.form, Report.circle_id, Beraad.session_id, *REPORTS.columns(actor))
        .join(Beraad, Beraad.id == Report.beraad_id)
        .where(Report.id.in_({n.subject_id for n in notifications})),
        actor.parameters,
    ).all()
    known = {row.id: row for row in rows}
    places = holders.places(session, actor, {r.circle_id for r in rows if r.circle_id})
    found = {}
    for n in notifications:
        row = known.get(n.subject_id)
        if row is None or _NEEDS[n.kind] not in REPORTS.from_row(row):
            continue
        place = places.get(row.circle_id or 0)
        page = "algemeen" if row.form == Form.GENERAL else "verslag"
        url = f"/sessies/{row.session_id}/beraad/{page}"
        if n.kind in ("beraad.approved", "beraad.shared"):
            url = (
                f"/dilemmas/{row.id}" if row.form == Form.GENERAL else f"/beraad/verslagen/{row.id}"
            )
        found[n.id] = Line(_sentence(n.kind, row.form, place), url)
    return found


def _sentence(kind: str, form: str, place: holders.Place | None) -> str:
    if kind == "beraad.approve":
        return _waiting.sentence(form)
    if kind == "beraad.changed":
        return _("What you were asked to approve changed. Look at it once more, please.")
    if kind == "beraad.approved":
        return _("All approved: what your moral deliberation yielded is there for others now.")
    if place is not None:
        return _("A report of a moral deliberation was shared in “%(place)s”.", place=place.name)
    return _("A report of a moral deliberation was shared with you.")
