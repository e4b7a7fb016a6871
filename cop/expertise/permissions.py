"""Who may do what with cards and the questions that go round.

Every member may make a card, of themselves or of a team: no role, diploma or approval. A card is
seen by whoever sees at least one line of it. Whoever keeps it changes it.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from cop.expertise.models import (
    Card,
    CardKeeper,
    CardKind,
    CardLine,
    ExpertAsk,
    ExpertQuestion,
    Shown,
)
from cop.members.actor import Actor
from cop.members.blocks import blocked_by, name_blocked
from cop.members.models import Persona
from cop.platform.policy import Policy


def is_mine(actor: Actor, persona_id: Any) -> ColumnElement[bool]:
    """The name is one of the actor's."""
    if not actor.is_member:
        return false()
    persona = aliased(Persona)
    return exists().where(
        persona.id == persona_id, persona.member_id == actor.member_id, persona.gone_at.is_(None)
    )


def keeps(actor: Actor, card_id: Any, *, accepted: bool = True) -> ColumnElement[bool]:
    """The actor keeps the card; or is asked to, and has not answered."""
    if not actor.is_member:
        return false()
    keeper, persona = aliased(CardKeeper), aliased(Persona)
    found = (
        select(keeper.card_id)
        .join(persona, persona.id == keeper.persona_id)
        .where(persona.member_id == actor.member_id, persona.gone_at.is_(None))
        .correlate(None)
    )
    if accepted:
        found = found.where(keeper.accepted_at.is_not(None))
    else:
        found = found.where(keeper.accepted_at.is_(None), ~blocked_by(actor, keeper.asked_by_id))
    made: ColumnElement[bool] = card_id.in_(found)
    return made


def seen(actor: Actor, level: Any) -> ColumnElement[bool]:
    """A line or a way of contact of this level is for the actor, whoever keeps it."""
    if actor.is_system:
        return true()
    found: ColumnElement[bool] = level == Shown.PUBLIC
    return or_(found, level == Shown.MEMBERS) if actor.is_member else found


def has_keeper() -> ColumnElement[bool]:
    """Somebody who is still here keeps the card."""
    keeper, persona = aliased(CardKeeper), aliased(Persona)
    return exists().where(
        keeper.card_id == Card.id,
        keeper.accepted_at.is_not(None),
        persona.id == keeper.persona_id,
        persona.gone_at.is_(None),
    )


def _shows_something(actor: Actor) -> ColumnElement[bool]:
    line = aliased(CardLine)
    return and_(exists().where(line.card_id == Card.id, seen(actor, line.shown)), has_keeper())


def _keeps(actor: Actor) -> ColumnElement[bool]:
    return keeps(actor, Card.id)


def _asked(actor: Actor) -> ColumnElement[bool]:
    return and_(keeps(actor, Card.id, accepted=False), ~keeps(actor, Card.id))


def _of_several(actor: Actor) -> ColumnElement[bool]:
    return and_(_keeps(actor), Card.kind != CardKind.PERSON)


class CardPermission(StrEnum):
    ANSWER = "answer"  # an invitation to keep it along
    ASK_ALONG = "ask_along"
    CHANGE = "change"
    READ = "read"


CARDS: Policy[Actor, Card] = Policy(
    Card,
    {
        CardPermission.ANSWER: (_asked,),
        CardPermission.ASK_ALONG: (_of_several,),
        CardPermission.CHANGE: (_keeps,),
        CardPermission.READ: (_shows_something, _keeps),
    },
)


class LinePermission(StrEnum):
    CHANGE = "change"
    READ = "read"


LINES: Policy[Actor, CardLine] = Policy(
    CardLine,
    {
        LinePermission.CHANGE: (lambda actor: keeps(actor, CardLine.card_id),),
        LinePermission.READ: (
            lambda actor: seen(actor, CardLine.shown),
            lambda actor: keeps(actor, CardLine.card_id),
        ),
    },
)


class QuestionPermission(StrEnum):
    ANSWER = "answer"
    MANAGE = "manage"  # close, ask more, thank


def _was_asked(actor: Actor) -> ColumnElement[bool]:
    ask = aliased(ExpertAsk)
    return and_(
        ExpertQuestion.closed_at.is_(None),
        ~blocked_by(actor, ExpertQuestion.persona_id),
        exists().where(
            ask.question_id == ExpertQuestion.id,
            ask.answer.is_(None),
            is_mine(actor, ask.persona_id),
            ~name_blocked(ExpertQuestion.persona_id, ask.persona_id),
        ),
    )


QUESTIONS: Policy[Actor, ExpertQuestion] = Policy(
    ExpertQuestion,
    {
        QuestionPermission.ANSWER: (_was_asked,),
        QuestionPermission.MANAGE: (lambda actor: is_mine(actor, ExpertQuestion.persona_id),),
    },
)
