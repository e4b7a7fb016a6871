"""Staying in touch after a market: one asks, the other agrees, and only then anything is exchanged.

When both agreed they have a private conversation (`cop.contacts`), which begins with what each
wrote. From then on it is theirs like any other: going on, ending and reporting are done there.

Who says no is not asked again at this market, and the one who asked is not told that it was a no:
the request looks as if it waited, with its words in their own file, also when it is taken back and
made once more. Only whoever said no can come back to it, by asking themselves. A request to
somebody who blocked whoever asks waits for ever, and is shown and told to nobody.
"""

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from cop.contacts import asking, conversations
from cop.markets.events import StayingAsked
from cop.markets.floor_among import allowed, people_held, tell_one
from cop.markets.floor_models import FloorPerson, MarketContact
from cop.markets.floor_permissions import FloorPermission
from cop.members.actor import Actor
from cop.members.blocks import blocked_by, either_blocked
from cop.notifications.operations import mark_subject_read
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_WORDS = 300
MOST_ASKED = 40  # by one person at one market
TOLD = "markets.contact"  # the notification of who is asked; of a market


def told_key(from_id: int) -> str:
    """Of the notification that somebody on the floor asks: asking again rings no second time."""
    return f"{TOLD}:{from_id}"


def ask(
    session: Session,
    actor: Actor,
    market_id: int,
    person_id: int,
    said: str,
    now: datetime,
    anyway: bool = False,
) -> MarketContact:
    """Ask somebody on the floor to stay in touch; when they asked before, both agree with it.

    Args:
        said: what the actor writes to them, if anything; the other sees it once both agreed.

    Raises:
        NotFound: the actor did not come, or nobody of that number did.
        Refused: oneself, somebody whom one blocked or can write to already, or too much.
        AuthorAsked: the words may say who somebody is.
    """
    if not allowed(session, actor, FloorPermission.MEET, market_id):
        raise NotFound
    mine, other = _both_held(session, actor, market_id, person_id)
    if other.removed_at is not None:
        raise NotFound
    said = _said(said, anyway)
    if session.scalar(select(blocked_by(actor, other.persona_id))):
        raise Refused(_("You blocked them. Let them reach you again first, on the page Contact."))
    quiet = either_blocked(session, mine.persona_id, other.persona_id)  # they blocked the actor
    if conversations.between(session, mine.persona_id, other.persona_id) is not None:
        raise Refused(_("You can write to each other already, on the page Contact."))
    known = between(session, mine.id, other.id)
    if known is not None and known.agreed_at is not None:  # what they had has ended since
        session.delete(known)
        session.flush()
        known = None
    refused_at = None
    if known is not None and known.from_id == mine.id:
        if known.withdrawn_at is None:
            known.from_words = said
            return known
        refused_at = known.refused_at  # only what was refused is kept when it is taken back
    elif known is not None and known.refused_at is None and not quiet:
        return _agree(session, actor, known, mine, other, said, now)
    # What the actor took back is a new one, as it would be had it waited: with a number, a place
    # and a moment of its own. Else the actor said no before, or they blocked the actor since.
    if known is not None:
        session.delete(known)
        session.flush()
    asked = session.scalars(
        select(MarketContact.id)
        .where(MarketContact.from_id == mine.id, MarketContact.withdrawn_at.is_(None))
        .limit(MOST_ASKED)
    ).all()
    if len(asked) >= MOST_ASKED:
        raise Refused(_("You asked many people already. Wait for their answers."))
    made = MarketContact(
        market_id=market_id,
        from_id=mine.id,
        to_id=other.id,
        from_words=said,
        at=now,
        refused_at=refused_at,
    )
    session.add(made)
    session.flush()
    if not quiet and refused_at is None:
        tell_one(session, other, "contact", made.id, now)
        emit(session, StayingAsked(contact_id=made.id), now)
    return made


def answer(
    session: Session,
    actor: Actor,
    contact_id: int,
    agree: bool,
    said: str,
    now: datetime,
    anyway: bool = False,
) -> MarketContact:
    """Agree, with a word to the other if one likes, or not; what is said stays said.

    Raises:
        NotFound: the actor was not asked that.
        Refused: too much.
        AuthorAsked: the words may say who somebody is.
    """
    known, mine, other = _contact_held(session, actor, contact_id)
    if known.to_id != mine.id:
        raise NotFound
    if known.agreed_at is not None or known.refused_at is not None:
        return known
    if either_blocked(session, mine.persona_id, other.persona_id):
        raise NotFound
    if not agree:
        known.refused_at = now
        session.flush()
        _settle(session, actor, known, now)
        tell_one(session, mine, "contact", known.id, now)
        return known
    return _agree(session, actor, known, mine, other, _said(said, anyway), now)


