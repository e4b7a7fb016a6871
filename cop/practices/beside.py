"""Reading what stands beside a practice: experiences, institutions, comparisons."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, null, or_, select
from sqlalchemy.orm import Session, aliased

from cop.members.actor import Actor
from cop.members.models import MemberOrganisation, Organisation, Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.practices import words
from cop.practices.models import PracticeComparison, PracticeExperience, PracticeUse
from cop.practices.permissions import COMPARISONS, EXPERIENCES, BesidePermission

BESIDE = 50  # experiences or comparisons on a page; nobody reads more at once


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
    session: Session,
    actor: Actor,
    practice_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Experience]:
    """What the actor may read of it, the newest first."""
    asked = (
        select(
            PracticeExperience,
            EXPERIENCES.clause(actor, BesidePermission.DELETE).label("may_delete"),
            (Persona.member_id == actor.member_id if actor.is_member else null()).label("is_mine"),
            *PERSON,
        )
        .join(Persona, Persona.id == PracticeExperience.persona_id)
        .where(PracticeExperience.practice_id == practice_id)
        .where(EXPERIENCES.clause(actor, BesidePermission.READ))
        .order_by(PracticeExperience.at.desc(), PracticeExperience.id.desc())
        .limit(BESIDE)
    )
    if since is not None and until is not None:
        asked = asked.where(
            PracticeExperience.changed_at > since, PracticeExperience.changed_at <= until
        )
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


def comparisons(
    session: Session, actor: Actor, practice_id: int
) -> tuple[PracticeComparison | None, list[tuple[int, Person, datetime]]]:
    """The actor's own comparison, and those that others share."""
    if not actor.is_member:
        return None, []
    is_mine = Persona.member_id == actor.member_id
    rows = session.execute(
        select(PracticeComparison, is_mine.label("is_mine"), *PERSON)
        .join(Persona, Persona.id == PracticeComparison.persona_id)
        .where(PracticeComparison.practice_id == practice_id)
        .where(COMPARISONS.clause(actor, BesidePermission.READ))
        .order_by(is_mine.desc(), PracticeComparison.shared_at.desc(), PracticeComparison.id)
        .limit(BESIDE)
    ).all()
    own = next((row.PracticeComparison for row in rows if row.is_mine), None)
    return own, [
        (row.PracticeComparison.id, person(row, actor), row.PracticeComparison.shared_at)
        for row in rows
        if not row.is_mine
    ]


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
