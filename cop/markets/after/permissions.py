"""Who may do what once a market is over.

The harvest is for all whom the market is for: those who could not come read it too. What a stall
yielded is written by who held it, or by a host. Who was there takes it further.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from cop.gatherings.models import Attendance, Coming
from cop.markets.company import without_screen
from cop.markets.floor_models import FloorPerson, StallNote, StallVisit
from cop.markets.models import Market, MarketState, Stall
from cop.markets.permissions import MARKETS, MarketPermission, holds
from cop.members.actor import Actor
from cop.platform.policy import Policy

# Who asks: a member, or the parameter in their place.
Who = Any


def came(member_id: Who, market: Any = Market) -> ColumnElement[bool]:
    """Somebody was there, and was not shown out: on the floor; or signed up, where people walk
    without a screen."""
    person, shown_out, attendance = aliased(FloorPerson), aliased(FloorPerson), aliased(Attendance)
    return or_(
        exists().where(
            person.market_id == market.id,
            person.member_id == member_id,
            person.removed_at.is_(None),
        ),
        and_(
            without_screen(market),
            exists().where(
                attendance.gathering_id == market.gathering_id,
                attendance.member_id == member_id,
                attendance.coming == Coming.GOING,
            ),
            ~exists().where(
                shown_out.market_id == market.id,
                shown_out.member_id == member_id,
                shown_out.removed_at.is_not(None),
            ),
        ),
    )


def has_note() -> ColumnElement[bool]:
    """The condition on `Stall`: something was written there while it was held."""
    note = aliased(StallNote)
    return exists().where(note.stall_id == Stall.id, note.text != "").correlate_except(note)


def _is_over() -> ColumnElement[bool]:
    return Market.state == MarketState.CLOSED


def _came(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_over(), came(actor.member_id)) if actor.is_member else false()


def _reads(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_over(), MARKETS.clause(actor, MarketPermission.READ))


def _hosts(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_over(), MARKETS.clause(actor, MarketPermission.HOST))


class HarvestPermission(StrEnum):
    BE_PART = "be_part"  # what one takes along, looking back: one's own page
    LEAD = "lead"  # say that it is ready, take open asks further
    READ = "read"


HARVESTS: Policy[Actor, Market] = Policy(
    Market,
    {
        HarvestPermission.BE_PART: (_came,),
        HarvestPermission.LEAD: (_hosts,),
        HarvestPermission.READ: (_reads, _came),
    },
)


def _in_market(rule: Callable[[Actor], ColumnElement[bool]]) -> Any:
    """A rule about the market, as one about its stalls."""

    def of_stall(actor: Actor) -> ColumnElement[bool]:
        return exists().where(Market.id == Stall.market_id, rule(actor)).correlate(Stall)

    return of_stall


def _held(actor: Actor) -> ColumnElement[bool]:
    """The actor held the stall, and was there."""
    stall_id: Any = Stall.id
    return and_(holds(actor, stall_id), _in_market(_came)(actor))


def _was_at(actor: Actor) -> ColumnElement[bool]:
    """The actor was at the stall, and was not removed from the market."""
    if not actor.is_member:
        return false()
    person, visit = aliased(FloorPerson), aliased(StallVisit)
    return and_(
        _in_market(_came)(actor),
        exists().where(
            visit.stall_id == Stall.id,
            person.id == visit.person_id,
            person.member_id == actor.member_id,
        ),
    )


class YieldPermission(StrEnum):
    GO_ON = "go_on"  # make something of it: a discussion, a practice
    READ = "read"
    READ_NOTE = "read_note"  # what was written while it was held
    WRITE = "write"


YIELDS: Policy[Actor, Stall] = Policy(
    Stall,
    {
        YieldPermission.GO_ON: (_held, _in_market(_came), _in_market(_hosts)),
        YieldPermission.READ: (_in_market(_reads), _in_market(_came)),
        YieldPermission.READ_NOTE: (_held, _was_at),
        YieldPermission.WRITE: (_held, _in_market(_hosts)),
    },
)
