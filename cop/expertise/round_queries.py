"""Reading questions that go round: one's own, and those that wait for one's yes or no."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.expertise.models import ExpertAsk, ExpertQuestion
from cop.expertise.permissions import QUESTIONS, QuestionPermission, is_mine
from cop.expertise.questions import in_a_handful
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name
from cop.platform.errors import NotFound

PAGE = 20


@dataclass(frozen=True, slots=True)
class Round:
    """A question of the actor's, and who said yes: (who, conversation, thanked)."""

    id: int
    topic: str  # the theme's name, or own words
    text: str
    at: datetime
    asked: int
    closed: bool
    accepted: list[tuple[Person, int | None, bool]]


@dataclass(frozen=True, slots=True)
class ToMe:
    """A question that waits for the actor's yes or no, or for which they were thanked."""

    id: int
    topic: str  # the theme's name, or own words
    text: str
    at: datetime
    person: Person


def rounds(session: Session, actor: Actor, question_id: int | None = None) -> list[Round]:
    """The actor's own, the newest first; three queries."""
    asked = (
        select(ExpertQuestion, theme_name())
        .outerjoin(Theme, Theme.id == ExpertQuestion.theme_id)
        .where(QUESTIONS.clause(actor, QuestionPermission.MANAGE))
        .order_by(ExpertQuestion.id.desc())
        .limit(PAGE)
    )
    if question_id is not None:
        asked = asked.where(ExpertQuestion.id == question_id)
    rows = session.execute(asked).all()
    if question_id is not None and not rows:
        raise NotFound
    ids = [row.ExpertQuestion.id for row in rows]
    yes: defaultdict[int, list[tuple[Person, int | None, bool]]] = defaultdict(list)
    count: defaultdict[int, int] = defaultdict(int)
    for each in session.execute(
        select(
            *(ExpertAsk.question_id, ExpertAsk.answer, ExpertAsk.conversation_id),
            ExpertAsk.thanked_at,
            in_a_handful().label("counts"),
            *PERSON,
        )
        .join(Persona, Persona.id == ExpertAsk.persona_id)
        .where(ExpertAsk.question_id.in_(ids))
        .order_by(ExpertAsk.answered_at, ExpertAsk.persona_id)
    ):
        count[each.question_id] += bool(each.counts)
        if each.answer == "yes":
            told = (person(each, actor), each.conversation_id, each.thanked_at is not None)
            yes[each.question_id].append(told)
    return [
        Round(
            q.id,
            name or q.words or "",
            q.text,
            q.at,
            count[q.id],
            q.closed_at is not None,
            yes[q.id],
        )
        for q, name in rows
    ]


def to_me(session: Session, actor: Actor) -> list[ToMe]:
    """Questions that were put to the actor, the oldest first; one query."""
    rows = session.execute(
        select(
            *(ExpertQuestion.id, ExpertQuestion.text, ExpertQuestion.words),
            *(ExpertAsk.at, theme_name()),
            *(p.label(f"who_{p.key}") for p in PERSON),
        )
        .join(ExpertAsk, ExpertAsk.question_id == ExpertQuestion.id)
        .outerjoin(Theme, Theme.id == ExpertQuestion.theme_id)
        .join(Persona, Persona.id == ExpertQuestion.persona_id)
        .where(is_mine(actor, ExpertAsk.persona_id), ExpertAsk.answer.is_(None))
        .where(QUESTIONS.clause(actor, QuestionPermission.ANSWER))
        .order_by(ExpertAsk.at, ExpertQuestion.id)
        .limit(PAGE)
    )
    return [_to_me(row, row.at, actor) for row in rows]


def thanked(session: Session, actor: Actor) -> list[ToMe]:
    """Questions for which the actor was thanked, and when, the newest first; one query."""
    rows = session.execute(
        select(
            *(ExpertQuestion.id, ExpertQuestion.text, ExpertQuestion.words),
            *(ExpertAsk.thanked_at, theme_name()),
            *(p.label(f"who_{p.key}") for p in PERSON),
        )
        .join(ExpertAsk, ExpertAsk.question_id == ExpertQuestion.id)
        .outerjoin(Theme, Theme.id == ExpertQuestion.theme_id)
        .join(Persona, Persona.id == ExpertQuestion.persona_id)
        .where(is_mine(actor, ExpertAsk.persona_id), ExpertAsk.thanked_at.is_not(None))
        .order_by(ExpertAsk.thanked_at.desc(), ExpertQuestion.id)
        .limit(PAGE)
    )
    return [_to_me(row, row.thanked_at, actor) for row in rows]


def _to_me(row: Any, at: datetime, actor: Actor) -> ToMe:
    return ToMe(row.id, row.name or row.words, row.text, at, person(_Named(row), actor))


class _Named:
    """The columns of a person under names of their own, since a theme has a name too."""

    def __init__(self, row: Any) -> None:
        for column in PERSON:
            setattr(self, column.key, getattr(row, f"who_{column.key}"))
