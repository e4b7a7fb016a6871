"""Who sits at the table: what beraad asks of the session in which it is held.

Everything of a beraad is reached through one of these, so that the session's own rules say who
reaches it, and there are no others.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.sessions import looking_back
from cop.sessions.among import me, tell
from cop.sessions.methods import SessionKind
from cop.sessions.models import (
    FollowUp,
    GroupSession,
    SessionEntry,
    SessionParticipant,
    SessionState,
)
from cop.sessions.permissions import AHEAD, SESSIONS, SessionPermission, is_me
from cop.spaces.circles import CircleMembership, Standing
from cop.textcheck.checks import Purpose

__all__ = ["tell"]  # every screen of a session: ids only

PURPOSE = Purpose.SESSION
# Kinds of what is typed in a session that belong to what was said about the dilemma.
SAID = ("fact", "alternative", "argument", "dialogue")


@dataclass(frozen=True, slots=True)
class Seat:
    """The actor's own place in a session.

    Attributes:
        leads: they facilitate now.
        weighs: neither who leads nor who observes the conversation does.
        running: it is being held, so that everything can be written.
        may_prepare: it is being held or still to come: the dilemma can be written.
    """

    session_id: int
    participant_id: int
    persona_id: int
    leads: bool
    weighs: bool
    running: bool
    may_prepare: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody who takes part.

    Attributes:
        member_id: for telling them, never for a page; None when they left the community.
        there: they were there while it was held.
        at_table: they are there, without a screen of their own, and are asked to weigh.
    """

    participant_id: int
    persona_id: int
    member_id: int | None
    leads: bool
    there: bool
    at_table: bool
    who: Person


def enter(
    session: Session,
    actor: Actor,
    session_id: int,
    permission: SessionPermission = SessionPermission.TAKE_PART,
) -> Seat:
    """The actor's seat in a moreel beraad.

    Raises:
        NotFound: no such session, another kind, or the actor does not hold the permission on it.
    """
    held = SESSIONS.get(session, actor, permission, session_id)
    if held.kind != SessionKind.BERAAD:
        raise NotFound
    mine = session.scalar(
        select(SessionParticipant)
        .where(SessionParticipant.session_id == session_id)
        .where(is_me(actor))
        .execution_options(populate_existing=True)
    )
    if mine is None:
        raise NotFound
    return seat(held, mine)


def seat(held: GroupSession, mine: SessionParticipant) -> Seat:
    """The place of a participant whom the session's own rules let in."""
    return Seat(
        session_id=held.id,
        participant_id=mine.id,
        persona_id=mine.persona_id,
        leads=mine.leads,
        weighs=not (mine.leads or mine.observes),
        running=held.state == SessionState.RUNNING,
        may_prepare=held.state in AHEAD,
    )


