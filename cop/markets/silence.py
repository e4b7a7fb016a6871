"""Signs of life on the floor: whose device is silent for long frees the seat, and all are told.

Nothing happens at the moment at which somebody was silent long enough, so the worker looks then:
one look a market waits, for whoever will be silent first.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from cop.markets.floor_among import GONE_AFTER, floor_held, tell_places, tell_stall
from cop.markets.floor_models import FloorPerson, MarketFloor, Phase
from cop.members.actor import Actor
from cop.platform.outbox import enqueue, job
from cop.spaces.events import moment

SEEN_EVERY = timedelta(minutes=3)
TOGETHER = timedelta(seconds=2)  # who falls silent within it is told of in one go
OVERLAP = timedelta(minutes=1)  # a look that goes on now ends; what it found may be told once more


def seen(session: Session, actor: Actor, market_id: int, now: datetime) -> None:
    """A screen is still there; without a sign for long, a seat is free for others."""
    one = session.execute(
        select(FloorPerson.id, FloorPerson.seen_at).where(
            FloorPerson.market_id == market_id,
            FloorPerson.member_id == actor.member_id,
            FloorPerson.seen_at < now - SEEN_EVERY,
        )
    ).one_or_none()
    if one is None:
        return
    # Of two signs at the same moment one is noted, and tells.
    stood = session.execute(
        update(FloorPerson)
        .where(FloorPerson.id == one.id, FloorPerson.seen_at == one.seen_at)
        .values(seen_at=now)
        .returning(FloorPerson.stall_id, FloorPerson.left_at, FloorPerson.removed_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    gone = one.seen_at <= now - GONE_AFTER
    if gone and stood is not None and stood.left_at is None and stood.removed_at is None:
        _tell(session, market_id, [stood.stall_id], now)


def sign(session: Session, one: FloorPerson, now: datetime) -> None:
    """Somebody on the floor, whose row is held, did something."""
    gone, one.seen_at = one.seen_at <= now - GONE_AFTER, now
    session.flush()
    if gone:
        _tell(session, one.market_id, [one.stall_id], now)


def is_away(now: datetime) -> ColumnElement[bool]:
    """The condition on `FloorPerson`, joined with their floor: silent for long. Where a market is
    over, screens show who stood where."""
    return (FloorPerson.seen_at <= now - GONE_AFTER) & (MarketFloor.phase != Phase.CLOSED)


def watch(session: Session, market_id: int, now: datetime) -> None:
    """Have the worker look from now on; where it does already, this changes nothing."""
    _look_at(session, market_id, now + TOGETHER, now - OVERLAP, now)


def _look_at(
    session: Session, market_id: int, when: datetime, looked: datetime, now: datetime
) -> None:
    enqueue(
        session,
        "markets.silence",
        {"market_id": market_id, "looked": moment(looked)},
        now=now,
        run_at=when,
        key=f"markets.silence:{market_id}",
    )


@job("markets.silence")
def look(session: Session, asked: dict[str, Any], now: datetime) -> None:
    """Tell where somebody fell silent since the last look; look again when the next one does."""
    its = floor_held(session, asked["market_id"])
    if its is None or its.phase == Phase.CLOSED:
        return
    looked = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=asked["looked"])
    there = (
        FloorPerson.market_id == its.market_id,
        FloorPerson.left_at.is_(None),
        FloorPerson.removed_at.is_(None),
    )
    silent = FloorPerson.seen_at <= now - GONE_AFTER
    new = FloorPerson.seen_at > looked - GONE_AFTER
    left = session.scalars(select(FloorPerson.stall_id).where(*there, silent, new).distinct()).all()
    _tell(session, its.market_id, left, now)
    first = session.scalar(select(func.min(FloorPerson.seen_at)).where(*there, ~silent))
    when = max((first or now) + GONE_AFTER, now + TOGETHER)
    _look_at(session, its.market_id, when, now, now)


def _tell(session: Session, market_id: int, places: Sequence[int | None], now: datetime) -> None:
    """Those who stand at these places, and all who see the floor; stalls first, as who walks."""
    for stall_id in sorted(place for place in places if place is not None):
        tell_stall(session, stall_id, "people", 0, now)
    for place in sorted(places, key=lambda place: place or 0):
        tell_places(session, market_id, place, now)
