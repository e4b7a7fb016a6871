"""Everybody who was there approves a report, for readers that were chosen before.

See `reporting` for what an approval is of. Who was there is known when the session is over: until
then somebody can come in who did not approve anything, and so nothing opens before.
"""

from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from cop.beraad import events, seats
from cop.beraad.items import Body
from cop.beraad.models import Approval, Audience, Beraad, Form, Report
from cop.beraad.reporting import (
    approvals,
    close,
    existing,
    keep,
    new_version,
    note,
    table,
    take_out,
)
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.outbox import emit
from cop.spaces import holders
from cop.spaces.circles import Standing, findable, standing_of


def choose(
    session: Session,
    actor: Actor,
    session_id: int,
    form: str,
    audience: str,
    circle_id: int | None,
    now: datetime,
) -> Report:
    """Choose who it is for, and ask everybody who was there for their approval.

    Raises:
        NotFound: the actor did not take part, or there is no report.
        Refused: a finding waits, there is nothing in it, or a circle that the actor is not in.
    """
    seat, beraad = table(session, actor, session_id)
    report = existing(session, beraad, form)
    _leave_out_the_silent(session, report, beraad, now)
    body = Body.from_json(report.body)
    if not body.items:
        raise Refused(_("There is nothing in it any more."))
    if body.waiting:
        raise Refused(
            ngettext(
                "Decide first: %(num)d place may point to a person.",
                "Decide first: %(num)d places may point to a person.",
                body.waiting,
            )
        )
    if form == Form.GENERAL:
        audience, circle_id = Audience.PUBLIC, None
    elif audience == Audience.COMMUNITY:
        circle_id = None
    elif audience == Audience.CIRCLE and circle_id is not None:
        _check_circle(session, actor, beraad, circle_id)
    else:
        raise Refused(_("Choose who it is for."), "audience")
    if (report.audience, report.circle_id) != (audience, circle_id):
        report.audience, report.circle_id = audience, circle_id
        new_version(session, report, now)
    report.asked_at = now
    session.flush()
    emit(session, events.ApprovalAsked(report_id=report.id, version=report.version), now)
    seats.tell(session, seat.session_id, "beraad.report", report.id, now)
    return report


def _check_circle(session: Session, actor: Actor, beraad: Beraad, circle_id: int) -> None:
    """One that the actor is in, and that everybody can find who is to approve it: nobody says
    yes to readers of whom they cannot see who they are.

    Raises:
        Refused: it is not.
    """
    mine = standing_of(session, actor, circle_id)
    place = holders.places(session, actor, [circle_id]).get(circle_id)
    if (
        mine is None
        or mine.standing not in (Standing.JOINED, Standing.COORDINATOR)
        or place is None
        or place.archived
    ):
        raise Refused(_("Choose a space or a list in which you take part."), "audience")
    voices = seats.members(session, seats.voices(session, beraad.session_id))
    if not all(_can_find(session, Actor(member_id), circle_id) for member_id in voices):
        raise Refused(
            _("Not all of you can see that place. Choose one that everybody can see."),
            "audience",
        )


def _can_find(session: Session, actor: Actor, circle_id: int) -> bool:
    return bool(session.scalar(select(findable(actor, literal(circle_id)))))


def approve(
    session: Session, actor: Actor, session_id: int, form: str, version: int, now: datetime
) -> Report:
    """One's own yes to the version that one read. Twice is once.

    The last one opens it, when the session is over; until then it waits for that.

    Raises:
        NotFound: the actor was not there, or there is no report.
        Refused: it was not asked yet, or it changed since the actor read it.
    """
    seat, beraad = table(session, actor, session_id)
    report = existing(session, beraad, form)
    if seat.persona_id not in seats.voices(session, session_id):
        raise NotFound
    _leave_out_the_silent(session, report, beraad, now)
    if report.asked_at is None:
        raise Refused(_("It is not ready yet: choose first who it is for."))
    if Body.from_json(report.body).waiting:
        raise Refused(_("It is not ready yet: decide first about what may point to a person."))
    if report.circle_id is not None and not _can_find(session, actor, report.circle_id):
        raise Refused(
            _("It is for a place that you cannot see any more: choose anew who reads it.")
        )
    if report.version != version:
        raise Refused(_("It changed while you were reading. Read it once more, please."))
    own = session.get(Approval, (report.id, seat.persona_id))
    if own is None:
        session.add(
            Approval(report_id=report.id, persona_id=seat.persona_id, version=version, at=now)
        )
    elif own.version != version:
        own.version, own.at = version, now
    session.flush()
    _open_if_all_agree(session, report, beraad, now)
    seats.tell(session, session_id, "beraad.report", report.id, now)
    return report


def take_back(session: Session, actor: Actor, session_id: int, form: str, now: datetime) -> Report:
    """Take one's approval back, without a reason: nobody beyond the table reads it from now on."""
    seat, beraad = table(session, actor, session_id)
    report = existing(session, beraad, form)
    own = session.get(Approval, (report.id, seat.persona_id))
    if own is not None:
        session.delete(own)
        close(session, report, now)
        session.flush()
        seats.tell(session, session_id, "beraad.report", report.id, now)
    return report


def settle(session: Session, report_id: int, now: datetime) -> None:
    """After somebody left or the session ended: open it if all who can agree do.

    What somebody wrote who left goes, unless all agreed on it while they were there.
    """
    report = session.get(Report, report_id, with_for_update=True, populate_existing=True)
    if report is None or report.approved_at is not None:
        return
    beraad = report.beraad
    _leave_out_the_silent(session, report, beraad, now)
    if report.asked_at is not None:
        _open_if_all_agree(session, report, beraad, now)


def _leave_out_the_silent(session: Session, report: Report, beraad: Beraad, now: datetime) -> None:
    """What was written by somebody who cannot approve it any more is left out."""
    body = Body.from_json(report.body)
    wrote = {author for item in body.items for author, _source in item.by}
    silent = wrote - seats.heard(session, beraad.session_id)
    if silent:
        for item in list(body.items):
            for author, source in list(item.by):
                if author in silent:
                    take_out(body, item, author, source)
        keep(session, report, body, now)


def _open_if_all_agree(session: Session, report: Report, beraad: Beraad, now: datetime) -> None:
    if report.approved_at is not None or not seats.is_over(session, beraad.session_id):
        return
    wanted = seats.voices(session, beraad.session_id)
    if not wanted or not wanted <= approvals(session, report):
        return
    report.approved_at = now
    session.flush()
    note(session, report, "beraad.report_opened", now)
    emit(session, events.ReportApproved(report_id=report.id, version=report.version), now)
    if report.form == Form.GENERAL:
        emit(session, events.DilemmaPublished(report_id=report.id, version=report.version), now)
