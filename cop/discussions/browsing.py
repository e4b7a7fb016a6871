"""The lists that one may find, and the discussions on a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    and_,
    bindparam,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from cop.discussions.models import (
    Discussion,
    DiscussionKind,
    DiscussionList,
    DiscussionTheme,
    ReadMark,
)
from cop.discussions.permissions import LISTS, ListPermission
from cop.discussions.queries import ListHead, is_new, page_of
from cop.discussions.words import KIND_LABELS
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.queries import theme_name
from cop.platform import markup
from cop.platform.db import AnySelect, UtcDateTime
from cop.platform.i18n import format_ago
from cop.platform.numbers import FARTHEST, whole_number
from cop.spaces.circles import Circle, Visibility
from cop.spaces.models import Space
from cop.spaces.words import VISIBILITY_LABELS

PAGE = 25
RECENT = 8
NEW_FOR = timedelta(days=90)  # what is older is not news any more; keeps counting cheap
MOST_NEW = 20  # '20+'
QUIET_AFTER = timedelta(days=14)  # a discussion that rests so long is due for its opbrengst

_Circle: Any = aliased(Circle)
_Latest: Any = aliased(Discussion)
_News: Any = aliased(Discussion)


# --- the index of lists


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list in the index.

    Attributes:
        readable: the actor may open it; else they may only know that it exists.
        news: how many discussions hold something new, '20+' at most; '' for none.
        may_start: the actor may start a discussion; only looked up for the lists of a space.
    """

    short_name: str
    name: str
    description: str
    visibility: str
    visibility_label: str
    archived: bool
    readable: bool
    latest: str
    news: str
    may_start: bool

    @property
    def url(self) -> str:
        return f"/gesprekken/{self.short_name}"


@dataclass(frozen=True, slots=True)
class Group:
    """The lists of a space, or of the site itself (`slug` None)."""

    slug: str | None
    name: str
    lists: list[ListRow]


def _last_post_at(pinned: bool) -> Any:
    """When something was last said on the list; one step in the index, however long the list."""
    return (
        select(_Latest.last_post_at)
        .where(
            _Latest.list_id == DiscussionList.id,
            _Latest.pinned == literal(pinned),
            _Latest.deleted_at.is_(None),
        )
        .order_by(_Latest.last_post_at.desc())
        .limit(1)
        .correlate(DiscussionList)
        .scalar_subquery()
    )


@cache
def _index(kind: Actor, of_space: bool) -> AnySelect:
    news: Any = null()
    if kind.is_member:
        found = (
            select(literal(1))
            .select_from(_News)
            .outerjoin(
                ReadMark,
                and_(ReadMark.discussion_id == _News.id, ReadMark.member_id == kind.member_id),
            )
            .where(
                _News.list_id == DiscussionList.id,
                or_(_News.pinned == literal(False), _News.pinned == literal(True)),
                _News.deleted_at.is_(None),
                is_new(_News, ReadMark, DiscussionList.id),
            )
            .limit(MOST_NEW + 1)
            .correlate(DiscussionList)
            .subquery()
        )
        news = select(func.count()).select_from(found).scalar_subquery()
    made = (
        select(
            DiscussionList.short_name,
            DiscussionList.name,
            DiscussionList.description,
            _Circle.visibility,
            or_(DiscussionList.archived_at.is_not(None), Space.archived_at.is_not(None)).label(
                "archived"
            ),
            LISTS.clause(kind, ListPermission.READ).label("readable"),
            _last_post_at(False).label("latest"),
            _last_post_at(True).label("latest_pinned"),
            news.label("news"),
            (LISTS.clause(kind, ListPermission.START) if of_space else null()).label("may_start"),
            Space.slug,
            Space.name.label("space_name"),
        )
        .join(_Circle, _Circle.id == DiscussionList.circle_id)
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .where(LISTS.clause(kind, ListPermission.FIND))
    )
    if of_space:
        return made.where(DiscussionList.space_id == bindparam("space")).order_by(
            DiscussionList.sort_key, DiscussionList.id
        )
    return made.order_by(
        DiscussionList.space_id.is_not(None), Space.sort_key, DiscussionList.sort_key
    )


def lists_by_place(session: Session, actor: Actor, now: datetime) -> list[Group]:
    """Every list that the actor may find, the site's own first, then those of spaces; one query."""
    groups: dict[str | None, Group] = {}
    for row in session.execute(_index(actor.left_open, False), _values(actor, now)):
        group = groups.setdefault(row.slug, Group(row.slug, row.space_name or "", []))
        group.lists.append(_list_row(row, now))
    return list(groups.values())


