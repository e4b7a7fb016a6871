"""The review date: the contact person is reminded once, and whoever looks after it sees it wait."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState, Persona
from cop.notifications.operations import notify
from cop.platform.outbox import job
from cop.practices.models import Practice, PracticeEditor, PracticeState
from cop.practices.publishing import today

EVERY = 3600.0  # seconds
AT_ONCE = 100


@job("practices.review", every=EVERY)
def remind_of_review(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Remind of the practices whose day came since the last look; of each day once."""
    due = session.scalars(
        select(Practice)
        .where(Practice.state == PracticeState.PUBLISHED, Practice.review_on <= today(now))
        .where(or_(Practice.reminded_for.is_(None), Practice.reminded_for < Practice.review_on))
        .order_by(Practice.review_on, Practice.id)
        .limit(AT_ONCE)
        .with_for_update(of=Practice)
    ).all()
    for practice in due:
        practice.reminded_for = practice.review_on
        notify(
            session,
            member_ids=looking_after(session, practice),
            kind="practices.review",
            key=_key(practice),
            subject_id=practice.id,
            now=now,
        )
    session.flush()


def _key(practice: Practice) -> str:
    """Of a reminder: one for each day on which it was to be looked at again."""
    return f"practices.review:{practice.id}:{practice.review_on}"


def is_due(key: str, practice: Practice) -> bool:
    """Whether what the reminder with this key asks is still to be done: nobody chose another day
    since, and nobody took the practice back."""
    return practice.state == PracticeState.PUBLISHED and key == _key(practice)


def looking_after(session: Session, practice: Practice) -> Sequence[int]:
    """The contact person; where there is none, everybody who writes it."""
    rows = session.execute(
        select(Persona.id, Member.id)
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .join(Member, Member.id == Persona.member_id)
        .where(PracticeEditor.practice_id == practice.id)
        .where(PracticeEditor.accepted_at.is_not(None), Persona.gone_at.is_(None))
        .where(Member.state == MemberState.ACTIVE)
    ).all()
    contact = [member for id, member in rows if id == practice.contact_id]
    return contact or [member for _id, member in rows]
