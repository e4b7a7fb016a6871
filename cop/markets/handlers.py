"""What follows when something happened to a market, in the worker; permissions asked again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.gatherings.events import Cancelled, ComingChanged
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets import contact_telling as _contact_telling
from cop.markets import (
    entries,
    events,
    kept,
    mails,
    matching,
    searching,
    stalls,
    standing,
    withdrawn,
)
from cop.markets import holding as _holding
from cop.markets import may_know as _may_know
from cop.markets import waiting as _waiting
from cop.markets.models import (
    Market,
    MarketAudience,
    MarketEntry,
    MarketPlan,
    MarketState,
    MarketTheme,
    PlanState,
)
from cop.markets.permissions import MARKETS, OPEN, MarketPermission, goes_on
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberOrganisation, MemberState, MemberTheme
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on
from cop.spaces import events as spaces
from cop.spaces.circles import lacks_coordinator, members_of
from cop.spaces.events import moment
from cop.spaces.models import Space

__all__ = ["_contact_telling", "_holding", "_may_know", "_waiting"]  # what they register


@on(events.Announced)
def tell_whom_it_is_for(session: Session, event: events.Announced, now: datetime) -> None:
    """Who is in one of its spaces or works at one of its institutions; of a market for all, who
    chose one of its themes."""
    market = session.get(Market, event.market_id)
    if market is None or market.gathering.cancelled_at is not None:
        return
    audience = session.execute(
        select(Space.circle_id, MarketAudience.organisation_id)
        .outerjoin(Space, Space.id == MarketAudience.space_id)
        .where(MarketAudience.market_id == market.id)
    ).all()
    if audience:
        people = {
            member
            for circle_id, _institution in audience
            if circle_id is not None
            for member in members_of(session, circle_id)
        }
        its = select(MemberOrganisation.member_id).where(
            MemberOrganisation.organisation_id.in_(
                {each for _circle, each in audience if each is not None}
            )
        )
    else:
        people = set()
        its = (
            select(MemberTheme.member_id)
            .join(MarketTheme, MarketTheme.theme_id == MemberTheme.theme_id)
            .where(MarketTheme.market_id == market.id)
        )
    active = select(Member.id).where(Member.id.in_(its), Member.state == MemberState.ACTIVE)
    people |= set(session.scalars(active))
    organiser = market.gathering.organiser
    _tell(session, market, "announced", people - {organiser.member_id}, now, by_id=organiser.id)


@on(events.EntryChanged)
def look_what_answers_it(session: Session, event: events.EntryChanged, now: datetime) -> None:
    matching.suggest(session, [event.entry_id])
    withdrawn.close_stalls(session, [event.entry_id], now)
    stalls.wish_again(session, session.get_one(MarketEntry, event.entry_id).market_id, now)


@on(events.AnswersChanged)
def wish_what_was_asked(session: Session, event: events.AnswersChanged, now: datetime) -> None:
    stalls.wish_again(session, event.market_id, now)


@on(ComingChanged)
def keep_the_plan_up(session: Session, event: ComingChanged, now: datetime) -> None:
    """Who comes or stays away: what they ask is matched and wished again, seats are found or
    freed."""
    attendance = session.get(Attendance, event.attendance_id)
    if attendance is None:
        return
    market = session.scalar(select(Market).where(Market.gathering_id == attendance.gathering_id))
    if market is None or market.state == MarketState.CLOSED:
        return
    if attendance.coming == Coming.GOING:
        mine = select(MarketEntry.id).where(
            MarketEntry.market_id == market.id, MarketEntry.member_id == attendance.member_id
        )
        matching.suggest(session, session.scalars(mine).all())
    stalls.wish_again(session, market.id, now)
    standing.keep_up(session, market.id, now)


@job("markets.keep_up")
def keep_up_with_the_floor(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """People went home or came back: no round ahead counts on who is not there."""
    market = session.get(Market, payload["market_id"])
    if market is not None and market.state == MarketState.RUNNING:
        standing.keep_up(session, market.id, now)


@on(events.ProgrammeOut)
def tell_where_they_go(session: Session, event: events.ProgrammeOut, now: datetime) -> None:
    market = session.get(Market, event.market_id)
    if market is None or market.told != event.plan:
        return
    people, which = _coming(session, market), str(event.plan)
    if event.member_ids is not None:  # who was told before signed up again, and goes elsewhere
        people = [member_id for member_id in people if member_id in event.member_ids]
        which += f":{event.at}"
    _tell(session, market, f"programme:{which}", people, now)
    for member_id in people:
        mails.programme(session, market, session.get_one(Member, member_id), which, now)


@job("markets.tell_changed")
def tell_who_goes_elsewhere(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """One person's programme is another than they were told, unless it is that one again."""
    market = session.get(Market, payload["market_id"])
    if (
        market is None
        or market.state == MarketState.CLOSED
        or market.gathering.cancelled_at is not None
        or payload["plan"] != market.told
    ):
        return
    who = payload["member_id"]
    times = standing.times_of(market)
    same_times = payload.get("times", times) == times  # not said before there were such changes
    if same_times and kept.row_of(session, market, who) == payload["before"]:
        return
    at = moment(now)
    people = [member_id for member_id in _coming(session, market) if member_id == who]
    _tell(session, market, f"programme_changed:{at}", people, now)
    if now < market.gathering.starts_at:  # once it goes on, the floor says where to go
        for member_id in people:
            mails.programme_changed(session, market, session.get_one(Member, member_id), at, now)


