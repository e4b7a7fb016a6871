"""A wrong press in the queue of cases, taken back by who leads: as if it was not pressed.

Only the last one, and only as long as the session did not go on: what somebody typed, said or
answered since belongs to what was pressed.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.intervisie.models import (
    AskAnswer,
    CaseAsk,
    CaseOffer,
    CaseTurn,
    OfferState,
    Pressed,
    QueuePress,
)
from cop.members.actor import Actor
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.sessions import holding, stepping
from cop.sessions.among import held, tell
from cop.sessions.models import (
    GroupSession,
    SessionEntry,
    SessionParticipant,
    SessionState,
    SpeakingTurn,
)
from cop.sessions.permissions import SessionPermission

Before = dict[str, Any]


def before_case(
    session: Session, its: GroupSession, was: CaseOffer | None, one: SessionParticipant
) -> Before:
    """What turning to the case of `one` will change, as it is now.

    Args:
        was: the active case.
    """
    presents = session.scalar(
        select(SessionParticipant.id).where(
            SessionParticipant.session_id == its.id, SessionParticipant.presents
        )
    )
    return {
        "state": its.state,
        "place": stepping.place(its),
        "was": was.id if was is not None else None,
        "presents": presents,
        "observes": one.observes,
        "turn": _turn(session, its, one),
    }


def before_ask(
    session: Session, its: GroupSession, passed: int | None, one: SessionParticipant
) -> Before:
    """What asking `one` will change, as it is now.

    Args:
        passed: the asking that ends because who was asked is gone.
    """
    return {"passed": passed, "turn": _turn(session, its, one)}


def note(
    session: Session,
    its: GroupSession,
    kind: Pressed,
    subject_id: int,
    one: SessionParticipant,
    before: Before,
    now: datetime,
) -> None:
    """Keep what a press changed, in the place of the one before."""
    press = session.get(QueuePress, its.id) or QueuePress(session_id=its.id)
    press.kind, press.subject_id, press.at = kind, subject_id, now
    press.before = before | {"turned": _turn(session, its, one)}
    session.add(press)
    session.flush()


def offered(session: Session, its: GroupSession) -> QueuePress | None:
    """The press that who leads can take back now; at most three queries."""
    press = session.get(QueuePress, its.id)
    return press if press is not None and _is_still(session, its, press) else None


def undo(
    session: Session,
    actor: Actor,
    session_id: int,
    kind: str,
    subject_id: int | None,
    now: datetime,
) -> None:
    """Take the last press back: the case, steps, presenter and turns are as they were before.

    Args:
        kind, subject_id: which press the screen showed.

    Raises:
        NotFound: the actor does not lead it.
        Refused: it is not the last one any more, or the session went on since.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    press = session.get(QueuePress, session_id, populate_existing=True)
    if press is None or (press.kind, press.subject_id) != (kind, subject_id):
        raise Refused(_("This was taken back already, or something else was pressed since."))
    if not _is_still(session, its, press):
        raise Refused(_("The session went on since, so this cannot be taken back any more."))
    if press.kind == Pressed.CASE:
        one = _undo_case(session, its, press, now)
    else:
        one = _undo_ask(session, press)
    _put_turn_back(session, its, one, press.before)
    session.delete(press)
    session.flush()
    tell(session, session_id, "queue", press.subject_id, now)


def _undo_case(
    session: Session, its: GroupSession, press: QueuePress, now: datetime
) -> SessionParticipant:
    found, before = session.get_one(CaseOffer, press.subject_id), press.before
    one = session.get_one(SessionParticipant, found.participant_id)
    found.state = OfferState.OFFERED
    session.flush()  # one at a time is active
    if before["was"] is not None:
        session.get_one(CaseOffer, before["was"]).state = OfferState.ACTIVE
    if _began_anew(press):
        stepping.put_back(session, its, before["place"], press.at, now)
    if one.presents:  # nobody else was named since
        presented = session.get(SessionParticipant, before["presents"] or 0)
        still = presented is not None and presented.removed_at is None
        holding.presents(session, its.id, presented if still else None, now)
        one.observes = before["observes"]
    return one


def _undo_ask(session: Session, press: QueuePress) -> SessionParticipant:
    ask = session.get_one(CaseAsk, press.subject_id)
    one = session.get_one(SessionParticipant, ask.participant_id)
    session.delete(ask)
    passed = session.get(CaseAsk, press.before["passed"] or 0)
    if passed is not None and passed.answer == AskAnswer.PASSES:
        passed.answer = None
    return one


def _is_still(session: Session, its: GroupSession, press: QueuePress) -> bool:
    """Nothing came of it yet."""
    if press.kind == Pressed.ASK:
        ask = session.get(CaseAsk, press.subject_id, populate_existing=True)
        return ask is not None and ask.answer is None
    found = session.get(CaseOffer, press.subject_id, populate_existing=True)
    if found is None or found.state != OfferState.ACTIVE or its.state != press.before["state"]:
        return False
    before = press.before["place"]
    anew = _began_anew(press)
    if (its.round, its.step) != (before["round"] + anew, 0 if anew else before["step"]):
        return False
    typed = and_(SessionEntry.session_id == its.id, SessionEntry.round == its.round)
    spoke = and_(SpeakingTurn.session_id == its.id, SpeakingTurn.round == its.round)
    if not anew:
        typed = and_(typed, SessionEntry.at > press.at)
        spoke = and_(spoke, SpeakingTurn.began_at > press.at)
    went_on = session.scalar(select(or_(exists().where(typed), exists().where(spoke))))
    return not bool(went_on)


def _began_anew(press: QueuePress) -> bool:
    """The press ended a round: there was a case before it, while the session went on."""
    return press.before["was"] is not None and press.before["state"] == SessionState.RUNNING


def _turn(session: Session, its: GroupSession, one: SessionParticipant) -> list[Any] | None:
    row = _row(session, its, one)
    if row is None:
        return None
    return [row.asked_round, row.brought_at.isoformat() if row.brought_at is not None else None]


def _row(session: Session, its: GroupSession, one: SessionParticipant) -> CaseTurn | None:
    if one.member_id is None:
        return None
    return session.get(CaseTurn, (its.circle_id, one.member_id))


def _put_turn_back(
    session: Session, its: GroupSession, one: SessionParticipant, before: Before
) -> None:
    row = _row(session, its, one)
    if row is None or _turn(session, its, one) != before["turned"]:
        return  # they left, or had a turn elsewhere since
    if before["turn"] is None:
        session.delete(row)
        return
    row.asked_round, brought = before["turn"]
    row.brought_at = brought and datetime.fromisoformat(brought)
