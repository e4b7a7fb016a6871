"""`cop cases`: nothing here reads or prints a word of any case."""

import click

from cop import create_app
from cop.cases import keeping, own_keys, sharing
from cop.platform import clock
from cop.platform.db import db, unit_of_work


@click.group()
def cases() -> None:
    """Look after cases without reading them."""


@cases.command()
def tidy() -> None:
    """Do now what the worker does: end drafts, remove cases at their date, destroy stray keys.

    To be run after bringing back a backup.
    """
    app = create_app()
    with app.app_context():
        now = clock.now()
        with unit_of_work() as session:
            warned = keeping.warn(session, now)
            ended = keeping.end_drafts(session, now)
            removed = sharing.remove_due(session, now)
            keeping.forget_orphans(session, now)
        with unit_of_work() as session:
            keys = own_keys.sweep(session)
        click.echo(
            f"Authors warned: {warned}. Drafts ended: {ended}. Cases removed: {removed}. "
            f"Stray keys destroyed: {keys}."
        )
        db.engine.dispose()
