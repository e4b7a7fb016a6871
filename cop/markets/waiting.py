"""What a market asks of a member, on the home page: asks without an answer that they may know
about are on the market's own page; here stands what only its host can do."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.markets.models import Market, MarketState
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.i18n import format_date
from cop.platform.i18n import gettext as _

PLANNING = 10  # minutes
SOON = timedelta(days=14)


@waits
def to_plan(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Markets that the actor hosts, that come soon and have no programme out; one query."""
    if not actor.is_member:
        return
    asked = {"me": actor.member_id, "now": now, "soon": now + SOON}
    for row in session.execute(_to_plan(actor.left_open), asked):
        yield Wait(
            Part.ASKED,
            row.title,
            f"/markten/{row.id}/indeling",
            PLANNING,
            row.starts_at,
            due=row.starts_at,
            where=_("Knowledge market"),
            note=_("make the plan before %(day)s", day=format_date(row.starts_at)),
        )


@cache
def _to_plan(kind: Actor) -> Select[*tuple[Any, ...]]:
    """Built once per kind of actor: building it costs more than running."""
    return (
        select(Market.id, Gathering.title, Gathering.starts_at)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(MARKETS.clause(kind, MarketPermission.MANAGE))
        .where(Market.state == MarketState.ANNOUNCED)
        .where(Gathering.starts_at > bindparam("now"), Gathering.starts_at < bindparam("soon"))
        .order_by(Gathering.starts_at)
        .limit(3)
    )
