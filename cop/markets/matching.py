"""Which offer may answer which ask: by theme and by words. The host has the last word.

A machine suggests and never decides: what the host took or dropped stays so, whatever is suggested
later.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.markets import entries, events, words
from cop.markets.models import MarketEntry, MarketMatch, MatchState, Side
from cop.markets.permissions import MARKETS, MarketPermission, active
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces.events import moment

SAME_THEME = 3
SAME_WORD, SAME_LONG_WORD = 2, 3
LONG = 7  # letters of a stem: such a word seldom stands in both by chance
ENOUGH = 3  # below it is chance
MADE_FOR = 99  # the offer was made for this ask, whatever its words
MOST_FOR_AN_ASK = 4


def score(ask: MarketEntry, offer: MarketEntry) -> int:
    """How well an offer seems to answer an ask; 0 for somebody's own."""
    if ask.member_id == offer.member_id:
        return 0
    if offer.answers_id == ask.id:
        return MADE_FOR
    same = SAME_THEME if ask.theme_id is not None and ask.theme_id == offer.theme_id else 0
    wanted, given = (words.stems(f"{one.line} {one.expects}") for one in (ask, offer))
    return same + sum(SAME_LONG_WORD if len(word) >= LONG else SAME_WORD for word in wanted & given)


def ask_of(session: Session, market_id: int, entry_id: int) -> MarketEntry | None:
    """An ask of this market, of somebody who comes; None when it is gone, or there is none."""
    return session.scalar(
        select(MarketEntry).where(
            MarketEntry.id == entry_id,
            MarketEntry.market_id == market_id,
            MarketEntry.side == Side.ASK,
            active(),
        )
    )


def made_for(session: Session, actor: Actor, ask: MarketEntry, key: str) -> None:
    """The actor's offer with this key was made for an ask: it is suggested before any other.

    No offer, or an ask of one's own, changes nothing.
    """
    offer = session.scalar(
        select(MarketEntry).where(
            MarketEntry.member_id == actor.member_id,
            MarketEntry.key == key,
            MarketEntry.market_id == ask.market_id,
            MarketEntry.side == Side.OFFER,
        )
    )
    if offer is not None and ask.member_id != actor.member_id:
        offer.answers_id = ask.id
        session.flush()


def suggest(session: Session, entry_ids: Iterable[int]) -> None:
    """Look again what answers these asks, or what these offers answer.

    Suggestions that nobody decided on are made anew; the others stay.
    """
    for entry in session.scalars(select(MarketEntry).where(MarketEntry.id.in_(list(entry_ids)))):
        session.execute(
            delete(MarketMatch).where(
                or_(MarketMatch.ask_id == entry.id, MarketMatch.offer_id == entry.id),
                MarketMatch.state == MatchState.SUGGESTED,
            )
        )
        if entry.withdrawn_at is not None:
            session.execute(
                delete(MarketMatch).where(
                    or_(MarketMatch.ask_id == entry.id, MarketMatch.offer_id == entry.id)
                )
            )
            continue
        is_ask = entry.side == Side.ASK
        others = entries.standing(session, entry.market_id, Side.OFFER if is_ask else Side.ASK)
        pairs = [(entry, other) if is_ask else (other, entry) for other in others]
        _store(session, entry.market_id, pairs)
    session.flush()


def _store(session: Session, market_id: int, pairs: list[tuple[MarketEntry, MarketEntry]]) -> None:
    known = set(
        session.execute(
            select(MarketMatch.ask_id, MarketMatch.offer_id).where(
                MarketMatch.market_id == market_id
            )
        )
    )
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for ask, offer in pairs:
        points = score(ask, offer)
        if points >= ENOUGH and (ask.id, offer.id) not in known:
            found[ask.id].append((points, offer.id))
    for ask_id, offers in found.items():
        for points, offer_id in sorted(offers, reverse=True)[:MOST_FOR_AN_ASK]:
            session.add(
                MarketMatch(
                    market_id=market_id,
                    ask_id=ask_id,
                    offer_id=offer_id,
                    state=MatchState.SUGGESTED,
                    score=points,
                )
            )


def decide(
    session: Session,
    actor: Actor,
    market_id: int,
    ask_id: int,
    offer_id: int,
    taken: bool,
    now: datetime,
) -> MarketMatch:
    """The host takes a match or drops it, suggested or not; again with the same changes nothing.

    Raises:
        NotFound: the actor does not host, or the ask or offer is not in this market.
        Refused: both are the same person's.
    """
    MARKETS.get(session, actor, MarketPermission.MANAGE, market_id)
    ask, offer = (session.get(MarketEntry, entry_id) for entry_id in (ask_id, offer_id))
    for entry, side in ((ask, Side.ASK), (offer, Side.OFFER)):
        if entry is None or entry.market_id != market_id or entry.side != side:
            raise NotFound
    assert ask is not None
    assert offer is not None
    if ask.member_id == offer.member_id:
        raise Refused(_("Nobody answers their own question."))
    match = session.scalar(
        select(MarketMatch).where(MarketMatch.ask_id == ask_id, MarketMatch.offer_id == offer_id)
    )
    if match is None:
        match = MarketMatch(market_id=market_id, ask_id=ask_id, offer_id=offer_id)
        session.add(match)
    match.state = MatchState.TAKEN if taken else MatchState.DROPPED
    session.flush()
    emit(session, events.AnswersChanged(market_id=market_id, at=moment(now)), now)
    return match


def take_all(session: Session, actor: Actor, market_id: int, now: datetime) -> int:
    """Take every suggestion that nobody decided on; how many that were.

    Raises:
        NotFound: the actor does not host.
    """
    MARKETS.get(session, actor, MarketPermission.MANAGE, market_id)
    waiting = session.scalars(
        select(MarketMatch).where(
            MarketMatch.market_id == market_id, MarketMatch.state == MatchState.SUGGESTED
        )
    ).all()
    for match in waiting:
        match.state = MatchState.TAKEN
    session.flush()
    emit(session, events.AnswersChanged(market_id=market_id, at=moment(now)), now)
    return len(waiting)


def taken(session: Session, market_id: int) -> list[tuple[int, int]]:
    """(ask, offer) of the matches that stand."""
    return list(
        session.execute(
            select(MarketMatch.ask_id, MarketMatch.offer_id)
            .where(MarketMatch.market_id == market_id, MarketMatch.state == MatchState.TAKEN)
            .order_by(MarketMatch.id)
        )
    )
