"""Leading a session through its steps. A step is left by naming it: of two who press, one does.

Who leads ends it; one that nobody ended, since the connection was lost or who led is gone, ends by
itself some hours after its date. Content is for those who took part [domain, Intervisie]: without
an end anybody who joins the group later would come in and read it.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, select, update
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.groups.certainty import OPEN_AFTER
from cop.members.actor import Actor
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, job
from cop.sessions.among import held, me, not_yet, sits_at_table, tell
from cop.sessions.events import SessionClosed, SessionStarted
from cop.sessions.methods import Method, Mode
from cop.sessions.models import GroupSession, SessionEntry, SessionParticipant, SessionState
from cop.sessions.permissions import SessionPermission
from cop.sessions.timer import Timer

MOST_ADDED = timedelta(hours=2)
EVERY = 900.0  # seconds
BATCH = 50


def choose_method(
    session: Session, actor: Actor, session_id: int, method: Method, now: datetime
) -> None:
    """Another method, before it begins.

    Raises:
        NotFound: the actor takes no part.
        Refused: it has begun, or the method is of another kind.
    """
    its = held(session, actor, SessionPermission.PREPARE, session_id)
    if its.state != SessionState.PREPARED:
        raise Refused(_("The session has begun; the method stays as it is."))
    if method.kind != its.kind:
        raise Refused(_("Choose one of these, please."), "method")
    its.method = method.as_json()
    session.flush()
    tell(session, session_id, "state", session_id, now)


def start(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """Begin with the first step; what has begun already stays as it is.

    Who was noted at the table is there from now on; whoever has a screen of their own says so by
    its first sign.

    Raises:
        NotFound: the actor does not lead it.
        Refused: its date is further away than `OPEN_BEFORE`, was cancelled or is not confirmed.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    if its.state != SessionState.PREPARED:
        return
    why = not_yet(its, now)
    if why is not None:
        raise Refused(why)
    its.state, its.started_at = SessionState.RUNNING, now
    _begin(its, 0, now)
    mine = me(session, actor, session_id)
    mine.there_at, mine.seen_at = now, now
    session.flush()
    at_table = and_(
        SessionParticipant.session_id == its.id,
        SessionParticipant.there_at.is_(None),
        SessionParticipant.removed_at.is_(None),
        sits_at_table(),
    )
    for one in session.scalars(select(SessionParticipant).where(at_table)):
        one.there_at = now
    session.flush()
    emit(session, SessionStarted(session_id=its.id), now)
    tell(session, session_id, "state", session_id, now)


def go_on(
    session: Session, actor: Actor, session_id: int, round_: int, step: int, now: datetime
) -> bool:
    """From this step to the next; False, and nothing changes, when that was done already.

    What was written in silence opens.

    Raises:
        NotFound: the actor does not lead it.
        Refused: it was the last step.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    if not _is_at(its, round_, step):
        return False
    if step + 1 >= len(its.its_method.steps):
        raise Refused(_("This is the last step. You can close the session."))
    _open(session, its, step, now)
    _turn_to(session, its, step + 1, now)
    return True


def go_back(
    session: Session, actor: Actor, session_id: int, round_: int, step: int, now: datetime
) -> bool:
    """From this step to the one before; False when it is no longer at this step."""
    its = held(session, actor, SessionPermission.LEAD, session_id)
    if not _is_at(its, round_, step) or step == 0:
        return False
    _turn_to(session, its, step - 1, now)
    return True


def begin_again(
    session: Session, actor: Actor, session_id: int, round_: int, now: datetime
) -> bool:
    """The steps from the first, for the next case; False when that round is over already.

    Raises:
        NotFound: the actor does not lead it.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    if its.state != SessionState.RUNNING or its.round != round_:
        return False
    _open(session, its, len(its.its_method.steps) - 1, now)
    its.round += 1
    its.opened_through = -1
    _turn_to(session, its, 0, now)
    return True


def place(its: GroupSession) -> dict[str, Any]:
    """Where it is and its timer, as JSON: for `put_back`."""
    timer = its.timer
    return {
        "round": its.round,
        "step": its.step,
        "opened": its.opened_through,
        "started": timer.started_at.isoformat() if timer.started_at is not None else None,
        "paused": timer.paused_at.isoformat() if timer.paused_at is not None else None,
        "added": timer.added,
    }


def put_back(
    session: Session, its: GroupSession, before: dict[str, Any], left_at: datetime, now: datetime
) -> None:
    """To the place that `begin_again` left: as if it was not pressed; the timer ran on.

    What was written there in silence is hidden again: what that press opened, and what somebody
    still wrote there after it. The caller holds the session, and knows that nothing came since.

    Args:
        before: its `place` then.
        left_at: when it was pressed.
    """
    its.round, its.step, its.opened_through = before["round"], before["step"], before["opened"]
    started, paused = _moment(before["started"]), _moment(before["paused"])
    its.timer = Timer(its.its_step.minutes, started, paused, before["added"])
    silent = [
        number
        for number, step in enumerate(its.its_method.steps)
        if step.mode == Mode.SILENT and number > its.opened_through
    ]
    session.execute(
        update(SessionEntry)
        .where(
            SessionEntry.session_id == its.id,
            SessionEntry.round == its.round,
            SessionEntry.step.in_(silent),
            SessionEntry.shown_at >= left_at,
        )
        .values(shown_at=None)
    )
    _no_floor(session, its.id)
    session.flush()
    tell(session, its.id, "state", its.id, now)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text is not None else None


