"""Preparing a session, coming in and leaving, who leads it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.groups.certainty import OPEN_AFTER
from cop.groups.models import Group, GroupDate
from cop.groups.permissions import DATES, GROUPS, DatePermission, GroupPermission
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.sessions.among import (
    held,
    is_there,
    is_too_late,
    leader,
    me,
    not_yet,
    participant,
    persona_of,
    tell,
    tell_lead,
    tell_out,
)
from cop.sessions.methods import Method, SessionKind
from cop.sessions.models import GroupSession, SessionNote, SessionParticipant, SessionState
from cop.sessions.permissions import SessionPermission, facilitates, is_me


def prepare(
    session: Session, actor: Actor, gathering_id: int, method: Method, now: datetime
) -> GroupSession:
    """The session of one of the group's dates; who asks first makes it, who asks later gets it.

    Raises:
        NotFound: no date of a group that the actor takes part in.
        Refused: the date was cancelled or is over, or the method is not for this kind of group.
    """
    group = of_date(session, actor, gathering_id)
    gathering = session.get_one(Gathering, gathering_id, with_for_update=True)
    found = session.scalar(select(GroupSession).where(GroupSession.gathering_id == gathering_id))
    if found is None:
        if gathering.cancelled_at is not None:
            raise Refused(_("This was cancelled."))
        if gathering.ends_at + OPEN_AFTER <= now:
            raise Refused(_("This date is over. Plan a new one for your session."))
        if method.kind != group.kind:
            raise Refused(_("Choose one of these, please."), "method")
        found = GroupSession(
            circle_id=group.circle_id,
            gathering_id=gathering.id,
            kind=SessionKind(group.kind),
            method=method.as_json(),
            created_at=now,
        )
        session.add(found)
        session.flush()
    if found.state != SessionState.CLOSED:
        come_in(session, actor, found.id, now)
    return found


def of_date(session: Session, actor: Actor, gathering_id: int) -> Group:
    """The group whose date it is.

    Raises:
        NotFound: no date of a group that the actor takes part in.
    """
    group = session.scalar(
        select(Group)
        .join(GroupDate, GroupDate.group_id == Group.id)
        .where(GroupDate.gathering_id == gathering_id)
        .where(DATES.clause(actor, DatePermission.TAKE_PART))
    )
    if group is None:
        raise NotFound
    return group


def asks_to_agree(session: Session, actor: Actor, gathering_id: int) -> int | None:
    """The group whose date it is, when the actor is in it and has yet to agree to its rules."""
    return session.scalar(
        GROUPS.scope(actor, GroupPermission.AGREE)
        .join(GroupDate, GroupDate.group_id == Group.id)
        .where(GroupDate.gathering_id == gathering_id)
        .where(~GROUPS.clause(actor, GroupPermission.TAKE_PART))
        .with_only_columns(Group.id)
    )


def come_in(session: Session, actor: Actor, session_id: int, now: datetime) -> SessionParticipant:
    """Take part; who does already, or comes back, is just there again.

    A facilitator of the group leads if nobody does, and may take over else.

    Raises:
        NotFound: not in the group, shown out, it is over, or its date is and they were not in yet.
    """
    its = held(session, actor, SessionPermission.COME_IN, session_id)
    mine = session.scalar(
        select(SessionParticipant).where(SessionParticipant.session_id == session_id, is_me(actor))
    )
    if mine is None or not _is_now(session, actor, its, mine):
        if is_too_late(its, now):
            raise NotFound
        persona_id = persona_of(session, actor, its.circle_id)
        mine = new_one(session, its, mine, now, persona_id, actor.member_id, actor.guest_id)
    mine.left_at, mine.seen_at = None, now
    if its.state == SessionState.RUNNING and mine.there_at is None:
        mine.there_at = now
    if _facilitates(session, actor, its):
        mine.may_lead = True
        mine.leads = mine.leads or leader(session, session_id) is None
    session.flush()
    tell(session, session_id, "people", mine.id, now)
    return mine


def is_too_late_for(session: Session, actor: Actor, its: GroupSession, now: datetime) -> bool:
    """The date is over, and the actor was not in."""
    mine = session.scalar(
        select(SessionParticipant).where(SessionParticipant.session_id == its.id, is_me(actor))
    )
    return is_too_late(its, now) and (mine is None or not _is_now(session, actor, its, mine))


def _is_now(session: Session, actor: Actor, its: GroupSession, mine: SessionParticipant) -> bool:
    """They are in the group under the name under which they took part; a guest has no other."""
    return not actor.is_member or mine.persona_id == persona_of(session, actor, its.circle_id)


def new_one(
    session: Session,
    its: GroupSession,
    before: SessionParticipant | None,
    now: datetime,
    persona_id: int,
    member_id: int | None,
    guest_id: int | None = None,
) -> SessionParticipant:
    """A participant under the name that somebody has in the group now.

    Whoever took part under another name (`before`) and is back in the group begins anew: what they
    said stays under that name, and nothing ties the two. Their own notes come along.
    """
    if before is not None:
        before.member_id = None
        gone(before, now)
        session.flush()
    made = SessionParticipant(
        session_id=its.id,
        member_id=member_id,
        guest_id=guest_id,
        persona_id=persona_id,
        came_at=now,
    )
    session.add(made)
    session.flush()
    if before is not None:
        session.execute(
            update(SessionNote)
            .where(SessionNote.participant_id == before.id)
            .values(participant_id=made.id)
        )
    return made


def gone(one: SessionParticipant, now: datetime) -> None:
    """Whoever it was does not come back under this name: nobody waits for them."""
    one.left_at = one.left_at or now
    one.leads = one.may_lead = one.presents = one.takes_notes = one.observes = False
    one.hand_at = one.speaking_since = None


def let_present(
    session: Session, actor: Actor, session_id: int, participant_id: int | None, now: datetime
) -> None:
    """Say who brings the case or the dilemma; None for nobody.

    Raises:
        NotFound: the actor does not lead it, or there is nobody of that number.
    """
    held(session, actor, SessionPermission.LEAD, session_id)
    wanted = participant(session, session_id, participant_id) if participant_id else None
    presents(session, session_id, wanted, now)


def presents(
    session: Session, session_id: int, wanted: SessionParticipant | None, now: datetime
) -> None:
    """This one presents, and nobody else; the caller holds the session."""
    for one in session.scalars(
        select(SessionParticipant).where(
            SessionParticipant.session_id == session_id, SessionParticipant.presents
        )
    ):
        one.presents = one is wanted
    if wanted is not None:
        wanted.presents, wanted.observes = True, False
    session.flush()
    tell(session, session_id, "people", wanted.id if wanted else 0, now)


def give_role(
    session: Session,
    actor: Actor,
    session_id: int,
    role: str,
    participant_id: int | None,
    now: datetime,
) -> None:
    """Say who takes notes for all, or who watches the conversation itself; None for nobody.

    Who observes has no turn in a round before the last step, and does not weigh.

    Args:
        role: 'takes_notes' or 'observes'.

    Raises:
        NotFound: the actor does not lead it, or there is nobody of that number.
        Refused: who presents or leads is to observe.
    """
    held(session, actor, SessionPermission.LEAD, session_id)
    wanted = participant(session, session_id, participant_id) if participant_id else None
    if role == "observes" and wanted is not None and (wanted.presents or wanted.leads):
        raise Refused(_("Who presents or facilitates cannot watch the conversation as well."))
    for one in session.scalars(
        select(SessionParticipant).where(SessionParticipant.session_id == session_id)
    ):
        setattr(one, role, one is wanted)
    session.flush()
    tell(session, session_id, "people", wanted.id if wanted else 0, now)


def seen(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """A sign that the actor's screen is there; nothing else changes, and nobody is told.

    Raises:
        NotFound: they may not take part (any more).
    """
    held(session, actor, SessionPermission.PREPARE, session_id)
    mine = me(session, actor, session_id)
    mine.seen_at = now
    session.flush()


def leave(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """Go, for now or for good; no reason is asked, and who comes back is welcome.

    If the one who leads goes, a second who is there leads on; without one, whoever is there can
    take over.

    Raises:
        NotFound: they do not take part.
    """
    held(session, actor, SessionPermission.PREPARE, session_id)
    mine = me(session, actor, session_id)
    mine.left_at, mine.hand_at, mine.speaking_since = now, None, None
    _pass_lead_on(session, mine, now)
    session.flush()
    tell(session, session_id, "people", mine.id, now)


def remove(
    session: Session, actor: Actor, session_id: int, participant_id: int, now: datetime
) -> None:
    """Show somebody out of this session: their screen closes at once, and they read nothing more.

    Raises:
        NotFound: the actor does not lead it, or there is nobody of that number.
        Refused: oneself, or who facilitates the group, by somebody who stood in for them.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    one = participant(session, session_id, participant_id)
    if one is me(session, actor, session_id):
        raise Refused(_("You cannot show yourself out; leave instead."))
    who = Actor(member_id=one.member_id, guest_id=one.guest_id)
    if _facilitates(session, who, its) and not _facilitates(session, actor, its):
        raise Refused(_("Who facilitates this group cannot be shown out by who stands in."))
    one.removed_at, one.hand_at, one.speaking_since = now, None, None
    one.leads = one.may_lead = one.presents = one.takes_notes = one.observes = False
    session.flush()
    tell_out(session, session_id, now)
    tell(session, session_id, "removed", one.id, now)


