"""What happens by itself: drafts end after thirty days, cases at their date, keys with both."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session, aliased

from cop.cases import own_keys, sealing, second_reading, sharing, withdrawn
from cop.cases.mails import something_waits
from cop.cases.models import (
    DRAFT_ENDS,
    READABLE,
    UNSHARED,
    WARNED_BEFORE,
    Case,
    CaseState,
    SealedPart,
    Withdrawal,
)
from cop.cases.permissions import author_gone
from cop.cases.writing import erase
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.notifications.operations import notify
from cop.platform import audit
from cop.platform.outbox import job, on
from cop.platform.policy import among

EVERY = 900.0  # seconds
BATCH = 50


@job("cases.keep", every=EVERY)
def keep(session: Session, _payload: dict[str, Any], now: datetime) -> bool:
    """Everything that is due, a batch of each at a time; `cop cases tidy` does the same at once.

    Returns:
        Whether more is due: then it runs again at once.
    """
    done = a_round(session, now)
    own_keys.sweep(session)
    return more_is_due(done)


def a_round(session: Session, now: datetime) -> Counter[str]:
    """A batch of everything that is due; of what how many were done."""
    steps: dict[str, Callable[[Session, datetime], int]] = {
        "withdrawn": withdraw_again,
        "warned": warn,
        "ended": end_drafts,
        "removed": lambda session, now: sharing.remove_due(session, now, BATCH),
        "orphans": forget_orphans,
    }
    return Counter({name: step(session, now) for name, step in steps.items()})


def more_is_due(done: Counter[str]) -> bool:
    """A batch was full."""
    return any(count >= BATCH for count in done.values())


def withdraw_again(session: Session, now: datetime) -> int:
    """What was withdrawn or thrown away stays so, also when an older backup was brought back.

    What is withdrawn in the database and could not be written down then is written down now.
    """
    gone, again = withdrawn.listed(), 0
    known = {one.case_id for one in gone}
    found = session.scalars(
        select(Case).where(or_(Case.id.in_(known), Case.state == CaseState.WITHDRAWN))
    ).all()
    for case in found:
        one = withdrawn.name_of(case)
        if case.state == CaseState.WITHDRAWN:
            if one not in gone and case.withdrawn_by is not None:
                withdrawn.write_down(case, Withdrawal(case.withdrawn_by))
        elif one in gone:
            held = session.get(Case, case.id, with_for_update=True, populate_existing=True)
            if held is None or held.state == CaseState.WITHDRAWN:
                continue  # another worker was first
            by = gone[one]
            if by is None:
                erase(session, held, now)
            else:
                sharing.withdraw_decided(session, held, by, now)
            again += 1
    return again


def _unshared() -> ColumnElement[bool]:
    return among(Case.state, UNSHARED)


def warn(session: Session, now: datetime) -> int:
    """A week before a draft or a shared case ends, its author is told once."""
    soon = session.execute(
        select(Case, Persona.member_id)
        .join(Persona, Persona.id == Case.author_id)
        .where(
            Case.warned_at.is_(None),
            Persona.member_id.is_not(None),
            or_(
                and_(_unshared(), Case.changed_at <= now - DRAFT_ENDS + WARNED_BEFORE),
                and_(
                    among(Case.state, READABLE),
                    Case.remove_at <= now + WARNED_BEFORE,
                    Case.remove_at > now,
                ),
            ),
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Case)
    ).all()
    for case, member_id in soon:
        assert member_id is not None
        case.warned_at = now
        kind, ends = "cases.draft_ends", case.changed_at + DRAFT_ENDS
        if case.state in READABLE:
            assert case.remove_at is not None
            kind, ends = "cases.ends_soon", case.remove_at
        key = f"{kind}:{case.id}:{ends.isoformat()}"  # of the same end one is warned once
        notify(session, member_ids=[member_id], kind=kind, key=key, subject_id=case.id, now=now)
        something_waits(session, member_id, key, now)
    session.flush()
    return len(soon)


def end_drafts(session: Session, now: datetime) -> int:
    """Nobody came back to it; and its author was warned a week ago, however long we were away."""
    ended = session.scalars(
        select(Case)
        .where(
            _unshared(),
            Case.changed_at <= now - DRAFT_ENDS,
            Case.warned_at <= now - WARNED_BEFORE,
        )
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for case in ended:
        case_id = case.id
        erase(session, case, now)
        audit.record(
            session, "case.draft_ended", actor="system", subject=f"case:{case_id}", now=now
        )
    return len(ended)


@on(MemberLeft)
def forget_of_member(session: Session, event: MemberLeft, now: datetime) -> None:
    forget_orphans(session, now)


@on(PseudonymEnds)
def forget_of_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    forget_orphans(session, now)


def forget_orphans(session: Session, now: datetime) -> int:
    """What nobody is the author of, and what nobody reads a second time any more; how many.

    A second reader still sees what a pseudonym put before them until that pseudonym's own end, so
    that it cannot be tied to who left; the raw text is gone at once.
    """
    author, member = aliased(Persona), aliased(Member)
    left = exists().where(member.id == author.member_id, member.state == MemberState.LEFT)
    nobody = or_(author.member_id.is_(None), author.gone_at.is_not(None), left)
    waits = and_(
        Case.state == CaseState.WITH_READER,
        author.kind == PersonaKind.PSEUDONYM,
        author.gone_at.is_(None),
    )
    raw = exists().where(SealedPart.case_id == Case.id, SealedPart.name == sealing.RAW)
    rows = session.execute(
        select(Case, waits)
        .join(author, author.id == Case.author_id)
        .where(_unshared(), nobody, or_(not_(waits), raw))
        .limit(BATCH)
    ).all()
    for case, still_read in rows:
        if still_read:
            sealing.drop(session, case, sealing.RAW)
            sealing.drop(session, case, sealing.CHECKED)
        else:
            erase(session, case, now)
    without_reader = session.scalars(
        select(Case)
        .join(Persona, Persona.id == Case.reader_id)
        .where(Case.state == CaseState.WITH_READER, Persona.gone_at.is_not(None), ~author_gone())
        .limit(BATCH)
    ).all()
    for case in without_reader:
        second_reading.reader_left(session, case, now)
    session.flush()
    return max(len(rows), len(without_reader))