@on(Cancelled)
def stop_planning(session: Session, event: Cancelled, now: datetime) -> None:
    """A market that does not go on is not planned any further."""
    market = session.scalar(select(Market).where(Market.gathering_id == event.gathering_id))
    if market is None:
        return
    for plan in session.scalars(
        select(MarketPlan).where(
            MarketPlan.market_id == market.id, MarketPlan.state == PlanState.WORKING
        )
    ):
        plan.state, plan.done_at = PlanState.STOPPED, now


@on(spaces.Left)
def forget_host_in_search(session: Session, event: spaces.Left, _now: datetime) -> None:
    """A market is found by who hosts it, and no longer by who did."""
    searching.touch_of(session, event.circle_id)


@on(spaces.LastCoordinatorGone)
@on(spaces.LastMemberGone)
def ask_who_hosts_it(session: Session, event: spaces.CircleEvent, now: datetime) -> None:
    """Nothing is orphaned: whoever comes is asked. Who is in its circle is asked as in any."""
    market = session.scalar(
        select(Market)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Gathering.circle_id == event.circle_id, lacks_coordinator(Gathering.circle_id))
        .where(Market.state.in_(OPEN), goes_on(), Gathering.ends_at > now)
    )
    if market is not None:
        others = set(_coming(session, market)) - set(members_of(session, event.circle_id))
        _tell(session, market, f"host_wanted:{event.at}", others, now)


@on(MemberLeft)
def forget_what_they_asked(session: Session, event: MemberLeft, now: datetime) -> None:
    """Their asks and offers go, and the marks at those of others."""
    entries.forget(session, event.member_id, now)
    mine = select(MarketEntry.id).where(MarketEntry.member_id == event.member_id)
    withdrawn.close_stalls(session, session.scalars(mine).all(), now)


def _coming(session: Session, market: Market) -> list[int]:
    return list(
        session.scalars(
            select(Attendance.member_id)
            .join(Member, Member.id == Attendance.member_id)
            .where(Attendance.gathering_id == market.gathering_id)
            .where(Attendance.coming == Coming.GOING, Member.state == MemberState.ACTIVE)
            .order_by(Attendance.member_id)
        )
    )


def _tell(
    session: Session,
    market: Market,
    what: str,
    to: Collection[int | None],
    now: datetime,
    by_id: int | None = None,
) -> None:
    notify(
        session,
        member_ids=sorted(member_id for member_id in to if member_id is not None),
        kind=f"markets.{what.partition(':')[0]}",
        key=f"markets.{what}:{market.id}",
        subject_id=market.id,
        now=now,
        by_id=by_id,
    )


@sentences(
    "markets.announced", "markets.host_wanted", "markets.programme", "markets.programme_changed"
)
def say(session: Session, actor: Actor, group: Sequence[Notification]) -> dict[int, Line]:
    rows = session.execute(
        select(
            Market.id,
            Gathering.title,
            MARKETS.clause(actor, MarketPermission.TAKE_OVER).label("unled"),
        )
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Market.id.in_({n.subject_id for n in group}))
        .where(
            or_(
                MARKETS.clause(actor, MarketPermission.READ),
                MARKETS.clause(actor, MarketPermission.SEE_PROGRAMME),
            )
        )
    )
    found = rows.all()
    titles = {row.id: row.title for row in found}
    unled = {row.id for row in found if row.unled}
    words = {
        "markets.announced": _("There will be a knowledge market: %(title)s. What do you ask?"),
        "markets.host_wanted": _("Nobody hosts %(title)s any more. Will you?"),
        "markets.programme": _("Your programme for %(title)s is there."),
        "markets.programme_changed": _("Your programme for %(title)s has changed."),
    }
    own = "/markten/{}/programma"
    urls = {
        "markets.announced": "/markten/{}",
        "markets.host_wanted": "/markten/{}",
        "markets.programme": own,
        "markets.programme_changed": own,
    }
    return {
        n.id: Line(
            words[n.kind] % {"title": titles[n.subject_id]}, urls[n.kind].format(n.subject_id)
        )
        for n in group
        if n.subject_id in titles
        if n.kind != "markets.host_wanted" or n.subject_id in unled  # somebody did
    }
