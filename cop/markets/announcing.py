"""Announcing a market, changing it, and where it stands: announced, planned, running, closed.

Its date is a gathering, so that calendars, reminders, seats and the waiting list are those of every
gathering.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from cop.gatherings import attending
from cop.gatherings import operations as gatherings
from cop.gatherings.models import Gathering, GatheringKind
from cop.gatherings.operations import Details
from cop.markets import events, standing
from cop.markets.floor_among import managed
from cop.markets.kept import places_of
from cop.markets.models import (
    Market,
    MarketAudience,
    MarketPlan,
    MarketState,
    MarketTheme,
    PlanState,
)
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.members.models import Member, MemberOrganisation, Organisation, Theme
from cop.members.queries import own_persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.outbox import emit
from cop.spaces import joining
from cop.spaces.circles import Visibility, in_circle
from cop.spaces.events import moment
from cop.spaces.models import Space
from cop.spaces.operations import Stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_ROUNDS = 12
SHORTEST, LONGEST = 5, 90  # minutes of a round
LONGEST_PAUSE = 60
MOST_SEATS = 200
MOST_SPACES = 12
SAME_FORM = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a market's form says beside its gathering.

    Attributes:
        theme_ids: what it is about.
        space_ids, organisation_ids: whom it is for; none of both: for all members.
        rounds: how many; `minutes` each, `pause` between two.
        seats: of a stall, beside who holds it.
    """

    rounds: int
    minutes: int
    pause: int = 5
    seats: int = 8
    nameless_questions: bool = True
    theme_ids: Collection[int] = ()
    space_ids: Collection[int] = ()
    organisation_ids: Collection[int] = ()

    @property
    def length(self) -> timedelta:
        """All rounds with the pauses between them."""
        return timedelta(minutes=self.rounds * self.minutes + (self.rounds - 1) * self.pause)


def announce(
    session: Session,
    actor: Actor,
    details: Details,
    terms: Terms,
    now: datetime,
    anyway: bool = False,
) -> Market:
    """Announce a market; who announces it hosts. The same form sent twice makes one.

    Raises:
        NotFound: the actor is no member.
        Refused: something that cannot be, beside its field.
    """
    if actor.member_id is None:
        raise NotFound
    _check(session, actor, details, terms)
    details = gatherings.checked(replace(details, kind=GatheringKind.MARKET))
    gatherings.not_past(details, now)
    ask_author([details.title, details.place, details.source], Purpose.GATHERING, anyway)
    session.get_one(Member, actor.member_id, with_for_update=True)  # two sends, one after another
    organiser = own_persona(session, actor.member_id)
    twin = session.scalar(
        select(Market)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(Gathering.organiser_id == organiser.id, Gathering.title == details.title)
        .where(Gathering.starts_at == details.starts_at, Gathering.cancelled_at.is_(None))
        .where(Gathering.created_at > now - SAME_FORM)
        .limit(1)
    )
    if twin is not None:
        return twin
    for_some = terms.space_ids or terms.organisation_ids
    visibility = Visibility.PRIVATE if for_some else Visibility.OPEN
    circle = joining.open_circle(session, actor, visibility, False, now)
    gathering = gatherings.put_down(session, details, circle.id, organiser.id, now)
    market = Market(gathering_id=gathering.id, created_at=now, rounds=1, minutes=SHORTEST)
    session.add(market)
    _write(session, market, terms)
    for space_id in sorted(set(terms.space_ids)):
        session.add(MarketAudience(market_id=market.id, space_id=space_id))
    for organisation_id in sorted(set(terms.organisation_ids)):
        session.add(MarketAudience(market_id=market.id, organisation_id=organisation_id))
    session.flush()
    emit(session, events.Announced(market_id=market.id), now)
    return market