def pause(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """Hold the timer; it stays held when it is."""
    its = held(session, actor, SessionPermission.LEAD, session_id)
    its.timer = its.timer.paused(now)
    session.flush()
    tell(session, session_id, "state", session_id, now)


def resume(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """Let it run again; it runs on when it does."""
    its = held(session, actor, SessionPermission.LEAD, session_id)
    its.timer = its.timer.resumed(now)
    session.flush()
    tell(session, session_id, "state", session_id, now)


def give_time(
    session: Session, actor: Actor, session_id: int, added: int, seconds: int, now: datetime
) -> bool:
    """Add to the step's time, or take from it; False when what was added is no longer `added`.

    Args:
        added: the seconds added so far, as the screen knew them: a press sent twice counts once.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    timer = its.timer
    if its.state != SessionState.RUNNING or timer.added != added:
        return False
    given = timer.given(timedelta(seconds=seconds))
    if abs(given.added) > MOST_ADDED.total_seconds():
        raise Refused(_("That is more than a step should take. Go on to the next one."))
    its.timer = given
    session.flush()
    tell(session, session_id, "state", session_id, now)
    return True


def open_writing(
    session: Session, actor: Actor, session_id: int, round_: int, step: int, now: datetime
) -> None:
    """Let all see what all wrote in silence in this step; from now on it is seen at once."""
    its = held(session, actor, SessionPermission.LEAD, session_id)
    if _is_at(its, round_, step) and its.its_step.mode == Mode.SILENT:
        _open(session, its, step, now)
        session.flush()
        tell(session, session_id, "opened", session_id, now)


def close(session: Session, actor: Actor, session_id: int, now: datetime) -> None:
    """End the session; what is closed stays so. From now on only who was there reaches it.

    Raises:
        NotFound: the actor did not lead it.
        Refused: it has not begun.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    if its.state == SessionState.PREPARED:
        raise Refused(_("The session has not begun."))
    _end(session, its, now)


@job("sessions.end", every=EVERY)
def end_forgotten(session: Session, _payload: dict[str, Any], now: datetime) -> bool:
    """Sessions that nobody closed end some hours after their date, or after a late beginning."""
    since = now - OPEN_AFTER
    forgotten = session.scalars(
        select(GroupSession)
        .join(Gathering, Gathering.id == GroupSession.gathering_id)
        .where(
            GroupSession.state == SessionState.RUNNING,
            GroupSession.started_at <= since,
            Gathering.ends_at <= since,
        )
        .order_by(GroupSession.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=GroupSession)
    ).all()
    for its in forgotten:
        _end(session, its, now)
    return len(forgotten) == BATCH


def _end(session: Session, its: GroupSession, now: datetime) -> None:
    _open(session, its, len(its.its_method.steps) - 1, now)
    its.timer = its.timer.paused(now)
    its.state, its.closed_at = SessionState.CLOSED, now
    _no_floor(session, its.id)
    session.flush()
    emit(session, SessionClosed(session_id=its.id), now)
    tell(session, its.id, "state", its.id, now)


def _is_at(its: GroupSession, round_: int, step: int) -> bool:
    return its.state == SessionState.RUNNING and (its.round, its.step) == (round_, step)


def _begin(its: GroupSession, step: int, now: datetime) -> None:
    its.step, its.step_started_at = step, now
    its.paused_at, its.added_seconds = None, 0


def _turn_to(session: Session, its: GroupSession, step: int, now: datetime) -> None:
    _begin(its, step, now)
    _no_floor(session, its.id)
    session.flush()
    tell(session, its.id, "state", its.id, now)


def _no_floor(session: Session, session_id: int) -> None:
    """Nobody speaks and no hand is up: a new step is a new beginning."""
    for one in session.scalars(
        select(SessionParticipant).where(
            SessionParticipant.session_id == session_id,
            SessionParticipant.speaking_since.is_not(None)
            | SessionParticipant.hand_at.is_not(None),
        )
    ):
        one.speaking_since = one.hand_at = None


def _open(session: Session, its: GroupSession, step: int, now: datetime) -> None:
    """Everything of this round up to this step is seen by all."""
    its.opened_through = max(its.opened_through, step)
    session.execute(
        update(SessionEntry)
        .where(
            SessionEntry.session_id == its.id,
            SessionEntry.round == its.round,
            SessionEntry.step <= step,
            SessionEntry.shown_at.is_(None),
        )
        .values(shown_at=now)
    )
