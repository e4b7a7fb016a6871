"""From a stall, or from what stayed open, to a discussion in which all concerned go on talking."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions import attending
from cop.discussions import operations as discussions
from cop.discussions.models import Attention, Discussion, DiscussionKind, DiscussionList
from cop.discussions.permissions import LISTS, ListPermission
from cop.markets.after import asks
from cop.markets.after.models import StallYield
from cop.markets.after.permissions import HARVESTS, YIELDS, HarvestPermission, YieldPermission
from cop.markets.after.queries import KIND
from cop.markets.models import (
    EntrySecond,
    Market,
    MarketEntry,
    MarketMatch,
    MatchState,
    Side,
    Stall,
    StallHolder,
)
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.spaces import origins

MOST_LISTS = 60
MOST_FOLLOWERS = 200


def places(session: Session, actor: Actor) -> Sequence[tuple[int, str]]:
    """(id, name) of the lists in which the actor may start a discussion."""
    rows = session.execute(
        select(DiscussionList.id, DiscussionList.name)
        .where(LISTS.clause(actor, ListPermission.START))
        .order_by(DiscussionList.sort_key, DiscussionList.id)
        .limit(MOST_LISTS)
    )
    return [(row.id, row.name) for row in rows]


def opening(session: Session, actor: Actor, stall: Stall) -> tuple[str, str]:
    """Title and text with which a discussion about a stall begins.

    Raises:
        NotFound: the actor may not go on from it.
    """
    YIELDS.get(session, actor, YieldPermission.GO_ON, stall.id)
    market = session.get_one(Market, stall.market_id)
    said = session.scalar(select(StallYield.source).where(StallYield.stall_id == stall.id)) or ""
    intro = _(
        "At the market “%(market)s” we talked about this: %(stall)s",
        market=market.gathering.title,
        stall=stall.title,
    )
    return stall.title, "\n\n".join(part for part in (intro, said) if part)


def from_stall(
    session: Session,
    actor: Actor,
    stall_id: int,
    list_id: int,
    title: str,
    text: str,
    client_id: str,
    now: datetime,
    anyway: bool = False,
) -> Discussion:
    """Start a discussion about a stall; who asked and who provides follow it where they can read.

    Raises:
        NotFound: the actor may not go on from the stall, or not start anything there.
        Refused, AuthorAsked: as `discussions.start`.
    """
    YIELDS.get(session, actor, YieldPermission.GO_ON, stall_id)
    kind = DiscussionKind.CONVERSATION
    made = _start(session, actor, list_id, title, text, client_id, now, anyway, kind)
    origins.remember(session, (KIND, stall_id), ("discussion", made.id), now)
    _have_follow(session, made.id, _concerned(session, stall_id))
    return made


def opening_of_asks(session: Session, actor: Actor, market_id: int) -> tuple[str, str, list[int]]:
    """Title, text and the asks with which a discussion about what stayed open begins.

    Raises:
        NotFound: the actor does not host, or the market is not over.
        Refused: no ask is open that went nowhere yet.
    """
    market = HARVESTS.get(session, actor, HarvestPermission.LEAD, market_id)
    left = asks.went_nowhere(session, actor, market_id)
    if not left:
        raise Refused(_("There is no question left that went nowhere yet."))
    title = _("Questions that stayed open at “%(market)s”", market=market.gathering.title)
    intro = _("These questions found no answer at the market. Who knows more?")
    lines = "\n".join(f"- {ask.line}" for ask in left)
    return title, f"{intro}\n\n{lines}", [ask.id for ask in left]


def from_asks(
    session: Session,
    actor: Actor,
    market_id: int,
    entry_ids: Sequence[int],
    list_id: int,
    title: str,
    text: str,
    client_id: str,
    now: datetime,
    anyway: bool = False,
) -> Discussion:
    """Bring asks that nobody met to a list; who asked them follows.

    Args:
        entry_ids: those that the form showed; what is no open ask of this market, or went
            somewhere meanwhile, is left out.

    Raises:
        NotFound: the actor does not host, or may not start anything there.
        Refused, AuthorAsked: as `discussions.start`.
    """
    HARVESTS.get(session, actor, HarvestPermission.LEAD, market_id)
    left = [ask.id for ask in asks.went_nowhere(session, actor, market_id, entry_ids)]
    made = _start(session, actor, list_id, title, text, client_id, now, anyway)
    asks.went_to_list(session, left, made.id, now)
    _have_follow(
        session,
        made.id,
        session.scalars(select(MarketEntry.member_id).where(MarketEntry.id.in_(left))),
    )
    return made


def bring_own(
    session: Session,
    actor: Actor,
    market_id: int,
    entry_id: int,
    list_id: int,
    title: str,
    text: str,
    client_id: str,
    now: datetime,
    anyway: bool = False,
) -> Discussion:
    """Bring one's own ask to a list.

    Raises:
        NotFound: not the actor's own ask, or they may not start anything there.
        Refused, AuthorAsked: as `discussions.start`.
    """
    own_ask(session, actor, market_id, entry_id)
    made = _start(session, actor, list_id, title, text, client_id, now, anyway)
    asks.went_to_list(session, [entry_id], made.id, now)
    return made


def own_ask(session: Session, actor: Actor, market_id: int, entry_id: int) -> asks.Ask:
    """
    Raises:
        NotFound: not the actor's own ask, or the market is not over.
    """
    HARVESTS.get(session, actor, HarvestPermission.READ, market_id)
    for ask in asks.own(session, actor, market_id):
        if ask.id == entry_id:
            return ask
    raise NotFound


def _start(
    session: Session,
    actor: Actor,
    list_id: int,
    title: str,
    text: str,
    client_id: str,
    now: datetime,
    anyway: bool,
    kind: DiscussionKind = DiscussionKind.QUESTION,
) -> Discussion:
    return discussions.start(
        session,
        actor,
        list_id=list_id,
        kind=kind,
        title=title,
        text=text,
        now=now,
        client_id=client_id,
        anyway=anyway,
    )


def _concerned(session: Session, stall_id: int) -> list[int]:
    """Who holds the stall, who asked what it answers, and who wanted to know the same; also of what
    was merged with it."""
    brought = select(Stall.entry_id).where(
        (Stall.id == stall_id) | (Stall.merged_into_id == stall_id)
    )
    its = select(MarketMatch.ask_id).where(
        MarketMatch.offer_id.in_(brought), MarketMatch.state == MatchState.TAKEN
    )
    of_stall = MarketEntry.id.in_(brought) | MarketEntry.id.in_(its)
    queries = (
        select(StallHolder.member_id).where(StallHolder.stall_id == stall_id),
        select(MarketEntry.member_id).where(
            of_stall, MarketEntry.side == Side.ASK, MarketEntry.withdrawn_at.is_(None)
        ),
        select(EntrySecond.member_id)
        .join(MarketEntry, MarketEntry.id == EntrySecond.entry_id)
        .where(of_stall, MarketEntry.withdrawn_at.is_(None)),
    )
    return sorted({who for query in queries for who in session.scalars(query)})


def _have_follow(session: Session, discussion_id: int, member_ids: Iterable[int]) -> None:
    """They follow what is new, as far as they can read it."""
    rows = session.execute(
        select(Member.id, Member.site_role)
        .where(Member.id.in_(sorted(set(member_ids))), Member.state == MemberState.ACTIVE)
        .order_by(Member.id)
        .limit(MOST_FOLLOWERS)
    ).all()
    for row in rows:
        try:
            attending.set_attention(
                session,
                Actor(row.id, SiteRole(row.site_role)),
                discussion_id=discussion_id,
                attention=Attention.FOLLOW,
            )
        except NotFound:
            continue  # the list is not theirs to read
