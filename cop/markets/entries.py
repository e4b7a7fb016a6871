"""Taking part in a market: something to get, something to bring, or both [A].

A few lines at most: questions lead, and what somebody knows is told at the stall.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from cop.gatherings import attending
from cop.gatherings.models import Attendance, Gathering
from cop.markets import events
from cop.markets.floor_among import market_held
from cop.markets.models import EntrySecond, MarketEntry, MarketState, Side, Stall
from cop.markets.permissions import MARKETS, OPEN, MarketPermission, active
from cop.members.actor import Actor
from cop.members.models import Theme
from cop.members.queries import own_persona
from cop.platform.blank import one_line
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.spaces import joining
from cop.spaces.circles import Circle, Visibility
from cop.spaces.events import moment
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LONGEST_LINE = 200
LONGEST_EXPECTS = 300
MOST_ON_A_SIDE = 5


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a form says about one ask or offer; `key` is made by the form, once."""

    side: str
    line: str
    expects: str = ""
    theme_id: int | None = None
    key: str


def register(
    session: Session,
    actor: Actor,
    market_id: int,
    wanted: Sequence[Wanted],
    now: datetime,
    anyway: bool = False,
) -> Attendance:
    """Take part, with at least one ask or offer, or add some; again with the same keys adds none.

    Raises:
        NotFound: the market is not for the actor, is over or cancelled.
        Refused: neither ask nor offer, too many, or one that says nothing or too much.
    """
    market = MARKETS.get(session, actor, MarketPermission.REGISTER, market_id)
    market_held(session, market_id)
    assert actor.member_id is not None
    known = set(
        session.scalars(
            select(MarketEntry.key).where(
                MarketEntry.member_id == actor.member_id, MarketEntry.market_id == market_id
            )
        )
    )
    new = [_checked(session, one) for one in wanted if one.key not in known]
    mine = _counts(session, actor, market_id)
    if not new and not mine:
        raise Refused(_("Say what you want to get, or what you can bring: one line is enough."))
    for side in Side:
        if mine.get(side, 0) + sum(one.side == side for one in new) > MOST_ON_A_SIDE:
            raise Refused(
                _("That is more than %(most)s; leave one out, please.", most=MOST_ON_A_SIDE)
            )
    ask_author([text for one in new for text in (one.line, one.expects)], Purpose.GATHERING, anyway)
    persona = own_persona(session, actor.member_id)
    gathering = session.get_one(Gathering, market.gathering_id)
    circle = session.get_one(Circle, gathering.circle_id)
    if circle.visibility == Visibility.PRIVATE:
        joining.take_on(session, actor, circle.id, now)
    for one in new:
        entry = MarketEntry(
            market_id=market_id,
            member_id=actor.member_id,
            persona_id=persona.id,
            side=one.side,
            line=one.line,
            expects=one.expects,
            theme_id=one.theme_id,
            key=one.key,
            created_at=now,
        )
        session.add(entry)
        session.flush()
        emit(session, events.EntryChanged(entry_id=entry.id, at=moment(now)), now)
    return attending.sign_up(session, actor, gathering.id, now)


def change(
    session: Session,
    actor: Actor,
    entry_id: int,
    wanted: Wanted,
    now: datetime,
    anyway: bool = False,
) -> MarketEntry:
    """Say one's own ask or offer in other words; its side stays. So does what a host made of it: a
    stall takes the new words and theme where it had the old ones.

    Raises:
        NotFound: it is another's, withdrawn, or the market is over.
        Refused: it says nothing, or too much; or the market goes on.
    """
    entry = _own(session, actor, entry_id)
    wanted = _checked(session, wanted)
    ask_author([wanted.line, wanted.expects], Purpose.GATHERING, anyway)
    for stall in session.scalars(select(Stall).where(Stall.entry_id == entry.id)):
        if stall.title == entry.line:
            stall.title = wanted.line
        if stall.theme_id == entry.theme_id:
            stall.theme_id = wanted.theme_id
    entry.line, entry.expects, entry.theme_id = wanted.line, wanted.expects, wanted.theme_id
    session.flush()
    emit(session, events.EntryChanged(entry_id=entry.id, at=moment(now)), now)
    return entry


