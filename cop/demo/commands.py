"""`cop demo`."""

import time

import click
from sqlalchemy import select, text

from cop import create_app
from cop.demo import multiply
from cop.demo.build import build, is_empty
from cop.members.models import Member, Persona, PersonaKind
from cop.platform import clock
from cop.platform.db import db, is_sqlite, reading, unit_of_work
from cop.platform.search import indexing


@click.command()
@click.option("--size", type=click.Choice(["small", "large"]), default="small", show_default=True)
@click.option("--if-empty", is_flag=True, help="Do nothing when there are members already.")
def demo(size: str, if_empty: bool) -> None:
    """Fill an empty database with an invented community."""
    app = create_app()
    with app.app_context():
        if if_empty:
            with reading() as session:
                if not is_empty(session):
                    return
        began = time.monotonic()
        with unit_of_work() as session:
            builder = build(session, clock.now())
            if size == "large":
                with click.progressbar(length=multiply.TOTAL, label="posts") as bar:
                    multiply.multiply(builder, bar.update)
        if size == "large":
            with click.progressbar(label="search", length=multiply.TOTAL // 10) as bar:
                indexing.rebuild(bar.update)
        with unit_of_work() as session:
            session.execute(text("PRAGMA optimize" if is_sqlite(session) else "ANALYZE"))
        click.echo(f"The demo community is there ({time.monotonic() - began:.0f} s).", err=True)
        db.engine.dispose()


def people_to_sign_in_as() -> list[tuple[str, str]]:
    """(name, hint) of the demo members whom one can sign in as. Needs an application context."""
    with reading() as session:
        rows = session.execute(
            select(Persona.name, Member.demo_hint)
            .join(Member, Member.id == Persona.member_id)
            .where(Persona.kind == PersonaKind.SELF, Member.demo_hint.is_not(None))
            .order_by(Persona.sort_key)
        )
        return [(row.name, row.demo_hint or "") for row in rows]
