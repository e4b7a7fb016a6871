"""Reading requests and conversations, each by the two whom it is between."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.contacts.asking import WAITS
from cop.contacts.models import ContactRequest, Conversation, ConversationSide, Message
from cop.contacts.permissions import (
    CONVERSATIONS,
    REQUESTS,
    ConversationPermission,
    RequestPermission,
    is_mine,
)
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import markup

MOST = 40
PAGE = 40  # messages


@dataclass(frozen=True, slots=True)
class Request:
    id: int
    person: Person  # the other
    words: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation in a list."""

    id: int
    person: Person
    at: datetime
    unread: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class Said:
    id: int
    mine: bool
    html: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One conversation, the oldest of what is shown first.

    Attributes:
        older: key of the page with what was said before; None when this is all.
    """

    id: int
    person: Person
    as_name: str  # of the pseudonym under which the actor talks, else ''
    said: list[Said]
    ended: bool
    older: int | None


def to_me(session: Session, actor: Actor) -> list[Request]:
    """Requests that wait for the actor's answer, the oldest first."""
    return _requests(
        session,
        actor,
        ContactRequest.from_id,
        REQUESTS.clause(actor, RequestPermission.ANSWER),
    )


def of_me(session: Session, actor: Actor, now: datetime) -> list[Request]:
    """What the actor asked and nobody answered yet."""
    return _requests(
        session,
        actor,
        ContactRequest.to_id,
        and_(REQUESTS.clause(actor, RequestPermission.WITHDRAW), ContactRequest.at > now - WAITS),
    )


def _requests(
    session: Session, actor: Actor, other_id: Any, condition: ColumnElement[bool]
) -> list[Request]:
    rows = session.execute(
        select(ContactRequest.id, ContactRequest.words, ContactRequest.at, *PERSON)
        .join(Persona, Persona.id == other_id)
        .where(condition)
        .order_by(ContactRequest.at, ContactRequest.id)
        .limit(MOST)
    )
    return [Request(row.id, person(row, actor), row.words or "", row.at) for row in rows]


def conversations(
    session: Session, actor: Actor, after: int | None = None
) -> tuple[list[Line], int | None]:
    """The actor's, the latest first, and the key of the next page.

    Args:
        after: the conversation that the page before ended with.
    """
    mine, theirs, message = (
        aliased(ConversationSide),
        aliased(ConversationSide),
        aliased(Message),
    )
    last = (
        select(func.max(message.id))
        .where(message.conversation_id == Conversation.id)
        .scalar_subquery()
    )
    asked = (
        select(
            *(Conversation.id, Conversation.last_at, Conversation.ended_at, mine.read_upto),
            last.label("last"),
            *PERSON,
        )
        .join(mine, mine.conversation_id == Conversation.id)
        .join(theirs, theirs.conversation_id == Conversation.id)
        .join(Persona, Persona.id == theirs.persona_id)
        .where(is_mine(actor, mine.persona_id), theirs.persona_id != mine.persona_id)
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
        .limit(MOST + 1)
    )
    if after is not None:
        before = aliased(Conversation)
        last_at = select(before.last_at).where(before.id == after).scalar_subquery()
        asked = asked.where(
            or_(
                Conversation.last_at < last_at,
                and_(Conversation.last_at == last_at, Conversation.id < after),
            )
        )
    rows = session.execute(asked).all()
    lines = [
        Line(
            row.id,
            person(row, actor),
            row.last_at,
            (row.last or 0) > row.read_upto,
            row.ended_at is not None,
        )
        for row in rows[:MOST]
    ]
    return lines, lines[-1].id if len(rows) > MOST else None


def page(session: Session, actor: Actor, conversation_id: int, before: int | None = None) -> Page:
    """
    Raises:
        NotFound: not the actor's.
    """
    found = CONVERSATIONS.get(session, actor, ConversationPermission.READ, conversation_id)
    sides = session.execute(
        select(ConversationSide.persona_id, Persona.member_id, *PERSON)
        .join(Persona, Persona.id == ConversationSide.persona_id)
        .where(ConversationSide.conversation_id == found.id)
    ).all()
    mine = next(row for row in sides if row.member_id == actor.member_id)
    other = next(row for row in sides if row.persona_id != mine.persona_id)
    asked = (
        select(Message.id, Message.persona_id, Message.text, Message.at)
        .where(Message.conversation_id == found.id)
        .order_by(Message.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        asked = asked.where(Message.id < before)
    rows = session.execute(asked).all()
    shown = rows[:PAGE][::-1]
    return Page(
        found.id,
        person(other, actor),
        mine.name if person(mine, actor).is_pseudonym else "",
        [
            Said(row.id, row.persona_id == mine.persona_id, markup.render(row.text), row.at)
            for row in shown
        ],
        found.ended_at is not None,
        shown[0].id if len(rows) > PAGE else None,
    )
