"""Runs the migrations against the application's own database."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy.types import TypeDecorator

from cop.platform.db import Base, db
from cop.platform.search.models import not_of_an_engine


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | bool:
    """Our column types stand in migrations as the plain types beneath them."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return (
            f"sa.{item.impl!r}" if not isinstance(item.impl, type) else f"sa.{item.impl.__name__}()"
        )
    return False


def run() -> None:
    arguments = dict(current_app.extensions["migrate"].configure_args)
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            # A batch migration rebuilds a table; with foreign keys on, its rows' children would go.
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            include_name=not_of_an_engine,
            **arguments,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run()
