"""Reporting a case or a contribution: the moderators get the words that the reporter chose.

They never read the case for it, before or after: what they decide is carried out here without
their seeing where it is. An approved text cannot be changed any more, so nothing is folded away
until it is: it stays, its author is asked to act, or it goes.
"""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases.models import READABLE, Case, Contribution, Withdrawal
from cop.cases.permissions import CASES, CONTRIBUTIONS, CasePermission, ContributionPermission
from cop.cases.sharing import remove_contribution, withdraw_decided
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.moderation import operations, queries
from cop.moderation.events import ReportDecided
from cop.moderation.models import Decision, Report
from cop.moderation.subjects import subject
from cop.platform.outbox import on

DECISIONS = (Decision.NOTHING, Decision.ASK, Decision.REMOVE)


def case_to_report(session: Session, actor: Actor, case_id: int) -> tuple[Case, int | None]:
    """A case that the actor may report, and their own report of it if there is one.

    Raises:
        NotFound: they cannot read it, or it is their own.
    """
    found = CASES.get(session, actor, CasePermission.REPORT, case_id)
    return found, queries.reported_by(session, actor, f"case:{found.id}", found.version)


def contribution_to_report(
    session: Session, actor: Actor, contribution_id: int
) -> tuple[Contribution, int | None]:
    """The same for what somebody brought to a case."""
    found = CONTRIBUTIONS.get(session, actor, ContributionPermission.REPORT, contribution_id)
    return found, queries.reported_by(session, actor, f"contribution:{found.id}", 1)


def report(
    session: Session,
    actor: Actor,
    about: Case | Contribution,
    *,
    passage: str,
    reason: str,
    note: str,
    urgent: bool,
    host: str,
    now: datetime,
    anyway: bool = False,
) -> Report:
    """Send it to the moderators; `about` is from one of the functions above.

    Raises:
        AuthorAsked: a check speaks up about the note.
        Refused: nothing said, words that do not stand there, reported already, too many.
    """
    if isinstance(about, Case):
        name, version = f"case:{about.id}", about.version
        parts = [about.title, about.question, *json.loads(about.text or "{}").values()]
        words = "\n".join(part or "" for part in [*parts, about.outcome])
    else:
        name, version = f"contribution:{about.id}", 1
        words = f"{about.text}\n{about.answer or ''}"
    return operations.report(
        session,
        actor,
        subject=name,
        version=version,
        concerned_id=session.scalar(select(Persona.member_id).where(Persona.id == about.author_id)),
        whole=words,
        passage=passage,
        reason=reason,
        note=note,
        urgent=urgent,
        host=host,
        now=now,
        needs_passage=False,
        anyway=anyway,
    )


@on(ReportDecided)
def carry_out(session: Session, event: ReportDecided, now: datetime) -> None:
    """Take away what the moderators decided about without knowing which it is."""
    kind, _colon, number = event.subject.partition(":")
    if event.decision != Decision.REMOVE:
        return
    if kind == "case":
        case = session.get(Case, int(number), with_for_update=True)
        if case is not None and case.state in READABLE:
            withdraw_decided(session, case, Withdrawal.MODERATORS, now)
    elif kind == "contribution":
        contribution = session.get(Contribution, int(number))
        if contribution is not None:
            remove_contribution(session, contribution, now)


@subject("case", DECISIONS)
def place_of_case(session: Session, actor: Actor, case_id: int) -> str | None:
    """Where a reporter or the author finds it."""
    may = CASES.held(session, actor, case_id)
    found = may & {CasePermission.READ, CasePermission.OWN}
    return f"/casussen/{case_id}" if found else None


@subject("contribution", DECISIONS)
def place_of_contribution(session: Session, actor: Actor, contribution_id: int) -> str | None:
    case_id = session.scalar(
        select(Contribution.case_id).where(
            Contribution.id == contribution_id,
            Contribution.case_id.in_(
                select(Case.id).where(CASES.clause(actor, CasePermission.READ))
            ),
        )
    )
    return f"/casussen/{case_id}#bijdrage-{contribution_id}" if case_id is not None else None
