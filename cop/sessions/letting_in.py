"""Somebody who was shown out of a session may come in again: by mistake, or after a word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.sessions.among import held, tell
from cop.sessions.models import GroupSession, SessionParticipant
from cop.sessions.permissions import SESSIONS, SessionPermission


def let_in(
    session: Session, actor: Actor, session_id: int, participant_id: int, now: datetime
) -> SessionParticipant:
    """They may come in and read again, and hear of it; who is in already stays as they are.

    What they did before being shown out, such as leading, is not theirs again by itself.

    Raises:
        NotFound: the actor does not lead it, or nobody of that number was ever in it.
    """
    held(session, actor, SessionPermission.LEAD, session_id)
    one = session.get(SessionParticipant, participant_id)
    if one is None or one.session_id != session_id:
        raise NotFound
    if one.removed_at is None:
        return one
    told = [one.member_id] if one.member_id is not None else []
    key = f"sessions.let_in:{one.id}:{int(one.removed_at.timestamp())}"
    one.removed_at, one.left_at = None, now  # not there until they come
    session.flush()
    notify(
        session, member_ids=told, kind="sessions.let_in", key=key, subject_id=session_id, now=now
    )
    tell(session, session_id, "people", one.id, now)
    return one


def shown_out(session: Session, actor: Actor, its: GroupSession) -> list[tuple[int, Person]]:
    """Who could be let in again, for who leads: by the number of their seat."""
    one = SessionParticipant
    rows = session.execute(
        select(one.id.label("seat"), *PERSON)
        .join(Persona, Persona.id == one.persona_id)
        .where(one.session_id == its.id, one.removed_at.is_not(None), Persona.gone_at.is_(None))
        .where(or_(one.member_id.is_not(None), one.guest_id.is_not(None)))
        .order_by(one.id)
    )
    return [(row.seat, person(row, actor)) for row in rows]


@sentences("sessions.let_in")
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """Without a word of the session; none for who may not come in."""
    may = set(
        session.scalars(
            select(GroupSession.id)
            .where(GroupSession.id.in_({n.subject_id for n in notifications}))
            .where(SESSIONS.clause(actor, SessionPermission.READ))
        )
    )
    return {
        n.id: Line(_("You can come into your session again."), f"/sessies/{n.subject_id}")
        for n in notifications
        if n.subject_id in may
    }