def make_second(
    session: Session, actor: Actor, session_id: int, participant_id: int, may: bool, now: datetime
) -> None:
    """Say who can take over when the facilitator drops out, or no longer.

    Raises:
        NotFound: the actor does not lead it, or there is nobody of that number.
    """
    held(session, actor, SessionPermission.LEAD, session_id)
    one = participant(session, session_id, participant_id)
    one.may_lead = may or one.leads
    session.flush()
    tell(session, session_id, "people", one.id, now)


def take_over(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """Lead from now on.

    A facilitator or a second can at any time; anybody who takes part can, from when it may begin,
    while nobody leads, or while who leads dropped out and no second is there.

    Raises:
        NotFound: they do not take part.
        Refused: somebody else leads, or is to, or it is too early to stand in for anybody.
    """
    its = held(session, actor, SessionPermission.PREPARE, session_id)
    mine = me(session, actor, session_id)
    if mine.leads:
        return
    was = leader(session, session_id)
    if not may_lead(session, actor, its, mine):
        why = not_yet(its, now) if its.state == SessionState.PREPARED else None
        if why is not None:
            raise Refused(why)
        if was is not None and is_there(was, now):
            raise Refused(_("Somebody leads this session. Ask whether you may take over."))
        if any(is_there(one, now) for one in _seconds(session, session_id)):
            raise Refused(_("A second facilitator is there, and can take over."))
    if was is not None:
        was.leads = False
    session.flush()
    mine.leads, mine.may_lead, mine.observes = True, True, False
    mine.left_at, mine.seen_at = None, now
    session.flush()
    tell_out(session, session_id, now)  # who led hears no counts any more
    tell(session, session_id, "people", mine.id, now)
    tell_lead(session, session_id, "lead", mine.id, now)


def may_lead(session: Session, actor: Actor, its: GroupSession, mine: SessionParticipant) -> bool:
    """They facilitate the group, also when they began to after they came in, or are a second."""
    return mine.may_lead or _facilitates(session, actor, its)


def _facilitates(session: Session, actor: Actor, its: GroupSession) -> bool:
    return bool(session.scalar(select(facilitates(actor)).where(GroupSession.id == its.id)))


def _pass_lead_on(session: Session, gone: SessionParticipant, now: datetime) -> None:
    if not gone.leads:
        return
    gone.leads = False
    session.flush()
    there = [one for one in _seconds(session, gone.session_id) if is_there(one, now)]
    if there:
        there[0].leads, there[0].observes = True, False
        tell_lead(session, gone.session_id, "lead", there[0].id, now)


def _seconds(session: Session, session_id: int) -> list[SessionParticipant]:
    """Who may take over, longest in first."""
    return list(
        session.scalars(
            select(SessionParticipant)
            .where(
                SessionParticipant.session_id == session_id,
                SessionParticipant.may_lead,
                SessionParticipant.leads.is_(False),
                SessionParticipant.removed_at.is_(None),
                SessionParticipant.left_at.is_(None),
            )
            .order_by(SessionParticipant.id)
        )
    )
