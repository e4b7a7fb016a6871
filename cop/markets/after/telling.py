"""What comes by itself after a market: looking back, the harvest, and what one took along.

The worker finds markets that are over, so that a harvest is gathered whoever closed the market, and
also where no floor was opened: in a hall, with programmes on paper.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.after.events import HarvestReady
from cop.markets.after.models import AskAfter, MarketEvaluation, MarketHarvest, TakenAlong
from cop.markets.after.permissions import HARVESTS, HarvestPermission, came
from cop.markets.after.yielding import harvest_of, has_yield, make_ready
from cop.markets.floor_models import MarketFloor
from cop.markets.models import Market, MarketEntry, MarketState
from cop.markets.permissions import BEFORE
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberState
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on
from cop.platform.policy import among

EVERY = 300.0  # seconds
BATCH = 50
NEVER_OPENED = timedelta(hours=3)  # after its end a market whose floor nobody opened is over
BY_ITSELF = timedelta(days=7)  # then a harvest is ready, whether or not a host said so


@job("markets.after", every=EVERY)
def gather(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Close what nobody opened, begin the harvest of what is over, say what is ready."""
    for market in session.scalars(
        select(Market)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(among(Market.state, BEFORE), Gathering.cancelled_at.is_(None))
        .where(Gathering.ends_at < now - NEVER_OPENED)
        .where(~exists().where(MarketFloor.market_id == Market.id))
        .order_by(Market.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, key_share=True, of=Market)
    ).all():
        market.state = MarketState.CLOSED
    session.flush()
    for market_id in session.scalars(
        select(Market.id)
        .where(Market.state == MarketState.CLOSED)
        .where(~exists().where(MarketHarvest.market_id == Market.id))
        .order_by(Market.id)
        .limit(BATCH)
    ).all():
        harvest_of(session, market_id, now)
        _tell(session, market_id, "look_back", _there(session, market_id), now)
    for market_id in session.scalars(
        select(MarketHarvest.market_id)
        .where(MarketHarvest.opened_at <= now - BY_ITSELF, MarketHarvest.ready_at.is_(None))
        .order_by(MarketHarvest.market_id.desc())
        .limit(BATCH)
    ).all():
        if has_yield(session, market_id):
            make_ready(session, market_id, now)


def _there(session: Session, market_id: int) -> list[int]:
    """Who was there."""
    return list(
        session.scalars(
            select(Member.id)
            .join(Market, Market.id == market_id)
            .where(Member.state == MemberState.ACTIVE, came(Member.id))
            .order_by(Member.id)
        )
    )


@on(HarvestReady)
def tell_that_it_is_ready(session: Session, event: HarvestReady, now: datetime) -> None:
    """Who came, and who wanted to; all others whom the market is for read it in their digest."""
    signed_up = session.scalars(
        select(Attendance.member_id)
        .join(Market, Market.gathering_id == Attendance.gathering_id)
        .join(Member, Member.id == Attendance.member_id)
        .where(Market.id == event.market_id, Member.state == MemberState.ACTIVE)
        .where(or_(Attendance.coming == Coming.GOING, Attendance.coming == Coming.WAITING))
    ).all()
    _tell(session, event.market_id, "harvest", {*signed_up, *_there(session, event.market_id)}, now)


@job("markets.remind", every=EVERY * 3)
def remind(session: Session, _payload: dict[str, Any], now: datetime) -> bool:
    """On the day that somebody chose, they are reminded once of what they took along."""
    due = session.scalars(
        select(TakenAlong)
        .where(
            TakenAlong.due_on <= when.local(now).date(),
            TakenAlong.reminded_at.is_(None),
            TakenAlong.done_at.is_(None),
            TakenAlong.dropped_at.is_(None),
        )
        .order_by(TakenAlong.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    for found in due:
        found.reminded_at = now
        key = f"taken_along:{found.id}"
        _tell(session, found.market_id, key, [found.member_id], now)
    session.flush()
    return len(due) == BATCH


def _tell(session: Session, market_id: int, what: str, to: Iterable[int], now: datetime) -> None:
    notify(
        session,
        member_ids=sorted(to),
        kind=f"markets.{what.partition(':')[0]}",
        key=f"markets.{what}:{market_id}",
        subject_id=market_id,
        now=now,
    )


@sentences("markets.look_back", "markets.harvest", "markets.taken_along")
def say(session: Session, actor: Actor, group: Sequence[Notification]) -> dict[int, Line]:
    rows = session.execute(
        select(Market.id, Gathering.title)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Market.id.in_({n.subject_id for n in group}))
        .where(HARVESTS.clause(actor, HarvestPermission.READ))
    )
    titles = dict(rows.all())
    words = {
        "markets.look_back": _("How was %(title)s? Say what you take along, in two minutes."),
        "markets.harvest": _("What %(title)s yielded is there to read."),
        "markets.taken_along": _("Today you wanted to come back to what you took along."),
    }
    urls = {
        "markets.look_back": "/markten/{}/mijn",
        "markets.harvest": "/markten/{}/oogst",
        "markets.taken_along": "/markten/{}/mijn#meegenomen",
    }
    return {
        n.id: Line(
            words[n.kind] % {"title": titles[n.subject_id]}, urls[n.kind].format(n.subject_id)
        )
        for n in group
        if n.subject_id in titles
    }


@on(MemberLeft)
def forget(session: Session, event: MemberLeft, now: datetime) -> None:
    """What they took along goes, and what they said of their asks; averages keep a number.

    What they wrote down for a stall stays, as their posts do, under the name that stays.
    """
    session.execute(delete(TakenAlong).where(TakenAlong.member_id == event.member_id))
    session.execute(
        delete(AskAfter).where(
            AskAfter.entry_id.in_(
                select(MarketEntry.id).where(MarketEntry.member_id == event.member_id)
            )
        )
    )
    session.execute(
        update(MarketEvaluation)
        .where(MarketEvaluation.member_id == event.member_id)
        .values(member_id=None)
    )
