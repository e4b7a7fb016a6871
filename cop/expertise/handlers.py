"""What the worker does for the kenniskaart: telling, asking others, forgetting whoever leaves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.expertise import gaps, keeping, questions
from cop.expertise.events import AskAccepted, HandfulAsked, KeeperAsked, RoundEnded, Thanked
from cop.expertise.models import (
    Card,
    CardKeeper,
    CardKind,
    DeclinedSuggestion,
    ExpertAsk,
    ExpertQuestion,
)
from cop.members.events import MemberLeft
from cop.members.models import Persona
from cop.notifications.operations import notify
from cop.platform.outbox import job, on
from cop.spaces.events import moment

DAILY = 24 * 3600


@on(KeeperAsked)
def tell_who_is_asked_along(session: Session, event: KeeperAsked, now: datetime) -> None:
    row = session.get(CardKeeper, (event.card_id, event.persona_id))
    if row is not None and row.accepted_at is None:
        # Who said no and is asked once more hears it once more.
        key = f"keep:{event.card_id}:{event.persona_id}:{moment(now)}"
        _tell(session, "keep", key, event.card_id, [event.persona_id], row.asked_by_id, now)


@on(HandfulAsked)
def tell_handful(session: Session, event: HandfulAsked, now: datetime) -> None:
    question = session.get(ExpertQuestion, event.question_id)
    if question is None or question.closed_at is not None:
        return
    waiting = session.scalars(
        select(ExpertAsk.persona_id)
        .where(ExpertAsk.question_id == question.id, ExpertAsk.answer.is_(None))
        .order_by(ExpertAsk.persona_id)
    ).all()
    key = f"question:{question.id}"  # once for each of them, whichever handful they were in
    _tell(session, "question", key, question.id, waiting, question.persona_id, now)


@on(AskAccepted)
def tell_asker(session: Session, event: AskAccepted, now: datetime) -> None:
    row = session.get(ExpertAsk, (event.question_id, event.persona_id))
    if row is not None and row.answer == "yes":
        asker = session.get_one(ExpertQuestion, event.question_id).persona_id
        key = f"yes:{event.question_id}:{event.persona_id}"
        _tell(session, "yes", key, event.question_id, [asker], event.persona_id, now)


@on(Thanked)
def tell_thanks(session: Session, event: Thanked, now: datetime) -> None:
    question = session.get(ExpertQuestion, event.question_id)
    if question is not None:
        key = f"thanks:{question.id}:{event.persona_id}"
        about = [event.persona_id]
        _tell(session, "thanks", key, question.id, about, question.persona_id, now)


@job("expertise.ask_others")
def ask_others(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """The time of a handful is over."""
    question = session.get(ExpertQuestion, payload["question_id"])
    if question is None or question.handfuls != payload["handful"]:
        return
    questions.go_on(session, question, now)


@job("expertise.settle")
def settle(session: Session, payload: dict[str, Any], now: datetime) -> None:
    questions.settle(session, payload["question_id"], now)


@on(RoundEnded)
def tell_that_nobody_could(session: Session, event: RoundEnded, now: datetime) -> None:
    question = session.get(ExpertQuestion, event.question_id)
    if question is not None:
        key = f"nobody:{question.id}"
        _tell(session, "nobody", key, question.id, [question.persona_id], None, now)


@job("expertise.forget_old_gaps", every=DAILY)
def forget_old_gaps(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    gaps.purge(session, now.date())


def _tell(
    session: Session,
    kind: str,
    key: str,
    subject_id: int,
    persona_ids: Sequence[int],
    by_id: int | None,
    now: datetime,
) -> None:
    members = session.scalars(
        select(Persona.member_id).where(
            Persona.id.in_(persona_ids),
            Persona.gone_at.is_(None),
            Persona.member_id.is_not(None),
        )
    ).all()
    notify(
        session,
        member_ids=[id for id in members if id is not None],
        kind=f"expertise.{kind}",
        key=f"expertise.{key}",
        subject_id=subject_id,
        by_id=by_id,
        now=now,
    )


@on(MemberLeft)
def forget_member(session: Session, event: MemberLeft, now: datetime) -> None:
    """Their card goes, and what they asked; a card of several goes with the last who kept it."""
    gaps.forget(session, event.member_id)
    session.execute(
        delete(DeclinedSuggestion).where(DeclinedSuggestion.member_id == event.member_id)
    )
    theirs = select(ExpertQuestion.id).where(ExpertQuestion.persona_id == event.persona_id)
    session.execute(
        delete(ExpertAsk).where(
            or_(ExpertAsk.persona_id == event.persona_id, ExpertAsk.question_id.in_(theirs))
        )
    )
    session.execute(delete(ExpertQuestion).where(ExpertQuestion.persona_id == event.persona_id))
    kept = session.scalars(
        select(CardKeeper.card_id)
        .where(CardKeeper.persona_id == event.persona_id)
        .order_by(CardKeeper.card_id)
    ).all()
    keeping.hold(session, kept)
    for row in session.scalars(
        select(CardKeeper).where(CardKeeper.persona_id == event.persona_id)
    ).all():
        session.delete(row)
    session.flush()
    for card_id in kept:
        card = session.get(Card, card_id)
        if card is None:
            continue
        others = select(CardKeeper.card_id).where(
            CardKeeper.card_id == card_id, CardKeeper.accepted_at.is_not(None)
        )
        if card.kind == CardKind.PERSON or session.scalar(others.limit(1)) is None:
            keeping.delete_card(session, card_id)
