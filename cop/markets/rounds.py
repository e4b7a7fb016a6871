"""The clock of a market: doors open, rounds begin, two minutes' notice, they end, it closes.

Hosts press; by the clock, the worker does the same when the time is over, so that a market goes on
when its host's connection does not. Whatever is pressed names what it was pressed on: of two who
press, and of a host and the clock, one does.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.markets import floor, silence
from cop.markets.floor_among import (
    allowed,
    floor_held,
    good_key,
    held,
    market_held,
    same_words,
    tell_all,
    words,
)
from cop.markets.floor_models import FloorCall, MarketFloor, Phase
from cop.markets.floor_permissions import FLOORS, FloorPermission
from cop.markets.models import Market, MarketState
from cop.members.actor import Actor
from cop.members.queries import own_persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import enqueue, job
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

NOTICE = timedelta(minutes=2)
DOORS_BEFORE = timedelta(hours=12)
FORGOTTEN = timedelta(hours=12)  # after its end a market that nobody closed is closed
MOST_CALL = 500
MOST_GIVEN = timedelta(hours=2)  # of a round or a break


def open_doors(session: Session, actor: Actor, market_id: int, now: datetime) -> MarketFloor:
    """Open the floor: people can come in. Again changes nothing.

    Raises:
        NotFound: the actor does not host, or it is over or cancelled.
        Refused: it is not its day yet.
    """
    if session.get(MarketFloor, market_id) is not None:
        return held(session, actor, FloorPermission.LEAD, market_id)
    FLOORS.get(session, actor, FloorPermission.OPEN, market_id)
    market = market_held(session, market_id)
    opened = session.get(MarketFloor, market_id, populate_existing=True)
    if opened is not None:  # by another host, just now
        return opened
    gathering = session.get_one(Gathering, market.gathering_id)
    if now < gathering.starts_at - DOORS_BEFORE:
        raise Refused(_("It is too early: the doors can open half a day before it begins."))
    market.state = MarketState.RUNNING
    made = MarketFloor(market_id=market_id, began_at=now, opened_at=now)
    session.add(made)
    session.flush()
    floor.enter(session, actor, market_id, now)
    silence.watch(session, market_id, now)
    return made


def begin_round(session: Session, actor: Actor, market_id: int, round_: int, now: datetime) -> bool:
    """Begin a round, from 0; False, and nothing changes, when that was done already.

    Raises:
        NotFound: the actor does not host.
        Refused: another round goes on, or there are no more.
    """
    its = held(session, actor, FloorPermission.LEAD, market_id)
    if round_ <= its.round:
        return False
    market = session.get_one(Market, market_id)
    if its.phase == Phase.ROUND:
        raise Refused(_("A round goes on. End it first."))
    if round_ != its.round + 1 or round_ >= market.rounds:
        raise Refused(_("There is no such round."))
    _begin(session, market, its, round_, now)
    return True


def end_round(session: Session, actor: Actor, market_id: int, round_: int, now: datetime) -> bool:
    """End the round that goes on; False when it is over already."""
    its = held(session, actor, FloorPermission.LEAD, market_id)
    if its.phase != Phase.ROUND or its.round != round_:
        return False
    _end_round(session, its, now)
    return True


def give_notice(session: Session, actor: Actor, market_id: int, round_: int, now: datetime) -> bool:
    """Say that two minutes are left, and let the clock say the same; False when that was said."""
    its = held(session, actor, FloorPermission.LEAD, market_id)
    if its.phase != Phase.ROUND or its.round != round_ or its.noticed_at is not None:
        return False
    its.noticed_at, its.ends_at = now, now + NOTICE
    _set(session, its, now)
    return True


def give_time(
    session: Session, actor: Actor, market_id: int, until: datetime, minutes: int, now: datetime
) -> bool:
    """Make this round or break longer or shorter; False when it no longer ends at `until`.

    Args:
        until: when it ended as the screen knew it: a press sent twice counts once.

    Raises:
        NotFound: the actor does not host.
        Refused: longer than a round should take, or there is nothing that ends.
    """
    its = held(session, actor, FloorPermission.LEAD, market_id)
    if its.ends_at is None:
        raise Refused(_("Nothing goes on that ends by the clock."))
    if abs(its.ends_at - until) >= timedelta(seconds=1):
        return False
    ends_at = max(its.ends_at + timedelta(minutes=minutes), now)
    if ends_at - its.began_at > MOST_GIVEN:
        raise Refused(_("That is more than a round should take."))
    its.ends_at = ends_at
    if its.noticed_at is not None and ends_at - now > NOTICE:
        its.noticed_at = None  # said again when the time comes
    _set(session, its, now)
    return True


def lead_by_clock(
    session: Session, actor: Actor, market_id: int, by_clock: bool, now: datetime
) -> None:
    """Whether rounds end, and the next begin, by themselves."""
    its = held(session, actor, FloorPermission.LEAD, market_id)
    if its.by_clock != by_clock:
        its.by_clock = by_clock
        _set(session, its, now)


def close(session: Session, actor: Actor, market_id: int, now: datetime) -> None:
    """Close the market; what is closed stays so.

    Raises:
        NotFound: the actor does not host, or it is closed.
    """
    end(session, held(session, actor, FloorPermission.LEAD, market_id), now)


def announce(
    session: Session,
    actor: Actor,
    market_id: int,
    text: str,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> FloorCall:
    """Say something to all. Sent again under the same key it is the same announcement.

    Raises:
        NotFound: the actor does not host.
        Refused: no words, or too many.
        AuthorAsked: the words may say who somebody is.
    """
    # The floor is not held: what hosts say at the same time does not wait for each other.
    if not allowed(session, actor, FloorPermission.LEAD, market_id):
        raise NotFound
    assert actor.member_id is not None
    made = session.scalar(
        select(FloorCall).where(FloorCall.market_id == market_id, FloorCall.key == good_key(key))
    )
    if made is not None:
        same_words(made.text, text)
        return made
    text = words(text, MOST_CALL)
    ask_author([text], Purpose.GATHERING, anyway)
    by_id = own_persona(session, actor.member_id).id
    made = FloorCall(market_id=market_id, by_id=by_id, text=text, key=key, at=now)
    session.add(made)
    session.flush()
    tell_all(session, market_id, "call", made.id, now)
    return made


# --- the clock itself


def left(its: MarketFloor, now: datetime) -> float | None:
    """Seconds until this phase ends; below zero when it takes longer, None when it has no end."""
    return None if its.ends_at is None else (its.ends_at - now).total_seconds()


def _begin(session: Session, market: Market, its: MarketFloor, round_: int, now: datetime) -> None:
    its.phase, its.round = Phase.ROUND, round_
    its.began_at, its.ends_at = now, now + timedelta(minutes=market.minutes)
    its.noticed_at = None
    session.flush()
    floor.to_programme(session, its, now)
    _set(session, its, now)


def _end_round(session: Session, its: MarketFloor, now: datetime) -> None:
    market = session.get_one(Market, its.market_id)
    last = its.round + 1 >= market.rounds
    its.phase, its.began_at = Phase.BREAK, now
    its.ends_at = None if last else now + timedelta(minutes=market.pause)
    its.noticed_at = None
    session.flush()
    floor.hush(session, its.market_id)
    _set(session, its, now)


def end(session: Session, its: MarketFloor, now: datetime) -> None:
    """The market is over, for a caller that holds its floor."""
    market = session.get_one(Market, its.market_id)
    its.phase, its.began_at, its.ends_at = Phase.CLOSED, now, None
    its.closed_at, its.offered_id, its.offered_by_id = now, None, None
    market.state = MarketState.CLOSED
    session.flush()
    floor.end_visits(session, its.market_id, now)
    _set(session, its, now)


def _set(session: Session, its: MarketFloor, now: datetime) -> None:
    """Tell all where it stands, and have the worker look when the next thing is due."""
    session.flush()
    tell_all(session, its.market_id, "clock", its.market_id, now)
    if its.phase != Phase.CLOSED:
        silence.watch(session, its.market_id, now)
    due = _due(its)
    if due is not None:
        asked = {"market_id": its.market_id}
        key = f"markets.clock:{its.market_id}:{int(due.timestamp())}"
        enqueue(session, "markets.clock", asked, now=now, run_at=due, key=key)


def _due(its: MarketFloor) -> datetime | None:
    """When the clock has something to do next."""
    if its.ends_at is None or its.phase not in (Phase.ROUND, Phase.BREAK):
        return None
    if its.phase == Phase.ROUND and its.noticed_at is None:
        return its.ends_at - NOTICE
    return its.ends_at if its.by_clock else None


@job("markets.clock")
def tick(session: Session, asked: dict[str, Any], now: datetime) -> None:
    """Do what is due; whatever was changed meanwhile has asked for a look of its own."""
    its = floor_held(session, asked["market_id"])
    due = _due(its) if its is not None else None
    if its is None or due is None or due > now:
        return
    if its.phase == Phase.ROUND and its.noticed_at is None and its.ends_at is not None:
        its.noticed_at = now
        if its.ends_at <= now and its.by_clock:  # the worker was away meanwhile
            _end_round(session, its, now)
            return
        _set(session, its, now)
    elif its.phase == Phase.ROUND:
        _end_round(session, its, now)
    else:
        _begin(session, session.get_one(Market, its.market_id), its, its.round + 1, now)


@job("markets.close_forgotten", every=3600)
def close_forgotten(session: Session, _asked: dict[str, Any], now: datetime) -> None:
    """A market that is long over, and that nobody closed, is closed."""
    for market_id in session.scalars(
        select(Market.id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Market.state == MarketState.RUNNING, Gathering.ends_at < now - FORGOTTEN)
        .order_by(Market.id)
    ).all():
        its = floor_held(session, market_id)
        if its is not None:
            end(session, its, now)