def take_back(session: Session, actor: Actor, contact_id: int, now: datetime) -> None:
    """Ask no longer: what one wrote is gone.

    Raises:
        NotFound: the actor did not ask it, or no longer; or it was agreed to: then the
            conversation is ended.
    """
    known, mine, other = _contact_held(session, actor, contact_id)
    if mine.id != known.from_id or known.agreed_at is not None or known.withdrawn_at is not None:
        raise NotFound
    tell_one(session, mine, "contact", known.id, now)
    if known.refused_at is not None:
        known.withdrawn_at, known.from_words = now, None
    else:
        session.delete(known)
        if not either_blocked(session, mine.persona_id, other.persona_id):
            tell_one(session, other, "contact", known.id, now)
    session.flush()


def between(session: Session, one: int, other: int) -> MarketContact | None:
    return session.scalar(
        select(MarketContact)
        .where(
            or_(
                and_(MarketContact.from_id == one, MarketContact.to_id == other),
                and_(MarketContact.from_id == other, MarketContact.to_id == one),
            )
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def talk_of(session: Session, mine: FloorPerson, person_id: int) -> int | None:
    """The conversation that goes on with somebody who came, if there is one.

    Raises:
        NotFound: nobody of that number came.
    """
    other = _other(session, mine, person_id)
    return conversations.between(session, mine.persona_id, other.persona_id)


def _said(said: str, anyway: bool) -> str:
    said = trimmed(said)
    if len(said) > MOST_WORDS:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_WORDS), "said")
    ask_author([said], Purpose.POST, anyway)
    return said


def _both_held(
    session: Session, actor: Actor, market_id: int, person_id: int
) -> tuple[FloorPerson, FloorPerson]:
    """The actor and another who came: two who ask each other at the same moment take turns.

    Raises:
        NotFound: the actor did not come, or nobody of that number did.
        Refused: it is the actor.
    """
    mine = other = None
    its = (FloorPerson.member_id == actor.member_id, FloorPerson.id == person_id)
    for one in people_held(session, market_id, *its):
        if one.member_id == actor.member_id:
            mine = one
        elif one.member_id is not None:
            other = one
    if mine is not None and mine.id == person_id:
        raise Refused(_("That is you."))
    if mine is None or other is None:
        raise NotFound
    return mine, other


def _contact_held(
    session: Session, actor: Actor, contact_id: int
) -> tuple[MarketContact, FloorPerson, FloorPerson]:
    """What one of the two asked the other, the actor, and the other.

    Raises:
        NotFound: the actor is neither of them, or the market is not there for them.
    """
    known = session.get(MarketContact, contact_id)
    if known is None or not allowed(session, actor, FloorPermission.MEET, known.market_id):
        raise NotFound
    both = people_held(session, known.market_id, FloorPerson.id.in_([known.from_id, known.to_id]))
    both.sort(key=lambda one: one.member_id != actor.member_id)
    known = session.get(MarketContact, contact_id, with_for_update=True, populate_existing=True)
    if known is None or len(both) != 2 or both[0].member_id != actor.member_id:
        raise NotFound
    return known, both[0], both[1]


def _settle(session: Session, actor: Actor, known: MarketContact, now: datetime) -> None:
    """The actor, who was asked, answered: it rings no more, wherever they did."""
    key = told_key(known.from_id)
    mark_subject_read(session, actor, [TOLD], [known.market_id], now, key)


def _agree(
    session: Session,
    actor: Actor,
    known: MarketContact,
    mine: FloorPerson,
    other: FloorPerson,
    said: str,
    now: datetime,
) -> MarketContact:
    both = [(other.persona_id, known.from_words or ""), (mine.persona_id, said)]
    asking.agreed(session, both, "market", known.at, now)
    known.agreed_at, known.from_words = now, None
    session.flush()
    _settle(session, actor, known, now)
    for one in (mine, other):
        tell_one(session, one, "contact", known.id, now)
    return known


def _other(session: Session, mine: FloorPerson, person_id: int) -> FloorPerson:
    other = session.get(FloorPerson, person_id)
    if other is None or other.market_id != mine.market_id or other.member_id is None:
        raise NotFound
    if other.removed_at is not None:
        raise NotFound
    return other
