"""What belongs to all of a beraad: the dilemma and the conclusion.

Anybody who takes part may hold the pen. Both carry a version, so that nobody writes over somebody
else unseen.
"""

from dataclasses import dataclass, fields, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cop.beraad import seats, typed
from cop.beraad.models import Beraad, Form, Report
from cop.beraad.starters import starter
from cop.members.actor import Actor
from cop.platform.db import is_sqlite
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.sessions.permissions import SessionPermission
from cop.spaces.operations import Stale

LONGEST_PART = 2_000  # of the dilemma
LONGEST_CONCLUSION = 6_000


@dataclass(frozen=True, kw_only=True)
class Dilemma:
    """The dilemma as 'A or B', the damage of each, and the moral question."""

    situation: str = ""
    choice_a: str = ""
    damage_a: str = ""
    choice_b: str = ""
    damage_b: str = ""
    question: str = ""


PARTS = tuple(field.name for field in fields(Dilemma))


def of(session: Session, session_id: int, now: datetime) -> Beraad:
    """The beraad of a session, locked; begun by whoever writes first."""
    make = sqlite.insert if is_sqlite(session) else postgresql.insert
    session.execute(
        make(Beraad)
        .values(
            session_id=session_id,
            created_at=now,
            dilemma_version=0,
            conclusion_version=0,
            **dict.fromkeys((*PARTS, "conclusion"), ""),
        )
        .on_conflict_do_nothing(index_elements=["session_id"])
    )
    return session.scalars(
        select(Beraad)
        .where(Beraad.session_id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def write_dilemma(
    session: Session,
    actor: Actor,
    session_id: int,
    dilemma: Dilemma,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> Beraad:
    """Write the dilemma out; anybody who takes part may hold the pen.

    A part that is not there yet stays empty; it is filled in as the conversation goes.

    Raises:
        NotFound: the actor does not take part, or the session is over.
        Refused: nothing in it, or too much.
        Stale: somebody else wrote meanwhile; its `current` is the beraad.
    """
    seat = seats.enter(session, actor, session_id, SessionPermission.PREPARE)
    dilemma = replace(
        dilemma,
        **{name: typed.bounded(getattr(dilemma, name), LONGEST_PART, name) for name in PARTS},
    )
    if not any(getattr(dilemma, name) for name in PARTS):
        raise Refused(_("Write something, please."), "choice_a")
    typed.ask(session, seat, (getattr(dilemma, name) for name in PARTS), anyway)
    beraad = of(session, session_id, now)
    if all(getattr(beraad, name) == getattr(dilemma, name) for name in PARTS):
        return beraad  # the same form sent twice
    if beraad.dilemma_version != version:
        raise Stale(beraad, beraad.dilemma_version)
    for name in PARTS:
        setattr(beraad, name, getattr(dilemma, name))
    beraad.dilemma_version += 1
    session.flush()
    seats.tell(session, session_id, "beraad.dilemma", beraad.id, now)
    return beraad


def take_starter(
    session: Session, actor: Actor, session_id: int, name: str, now: datetime
) -> Beraad:
    """Practise with a starter dilemma: it is written down as the dilemma of this session.

    Raises:
        NotFound: no such starter, or the actor does not take part.
        Refused: a dilemma stands there already.
    """
    seats.enter(session, actor, session_id, SessionPermission.PREPARE)
    found = starter(name)
    if found is None:
        raise NotFound
    beraad = of(session, session_id, now)
    if beraad.starter == name:
        return beraad
    if any(getattr(beraad, part) for part in PARTS):
        raise Refused(_("There is a dilemma already. Change that, or begin a new session."))
    for part in PARTS:
        setattr(beraad, part, getattr(found, part))
    beraad.starter = name
    beraad.dilemma_version += 1
    session.flush()
    seats.tell(session, session_id, "beraad.dilemma", beraad.id, now)
    return beraad


def conclude(
    session: Session,
    actor: Actor,
    session_id: int,
    text: str,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> Beraad:
    """Write down what those who took part come to; they need not agree.

    Who was there can do that after the session too, until a report was made of it.

    Raises:
        NotFound: the actor does not take part, or it has not begun.
        Refused: nothing in it, too much, or there is a report.
        Stale: somebody else wrote meanwhile; its `current` is the beraad.
    """
    seat = seats.enter(session, actor, session_id, SessionPermission.READ)
    if seat.may_prepare and not seat.running:
        raise NotFound
    text = typed.filled(text, LONGEST_CONCLUSION, "text")
    typed.ask(session, seat, [text], anyway)
    beraad = of(session, session_id, now)
    if beraad.conclusion == text:
        return beraad
    if not can_conclude(session, seat, beraad):
        raise Refused(_("The report was made already. Say it differently there."), "text")
    if beraad.conclusion_version != version:
        raise Stale(beraad, beraad.conclusion_version)
    beraad.conclusion = text
    beraad.conclusion_version += 1
    session.flush()
    seats.tell(session, session_id, "beraad.conclusion", beraad.id, now)
    return beraad


def can_conclude(session: Session, seat: seats.Seat, beraad: Beraad | None) -> bool:
    """While it is held, and afterwards as long as no report was made of it."""
    if seat.running or seat.may_prepare:
        return seat.running
    if beraad is None:
        return True
    made = select(Report.id).where(Report.beraad_id == beraad.id, Report.form == Form.REPORT)
    return session.scalar(made) is None