def note_reading(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """Write down that somebody who was there reads a session that is over."""
    held = session.get_one(GroupSession, session_id)
    if held.state == SessionState.CLOSED:
        looking_back.note_reading(session, held, me(session, actor, session_id), now)


def reads(actor: Actor, session_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The actor takes part in the session with this id, or did."""
    return session_id.in_(
        select(GroupSession.id)
        .where(SESSIONS.clause(actor, SessionPermission.READ))
        .where(GroupSession.kind == SessionKind.BERAAD)
        .correlate(None)
    )


def _sitting(session_id: int) -> Any:
    """Those who were not shown out and are in the group still, under the name they had."""
    return (
        select(
            SessionParticipant.id,
            SessionParticipant.persona_id,
            SessionParticipant.member_id,
            SessionParticipant.leads,
            SessionParticipant.observes,
            SessionParticipant.there_at,
            SessionParticipant.left_at,
            SessionParticipant.seen_at,
        )
        .join(GroupSession, GroupSession.id == SessionParticipant.session_id)
        .join(
            CircleMembership,
            (CircleMembership.circle_id == GroupSession.circle_id)
            & (CircleMembership.member_id == SessionParticipant.member_id)
            & (CircleMembership.persona_id == SessionParticipant.persona_id),
        )
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(SessionParticipant.session_id == session_id)
        .where(SessionParticipant.removed_at.is_(None), Persona.gone_at.is_(None))
        .where(CircleMembership.standing.in_((Standing.JOINED, Standing.COORDINATOR)))
        .order_by(SessionParticipant.id)
    )


def people(session: Session, session_id: int, actor: Actor) -> list[Sitting]:
    """Everybody who takes part now, or did until it was over; one query."""
    rows = session.execute(_sitting(session_id).add_columns(*PERSON)).all()
    return [
        Sitting(
            participant_id=row.id,
            persona_id=row.persona_id,
            member_id=row.member_id,
            leads=row.leads,
            there=row.there_at is not None,
            at_table=row.there_at is not None
            and row.seen_at is None
            and row.left_at is None
            and not (row.leads or row.observes),
            who=person(row, actor),
        )
        for row in rows
    ]


def voices(session: Session, session_id: int) -> set[int]:
    """Personas of those who were there and can still say yes or no: a report waits for them all.

    Who was shown out, left the group or left the community is not among them: nobody could ask
    them, and so nothing of what they wrote goes further (`composing`, `reporting`).
    """
    return {
        row.persona_id for row in session.execute(_sitting(session_id)) if row.there_at is not None
    }


def heard(session: Session, session_id: int) -> set[int]:
    """Personas whose words a report holds: the voices, and who facilitated from outside.

    A guest is gone when it is over, and can say neither yes nor no. What they wrote they wrote for
    the group; the voices answer for it, as for what belongs to all.
    """
    guests = session.scalars(
        select(SessionParticipant.persona_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(SessionParticipant.session_id == session_id, Persona.kind == PersonaKind.GUEST)
        .where(SessionParticipant.removed_at.is_(None), SessionParticipant.there_at.is_not(None))
    )
    return voices(session, session_id) | set(guests)


def is_over(session: Session, session_id: int) -> bool:
    """The session was closed: nobody comes in any more, as it is at this moment."""
    state = session.scalar(select(GroupSession.state).where(GroupSession.id == session_id))
    return state == SessionState.CLOSED


def weighing(session: Session, session_id: int) -> set[int]:
    """Personas of those who are asked to weigh: who is there, and neither leads nor observes."""
    return {
        row.persona_id
        for row in session.execute(_sitting(session_id))
        if row.there_at is not None and row.left_at is None and not (row.leads or row.observes)
    }


def members(session: Session, persona_ids: Collection[int]) -> list[int]:
    """The members behind personas, for telling them."""
    found = session.scalars(
        select(Persona.member_id).where(Persona.id.in_(persona_ids), Persona.member_id.is_not(None))
    )
    return [member_id for member_id in found if member_id is not None]


def names(session: Session, session_id: int) -> set[str]:
    """What those who take part are called: their names are no concern in what they write."""
    found = session.scalars(
        select(Persona.name)
        .join(SessionParticipant, SessionParticipant.persona_id == Persona.id)
        .where(SessionParticipant.session_id == session_id)
    ).all()
    return {*found, *(word for name in found for word in name.split())}


@dataclass(frozen=True, slots=True)
class Said:
    """Something that was typed in the session's own steps, shown to all and not struck."""

    id: int
    persona_id: int
    kind: str
    text: str


def said(session: Session, session_id: int) -> list[Said]:
    """Facts, other ways, arguments and notes of the dialogue, in order."""
    rows = session.execute(
        select(SessionEntry.id, SessionParticipant.persona_id, SessionEntry.kind, SessionEntry.text)
        .join(SessionParticipant, SessionParticipant.id == SessionEntry.participant_id)
        .where(SessionEntry.session_id == session_id, SessionEntry.kind.in_(SAID))
        .where(SessionEntry.shown_at.is_not(None), SessionEntry.struck_at.is_(None))
        .order_by(SessionEntry.id)
    )
    return [Said(row.id, row.persona_id, row.kind, row.text) for row in rows if row.text]


def agreed(session: Session, session_id: int) -> list[Said]:
    """What was agreed: who does what is a follow-up of the session; in order, without who."""
    rows = session.execute(
        select(FollowUp.id, SessionParticipant.persona_id, FollowUp.action)
        .join(SessionParticipant, SessionParticipant.id == FollowUp.participant_id)
        .where(FollowUp.session_id == session_id, FollowUp.dropped_at.is_(None))
        .order_by(FollowUp.id)
    )
    return [Said(row.id, row.persona_id, "agreement", row.action) for row in rows]
