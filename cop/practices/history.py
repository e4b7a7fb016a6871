"""The versions of a practice: who changed which section when, and what changed.

Readers see what happened since it was last published, or was opened to more people than before:
what was written before that was not for them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.practices import words
from cop.practices.differences import Piece, between
from cop.practices.models import PracticeRevision, PracticeSection

PAGE = 30


@dataclass(frozen=True, slots=True)
class Change:
    """One version of one section.

    Attributes:
        is_first: the first one that this reader sees: there is nothing to compare it with.
        is_current: what the section says now.
        taken_out: its words were taken out of the history.
    """

    id: int
    section: str
    label: str
    version: int
    at: datetime
    by: Person | None
    is_first: bool
    is_current: bool
    taken_out: bool


def changes(
    session: Session,
    actor: Actor,
    practice_id: int,
    *,
    writes: bool,
    before: int | None = None,
) -> tuple[list[Change], int | None]:
    """The versions, the last first, and where the next page begins; one query.

    Args:
        writes: the actor writes the practice, and sees the drafts as well.
        before: a revision's id.
    """
    asked = _asked(practice_id, writes).order_by(PracticeRevision.id.desc()).limit(PAGE + 1)
    if before is not None:
        asked = asked.where(PracticeRevision.id < before)
    rows = session.execute(asked).all()
    shown = rows[:PAGE]
    return (
        [_change(row, actor, writes) for row in shown],
        shown[-1].PracticeRevision.id if len(rows) > PAGE else None,
    )


def _asked(practice_id: int, writes: bool) -> Any:
    asked = (
        select(
            PracticeRevision,
            PracticeSection.version.label("latest"),
            PracticeSection.shown_from,
            *PERSON,
        )
        .join(
            PracticeSection,
            and_(
                PracticeSection.practice_id == PracticeRevision.practice_id,
                PracticeSection.name == PracticeRevision.section,
            ),
        )
        .join(Persona, Persona.id == PracticeRevision.by_id)
        .where(PracticeRevision.practice_id == practice_id)
    )
    if not writes:
        asked = asked.where(PracticeRevision.version >= PracticeSection.shown_from)
    return asked


def _change(row: Any, actor: Actor, writes: bool) -> Change:
    revision: PracticeRevision = row.PracticeRevision
    first = 1 if writes else row.shown_from
    return Change(
        id=revision.id,
        section=revision.section,
        label=str(words.SECTIONS[revision.section]),
        version=revision.version,
        at=revision.at,
        by=person(row, actor) if actor.is_member else None,
        is_first=revision.version == first,
        is_current=revision.version == row.latest,
        taken_out=revision.source is None,
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """What one version changed. `pieces` is None when one of the two was taken out."""

    change: Change
    pieces: Sequence[Piece] | None


def difference(
    session: Session, actor: Actor, practice_id: int, revision_id: int, *, writes: bool
) -> Difference:
    """
    Raises:
        NotFound: no such version that the actor may see.
    """
    row = session.execute(
        _asked(practice_id, writes).where(PracticeRevision.id == revision_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    change = _change(row, actor, writes)
    earlier = aliased(PracticeRevision)
    old: str | None = ""
    if not change.is_first:
        old = session.scalar(
            select(earlier.source).where(
                earlier.practice_id == practice_id,
                earlier.section == change.section,
                earlier.version == change.version - 1,
            )
        )
    new = row.PracticeRevision.source
    return Difference(change, between(old, new) if old is not None and new is not None else None)
