"""A case that was approved: shared with its circle, talked about, closed, withdrawn, removed."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.cases import events, sealing, until, withdrawn
from cop.cases.codes import LENGTH, plain_code
from cop.cases.models import (
    READABLE,
    Basis,
    Case,
    CaseState,
    CaseTheme,
    Consent,
    Contribution,
    ContributionKind,
    Withdrawal,
)
from cop.cases.permissions import (
    CASES,
    CONTRIBUTIONS,
    CasePermission,
    ContributionPermission,
    still_there,
)
from cop.cases.writing import erase, forget_reported
from cop.deidentify import Label, find
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.tokens import hash_token
from cop.moderation import operations as moderation
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.circles import CircleMembership, in_circle, persona_in
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_THEMES = 6
MOST_CONTRIBUTION = 4_000
MOST_OUTCOME = 6_000
LOG_KEPT = timedelta(days=30)
SAME_FORM = timedelta(minutes=10)


def share(
    session: Session,
    actor: Actor,
    case_id: int,
    remove_at: datetime,
    theme_ids: Iterable[int],
    now: datetime,
    asked: bool = False,
) -> None:
    """Let the circle read it, until a date.

    Args:
        asked: who agreed was asked about this date.

    Raises:
        NotFound: it is not approved, or not the actor's.
        Refused: a date that is too near or too far, or later than who agreed was told; an agreement
            that was withdrawn, or the author is no longer in the circle.
    """
    CASES.get(session, actor, CasePermission.SHARE, case_id)
    case = _lock(session, case_id, CaseState.APPROVED)
    until.check(remove_at, now)
    assert case.circle_id is not None
    if not session.scalar(select(in_circle(actor, case.circle_id))):
        raise Refused(
            _("You are no longer in the circle for which this was approved. It cannot be shared.")
        )
    if case.basis == Basis.SOMEBODY:
        given = session.scalars(select(Consent).where(Consent.case_id == case.id)).all()
        if not given or any(c.withdrawn_at for c in given):
            raise Refused(_("The person whom it is about no longer agrees. It cannot be shared."))
    wanted = set(theme_ids)
    themes = session.scalars(
        select(Theme.id).where(Theme.id.in_(wanted), Theme.retired_at.is_(None))
    ).all()
    if len(wanted) > MOST_THEMES:
        raise Refused(_("Choose at most %(most)s themes.", most=MOST_THEMES), "themes")
    until.hold_to(session, case, remove_at, asked)
    session.add_all(CaseTheme(case_id=case.id, theme_id=theme_id) for theme_id in themes)
    case.state, case.shared_at, case.remove_at = CaseState.SHARED, now, remove_at
    case.changed_at, case.warned_at = now, None
    session.flush()
    # Not by whom: where the author has a pseudonym, the trail would tie it to the member.
    audit.record(session, "case.shared", actor="author", subject=f"case:{case.id}", now=now)
    emit(session, events.CaseShared(case_id=case.id), now)


def extend(
    session: Session,
    actor: Actor,
    case_id: int,
    remove_at: datetime,
    now: datetime,
    asked: bool = False,
) -> None:
    """A later date of removal, or an earlier one; nobody but the author.

    Args:
        asked: who agreed was asked about this date.

    Raises:
        Refused: a date that is too near or too far, or later than who agreed was told.
    """
    CASES.get(session, actor, CasePermission.EXTEND, case_id)
    case = _lock(session, case_id, *READABLE)
    until.check(remove_at, now)
    until.hold_to(session, case, remove_at, asked)
    case.remove_at, case.warned_at = remove_at, None
    session.flush()


def contribute(
    session: Session,
    actor: Actor,
    case_id: int,
    kind: str,
    text: str,
    now: datetime,
    anyway: bool = False,
) -> Contribution:
    """Bring something to a case. The same form sent twice gives the same contribution.

    Raises:
        NotFound: not in its circle, or it is closed.
        Refused: nothing in it, or too much.
    """
    case = CASES.get(session, actor, CasePermission.CONTRIBUTE, case_id)
    if kind not in set(ContributionKind):
        raise Refused(_("Choose one of these."), "kind")
    text = _checked(text, MOST_CONTRIBUTION, "text")
    ask_author([text], Purpose.CASE, anyway, known=lambda: _names_in(session, case))
    _lock(session, case_id, CaseState.SHARED)
    assert case.circle_id is not None
    author_id = session.scalars(select(persona_in(actor, case.circle_id))).one()
    recent = session.scalars(
        select(Contribution).where(
            Contribution.case_id == case.id,
            Contribution.author_id == author_id,
            Contribution.at > now - SAME_FORM,
        )
    ).all()
    for twin in recent:
        if twin.text == text and twin.kind == kind:
            return twin
    made = Contribution(case_id=case.id, kind=kind, author_id=author_id, text=text, at=now)
    session.add(made)
    session.flush()
    emit(session, events.ContributionAdded(contribution_id=made.id), now)
    return made


def answer(
    session: Session,
    actor: Actor,
    contribution_id: int,
    text: str,
    now: datetime,
    anyway: bool = False,
) -> Contribution:
    """The author of the case answers below a contribution."""
    found = CONTRIBUTIONS.get(session, actor, ContributionPermission.ANSWER, contribution_id)
    text = _checked(text, MOST_CONTRIBUTION, "text")
    case = session.get_one(Case, found.case_id)
    ask_author([text], Purpose.CASE, anyway, known=lambda: _names_in(session, case))
    first = found.answer is None
    found.answer, found.answered_at = text, now
    session.flush()
    if first:
        emit(session, events.QuestionAnswered(contribution_id=found.id), now)
    return found


def delete_contribution(session: Session, actor: Actor, contribution_id: int, now: datetime) -> int:
    """One's own, or one below a case of one's own; the case's id."""
    found = CONTRIBUTIONS.get(session, actor, ContributionPermission.DELETE, contribution_id)
    remove_contribution(session, found, now)
    return found.case_id


