"""Who is told what about cases, in the worker; permissions are asked again there.

A line never holds a title or any other word of a case: it may be read over a shoulder, and it
stands on pages that are not logged as readings.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases import events
from cop.cases.mails import something_waits
from cop.cases.models import Case, CaseState, Contribution, Withdrawal
from cop.cases.permissions import CASES, CasePermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces import holders
from cop.spaces.circles import members_of


@on(events.SecondReadingAsked)
def tell_reader(session: Session, event: events.SecondReadingAsked, now: datetime) -> None:
    case = session.get(Case, event.case_id)
    if case is None or case.state != CaseState.WITH_READER or case.reader_id is None:
        return
    if case.asked_at is None or case.asked_at.isoformat() != event.round:
        return  # taken back and asked anew since
    _tell(
        session,
        _behind(session, [case.reader_id]),
        "cases.second_reading",
        f"{event.case_id}:{event.round}",
        event.case_id,
        now,
        by_id=case.author_id,
        mail=True,
    )


@on(events.SecondReadingDone)
def tell_author(session: Session, event: events.SecondReadingDone, now: datetime) -> None:
    case = session.get(Case, event.case_id)
    if case is not None:
        _tell(
            session,
            _behind(session, [case.author_id]),
            "cases.decision",
            f"{event.case_id}:{event.round}",
            event.case_id,
            now,
            mail=True,
        )


@on(events.CaseShared)
def tell_circle(session: Session, event: events.CaseShared, now: datetime) -> None:
    """On the site; whoever was chosen by name also gets the mail that says nothing."""
    case = session.get(Case, event.case_id)
    if case is None or case.state != CaseState.SHARED or case.circle_id is None:
        return
    author = set(_behind(session, [case.author_id]))
    readers = [m for m in members_of(session, case.circle_id) if m not in author]
    _tell(
        session,
        readers,
        "cases.shared",
        str(case.id),
        case.id,
        now,
        by_id=case.author_id,
        mail=case.own_circle,
    )


@on(events.ContributionAdded)
def tell_of_contribution(session: Session, event: events.ContributionAdded, now: datetime) -> None:
    row = session.execute(
        select(Contribution.author_id, Case.id, Case.author_id.label("case_author"))
        .join(Case, Case.id == Contribution.case_id)
        .where(Contribution.id == event.contribution_id)
    ).one_or_none()
    if row is None or row.author_id == row.case_author:
        return
    _tell(
        session,
        _behind(session, [row.case_author]),
        "cases.contribution",
        str(event.contribution_id),
        row.id,
        now,
        by_id=row.author_id,
    )


@on(events.QuestionAnswered)
def tell_who_asked(session: Session, event: events.QuestionAnswered, now: datetime) -> None:
    row = session.execute(
        select(Contribution.author_id, Case.id, Case.author_id.label("case_author"))
        .join(Case, Case.id == Contribution.case_id)
        .where(Contribution.id == event.contribution_id)
    ).one_or_none()
    if row is None or row.author_id == row.case_author:
        return
    _tell(
        session,
        _behind(session, [row.author_id]),
        "cases.answered",
        str(event.contribution_id),
        row.id,
        now,
        by_id=row.case_author,
    )


@on(events.CaseClosed)
def tell_what_it_yielded(session: Session, event: events.CaseClosed, now: datetime) -> None:
    """Everybody who brought something to it."""
    case = session.get(Case, event.case_id)
    if case is None or case.state != CaseState.CLOSED:
        return
    brought = session.scalars(
        select(Contribution.author_id).where(Contribution.case_id == case.id).distinct()
    ).all()
    author = set(_behind(session, [case.author_id]))
    readers = [m for m in _behind(session, brought) if m not in author]
    _tell(session, readers, "cases.closed", str(case.id), case.id, now, by_id=case.author_id)


@on(events.CaseWithdrawn)
def tell_it_is_withdrawn(session: Session, event: events.CaseWithdrawn, now: datetime) -> None:
    """The author, when somebody else withdrew it."""
    case = session.get(Case, event.case_id)
    if case is not None and case.withdrawn_by == Withdrawal.CONSENT:
        _tell(
            session,
            _behind(session, [case.author_id]),
            "cases.withdrawn",
            str(case.id),
            case.id,
            now,
            mail=True,
        )


def _behind(session: Session, persona_ids: Collection[int]) -> list[int]:
    """The members behind personas, for telling them."""
    found = session.scalars(
        select(Persona.member_id).where(Persona.id.in_(persona_ids), Persona.member_id.is_not(None))
    )
    return [member_id for member_id in found if member_id is not None]


def _tell(
    session: Session,
    member_ids: Sequence[int],
    kind: str,
    cause: str,
    case_id: int,
    now: datetime,
    by_id: int | None = None,
    mail: bool = False,
) -> None:
    key = f"{kind}:{cause}"
    told = notify(
        session,
        member_ids=member_ids,
        kind=kind,
        key=key,
        subject_id=case_id,
        by_id=by_id,
        now=now,
    )
    if mail:
        for member_id in sorted(told):
            something_waits(session, member_id, f"{key}:{member_id}", now)


# kind → the permission without which it is not shown; what it reads follows below.
_NEEDS = {
    "cases.second_reading": CasePermission.SECOND_READ,
    "cases.decision": CasePermission.OWN,
    "cases.shared": CasePermission.READ,
    "cases.contribution": CasePermission.OWN,
    "cases.answered": CasePermission.READ,
    "cases.closed": CasePermission.READ,
    "cases.withdrawn": CasePermission.OWN,
    "cases.draft_ends": CasePermission.OWN,
    "cases.ends_soon": CasePermission.OWN,
}


@sentences(*_NEEDS)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    rows = session.execute(
        select(Case.id, Case.circle_id, *CASES.columns(actor)).where(
            Case.id.in_({n.subject_id for n in notifications})
        ),
        actor.parameters,
    ).all()
    held = {row.id: CASES.from_row(row) for row in rows}
    circles = {row.id: row.circle_id for row in rows}
    shared = {circles[n.subject_id] for n in notifications if n.subject_id in circles}
    places = holders.places(session, actor, {c for c in shared if c is not None})
    found = {}
    for n in notifications:
        if _NEEDS[n.kind] not in held.get(n.subject_id, frozenset()):
            continue
        place = places.get(circles[n.subject_id] or 0)
        found[n.id] = Line(_sentence(n.kind, place), _address(n))
    return found


def _sentence(kind: str, place: holders.Place | None) -> str:
    if kind == "cases.shared":
        if place is not None:
            return _("A case was shared in “%(place)s”.", place=place.name)
        return _("A case was shared with you.")
    return {
        "cases.second_reading": _("A case waits for your second reading."),
        "cases.decision": _("Your case waits for your decision."),
        "cases.contribution": _("Somebody brought something to your case."),
        "cases.answered": _("What you brought to a case was answered."),
        "cases.closed": _("A case to which you brought something has its outcome."),
        "cases.withdrawn": _("Somebody withdrew their consent: your case is gone."),
        "cases.draft_ends": _("A draft of yours will be destroyed in a week."),
        "cases.ends_soon": _("A case of yours will be removed in a week."),
    }[kind]


def _address(n: Notification) -> str:
    if n.kind == "cases.second_reading":
        return f"/casussen/{n.subject_id}/tweede-lezing"
    return f"/casussen/{n.subject_id}"
