"""What every operation on a session begins and ends with: its row held, who acts, who is told."""

import secrets
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.gatherings.guest_models import GatheringGuest
from cop.groups.certainty import OPEN_AFTER
from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import format_time, sort_key
from cop.platform.i18n import gettext as _
from cop.platform.live import publish, turn_out
from cop.sessions.methods import Mode
from cop.sessions.models import GroupSession, SessionParticipant
from cop.sessions.permissions import SESSIONS, SessionPermission, is_me
from cop.spaces.circles import persona_in

LONGEST_KEY = 64
AWAY_AFTER = timedelta(seconds=90)  # without a sign, somebody counts as dropped out
OPEN_BEFORE = timedelta(hours=6)  # its date: from then on it can begin


def held(
    session: Session, actor: Actor, permission: SessionPermission, session_id: int
) -> GroupSession:
    """The session, its row held until the end of the transaction, as it is now.

    Raises:
        NotFound: the actor does not hold the permission, also when that just changed.
    """
    found = session.get(GroupSession, session_id, with_for_update=True, populate_existing=True)
    asked = {"id": session_id} | actor.parameters
    # Asked now that nobody changes it.
    if found is None or session.scalar(_allowed(actor.left_open, permission), asked) is None:
        raise NotFound
    return found


@cache
def _allowed(kind: Actor, permission: SessionPermission) -> Select[int]:
    """Built once per kind of actor: a live session asks it at every touch of a button."""
    return select(GroupSession.id).where(
        GroupSession.id == bindparam("id"), SESSIONS.clause(kind, permission)
    )


def is_too_late(its: GroupSession, now: datetime) -> bool:
    """Its date is over: nobody comes in any more who was not in. One that began late runs out."""
    until = its.gathering.ends_at
    if its.started_at is not None:
        until = max(until, its.started_at)
    return until + OPEN_AFTER <= now


def not_yet(its: GroupSession, now: datetime) -> str | None:
    """Why it cannot begin now, in one sentence; None when it can.

    A session is begun for good, and closed for good: not weeks before its date by a wrong press,
    nor on a date that was cancelled or still waits for a facilitator [domain, Intervisie].
    """
    gathering = its.gathering
    if gathering.cancelled_at is not None:
        return _("This date was cancelled, so the session does not begin.")
    if gathering.provisional:
        return _("This date is not confirmed yet, so the session cannot begin.")
    if now < opens_at(its):
        at = f"{when.spoken_day(opens_at(its))}, {format_time(opens_at(its))}"
        return _("The session can begin from %(moment)s.", moment=at)
    return None


def opens_at(its: GroupSession) -> datetime:
    """From when it can begin, if its date goes on."""
    return its.gathering.starts_at - OPEN_BEFORE


def me(session: Session, actor: Actor, session_id: int) -> SessionParticipant:
    """The actor as a participant.

    Raises:
        NotFound: they are none.
    """
    mine = session.scalar(
        select(SessionParticipant).where(
            SessionParticipant.session_id == session_id,
            is_me(actor),
            SessionParticipant.removed_at.is_(None),
        )
    )
    if mine is None:
        raise NotFound
    return mine


def participant(session: Session, session_id: int, participant_id: int) -> SessionParticipant:
    """One who takes part.

    Raises:
        NotFound: not in this session, or no longer.
    """
    found = session.get(SessionParticipant, participant_id)
    if found is None or found.session_id != session_id or found.removed_at is not None:
        raise NotFound
    return found


def leader(session: Session, session_id: int) -> SessionParticipant | None:
    """Who leads now."""
    return session.scalar(
        select(SessionParticipant).where(
            SessionParticipant.session_id == session_id, SessionParticipant.leads
        )
    )


def is_there(one: SessionParticipant, now: datetime) -> bool:
    """They came, did not leave, and gave a sign lately."""
    if one.left_at is not None or one.removed_at is not None or one.seen_at is None:
        return False
    return one.seen_at > now - AWAY_AFTER


def gives_signs(now: datetime) -> ColumnElement[bool]:
    """A screen of theirs gave a sign lately."""
    return SessionParticipant.seen_at > now - AWAY_AFTER


def sits_at_table() -> ColumnElement[bool]:
    """They were noted at the table, without a screen of their own, and did not leave."""
    return and_(SessionParticipant.seen_at.is_(None), SessionParticipant.left_at.is_(None))


def persona_of(session: Session, actor: Actor, circle_id: int) -> int:
    """The name under which the actor takes part in the group; a guest's is made now."""
    if actor.guest_id is not None:
        return _guest_persona(session, session.get_one(GatheringGuest, actor.guest_id)).id
    return session.scalars(select(persona_in(actor, literal(circle_id)))).one()


def _guest_persona(session: Session, guest: GatheringGuest) -> Persona:
    """The name of a facilitator from outside, until they are gone; nobody can mention it."""
    persona = Persona(
        kind=PersonaKind.GUEST,
        handle=f"gast-{secrets.token_hex(8)}",
        name=guest.name,
        sort_key=sort_key(guest.name),
    )
    session.add(persona)
    session.flush()
    return persona


def good_key(key: str) -> str:
    """The client's own key of what it makes.

    Raises:
        Refused: there is none, or it is none.
    """
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refused(_("Send the form once more, please."))
    return key


def is_open(held: GroupSession, step: int) -> bool:
    """What is written in this step is seen at once: it is no silent one, or was opened."""
    return held.its_method.steps[step].mode != Mode.SILENT or step <= held.opened_through


def tell(session: Session, session_id: int, kind: str, subject: int, now: datetime) -> None:
    """Everybody in the session."""
    publish(session, f"session:{session_id}", kind, subject, now)


def tell_lead(session: Session, session_id: int, kind: str, subject: int, now: datetime) -> None:
    """The facilitators alone."""
    publish(session, f"session-lead:{session_id}", kind, subject, now)


def tell_out(session: Session, session_id: int, now: datetime) -> None:
    """Somebody may hear the session, or lead it, no more: their screens close at once."""
    turn_out(session, f"session:{session_id}", now)
    turn_out(session, f"session-lead:{session_id}", now)
