"""What became of the asks: met or not, and where those go that nobody met.

Who asked says whether there is an answer. As long as they say nothing, an ask counts as met when
they met somebody (`company`) at a stall that it was brought to: on the floor, or by the plan where
they walked without a screen.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings.models import Gathering
from cop.markets import company, entries
from cop.markets.after.models import AskAfter, Went
from cop.markets.after.permissions import HARVESTS, HarvestPermission
from cop.markets.entries import Wanted
from cop.markets.models import (
    Market,
    MarketEntry,
    MarketMatch,
    MatchState,
    Side,
    Stall,
)
from cop.markets.permissions import BEFORE, MARKETS, MarketPermission, active
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name
from cop.platform.errors import NotFound
from cop.platform.policy import among

PAGE = 60
MOST_MARKETS = 10


class Outcome(StrEnum):
    """What became of an ask."""

    ANSWERED = "answered"  # says who asked
    MET = "met"  # they talked about it with somebody
    OPEN = "open"  # nobody met it, or it has no answer yet


def _its_stall(stall: Any) -> ColumnElement[bool]:
    """The stall is the ask's own or that of an offer that answers it, or one went into it."""
    match, made = aliased(MarketMatch), aliased(Stall)
    answers = exists().where(
        match.ask_id == MarketEntry.id,
        match.offer_id == made.entry_id,
        match.state == MatchState.TAKEN,
    )
    return (
        exists()
        .where(
            or_(made.id == stall.id, made.merged_into_id == stall.id),
            or_(made.entry_id == MarketEntry.id, answers.correlate(MarketEntry, made)),
        )
        .correlate(MarketEntry, stall)
    )


def _met(session: Session, market_id: int) -> set[int]:
    """The asks whose askers met somebody at their stall; four queries."""
    its = aliased(Stall)
    asks = session.execute(
        select(MarketEntry.id, MarketEntry.member_id, its.id.label("stall_id"))
        .join(its, and_(its.market_id == MarketEntry.market_id, _its_stall(its)))
        .where(MarketEntry.market_id == market_id, MarketEntry.side == Side.ASK, active())
    ).all()
    met = company.met_somebody(session, market_id, {(ask.member_id, ask.stall_id) for ask in asks})
    return {ask.id for ask in asks if (ask.member_id, ask.stall_id) in met}


def _outcome(session: Session, market_id: int) -> ColumnElement[str]:
    """Of an ask; `AskAfter` is joined from outside. Four queries."""
    met = MarketEntry.id.in_(_met(session, market_id))
    return case(
        (AskAfter.answered.is_(True), Outcome.ANSWERED.value),
        (AskAfter.answered.is_(False), Outcome.OPEN.value),
        (met, Outcome.MET.value),
        else_=Outcome.OPEN.value,
    )


def counts(session: Session, market_id: int) -> dict[Outcome, int]:
    """How many asks were answered, met, and stay open; five queries."""
    outcome = _outcome(session, market_id).label("outcome")
    each = (
        select(outcome)
        .select_from(MarketEntry)
        .outerjoin(AskAfter, AskAfter.entry_id == MarketEntry.id)
        .where(MarketEntry.market_id == market_id, MarketEntry.side == Side.ASK, active())
        .subquery()
    )
    rows = session.execute(select(each.c.outcome, func.count()).group_by(each.c.outcome))
    found = {Outcome(name): number for name, number in rows}
    return {name: found.get(name, 0) for name in Outcome}


@dataclass(frozen=True, slots=True)
class Ask:
    """An ask as pages show it once the market is over.

    Attributes:
        mine: the actor asked it.
        answered: what who asked says themselves; None while they said nothing.
        went: where it went since; `url` leads there.
    """

    id: int
    line: str
    expects: str
    theme: str | None
    by: Person
    mine: bool
    outcome: Outcome
    answered: bool | None
    went: str | None
    discussion_id: int | None
    into_id: int | None


def still_open(
    session: Session, actor: Actor, market_id: int, after: int = 0
) -> tuple[list[Ask], int | None]:
    """The asks that nobody met, the oldest first, and after which the next page begins."""
    outcome = _outcome(session, market_id)
    rows = session.execute(
        _asks(market_id, outcome)
        .where(outcome == Outcome.OPEN.value, MarketEntry.id > after)
        .limit(PAGE + 1)
    ).all()
    shown = [_ask(row, actor) for row in rows[:PAGE]]
    return shown, shown[-1].id if len(rows) > PAGE else None


def went_nowhere(
    session: Session, actor: Actor, market_id: int, only: Collection[int] | None = None
) -> list[Ask]:
    """The first page of the asks that nobody met and nobody brought anywhere.

    Args:
        only: of these alone.
    """
    outcome = _outcome(session, market_id)
    query = _asks(market_id, outcome).where(outcome == Outcome.OPEN.value, AskAfter.went.is_(None))
    if only is not None:
        query = query.where(MarketEntry.id.in_(list(only)[:PAGE]))
    return [_ask(row, actor) for row in session.execute(query.limit(PAGE))]


