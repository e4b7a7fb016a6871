"""Coming to a market, and where one stands: walking, following the programme, asking for help."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.orm import Session

from cop.markets.floor_among import (
    GONE_AFTER,
    floor_held,
    held,
    me,
    people_held,
    tell_all_places,
    tell_away,
    tell_hosts,
    tell_out,
    tell_places,
    tell_stall,
)
from cop.markets.floor_models import FloorPerson, MarketFloor, Phase, StallVisit
from cop.markets.floor_permissions import FLOORS, FloorPermission
from cop.markets.models import MarketPlace, Stall, StallHolder, is_followed
from cop.markets.silence import sign
from cop.members.actor import Actor
from cop.members.queries import own_persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import enqueue


class Full(Refused):
    """There is no free seat at the stall."""


def enter(session: Session, actor: Actor, market_id: int, now: datetime) -> FloorPerson:
    """Come in, or back in: to the lobby, or in a round to one's stall. Again changes nothing.

    Raises:
        NotFound: it is not open, or not for this actor, or they were removed.
    """
    its = held(session, actor, FloorPermission.ENTER, market_id)
    assert actor.member_id is not None
    mine = session.scalar(
        select(FloorPerson).where(
            FloorPerson.market_id == market_id, FloorPerson.member_id == actor.member_id
        )
    )
    if mine is not None and mine.left_at is None:
        return mine
    if mine is None:
        mine = FloorPerson(
            market_id=market_id,
            member_id=actor.member_id,
            persona_id=own_persona(session, actor.member_id).id,
            came_at=now,
            seen_at=now,
        )
        session.add(mine)
    elif mine.left_at is not None:
        _set_plan_right(session, market_id, now)
    mine.left_at, mine.seen_at = None, now
    session.flush()
    tell_places(session, market_id, None, now)
    planned = planned_stall(session, mine, its)
    if planned is not None and mine.follows:
        _put(session, mine, planned, its.round, now)
    return mine


def leave(session: Session, actor: Actor, market_id: int, now: datetime) -> None:
    """Go home; one can come back as long as the market goes on.

    Raises:
        NotFound: the actor is not there.
    """
    its = held(session, actor, FloorPermission.TAKE_PART, market_id)
    go(session, me(session, actor, market_id), its, now)


def go(session: Session, one: FloorPerson, its: MarketFloor, now: datetime) -> None:
    """Somebody is on the floor no more; its row is held."""
    _put(session, one, None, its.round, now)
    one.left_at, one.hand_at = now, None
    session.flush()
    tell_out(session, one, now)
    tell_places(session, one.market_id, None, now)
    _set_plan_right(session, one.market_id, now)


def _set_plan_right(session: Session, market_id: int, now: datetime) -> None:
    """Somebody went home, or is back: the worker has the rounds ahead do without them, or not."""
    enqueue(
        session,
        "markets.keep_up",
        {"market_id": market_id},
        now=now,
        key=f"markets.keep_up:{market_id}",
    )


def walk(
    session: Session, actor: Actor, market_id: int, stall_id: int | None, now: datetime
) -> FloorPerson:
    """Go to a stall, or to the lobby (None). To where one stands already changes nothing.

    Raises:
        NotFound: the actor is not on the floor, or there is no such stall in this market.
        Full: no seat is free, and this round's programme does not bring the actor there.
    """
    its = held(session, actor, FloorPermission.TAKE_PART, market_id)
    mine = me(session, actor, market_id)
    hosts = FloorPermission.LEAD in FLOORS.held(session, actor, market_id)
    if stall_id is not None and stall_id != mine.stall_id:
        stall = open_stall(session, market_id, stall_id)
        if not hosts and planned_stall(session, mine, its) != stall_id:
            refuse_if_full(session, stall, mine, now)
    _follows(session, mine, stall_id, its)
    sign(session, mine, now)
    _put(session, mine, stall_id, its.round, now)
    return mine


def follow(session: Session, actor: Actor, market_id: int, now: datetime) -> FloorPerson:
    """Follow the programme from now on: in a round, to the stall of it.

    Raises:
        NotFound: the actor is not on the floor.
    """
    its = held(session, actor, FloorPermission.TAKE_PART, market_id)
    mine = me(session, actor, market_id)
    mine.follows = True
    sign(session, mine, now)
    if its.phase == Phase.ROUND and _is_planned(session, mine, its):
        _put(session, mine, planned_stall(session, mine, its), its.round, now)
    session.flush()
    return mine


def _is_planned(session: Session, one: FloorPerson, its: MarketFloor) -> bool:
    """The programme says where somebody is in this round; it may say the lobby."""
    return (
        session.scalar(
            select(MarketPlace.round).where(
                MarketPlace.market_id == its.market_id,
                is_followed(),
                MarketPlace.member_id == one.member_id,
                MarketPlace.round == its.round,
            )
        )
        is not None
    )


def put(
    session: Session, one: FloorPerson, stall_id: int | None, its: MarketFloor, now: datetime
) -> None:
    """Put somebody elsewhere, for a caller that holds the floor and has checked that it may be."""
    _follows(session, one, stall_id, its)
    _put(session, one, stall_id, its.round, now)


def _follows(session: Session, one: FloorPerson, stall_id: int | None, its: MarketFloor) -> None:
    """Whoever goes elsewhere while a round goes on walks by themselves from then on."""
    if its.phase == Phase.ROUND:
        one.follows = planned_stall(session, one, its) == stall_id


def ask_help(session: Session, actor: Actor, market_id: int, up: bool, now: datetime) -> None:
    """Ask a host for help, or not any more; hosts alone are told.

    Raises:
        NotFound: the actor is not on the floor.
    """
    held(session, actor, FloorPermission.TAKE_PART, market_id)
    mine = me(session, actor, market_id)
    if up != (mine.hand_at is not None):
        mine.hand_at = now if up else None
        session.flush()
        tell_hosts(session, market_id, "hand", mine.id, now)


# --- stalls and seats


def open_stall(session: Session, market_id: int, stall_id: int) -> Stall:
    """
    Raises:
        NotFound: it is not of this market, or not held.
    """
    stall = session.get(Stall, stall_id)
    if stall is None or stall.market_id != market_id or stall.closed_at is not None:
        raise NotFound
    return stall


def refuse_if_full(session: Session, stall: Stall, one: FloorPerson, now: datetime) -> None:
    """Seats are beside who holds the stall; whoever gave no sign for long has freed theirs."""
    if session.get(StallHolder, (stall.id, one.member_id)) is not None:
        return
    taken = session.scalar(
        select(func.count()).where(
            FloorPerson.stall_id == stall.id,
            FloorPerson.id != one.id,
            FloorPerson.seen_at > now - GONE_AFTER,
            ~_holds(),
        )
    )
    if (taken or 0) >= stall.seats:
        raise Full(_("All seats at this stall are taken now. Look in later."), "stall")


def _holds() -> ColumnElement[bool]:
    return exists().where(
        StallHolder.stall_id == FloorPerson.stall_id,
        StallHolder.member_id == FloorPerson.member_id,
    )


def planned_stall(session: Session, one: FloorPerson, its: MarketFloor) -> int | None:
    """Where the programme has somebody in the round that goes on; None for nowhere."""
    if its.phase != Phase.ROUND:
        return None
    return session.scalar(
        select(MarketPlace.stall_id)
        .join(Stall, Stall.id == MarketPlace.stall_id)
        .where(
            MarketPlace.market_id == its.market_id,
            is_followed(),
            MarketPlace.member_id == one.member_id,
            MarketPlace.round == its.round,
            Stall.closed_at.is_(None),
        )
    )


def goes_to(session: Session, one: FloorPerson, its: MarketFloor) -> str | None:
    """At which stall the next round has somebody who follows the programme: '3 · Naloxon thuis'."""
    if not one.follows:
        return None
    row = session.execute(
        select(Stall.number, Stall.title)
        .join(MarketPlace, MarketPlace.stall_id == Stall.id)
        .where(
            MarketPlace.market_id == its.market_id,
            is_followed(),
            MarketPlace.member_id == one.member_id,
            MarketPlace.round == its.round + 1,
            Stall.closed_at.is_(None),
        )
    ).one_or_none()
    return f"{row.number} · {row.title}" if row is not None else None


def empty(session: Session, stall: Stall, now: datetime) -> None:
    """A stall is not held any more: whoever stands there is in the lobby."""
    its = floor_held(session, stall.market_id)
    if its is None or its.phase == Phase.CLOSED:
        return
    for one in people_held(session, stall.market_id, FloorPerson.stall_id == stall.id):
        _put(session, one, None, its.round, now)


# --- moving


def _put(
    session: Session, one: FloorPerson, stall_id: int | None, round_: int, now: datetime
) -> None:
    """Move one person, and tell both places, and hosts where whoever asks for help stands now."""
    before = one.stall_id
    if before == stall_id:
        session.flush()
        return
    one.stall_id, one.talk_at, one.talks_since = stall_id, None, None
    session.flush()
    if before is not None:
        _end_visits(session, [one.id], now)
        tell_away(session, before, now)
    if stall_id is not None:
        session.add(StallVisit(stall_id=stall_id, person_id=one.id, round=round_, came_at=now))
        session.flush()
        tell_stall(session, stall_id, "people", one.id, now)
    for place in (before, stall_id):
        tell_places(session, one.market_id, place, now)
    if one.hand_at is not None:
        tell_hosts(session, one.market_id, "hand", one.id, now)


def to_programme(session: Session, its: MarketFloor, now: datetime) -> None:
    """A round begins: whoever follows the programme goes where it has them; the others stay, and so
    does whoever is not in it.

    A fixed number of statements, and one message a stall, however many people move.
    """
    everybody = select(FloorPerson.id).where(
        FloorPerson.market_id == its.market_id, FloorPerson.left_at.is_(None)
    )
    session.execute(everybody.order_by(FloorPerson.id).with_for_update())
    hush(session, its.market_id)
    on_floor = (
        FloorPerson.market_id == its.market_id,
        FloorPerson.left_at.is_(None),
        FloorPerson.removed_at.is_(None),
        FloorPerson.follows,
    )
    moved: dict[int | None, list[int]] = defaultdict(list)
    left: set[int] = set()
    gone: list[int] = []
    for row in session.execute(
        select(FloorPerson.id, FloorPerson.stall_id, Stall.id.label("to"))
        .join(
            MarketPlace,
            (MarketPlace.market_id == FloorPerson.market_id)
            & (MarketPlace.member_id == FloorPerson.member_id)
            & (MarketPlace.round == its.round),
        )
        .outerjoin(Stall, (Stall.id == MarketPlace.stall_id) & Stall.closed_at.is_(None))
        .where(*on_floor, is_followed())
        .order_by(FloorPerson.id)
    ):
        if row.stall_id == row.to:
            continue
        moved[row.to].append(row.id)
        if row.stall_id is not None:
            left.add(row.stall_id)
            gone.append(row.id)
    if not moved:
        return
    _end_visits(session, gone, now)
    for to, people in moved.items():
        session.execute(
            update(FloorPerson)
            .where(FloorPerson.id.in_(people))
            .values(stall_id=to)
            .execution_options(synchronize_session=False)
        )
    visits = [
        {"stall_id": to, "person_id": who, "round": its.round, "came_at": now}
        for to, people in moved.items()
        if to is not None
        for who in people
    ]
    if visits:
        session.execute(insert(StallVisit), visits)
    session.expire_all()
    for stall_id in sorted(left):
        tell_away(session, stall_id, now)
    for stall_id in sorted(to for to in moved if to is not None):
        tell_stall(session, stall_id, "people", 0, now)
    tell_all_places(session, its, now)


def hush(session: Session, market_id: int) -> None:
    """Nobody talks or waits to talk any more: another round is another conversation."""
    for one in people_held(
        session, market_id, FloorPerson.talk_at.is_not(None), FloorPerson.talks_since.is_not(None)
    ):
        one.talk_at = one.talks_since = None
    session.flush()


def _end_visits(session: Session, people: Collection[int], now: datetime) -> None:
    session.execute(
        update(StallVisit)
        .where(StallVisit.person_id.in_(people), StallVisit.left_at.is_(None))
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )


def end_visits(session: Session, market_id: int, now: datetime) -> None:
    """The market closed: nobody is anywhere any more, though screens show where they were."""
    people = select(FloorPerson.id).where(FloorPerson.market_id == market_id)
    session.execute(
        update(StallVisit)
        .where(StallVisit.person_id.in_(people), StallVisit.left_at.is_(None))
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )
