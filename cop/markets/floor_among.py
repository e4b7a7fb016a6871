"""What every operation on the floor begins and ends with: who acts, what is held, who is told.

So that nobody waits for each other, rows are held in one order: the floor (whatever moves people,
turns the clock or changes the plan or the stalls), the market, its plan, then people on the floor,
several of them in the order of their numbers and at once (`people_held`), then what they made. Who
needs the first takes it before any other. The market's row is held so that others may still add
what belongs to it.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from cop.markets.floor_models import FloorPerson, MarketFloor
from cop.markets.floor_permissions import FLOORS, STALLS, FloorPermission, StallPermission
from cop.markets.models import Market, Stall
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.live import own, publish, turn_out
from cop.platform.policy import Policy

LONGEST_KEY = 64
GONE_AFTER = timedelta(minutes=20)  # without a sign, somebody's seat is free for others
LOBBY = 0  # as the subject of what is told about places


@cache
def _allowed(model: Any, kind: Actor, permission: StrEnum) -> Select[int]:
    """Built once per kind of actor: a live market asks it at every touch of a button."""
    policy: Policy[Actor, Any] = STALLS if model is Stall else FLOORS
    return select(model.id).where(model.id == bindparam("id"), policy.clause(kind, permission))


def allowed(session: Session, actor: Actor, permission: StrEnum, id: int) -> bool:
    """The actor holds a permission on a market's floor, or on a stall."""
    model = Stall if isinstance(permission, StallPermission) else Market
    asked = {"id": id} | actor.parameters
    return session.scalar(_allowed(model, actor.left_open, permission), asked) is not None


def floor_held(session: Session, market_id: int) -> MarketFloor | None:
    """The floor of a market, if its doors opened, held until the end of the transaction."""
    return session.get(MarketFloor, market_id, with_for_update=True, populate_existing=True)


def market_held(session: Session, market_id: int) -> Market:
    """The market, held as `floor_held`, by whom has the floor already or needs it not."""
    return session.get_one(
        Market, market_id, with_for_update={"key_share": True}, populate_existing=True
    )


def managed(session: Session, actor: Actor, market_id: int) -> Market:
    """The market for who hosts it, held with its floor.

    Raises:
        NotFound: the actor does not host, or it is over.
    """
    MARKETS.get(session, actor, MarketPermission.MANAGE, market_id)
    floor_held(session, market_id)
    return market_held(session, market_id)


def held(
    session: Session, actor: Actor, permission: FloorPermission, market_id: int
) -> MarketFloor:
    """The floor, its row held until the end of the transaction.

    Raises:
        NotFound: the actor does not hold the permission, also when that just changed.
    """
    found = floor_held(session, market_id)
    if found is None or not allowed(session, actor, permission, market_id):
        raise NotFound
    return found


def me(session: Session, actor: Actor, market_id: int) -> FloorPerson:
    """The actor on the floor, their row held.

    Raises:
        NotFound: they did not come.
    """
    mine = session.scalar(
        select(FloorPerson)
        .where(FloorPerson.market_id == market_id, FloorPerson.member_id == actor.member_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if mine is None or actor.member_id is None:
        raise NotFound
    return mine


def at_stall(
    session: Session, actor: Actor, permission: StallPermission, stall_id: int
) -> tuple[Stall, FloorPerson]:
    """The stall and the actor who stands there, whose row is held: nobody removes them meanwhile.

    Raises:
        NotFound: the actor does not hold the permission.
    """
    stall = session.get(Stall, stall_id)
    if stall is None:
        raise NotFound
    mine = me(session, actor, stall.market_id)
    if not allowed(session, actor, permission, stall_id):
        raise NotFound
    return stall, mine


def people_held(
    session: Session, market_id: int, *any_of: ColumnElement[bool]
) -> list[FloorPerson]:
    """All on the floor of whom one of the conditions holds, by number, their rows held."""
    return list(
        session.scalars(
            select(FloorPerson)
            .where(FloorPerson.market_id == market_id, or_(*any_of))
            .order_by(FloorPerson.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def somebody(session: Session, market_id: int, person_id: int) -> FloorPerson:
    """Another on the floor, their row held.

    Raises:
        NotFound: nobody of that number came to this market.
    """
    found = session.get(FloorPerson, person_id, with_for_update=True, populate_existing=True)
    if found is None or found.market_id != market_id or found.member_id is None:
        raise NotFound
    return found


def round_now(session: Session, market_id: int) -> int:
    floor = session.get(MarketFloor, market_id)
    return floor.round if floor is not None else -1


def good_key(key: str) -> str:
    """The client's own key of what it makes.

    Raises:
        Refused: there is none, or it is none.
    """
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refused(_("Send the form once more, please."))
    return key


def same_words(before: str | None, now: str) -> None:
    """What came under a key that was used before is what it was, unless that was taken back.

    Raises:
        Refused: other words, which would be lost.
    """
    if before is not None and before != trimmed(now):
        raise Refused(_("This form was sent before with other words. Send it once more."), "key")


def words(text: str, most: int, field: str = "text") -> str:
    """What somebody typed, without blank around it.

    Raises:
        Refused: nothing, or too much.
    """
    text = trimmed(text)
    if not text:
        raise Refused(_("Write something, please."), field)
    if len(text) > most:
        raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    return text


# --- telling


def tell_all(session: Session, market_id: int, kind: str, subject: int, now: datetime) -> None:
    """Everybody on the floor."""
    publish(session, f"market:{market_id}", kind, subject, now)


def tell_hosts(session: Session, market_id: int, kind: str, subject: int, now: datetime) -> None:
    publish(session, f"market-lead:{market_id}", kind, subject, now)


def tell_places(session: Session, market_id: int, stall_id: int | None, now: datetime) -> None:
    """Who stands at this stall (or in the lobby) changed; told once a second at most."""
    publish(session, f"market-places:{market_id}", "stall", stall_id or LOBBY, now)


def tell_all_places(session: Session, its: MarketFloor, now: datetime) -> None:
    """A round moved people everywhere."""
    publish(session, f"market-places:{its.market_id}", "all", its.round, now)


def tell_stall(session: Session, stall_id: int, kind: str, subject: int, now: datetime) -> None:
    """Those who stand at the stall."""
    publish(session, f"stall:{stall_id}", kind, subject, now)


def tell_one(session: Session, one: FloorPerson, kind: str, subject: int, now: datetime) -> None:
    """One person alone."""
    if one.member_id is not None:
        who = Actor(member_id=one.member_id).audit_id
        publish(session, own("market-own", one.market_id, who), kind, subject, now)


def tell_out(session: Session, one: FloorPerson, now: datetime) -> None:
    """Somebody may not hear the market any more: their screens are closed at once."""
    turn_out(session, f"market:{one.market_id}", now)
    turn_out(session, f"market-places:{one.market_id}", now)
    turn_out(session, f"market-lead:{one.market_id}", now)
    if one.member_id is not None:
        who = Actor(member_id=one.member_id).audit_id
        turn_out(session, own("market-own", one.market_id, who), now)


def tell_no_host(session: Session, market_id: int, now: datetime) -> None:
    """Somebody does not host any more."""
    turn_out(session, f"market-lead:{market_id}", now)


def tell_away(session: Session, stall_id: int, now: datetime) -> None:
    """Somebody does not stand at this stall any more."""
    turn_out(session, f"stall:{stall_id}", now)
