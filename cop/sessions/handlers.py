"""What sessions do when somebody leaves the group or the community, or a guest is gone: in the
worker."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cop.gatherings.events import GuestGone
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.names import look_alike_key
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import on
from cop.sessions.among import tell, tell_out
from cop.sessions.models import GroupSession, SessionNote, SessionParticipant, SessionState
from cop.spaces.events import Left


@on(Left)
def leave_with_group(session: Session, event: Left, now: datetime) -> None:
    """Who left the group is in none of its sessions; nobody waits for them to lead."""
    left = session.scalars(
        update(SessionParticipant)
        .where(
            SessionParticipant.member_id == event.member_id,
            SessionParticipant.left_at.is_(None),
            SessionParticipant.session_id.in_(
                select(GroupSession.id).where(
                    GroupSession.circle_id == event.circle_id,
                    GroupSession.state != SessionState.CLOSED,
                )
            ),
        )
        .values(left_at=now, leads=False, may_lead=False, hand_at=None, speaking_since=None)
        .returning(SessionParticipant.session_id)
    ).all()
    for session_id in left:
        tell_out(session, session_id, now)
        tell(session, session_id, "people", 0, now)


@on(MemberLeft)
def cut_loose(session: Session, event: MemberLeft, now: datetime) -> None:
    """Notes go at once, and so does what ties a name in a session to the member.

    What was said for all stays with those who were there, under the name it was said under.
    """
    mine = select(SessionParticipant.id).where(SessionParticipant.member_id == event.member_id)
    session.execute(delete(SessionNote).where(SessionNote.participant_id.in_(mine)))
    session.execute(
        update(SessionParticipant)
        .where(SessionParticipant.member_id == event.member_id)
        .values(member_id=None)
    )


@on(GuestGone)
def forget_guest(session: Session, event: GuestGone, now: datetime) -> None:
    """Of a facilitator from outside nothing stays but that there was one."""
    left = session.scalars(
        select(SessionParticipant).where(SessionParticipant.guest_id == event.guest_id)
    ).all()
    for one in left:
        one.guest_id, one.leads, one.may_lead = None, False, False
        one.left_at = one.left_at or now
        name = _("Facilitator from outside")
        one.persona.name, one.persona.sort_key, one.persona.gone_at = name, sort_key(name), now
        one.persona.name_key = look_alike_key(name)
        session.execute(delete(SessionNote).where(SessionNote.participant_id == one.id))
        session.flush()
        tell_out(session, one.session_id, now)
        tell(session, one.session_id, "people", one.id, now)


@on(PseudonymEnds)
def end_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    session.execute(
        update(SessionParticipant)
        .where(SessionParticipant.persona_id == event.persona_id)
        .values(left_at=now)
    )
