"""The database's version: which migrations it has had, and taking it up or down."""

from dataclasses import dataclass

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from cop.platform.web import TOP

MIGRATIONS = str(TOP / "migrations")


@dataclass(frozen=True, slots=True)
class Revisions:
    """Where a database is and where it should be.

    Attributes:
        current: None for a database without tables; also when it cannot be reached.
        problem: why it could not be asked, without the address.
    """

    current: str | None
    head: str | None
    problem: str | None = None


def revisions(url: str) -> Revisions:
    """Ask the database which migrations it has had; changes nothing."""
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    head = ScriptDirectory.from_config(config).get_current_head()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        return Revisions(None, head, f"it does not answer ({type(error.orig).__name__})")
    finally:
        engine.dispose()
    return Revisions(current, head)


def at_head(found: Revisions) -> bool:
    return found.problem is None and found.current == found.head
