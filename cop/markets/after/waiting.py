"""What markets that are over ask of a member, on the home page."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.after.models import MarketEvaluation, MarketHarvest, StallYield, TakenAlong
from cop.markets.after.permissions import came, has_note
from cop.markets.company import without_screen
from cop.markets.floor_models import StallVisit
from cop.markets.models import Market, MarketAudience, Stall, StallHolder
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.spaces.circles import in_circle
from cop.spaces.models import Space

AHEAD = timedelta(days=7)
WARM = timedelta(days=14)  # how long one is asked to look back
FRESH = timedelta(days=7)  # how long a harvest is news
MOST = 5
SHORT, WRITING, READING = 2, 5, 5  # minutes

_ME: Any = bindparam("me")
_ANYBODY = Actor(_ME)

# Built once: building such a statement costs more than running it.
_DUE = (
    select(TakenAlong.id, TakenAlong.market_id, TakenAlong.due_on, TakenAlong.at)
    .where(
        TakenAlong.member_id == _ME,
        TakenAlong.due_on <= bindparam("until"),
        TakenAlong.done_at.is_(None),
        TakenAlong.dropped_at.is_(None),
    )
    .order_by(TakenAlong.due_on, TakenAlong.id)
    .limit(MOST)
)
_HELD = (
    exists()
    .where(
        Stall.market_id == Market.id,
        or_(Stall.closed_at.is_(None), has_note()),  # one that closed on the way was held too
        StallHolder.stall_id == Stall.id,
        StallHolder.member_id == _ME,
        ~exists().where(StallYield.stall_id == Stall.id),
        or_(  # somebody came; where people walk without a screen, nobody can know
            exists().where(StallVisit.stall_id == Stall.id),
            without_screen(),
        ),
    )
    .correlate(Market)
)
_SIGNED_UP = exists().where(
    Attendance.gathering_id == Market.gathering_id,
    Attendance.member_id == _ME,
    or_(Attendance.coming == Coming.GOING, Attendance.coming == Coming.WAITING),
)
_FOR_MY_SPACE = exists().where(
    MarketAudience.market_id == Market.id,
    Space.id == MarketAudience.space_id,
    in_circle(_ANYBODY, Space.circle_id),
)
_OVER = (
    select(
        Market.id,
        Gathering.title,
        MarketHarvest.opened_at,
        MarketHarvest.ready_at,
        came(_ME).label("came"),
        _HELD.label("held"),
        exists()
        .where(MarketEvaluation.market_id == Market.id, MarketEvaluation.member_id == _ME)
        .label("looked_back"),
    )
    .join(MarketHarvest, MarketHarvest.market_id == Market.id)
    .join(Gathering, Gathering.id == Market.gathering_id)
    .where(
        or_(
            and_(MarketHarvest.opened_at > bindparam("since"), came(_ME)),
            and_(
                MarketHarvest.opened_at > bindparam("long_since"),
                MarketHarvest.ready_at > bindparam("fresh"),
                or_(_SIGNED_UP, _FOR_MY_SPACE),
            ),
        )
    )
    .order_by(MarketHarvest.opened_at.desc(), Market.id)
    .limit(MOST)
)


@waits
def after_markets(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Two queries."""
    if not actor.is_member:
        return
    until = (when.local(now) + AHEAD).date()
    for row in rows(session, _DUE, {"me": actor.member_id, "until": until}):
        url = f"/markten/{row.market_id}/mijn#meegenomen-{row.id}"
        yield Wait(
            Part.DUE,
            _("What you took along from a market"),
            url,
            SHORT,
            row.at,
            due=datetime.combine(row.due_on, time(12), UTC),
            act=_("Say what came of it"),
            act_url=url,
        )
    asked = {
        "me": actor.member_id,
        "since": now - WARM,
        "long_since": now - 4 * WARM,
        "fresh": now - FRESH,
    }
    for over in rows(session, _OVER, asked):
        yield from _lines(over, now)


def _lines(row: Any, now: datetime) -> Iterator[Wait]:
    where = _("Knowledge market")
    warm = row.opened_at > now - WARM
    if warm and row.held and row.came:
        text = _("Write down what your stall yielded at %(title)s", title=row.title)
        url = f"/markten/{row.id}/mijn"
        yield Wait(Part.ASKED, text, url, WRITING, row.opened_at, where=where)
    elif warm and row.came and not row.looked_back:
        text = _("Look back on %(title)s", title=row.title)
        yield Wait(Part.ASKED, text, f"/markten/{row.id}/mijn", SHORT, row.opened_at, where=where)
    if row.ready_at is not None and row.ready_at > now - FRESH:
        text = _("What %(title)s yielded", title=row.title)
        url = f"/markten/{row.id}/oogst"
        yield Wait(Part.NEW, text, url, READING, row.ready_at, where=where)
