"""What of markets waits for a member on the home page: one that goes on now, and what only its host
can do. Asks without an answer that they may know about are on the market's own page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.markets.models import Market, MarketState
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import format_date
from cop.platform.i18n import gettext as _

PLANNING = 10  # minutes
SOON = timedelta(days=14)


@waits
def of_markets(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Markets that go on now and that the actor takes part in, and those that they host, that come
    soon and have no programme out; one query."""
    if not actor.is_member:
        return
    asked = {"me": actor.member_id, "now": now, "soon": now + SOON}
    for row in rows(session, _of_markets(actor.left_open), asked):
        url, where = f"/markten/{row.id}", _("Knowledge market")
        if row.state == MarketState.RUNNING:
            yield Wait(
                Part.ASKED,
                row.title,
                f"{url}/vloer",
                None,
                row.starts_at,
                where=where,
                note=_("it goes on now"),
            )
            continue
        yield Wait(
            Part.ASKED,
            row.title,
            f"{url}/indeling",
            PLANNING,
            row.starts_at,
            due=row.starts_at,
            where=where,
            note=_("make the plan before %(day)s", day=format_date(row.starts_at)),
        )


@cache
def _of_markets(kind: Actor) -> Select[*tuple[Any, ...]]:
    """Built once per kind of actor: building it costs more than running."""
    to_plan = and_(
        Market.state == MarketState.ANNOUNCED,
        Gathering.starts_at > bindparam("now"),
        Gathering.starts_at < bindparam("soon"),
        MARKETS.clause(kind, MarketPermission.MANAGE),
    )
    goes_on = and_(
        Market.state == MarketState.RUNNING,
        Gathering.cancelled_at.is_(None),
        MARKETS.clause(kind, MarketPermission.SEE_PROGRAMME),
    )
    return (
        select(Market.id, Market.state, Gathering.title, Gathering.starts_at)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(or_(to_plan, goes_on))
        .order_by(Gathering.starts_at, Market.id)
        .limit(3)
    )