def own(session: Session, actor: Actor, market_id: int) -> list[Ask]:
    """What the actor asked."""
    its = _asks(market_id, _outcome(session, market_id))
    rows = session.execute(its.where(MarketEntry.member_id == actor.member_id))
    return [_ask(row, actor) for row in rows]


def _asks(market_id: int, outcome: ColumnElement[str]) -> Any:
    return (
        select(
            MarketEntry.id,
            MarketEntry.line,
            MarketEntry.expects,
            MarketEntry.member_id.label("asker_id"),
            theme_name().label("theme"),
            outcome.label("outcome"),
            AskAfter.answered,
            AskAfter.went,
            AskAfter.discussion_id,
            AskAfter.into_id,
            *PERSON,
        )
        .join(Persona, Persona.id == MarketEntry.persona_id)
        .outerjoin(Theme, Theme.id == MarketEntry.theme_id)
        .outerjoin(AskAfter, AskAfter.entry_id == MarketEntry.id)
        .where(MarketEntry.market_id == market_id, MarketEntry.side == Side.ASK, active())
        .order_by(MarketEntry.id)
    )


def _ask(row: Any, actor: Actor) -> Ask:
    return Ask(
        id=row.id,
        line=row.line,
        expects=row.expects,
        theme=row.theme,
        by=person(row, actor),
        mine=row.asker_id == actor.member_id,
        outcome=Outcome(row.outcome),
        answered=row.answered,
        went=row.went,
        discussion_id=row.discussion_id,
        into_id=row.into_id,
    )


# --- what who asked does with it


def answered(
    session: Session, actor: Actor, market_id: int, entry_id: int, yes: bool, now: datetime
) -> AskAfter:
    """Say whether one's own ask has an answer.

    Raises:
        NotFound: not the actor's own ask of this market, or the market is not over.
    """
    entry = _own(session, actor, market_id, entry_id)
    return _after(session, entry.id, now, answered=yes)


def ask_again(
    session: Session, actor: Actor, market_id: int, entry_id: int, into_id: int, now: datetime
) -> AskAfter:
    """Bring one's own ask to another market that is to come; with it one takes part there.

    Raises:
        NotFound: not the actor's own ask, or that market is not for them or has begun.
        Refused: one asks enough there already.
    """
    entry = _own(session, actor, market_id, entry_id)
    if into_id not in {other_id for other_id, _title in markets_ahead(session, actor, now)}:
        raise NotFound
    wanted = Wanted(
        side=Side.ASK,
        line=entry.line,
        expects=entry.expects,
        theme_id=_standing_theme(session, entry.theme_id),
        key=f"again-{entry.id}-{into_id}",
    )
    # The words were asked about when they were written.
    entries.register(session, actor, into_id, [wanted], now, anyway=True)
    return _after(session, entry.id, now, went=Went.MARKET, into_id=into_id)


def _standing_theme(session: Session, theme_id: int | None) -> int | None:
    theme = session.get(Theme, theme_id) if theme_id is not None else None
    return theme.id if theme is not None and theme.retired_at is None else None


def markets_ahead(session: Session, actor: Actor, now: datetime) -> Sequence[tuple[int, str]]:
    """(id, title) of markets to which the actor can bring an ask, the next one first."""
    rows = session.execute(
        select(Market.id, Gathering.title)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(MARKETS.clause(actor, MarketPermission.REGISTER), among(Market.state, BEFORE))
        .where(Gathering.starts_at > now)
        .order_by(Gathering.starts_at, Market.id)
        .limit(MOST_MARKETS)
    )
    return [(row.id, row.title) for row in rows]


def went_to_list(
    session: Session, entry_ids: Sequence[int], discussion_id: int, now: datetime
) -> None:
    """These asks are part of a discussion now."""
    for entry_id in entry_ids:
        _after(session, entry_id, now, went=Went.LIST, discussion_id=discussion_id)


def _own(session: Session, actor: Actor, market_id: int, entry_id: int) -> MarketEntry:
    # Also of who could not come: their ask stayed open most of all.
    HARVESTS.get(session, actor, HarvestPermission.READ, market_id)
    entry = session.get(MarketEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.market_id != market_id or entry.member_id != actor.member_id:
        raise NotFound
    if entry.side != Side.ASK or entry.withdrawn_at is not None:
        raise NotFound
    return entry


def _after(session: Session, entry_id: int, now: datetime, **values: Any) -> AskAfter:
    found = session.get(AskAfter, entry_id, with_for_update=True, populate_existing=True)
    if found is None:
        found = AskAfter(entry_id=entry_id)
        session.add(found)
    for name, value in values.items():
        setattr(found, name, value)
    found.at = now
    session.flush()
    return found
