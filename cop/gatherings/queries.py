"""Reading gatherings: the list, the month, and the page of one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, null, select, tuple_
from sqlalchemy.orm import Session

from cop.gatherings import belonging, when, words
from cop.gatherings.models import LONGEST, Attendance, Coming, Gathering, Setting
from cop.gatherings.permissions import (
    GATHERINGS,
    PLANNING,
    GatheringPermission,
    PlanningPermission,
)
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import i18n, markup
from cop.platform.db import rows
from cop.platform.errors import NotFound
from cop.spaces import holders
from cop.spaces.circles import Circle
from cop.spaces.models import Space
from cop.spaces.permissions import SPACES, SpacePermission

PAGE = 30
PEOPLE = 60
IN_A_MONTH = 400  # more is not shown: nobody reads such a month
NEXT = 3

# Where a page of the list begins or ends: moment and number of a gathering.
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A gathering in a list; times are written in the reader's language and zone.

    Attributes:
        kind, of_kind: as people read it, and its code.
        minutes: of reading what it says of itself; 0 when it says nothing.
    """

    id: int
    title: str
    kind: str
    of_kind: str
    starts_at: datetime
    ends_at: datetime
    where: str
    space_name: str | None
    cancelled: bool
    coming: str | None
    full: bool
    provisional: bool = False
    minutes: int = 0

    @property
    def when(self) -> str:
        return when.spoken(self.starts_at, self.ends_at)

    @property
    def first_day(self) -> date:
        return self.starts_at.astimezone(i18n.zone()).date()

    @property
    def leaf(self) -> tuple[int, str, str]:
        """Day, month and weekday as a leaf of a calendar shows them."""
        there = self.starts_at.astimezone(i18n.zone())
        code = i18n.language()
        month = i18n.MONTHS[code][there.month - 1][:3]
        return there.day, month, i18n.WEEKDAYS[code][there.weekday()][:2]


_ROW = (
    Gathering.id,
    Gathering.title,
    Gathering.kind,
    Gathering.starts_at,
    Gathering.ends_at,
    Gathering.setting,
    Gathering.place,
    Gathering.cancelled_at,
    Gathering.seats,
    Gathering.going,
    Gathering.waiting,
    Gathering.provisional,
    Gathering.words,
)


def _rows(actor: Actor, *conditions: ColumnElement[bool]) -> Any:
    mine = actor.member_id if actor.is_member else null()
    return (
        select(*_ROW, Space.name.label("space_name"), Attendance.coming)
        .outerjoin(Space, Space.id == Gathering.space_id)
        .outerjoin(
            Attendance,
            and_(
                Attendance.gathering_id == Gathering.id,
                Attendance.member_id == mine,
                Attendance.coming != Coming.OFF,
            ),
        )
        .where(GATHERINGS.clause(actor, GatheringPermission.READ), *conditions)
    )


def _row(r: Any) -> Row:
    return Row(
        id=r.id,
        title=r.title,
        kind=str(words.KIND_LABELS[r.kind]),
        of_kind=r.kind,
        starts_at=r.starts_at,
        ends_at=r.ends_at,
        where=words.where(r.setting, r.place),
        space_name=r.space_name,
        cancelled=r.cancelled_at is not None,
        coming=r.coming,
        full=r.seats is not None and (r.going >= r.seats or r.waiting > 0),
        provisional=r.provisional,
        minutes=markup.reading_minutes(r.words) if r.words else 0,
    )


def coming(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    mine: bool = False,
    space_id: int | None = None,
    after: Place | None = None,
    most: int = PAGE,
) -> tuple[list[Row], Place | None]:
    """What is still to come or going on, the first first; and where the next page begins."""
    query = _rows(actor, Gathering.ends_at > now, *_only(mine, space_id))
    if after is not None:
        query = query.where(tuple_(Gathering.starts_at, Gathering.id) > after)
    return _page(session, query.order_by(Gathering.starts_at, Gathering.id).limit(most + 1), most)


@cache
def _my_next(kind: Actor) -> Any:
    return (
        _rows(kind, Gathering.ends_at > bindparam("now"), Attendance.coming.is_not(None))
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(NEXT)
    )


