"""What contacts say elsewhere: in notifications, on the home page, on the page 'me'.

No words of a request or a conversation stand in any of it, and a mail says only that something
waits.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from cop.contacts.models import ContactRequest, Conversation, ConversationSide, Message
from cop.contacts.permissions import (
    CONVERSATIONS,
    REQUESTS,
    ConversationPermission,
    RequestPermission,
)
from cop.members.actor import Actor
from cop.members.blocks import blocked_by, names_blocked
from cop.members.mine import Entry, part_of_me
from cop.members.mine import Part as PartOfMe
from cop.members.models import Persona
from cop.moderation.models import Decision
from cop.moderation.subjects import subject
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.notifications.waits import USUAL, Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _

ANSWERING, READING = 1, 2  # minutes


@sentences("contacts.asked", "contacts.accepted", "contacts.message")
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """One line each, with who, without a word of what."""
    asked = {n.subject_id for n in notifications if n.kind == "contacts.asked"}
    talks = {n.subject_id for n in notifications if n.kind != "contacts.asked"}
    waiting = set(
        session.scalars(
            select(ContactRequest.id).where(
                ContactRequest.id.in_(asked), REQUESTS.clause(actor, RequestPermission.ANSWER)
            )
        )
    )
    mine = set(
        session.scalars(
            select(Conversation.id).where(
                Conversation.id.in_(talks),
                CONVERSATIONS.clause(actor, ConversationPermission.READ),
            )
        )
    )
    unwanted = names_blocked(session, actor, {n.by_id for n in notifications if n.by_id})
    found = {}
    for n in notifications:
        if n.by_id in unwanted:
            continue  # what they did before they were blocked
        who = n.by.name if n.by is not None else ""
        if n.kind == "contacts.asked" and n.subject_id in waiting:
            found[n.id] = Line(_("%(who)s would like to get in touch.", who=who), "/contact")
        elif n.subject_id in mine and n.kind != "contacts.asked":
            said = (
                _("%(who)s accepted: you can write to each other.", who=who)
                if n.kind == "contacts.accepted"
                else _("%(who)s wrote to you.", who=who)
            )
            found[n.id] = Line(said, f"/contact/gesprekken/{n.subject_id}")
    return found


@waits
def requests_and_messages(session: Session, actor: Actor, _now: datetime) -> Iterator[Wait]:
    """Two queries."""
    if not actor.is_member:
        return
    where, kind, me = _("contact"), actor.left_open, {"me": actor.member_id}
    for row in rows(session, _requests(kind), me):
        yield Wait(
            Part.ASKED,
            _("%(who)s would like to get in touch", who=row.name),
            f"/contact#verzoek-{row.id}",
            ANSWERING,
            row.at,
            where=where,
        )
    for row in rows(session, _unread(kind), me):
        yield Wait(
            Part.ASKED,
            _("%(who)s wrote to you", who=row.name),
            f"/contact/gesprekken/{row.id}",
            READING,
            row.last_at,
            where=where,
        )


# Built once per kind of actor: building them costs more than running.


@cache
def _requests(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(ContactRequest.id, ContactRequest.at, Persona.name)
        .join(Persona, Persona.id == ContactRequest.from_id)
        .where(REQUESTS.clause(kind, RequestPermission.ANSWER))
        .order_by(ContactRequest.at, ContactRequest.id)
        .limit(USUAL)
    )


@cache
def _unread(kind: Actor) -> Select[*tuple[Any, ...]]:
    mine, theirs, own = aliased(ConversationSide), aliased(ConversationSide), aliased(Persona)
    newer = exists().where(
        Message.conversation_id == Conversation.id,
        Message.id > mine.read_upto,
        Message.persona_id != mine.persona_id,
    )
    return (
        select(Conversation.id, Conversation.last_at, Persona.name)
        .join(mine, mine.conversation_id == Conversation.id)
        .join(own, own.id == mine.persona_id)
        .join(theirs, theirs.conversation_id == Conversation.id)
        .join(Persona, Persona.id == theirs.persona_id)
        .where(own.member_id == kind.member_id, theirs.persona_id != mine.persona_id, newer)
        .where(~blocked_by(kind, theirs.persona_id))
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
        .limit(USUAL)
    )


@part_of_me
def part(_session: Session, _actor: Actor) -> PartOfMe:
    return PartOfMe(
        _("Contact"),
        [
            Entry(_("Private conversations and requests"), "/contact"),
            Entry(_("Whom you blocked"), "/contact#geblokkeerd"),
        ],
    )


@subject("message", (Decision.NOTHING, Decision.REMOVE))
def place(session: Session, actor: Actor, message_id: int) -> str | None:
    """Where the two find what was reported."""
    message = session.get(Message, message_id)
    if message is None:
        return None
    held = CONVERSATIONS.held(session, actor, message.conversation_id)
    if ConversationPermission.READ not in held:
        return None
    return f"/contact/gesprekken/{message.conversation_id}#bericht-{message.id}"
