"""Stalls are laid out from what was asked and offered; questions lead [A].

An offer that answers an ask becomes a stall of who offers. An ask that no offer answers becomes a
stall of who asks, where those who want to know the same think along. Laying out again adds what is
new and leaves what the host changed.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from cop.gatherings.models import Attendance, Coming
from cop.gatherings.operations import LONGEST_LINK
from cop.markets import entries, floor, matching, standing
from cop.markets.floor_among import floor_held, managed, market_held
from cop.markets.models import (
    EntrySecond,
    Market,
    MarketEntry,
    Side,
    Stall,
    StallDeclined,
    StallHolder,
    StallWish,
)
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.platform.blank import one_line
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.web import is_https
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST_TITLE = 200
MOST_SEATS = 200


def lay_out(session: Session, actor: Actor, market_id: int, now: datetime) -> int:
    """Make the stalls that are missing, and the wishes that follow from asks; how many are new.

    Raises:
        NotFound: the actor does not host, or the market is over.
    """
    market = managed(session, actor, market_id)
    new, matches = _missing(session, market_id)
    of_entry = _of_entries(session, market_id)
    number = session.scalar(
        select(func.coalesce(func.max(Stall.number), 0)).where(Stall.market_id == market_id)
    )
    for at, entry in enumerate(new, start=(number or 0) + 1):
        of_entry[entry.id] = _make(session, market, entry, at)
    if new:
        market.changes += 1
    session.flush()
    _wish_what_was_asked(session, market, matches, of_entry, now)
    return len(new)


def missing(session: Session, market_id: int) -> int:
    """How many asks and offers wait for the host to lay out a stall for them; four queries."""
    return len(_missing(session, market_id)[0])


def _missing(session: Session, market_id: int) -> tuple[list[MarketEntry], list[tuple[int, int]]]:
    """What gets a stall when stalls are laid out, and (ask, offer) of the matches that stand."""
    asks, offers, matches = _standing(session, market_id)
    answered = {ask for ask, _offer in matches}
    wanted = [offers[offer] for offer in dict.fromkeys(offer for _ask, offer in matches)]
    wanted += [entry for entry in asks.values() if entry.id not in answered]
    have = set(session.scalars(select(Stall.entry_id).where(Stall.market_id == market_id)))
    return [entry for entry in wanted if entry.id not in have], matches


def wish_again(session: Session, market_id: int, now: datetime) -> None:
    """Somebody wants to know something too, another offer answers it, or who asked or answers comes
    again: the wishes that follow from it come to the stalls that there are."""
    of_entry = _of_entries(session, market_id)
    if not of_entry:
        return
    floor_held(session, market_id)
    market = market_held(session, market_id)
    _asks, _offers, matches = _standing(session, market_id)
    _wish_what_was_asked(session, market, matches, of_entry, now)


def _standing(
    session: Session, market_id: int
) -> tuple[dict[int, MarketEntry], dict[int, MarketEntry], list[tuple[int, int]]]:
    """The asks and the offers of those who come, and (ask, offer) of the matches among them."""
    asks, offers = (
        {entry.id: entry for entry in entries.standing(session, market_id, side)}
        for side in (Side.ASK, Side.OFFER)
    )
    matches = [
        (ask, offer)
        for ask, offer in matching.taken(session, market_id)
        if ask in asks and offer in offers
    ]
    return asks, offers, matches


def _of_entries(session: Session, market_id: int) -> dict[int, Stall]:
    """Ask or offer → the stall where it is met: of one that was merged, the one it went into."""
    stalls = {
        stall.id: stall
        for stall in session.scalars(select(Stall).where(Stall.market_id == market_id))
    }
    return {
        stall.entry_id: stalls[stall.merged_into_id or stall.id]
        for stall in stalls.values()
        if stall.entry_id is not None
    }


def _make(session: Session, market: Market, entry: MarketEntry, number: int) -> Stall:
    stall = Stall(
        market_id=market.id,
        number=number,
        entry_id=entry.id,
        title=entry.line,
        theme_id=entry.theme_id,
        seats=market.seats,
    )
    session.add(stall)
    session.flush()
    session.add(
        StallHolder(stall_id=stall.id, member_id=entry.member_id, persona_id=entry.persona_id)
    )
    return stall


def _wish_what_was_asked(
    session: Session,
    market: Market,
    matches: list[tuple[int, int]],
    of_entry: dict[int, Stall],
    now: datetime,
) -> None:
    """Who asked, or wants to know the same, wishes to come, unless they said that they do not; what
    somebody chose stays.

    An ask whose answer has no stall yet is met at its own, if it has one.
    """
    market_id = market.id
    answers = [(ask, offer) for ask, offer in matches if offer in of_entry]
    answered = {ask for ask, _offer in answers}
    curious: dict[int, set[int]] = defaultdict(set)  # ask → who wants to know
    for ask, member in session.execute(
        select(MarketEntry.id, MarketEntry.member_id)
        .where(MarketEntry.market_id == market_id, MarketEntry.side == Side.ASK)
        .where(MarketEntry.withdrawn_at.is_(None))
    ):
        curious[ask].add(member)
    for ask, member in session.execute(
        select(EntrySecond.entry_id, EntrySecond.member_id)
        .join(MarketEntry, MarketEntry.id == EntrySecond.entry_id)
        .where(MarketEntry.market_id == market_id, MarketEntry.withdrawn_at.is_(None))
    ):
        curious[ask].add(member)
    follows = {(of_entry[offer].id, who) for ask, offer in answers for who in curious[ask]}
    for ask, people in curious.items():
        if ask not in answered and ask in of_entry:
            follows |= {(of_entry[ask].id, who) for who in people}
    of_market = StallWish.stall_id.in_(select(Stall.id).where(Stall.market_id == market_id))
    wishes = session.execute(
        select(StallWish.stall_id, StallWish.member_id, StallWish.chosen).where(of_market)
    ).all()
    chosen = {(row.stall_id, row.member_id) for row in wishes if row.chosen}
    before = {(row.stall_id, row.member_id) for row in wishes if not row.chosen}
    held = set(
        session.execute(
            select(StallHolder.stall_id, StallHolder.member_id)
            .join(Stall, Stall.id == StallHolder.stall_id)
            .where(Stall.market_id == market_id)
        )
    )
    declined = set(
        session.execute(
            select(StallDeclined.stall_id, StallDeclined.member_id)
            .join(Stall, Stall.id == StallDeclined.stall_id)
            .where(Stall.market_id == market_id)
        )
    )
    follows -= chosen | held | declined
    if follows == before:
        return
    session.execute(delete(StallWish).where(of_market, StallWish.chosen.is_(False)))
    for stall_id, member_id in sorted(follows):
        session.add(StallWish(stall_id=stall_id, member_id=member_id, chosen=False, at=now))
    market.changes += 1  # a plan that is being made begins anew
    session.flush()


def change(
    session: Session,
    actor: Actor,
    stall_id: int,
    *,
    title: str,
    seats: int,
    rounds: int | None,
    closed: bool,
    now: datetime,
    link: str = "",
    anyway: bool = False,
) -> Stall:
    """The host calls a stall otherwise, gives it more or fewer seats, or closes it.

    Whoever was to go to a stall that closes gets a place elsewhere.

    Raises:
        NotFound: the actor does not host, or the market is over.
        Refused: something that cannot be, beside its field.
    """
    stall = session.get(Stall, stall_id)
    if stall is None:
        raise NotFound
    market = managed(session, actor, stall.market_id)
    session.refresh(stall)
    title = one_line(title)
    if not title:
        raise Refused(_("Give it a title, please."), "title")
    if len(title) > LONGEST_TITLE:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_TITLE), "title")
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(_("Fill in a number from 1 to %(most)s.", most=MOST_SEATS), "seats")
    if rounds is not None and not 1 <= rounds <= market.rounds:
        raise Refused(_("Fill in a number from 1 to %(most)s.", most=market.rounds), "rounds")
    if link and (not is_https(link) or len(link) > LONGEST_LINK):
        raise Refused(_("Fill in an address that begins with https://."), "link")
    if title != stall.title:
        ask_author([title], Purpose.GATHERING, anyway)
    stall.title, stall.seats, stall.rounds = title, seats, rounds
    stall.link = link or None
    closes = closed and stall.closed_at is None
    stall.closed_at = (stall.closed_at or now) if closed else None
    if not closed:
        stall.merged_into_id = None
    market.changes += 1
    session.flush()
    if closes:
        floor.empty(session, stall, now)
        standing.close(session, stall, now)
    return stall


def merge(session: Session, actor: Actor, stall_id: int, into_id: int, now: datetime) -> Stall:
    """Two stalls about the same become one, held by all who held them; the first one closes.

    Whoever was to go there goes to the other while there are seats, else elsewhere.

    Raises:
        NotFound: the actor does not host, or they are not two open stalls of one market.
    """
    stall, into = (session.get(Stall, number) for number in (stall_id, into_id))
    if stall is None or into is None or stall is into or stall.market_id != into.market_id:
        raise NotFound
    market = managed(session, actor, stall.market_id)
    session.refresh(stall)
    session.refresh(into)
    if stall.closed_at is not None or into.closed_at is not None:
        raise NotFound
    holders = {row.member_id for row in _holders(session, into_id)}
    for row in _holders(session, stall_id):
        if row.member_id not in holders:
            session.add(
                StallHolder(stall_id=into_id, member_id=row.member_id, persona_id=row.persona_id)
            )
            holders.add(row.member_id)
    _decline_both(session, stall_id, into_id)
    # Who declined the other one is sent there only by a choice of their own.
    declined = _declined(session, into_id)
    kept = {row.member_id for row in _wishes(session, into_id)} | holders
    for wish in _wishes(session, stall_id):
        if wish.member_id not in kept and (wish.chosen or wish.member_id not in declined):
            session.add(
                StallWish(
                    stall_id=into_id, member_id=wish.member_id, chosen=wish.chosen, at=wish.at
                )
            )
    session.flush()
    chosen = select(StallWish.member_id).where(StallWish.stall_id == into_id, StallWish.chosen)
    session.execute(
        delete(StallWish).where(
            StallWish.stall_id == into_id, StallWish.member_id.in_(sorted(holders))
        )
    )
    session.execute(
        delete(StallDeclined).where(
            StallDeclined.stall_id == into_id,
            or_(StallDeclined.member_id.in_(sorted(holders)), StallDeclined.member_id.in_(chosen)),
        )
    )
    stall.closed_at = now
    session.execute(
        update(Stall)
        .where(or_(Stall.id == stall_id, Stall.merged_into_id == stall_id))
        .values(merged_into_id=into_id)
    )
    market.changes += 1
    session.flush()
    floor.empty(session, stall, now)
    standing.close(session, stall, now, into)
    return into


def _decline_both(session: Session, stall_id: int, into_id: int) -> None:
    """Who declined a stall declines what it becomes part of, unless they wish to go there."""
    there = {row.member_id for row in _wishes(session, into_id)} | _declined(session, into_id)
    for member_id in sorted(_declined(session, stall_id) - there):
        session.add(StallDeclined(stall_id=into_id, member_id=member_id))


def _declined(session: Session, stall_id: int) -> set[int]:
    of_stall = select(StallDeclined.member_id).where(StallDeclined.stall_id == stall_id)
    return set(session.scalars(of_stall))


def wish(session: Session, actor: Actor, stall_id: int, wants: bool, now: datetime) -> Stall:
    """Want to come to a stall, or no longer; twice is once, and stays whatever others change.

    Raises:
        NotFound: no open stall of a market for the actor that goes on, or one they hold.
    """
    stall = session.get(Stall, stall_id)
    if stall is None or stall.closed_at is not None:
        raise NotFound
    MARKETS.get(session, actor, MarketPermission.REGISTER, stall.market_id)
    assert actor.member_id is not None
    if session.get(StallHolder, (stall_id, actor.member_id)) is not None:
        raise NotFound
    market_held(session, stall.market_id).changes += 1  # a plan that is being made begins anew
    me = (stall_id, actor.member_id)
    mine, declined = session.get(StallWish, me), session.get(StallDeclined, me)
    if wants and mine is None:
        session.add(StallWish(stall_id=stall_id, member_id=actor.member_id, chosen=True, at=now))
    elif wants and mine is not None:
        mine.chosen = True
    elif mine is not None:
        session.delete(mine)
    if wants and declined is not None:
        session.delete(declined)
    elif not wants and declined is None:
        session.add(StallDeclined(stall_id=stall_id, member_id=actor.member_id))
    session.flush()
    return stall


def is_held() -> ColumnElement[bool]:
    """The condition on `Stall`: it is open, and somebody who can hold it comes."""
    return Stall.closed_at.is_(None) & exists().where(
        StallHolder.stall_id == Stall.id,
        Market.id == Stall.market_id,
        Attendance.gathering_id == Market.gathering_id,
        Attendance.member_id == StallHolder.member_id,
        Attendance.coming == Coming.GOING,
    )


def _holders(session: Session, stall_id: int) -> list[StallHolder]:
    return list(session.scalars(select(StallHolder).where(StallHolder.stall_id == stall_id)))


def _wishes(session: Session, stall_id: int) -> list[StallWish]:
    return list(session.scalars(select(StallWish).where(StallWish.stall_id == stall_id)))
