"""Who may do what with requests and conversations: the two whom it is between, nobody else.

Moderators and administrators read none of it; what is reported comes to them as the passage that
the reporter encloses.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, select
from sqlalchemy.orm import aliased

from cop.contacts.models import ContactRequest, Conversation, ConversationSide
from cop.members.actor import Actor
from cop.members.blocks import blocked_by, name_blocked
from cop.members.models import Persona
from cop.platform.policy import Policy


def is_mine(actor: Actor, persona_id: Any) -> ColumnElement[bool]:
    """The name is one of the actor's."""
    if not actor.is_member:
        return false()
    persona = aliased(Persona)
    return exists().where(persona.id == persona_id, persona.member_id == actor.member_id)


class RequestPermission(StrEnum):
    ANSWER = "answer"
    WITHDRAW = "withdraw"


def _waits() -> ColumnElement[bool]:
    return ContactRequest.answered_at.is_(None)


REQUESTS: Policy[Actor, ContactRequest] = Policy(
    ContactRequest,
    {
        RequestPermission.ANSWER: (
            lambda actor: and_(
                is_mine(actor, ContactRequest.to_id),
                _waits(),
                ~blocked_by(actor, ContactRequest.from_id),
                # Whoever asked and blocked them since: to them it looks taken back.
                ~name_blocked(ContactRequest.from_id, ContactRequest.to_id),
            ),
        ),
        RequestPermission.WITHDRAW: (
            lambda actor: and_(is_mine(actor, ContactRequest.from_id), _waits()),
        ),
    },
)


class ConversationPermission(StrEnum):
    END = "end"
    READ = "read"
    WRITE = "write"


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    side, persona = aliased(ConversationSide), aliased(Persona)
    return Conversation.id.in_(
        select(side.conversation_id)
        .join(persona, persona.id == side.persona_id)
        .where(persona.member_id == actor.member_id)
        .correlate(None)
    )


def _goes_on(actor: Actor) -> ColumnElement[bool]:
    return and_(_takes_part(actor), Conversation.ended_at.is_(None))


CONVERSATIONS: Policy[Actor, Conversation] = Policy(
    Conversation,
    {
        ConversationPermission.END: (_goes_on,),
        ConversationPermission.READ: (_takes_part,),
        ConversationPermission.WRITE: (_goes_on,),
    },
)