def lists_of_space(session: Session, actor: Actor, space_id: int, now: datetime) -> list[ListRow]:
    """The lists of one space that the actor may find."""
    values = _values(actor, now) | {"space": space_id}
    rows = session.execute(_index(actor.left_open, True), values)
    return [_list_row(row, now) for row in rows]


def _values(actor: Actor, now: datetime) -> dict[str, Any]:
    return {"me": actor.member_id, "since": now - NEW_FOR}


def _list_row(row: Any, now: datetime) -> ListRow:
    latest = max((m for m in (row.latest, row.latest_pinned) if m is not None), default=None)
    news = (row.news or 0) if row.readable else 0  # a closed list says nothing of what it holds
    return ListRow(
        short_name=row.short_name,
        name=row.name,
        description=row.description,
        visibility=row.visibility,
        visibility_label=str(VISIBILITY_LABELS[Visibility(row.visibility)]),
        archived=bool(row.archived),
        readable=bool(row.readable),
        latest=format_ago(latest, now) if latest is not None and row.readable else "",
        news=f"{MOST_NEW}+" if news > MOST_NEW else str(news or ""),
        may_start=bool(row.may_start),
    )


# --- the discussions on a list


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show of a list; empty: everything."""

    kind: str = ""
    theme: str = ""
    lacking: bool = False

    @property
    def any(self) -> bool:
        return bool(self.kind or self.theme or self.lacking)


@dataclass(frozen=True, slots=True)
class DiscussionRow:
    """A discussion in a list.

    Attributes:
        url: leads to what is new, if anything is.
        lacks_outcome: it was closed, or rests for two weeks, without an opbrengst.
    """

    id: int
    url: str
    title: str
    kind: str
    author: str
    note: str
    answers: int
    minutes: int
    latest: str
    pinned: bool
    announcement: bool
    answered: bool
    closed: bool
    has_outcome: bool
    lacks_outcome: bool
    is_new: bool
    list_name: str
    list_url: str


@dataclass(frozen=True, slots=True)
class DiscussionRows:
    """A page of discussions; `older` and `newer` are keys of the pages around it."""

    rows: list[DiscussionRow]
    older: str | None
    newer: str | None


@cache
def _rows(kind: Actor, theme: bool, lacking: bool, of_kind: bool, way: str) -> AnySelect:
    mark: Any = null()
    fresh: Any = null()
    if kind.is_member:
        mark, fresh = ReadMark.number, is_new(Discussion, ReadMark, Discussion.list_id)
    made = select(
        Discussion.id,
        Discussion.title,
        Discussion.kind,
        Discussion.content_note,
        Discussion.created_at,
        Discussion.last_post_at,
        Discussion.last_number,
        Discussion.post_count,
        Discussion.words,
        Discussion.pinned,
        Discussion.announcement,
        Discussion.answer_number,
        Discussion.closed_at,
        Discussion.outcome_at,
        Discussion.imported_number,
        Persona.name.label("author"),
        DiscussionList.name.label("list_name"),
        DiscussionList.short_name,
        mark.label("mark"),
        fresh.label("fresh"),
    )
    made = (
        made.select_from(Discussion)
        .join(Persona, Persona.id == Discussion.author_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(Discussion.deleted_at.is_(None))
    )
    if kind.is_member:
        made = made.outerjoin(
            ReadMark,
            and_(ReadMark.discussion_id == Discussion.id, ReadMark.member_id == kind.member_id),
        )
    if of_kind:
        made = made.where(Discussion.kind == bindparam("kind"))
    if lacking:
        made = made.where(lacks_outcome(bindparam("quiet")))
    if theme:
        made = made.where(
            exists().where(
                DiscussionTheme.discussion_id == Discussion.id,
                DiscussionTheme.theme_id == Theme.id,
                Theme.slug == bindparam("theme"),
            )
        )
    if way == "recent":  # of all lists
        return (
            made.where(LISTS.clause(kind, ListPermission.READ))
            .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
            .limit(RECENT)
        )
    key = tuple_(Discussion.pinned, Discussion.last_post_at, Discussion.id)
    place = tuple_(
        bindparam("pinned", type_=Boolean()), bindparam("at", type_=UtcDateTime()), bindparam("id")
    )
    made = made.where(Discussion.list_id == bindparam("list")).limit(PAGE + 1)
    columns = (Discussion.pinned, Discussion.last_post_at, Discussion.id)
    if way == "newer":
        return made.where(key > place).order_by(*columns)
    if way == "older":
        made = made.where(key < place)
    return made.order_by(*(column.desc() for column in columns))


def lacks_outcome(quiet_since: Any) -> ColumnElement[bool]:
    """The condition under which a discussion is due for its opbrengst, or it is lost [A].

    One that came whole from an archive is not: whoever spoke there is not here to say.

    Args:
        quiet_since: the moment `QUIET_AFTER` ago; nothing was said after it. Or it was closed.
    """
    return and_(
        Discussion.outcome_at.is_(None),
        Discussion.announcement.is_(False),
        Discussion.post_count > 1,
        Discussion.last_number > Discussion.imported_number,
        or_(Discussion.closed_at.is_not(None), Discussion.last_post_at < quiet_since),
    )


def discussions(
    session: Session,
    actor: Actor,
    on: ListHead,
    filters: Filters,
    now: datetime,
    *,
    older: str = "",
    newer: str = "",
) -> DiscussionRows:
    """The discussions of a list, pinned ones first, then the most recent; by key, one query.

    Args:
        on: the list, which the actor may read (from `queries.list_head`).
        older, newer: where a page begins or ends, from the page before; a wrong one starts anew.
    """
    place = _place(older or newer)
    way = "start" if place is None else "older" if older else "newer"
    values = _values(actor, now) | (place or {})
    values |= {
        "list": on.id,
        "kind": filters.kind,
        "theme": filters.theme,
        "quiet": now - QUIET_AFTER,
    }
    statement = _rows(
        actor.left_open, bool(filters.theme), filters.lacking, bool(filters.kind), way
    )
    found = list(session.execute(statement, values))
    more = len(found) > PAGE
    found = found[:PAGE]
    if way == "newer":
        found.reverse()
    before, after = way == "older" or (way == "newer" and more), way == "newer" or more
    return DiscussionRows(
        rows=[_row(row, now) for row in found],
        newer=_key(found[0]) if found and before else None,
        older=_key(found[-1]) if found and after else None,
    )


def recent(session: Session, actor: Actor, now: datetime) -> list[DiscussionRow]:
    """Where somebody said something last, over all lists that the actor may read."""
    values = _values(actor, now) | {"quiet": now - QUIET_AFTER}
    statement = _rows(actor.left_open, False, False, False, "recent")
    return [_row(row, now) for row in session.execute(statement, values)]


def _row(row: Any, now: datetime) -> DiscussionRow:
    number = row.mark + 1 if row.fresh and row.mark is not None else 1
    first = page_of(number)
    url = f"/discussies/{row.id}"
    if number > 1:
        url += (f"?vanaf={first}" if first > 1 else "") + "#nieuw"
    quiet = row.closed_at is not None or row.last_post_at < now - QUIET_AFTER
    return DiscussionRow(
        id=row.id,
        url=url,
        title=row.title,
        kind=str(KIND_LABELS[DiscussionKind(row.kind)]),
        author=row.author,
        note=row.content_note,
        answers=max(0, row.post_count - 1),
        minutes=markup.reading_minutes(row.words),
        latest=format_ago(row.last_post_at, now),
        pinned=row.pinned,
        announcement=row.announcement,
        answered=row.answer_number is not None,
        closed=row.closed_at is not None,
        has_outcome=row.outcome_at is not None,
        lacks_outcome=quiet
        and row.outcome_at is None
        and not row.announcement
        and row.post_count > 1
        and row.last_number > row.imported_number,
        is_new=bool(row.fresh),
        list_name=row.list_name,
        list_url=f"/gesprekken/{row.short_name}",
    )


def _key(row: Any) -> str:
    micros = round(row.last_post_at.timestamp() * 1_000_000)
    return f"{int(row.pinned)}-{micros}-{row.id}"


def _place(key: str) -> dict[str, Any] | None:
    """What a key says; None for one that is no key."""
    pinned, _dash, rest = key.partition("-")
    moment, _dash, figures = rest.partition("-")
    since, id = whole_number(moment, FARTHEST * 1_000_000), whole_number(figures)
    if pinned not in ("0", "1") or since is None or id is None:
        return None
    seconds, micros = divmod(since, 1_000_000)
    at = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)
    return {"pinned": pinned == "1", "at": at, "id": id}


def used_themes(session: Session) -> Sequence[tuple[str, str]]:
    """(slug, name) of the themes that one can filter by."""
    rows = session.execute(
        select(Theme.slug, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    )
    return [(row[0], row[1]) for row in rows]
