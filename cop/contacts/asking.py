"""Asking somebody to get in touch: nothing is exchanged before both agree.

Whoever asks somebody who asked them agrees by that. A room above this one that brings people
together calls `ask` for each side, under the names that it knows them by; or, where asking has its
own place there (a market, on whose floor a number stands for somebody), `agreed` when both did.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.contacts import conversations
from cop.contacts.events import ContactAccepted, ContactAsked
from cop.contacts.models import ContactRequest
from cop.contacts.permissions import REQUESTS, RequestPermission, is_mine
from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.members.models import Persona, PersonaKind
from cop.members.queries import own_persona, takes_part
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused, refuse_longer
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.circles import CircleMembership, persona_in
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST = 1000
MOST_WAITING = 10  # requests of one member that nobody answered yet
WAITS = timedelta(days=60)  # then one may ask again
AFTER_NO = timedelta(days=90)
AFTER_WITHDRAWING = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking: a request that waits, or a conversation that is there."""

    request_id: int | None = None
    conversation_id: int | None = None


def ask(
    session: Session,
    actor: Actor,
    to_id: int,
    words: str,
    now: datetime,
    *,
    from_id: int | None = None,
    about: str = "",
    anyway: bool = False,
) -> Asked:
    """Ask somebody, or agree to what they asked.

    Args:
        to_id: the persona who is asked.
        from_id: the name under which the actor asks; None is their own.

    Where a conversation is there, or comes of it, what the actor wrote stands in it.

    Raises:
        NotFound: nobody to ask, or not a name of the actor's.
        Refused: asked already, or said no to a while ago; too many wait; too long; blocked by
            the actor.
    """
    if not actor.is_member or actor.member_id is None:
        raise NotFound
    from_id = _name(session, actor, from_id)
    other = session.scalar(
        select(Persona).where(Persona.id == to_id, takes_part(), ~is_mine(actor, Persona.id))
    )
    if other is None:
        raise NotFound
    words = trimmed(words)
    refuse_longer(words, LONGEST, "words")
    # One at a time: the same form sent twice is one request, and two who ask each other agree.
    conversations.hold(session, from_id, to_id)
    if session.scalar(select(blocked_by(actor, to_id))):
        raise Refused(_("You blocked them. Let them reach you again first, on the page Contact."))
    there = conversations.between(session, from_id, to_id)
    theirs = None if there is not None else _theirs(session, actor, to_id, from_id)
    if there is None and theirs is None:
        _refuse_again(session, from_id, to_id, now)
    ask_author([words], Purpose.POST, anyway)
    if theirs is not None:
        there = answer(session, actor, theirs, True, now)
    if there is not None:
        if words:
            conversations.say(session, actor, there, words, now, anyway=True)
        return Asked(conversation_id=there)
    made = ContactRequest(from_id=from_id, to_id=to_id, about=about, words=words or None, at=now)
    session.add(made)
    session.flush()
    emit(session, ContactAsked(request_id=made.id), now)
    return Asked(request_id=made.id)


def name_towards(session: Session, actor: Actor, to: Persona) -> int | None:
    """Under which name the actor asks somebody: None is their own.

    Who goes by a pseudonym is asked where it is used, by the name that the actor has there.

    Raises:
        NotFound: a pseudonym that is used nowhere any more, or the actor's own.
    """
    if to.kind == PersonaKind.SELF:
        return None
    there = select(persona_in(actor, CircleMembership.circle_id)).where(
        CircleMembership.persona_id == to.id, CircleMembership.member_id != actor.member_id
    )
    found = session.scalar(there.limit(1))
    if found is None:
        raise NotFound
    return found


def _name(session: Session, actor: Actor, from_id: int | None) -> int:
    assert actor.member_id is not None
    if from_id is None:
        return own_persona(session, actor.member_id).id
    mine = select(Persona.id).where(
        Persona.id == from_id, Persona.member_id == actor.member_id, takes_part()
    )
    if session.scalar(mine) is None:
        raise NotFound
    return from_id


def _latest(session: Session, from_id: int, to_id: int) -> ContactRequest | None:
    return session.scalar(
        select(ContactRequest)
        .where(ContactRequest.from_id == from_id, ContactRequest.to_id == to_id)
        .order_by(ContactRequest.id.desc())
        .limit(1)
    )


