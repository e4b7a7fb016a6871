"""Migrations go up and down, and what they make is what the models say."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

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
