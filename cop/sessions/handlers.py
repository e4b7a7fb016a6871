"""What sessions do when somebody leaves the group or the community, a guest is gone, or their date
changes: in the worker."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import Session

from cop.gatherings.events import Cancelled, CertaintyChanged, GuestGone, Moved
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.names import look_alike_key
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import on
from cop.sessions.among import tell, tell_out
from cop.sessions.holding import gone
from cop.sessions.models import GroupSession, SessionNote, SessionParticipant, SessionState
from cop.spaces.circles import CircleMembership
from cop.spaces.events import Left


@on(Left)
def leave_with_group(session: Session, event: Left, now: datetime) -> None:
    """Who left the group is in none of its sessions; nobody waits for them to lead."""
    back = exists().where(  # already, under the same name
        CircleMembership.circle_id == GroupSession.circle_id,
        CircleMembership.member_id == SessionParticipant.member_id,
        CircleMembership.persona_id == SessionParticipant.persona_id,
    )
    in_its_sessions = and_(
        SessionParticipant.member_id == event.member_id,
        GroupSession.circle_id == event.circle_id,
        ~back,
    )
    _gone(session, in_its_sessions, now)


def _gone(session: Session, who: ColumnElement[bool], now: datetime) -> None:
    """They are in no session that is not over: nobody waits for them to lead or to speak."""
    rows = session.scalars(
        select(SessionParticipant)
        .join(GroupSession, GroupSession.id == SessionParticipant.session_id)
        .where(who, GroupSession.state != SessionState.CLOSED)
        .order_by(SessionParticipant.session_id, SessionParticipant.id)
        .with_for_update(of=SessionParticipant)
        .execution_options(populate_existing=True)
    ).all()
    for one in rows:
        gone(one, now)
        session.flush()
        tell_out(session, one.session_id, now)
        tell(session, one.session_id, "people", one.id, now)


@on(MemberLeft)
def cut_loose(session: Session, event: MemberLeft, now: datetime) -> None:
    """Notes go at once, and so does what ties a name in a session to the member.

    What was said for all stays with those who were there, under the name it was said under. One
    who is there under a pseudonym goes with it, later, so that nobody can tie the two.
    """
    _gone(session, SessionParticipant.persona_id == event.persona_id, now)
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
        one.guest_id = None
        gone(one, now)
        name = _("Facilitator from outside")
        one.persona.name, one.persona.sort_key, one.persona.gone_at = name, sort_key(name), now
        one.persona.name_key = look_alike_key(name)
        session.execute(delete(SessionNote).where(SessionNote.participant_id == one.id))
        session.flush()
        tell_out(session, one.session_id, now)
        tell(session, one.session_id, "people", one.id, now)


@on(PseudonymEnds)
def end_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    _gone(session, SessionParticipant.persona_id == event.persona_id, now)


@on(CertaintyChanged)
@on(Moved)
@on(Cancelled)
def say_whether_it_can_begin(
    session: Session, event: CertaintyChanged | Moved | Cancelled, now: datetime
) -> None:
    """The screens of a session that has not begun: it can begin now, or not any more."""
    its = session.scalar(
        select(GroupSession.id).where(
            GroupSession.gathering_id == event.gathering_id,
            GroupSession.state == SessionState.PREPARED,
        )
    )
    if its is not None:
        tell(session, its, "people", 0, now)
