"""Reading markets: the list, the page of one, and what its host sees."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, null, select, tuple_
from sqlalchemy.orm import Session, aliased

from cop.gatherings import when
from cop.gatherings import words as gathering_words
from cop.gatherings.models import Attendance, Coming, Gathering, Setting
from cop.markets.models import (
    Market,
    MarketAudience,
    MarketPlan,
    MarketState,
    MarketTheme,
)
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members.actor import Actor
from cop.members.models import Organisation, Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import own_persona, theme_name
from cop.platform import i18n, markup
from cop.platform.db import AnySelect
from cop.platform.errors import NotFound
from cop.spaces.circles import CircleMembership, Standing
from cop.spaces.models import Space

PAGE = 30
HOSTS = 12

Place = tuple[datetime, int]  # where a page of the list begins: moment and number of a market


@dataclass(frozen=True, slots=True)
class Row:
    """A market in a list."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    where: str
    state: str
    cancelled: bool
    coming: str | None

    @property
    def when(self) -> str:
        return when.spoken(self.starts_at, self.ends_at)

    @property
    def leaf(self) -> tuple[int, str, str]:
        """Day, month and weekday as a leaf of a calendar shows them."""
        there = self.starts_at.astimezone(i18n.zone())
        code = i18n.language()
        return (
            there.day,
            i18n.MONTHS[code][there.month - 1][:3],
            i18n.WEEKDAYS[code][there.weekday()][:2],
        )


def listed(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    past: bool = False,
    start: Place | None = None,
    space_id: int | None = None,
    most: int = PAGE,
) -> tuple[list[Row], Place | None]:
    """Markets that are to come or going on (past: over), and where the next page begins."""
    order: list[Any] = [Gathering.starts_at, Market.id]
    query = (
        select(
            Market.id,
            Market.state,
            Gathering.title,
            Gathering.starts_at,
            Gathering.ends_at,
            Gathering.setting,
            Gathering.place,
            Gathering.cancelled_at,
            Attendance.coming,
        )
        .join(Gathering, Gathering.id == Market.gathering_id)
        .outerjoin(Attendance, _mine(actor))
        .where(MARKETS.clause(actor, MarketPermission.READ))
        .where(Gathering.ends_at <= now if past else Gathering.ends_at > now)
        .order_by(*(column.desc() if past else column for column in order))
        .limit(most + 1)
    )
    if start is not None:
        query = query.where(tuple_(*order) < start if past else tuple_(*order) > start)
    if space_id is not None:
        audience = aliased(MarketAudience)
        query = query.where(
            exists().where(audience.market_id == Market.id, audience.space_id == space_id)
        )
    rows = session.execute(query).all()
    shown = [
        Row(
            id=r.id,
            title=r.title,
            starts_at=r.starts_at,
            ends_at=r.ends_at,
            where=gathering_words.where(r.setting, r.place),
            state=r.state,
            cancelled=r.cancelled_at is not None,
            coming=r.coming,
        )
        for r in rows[:most]
    ]
    return shown, (shown[-1].starts_at, shown[-1].id) if len(rows) > most else None


def _mine(actor: Actor) -> ColumnElement[bool]:
    return and_(
        Attendance.gathering_id == Gathering.id,
        Attendance.member_id == (actor.member_id if actor.is_member else null()),
        Attendance.coming != Coming.OFF,
    )


@dataclass(frozen=True, slots=True)
class Round:
    """One round on the clock; `number` from 1."""

    number: int
    starts_at: datetime
    ends_at: datetime

    @property
    def when(self) -> str:
        return f"{i18n.format_time(self.starts_at)}\u2013{i18n.format_time(self.ends_at)}"


def rounds_of(market: Market, gathering: Gathering) -> list[Round]:
    """The rounds of a market as they were announced."""
    step = timedelta(minutes=market.minutes + market.pause)
    length = timedelta(minutes=market.minutes)
    starts = [gathering.starts_at + n * step for n in range(market.rounds)]
    return [Round(n, start, start + length) for n, start in enumerate(starts, start=1)]


@dataclass(frozen=True, slots=True)
class MarketPage:
    """What every page of one market shows at its head."""

    market: Market
    gathering: Gathering
    may: frozenset[Any]
    coming: str | None
    when: str
    where: str
    link: str
    minutes: int
    themes: list[str]
    audience: list[str]
    hosts: list[Person]
    rounds: list[Round]
    is_over: bool

    def holds(self, permission: str) -> bool:
        return MarketPermission(permission) in self.may

    @property
    def url(self) -> str:
        return f"/markten/{self.market.id}"

    @property
    def free(self) -> int | None:
        """Places left; None when there is no limit."""
        if self.gathering.seats is None:
            return None
        return 0 if self.gathering.waiting else self.gathering.seats - self.gathering.going


