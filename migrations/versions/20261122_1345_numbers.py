"""A number that was given once never comes back, on SQLite either.

SQLite gives the highest number of a table out again when its row is gone. `AUTOINCREMENT` ends
that. Which numbers a table gives is no matter of how its rows lie on the disk, so the tables stay
as they are and only what the schema says of them changes, as SQLite describes it
(https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes").
A table that is made by this version says so from the beginning (`cop.platform.db`).

Revision ID: 20261122_numbers
Revises: 20261122_guest_numbers
"""

import re

from alembic import op

revision = "20261122_numbers"
down_revision = "20261122_guest_numbers"
branch_labels = None
depends_on = None

_ID = re.compile(r"[(,]\s*\"?id\"? INTEGER NOT NULL")
_BEFORE, _AFTER = "PRIMARY KEY (id)", "PRIMARY KEY (id AUTOINCREMENT)"


def upgrade():
    to = op.get_bind()
    if to.dialect.name != "sqlite":
        return
    # The table that remembers numbers is there from the first table on that asks for it.
    to.exec_driver_sql("CREATE TABLE asks_for_it (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    to.exec_driver_sql("DROP TABLE asks_for_it")
    for name in _say(to, _BEFORE, _AFTER):
        to.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))
        to.exec_driver_sql(
            f'INSERT INTO sqlite_sequence (name, seq) SELECT ?, coalesce(max(id), 0) FROM "{name}"',
            (name,),
        )


def downgrade():
    """A table that was made by this version keeps it: it does no harm."""
    to = op.get_bind()
    if to.dialect.name == "sqlite":
        for name in _say(to, _AFTER, _BEFORE):
            to.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (name,))


def _say(to, before, after):
    found = to.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE ?",
        (f"%{before}%",),
    ).all()
    version = to.exec_driver_sql("PRAGMA schema_version").scalar_one()
    to.exec_driver_sql("PRAGMA writable_schema = ON")
    numbered = [(name, sql) for name, sql in found if _ID.search(sql)]
    for name, sql in numbered:
        to.exec_driver_sql(
            "UPDATE sqlite_master SET sql = ? WHERE type = 'table' AND name = ?",
            (sql.replace(before, after), name),
        )
    to.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    to.exec_driver_sql("PRAGMA writable_schema = RESET")
    return [name for name, _sql in numbered]
