"""Reading what people ask and offer at a market, and which offers answer which asks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from cop.markets.models import (
    EntrySecond,
    MarketEntry,
    MarketMatch,
    MarketTheme,
    MatchState,
    Side,
)
from cop.markets.permissions import active
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name
from cop.platform.errors import NotFound

ENTRIES = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """An ask or an offer as pages show it.

    Attributes:
        slug: how addresses name the theme.
        seconds: how many want to know the same.
        mine, seconded: it is the actor's, or they want to know it too.
        answered: an offer was found for it, of somebody who comes.
    """

    id: int
    side: str
    line: str
    expects: str
    theme: str | None
    slug: str | None
    by: Person
    seconds: int
    mine: bool
    seconded: bool
    answered: bool


def entries(
    session: Session,
    actor: Actor,
    market_id: int,
    side: Side,
    after: int = 0,
    most: int = ENTRIES,
) -> tuple[list[Entry], int | None]:
    """The asks or offers of those who come, the oldest first; after which the next page begins."""
    rows = session.execute(
        _entry_rows(actor)
        .where(MarketEntry.market_id == market_id, MarketEntry.side == side, active())
        .where(MarketEntry.id > after)
        .order_by(MarketEntry.id)
        .limit(most + 1)
    ).all()
    shown = [_entry(row, actor) for row in rows[:most]]
    return shown, shown[-1].id if len(rows) > most else None


def own_entries(session: Session, actor: Actor, market_id: int) -> list[Entry]:
    """What the actor asks and offers, also while they wait for a place."""
    rows = session.execute(
        _entry_rows(actor)
        .where(MarketEntry.market_id == market_id, MarketEntry.withdrawn_at.is_(None))
        .where(MarketEntry.member_id == actor.member_id)
        .order_by(MarketEntry.id)
    )
    return [_entry(row, actor) for row in rows]


def own_entry(session: Session, actor: Actor, market_id: int, entry_id: int) -> MarketEntry:
    """
    Raises:
        NotFound: it is another's, withdrawn, or of another market.
    """
    entry = session.get(MarketEntry, entry_id)
    if (
        entry is None
        or entry.member_id != actor.member_id
        or entry.market_id != market_id
        or entry.withdrawn_at is not None
    ):
        raise NotFound
    return entry


def _entry_rows(actor: Actor) -> Any:
    mark, match, offer = aliased(EntrySecond), aliased(MarketMatch), aliased(MarketEntry)
    return (
        select(
            MarketEntry.id,
            MarketEntry.member_id,
            MarketEntry.side,
            MarketEntry.line,
            MarketEntry.expects,
            MarketEntry.seconds,
            theme_name().label("theme"),
            Theme.slug,
            exists()
            .where(mark.entry_id == MarketEntry.id, mark.member_id == actor.member_id)
            .label("seconded"),
            exists()
            .where(match.ask_id == MarketEntry.id, match.state == MatchState.TAKEN)
            .where(offer.id == match.offer_id, active(offer))
            .label("answered"),
            *PERSON,
        )
        .join(Persona, Persona.id == MarketEntry.persona_id)
        .outerjoin(Theme, Theme.id == MarketEntry.theme_id)
    )


def _entry(row: Any, actor: Actor) -> Entry:
    return Entry(
        id=row.id,
        side=row.side,
        line=row.line,
        expects=row.expects,
        theme=row.theme,
        slug=row.slug,
        by=person(row, actor),
        seconds=row.seconds,
        mine=row.member_id == actor.member_id,
        seconded=row.seconded,
        answered=row.answered,
    )


@dataclass(frozen=True, slots=True)
class Matched:
    """An ask with the offers that answer it or may."""

    ask: Entry
    taken: list[Entry]
    suggested: list[Entry]


def matched(
    session: Session, actor: Actor, market_id: int, after: int = 0
) -> tuple[list[Matched], int | None]:
    """A page of asks, each with its offers; three queries."""
    asks, more = entries(session, actor, market_id, Side.ASK, after)
    pairs = session.execute(
        select(MarketMatch.ask_id, MarketMatch.offer_id, MarketMatch.state)
        .where(MarketMatch.ask_id.in_([ask.id for ask in asks]))
        .where(MarketMatch.state != MatchState.DROPPED)
        .order_by(MarketMatch.score.desc(), MarketMatch.id)
    ).all()
    offers = {
        row.id: _entry(row, actor)
        for row in session.execute(
            _entry_rows(actor).where(
                MarketEntry.id.in_({pair.offer_id for pair in pairs}), active()
            )
        )
    }
    found: dict[tuple[int, str], list[Entry]] = defaultdict(list)
    for pair in pairs:
        if pair.offer_id in offers:
            found[pair.ask_id, pair.state].append(offers[pair.offer_id])
    return [
        Matched(ask, found[ask.id, MatchState.TAKEN], found[ask.id, MatchState.SUGGESTED])
        for ask in asks
    ], more


def choices_of_themes(session: Session, market_id: int) -> Iterable[tuple[str, str]]:
    """(id, name) for an entry's theme: those of the market first, then all others."""
    of_market = exists().where(MarketTheme.market_id == market_id, MarketTheme.theme_id == Theme.id)
    rows = session.execute(
        select(Theme.id, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(of_market.desc(), Theme.position, Theme.id)
    )
    return [(str(theme_id), name) for theme_id, name in rows]
