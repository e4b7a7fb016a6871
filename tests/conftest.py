"""The ground of all tests: an application on SQLite and one on PostgreSQL, emptied after each test.

A test that asks for `app` (or anything built on it) runs twice, once per database. Servers are
real: PostgreSQL from a wheel is started once for all xdist workers, each with a database of its
own cloned from a migrated template.
"""

import gc
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from cop import create_app
from cop.config import Settings
from cop.platform import site_mark
from cop.platform.db import Base, db, unit_of_work
from cop.platform.ratelimit import limiter
from tests.support import servers
from tests.support.browser import FAILED, _playwright, _site, chromium, open_page, page, site
from tests.support.client import Browser
from tests.support.correlating import refuse_uncorrelated
from tests.support.factories import Factory
from tests.support.one_transaction import refuse_a_second

# Fixtures of the browser tests.
__all__ = ["_playwright", "_site", "chromium", "open_page", "page", "site"]

DATABASES = ("sqlite", "postgresql")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
event.listen(Session, "after_begin", refuse_a_second)
# Tables with rows that migrations bring: put back after each test, from copies.
BROUGHT = ("theme", "search_synonyms")

_postgres = pytest.StashKey[servers.Postgres | None]()
_address = pytest.StashKey[str]()


def make_settings(database_url: str, data_dir: Path, **changes: Any) -> Settings:
    """Settings of a test application; nothing in them comes from the environment."""
    values: dict[str, Any] = {
        "env": "test",
        "data_dir": data_dir,
        "database_url": database_url,
        "base_url": "http://127.0.0.1:8000",
        "host": "127.0.0.1",
        "port": 8000,
        "secret_key": "only for tests, and long enough to be accepted",
        "keys": (bytes(range(32)),),
        "smtp": None,
    }
    return Settings(**(values | changes))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--all-parts", action="store_true", help="a missing part of the machine fails, not skips"
    )


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        config.stash[_address] = config.workerinput["postgres"]
        return
    if config.option.collectonly:
        config.stash[_address] = ""
        return
    try:
        server = servers.Postgres()
    except Exception as error:  # whatever the machine lacks: the tests that need it say so
        if config.getoption("--all-parts"):
            raise pytest.UsageError(f"PostgreSQL does not start: {error}") from error
        config.stash[_address] = ""
        return
    config.stash[_postgres] = server
    server.sql("CREATE DATABASE cop_template")
    folder = servers.scratch()
    _migrate(make_settings(server.url("cop_template"), folder))
    servers.remove(folder)
    config.stash[_address] = server.url("{}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres"] = node.config.stash[_address]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The walks of all addresses take minutes: begun last, one worker would end alone."""
    items.sort(key=lambda item: "test_access" not in item.nodeid)


def pytest_collection_finish() -> None:
    """What was read to begin with stays: looking through it again and again is a fifth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 25, 50)


def pytest_unconfigure(config: pytest.Config) -> None:
    server = config.stash.get(_postgres, None)
    if server is not None:
        server.stop()


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    report = yield
    if item.config.getoption("--all-parts") and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as a failure here: {report.longrepr}"
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def _migrate(settings: Settings) -> None:
    from flask_migrate import upgrade

    app = create_app(settings)
    with app.app_context():
        upgrade(directory=str(Path(__file__).parent.parent / "migrations"))
        db.session.remove()
        with unit_of_work() as session:
            for name in BROUGHT:
                session.execute(text(f"CREATE TABLE seed_{name} AS SELECT * FROM {name}"))
        db.engine.dispose()


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """A scratch folder of this worker."""
    made = servers.scratch()
    yield made
    servers.remove(made)


@pytest.fixture(scope="session")
def database_urls(pytestconfig: pytest.Config, folder: Path) -> dict[str, str]:
    """An address of a migrated, empty database of this worker, by kind."""
    urls = {"sqlite": f"sqlite:///{folder / 'test.db'}"}
    _migrate(make_settings(urls["sqlite"], folder))
    pattern = pytestconfig.stash[_address]
    if pattern:
        import psycopg

        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        name = f"cop_{worker}"
        admin = pattern.format("postgres").replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_advisory_lock(1)"
            )  # a template is cloned by one at a time
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE cop_template")
        urls["postgresql"] = pattern.format(name)
    return urls


