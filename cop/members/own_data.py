"""What the platform holds of one member, for the member to take along (GDPR, articles 15 and 20).

Each room says with `exports` which rows of its tables are somebody's own and what it gives of
them; what it does not give it lists with the reason. A test walks all tables, so that none with
somebody in it is forgotten. Nothing of others is given: no words of theirs, and of their names the
one that the member knows them by.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.platform.i18n import LazyText
from cop.platform.storage import StoredFile

Column: TypeAlias = InstrumentedAttribute[Any]
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one table that are a member's own.

    Attributes:
        name: in the file; `title` on the readable page.
        of: columns that lead to the member: to the account itself, to one of their names, or to a
            row that has either (their place at a session). One of them is enough.
        give: what is given of a row. A theme is given by its name.
        under: the member's own name there, when they can have several.
        who: the name of the other, as the member knows them.
        where: which rows only.
    """

    name: str
    title: LazyText
    of: Sequence[Column]
    give: Sequence[Column]
    under: Column | None = None
    who: Column | None = None
    where: Sequence[ColumnElement[bool]] = ()

    @property
    def columns(self) -> set[str]:
        """'table.column' of what leads to the member."""
        return {str(column.property.columns[0]) for column in self.of}


# More than rows can say: (session, actor) → part of the file → its rows.
More: TypeAlias = Callable[[Session, Actor], Mapping[str, Sequence[Row]]]
# The files that a member brought: (session, actor) → files.
Files: TypeAlias = Callable[[Session, Actor], Iterable[StoredFile]]


@dataclass(frozen=True, slots=True)
class Room:
    """What one room gives.

    Attributes:
        name: of its file; `title` on the readable page.
        more: what is not rows of one table; `titles` of its parts.
        fetched: given only while the member fetches it, and never kept: (file name, rows).
        covers: columns ('table.column') that `more` and `fetched` give.
        left: columns that are not given, with the reason.
    """

    name: str
    title: LazyText
    rows: Sequence[Rows]
    more: More | None = None
    titles: Mapping[str, LazyText] = field(default_factory=dict)
    fetched: More | None = None
    files: Files | None = None
    covers: frozenset[str] = frozenset()
    left: Mapping[str, str] = field(default_factory=dict)


_rooms: dict[str, Room] = {}


def exports(room: Room) -> None:
    """Make known what a room gives; again under the same name replaces it."""
    _rooms[room.name] = room


def rooms() -> list[Room]:
    return list(_rooms.values())


def of_room(session: Session, actor: Actor, room: Room) -> dict[str, list[Row]]:
    """All that a room gives, without what is never kept: a query for each of its tables."""
    assert actor.member_id is not None
    found = {each.name: _given(session, each, actor.member_id) for each in room.rows}
    if room.more is not None:
        found |= {name: list(given) for name, given in room.more(session, actor).items()}
    return {name: given for name, given in found.items() if given}


def title_of(room: Room, part: str) -> str:
    titles = {each.name: each.title for each in room.rows} | dict(room.titles)
    return str(titles[part])


def mine(column: Column, member_id: int) -> ColumnElement[bool]:
    """Whether a column leads to the member: by the account, a name, or a row that has either."""
    stored = column.property.columns[0]
    for key in stored.foreign_keys:
        table = key.column.table
        if table.name != "member":
            return column.in_(select(table.c.id).where(_owned(table, member_id)))
    return column == member_id


def _owned(table: FromClause, member_id: int) -> ColumnElement[bool]:
    if "member_id" in table.c:
        return table.c.member_id == member_id
    personas = Persona.__table__
    own = table.c.persona_id if "persona_id" in table.c else table.c.author_id
    return own.in_(select(personas.c.id).where(personas.c.member_id == member_id))


def _given(session: Session, rows: Rows, member_id: int) -> list[Row]:
    model = rows.of[0].class_
    names: dict[str, Any] = {column.key: _column(column) for column in rows.give}
    if rows.under is not None:
        names["under"] = _name(rows.under)
    if rows.who is not None:
        names["who"] = _name(rows.who)
    query: Select[Any] = select(*(column.label(name) for name, column in names.items()))
    query = (
        query.select_from(model)
        .where(or_(*(mine(column, member_id) for column in rows.of)), *rows.where)
        .order_by(*model.__table__.primary_key.columns)
    )
    return [plain(row) for row in session.execute(query).mappings()]


def _column(column: Column) -> Any:
    if any(key.column.table.name == "theme" for key in column.property.columns[0].foreign_keys):
        theme = aliased(Theme)
        return select(theme.name_nl).where(theme.id == column).scalar_subquery()
    return column


def _name(column: Column) -> Any:
    persona = aliased(Persona)
    return select(persona.name).where(persona.id == column).scalar_subquery()


def plain(row: Mapping[Any, Any]) -> Row:
    """As JSON knows it, without what is empty."""
    return {
        str(name): value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
        if value not in (None, "", [], {})
    }