def withdraw(session: Session, actor: Actor, entry_id: int, now: datetime) -> MarketEntry:
    """Take an ask or offer back; the last one only by signing off.

    Raises:
        NotFound: it is another's, withdrawn, or the market is over.
        Refused: it is the last one, or the market goes on.
    """
    entry = _own(session, actor, entry_id)
    if sum(_counts(session, actor, entry.market_id).values()) == 1:
        raise Refused(_("This is all you get or bring. Write something else first, or sign off."))
    entry.withdrawn_at = now
    session.flush()
    emit(session, events.EntryChanged(entry_id=entry.id, at=moment(now)), now)
    return entry


def second(
    session: Session, actor: Actor, entry_id: int, wants: bool, now: datetime
) -> MarketEntry:
    """Say, or no longer say: 'I want to know that too.' Twice is once.

    Raises:
        NotFound: no such ask in a market that goes on and is for the actor, or it is one's own.
    """
    entry = session.get(MarketEntry, entry_id, with_for_update=True, populate_existing=True)
    if entry is None or entry.side != Side.ASK or entry.withdrawn_at is not None:
        raise NotFound
    MARKETS.get(session, actor, MarketPermission.REGISTER, entry.market_id)
    assert actor.member_id is not None
    if entry.member_id == actor.member_id:
        raise NotFound
    mark = session.get(EntrySecond, (entry_id, actor.member_id))
    if wants == (mark is not None):
        return entry
    if mark is None:
        persona = own_persona(session, actor.member_id)
        session.add(
            EntrySecond(entry_id=entry_id, member_id=actor.member_id, persona_id=persona.id, at=now)
        )
        entry.seconds += 1
    else:
        session.delete(mark)
        entry.seconds -= 1
    session.flush()
    emit(session, events.AnswersChanged(market_id=entry.market_id, at=moment(now)), now)
    return entry


def forget(session: Session, member_id: int, now: datetime) -> None:
    """Somebody left the community: what they asked and offered is emptied, and no longer shown."""
    seconded = select(EntrySecond.entry_id).where(EntrySecond.member_id == member_id)
    session.execute(
        update(MarketEntry)
        .where(MarketEntry.id.in_(seconded))
        .values(seconds=MarketEntry.seconds - 1)
    )
    session.execute(delete(EntrySecond).where(EntrySecond.member_id == member_id))
    session.execute(
        update(MarketEntry)
        .where(MarketEntry.member_id == member_id)
        .values(line="", expects="", withdrawn_at=func.coalesce(MarketEntry.withdrawn_at, now))
    )


def _own(session: Session, actor: Actor, entry_id: int) -> MarketEntry:
    entry = session.get(MarketEntry, entry_id)
    if entry is None or entry.member_id != actor.member_id or entry.withdrawn_at is not None:
        raise NotFound
    market = MARKETS.get(session, actor, MarketPermission.READ, entry.market_id)
    market_held(session, market.id)
    if market.state not in OPEN:
        raise NotFound
    if market.state == MarketState.RUNNING:
        raise Refused(_("The market goes on now: what you ask and bring stays as it is."))
    return entry


def _counts(session: Session, actor: Actor, market_id: int) -> dict[str, int]:
    """Side → how many entries of the actor stand."""
    rows = session.execute(
        select(MarketEntry.side, func.count())
        .where(MarketEntry.market_id == market_id, MarketEntry.member_id == actor.member_id)
        .where(MarketEntry.withdrawn_at.is_(None))
        .group_by(MarketEntry.side)
    )
    return dict(rows.all())


def standing(session: Session, market_id: int, side: Side) -> list[MarketEntry]:
    """The asks or offers of those who come, the oldest first."""
    return list(
        session.scalars(
            select(MarketEntry)
            .where(MarketEntry.market_id == market_id, MarketEntry.side == side, active())
            .order_by(MarketEntry.id)
        )
    )


def _checked(session: Session, wanted: Wanted) -> Wanted:
    if wanted.side not in set(Side):
        raise Refused(_("Choose one of these, please."), "side")
    line, expects = one_line(wanted.line), one_line(wanted.expects)
    if not line:
        raise Refused(_("Write one line, please."), "line")
    for text, field, most in (
        (line, "line", LONGEST_LINE),
        (expects, "expects", LONGEST_EXPECTS),
    ):
        if len(text) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    if wanted.theme_id is not None:
        theme = session.get(Theme, wanted.theme_id)
        if theme is None or theme.retired_at is not None:
            raise Refused(_("Choose one of these, please."), "theme_id")
    if not 8 <= len(wanted.key) <= 36 or not wanted.key.isascii():
        raise Refused(_("This form is too old. Open the page again, please."))
    return Wanted(
        side=wanted.side, line=line, expects=expects, theme_id=wanted.theme_id, key=wanted.key
    )
