"""Making and keeping a card. Nothing comes onto it by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.expertise.keeping import hold
from cop.expertise.models import (
    Card,
    CardKeeper,
    CardKind,
    CardLine,
    DeclinedSuggestion,
    Knowledge,
    Often,
    Shown,
)
from cop.expertise.permissions import CARDS, LINES, CardPermission, LinePermission, is_mine, keeps
from cop.expertise.words import LONGEST
from cop.members.actor import Actor
from cop.members.models import Member, Organisation, Theme
from cop.members.queries import own_persona
from cop.members.regions import REGIONS
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import NotFound, Refused, refuse_longer
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.versions import refuse_stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_LINES = 30
MOST_CARDS = 20  # of several, that one member keeps


@dataclass(frozen=True, slots=True)
class Settings:
    """What stands beside the topics. Name, organisation and region count for teams and the like."""

    about: str = ""
    contact: str = ""
    contact_shown: str = Shown.MEMBERS
    often: str = Often.MONTH
    name: str = ""
    organisation_id: int | None = None
    region: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """One line: a theme, or own words."""

    theme_id: int | None = None
    words: str = ""
    knowledge: str = Knowledge.PRACTICE
    ask: str = ""
    shown: str = Shown.MEMBERS


def own(session: Session, actor: Actor) -> Card | None:
    """The actor's own card, if they made one."""
    return session.scalar(
        select(Card).where(Card.kind == CardKind.PERSON, is_mine(actor, Card.persona_id))
    )


def own_or_new(session: Session, actor: Actor, now: datetime) -> Card:
    """The actor's own card, made when it is not there: empty, so seen by nobody."""
    if actor.member_id is None:
        raise NotFound
    session.scalars(select(Member).where(Member.id == actor.member_id).with_for_update()).one()
    card = own(session, actor)
    if card is None:
        persona = own_persona(session, actor.member_id)
        card = Card(kind=CardKind.PERSON, persona_id=persona.id, created_at=now, changed_at=now)
        session.add(card)
        session.flush()
        session.add(CardKeeper(card_id=card.id, persona_id=persona.id, accepted_at=now))
        session.flush()
    return card


def start(
    session: Session, actor: Actor, kind: str, wanted: Settings, now: datetime, anyway: bool = False
) -> Card:
    """A card of several: the actor keeps it, and asks others along.

    Raises:
        NotFound: the actor is no member.
        Refused: no such kind, no name, something too long, or too many cards.
    """
    if actor.member_id is None:
        raise NotFound
    if kind not in set(CardKind) or kind == CardKind.PERSON:
        raise Refused(_("Choose one of these, please."), "kind")
    session.scalars(select(Member).where(Member.id == actor.member_id).with_for_update()).one()
    kept = select(func.count()).where(Card.kind != CardKind.PERSON, keeps(actor, Card.id))
    if (session.scalar(kept) or 0) >= MOST_CARDS:
        raise Refused(
            _("You keep %(most)s cards already. Stop keeping one first.", most=MOST_CARDS)
        )
    card = Card(kind=kind, created_at=now, changed_at=now)
    _fill(session, card, wanted, now, anyway)
    session.add(card)
    session.flush()
    persona = own_persona(session, actor.member_id)
    session.add(CardKeeper(card_id=card.id, persona_id=persona.id, accepted_at=now))
    session.flush()
    return card


