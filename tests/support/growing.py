"""More of everything: copies of all rows, for tests of how pages behave when a community grows.

Every row of the town (tests/support/town.py) is copied several times, each time another way:
beside itself in the same place by somebody else, in a place of its own by the same people, and
with what hangs on it or without. So a list is longer, a discussion has more posts, a group more
dates, and whoever reads takes part in more. On SQLite, below all types: what is encrypted stays.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Date, DateTime, Integer, String, Table, UniqueConstraint
from sqlalchemy.types import TypeDecorator

from cop.platform.db import Base

PEOPLE = {"member", "persona", "stored_file"}
# The machinery's own, and what the worker fills.
LEFT = {"alembic_version", "audit_entry", "job", "site_mark", "site_settings", "worker_heartbeat"}
LEFT_BEGINNING = ("live_", "search_", "mail_pace")
SEEDED = {"theme"}  # long as it is: copied once
# What tells two rows apart and means nothing else: may be any text.
NAMES = {
    *("client_id", "code_hash", "email", "email_key", "handle", "key", "key_name", "short_name"),
    *("slug", "source_key", "token", "token_hash", "uid"),
}
# Whether the people are copied too, and down to which depth the places stay (see `_copy`).
WAYS = ((False, -1), (True, 0), (False, 1), (True, 2), (False, 3), (True, 5), (False, 6))

Row = dict[str, Any]
Key = tuple[str, Any]


class Growing:
    """Copies the rows that there are now; `more()` as often as wanted."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.tables = [t for t in Base.metadata.sorted_tables if _copied(t)]
        self.rows: dict[str, list[Row]] = {}
        self.guarded: dict[tuple[str, ...], set[Any]] = {}
        for table in self.tables:
            found = connection.exec_driver_sql(f'SELECT rowid AS "rowid", * FROM "{table.name}"')
            self.rows[table.name] = [dict(row._mapping) for row in found]
        self.depth = _depths(self.tables)
        self.turn = 0

    def more(self) -> None:
        """Copy all of it in every way; rows that would contradict another are left out."""
        self.connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for people, deep in WAYS:
            self.turn += 1
            self._copy(people, deep)
        self._drop_what_hangs_loose()

    def _copy(self, people: bool, deep: int) -> None:
        """
        Args:
            people: also the people, who then do what was copied.
            deep: what stands no deeper than this is not copied for its copied parts: they are
                beside the others in it.
        """
        made: dict[Key, Any] = {}
        for table in self.tables:
            if (table.name in PEOPLE and not people) or (table.name in SEEDED and deep != 0):
                continue
            column = _own_id(table)
            last = self._last(table) if column is not None else 0
            for number, row in enumerate(self.rows[table.name], 1):
                copy = {name: value for name, value in row.items() if name != "rowid"}
                if column is not None:
                    copy[column] = last + number
                for name, other in _leads_to(table):
                    to = made.get((other, row[name]))
                    if to is not None and (other in PEOPLE or self.depth[other] > deep):
                        copy[name] = to
                stands = self._told_apart(table, row, copy, made) and self._insert(table, copy)
                if stands and column is not None:
                    made[table.name, row[column]] = copy[column]

    def _told_apart(self, table: Table, row: Row, copy: Row, made: dict[Key, Any]) -> bool:
        """Change what has to differ; False when nothing can."""
        leads = dict(_leads_to(table))
        for names in _uniques(table):
            if any(copy[name] is None or copy[name] != row[name] for name in names):
                continue
            for name in sorted(names, key=lambda name: _ease(table, name, leads)):
                to = made.get((leads.get(name, ""), row[name]))
                if name in leads and to is None:
                    continue
                if name in leads:
                    copy[name] = to
                elif (other := _another(table, name, row[name], self.turn)) is not None:
                    copy[name] = other
                else:
                    continue
                break
            else:
                return False
        return True

    def _insert(self, table: Table, copy: Row) -> bool:
        names = ", ".join(f'"{name}"' for name in copy)
        marks = ", ".join("?" * len(copy))
        done = self.connection.exec_driver_sql(
            f'INSERT OR IGNORE INTO "{table.name}" ({names}) VALUES ({marks})',
            tuple(copy.values()),
        )
        return done.rowcount == 1

    def _last(self, table: Table) -> int:
        found = self.connection.exec_driver_sql(f'SELECT max(id) FROM "{table.name}"').scalar()
        return int(found or 0)

    def _drop_what_hangs_loose(self) -> None:
        while loose := self.connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            for table, rowid, *_rest in loose:
                self.connection.exec_driver_sql(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))


def _copied(table: Table) -> bool:
    return table.name not in LEFT and not table.name.startswith(LEFT_BEGINNING)


def _depths(tables: list[Table]) -> dict[str, int]:
    """How many other tables a row stands in, one within the other."""
    depths: dict[str, int] = {}
    for table in tables:
        above = [
            depths[other]
            for _name, other in _leads_to(table)
            if other in depths and other not in PEOPLE
        ]
        depths[table.name] = 1 + max(above) if above else 0
    return depths


def _leads_to(table: Table) -> Iterator[tuple[str, str]]:
    for column in table.columns:
        for key in column.foreign_keys:
            yield column.name, key.column.table.name


def _own_id(table: Table) -> str | None:
    """The column whose numbers the database gives out, if the table has one."""
    keys = list(table.primary_key.columns)
    alone = len(keys) == 1 and not keys[0].foreign_keys and isinstance(keys[0].type, Integer)
    return keys[0].name if alone else None


def _uniques(table: Table) -> Iterator[list[str]]:
    """Columns that are together never the same; an index of some rows is left to the database."""
    keys = [c.name for c in table.primary_key.columns]
    if _own_id(table) is None:
        yield keys
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [c.name for c in constraint.columns]
    for index in table.indexes:
        if index.unique and index.dialect_options["sqlite"]["where"] is None:
            yield [c.name for c in index.columns]


def _ease(table: Table, name: str, leads: dict[str, str]) -> int:
    """What is changed first: who, then a number, then a name, then where."""
    if name in leads:
        return 0 if leads[name] in PEOPLE else 3
    return 2 if isinstance(_plain(table, name), String) else 1


def _another(table: Table, name: str, value: Any, turn: int) -> Any:
    kind = _plain(table, name)
    if isinstance(kind, Integer) and isinstance(value, int):
        return value + 1_000 * turn
    if isinstance(kind, DateTime | Date):
        return f"{2100 + turn}{str(value)[4:]}"
    return f"{value}x{turn}" if name in NAMES else None


def _plain(table: Table, name: str) -> Any:
    kind = table.columns[name].type
    return kind.impl if isinstance(kind, TypeDecorator) else kind
