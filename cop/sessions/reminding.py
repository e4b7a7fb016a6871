"""What comes back by itself: actions on their day or in time for the next session, looking back.

Reminders hold no words of any session; who may not read it any more is not reminded.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on
from cop.sessions.afterwards import LATER
from cop.sessions.events import SessionClosed
from cop.sessions.mails import something_waits
from cop.sessions.models import FollowUp, GroupSession, SessionParticipant, SessionState
from cop.sessions.permissions import SESSIONS, SessionPermission

EVERY = 900.0  # seconds
BATCH = 50
BEFORE_NEXT = timedelta(days=3)
WITHOUT_NEXT = timedelta(weeks=8)  # after looking back for the second time, which asks it as well
FRESH = timedelta(days=2)  # what was just said is not forgotten


@job("sessions.remind", every=EVERY)
def remind(session: Session, _payload: dict[str, Any], now: datetime) -> bool:
    """On the day that somebody chose, they are reminded once of what they took along."""
    due = session.execute(
        select(FollowUp, SessionParticipant.member_id)
        .join(SessionParticipant, SessionParticipant.id == FollowUp.participant_id)
        .where(
            FollowUp.due_on <= when.local(now).date(),
            FollowUp.reminded_at.is_(None),
            FollowUp.done_at.is_(None),
            FollowUp.dropped_at.is_(None),
        )
        .order_by(FollowUp.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=FollowUp)
    ).all()
    for found, member_id in due:
        found.reminded_at = now
        key = f"sessions.follow_up:{found.id}"
        _tell(session, [member_id], "follow_up", key, found.session_id, now, mail=True)
    session.flush()
    return len(due) == BATCH


@job("sessions.remind_without_day", every=EVERY * 4)
def remind_without_day(session: Session, _payload: dict[str, Any], now: datetime) -> bool:
    """What somebody took along without saying by when: once, all of a session in one mail.

    Some days before the group meets again, in time to do something about it; when it does not,
    after some weeks.
    """
    meets = exists().where(
        Gathering.circle_id == GroupSession.circle_id,
        Gathering.id != GroupSession.gathering_id,
        Gathering.starts_at > now,
        Gathering.starts_at <= now + BEFORE_NEXT,
        Gathering.cancelled_at.is_(None),
        ~Gathering.provisional,
    )
    due = session.execute(
        select(FollowUp, SessionParticipant.member_id)
        .join(SessionParticipant, SessionParticipant.id == FollowUp.participant_id)
        .join(GroupSession, GroupSession.id == FollowUp.session_id)
        .where(
            FollowUp.due_on.is_(None),
            FollowUp.reminded_at.is_(None),
            FollowUp.done_at.is_(None),
            FollowUp.dropped_at.is_(None),
            FollowUp.at <= now - FRESH,
            or_(meets, FollowUp.at <= now - WITHOUT_NEXT),
        )
        .order_by(FollowUp.participant_id, FollowUp.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=FollowUp)
    ).all()
    for found, member_id in due:
        found.reminded_at = now
        key = f"sessions.taken_along:{found.participant_id}:{when.local(now).date()}"
        _tell(session, [member_id], "taken_along", key, found.session_id, now, mail=True)
    session.flush()
    return len(due) == BATCH


@job("sessions.look_back_later", every=EVERY * 4)
def ask_again(session: Session, _payload: dict[str, Any], now: datetime) -> bool:
    """Six weeks after a session: what do you do differently now?"""
    due = session.scalars(
        select(GroupSession)
        .where(
            GroupSession.state == SessionState.CLOSED,
            GroupSession.closed_at <= now - LATER,
            GroupSession.asked_again_at.is_(None),
        )
        .order_by(GroupSession.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for its in due:
        its.asked_again_at = now
        session.flush()
        key = f"sessions.look_back_later:{its.id}"
        _tell(session, _there(session, its.id), "look_back_later", key, its.id, now, mail=True)
    return len(due) == BATCH


@on(SessionClosed)
def ask_to_look_back(session: Session, event: SessionClosed, now: datetime) -> None:
    key = f"sessions.look_back:{event.session_id}"
    _tell(session, _there(session, event.session_id), "look_back", key, event.session_id, now)


def _there(session: Session, session_id: int) -> list[int | None]:
    return list(
        session.scalars(
            select(SessionParticipant.member_id).where(
                SessionParticipant.session_id == session_id,
                SessionParticipant.there_at.is_not(None),
                SessionParticipant.removed_at.is_(None),
            )
        )
    )


def _tell(
    session: Session,
    member_ids: Iterable[int | None],
    what: str,
    key: str,
    session_id: int,
    now: datetime,
    mail: bool = False,
) -> None:
    told = [m for m in member_ids if m is not None and reads(session, m, session_id)]
    kind = f"sessions.{what}"
    notify(session, member_ids=told, kind=kind, key=key, subject_id=session_id, now=now)
    if mail:
        for member_id in told:
            url = f"/sessies/{session_id}"
            something_waits(session, member_id, f"{key}:{member_id}", url, now)


def reads(session: Session, member_id: int, session_id: int) -> bool:
    """The member may read the session at this moment."""
    member = session.get(Member, member_id)
    if member is None or member.state != MemberState.ACTIVE:
        return False
    actor = Actor(member_id, SiteRole(member.site_role))
    clause = SESSIONS.clause(actor, SessionPermission.READ)
    found = select(GroupSession.id).where(GroupSession.id == session_id, clause)
    return session.scalar(found) is not None


@sentences(
    "sessions.follow_up",
    "sessions.look_back",
    "sessions.look_back_later",
    "sessions.taken_along",
)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """One line each, without a word of the session; none for who may not read it any more."""
    may = set(
        session.scalars(
            select(GroupSession.id)
            .where(GroupSession.id.in_({n.subject_id for n in notifications}))
            .where(SESSIONS.clause(actor, SessionPermission.READ))
        )
    )
    words = {
        "sessions.follow_up": _("Today you wanted to come back to what you took along."),
        "sessions.look_back": _("How was your session? Look back in two minutes."),
        "sessions.look_back_later": _(
            "Six weeks ago you had a session. What do you do differently now?"
        ),
        "sessions.taken_along": _("You took something along from a session. What came of it?"),
    }
    return {
        n.id: Line(words[n.kind], f"/sessies/{n.subject_id}")
        for n in notifications
        if n.subject_id in may
    }