def my_next(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """Where the actor goes next; for the home page, so its SQL is built once per kind of actor."""
    asked = {"now": now, "me": actor.member_id}
    return [_row(r) for r in rows(session, _my_next(actor.left_open), asked)]


def past(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    space_id: int | None = None,
    before: Place | None = None,
) -> tuple[list[Row], Place | None]:
    """What has been, the last first; and where the next page begins."""
    query = _rows(actor, Gathering.ends_at <= now, *_only(False, space_id))
    if before is not None:
        query = query.where(tuple_(Gathering.starts_at, Gathering.id) < before)
    query = query.order_by(Gathering.starts_at.desc(), Gathering.id.desc()).limit(PAGE + 1)
    return _page(session, query, PAGE)


def _only(mine: bool, space_id: int | None) -> Iterator[ColumnElement[bool]]:
    if mine:
        yield Attendance.coming.is_not(None)
    if space_id is not None:
        yield Gathering.space_id == space_id


def _page(session: Session, query: Any, most: int) -> tuple[list[Row], Place | None]:
    rows = [_row(r) for r in session.execute(query)]
    shown = rows[:most]
    more = (shown[-1].starts_at, shown[-1].id) if len(rows) > most else None
    return shown, more


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month's page, in the reader's zone."""

    date: date
    in_month: bool
    is_today: bool
    gatherings: list[Row]

    @property
    def name(self) -> str:
        weekday = i18n.WEEKDAYS[i18n.language()][self.date.weekday()]
        return f"{weekday} {i18n.format_date(self.date, with_year=False)}"


def month(session: Session, actor: Actor, first: date, now: datetime) -> list[Day]:
    """Whole weeks, from Monday, that hold the month that begins on `first`; one query.

    What lasts for days stands on each of them.
    """
    zone = i18n.zone()
    begin = first - timedelta(days=first.weekday())
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    end = last + timedelta(days=6 - last.weekday())
    edges = [datetime.combine(day, time(), tzinfo=zone) for day in (begin, end + timedelta(days=1))]
    on_it = (
        Gathering.starts_at >= edges[0] - LONGEST,
        Gathering.starts_at < edges[1],
        Gathering.ends_at > edges[0],
    )
    rows = session.execute(
        _rows(actor, *on_it).order_by(Gathering.starts_at, Gathering.id).limit(IN_A_MONTH)
    )
    by_day: dict[date, list[Row]] = defaultdict(list)
    for row in map(_row, rows):
        until = max(row.starts_at, row.ends_at - timedelta.resolution).astimezone(zone).date()
        for n in range((until - row.first_day).days + 1):
            by_day[row.first_day + timedelta(days=n)].append(row)
    today = now.astimezone(zone).date()
    days = [begin + timedelta(days=n) for n in range((end - begin).days + 1)]
    return [Day(day, day.month == first.month, day == today, by_day[day]) for day in days]


@dataclass(frozen=True, slots=True)
class GatheringPage:
    """What the page of one gathering shows.

    Attributes:
        link: of the video meeting, empty for whoever does not come.
        waits_as: how many wait before the actor, and one; None when they do not wait.
        is_over, has_begun: at the moment the page was made.
        space_name, space_url: of the space or group that it belongs to.
        manage_url: where a gathering of a group is managed.
        held_url: where it is held on the site; None for whoever does not come.
    """

    gathering: Gathering
    may: frozenset[Any]
    kind: str
    when: str
    where: str
    minutes: int
    report_minutes: int
    link: str
    organiser: Person
    orphaned: bool
    visibility: str
    space_name: str | None
    space_url: str | None
    manage_url: str | None
    held_url: str | None
    coming: str | None
    as_name: str | None
    waits_as: int | None
    has_begun: bool
    is_over: bool

    def holds(self, permission: str) -> bool:
        return GatheringPermission(permission) in self.may

    @property
    def free(self) -> int | None:
        """Places left; None when there is no limit."""
        if self.gathering.seats is None:
            return None
        return 0 if self.gathering.waiting else self.gathering.seats - self.gathering.going

    @property
    def is_open(self) -> bool:
        """One can still sign up."""
        return self.gathering.cancelled_at is None and not self.has_begun


def one(session: Session, actor: Actor, gathering_id: int, now: datetime) -> GatheringPage:
    """One gathering; two queries, three for somebody who waits.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    mine = (
        select(Attendance.gathering_id, Attendance.coming, Attendance.since, Attendance.id)
        .add_columns(Persona.name.label("as_name"))
        .join(Persona, Persona.id == Attendance.persona_id)
        .where(Attendance.member_id == (actor.member_id if actor.is_member else null()))
        .where(Attendance.coming != Coming.OFF)
        .subquery()
    )
    row = session.execute(
        select(
            Gathering,
            *GATHERINGS.columns(actor),
            *PERSON,
            Circle.visibility,
            Space.name.label("space_name"),
            Space.slug,
            mine.c.coming,
            mine.c.since,
            mine.c.id.label("attendance_id"),
            mine.c.as_name,
        )
        .join(Persona, Persona.id == Gathering.organiser_id)
        .join(Circle, Circle.id == Gathering.circle_id)
        .outerjoin(Space, Space.id == Gathering.space_id)
        .outerjoin(mine, mine.c.gathering_id == Gathering.id)
        .where(Gathering.id == gathering_id)
        .where(GATHERINGS.clause(actor, GatheringPermission.READ)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    gathering: Gathering = row.Gathering
    may = GATHERINGS.from_row(row)
    place = None
    room = belonging.of(gathering.kind)
    if room is not None:
        place = holders.places(session, actor, [gathering.circle_id]).get(gathering.circle_id)
    elif row.slug:
        place = holders.Place(gathering.circle_id, row.space_name, f"/proeftuinen/{row.slug}", "")
    has_link = gathering.setting != Setting.ON_SITE and GatheringPermission.JOIN_ONLINE in may
    return GatheringPage(
        gathering=gathering,
        may=may,
        kind=words.kind(gathering),
        when=when.spoken(gathering.starts_at, gathering.ends_at),
        where=words.where(gathering.setting, gathering.place),
        minutes=markup.reading_minutes(gathering.words),
        report_minutes=markup.reading_minutes(markup.word_count(gathering.report)),
        link=gathering.link if has_link else "",
        organiser=person(row, actor),
        orphaned=row.gone_at is not None,
        visibility=row.visibility,
        space_name=place.name if place is not None else None,
        space_url=place.url if place is not None else None,
        manage_url=room.page_url(gathering.id) if room is not None else None,
        held_url=(
            room.held_at(gathering.id)
            if room is not None and room.held_at is not None and row.coming == Coming.GOING
            else None
        ),
        coming=row.coming,
        as_name=row.as_name,
        waits_as=_waits_as(session, gathering.id, row) if row.coming == Coming.WAITING else None,
        has_begun=gathering.starts_at <= now,
        is_over=belonging.is_over(session, gathering, now),
    )


def _waits_as(session: Session, gathering_id: int, row: Any) -> int:
    before = session.scalars(
        select(Attendance.id)
        .where(Attendance.gathering_id == gathering_id, Attendance.coming == Coming.WAITING)
        .where(tuple_(Attendance.since, Attendance.id) < (row.since, row.attendance_id))
    ).all()
    return len(before) + 1


@dataclass(frozen=True, slots=True)
class People:
    """Who comes, by the name that is shown; and who waits, in their order."""

    going: list[Person]
    more: tuple[str, int] | None
    waiting: list[Person]


def people(
    session: Session, actor: Actor, page: GatheringPage, after: tuple[str, int] | None = None
) -> People | None:
    """Who comes; None for whoever may not see it. The waiting list is for those who manage it."""
    if not page.holds("see_people"):
        return None
    rows = session.execute(
        select(Persona.id, Persona.sort_key, *PERSON)
        .join(Attendance, Attendance.persona_id == Persona.id)
        .where(Attendance.gathering_id == page.gathering.id)
        .where(Attendance.coming == Coming.GOING)
        .where(tuple_(Persona.sort_key, Persona.id) > after if after else Persona.id > 0)
        .order_by(Persona.sort_key, Persona.id)
        .limit(PEOPLE + 1)
    ).all()
    shown = rows[:PEOPLE]
    waiting: Sequence[Any] = ()
    if page.holds("manage"):
        waiting = session.execute(
            select(*PERSON)
            .join(Attendance, Attendance.persona_id == Persona.id)
            .where(Attendance.gathering_id == page.gathering.id)
            .where(Attendance.coming == Coming.WAITING)
            .order_by(Attendance.since, Attendance.id)
            .limit(PEOPLE)
        ).all()
    return People(
        [person(r, actor) for r in shown],
        (shown[-1].sort_key, shown[-1].id) if len(rows) > PEOPLE else None,
        [person(r, actor) for r in waiting],
    )


def space_to_plan_in(session: Session, actor: Actor, slug: str) -> Space:
    """The space, if the actor may plan something in it.

    Raises:
        NotFound: no such space, or not for this actor.
    """
    found = session.scalar(PLANNING.scope(actor, PlanningPermission.PLAN).where(Space.slug == slug))
    if found is None:
        raise NotFound
    return found


def may_plan_in(session: Session, actor: Actor, space: Space) -> bool:
    return PlanningPermission.PLAN in PLANNING.held(session, actor, space.id)


def space_of_list(session: Session, actor: Actor, slug: str) -> Space:
    """The space to which the list is narrowed.

    Raises:
        NotFound: no such space that the actor may read.
    """
    found = session.scalar(SPACES.scope(actor, SpacePermission.READ).where(Space.slug == slug))
    if found is None:
        raise NotFound
    return found
