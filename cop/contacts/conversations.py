"""Private conversations between two: writing and ending. Encrypted, in no index and no mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased

from cop.contacts.events import MessageWritten
from cop.contacts.models import Conversation, ConversationSide, Message
from cop.contacts.permissions import CONVERSATIONS, ConversationPermission, is_mine
from cop.members.actor import Actor
from cop.members.blocks import either_blocked
from cop.members.models import Persona
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused, refuse_longer
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST = 6000


def between(session: Session, one_id: int, other_id: int) -> int | None:
    """The conversation that goes on between two names, if there is one: both agreed to it."""
    one, other = aliased(ConversationSide), aliased(ConversationSide)
    return session.scalar(
        select(Conversation.id)
        .join(one, one.conversation_id == Conversation.id)
        .join(other, other.conversation_id == Conversation.id)
        .where(one.persona_id == one_id, other.persona_id == other_id)
        .where(Conversation.ended_at.is_(None))
        .order_by(Conversation.id.desc())
        .limit(1)
    )


def of_two(one_id: Any, other_id: Any) -> ScalarSelect[int | None]:
    """The latest conversation of two names, also one that ended; both may be columns."""
    one, other = aliased(ConversationSide), aliased(ConversationSide)
    return (
        select(func.max(one.conversation_id))
        .join(other, other.conversation_id == one.conversation_id)
        .where(one.persona_id == one_id, other.persona_id == other_id)
        .scalar_subquery()
    )


def hold(session: Session, *persona_ids: int) -> None:
    """What is decided between two names is decided one at a time, until the transaction ends."""
    rows = select(Persona.id).where(Persona.id.in_(persona_ids)).order_by(Persona.id)
    session.execute(rows.with_for_update(key_share=True)).all()


def open_between(session: Session, one_id: int, other_id: int, now: datetime) -> int:
    """The conversation between two who agreed to it: that which goes on, else a new one.

    Raises:
        NotFound: one of them blocked the other.
    """
    hold(session, one_id, other_id)
    if either_blocked(session, one_id, other_id):
        raise NotFound
    there = between(session, one_id, other_id)
    if there is not None:
        return there
    made = Conversation(at=now, last_at=now)
    session.add(made)
    session.flush()
    session.add_all(
        ConversationSide(conversation_id=made.id, persona_id=id) for id in (one_id, other_id)
    )
    session.flush()
    return made.id


def put(
    session: Session, conversation_id: int, persona_id: int, text: str, now: datetime
) -> Message:
    """Add what somebody wrote, looked at already."""
    message = Message(conversation_id=conversation_id, persona_id=persona_id, text=text, at=now)
    session.add(message)
    session.get_one(Conversation, conversation_id).last_at = now
    session.flush()
    return message


def say(
    session: Session,
    actor: Actor,
    conversation_id: int,
    text: str,
    now: datetime,
    anyway: bool = False,
) -> Message:
    """Write in a conversation that goes on.

    Raises:
        NotFound: not the actor's, or ended.
        Refused: empty or too long; `AuthorAsked` when a check speaks up.
    """
    found = CONVERSATIONS.get(session, actor, ConversationPermission.WRITE, conversation_id)
    text = trimmed(text)
    if not text:
        raise Refused(_("Write something first."), "text")
    refuse_longer(text, LONGEST, "text")
    ask_author([text], Purpose.POST, anyway)
    message = put(session, found.id, own_side(session, actor, found.id).persona_id, text, now)
    own_side(session, actor, found.id).read_upto = message.id
    session.flush()
    emit(session, MessageWritten(message_id=message.id), now)
    return message


def own_side(session: Session, actor: Actor, conversation_id: int) -> ConversationSide:
    """The actor's side of a conversation that they may read."""
    return session.scalars(
        select(ConversationSide).where(
            ConversationSide.conversation_id == conversation_id,
            is_mine(actor, ConversationSide.persona_id),
        )
    ).one()


def end(session: Session, actor: Actor, conversation_id: int, now: datetime) -> None:
    """End it for both; what was written can still be read.

    Raises:
        NotFound: not the actor's, or ended.
    """
    found = CONVERSATIONS.get(session, actor, ConversationPermission.END, conversation_id)
    found.ended_at = now
    session.flush()


def mark_read(session: Session, actor: Actor, conversation_id: int, message_id: int) -> None:
    """The actor saw everything up to a message."""
    side = own_side(session, actor, conversation_id)
    if message_id > side.read_upto:
        side.read_upto = message_id
        session.flush()
