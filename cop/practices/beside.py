"""Reading what stands beside a practice: experiences, institutions, comparisons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, null, or_, select
from sqlalchemy.orm import Session, aliased

from cop.members.actor import Actor
from cop.members.models import MemberOrganisation, Organisation, Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.practices import words
from cop.practices.models import PracticeComparison, PracticeExperience, PracticeUse
from cop.practices.permissions import COMPARISONS, EXPERIENCES, BesidePermission

BESIDE = 50  # experiences or comparisons on a page


@dataclass(frozen=True, slots=True)
class Experience:
    """How it went with somebody else."""

    id: int
    verdict: str
    label: str
    context: str
    result: str
    at: datetime
    person: Person
    is_mine: bool
    may_delete: bool


def experiences(
    session: Session, actor: Actor, practice_id: int, before: int | None = None
) -> tuple[list[Experience], int | None]:
    """What the actor may read of it, the newest first, and before which the next page begins."""
    asked = _experiences(actor, practice_id).limit(BESIDE + 1)
    if before is not None:
        asked = asked.where(PracticeExperience.id < before)
    made = _made(session, actor, asked)
    shown = made[:BESIDE]
    return shown, shown[-1].id if len(made) > BESIDE else None


def told_between(
    session: Session, actor: Actor, practice_id: int, since: datetime, until: datetime
) -> list[Experience]:
    """All that was told of it first in this span, also where other words came later."""
    asked = _experiences(actor, practice_id)
    span = PracticeExperience.at > since, PracticeExperience.at <= until
    return _made(session, actor, asked.where(*span))


def own_experience(session: Session, actor: Actor, practice_id: int) -> Experience | None:
    """What the actor told of it themselves."""
    if not actor.is_member:
        return None
    asked = _experiences(actor, practice_id).where(Persona.member_id == actor.member_id).limit(1)
    return next(iter(_made(session, actor, asked)), None)


def _experiences(actor: Actor, practice_id: int) -> Select[Any]:
    return (
        select(
            PracticeExperience,
            EXPERIENCES.clause(actor, BesidePermission.DELETE).label("may_delete"),
            (Persona.member_id == actor.member_id if actor.is_member else null()).label("is_mine"),
            *PERSON,
        )
        .join(Persona, Persona.id == PracticeExperience.persona_id)
        .where(PracticeExperience.practice_id == practice_id)
        .where(EXPERIENCES.clause(actor, BesidePermission.READ))
        .order_by(PracticeExperience.id.desc())
    )


def _made(session: Session, actor: Actor, asked: Select[Any]) -> list[Experience]:
    made = []
    for row in session.execute(asked):
        said: PracticeExperience = row.PracticeExperience
        made.append(
            Experience(
                said.id,
                said.verdict,
                str(words.VERDICTS[said.verdict]),
                said.context,
                said.result,
                said.at,
                person(row, actor),
                bool(row.is_mine),
                bool(row.may_delete),
            )
        )
    return made


def users(session: Session, practice_id: int) -> list[tuple[str, datetime]]:
    """The institutions that work this way, by name, each once, with since when."""
    rows = session.execute(
        select(Organisation.name, PracticeUse.since)
        .join(PracticeUse, PracticeUse.organisation_id == Organisation.id)
        .where(PracticeUse.practice_id == practice_id)
        .order_by(Organisation.sort_key, Organisation.id, PracticeUse.since)
    ).all()
    first: dict[str, datetime] = {}
    for name, since in rows:
        first.setdefault(name, since)
    return list(first.items())


def institutions(
    session: Session, actor: Actor, practice_id: int
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """What the actor can name, their own institutions first; and what they named."""
    own = exists().where(
        MemberOrganisation.organisation_id == Organisation.id,
        MemberOrganisation.member_id == actor.member_id,
    )
    named = aliased(PracticeUse)
    my_names = select(Persona.id).where(Persona.member_id == actor.member_id)
    said = exists().where(
        named.organisation_id == Organisation.id,
        named.practice_id == practice_id,
        named.persona_id.in_(my_names),
    )
    rows = session.execute(
        select(Organisation.id, Organisation.name, own.label("own"), said.label("said"))
        .where(Organisation.proposed_at.is_(None))
        .where(or_(Organisation.retired_at.is_(None), said))
        .order_by(Organisation.sort_key, Organisation.id)
    ).all()
    choices = sorted((row for row in rows if not row.said), key=lambda row: not row.own)
    return (
        [(row.id, row.name) for row in choices],
        [(row.id, row.name) for row in rows if row.said],
    )


def own_comparison(session: Session, actor: Actor, practice_id: int) -> PracticeComparison | None:
    """The actor's own way of working beside it, the last that they kept."""
    return session.scalar(
        select(PracticeComparison)
        .join(Persona, Persona.id == PracticeComparison.persona_id)
        .where(PracticeComparison.practice_id == practice_id)
        .where(Persona.member_id == actor.member_id)
        .where(COMPARISONS.clause(actor, BesidePermission.READ))
        .order_by(PracticeComparison.id.desc())
        .limit(1)
    )


def comparisons(
    session: Session, actor: Actor, practice_id: int, before: int | None = None
) -> tuple[list[tuple[int, Person, datetime]], int | None]:
    """Those that others share, the newest first, and before which the next page begins."""
    asked = (
        select(PracticeComparison.id, PracticeComparison.shared_at, *PERSON)
        .join(Persona, Persona.id == PracticeComparison.persona_id)
        .where(PracticeComparison.practice_id == practice_id)
        .where(Persona.member_id.is_distinct_from(actor.member_id))
        .where(COMPARISONS.clause(actor, BesidePermission.READ))
        .order_by(PracticeComparison.id.desc())
        .limit(BESIDE + 1)
    )
    if before is not None:
        asked = asked.where(PracticeComparison.id < before)
    rows = session.execute(asked).all()
    shown = [(row[0], person(row, actor), row.shared_at) for row in rows[:BESIDE]]
    return shown, shown[-1][0] if len(rows) > BESIDE else None


def comparison(
    session: Session, actor: Actor, comparison_id: int
) -> tuple[PracticeComparison, Person, bool]:
    """
    Raises:
        NotFound: it is not there, or not for this actor.
    """
    row = session.execute(
        select(
            PracticeComparison,
            (Persona.member_id == actor.member_id if actor.is_member else null()).label("is_mine"),
            *PERSON,
        )
        .join(Persona, Persona.id == PracticeComparison.persona_id)
        .where(PracticeComparison.id == comparison_id)
        .where(COMPARISONS.clause(actor, BesidePermission.READ))
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.PracticeComparison, person(row, actor), bool(row.is_mine)