@cache
def _head(kind: Actor, permission: MarketPermission) -> AnySelect:
    return (
        select(Market, Gathering, Attendance.coming, *MARKETS.columns(kind))
        .join(Gathering, Gathering.id == Market.gathering_id)
        .outerjoin(Attendance, _mine(kind))
        .where(Market.id == bindparam("market_id"), MARKETS.clause(kind, permission))
    )


def one(
    session: Session,
    actor: Actor,
    market_id: int,
    now: datetime,
    permission: MarketPermission = MarketPermission.READ,
) -> MarketPage:
    """One market; four queries.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    asked = {"market_id": market_id} | actor.parameters
    row = session.execute(_head(actor.left_open, permission), asked).one_or_none()
    if row is None:
        raise NotFound
    market: Market = row.Market
    gathering: Gathering = row.Gathering
    may = MARKETS.from_row(row)
    comes = row.coming == Coming.GOING or MarketPermission.HOST in may
    return MarketPage(
        market=market,
        gathering=gathering,
        may=may,
        coming=row.coming,
        when=when.spoken(gathering.starts_at, gathering.ends_at),
        where=gathering_words.where(gathering.setting, gathering.place),
        link=gathering.link if comes and gathering.setting != Setting.ON_SITE else "",
        minutes=markup.reading_minutes(gathering.words),
        themes=list(
            session.scalars(
                select(theme_name())
                .join(MarketTheme, MarketTheme.theme_id == Theme.id)
                .where(MarketTheme.market_id == market_id)
                .order_by(Theme.position, Theme.id)
            )
        ),
        audience=list(
            session.scalars(
                select(func.coalesce(Space.name, Organisation.name))
                .select_from(MarketAudience)
                .outerjoin(Space, Space.id == MarketAudience.space_id)
                .outerjoin(Organisation, Organisation.id == MarketAudience.organisation_id)
                .where(MarketAudience.market_id == market_id)
                .order_by(MarketAudience.id)
            )
        ),
        hosts=[
            person(host, actor)
            for host in session.execute(
                select(*PERSON)
                .join(CircleMembership, CircleMembership.persona_id == Persona.id)
                .where(CircleMembership.circle_id == gathering.circle_id)
                .where(CircleMembership.standing == Standing.COORDINATOR)
                .order_by(Persona.sort_key, Persona.id)
                .limit(HOSTS)
            )
        ],
        rounds=rounds_of(market, gathering),
        is_over=gathering.ends_at <= now or market.state == MarketState.CLOSED,
    )


def last_plan(session: Session, market_id: int) -> MarketPlan | None:
    """The planning that was asked for last."""
    return session.scalar(
        select(MarketPlan)
        .where(MarketPlan.market_id == market_id)
        .order_by(MarketPlan.number.desc())
        .limit(1)
    )


def plan_that_stands(session: Session, market: Market) -> MarketPlan | None:
    """The planning whose plan the host looks at: not the last one while that made none."""
    return session.scalar(
        select(MarketPlan).where(
            MarketPlan.market_id == market.id, MarketPlan.number == market.plan
        )
    )


def who_comes(session: Session, actor: Actor, gathering_id: int) -> list[Person]:
    """Everybody who comes, by name; for the host's hand."""
    rows = session.execute(
        select(*PERSON)
        .join(Attendance, Attendance.persona_id == Persona.id)
        .where(Attendance.gathering_id == gathering_id, Attendance.coming == Coming.GOING)
        .order_by(Persona.sort_key, Persona.id)
    )
    return [person(row, actor) for row in rows]


def member_named(session: Session, gathering_id: int, handle: str) -> int:
    """The member who comes under this name.

    Raises:
        NotFound: nobody who comes has this name.
    """
    found = session.scalar(
        select(Attendance.member_id)
        .join(Persona, Persona.id == Attendance.persona_id)
        .where(Attendance.gathering_id == gathering_id, Persona.handle == handle)
        .where(Attendance.coming == Coming.GOING)
    )
    if found is None:
        raise NotFound
    return found


def own_name(session: Session, actor: Actor) -> str:
    """The name under which the actor takes part in markets: their own."""
    assert actor.member_id is not None
    return own_persona(session, actor.member_id).name
