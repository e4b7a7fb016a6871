"""Who read a case: every reading is written down, and the author sees it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases.models import Case, Reading
from cop.cases.permissions import CASES, CasePermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.spaces.circles import persona_in

PAGE = 50


@dataclass(frozen=True, slots=True)
class Read:
    at: datetime
    where: str
    who: Person


def note(session: Session, actor: Actor, case: Case, where: str, now: datetime) -> None:
    """Write down that the actor reads the case now; the author's own reading is none.

    Under the name that they have in the circle, or under which they were asked as second reader.

    Raises:
        NotFound: it was taken back from them a moment ago, or they left its circle.
    """
    if actor.member_id is None:
        return
    author = session.scalar(select(Persona.member_id).where(Persona.id == case.author_id))
    if author == actor.member_id:
        return
    persona_id = case.reader_id
    if where != "second":
        assert case.circle_id is not None
        persona_id = session.scalar(select(persona_in(actor, case.circle_id)))
    if persona_id is None:
        raise NotFound
    session.add(Reading(case_id=case.id, persona_id=persona_id, where=where, at=now))
    session.flush()


def page(
    session: Session, actor: Actor, case_id: int, before_id: int | None = None
) -> tuple[list[Read], int | None]:
    """Who read the actor's own case, newest first, and the key of the next page.

    Raises:
        NotFound: it is not theirs.
    """
    CASES.get(session, actor, CasePermission.OWN, case_id)
    wanted = (
        select(Reading.id, Reading.at, Reading.where, *PERSON)
        .join(Persona, Persona.id == Reading.persona_id)
        .where(Reading.case_id == case_id)
        .order_by(Reading.id.desc())
        .limit(PAGE + 1)
    )
    if before_id is not None:
        wanted = wanted.where(Reading.id < before_id)
    rows = session.execute(wanted).all()
    shown = rows[:PAGE]
    more = shown[-1].id if len(rows) > PAGE else None
    return [Read(r.at, r.where, person(r, actor)) for r in shown], more