def _theirs(session: Session, actor: Actor, from_id: int, to_id: int) -> int | None:
    """What the other asked the actor, and waits."""
    return session.scalar(
        select(ContactRequest.id)
        .where(ContactRequest.from_id == from_id, ContactRequest.to_id == to_id)
        .where(REQUESTS.clause(actor, RequestPermission.ANSWER))
        .order_by(ContactRequest.id.desc())
        .limit(1)
    )


def _refuse_again(session: Session, from_id: int, to_id: int, now: datetime) -> None:
    before = _latest(session, from_id, to_id)
    if before is not None and before.answered_at is None and before.at > now - WAITS:
        raise Refused(_("You asked them already. They answer when it suits them."))
    if before is not None and before.accepted is False and before.at > now - AFTER_NO:
        raise Refused(_("They did not take this up. Ask somebody else, or try again later."))
    withdrawn = before is not None and before.accepted is None and before.answered_at is not None
    if withdrawn and before is not None and before.at > now - AFTER_WITHDRAWING:
        raise Refused(_("You took your request back. You can ask again after a week."))
    waiting = session.scalar(
        select(func.count())
        .select_from(ContactRequest)
        .where(
            ContactRequest.from_id == from_id,
            ContactRequest.answered_at.is_(None),
            ContactRequest.at > now - WAITS,
        )
    )
    if (waiting or 0) >= MOST_WAITING:
        raise Refused(
            _("%(most)s people have not answered you yet. Wait for them first.", most=MOST_WAITING)
        )


def answer(
    session: Session, actor: Actor, request_id: int, accepts: bool, now: datetime
) -> int | None:
    """Accept, which opens a conversation (its id), or not.

    Raises:
        NotFound: nothing that waits for the actor's answer.
    """
    asked = REQUESTS.get(session, actor, RequestPermission.ANSWER, request_id)
    conversations.hold(session, asked.from_id, asked.to_id)
    request = REQUESTS.get_for_change(session, actor, RequestPermission.ANSWER, request_id)
    request.answered_at, request.accepted = now, accepts
    session.flush()
    if not accepts:
        request.words = None  # nobody needs them any more
        session.flush()
        return None
    opened = conversations.open_between(session, request.from_id, request.to_id, now)
    if request.words:
        conversations.put(session, opened, request.from_id, request.words, now)
        request.words = None
    session.flush()
    emit(session, ContactAccepted(request_id=request.id, conversation_id=opened), now)
    return opened


def agreed(
    session: Session,
    said: Sequence[tuple[int, str]],
    about: str,
    asked_at: datetime,
    now: datetime,
) -> int:
    """Two agreed to it elsewhere: the conversation that they have now, with what each wrote in it.

    Who asked hears of it. What they asked each other here, and waits, is settled by it.

    Args:
        said: who asked and who agreed, each with what they wrote to the other, or ''.

    Raises:
        NotFound: one of them blocked the other.
    """
    (from_id, _words), (to_id, _answer) = said
    opened = conversations.open_between(session, from_id, to_id, now)
    both = (from_id, to_id)
    waiting = session.scalars(
        select(ContactRequest)
        .where(ContactRequest.from_id.in_(both), ContactRequest.to_id.in_(both))
        .where(ContactRequest.answered_at.is_(None))
        .order_by(ContactRequest.id)
        .with_for_update()
    ).all()
    for each in waiting:
        each.answered_at, each.accepted = now, True
    request = ContactRequest(
        from_id=from_id, to_id=to_id, about=about, at=asked_at, answered_at=now, accepted=True
    )
    session.add(request)
    session.flush()
    for persona_id, words in [*((each.from_id, each.words) for each in waiting), *said]:
        if words:
            conversations.put(session, opened, persona_id, words, now)
    for each in waiting:
        each.words = None
    session.flush()
    emit(session, ContactAccepted(request_id=request.id, conversation_id=opened), now)
    return opened


def withdraw(session: Session, actor: Actor, request_id: int, now: datetime) -> None:
    """Take a request back; its words are gone at once.

    Raises:
        NotFound: none of the actor's that waits.
    """
    request = REQUESTS.get_for_change(session, actor, RequestPermission.WITHDRAW, request_id)
    request.answered_at, request.words = now, None
    session.flush()
