"""What a stall yielded can become something that lasts; that shows where it came from."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.markets.after.models import StallYield
from cop.markets.after.permissions import YIELDS, YieldPermission
from cop.markets.after.queries import KIND
from cop.markets.models import Market, MarketAudience, MarketTheme, Stall
from cop.members.actor import Actor
from cop.members.models import Theme
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.markup import opening
from cop.spaces import origins
from cop.spaces.circles import in_circle
from cop.spaces.models import Space

SUMMARY = 500  # characters


def shown(session: Session, actor: Actor, ids: Sequence[int]) -> dict[int, origins.Thing]:
    """The stalls whose harvest the actor may read."""
    rows = session.execute(
        select(Stall.id, Stall.title, Stall.market_id, Gathering.title.label("market"))
        .join(Market, Market.id == Stall.market_id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Stall.id.in_(ids), YIELDS.clause(actor, YieldPermission.READ))
    )
    return {
        row.id: origins.Thing(
            _("stall"),
            _("“%(stall)s” at “%(market)s”", stall=row.title, market=row.market),
            f"/markten/{row.market_id}/oogst#kraam-{row.id}",
        )
        for row in rows
    }


def material(session: Session, actor: Actor, stall_id: int) -> origins.Material:
    """Its opbrengst; in the space for which the market was, where that is one the actor is in.

    Raises:
        NotFound: the actor may not go on from it, or nothing is written down yet.
    """
    stall = YIELDS.get(session, actor, YieldPermission.GO_ON, stall_id)
    found = session.get(StallYield, stall_id)
    if found is None:
        raise NotFound
    theme_ids = list(
        session.scalars(
            select(Theme.id)
            .where(Theme.retired_at.is_(None))
            .where(
                (Theme.id == stall.theme_id)
                if stall.theme_id is not None
                else Theme.id.in_(
                    select(MarketTheme.theme_id).where(MarketTheme.market_id == stall.market_id)
                )
            )
            .order_by(Theme.position, Theme.id)
        )
    )
    spaces = session.scalars(
        select(Space.id)
        .join(MarketAudience, MarketAudience.space_id == Space.id)
        .where(MarketAudience.market_id == stall.market_id, Space.archived_at.is_(None))
        .where(in_circle(actor, Space.circle_id))
        .order_by(Space.id)
        .limit(2)
    ).all()
    return origins.Material(
        title=stall.title,
        summary=opening(found.html, SUMMARY),
        text=found.source,
        theme_ids=theme_ids,
        space_id=spaces[0] if len(spaces) == 1 else None,
    )


origins.show_as(KIND, shown)
origins.gives(KIND, material)
