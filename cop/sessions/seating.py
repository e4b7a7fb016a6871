"""Around one phone: who is noted at the table without a screen of their own, and who types for
them."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.groups.models import Group, GroupAgreement
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.sessions.among import held, is_there, participant, tell
from cop.sessions.holding import new_one
from cop.sessions.models import GroupSession, SessionParticipant, SessionState
from cop.sessions.permissions import SessionPermission, without_screen
from cop.spaces.circles import CircleMembership, Standing


def seat(
    session: Session,
    actor: Actor,
    session_id: int,
    handle: str,
    now: datetime,
    agreed: int | None = None,
) -> SessionParticipant:
    """Note that somebody of the group sits at the table too: one phone is enough for all.

    Whoever comes in agreed to the rules as they are now, and so does who is noted. What is said
    aloud holds for this session: on the site everybody agrees by themselves.

    Args:
        agreed: the version of the rules that was read aloud, and to which they agree; None when
            nobody asked them.

    Raises:
        NotFound: the actor does not lead it, or nobody in the group has this name.
        Refused: they did not agree to the rules, or these just changed.
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
    group = session.scalars(select(Group).where(Group.circle_id == its.circle_id)).one()
    agreement = session.get(GroupAgreement, (group.id, member.member_id))
    if group.rules_version not in (agreed, agreement.version if agreement is not None else None):
        name = member.persona.name
        raise Refused(
            _("Read what the group agreed on aloud, and ask whether %(name)s agrees.", name=name)
        )
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


class AtTable(NamedTuple):
    """Somebody without a screen, for whom who leads can type."""

    participant_id: int
    persona_id: int
    name: str


def typed_for(session: Session, session_id: int) -> list[AtTable]:
    """Everybody at the table without a screen, as they came; one query."""
    rows = session.execute(
        select(SessionParticipant.id, SessionParticipant.persona_id, Persona.name)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(SessionParticipant.session_id == session_id, without_screen())
        .order_by(SessionParticipant.id)
    )
    return [AtTable(*row) for row in rows]


def whose(session: Session, mine: SessionParticipant, who: int | None) -> SessionParticipant:
    """Whose words these are: one's own, or of somebody else when one leads (see `must_sit`).

    Args:
        mine: the actor.
        who: the participant; None for the actor themselves.

    Raises:
        NotFound: the actor does not lead, or there is nobody of that number.
    """
    if who is None or who == mine.id:
        return mine
    if not mine.leads:
        raise NotFound
    return participant(session, mine.session_id, who)


def must_sit(session: Session, author: SessionParticipant, mine: SessionParticipant) -> None:
    """What is new for somebody else is typed only while they have no screen.

    Raises:
        Refused: they have one now, left, or the session is over.
    """
    if author is mine:
        return
    sits = (
        select(SessionParticipant.id)
        .join(GroupSession, GroupSession.id == SessionParticipant.session_id)
        .where(SessionParticipant.id == author.id, without_screen())
        .where(GroupSession.state == SessionState.RUNNING)
    )
    if session.scalar(sits) is None:
        name = author.persona.name
        raise Refused(_("%(name)s does not sit at the table without a screen now.", name=name))