def change(
    session: Session,
    actor: Actor,
    card_id: int,
    wanted: Settings,
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> Card:
    """Change what stands beside the topics.

    Raises:
        NotFound: the actor does not keep it.
        Stale: another who keeps it changed that meanwhile.
        Refused: something is missing, too long, or not to be chosen.
    """
    card = CARDS.get_for_change(session, actor, CardPermission.CHANGE, card_id)
    refuse_stale(settings_of(card), version)
    _fill(session, card, wanted, now, anyway)
    session.flush()
    return card


def settings_of(card: Card) -> dict[str, str]:
    """What stands beside the topics, as its form names it."""
    beside = {
        "about": card.about,
        "contact": card.contact,
        "contact_shown": card.contact_shown,
        "often": card.often,
    }
    if card.kind == CardKind.PERSON:
        return beside
    organisation = str(card.organisation_id or "")
    return {"name": card.name, "organisation": organisation, "region": card.region} | beside


def _fill(session: Session, card: Card, wanted: Settings, now: datetime, anyway: bool) -> None:
    about, contact, name = trimmed(wanted.about), trimmed(wanted.contact), one_line(wanted.name)
    several = card.kind != CardKind.PERSON
    if several and not name:
        raise Refused(_("Give it a name, please."), "name")
    for field, text in (("about", about), ("contact", contact), ("name", name)):
        refuse_longer(text, LONGEST[field], field)
    if wanted.often not in set(Often) or wanted.contact_shown not in set(Shown):
        raise Refused(_("Choose one of these, please."))
    ask_author([about, contact, name], Purpose.PROFILE, anyway)
    card.about, card.contact, card.often = about, contact, wanted.often
    card.contact_shown, card.changed_at = wanted.contact_shown, now
    if several:
        if wanted.region not in ("", *REGIONS):
            raise Refused(_("Choose one of the list, please."), "region")
        card.name, card.sort_key, card.region = name, sort_key(name), wanted.region
        card.organisation_id = _organisation(session, wanted.organisation_id)


def _organisation(session: Session, id: int | None) -> int | None:
    if id is None:
        return None
    found = session.scalar(
        select(Organisation.id).where(
            Organisation.id == id,
            Organisation.retired_at.is_(None),
            Organisation.proposed_at.is_(None),
        )
    )
    if found is None:
        raise Refused(_("Choose one of the list, please."), "organisation")
    return found


def switch_full(session: Session, actor: Actor, card_id: int, full: bool) -> Card:
    """'I'm full': no question that goes round comes here until it is switched back.

    Raises:
        NotFound: the actor does not keep it.
    """
    card = CARDS.get_for_change(session, actor, CardPermission.CHANGE, card_id)
    card.full = full
    session.flush()
    return card


# --- topics


def add_line(
    session: Session,
    actor: Actor,
    card_id: int,
    topic: Topic,
    now: datetime,
    anyway: bool = False,
) -> CardLine:
    """Put a topic on a card.

    Raises:
        NotFound: the actor does not keep the card.
        Refused: no topic, one that stands there already, too many, too long.
    """
    card = CARDS.get_for_change(session, actor, CardPermission.CHANGE, card_id)
    line = CardLine(card_id=card.id, at=now)
    _describe(session, line, topic, anyway)
    there = session.scalars(select(CardLine).where(CardLine.card_id == card.id)).all()
    if len(there) >= MOST_LINES:
        raise Refused(
            _("A card holds %(most)s topics at most: choose what you know best.", most=MOST_LINES)
        )
    _refuse_twice(there, line)
    session.add(line)
    card.changed_at = now
    session.flush()
    return line


def change_line(
    session: Session,
    actor: Actor,
    line_id: int,
    topic: Topic,
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> CardLine:
    """Change a topic, how it is known, and who sees it.

    Raises:
        NotFound: the actor does not keep the card.
        Stale: another who keeps it changed the topic meanwhile.
        Refused: as for a new one.
    """
    line = _held_line(session, actor, line_id)
    refuse_stale(topic_of(line), version)
    wanted = CardLine(card_id=line.card_id, at=line.at, theme_id=line.theme_id)
    _describe(session, wanted, topic, anyway)
    others = session.scalars(
        select(CardLine).where(CardLine.card_id == line.card_id, CardLine.id != line.id)
    ).all()
    _refuse_twice(others, wanted)
    for name in ("theme_id", "words", "knowledge", "ask", "shown"):
        setattr(line, name, getattr(wanted, name))
    session.get_one(Card, line.card_id).changed_at = now
    session.flush()
    return line


def topic_of(line: CardLine) -> dict[str, str]:
    """What a line says, as its form names it."""
    return {
        "theme": str(line.theme_id or ""),
        "words": line.words,
        "knowledge": line.knowledge,
        "ask": line.ask,
        "shown": line.shown,
    }


def _held_line(session: Session, actor: Actor, line_id: int) -> CardLine:
    """The line, with its card held.

    Raises:
        NotFound: the actor does not keep the card, or another took the line off meanwhile.
    """
    hold(session, [LINES.get(session, actor, LinePermission.CHANGE, line_id).card_id])
    return LINES.get_for_change(session, actor, LinePermission.CHANGE, line_id)


def _describe(session: Session, line: CardLine, topic: Topic, anyway: bool) -> None:
    words, ask = one_line(topic.words), one_line(topic.ask)
    if (topic.theme_id is None) == (not words):
        raise Refused(_("Choose a theme, or use words of your own."), "theme")
    for field, text in (("words", words), ("ask", ask)):
        refuse_longer(text, LONGEST[field], field)
    if topic.theme_id not in (None, line.theme_id):  # its own stays, also when it was retired
        known = select(Theme.id).where(Theme.id == topic.theme_id, Theme.retired_at.is_(None))
        if session.scalar(known) is None:
            raise Refused(_("Choose one of the list, please."), "theme")
    if topic.knowledge not in set(Knowledge) or topic.shown not in set(Shown):
        raise Refused(_("Choose one of these, please."))
    ask_author([words, ask], Purpose.PROFILE, anyway)
    line.theme_id, line.words, line.ask = topic.theme_id, words, ask
    line.knowledge, line.shown = topic.knowledge, topic.shown


def _refuse_twice(there: Sequence[CardLine], line: CardLine) -> None:
    for each in there:
        same_words = bool(line.words) and sort_key(each.words) == sort_key(line.words)
        same = same_words or (line.theme_id is not None and each.theme_id == line.theme_id)
        if same and each.knowledge == line.knowledge:
            raise Refused(_("This topic stands on the card already."), "theme")


def remove_line(session: Session, actor: Actor, line_id: int) -> int:
    """Take a topic off; gives the card.

    Raises:
        NotFound: the actor does not keep the card.
    """
    line = _held_line(session, actor, line_id)
    card_id = line.card_id
    session.delete(line)
    session.flush()
    return card_id


def decline(session: Session, actor: Actor, theme_id: int, now: datetime) -> None:
    """This suggestion does not come back."""
    assert actor.member_id is not None
    if session.scalar(select(Theme.id).where(Theme.id == theme_id)) is None:
        raise NotFound
    session.merge(DeclinedSuggestion(member_id=actor.member_id, theme_id=theme_id, at=now))
    session.flush()