@pytest.fixture(scope="session")
def _apps() -> Iterator[dict[str, Flask]]:
    apps: dict[str, Flask] = {}
    yield apps
    for app in apps.values():
        with app.app_context():
            db.engine.dispose()


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> str:
    """Which database this test runs on: every test that stores something runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def app(
    database: str, database_urls: dict[str, str], _apps: dict[str, Flask], folder: Path
) -> Iterator[Flask]:
    """The application on an empty, migrated database; emptied again after the test."""
    if database not in database_urls:
        pytest.skip("PostgreSQL could not be started on this machine")
    if database not in _apps:
        data = folder / database
        data.mkdir(exist_ok=True)
        _apps[database] = create_app(make_settings(database_urls[database], data))
        with _apps[database].app_context():
            event.listen(db.engine, "connect", _turn_around)
            event.listen(db.engine, "before_cursor_execute", refuse_uncorrelated)
    app = _apps[database]
    limiter.enabled = False  # one limiter serves all apps here; who needs its limits turns them on
    with app.app_context():
        yield app
        db.session.remove()
        empty(app)


@pytest.fixture
def commands_here(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[ModuleType], None]:
    """`commands_here(module)`: its commands run in this process, on the test's application.

    They don't let go of its connections at their end: the test may still hold one, which would
    then be closed by nobody.
    """

    def here(module: ModuleType) -> None:
        monkeypatch.setattr(module, "create_app", lambda: app)
        monkeypatch.setattr(db.engine, "dispose", lambda: None)

    return here


@pytest.fixture
def limits(app: Flask, browser: type[Browser]) -> Iterator[None]:
    """The same site with its limits on, which other tests do without."""
    browser.app = create_app(replace(app.config["SETTINGS"], env="development"))
    yield
    limiter.enabled = False
    with browser.app.app_context():
        db.engine.dispose()
    browser.app = app


def _turn_around(connection: Any, _record: Any) -> None:
    """Rows that nobody asked an order for come in another one here, so that no test or page
    leans on the order they were written in (which PostgreSQL does not keep either)."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects = ON")


def empty(app: Flask) -> None:
    """In one go: some two hundred statements one by one take longer than most tests."""
    connection = db.engine.raw_connection()
    try:
        raw: Any = connection.driver_connection
        if isinstance(raw, sqlite3.Connection):
            later = "PRAGMA defer_foreign_keys=ON"
            raw.executescript(f"BEGIN IMMEDIATE; {later}; {_emptying()}; COMMIT")
        else:
            raw.read_only = None  # whoever had it before may only have read
            raw.execute(f"SET LOCAL session_replication_role = replica; {_emptying()}")
            raw.commit()
    finally:
        connection.close()
    data = app.config["SETTINGS"].data_dir
    for name in ("files", "case-keys"):
        shutil.rmtree(data / name, ignore_errors=True)
    (data / site_mark.NAME).unlink(missing_ok=True)


@cache
def _emptying() -> str:
    """Statements that leave the database as migrations made it, in any order of the tables."""
    statements = [
        *(f'DELETE FROM "{name}"' for name in Base.metadata.tables),
        *(f"INSERT INTO {name} SELECT * FROM seed_{name}" for name in BROUGHT),
    ]
    return "; ".join(statements)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session for operations and queries of a test; rolled back at the end."""
    with Session(db.engine, expire_on_commit=False) as made:
        yield made


@pytest.fixture
def now() -> datetime:
    """A fixed moment for operations that take the time."""
    return NOW


@pytest.fixture
def make(app: Flask) -> Factory:
    """Factories: `make.member()`, … each committed, so that every session sees it."""
    return Factory()


@pytest.fixture
def browser(app: Flask) -> type[Browser]:
    """`browser(member)` is that member's browser without scripts; `browser()` a visitor's."""
    Browser.app = app
    return Browser
