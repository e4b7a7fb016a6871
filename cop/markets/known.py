"""The market as the planner knows it."""

from collections import defaultdict
from typing import Any

from sqlalchemy import exists, or_, select, union
from sqlalchemy.orm import Session

from cop.gatherings.models import Attendance, Coming
from cop.markets.floor_models import FloorPerson
from cop.markets.models import (
    EntrySecond,
    Market,
    MarketEntry,
    MarketPlace,
    Stall,
    StallHolder,
    StallWish,
)
from cop.markets.planning import Market as Problem
from cop.markets.planning import Stall as Place
from cop.markets.planning import Taker
from cop.members.models import MemberOrganisation, MemberTheme


def problem(session: Session, market: Market, number: int | None = None) -> Problem:
    """Everybody who comes and did not go home, the stalls that are open, what is wished, what the
    host fixed in a plan.

    Args:
        number: of the plan; None: of the one that the host looks at.
    """
    coming = set(
        session.scalars(
            select(Attendance.member_id).where(
                Attendance.gathering_id == market.gathering_id,
                Attendance.coming == Coming.GOING,
                ~exists().where(
                    FloorPerson.market_id == market.id,
                    FloorPerson.member_id == Attendance.member_id,
                    or_(FloorPerson.left_at.is_not(None), FloorPerson.removed_at.is_not(None)),
                ),
            )
        )
    )
    open_ = {
        stall.id: stall
        for stall in session.scalars(
            select(Stall)
            .where(Stall.market_id == market.id, Stall.closed_at.is_(None))
            .order_by(Stall.number)
        )
    }
    holders = _by_stall(session, StallHolder, market.id, coming)
    held = {key for key in open_ if holders[key]}  # whose holders all stay away is not held
    wishes: dict[int, list[int]] = defaultdict(list)
    for stall_id, people in _by_stall(session, StallWish, market.id, coming).items():
        for who in people:
            if stall_id in held and who not in holders[stall_id]:
                wishes[who].append(stall_id)
    # What somebody hides counts for nothing: what a move costs would tell the host.
    works: dict[int, set[int]] = defaultdict(set)
    for who, organisation_id in session.execute(
        select(MemberOrganisation.member_id, MemberOrganisation.organisation_id).where(
            MemberOrganisation.member_id.in_(coming), MemberOrganisation.shown.is_(True)
        )
    ):
        works[who].add(organisation_id)
    likes = _likes(session, market.id, held, coming)
    fixed = session.execute(
        select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id).where(
            MarketPlace.market_id == market.id,
            MarketPlace.plan == (market.plan if number is None else number),
            MarketPlace.pinned.is_(True),
        )
    )
    return Problem(
        market.rounds,
        tuple(
            Place(key, open_[key].seats, tuple(sorted(holders[key])), open_[key].rounds)
            for key in open_
            if key in held
        ),
        tuple(
            Taker(
                who,
                tuple(sorted(wishes[who])),
                frozenset(works[who]),
                likes=frozenset(likes[who]),
            )
            for who in sorted(coming)
        ),
        {
            (who, round_): stall
            for who, round_, stall in fixed
            if who in coming and round_ < market.rounds and (stall is None or stall in held)
        },
    )


def _likes(
    session: Session, market_id: int, stall_ids: set[int], coming: set[int]
) -> dict[int, set[int]]:
    """Member → stalls about a theme of theirs: of what they ask, offer or want to know as well, or
    that stands on their profile."""
    found: dict[int, set[int]] = defaultdict(set)
    of_market = (MarketEntry.market_id == market_id, MarketEntry.withdrawn_at.is_(None))
    own = select(MarketEntry.member_id, MarketEntry.theme_id).where(*of_market)
    seconded = (
        select(EntrySecond.member_id, MarketEntry.theme_id)
        .join(MarketEntry, MarketEntry.id == EntrySecond.entry_id)
        .where(*of_market)
    )
    works_on = select(MemberTheme.member_id, MemberTheme.theme_id).where(
        MemberTheme.member_id.in_(coming)
    )
    about = union(own, seconded, works_on).subquery()
    for member_id, stall_id in session.execute(
        select(about.c.member_id, Stall.id)
        .join(Stall, Stall.theme_id == about.c.theme_id)
        .where(Stall.market_id == market_id)
    ):
        if stall_id in stall_ids:
            found[member_id].add(stall_id)
    return found


def _by_stall(
    session: Session, model: Any, market_id: int, coming: set[int]
) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for stall_id, member_id in session.execute(
        select(model.stall_id, model.member_id)
        .join(Stall, Stall.id == model.stall_id)
        .where(Stall.market_id == market_id)
    ):
        if member_id in coming:
            found[stall_id].add(member_id)
    return found
