"""From what was entered to what others may read: made, looked over, approved by all.

The rule that everything here keeps: an approval is of one version, and a version is what a reader
would see and who the readers are. Whoever strikes or changes words makes a new version, and all
are asked again, since what somebody agreed to may mean something else without them. Where a strike
changes nothing that a reader sees (somebody else wrote the same), the approvals stand. As long as
not all have approved the version that stands, nobody beyond them reads it, also when they could
before.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.beraad import events, seats
from cop.beraad.composing import compose
from cop.beraad.items import Body, Item, look_over
from cop.beraad.models import Approval, Beraad, Form, Report
from cop.members.actor import Actor
from cop.platform import audit
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.sessions.permissions import SessionPermission

LONGEST = 6_000  # of one piece


def make(session: Session, actor: Actor, session_id: int, now: datetime) -> Report:
    """Put the report together. One that is there stays as it is.

    Raises:
        NotFound: the actor did not take part.
        Refused: there is no conclusion yet.
    """
    seat, beraad = table(session, actor, session_id)
    found = report_of(session, beraad, Form.REPORT)
    if found is not None:
        return found
    return begin(session, beraad, seat, Form.REPORT, _compose(session, beraad), now)


def make_again(session: Session, actor: Actor, session_id: int, now: datetime) -> Report:
    """Put it together anew from what stands there now; what was decided about it is gone.

    Raises:
        NotFound: the actor did not take part, or there is none yet.
        Refused: somebody approved it already.
    """
    _seat, beraad = table(session, actor, session_id)
    report = existing(session, beraad, Form.REPORT)
    if approvals(session, report):
        raise Refused(_("Somebody approved it already. Change what has to be different."))
    body = _compose(session, beraad)
    _changed(session, report, lambda: body, now)
    report.asked_at = None
    session.flush()
    return report


def leave(
    session: Session, actor: Actor, session_id: int, form: str, item_id: int, now: datetime
) -> Report:
    """What was found in a piece points to nobody: it stays as it is. Each approves it still."""
    report, body, item, _seat = _piece(session, actor, session_id, form, item_id)
    item.waits = False
    keep(session, report, body, now)
    return report


def make_vaguer(
    session: Session, actor: Actor, session_id: int, form: str, item_id: int, now: datetime
) -> Report:
    """Take the vaguer words that the finder proposes for a piece."""
    report, body, item, _seat = _piece(session, actor, session_id, form, item_id)
    if item.vaguer:
        item.text, item.vaguer, item.waits = item.vaguer, "", False
    keep(session, report, body, now)
    return report


def rewrite(
    session: Session,
    actor: Actor,
    session_id: int,
    form: str,
    item_id: int,
    text: str,
    now: datetime,
) -> Report:
    """Say a piece differently: one's own, or what belongs to all.

    Raises:
        NotFound: somebody else wrote it, or the actor did not take part.
        Refused: nothing in it, or too much.
    """
    report, body, item, seat = _piece(session, actor, session_id, form, item_id)
    if not may_rewrite(item, seat.persona_id):
        raise NotFound
    text = trimmed(text.replace("\r\n", "\n"))
    if not text:
        raise Refused(_("Write something, please."), "text")
    if len(text) > LONGEST:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST), "text")
    if text != item.text:
        item.text = text
        look_over(body, [item])
    keep(session, report, body, now)
    return report


def may_rewrite(item: Item, persona_id: int) -> bool:
    """What two people wrote is left to neither of them alone; a choice has no words."""
    if item.part == "weighing.choice":
        return False
    return not item.by or all(author == persona_id for author, _source in item.by)


def strike(
    session: Session, actor: Actor, session_id: int, form: str, item_id: int, now: datetime
) -> Report:
    """Take one's own words out of the report, at any time; nobody reads them from now on.

    Raises:
        NotFound: the actor did not write it.
    """
    report, body, item, seat = _piece(session, actor, session_id, form, item_id)
    if not item.is_by(seat.persona_id):
        raise NotFound
    for author, source in list(item.by):
        if author == seat.persona_id:
            take_out(body, item, author, source)
    keep(session, report, body, now)
    return report


def take_out(body: Body, item: Item, author: int, source: str) -> None:
    """One author's part in a piece; the piece goes with its last author."""
    item.by = [pair for pair in item.by if pair != (author, source)]
    if not item.by:
        body.items.remove(item)
    body.tidy()


