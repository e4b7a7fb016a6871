"""What the worker does for contacts: telling, and forgetting whoever leaves."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cop.contacts.events import ContactAccepted, ContactAsked, MessageWritten
from cop.contacts.models import ContactRequest, Conversation, ConversationSide, Message
from cop.members.blocks import Block
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import Persona
from cop.moderation.events import ReportDecided
from cop.moderation.models import Decision
from cop.notifications.models import Notification
from cop.notifications.operations import notify
from cop.platform.outbox import on


@on(ContactAsked)
def tell_who_is_asked(session: Session, event: ContactAsked, now: datetime) -> None:
    request = session.get(ContactRequest, event.request_id)
    if request is not None and request.answered_at is None:
        _tell(
            session, "asked", f"asked:{request.id}", request.id, request.to_id, request.from_id, now
        )


@on(ContactAccepted)
def tell_who_asked(session: Session, event: ContactAccepted, now: datetime) -> None:
    request = session.get(ContactRequest, event.request_id)
    if request is not None:
        key = f"accepted:{request.id}"
        at = event.conversation_id
        _tell(session, "accepted", key, at, request.from_id, request.to_id, now)


@on(MessageWritten)
def tell_the_other(session: Session, event: MessageWritten, now: datetime) -> None:
    """Once for all that they have not seen yet: one conversation never rings twice."""
    message = session.get(Message, event.message_id)
    if message is None:
        return
    other = session.scalar(
        select(ConversationSide).where(
            ConversationSide.conversation_id == message.conversation_id,
            ConversationSide.persona_id != message.persona_id,
        )
    )
    if other is None or other.read_upto >= message.id or other.persona.member_id is None:
        return
    rings = session.scalar(
        select(Notification.id)
        .where(
            Notification.member_id == other.persona.member_id,
            Notification.kind == "contacts.message",
            Notification.subject_id == message.conversation_id,
            Notification.read_at.is_(None),
        )
        .limit(1)
    )
    if rings is None:
        key, at = f"message:{message.id}", message.conversation_id
        _tell(session, "message", key, at, other.persona_id, message.persona_id, now)


def _tell(
    session: Session, kind: str, key: str, subject_id: int, to_id: int, by_id: int, now: datetime
) -> None:
    member_id = session.scalar(
        select(Persona.member_id).where(Persona.id == to_id, Persona.gone_at.is_(None))
    )
    if member_id is not None:
        notify(
            session,
            member_ids=[member_id],
            kind=f"contacts.{kind}",
            key=f"contacts.{key}",
            subject_id=subject_id,
            by_id=by_id,
            now=now,
        )


@on(ReportDecided)
def carry_out(session: Session, event: ReportDecided, _now: datetime) -> None:
    """A message that the moderators took away is gone for both."""
    kind, _colon, number = event.subject.partition(":")
    if kind == "message" and event.decision == Decision.REMOVE:
        session.execute(delete(Message).where(Message.id == int(number)))


# --- leaving


@on(MemberLeft)
def forget_member(session: Session, event: MemberLeft, now: datetime) -> None:
    session.execute(delete(Block).where(Block.member_id == event.member_id))
    _forget(session, event.persona_id, now)


@on(PseudonymEnds)
def forget_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    _forget(session, event.persona_id, now)


def _forget(session: Session, persona_id: int, now: datetime) -> None:
    """Private words go with whoever wrote them; the other keeps their own."""
    session.execute(
        delete(ContactRequest).where(
            or_(ContactRequest.from_id == persona_id, ContactRequest.to_id == persona_id)
        )
    )
    session.execute(delete(Message).where(Message.persona_id == persona_id))
    session.execute(delete(Block).where(Block.persona_id == persona_id))
    theirs = select(ConversationSide.conversation_id).where(
        ConversationSide.persona_id == persona_id
    )
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(theirs), Conversation.ended_at.is_(None))
        .values(ended_at=now)
    )
