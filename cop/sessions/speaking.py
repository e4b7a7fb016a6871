"""Raising a hand, having the floor, going round. Turns are counted for the facilitator alone."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.sessions.among import held, me, participant, tell, tell_lead
from cop.sessions.methods import Speaks
from cop.sessions.models import GroupSession, SessionParticipant, SpeakingTurn
from cop.sessions.permissions import SessionPermission


def raise_hand(session: Session, actor: Actor, session_id: int, up: bool, now: datetime) -> None:
    """Ask for the floor, or not any more; who asked first stays first.

    Raises:
        NotFound: the actor takes no part, or it is not going on.
    """
    held(session, actor, SessionPermission.TAKE_PART, session_id)
    mine = me(session, actor, session_id)
    if up == (mine.hand_at is not None):
        return
    mine.hand_at = now if up else None
    session.flush()
    tell(session, session_id, "hand", mine.id, now)


def give_floor(
    session: Session, actor: Actor, session_id: int, participant_id: int | None, now: datetime
) -> None:
    """Say who speaks; None for nobody. Who speaks already goes on.

    Raises:
        NotFound: the actor does not lead it, or there is nobody of that number.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    wanted = participant(session, session_id, participant_id) if participant_id else None
    _speaks(session, its, wanted, now)


def next_in_round(
    session: Session, actor: Actor, session_id: int, after_id: int | None, now: datetime
) -> None:
    """The floor to the next who had no turn in this step; to nobody when all had.

    Args:
        after_id: who had the floor when this was pressed: two who press give one turn.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    speaker = session.scalar(
        select(SessionParticipant.id).where(
            SessionParticipant.session_id == session_id,
            SessionParticipant.speaking_since.is_not(None),
        )
    )
    if speaker != after_id:
        return
    _speaks(session, its, _waiting(session, its), now)


def _waiting(session: Session, its: GroupSession) -> SessionParticipant | None:
    """Who had no turn in this step: raised hands first, then as they came in.

    Who observes says in the last step what they saw, and nothing in those before.
    """
    had = exists().where(
        SpeakingTurn.participant_id == SessionParticipant.id,
        SpeakingTurn.round == its.round,
        SpeakingTurn.step == its.step,
    )
    waiting = (
        select(SessionParticipant)
        .where(
            SessionParticipant.session_id == its.id,
            SessionParticipant.removed_at.is_(None),
            SessionParticipant.left_at.is_(None),
            SessionParticipant.there_at.is_not(None),
            ~had,
        )
        .order_by(
            SessionParticipant.hand_at.is_(None),
            SessionParticipant.hand_at,
            SessionParticipant.id,
        )
        .limit(1)
    )
    if its.its_step.speaks == Speaks.OTHERS:
        waiting = waiting.where(SessionParticipant.presents.is_(False))
    if its.step + 1 < len(its.its_method.steps):
        waiting = waiting.where(SessionParticipant.observes.is_(False))
    return session.scalar(waiting)


def _speaks(
    session: Session, its: GroupSession, wanted: SessionParticipant | None, now: datetime
) -> None:
    if wanted is not None and wanted.speaking_since is not None:
        return
    for one in session.scalars(
        select(SessionParticipant).where(
            SessionParticipant.session_id == its.id,
            SessionParticipant.speaking_since.is_not(None),
        )
    ):
        one.speaking_since = None
    if wanted is not None:
        wanted.speaking_since, wanted.hand_at = now, None
        session.add(
            SpeakingTurn(
                session_id=its.id,
                participant_id=wanted.id,
                round=its.round,
                step=its.step,
                began_at=now,
            )
        )
    session.flush()
    tell(session, its.id, "floor", wanted.id if wanted else 0, now)
    tell_lead(session, its.id, "turns", its.id, now)
