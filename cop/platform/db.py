"""The database: base class, portable types, and the unit of work.

One transaction per request or job. Operations add and flush, never commit; the unit of work
commits once, so that a change and the events that follow from it are stored together or not at
all. What only reads sees one moment throughout. On SQLite a unit that may
write begins with ``BEGIN IMMEDIATE``: it waits for its turn at the start, instead of failing
half-way when a read turns into a write.
"""

import os
import sqlite3
import threading
import time
from collections import deque, namedtuple
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask, current_app, request
from flask import session as cookie
from flask.wrappers import Response
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from psycopg import IsolationLevel
from sqlalchemy import (
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    Select,
    Table,
    event,
    literal,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

TURN_SECONDS = 10.0  # more than any write takes
IDLE_SECONDS = 1.0  # less than a database server takes to start
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

_may_write: ContextVar[bool] = ContextVar("may_write", default=True)


class Base(DeclarativeBase):
    """All tables; every constraint has a predictable name, so that migrations can drop it."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


@event.listens_for(Table, "after_parent_attach")
def _numbers_never_come_back(table: Table, _metadata: MetaData) -> None:
    """On SQLite a table gives no number out twice, as PostgreSQL does by itself.

    Reports, notices, mails, the trail and links name things by their number: when its row is gone,
    another thing must not answer to it. Holds for every table that is numbered by itself, and for
    those that migrations make.
    """
    key = list(table.primary_key.columns)
    if [c.name for c in key] == ["id"] and isinstance(key[0].type, Integer):
        table.dialect_options["sqlite"]["autoincrement"] = True


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Takes aware datetimes only, stores UTC, gives back aware UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy; its proxy of the request's session counts as the session it stands for."""

    if TYPE_CHECKING:

        class RequestSession(Session):
            def __call__(self) -> Session: ...
            def remove(self) -> None: ...

        session: RequestSession  # type: ignore[assignment]  # what it is when called


db = Database(model_class=Base)
migrate = Migrate()


def init_app(app: Flask, database_url: str) -> None:
    """Connect the application to its database and give every request a unit of work."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _engine_options(database_url)
    db.init_app(app)
    migrate.init_app(app, db, compare_type=True, render_as_batch=True)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine)
        else:
            _ping_when_idle(db.engine)
            _read_of_one_moment(db.engine)
    app.before_request(_begin)
    app.teardown_request(_end)


def _engine_options(url: str) -> dict[str, Any]:
    # An error's text holds no values: they may be confidential.
    common: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        # Threads wait for the pool, not for SQLite: readers never block in WAL mode.
        arguments = {"timeout": 20, "factory": _Connection}
        return common | {"pool_size": 20, "max_overflow": 40, "connect_args": arguments}
    # Kept once opened: opening one costs more than most of what is asked. The one used last is used
    # first, so that it knows the statements.
    return common | {"pool_size": 20, "max_overflow": 5, "pool_use_lifo": True}


class _Turns:
    """Writers of one process take turns in the order in which they came.

    SQLite lets one write at a time, and whoever finds it taken sleeps and tries again, longer each
    time: with ten writers the last may sleep for seconds while others pass. Here the one before
    hands over. Writers of other processes still meet at SQLite's own lock.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._taken = False
        self._waiting: deque[threading.Lock] = deque()

    def take(self) -> None:
        """Wait for one's turn; whoever waited too long goes on and leaves it to SQLite."""
        with self._mutex:
            if not self._taken:
                self._taken = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if not mine.acquire(timeout=TURN_SECONDS):
            with self._mutex:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                    self._taken = True

    def give(self) -> None:
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False


class _Connection(sqlite3.Connection):
    """Gives its turn to the next writer when its transaction has ended, however it ended."""

    turns: _Turns | None = None
    its_turn = False

    def begin(self, write: bool) -> None:
        if write and self.turns is not None and not self.its_turn:
            self.turns.take()
            self.its_turn = True
        try:
            self.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        except sqlite3.Error:
            self._give()
            raise

    def commit(self) -> None:
        super().commit()
        self._give()  # after a commit that failed comes a rollback

    def rollback(self) -> None:
        try:
            super().rollback()
        finally:
            self._give()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._give()

    def _give(self) -> None:
        if self.its_turn and self.turns is not None:
            self.its_turn = False
            self.turns.give()


def _for_this_user_alone(path: str | None) -> None:
    """A database that was made just now is nobody else's to read; its companions follow it."""
    with suppress(OSError):
        if path and os.stat(path).st_size == 0:
            os.chmod(path, 0o600)


def _prepare_sqlite(engine: Engine) -> None:
    turns = _Turns()

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        _for_this_user_alone(engine.url.database)
        connection.turns = turns
        # The driver must not begin transactions by itself: "begin" below says which kind.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a post that was acknowledged survives a power cut as well
            "foreign_keys=ON",
            "busy_timeout=20000",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        try:
            connection.connection.driver_connection.begin(_may_write.get())
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN", None, error) from error


def _ping_when_idle(engine: Engine) -> None:
    """Try a connection that lay idle before it is used: the server may have been started anew.

    Not one that was used a moment ago: asking whether it answers takes as long as most questions.
    """

    @event.listens_for(engine, "checkin")
    def checkin(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def checkout(connection: Any, record: Any, _proxy: Any) -> None:
        used_at = record.info.get("used_at")
        if used_at is None or time.monotonic() - used_at < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool tries another one


def _read_of_one_moment(engine: Engine) -> None:
    """Whoever only reads sees one moment throughout, as on SQLite.

    Else a page that is made while somebody is moved, let in or turned out would be half of what was
    and half of what is: asked for in the first half, and refused in the second.
    """

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        driver = connection.connection.driver_connection
        if driver.autocommit:
            return
        reads = not _may_write.get()
        driver.read_only = reads or None
        driver.isolation_level = IsolationLevel.REPEATABLE_READ if reads else None


def _begin() -> None:
    _may_write.set(request.method not in SAFE_METHODS)


def _end(_error: BaseException | None) -> None:
    _may_write.set(True)  # what this thread does next, outside of a request


def finish(response: Response, note: Callable[[Response], None]) -> Response:
    """Store what the request did, or nothing of it; what cannot be stored gets its error page.

    Args:
        note: what is written beside it, of an answer that is no refusal.
    """
    if request.method not in SAFE_METHODS:
        # A refused form (4xx) leaves nothing behind, whatever was flushed before the refusal.
        if response.status_code < 400:
            try:
                note(response)
                db.session.commit()
            except Exception as error:
                cookie.pop("_flashes", None)  # they say that it was done
                return current_app.make_response(current_app.handle_user_exception(error))
        else:
            db.session.rollback()
    return response


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """A transaction of its own that may write: for jobs, commands and small writes of a GET.

    Commits at the end, rolls back on any exception. Needs an application context.
    """
    token = _may_write.set(True)
    try:
        with Session(db.engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        _may_write.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """A transaction of its own that only reads; on SQLite it never waits for a writer."""
    token = _may_write.set(False)
    try:
        with Session(db.engine) as session:
            yield session
    finally:
        _may_write.reset(token)


# Of columns; which ones, its name and its reader say.
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def rows(
    session: Session, statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement that selects columns, not objects.

    As `session.execute`, without what that does to make objects of rows, which for thirty rows
    takes as long as the query itself.
    """
    if session.new or session.dirty or session.deleted:
        session.flush()
    return session.connection().execute(statement, values)


def named(found: CursorResult[*tuple[Any, ...]]) -> list[Any]:
    """All of these rows as named tuples: for many rows of which every value is asked for.

    Looking up a name in a row of SQLAlchemy takes ten times as long.
    """
    return list(map(_row_type(*found.keys())._make, found))


@cache
def _row_type(*names: str) -> Any:
    return namedtuple("Row", names)


@contextmanager
def glancing() -> Iterator[Session]:
    """The same for a few short questions, as live screens ask them all the time.

    On PostgreSQL each is a transaction by itself: to begin one and to end it would be two
    questions more, and every question sees what was committed before it anyway.
    """
    if db.engine.dialect.name == "sqlite":
        with reading() as session:
            yield session
        return
    with Session(db.engine) as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        yield session


def look_anew(session: Session) -> None:
    """From here on a `glancing` session sees what was committed meanwhile: on SQLite too."""
    if is_sqlite(session):
        session.rollback()


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def is_away(error: OperationalError) -> bool:
    """The database is away or in use; what SQLite also calls operational is a fault of ours."""
    return db.engine.dialect.name != "sqlite" or "locked" in str(error.orig)


def insert_into(session: Session, model: Any) -> Any:
    """An `INSERT` of this database that knows `on_conflict_do_nothing` and `…_do_update`."""
    return (sqlite.insert if is_sqlite(session) else postgresql.insert)(model)


def insert_unless_there(session: Session, model: Any, **values: Any) -> bool:
    """Insert a row unless its key is taken; whether it was inserted."""
    wish = insert_into(session, model).values(**values).on_conflict_do_nothing()
    return session.execute(wish.returning(literal(1))).first() is not None


def upsert(session: Session, model: Any, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert a row, or give the one that has this key these values."""
    wish = insert_into(session, model).values(**key, **values)
    session.execute(wish.on_conflict_do_update(index_elements=list(key), set_=values))
