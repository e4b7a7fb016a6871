"""Migrations go up and down, and what they make is what the models say."""

import importlib.util
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, text

from cop import create_app
from cop.platform.db import Base, db
from cop.platform.search.models import not_of_an_engine
from tests.conftest import make_settings

OPTIONS = {"compare_type": True, "include_name": not_of_an_engine}
MIGRATIONS = str(Path(__file__).parent.parent.parent / "migrations")


@pytest.fixture
def empty_url(database: str, database_urls: dict[str, str], tmp_path: Path) -> str:
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    if "postgresql" not in database_urls:
        pytest.skip("PostgreSQL could not be started on this machine")
    import psycopg

    base, _, rest = database_urls["postgresql"].partition("?")
    name = f"{base.rsplit('/', 1)[1]}_empty"
    admin = database_urls["postgresql"].replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return f"{base.rsplit('/', 1)[0]}/{name}?{rest}"


def test_up_without_drift_and_down_again(empty_url: str, tmp_path: Path) -> None:
    app = create_app(make_settings(empty_url, tmp_path))
    with app.app_context():
        upgrade(directory=MIGRATIONS)
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts=OPTIONS)
            assert compare_metadata(context, Base.metadata) == []
        downgrade(directory=MIGRATIONS, revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade(directory=MIGRATIONS)
        db.engine.dispose()


def test_no_table_gives_a_number_out_twice(app) -> None:
    """PostgreSQL never does; SQLite needs to be told for each."""
    if db.engine.dialect.name != "sqlite":
        return
    with db.engine.connect() as connection:
        made = dict(
            connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            ).all()
        )
    numbered = {
        table.name
        for table in Base.metadata.tables.values()
        if [c.name for c in table.primary_key.columns] == ["id"] and table.name in made
    }
    assert len(numbered) > 90
    assert {name for name in numbered if "AUTOINCREMENT" not in made[name]} == set()


def test_tables_of_before_no_longer_do_either(tmp_path: Path) -> None:
    """By a change of the schema alone: rows, indexes and what refers to them stay."""
    path = Path(MIGRATIONS) / "versions" / "20261122_1345_numbers.py"
    spec = importlib.util.spec_from_file_location("never_again", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")

    def newest(connection) -> int:
        connection.execute(text("INSERT INTO thing (name) VALUES ('x')"))
        return connection.scalar(text("SELECT max(id) FROM thing"))

    with engine.connect() as connection:
        connection.execute(
            text(
                "CREATE TABLE thing (id INTEGER NOT NULL, name TEXT, under_id INTEGER, "
                "CONSTRAINT pk_thing PRIMARY KEY (id), "
                "CONSTRAINT fk_under FOREIGN KEY(under_id) REFERENCES thing (id))"
            )
        )
        connection.execute(text("CREATE INDEX ix_thing_name ON thing (name)"))
        connection.execute(text("INSERT INTO thing (id, name) VALUES (7, 'old')"))
        connection.commit()
        with Operations.context(MigrationContext.configure(connection)):
            module.upgrade()
            connection.commit()
            assert newest(connection) == 8
            connection.execute(text("DELETE FROM thing WHERE id = 8"))
            assert newest(connection) == 9
            connection.commit()
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert connection.scalar(text("SELECT name FROM thing WHERE id = 7")) == "old"
            module.downgrade()
            connection.commit()
            connection.execute(text("DELETE FROM thing WHERE id = 9"))
            assert newest(connection) == 8
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
    engine.dispose()


def test_rows_of_the_index_are_narrow_on_postgresql(app) -> None:
    """Else each that is asked who may find it is a page to read (a third of a search's time)."""
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        kept = "SELECT reloptions FROM pg_class WHERE relname = 'search_entry'"
        assert connection.scalar(text(kept)) == ["toast_tuple_target=128"]
