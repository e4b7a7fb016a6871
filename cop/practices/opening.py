"""Opening a practice to more people: when each of those who write it wants that.

Nobody's words are read by more people than they wrote them for. Whoever chooses more readers than
there are asks the others; with the last who chooses the same it opens.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.outbox import emit
from cop.practices import events, writing
from cop.practices.models import PracticeEditor
from cop.spaces.events import moment


@dataclass(frozen=True, slots=True)
class Opening:
    """More people are to read it, and not all who write it have said yes.

    Attributes:
        audience: for whom it is to be, as one of `publishing.audiences`.
        waits_for: the names of those who have not said so.
    """

    audience: str
    waits_for: Sequence[str]


def _writers(practice_id: int) -> Select[PracticeEditor]:
    return (
        select(PracticeEditor)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .where(PracticeEditor.practice_id == practice_id, PracticeEditor.accepted_at.is_not(None))
        .where(Persona.gone_at.is_(None))
        .order_by(PracticeEditor.persona_id)
    )


def asked(session: Session, practice_id: int) -> Opening | None:
    """What those who write it are asked; None when nothing is."""
    rows = session.execute(
        _writers(practice_id).with_only_columns(PracticeEditor.opens_to, Persona.name)
    ).all()
    wanted = next((row.opens_to for row in rows if row.opens_to is not None), None)
    if wanted is None:
        return None
    return Opening(wanted, [row.name for row in rows if row.opens_to != wanted])


def asked_of(session: Session, actor: Actor, practice_ids: Collection[int]) -> set[int]:
    """Of these practices those that another writer wants to open and the actor has not answered."""
    if not practice_ids:
        return set()
    other, who = aliased(PracticeEditor), aliased(Persona)
    wanted = exists().where(
        other.practice_id == PracticeEditor.practice_id,
        other.opens_to.is_not(None),
        other.persona_id == who.id,
        who.gone_at.is_(None),
    )
    return set(
        session.scalars(
            select(PracticeEditor.practice_id)
            .join(Persona, Persona.id == PracticeEditor.persona_id)
            .where(PracticeEditor.practice_id.in_(practice_ids))
            .where(PracticeEditor.accepted_at.is_not(None), PracticeEditor.opens_to.is_(None))
            .where(Persona.member_id == actor.member_id, Persona.gone_at.is_(None), wanted)
        )
    )


def all_want(
    session: Session, practice_id: int, mine: PracticeEditor, audience: str, now: datetime
) -> bool:
    """Store that this writer wants it; whether all do. The first who does asks the others."""
    writers = session.scalars(_writers(practice_id)).all()
    known = any(row.opens_to == audience for row in writers)
    mine.opens_to = audience
    if all(row.opens_to == audience for row in writers):
        forget(session, practice_id, now)
        return True
    for row in writers:
        if row.opens_to != audience:
            row.opens_to = None  # what was asked before
    session.flush()
    if not known:
        at = moment(now)
        made = events.OpeningAsked(practice_id=practice_id, by_id=mine.persona_id, at=at)
        emit(session, made, now)
    return False


def forget(session: Session, practice_id: int, now: datetime) -> None:
    """Nothing is asked any more, of nobody."""
    for row in session.scalars(_writers(practice_id)):
        row.opens_to = None
    session.flush()
    writing.settle(session, "practices.opening", practice_id, now)
