"""What the floor does when somebody signs off or leaves, or it is called off; in the worker."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cop.gatherings.events import Cancelled, ComingChanged
from cop.gatherings.models import Attendance, Coming
from cop.markets import floor, rounds
from cop.markets.floor_models import FloorPerson, HostAct, MarketContact, MarketFloor, Phase
from cop.markets.floor_permissions import FLOORS, FloorPermission
from cop.markets.models import Market
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.platform.outbox import on


@on(MemberLeft)
def cut_loose(session: Session, event: MemberLeft, now: datetime) -> None:
    """How somebody can be reached goes at once, and so does what ties their name to the member.

    What was said at a stall stays with those who were there, under the name it was said under.
    """
    mine = select(FloorPerson.id).where(FloorPerson.member_id == event.member_id)
    for market_id in session.scalars(
        select(FloorPerson.market_id)
        .where(FloorPerson.id.in_(mine), FloorPerson.left_at.is_(None))
        .order_by(FloorPerson.market_id)
    ).all():
        its = session.get_one(MarketFloor, market_id, with_for_update=True)
        one = session.scalars(
            select(FloorPerson)
            .where(FloorPerson.market_id == market_id, FloorPerson.id.in_(mine))
            .with_for_update()
        ).one()
        if its.phase != Phase.CLOSED and one.removed_at is None:
            floor.go(session, one, its, now)
    session.execute(delete(HostAct).where(HostAct.person_id.in_(mine)))
    session.execute(
        update(MarketFloor)
        .where(MarketFloor.offered_id.in_(mine))
        .values(offered_id=None, offered_by_id=None)
    )
    session.execute(
        delete(MarketContact).where(
            or_(MarketContact.from_id.in_(mine), MarketContact.to_id.in_(mine))
        )
    )
    session.execute(
        update(FloorPerson)
        .where(FloorPerson.member_id == event.member_id)
        .values(
            member_id=None, stall_id=None, left_at=now, hand_at=None, talk_at=None, talks_since=None
        )
    )


@on(ComingChanged)
def off_the_floor(session: Session, event: ComingChanged, now: datetime) -> None:
    """Who signed off is on the floor no more, unless they host."""
    attendance = session.get(Attendance, event.attendance_id)
    if attendance is None or attendance.coming == Coming.GOING:
        return
    its = session.scalar(
        select(MarketFloor)
        .join(Market, Market.id == MarketFloor.market_id)
        .where(Market.gathering_id == attendance.gathering_id, MarketFloor.phase != Phase.CLOSED)
        .with_for_update(of=MarketFloor)
    )
    if its is None:
        return
    one = session.scalar(
        select(FloorPerson)
        .where(
            FloorPerson.market_id == its.market_id,
            FloorPerson.member_id == attendance.member_id,
            FloorPerson.left_at.is_(None),
            FloorPerson.removed_at.is_(None),
        )
        .with_for_update()
    )
    who = Actor(member_id=attendance.member_id)
    if one is not None and FloorPermission.LEAD not in FLOORS.held(session, who, its.market_id):
        floor.go(session, one, its, now)


@on(Cancelled)
def close_what_is_called_off(session: Session, event: Cancelled, now: datetime) -> None:
    """A market that is called off while it goes on is over at once."""
    its = session.scalar(
        select(MarketFloor)
        .join(Market, Market.id == MarketFloor.market_id)
        .where(Market.gathering_id == event.gathering_id, MarketFloor.phase != Phase.CLOSED)
        .with_for_update(of=MarketFloor)
    )
    if its is not None:
        rounds.end(session, its, now)
