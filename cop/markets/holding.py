"""Markets as holders of circles (see `cop.spaces.holders`) and of a kind of gatherings."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cop.gatherings import belonging
from cop.gatherings.models import Gathering, GatheringKind
from cop.gatherings.operations import Details
from cop.gatherings.poll_models import DatePoll
from cop.markets.models import Market, MarketEntry, MarketState
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.platform.db import AnySelect, rows
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.spaces import holders


@cache
def _places(kind: Actor) -> AnySelect:
    return (
        select(Market.id, Market.state, Gathering.circle_id, Gathering.title)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Gathering.circle_id.in_(bindparam("circles", expanding=True)))
        .where(MARKETS.clause(kind, MarketPermission.READ))
    )


def places(session: Session, actor: Actor, circle_ids: Collection[int]) -> dict[int, holders.Place]:
    asked = actor.parameters | {"circles": list(circle_ids)}
    return {
        row.circle_id: holders.Place(
            circle_id=row.circle_id,
            name=row.title,
            url=f"/markten/{row.id}",
            members_url=f"/markten/{row.id}",
            archived=row.state == MarketState.CLOSED,
        )
        for row in rows(session, _places(actor.left_open), asked)
    }


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """Somebody else asks or offers something."""
    return (
        session.scalar(
            select(MarketEntry.id)
            .join(Market, Market.id == MarketEntry.market_id)
            .join(Gathering, Gathering.id == Market.gathering_id)
            .where(Gathering.circle_id == circle_id, MarketEntry.member_id != member_id)
            .limit(1)
        )
        is not None
    )


def hindrance(session: Session, actor: Actor, circle_id: int) -> str | None:
    """Whoever comes has something to get or to bring [A]."""
    entry = session.scalar(
        select(MarketEntry.id)
        .join(Market, Market.id == MarketEntry.market_id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Gathering.circle_id == circle_id, MarketEntry.member_id == actor.member_id)
        .where(MarketEntry.withdrawn_at.is_(None))
        .limit(1)
    )
    if entry is None:
        return _("Say on the market's page what you want to get or can bring; then you take part.")
    return None


def planned(
    _session: Session, _actor: Actor, _poll: DatePoll, _details: Details, _now: datetime
) -> Gathering:
    """The date of a market is announced, never looked for.

    Raises:
        NotFound: always.
    """
    raise NotFound


def chosen(_session: Session, _gathering: Gathering, _now: datetime) -> None:
    """Nobody else is asked."""


def ended(session: Session, gathering: Gathering) -> bool:
    """A host closed the market."""
    state = session.scalar(select(Market.state).where(Market.gathering_id == gathering.id))
    return state == MarketState.CLOSED


_TOLD = select(Market.gathering_id, Market.told).where(
    Market.gathering_id.in_(bindparam("ids", expanding=True))
)


def prepare(session: Session, _actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    """The programme, as soon as it is out; until then what others ask."""
    return {
        row.gathering_id: _("your programme is ready")
        if row.told
        else _("look which questions you can answer")
        for row in rows(session, _TOLD, {"ids": list(ids)})
    }


def page_url(gathering_id: int) -> str:
    return f"/markten/van/{gathering_id}"


holders.register("market", holders.Holder(written_by_others, places))
belonging.register(
    (GatheringKind.MARKET,),
    belonging.Belonging(
        hindrance=hindrance,
        planned=planned,
        chosen=chosen,
        page_url=page_url,
        hands_over=True,
        takes_late=True,  # late people are fitted in
        ended=ended,
        prepare=prepare,
    ),
)
