"""`cop cases`: nothing here reads or prints a word of any case."""

from collections import Counter

import click

from cop import create_app
from cop.cases import keeping, own_keys
from cop.platform import clock
from cop.platform.db import db, unit_of_work


@click.group()
def cases() -> None:
    """Look after cases without reading them."""


@cases.command()
def tidy() -> None:
    """Do now what the worker does: end drafts, remove cases at their date, destroy stray keys.

    To be run after bringing back a backup, before anybody comes in: what was withdrawn since that
    backup was made is withdrawn again.
    """
    app = create_app()
    with app.app_context():
        now, done, more = clock.now(), Counter[str](), True
        while more:
            with unit_of_work() as session:
                batch = keeping.a_round(session, now)
            done += batch
            more = keeping.more_is_due(batch)
        with unit_of_work() as session:
            keys = own_keys.sweep(session)
        click.echo(
            f"Authors warned: {done['warned']}. Drafts ended: {done['ended']}. "
            f"Cases removed: {done['removed']}, withdrawn again: {done['withdrawn']}. "
            f"Stray keys destroyed: {keys}."
        )
        db.engine.dispose()
