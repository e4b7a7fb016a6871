"""Around one phone: who is noted at the table without a screen of their own."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.errors import NotFound
from cop.sessions.among import held, is_there, tell
from cop.sessions.holding import new_one
from cop.sessions.models import SessionParticipant, SessionState
from cop.sessions.permissions import SessionPermission
from cop.spaces.circles import CircleMembership, Standing


def seat(
    session: Session, actor: Actor, session_id: int, handle: str, now: datetime
) -> SessionParticipant:
    """Note that somebody of the group sits at the table too: one phone is enough for all.

    Raises:
        NotFound: the actor does not lead it, or nobody in the group has this name.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    member = session.scalar(
        select(CircleMembership)
        .join(Persona, Persona.id == CircleMembership.persona_id)
        .where(CircleMembership.circle_id == its.circle_id, Persona.handle == handle)
        .where(CircleMembership.standing != Standing.REQUESTED)
    )
    if member is None:
        raise NotFound
    one = session.scalar(
        select(SessionParticipant).where(
            SessionParticipant.session_id == session_id,
            SessionParticipant.member_id == member.member_id,
        )
    )
    if one is not None and one.removed_at is not None:
        raise NotFound
    if one is None or one.persona_id != member.persona_id:
        one = new_one(session, its, one, now, member.persona_id, member.member_id)
    if not is_there(one, now):
        one.seen_at = None  # what they looked at beforehand was no screen at this table
    one.left_at = None
    if its.state == SessionState.RUNNING and one.there_at is None:
        one.there_at = now
    session.flush()
    tell(session, session_id, "people", one.id, now)
    return one