def strike_source(session: Session, session_id: int, source: str, now: datetime) -> None:
    """What was struck in the session goes from its report as well ('entry:12')."""
    beraad = session.scalar(select(Beraad).where(Beraad.session_id == session_id))
    report = report_of(session, beraad, Form.REPORT) if beraad is not None else None
    if report is None:
        return
    body = Body.from_json(report.body)
    for item in list(body.items):
        for author, from_ in list(item.by):
            if from_ == source:
                take_out(body, item, author, from_)
    keep(session, report, body, now)


def approvals(session: Session, report: Report) -> set[int]:
    """Personas who approved the version as it stands."""
    return set(
        session.scalars(
            select(Approval.persona_id).where(
                Approval.report_id == report.id, Approval.version == report.version
            )
        )
    )


# --- how it is kept


def table(session: Session, actor: Actor, session_id: int) -> tuple[seats.Seat, Beraad]:
    """The actor's seat and the beraad, locked.

    Raises:
        NotFound: the actor did not take part, or nobody wrote anything yet.
    """
    seat = seats.enter(session, actor, session_id, SessionPermission.READ)
    beraad = session.scalar(
        select(Beraad)
        .where(Beraad.session_id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if beraad is None:
        raise NotFound
    return seat, beraad


def _compose(session: Session, beraad: Beraad) -> Body:
    if not beraad.conclusion:
        raise Refused(_("Write down the conclusion first; the report is made from there."))
    return compose(session, beraad, seats.heard(session, beraad.session_id))


def begin(
    session: Session, beraad: Beraad, seat: seats.Seat, form: Form, body: Body, now: datetime
) -> Report:
    """Store the first version of a report."""
    report = Report(
        beraad_id=beraad.id,
        form=form,
        body=body.to_json(),
        version=1,
        made_by_id=seat.persona_id,
        made_at=now,
    )
    session.add(report)
    session.flush()
    seats.tell(session, seat.session_id, "beraad.report", report.id, now)
    return report


def report_of(session: Session, beraad: Beraad, form: str, lock: bool = True) -> Report | None:
    """The report of this form, if there is one; locked unless it is only read."""
    wanted = select(Report).where(Report.beraad_id == beraad.id, Report.form == form)
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    return session.scalar(wanted)


def existing(session: Session, beraad: Beraad, form: str) -> Report:
    found = report_of(session, beraad, form)
    if found is None:
        raise NotFound
    return found


def _piece(
    session: Session, actor: Actor, session_id: int, form: str, item_id: int
) -> tuple[Report, Body, Item, seats.Seat]:
    seat, beraad = table(session, actor, session_id)
    report = existing(session, beraad, form)
    body = Body.from_json(report.body)
    item = body.item(item_id)
    if item is None:
        raise NotFound
    return report, body, item, seat


def keep(session: Session, report: Report, body: Body, now: datetime) -> None:
    """Store what it says now; a new version if a reader would see the difference."""
    _changed(session, report, lambda: body, now)
    session.flush()
    seats.tell(session, report.beraad.session_id, "beraad.report", report.id, now)


def _changed(session: Session, report: Report, after: Callable[[], Body], now: datetime) -> None:
    before, body = Body.from_json(report.body).shown, after()
    report.body = body.to_json()
    if body.shown != before:
        new_version(session, report, now)


def new_version(session: Session, report: Report, now: datetime) -> None:
    """All are asked again, those who said yes before by name."""
    had = bool(approvals(session, report)) or report.approved_at is not None
    report.version += 1
    close(session, report, now)
    session.flush()
    if had:
        emit(session, events.ReportChanged(report_id=report.id, version=report.version), now)


def close(session: Session, report: Report, now: datetime) -> None:
    """Nobody beyond the table reads it from now on."""
    if report.approved_at is not None:
        report.approved_at = None
        note(session, report, "beraad.report_closed", now)


def note(session: Session, report: Report, action: str, now: datetime) -> None:
    """In the trail."""
    # Not by whom: where somebody has a pseudonym, the trail would tie it to the member.
    audit.record(
        session, action, actor="participants", subject=f"beraad_report:{report.id}", now=now
    )
