"""What becomes of a stall whose ask or offer was taken back, or is of somebody who left."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from cop.markets import floor, standing
from cop.markets.floor_among import floor_held, market_held
from cop.markets.floor_models import StallVisit
from cop.markets.models import MarketEntry, MarketState, Stall, StallHolder


def close_stalls(session: Session, entry_ids: Collection[int], now: datetime) -> None:
    """The words of entries that were withdrawn stand on no stall any more.

    A stall at which others bring something too goes on with what they bring; any other closes. One
    that was held already stays as it is: what was said there belongs to all who were there.
    """
    for stall in session.scalars(
        select(Stall)
        .join(MarketEntry, MarketEntry.id == Stall.entry_id)
        .where(Stall.entry_id.in_(list(entry_ids)), MarketEntry.withdrawn_at.is_not(None))
        .order_by(Stall.id)
    ).all():
        its = floor_held(session, stall.market_id)
        market = market_held(session, stall.market_id)
        session.refresh(stall)
        open_ = session.get_one(Stall, stall.merged_into_id or stall.id)
        if its is None and standing.next_round(session, market, now):
            continue  # in a hall nobody knows which one was held
        if session.scalar(select(exists().where(StallVisit.stall_id == open_.id))):
            continue
        stall.title = ""
        if market.state != MarketState.CLOSED:
            _go_on_without(session, open_, now)


def _go_on_without(session: Session, stall: Stall, now: datetime) -> None:
    """An open stall, or one that closed already, keeps what is still brought to it, if anything."""
    parts = session.execute(
        select(Stall, MarketEntry)
        .join(MarketEntry, MarketEntry.id == Stall.entry_id)
        .where(or_(Stall.id == stall.id, Stall.merged_into_id == stall.id))
        .order_by(Stall.number)
    ).all()
    left = [row for row in parts if row.MarketEntry.withdrawn_at is None]
    holders = {row.MarketEntry.member_id for row in left}
    session.execute(
        delete(StallHolder).where(
            StallHolder.stall_id == stall.id, StallHolder.member_id.not_in(holders)
        )
    )
    if left and stall not in {row.Stall for row in left}:
        other = left[0].Stall  # what it is about from now on, and what the other was about
        stall.entry_id, other.entry_id = other.entry_id, stall.entry_id
        stall.title, other.title = other.title, stall.title
        stall.theme_id = other.theme_id
    if left or stall.closed_at is not None:
        standing.keep_up(session, stall.market_id, now)
        return
    stall.closed_at = now
    session.flush()
    floor.empty(session, stall, now)
    standing.close(session, stall, now)