def change(
    session: Session,
    actor: Actor,
    market_id: int,
    details: Details,
    terms: Terms,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> Market:
    """Change what is said about a market, or move it. Whom it is for stays as it is.

    Raises:
        NotFound: the actor does not host, or it is over.
        Refused: something that cannot be, beside its field.
        Stale: another host changed it meanwhile; its `current` is the market.
    """
    market = managed(session, actor, market_id)
    gathering = attending.locked(session, market.gathering_id)
    gatherings.refuse_if_over(gathering, now)
    if market.version != version:
        raise Stale(market, market.version)
    _check_numbers(details, terms)
    _check_themes(session, terms)
    begun = standing.next_round(session, market, now)
    if terms.rounds < min(begun, market.rounds):
        raise Refused(_("More rounds than that have begun already."), "rounds")
    ask_author([details.title, details.place, details.source], Purpose.GATHERING, anyway)
    gatherings.rewrite(session, gathering, replace(details, kind=GatheringKind.MARKET), now)
    recount, times = terms.rounds != market.rounds, standing.times_of(market)
    before = places_of(session, market, market.told) if market.told else {}
    _write(session, market, terms)
    if recount:
        standing.recount(session, market)
    if recount or times != standing.times_of(market):
        standing.tell_new_times(session, market, before, times, now)
    market.version += 1
    session.flush()
    return market


def bring_out(session: Session, actor: Actor, market_id: int, now: datetime) -> Market:
    """Bring the programme out: everybody who comes is told where they go.

    Raises:
        NotFound: the actor does not host, or it is over.
        Refused: there is no plan yet, or it is still being made.
    """
    market = managed(session, actor, market_id)
    if not market.plan:
        raise Refused(_("There is no plan yet."))
    working = select(MarketPlan.id).where(
        MarketPlan.market_id == market_id, MarketPlan.state == PlanState.WORKING
    )
    if session.scalar(working) is not None:
        raise Refused(_("The plan is still being made. Wait until it is ready, or call it off."))
    standing.follow(session, market, now)
    if market.state == MarketState.ANNOUNCED:
        market.state = MarketState.PLANNED
    session.flush()
    out = events.ProgrammeOut(market_id=market.id, plan=market.plan, at=moment(now))
    emit(session, out, now)
    return market


def cancel(
    session: Session,
    actor: Actor,
    market_id: int,
    why: str,
    now: datetime,
    anyway: bool = False,
) -> Market:
    """Call the market off; who would have come is told. Again changes nothing.

    Raises:
        NotFound: the actor does not host.
        Refused: it is over, or the words are too long.
    """
    market = MARKETS.get(session, actor, MarketPermission.HOST, market_id)
    gathering = attending.locked(session, market.gathering_id)
    if gathering.cancelled_at is None:
        ask_author([why], Purpose.GATHERING, anyway)
        gatherings.call_off(session, gathering, why, now)
    return market


def _write(session: Session, market: Market, terms: Terms) -> None:
    market.rounds, market.minutes, market.pause = terms.rounds, terms.minutes, terms.pause
    market.seats, market.nameless_questions = terms.seats, terms.nameless_questions
    session.flush()
    session.execute(delete(MarketTheme).where(MarketTheme.market_id == market.id))
    for theme_id in sorted(set(terms.theme_ids)):
        session.add(MarketTheme(market_id=market.id, theme_id=theme_id))
    session.flush()


def _check(session: Session, actor: Actor, details: Details, terms: Terms) -> None:
    _check_numbers(details, terms)
    _check_themes(session, terms)
    if len(terms.space_ids) > MOST_SPACES or len(terms.organisation_ids) > MOST_SPACES:
        raise Refused(_("Choose %(most)s at most.", most=MOST_SPACES), "spaces")
    known = set(session.scalars(own_spaces(actor).where(Space.id.in_(list(terms.space_ids)))))
    if known != set(terms.space_ids):
        raise Refused(_("Choose spaces in which you take part."), "spaces")
    works = set(
        session.scalars(
            own_organisations(actor).where(Organisation.id.in_(list(terms.organisation_ids)))
        )
    )
    if works != set(terms.organisation_ids):
        raise Refused(_("Choose institutions where you work."), "organisations")


def own_spaces(actor: Actor) -> Select[int]:
    """The ids of spaces for which the actor can announce a market."""
    return select(Space.id).where(in_circle(actor, Space.circle_id), Space.archived_at.is_(None))


def own_organisations(actor: Actor) -> Select[int]:
    """The ids of institutions for which the actor can announce a market."""
    return (
        select(Organisation.id)
        .join(MemberOrganisation, MemberOrganisation.organisation_id == Organisation.id)
        .where(MemberOrganisation.member_id == actor.member_id)
        .where(Organisation.proposed_at.is_(None), Organisation.retired_at.is_(None))
    )


def _check_numbers(details: Details, terms: Terms) -> None:
    for value, low, high, field in (
        (terms.rounds, 1, MOST_ROUNDS, "rounds"),
        (terms.minutes, SHORTEST, LONGEST, "minutes"),
        (terms.pause, 0, LONGEST_PAUSE, "pause"),
        (terms.seats, 1, MOST_SEATS, "stall_seats"),
    ):
        if not low <= value <= high:
            raise Refused(
                _("Fill in a number from %(low)s to %(high)s.", low=low, high=high), field
            )
    if details.ends_at - details.starts_at < terms.length:
        minutes = int(terms.length.total_seconds() // 60)
        raise Refused(
            ngettext(
                "The rounds and pauses take %(num)s minute together. Take more time, or fewer.",
                "The rounds and pauses take %(num)s minutes together. Take more time, or fewer.",
                minutes,
            ),
            "until",
        )


def _check_themes(session: Session, terms: Terms) -> None:
    wanted = set(terms.theme_ids)
    found = set(
        session.scalars(
            select(Theme.id).where(Theme.id.in_(list(wanted)), Theme.retired_at.is_(None))
        )
    )
    if found != wanted:
        raise Refused(_("Choose one of these, please."), "themes")
