"""What follows from a report and from a decision: who hears of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.events import RevealAsked
from cop.members.models import Member, SiteRole
from cop.moderation import mails, operations
from cop.moderation.events import ReportDecided, Reported, ReportOver, SubjectChanged
from cop.moderation.models import Decision, Report
from cop.moderation.permissions import REPORTS, ReportPermission
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on


@on(Reported)
def tell_moderators(session: Session, event: Reported, now: datetime) -> None:
    """Every moderator who may handle it; by mail at once when somebody may be in danger."""
    report = session.get(Report, event.report_id)
    if report is None or report.decided_at is not None:
        return
    who = operations.impartial_moderators(session, report)
    notify(
        session,
        member_ids=who,
        kind="moderation.reported",
        key=f"reported:{report.id}",
        subject_id=report.id,
        now=now,
    )
    if operations.too_few(session, report):
        _ask_for_another_moderator(session, f"nobody:{report.id}", report.id, now)
    if report.urgent:
        for member in session.scalars(select(Member).where(Member.id.in_(who))):
            mails.urgent_report(session, member, report.id, now)


@on(RevealAsked)
def tell_that_two_are_needed(session: Session, event: RevealAsked, now: datetime) -> None:
    """A reveal takes two, and the pseudonym may be the third's."""
    if operations.too_few(session):
        key = f"nobody:reveal:{event.reveal_id}"
        _ask_for_another_moderator(session, key, event.reveal_id, now)


def _ask_for_another_moderator(session: Session, key: str, subject_id: int, now: datetime) -> None:
    """Administrators hear that more moderators are needed, never what for or about whom."""
    administrators = session.scalars(
        select(Member.id).where(
            Member.id.in_(operations.moderators(session)),
            Member.site_role == SiteRole.ADMINISTRATOR,
        )
    ).all()
    notify(
        session,
        member_ids=administrators,
        kind="moderation.nobody",
        key=key,
        subject_id=subject_id,
        now=now,
    )


@on(ReportDecided)
def tell_those_concerned(session: Session, event: ReportDecided, now: datetime) -> None:
    """Whoever reported it gets the answer; the author gets what was decided, once."""
    decided = session.get(Report, event.report_id)
    if decided is None:
        return
    same = session.scalars(
        select(Report).where(
            Report.subject == decided.subject, Report.decided_at == decided.decided_at
        )
    ).all()
    for each in same:
        _tell_reporter(session, each, now)
    if decided.concerned_id is not None and decided.decision != Decision.NOTHING:
        notify(
            session,
            member_ids=[decided.concerned_id],
            kind="moderation.decided",
            key=f"decided:{decided.id}",
            subject_id=decided.id,
            now=now,
        )


@on(ReportOver)
def tell_that_it_is_over(session: Session, event: ReportOver, now: datetime) -> None:
    over = session.get(Report, event.report_id)
    if over is not None:
        _tell_reporter(session, over, now)


def _tell_reporter(session: Session, decided: Report, now: datetime) -> None:
    notify(
        session,
        member_ids=[decided.reporter_id],
        kind="moderation.answered",
        key=f"answered:{decided.id}",
        subject_id=decided.id,
        now=now,
    )


@on(SubjectChanged)
def tell_reporters(session: Session, event: SubjectChanged, now: datetime) -> None:
    """They can look whether it is right now; moderators cannot, since they don't see the place."""
    reports = session.scalars(
        select(Report)
        .where(Report.subject == event.subject)
        .where(Report.decision.in_([Decision.ASK, Decision.HIDE]))
    ).all()
    for each in reports:
        notify(
            session,
            member_ids=[each.reporter_id],
            kind="moderation.changed",
            key=f"changed:{each.id}",
            subject_id=each.id,
            now=now,
        )


@job("moderation.forget_passages", every=3600)
def forget_passages(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    operations.forget_passages(session, now)


@sentences("moderation.reported")
def reported_lines(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    reports = _reports(session, actor, ReportPermission.HANDLE, notifications)
    return {
        n.id: Line(
            _("Urgent: somebody reported something and may need help now.")
            if reports[n.subject_id].urgent
            else _("Somebody reported something."),
            f"/moderatie/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in reports
    }


@sentences("moderation.nobody")
def nobody_lines(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    if not actor.administers:
        return {}
    text = _(
        "Something waits that takes more moderators: at least three, who can act together. Ask"
        " somebody else to help."
    )
    return {n.id: Line(text, "/beheer/rollen") for n in notifications}


@sentences("moderation.answered")
def answered_lines(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    reports = _reports(session, actor, ReportPermission.READ_ANSWER, notifications)
    return {
        n.id: Line(
            _("There is an answer to what you reported."),
            f"/moderatie/antwoord/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in reports
    }


@sentences("moderation.decided")
def decided_lines(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    texts = {
        Decision.ASK: _("The moderators ask you to change something."),
        Decision.HIDE: _("A message of yours is folded away until you change it."),
        Decision.REMOVE: _("The moderators removed something of yours."),
    }
    reports = _reports(session, actor, ReportPermission.READ_DECISION, notifications)
    return {
        n.id: Line(
            texts[Decision(str(reports[n.subject_id].decision))],
            f"/moderatie/besluit/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in reports
    }


@sentences("moderation.changed")
def changed_lines(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    reports = _reports(session, actor, ReportPermission.READ_ANSWER, notifications)
    return {
        n.id: Line(
            _("A message that you reported was changed by its author."),
            f"/moderatie/antwoord/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in reports
    }


def _reports(
    session: Session,
    actor: Actor,
    permission: ReportPermission,
    notifications: Sequence[Notification],
) -> dict[int, Report]:
    ids = [n.subject_id for n in notifications]
    found = session.scalars(REPORTS.scope(actor, permission).where(Report.id.in_(ids)))
    return {report.id: report for report in found}
