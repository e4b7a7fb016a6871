"""Who may do what on the floor of a market.

Coming in is for who is signed up with a place, and for its hosts; from then on being on the floor
is a fact of its own (`FloorPerson`), so that whatever ends it ends it at once. What is said at a
stall is for those who stand there: walking away ends it, for hosts as well.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false
from sqlalchemy.orm import aliased

from cop.markets.floor_models import FloorPerson, StallVisit
from cop.markets.models import Market, MarketState, Stall
from cop.markets.permissions import BEFORE, comes, goes_on, holds, hosts
from cop.members.actor import Actor
from cop.platform.policy import Policy, among

HELD = (MarketState.RUNNING, MarketState.CLOSED)


def _on_floor(actor: Actor, *more: Callable[[Any], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The actor came, was not removed and did not leave; and `more` of their row."""
    if not actor.is_member:
        return false()
    mine = aliased(FloorPerson)
    return exists().where(
        mine.market_id == Market.id,
        mine.member_id == actor.member_id,
        mine.removed_at.is_(None),
        mine.left_at.is_(None),
        *(condition(mine) for condition in more),
    )


def _came(actor: Actor) -> ColumnElement[bool]:
    """The actor came, also when they left since; and was not removed."""
    if not actor.is_member:
        return false()
    mine = aliased(FloorPerson)
    return and_(
        among(Market.state, HELD),
        exists().where(
            mine.market_id == Market.id,
            mine.member_id == actor.member_id,
            mine.removed_at.is_(None),
        ),
    )


def _removed(actor: Actor) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    mine = aliased(FloorPerson)
    return exists().where(
        mine.market_id == Market.id,
        mine.member_id == actor.member_id,
        mine.removed_at.is_not(None),
    )


def _is_running() -> ColumnElement[bool]:
    return Market.state == MarketState.RUNNING


def _may_come_in(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_running(), goes_on(), comes(actor) | hosts(actor), ~_removed(actor))


def _reads(actor: Actor) -> ColumnElement[bool]:
    return and_(among(Market.state, HELD), _on_floor(actor))


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_running(), _on_floor(actor))


def _leads(actor: Actor) -> ColumnElement[bool]:
    return and_(_takes_part(actor), hosts(actor))


def _opens(actor: Actor) -> ColumnElement[bool]:
    return and_(among(Market.state, BEFORE), goes_on(), hosts(actor))


class FloorPermission(StrEnum):
    ENTER = "enter"
    LEAD = "lead"  # rounds, announcements, and what hosts do with people
    MEET = "meet"  # stay in touch: also after one left, and when it is over
    OPEN = "open"
    READ = "read"
    TAKE_PART = "take_part"  # walk, ask for help


FLOORS: Policy[Actor, Market] = Policy(
    Market,
    {
        FloorPermission.ENTER: (_may_come_in,),
        FloorPermission.LEAD: (_leads,),
        FloorPermission.MEET: (_came,),
        FloorPermission.OPEN: (_opens,),
        FloorPermission.READ: (_reads,),
        FloorPermission.TAKE_PART: (_takes_part,),
    },
)


def _stands_at(
    actor: Actor, *more: Callable[[Any], ColumnElement[bool]], rule: Any = _takes_part
) -> ColumnElement[bool]:
    """The actor stands at the stall now, in a market where `rule` holds."""
    if not actor.is_member:
        return false()
    mine = aliased(FloorPerson)
    return and_(
        exists().where(Market.id == Stall.market_id, rule(actor)).correlate(Stall),
        exists().where(
            mine.stall_id == Stall.id,
            mine.member_id == actor.member_id,
            *(condition(mine) for condition in more),
        ),
    )


def _may_speak(person: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = person.muted_at.is_(None)
    return found


def _was_at(actor: Actor) -> ColumnElement[bool]:
    """The market is over, and the actor was at the stall."""
    if not actor.is_member:
        return false()
    mine, visit = aliased(FloorPerson), aliased(StallVisit)
    return and_(
        exists().where(Market.id == Stall.market_id, _reads(actor)).correlate(Stall),
        exists()
        .where(Market.id == Stall.market_id, Market.state == MarketState.CLOSED)
        .correlate(Stall),
        exists().where(
            visit.stall_id == Stall.id,
            mine.id == visit.person_id,
            mine.member_id == actor.member_id,
        ),
    )


def _tends(actor: Actor) -> ColumnElement[bool]:
    """Whoever holds the stall, and a host who stands there, keep it in order; muted they do not."""
    hosts_here = exists().where(Market.id == Stall.market_id, _leads(actor)).correlate(Stall)
    return and_(_stands_at(actor, _may_speak), holds(actor, Stall.id) | hosts_here)


class StallPermission(StrEnum):
    READ = "read"
    SPEAK = "speak"  # say, ask, leave a link, raise a hand; not for who is muted
    TAKE_PART = "take_part"  # vote
    TEND = "tend"  # note, turns, answered questions, taking words away


STALLS: Policy[Actor, Stall] = Policy(
    Stall,
    {
        StallPermission.READ: (
            lambda actor: _stands_at(actor, rule=_reads),
            _was_at,
        ),
        StallPermission.SPEAK: (lambda actor: _stands_at(actor, _may_speak),),
        StallPermission.TAKE_PART: (_stands_at,),
        StallPermission.TEND: (_tends,),
    },
)
