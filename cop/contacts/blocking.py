"""Blocking somebody and letting them in again; the table and its condition are of `members`."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, aliased

from cop.contacts import conversations
from cop.contacts.models import ContactRequest, Conversation, ConversationSide
from cop.contacts.permissions import CONVERSATIONS, ConversationPermission
from cop.members.actor import Actor
from cop.members.blocks import Block
from cop.members.models import Persona
from cop.members.permissions import PERSONAS, PersonaPermission
from cop.members.queries import own_persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _


def someone(session: Session, actor: Actor, handle: str) -> Persona:
    """The name that the actor may see and that is not theirs.

    Raises:
        NotFound: nobody has it, or not for the actor.
        Refused: it is the actor's own.
    """
    found = session.scalar(
        select(Persona).where(
            Persona.handle == handle, PERSONAS.clause(actor, PersonaPermission.SEE)
        )
    )
    if found is None or not actor.is_member:
        raise NotFound
    if found.member_id == actor.member_id:
        raise Refused(_("This is yourself."))
    return found


def block(
    session: Session,
    actor: Actor,
    handle: str,
    now: datetime,
    *,
    conversation_id: int | None = None,
) -> None:
    """Be reached by somebody no longer; the conversation with them ends.

    They are not told, and a request of theirs that waits is shown to nobody; one of the actor's
    own is taken back.

    Args:
        conversation_id: where the actor decided it. What ends is between the name that they have
            there and the other, elsewhere their own: ending what they do under several names in
            one moment would say that those are one.

    Raises:
        NotFound: nobody has that name for the actor, or not a conversation of theirs.
        Refused: it is the actor's own.
    """
    other = someone(session, actor, handle)
    assert actor.member_id is not None
    if conversation_id is None:
        mine_id = own_persona(session, actor.member_id).id
    else:
        CONVERSATIONS.get(session, actor, ConversationPermission.READ, conversation_id)
        mine_id = conversations.own_side(session, actor, conversation_id).persona_id
    conversations.hold(session, mine_id, other.id)
    if session.get(Block, (actor.member_id, other.id)) is None:
        session.add(Block(member_id=actor.member_id, persona_id=other.id, at=now))
    mine, theirs = aliased(ConversationSide), aliased(ConversationSide)
    shared = (
        select(mine.conversation_id)
        .join(theirs, theirs.conversation_id == mine.conversation_id)
        .where(mine.persona_id == mine_id, theirs.persona_id == other.id)
    )
    session.execute(
        update(Conversation)
        .where(Conversation.id.in_(shared), Conversation.ended_at.is_(None))
        .values(ended_at=now)
    )
    session.execute(
        update(ContactRequest)
        .where(ContactRequest.from_id == mine_id, ContactRequest.to_id == other.id)
        .where(ContactRequest.answered_at.is_(None))
        .values(answered_at=now, words=None)
    )
    session.flush()


def unblock(session: Session, actor: Actor, handle: str) -> None:
    """Let somebody reach one again.

    Raises:
        NotFound: the actor did not block them.
    """
    done = session.execute(
        delete(Block)
        .where(
            Block.member_id == actor.member_id,
            Block.persona_id.in_(select(Persona.id).where(Persona.handle == handle)),
        )
        .returning(Block.persona_id)
    ).first()
    if done is None:
        raise NotFound
