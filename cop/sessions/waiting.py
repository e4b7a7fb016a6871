"""What of sessions waits for a member on the home page: never a word of a session."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.sessions.models import (
    FollowUp,
    GroupSession,
    SessionEvaluation,
    SessionParticipant,
    SessionState,
)
from cop.sessions.permissions import (
    FOLLOW_UPS,
    SESSIONS,
    FollowUpPermission,
    SessionPermission,
)

AHEAD = timedelta(days=7)
WARM = timedelta(days=14)  # how long looking back on a session is asked
MOST = 5
SHORT = 2  # minutes


@waits
def in_sessions(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Two queries."""
    if not actor.is_member:
        return
    yield from _taken_along(session, actor, now)
    yield from _going_on_and_to_look_back(session, actor, now)


@cache
def _due(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(FollowUp.id, FollowUp.due_on, FollowUp.at)
        .where(
            FollowUp.due_on <= bindparam("until"),
            FollowUp.done_at.is_(None),
            FollowUp.dropped_at.is_(None),
            FOLLOW_UPS.clause(kind, FollowUpPermission.CHANGE),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(MOST)
    )


def _taken_along(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    until = (when.local(now) + AHEAD).date()
    for row in rows(session, _due(actor.left_open), {"me": actor.member_id, "until": until}):
        yield Wait(
            Part.DUE,
            _("What you took along from a session"),
            f"/sessies/meegenomen/{row.id}",
            SHORT,
            row.at,
            due=datetime.combine(row.due_on, time(12), UTC),
            act=_("Say what came of it"),
            act_url=f"/sessies/meegenomen/{row.id}",
        )


@cache
def _mine(kind: Actor) -> Select[*tuple[Any, ...]]:
    def said(turn: int) -> Any:
        return exists().where(
            SessionEvaluation.participant_id == SessionParticipant.id,
            SessionEvaluation.turn == turn,
        )

    return (
        select(
            GroupSession.id,
            GroupSession.state,
            GroupSession.started_at,
            GroupSession.closed_at,
            GroupSession.asked_again_at,
        )
        .join(
            SessionParticipant,
            and_(
                SessionParticipant.session_id == GroupSession.id,
                SessionParticipant.member_id == bindparam("me"),
            ),
        )
        .where(SESSIONS.clause(kind, SessionPermission.READ))
        .where(
            or_(
                GroupSession.state == SessionState.RUNNING,
                and_(GroupSession.closed_at > bindparam("since"), ~said(1)),
                and_(GroupSession.asked_again_at > bindparam("since"), ~said(2)),
            )
        )
        .order_by(GroupSession.id.desc())
        .limit(MOST)
    )


def _going_on_and_to_look_back(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    asked = {"me": actor.member_id, "since": now - WARM}
    for row in rows(session, _mine(actor.left_open), asked):
        url = f"/sessies/{row.id}"
        if row.state == SessionState.RUNNING:
            yield Wait(Part.ASKED, _("Your session is going on now"), url, None, row.started_at)
        elif row.asked_again_at is not None:
            text = _("What do you do differently since your session?")
            yield Wait(Part.ASKED, text, f"{url}/terugkijken/2", SHORT, row.asked_again_at)
        else:
            text = _("Look back on your session")
            yield Wait(Part.ASKED, text, f"{url}/terugkijken/1", SHORT, row.closed_at)