def remove_contribution(session: Session, found: Contribution, now: datetime) -> None:
    """It goes, and what was enclosed of it in a report."""
    moderation.forget_words(session, [f"contribution:{found.id}"], now)
    session.delete(found)
    session.flush()


def leave(session: Session, actor: Actor, case_id: int) -> None:
    """Somebody who was chosen no longer wants to be in the circle; no reason is needed."""
    case = CASES.get(session, actor, CasePermission.LEAVE, case_id)
    session.execute(
        delete(CircleMembership).where(
            CircleMembership.circle_id == case.circle_id,
            CircleMembership.member_id == actor.member_id,
        )
    )
    session.flush()


def close(
    session: Session, actor: Actor, case_id: int, outcome: str, now: datetime, anyway: bool = False
) -> None:
    """What it yielded; from then on it is only read. Written once more, it is changed."""
    CASES.get(session, actor, CasePermission.CLOSE, case_id)
    outcome = _checked(outcome, MOST_OUTCOME, "outcome")
    case = _lock(session, case_id, *READABLE)
    ask_author([outcome], Purpose.CASE, anyway, known=lambda: _names_in(session, case))
    first = case.closed_at is None
    case.outcome, case.closed_at, case.state = outcome, case.closed_at or now, CaseState.CLOSED
    session.flush()
    if first:
        emit(session, events.CaseClosed(case_id=case.id), now)


def withdraw(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """The author takes their case back: it is gone at once."""
    CASES.get(session, actor, CasePermission.WITHDRAW, case_id)
    withdraw_decided(session, _lock(session, case_id, *READABLE), Withdrawal.AUTHOR, now)


def withdraw_left_behind(session: Session, actor: Actor, case_id: int, now: datetime) -> None:
    """Somebody who may not read it takes back a case whose author is gone."""
    CASES.get(session, actor, CasePermission.WITHDRAW_LEFT_BEHIND, case_id)
    withdraw_decided(session, _lock(session, case_id, *READABLE), Withdrawal.LEFT_BEHIND, now)


def consent_behind(session: Session, code: str) -> Consent | None:
    """The agreement that a code belongs to, as long as there is something to withdraw."""
    plain = plain_code(code)
    if len(plain) != LENGTH:
        return None
    return session.scalar(
        select(Consent)
        .join(Case, Case.id == Consent.case_id)
        .where(
            Consent.code_hash == hash_token(plain),
            Consent.withdrawn_at.is_(None),
            Case.state != CaseState.WITHDRAWN,
            still_there(),
        )
    )


def withdraw_consent(session: Session, code: str, now: datetime) -> None:
    """Whoever has the code no longer agrees: nobody reads the case any more, from now on.

    Raises:
        NotFound: no such code, or it was used.
    """
    consent = consent_behind(session, code)
    if consent is None:
        raise NotFound
    case = session.get_one(Case, consent.case_id, with_for_update=True, populate_existing=True)
    consent.withdrawn_at = now
    session.flush()
    if case.state != CaseState.WITHDRAWN:  # by somebody else, a moment ago
        withdraw_decided(session, case, Withdrawal.CONSENT, now)


def withdraw_decided(session: Session, case: Case, by: Withdrawal, now: datetime) -> None:
    """Nothing of the words stays; that it was shared, and read by whom, stays for a month.

    Whoever calls has asked whether it may be, and holds the case.
    """
    sealing.destroy(session, case, case.destroyed_at or now)
    forget_reported(session, case.id, now)
    session.execute(delete(Contribution).where(Contribution.case_id == case.id))
    session.execute(delete(CaseTheme).where(CaseTheme.case_id == case.id))
    case.title = case.question = case.text = case.outcome = None
    case.reader_id, case.words = None, 0
    case.state, case.withdrawn_at, case.withdrawn_by = CaseState.WITHDRAWN, now, by
    case.changed_at = now
    case.remove_at = min(case.remove_at or now + LOG_KEPT, now + LOG_KEPT)
    session.flush()
    withdrawn.note(session, case, by)
    audit.record(
        session,
        "case.withdrawn",
        actor=by,
        subject=f"case:{case.id}",
        now=now,
    )
    emit(session, events.CaseWithdrawn(case_id=case.id), now)


def remove_due(session: Session, now: datetime, most: int) -> int:
    """Cases whose date has come are removed, with everything that stood below them."""
    due = session.scalars(
        select(Case)
        .where(Case.remove_at <= now)
        .order_by(Case.remove_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for case in due:
        case_id = case.id
        erase(session, case, now)
        audit.record(session, "case.removed", actor="system", subject=f"case:{case_id}", now=now)
    return len(due)


def _names_in(session: Session, case: Case) -> set[str]:
    """The pseudonyms that stand in a case, by which people in it are named, and who talks of it."""
    brought = select(Contribution.author_id).where(Contribution.case_id == case.id)
    talking = session.scalars(
        select(Persona.name).where(or_(Persona.id == case.author_id, Persona.id.in_(brought)))
    ).all()
    text = "\n".join(
        [case.title or "", case.question or "", *json.loads(case.text or "{}").values()]
    )
    named = {text[s.start : s.end] for s in find(text) if s.label is Label.PERSON}
    return named.union(talking)


def _lock(session: Session, case_id: int, *states: CaseState) -> Case:
    case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if case.state not in states:
        raise NotFound
    return case


def _checked(text: str, most: int, field: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not any(c.isalnum() for c in text):
        raise Refused(_("Write something, please."), field)
    if len(text) > most:
        raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    return text
