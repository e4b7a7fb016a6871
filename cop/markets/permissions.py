"""Who may do what with markets.

Every member can announce one: no role tag and no approval [B, D]. A market has a circle of its
own; whoever coordinates it hosts. It is for all members, or for who is in one of its spaces or
works at one of its institutions. Who takes part is who is signed up for its gathering.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.models import Market, MarketAudience, MarketEntry, MarketState, StallHolder
from cop.members.actor import Actor
from cop.members.models import MemberOrganisation
from cop.platform.policy import Policy, among
from cop.spaces.circles import coordinates, in_circle, invited, lacks_coordinator, readable
from cop.spaces.models import Space

BEFORE = (MarketState.ANNOUNCED, MarketState.PLANNED)
OPEN = (*BEFORE, MarketState.RUNNING)


def _of_gathering(
    *conditions: ColumnElement[bool], gathering: type[Gathering]
) -> ColumnElement[bool]:
    return exists().where(gathering.id == Market.gathering_id, *conditions)


def _reads(actor: Actor) -> ColumnElement[bool]:
    """Whom it is for: all members, or its audience; and who takes part in it already."""
    if not actor.is_member:
        return false()
    gathering, audience, space = aliased(Gathering), aliased(MarketAudience), aliased(Space)
    works_at = aliased(MemberOrganisation)
    return or_(
        _of_gathering(readable(actor, gathering.circle_id), gathering=gathering),
        exists().where(
            audience.market_id == Market.id,
            space.id == audience.space_id,
            in_circle(actor, space.circle_id),
        ),
        exists().where(
            audience.market_id == Market.id,
            works_at.organisation_id == audience.organisation_id,
            works_at.member_id == actor.member_id,
        ),
    )


def hosts(actor: Actor) -> ColumnElement[bool]:
    gathering = aliased(Gathering)
    return _of_gathering(coordinates(actor, gathering.circle_id), gathering=gathering)


def comes(actor: Actor) -> ColumnElement[bool]:
    """Signed up, with a place."""
    if not actor.is_member:
        return false()
    attendance = aliased(Attendance)
    return exists().where(
        attendance.gathering_id == Market.gathering_id,
        attendance.member_id == actor.member_id,
        attendance.coming == Coming.GOING,
    )


def goes_on() -> ColumnElement[bool]:
    gathering = aliased(Gathering)
    return _of_gathering(gathering.cancelled_at.is_(None), gathering=gathering)


def _registers(actor: Actor) -> ColumnElement[bool]:
    return and_(_reads(actor), among(Market.state, OPEN), goes_on())


def _plans(actor: Actor) -> ColumnElement[bool]:
    return and_(hosts(actor), among(Market.state, OPEN), goes_on())


def _is_asked(actor: Actor) -> ColumnElement[bool]:
    """A host asks the actor to host as well."""
    gathering = aliased(Gathering)
    asked = _of_gathering(invited(actor, gathering.circle_id), gathering=gathering)
    return and_(asked, among(Market.state, OPEN), goes_on())


def _may_take_over(actor: Actor) -> ColumnElement[bool]:
    """Nobody hosts it any more, and the actor comes, or is in its circle."""
    gathering = aliased(Gathering)
    unled = _of_gathering(lacks_coordinator(gathering.circle_id), gathering=gathering)
    is_in = _of_gathering(in_circle(actor, gathering.circle_id), gathering=gathering)
    return and_(_registers(actor), or_(comes(actor), is_in), unled)


class MarketPermission(StrEnum):
    ANSWER_OFFER = "answer_offer"  # say whether one hosts as well
    HOST = "host"  # see the host's pages
    MANAGE = "manage"  # change, match, lay out, plan: until it is over
    READ = "read"
    REGISTER = "register"
    SEE_PROGRAMME = "see_programme"
    TAKE_OVER = "take_over"


MARKETS: Policy[Actor, Market] = Policy(
    Market,
    {
        MarketPermission.ANSWER_OFFER: (_is_asked,),
        MarketPermission.HOST: (hosts,),
        MarketPermission.MANAGE: (_plans,),
        MarketPermission.READ: (_reads,),
        MarketPermission.REGISTER: (_registers,),
        MarketPermission.SEE_PROGRAMME: (comes, hosts),
        MarketPermission.TAKE_OVER: (_may_take_over,),
    },
)


def active(entry: type[MarketEntry] = MarketEntry) -> ColumnElement[bool]:
    """The condition on `MarketEntry`, or an alias of it: not withdrawn, and who made it comes."""
    attendance, market = aliased(Attendance), aliased(Market)
    return and_(
        entry.withdrawn_at.is_(None),
        exists().where(
            market.id == entry.market_id,
            attendance.gathering_id == market.gathering_id,
            attendance.member_id == entry.member_id,
            attendance.coming == Coming.GOING,
        ),
    )


def holds(
    actor: Actor, stall_id: ColumnElement[int] | InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """The actor can hold the stall."""
    if not actor.is_member:
        return false()
    holder = aliased(StallHolder)
    return exists().where(holder.stall_id == stall_id, holder.member_id == actor.member_id)
