"""`cop search`: what somebody would find, and the index made anew."""

import json
import sys

import click
from sqlalchemy import select

from cop import create_app
from cop.finding.queries import find
from cop.members.actor import VISITOR, Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.platform import clock
from cop.platform.db import db, reading
from cop.platform.errors import Refused
from cop.platform.search import indexing

MOST = 50


class _Search(click.Group):
    """`cop search rebuild` is a command of its own; whatever else is typed is searched."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in ("rebuild", *ctx.help_option_names):
            args = ["query", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Search, context_settings={"ignore_unknown_options": False})
def search() -> None:
    """Search as somebody would, or make the index anew.

    `cop search [--json] [--as EMAIL] QUERY` prints what that member, or without one a visitor,
    finds: best first. `cop search rebuild` makes the index from the things themselves.
    """


@search.command(hidden=True)
@click.option("--as", "email", metavar="EMAIL", help="As this member; without: as a visitor.")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
@click.option("--most", default=20, show_default=True, type=click.IntRange(1, MOST))
@click.argument("words", nargs=-1, required=True)
def query(email: str | None, as_json: bool, most: int, words: tuple[str, ...]) -> None:
    """What somebody would find, best first."""
    app = create_app()
    with app.app_context(), reading() as session:
        actor = VISITOR
        if email is not None:
            member = session.scalar(
                select(Member).where(
                    Member.email == email.strip().lower(), Member.state == MemberState.ACTIVE
                )
            )
            if member is None:
                raise Refused("there is no active member with that address")
            actor = Actor(member.id, SiteRole(member.site_role))
        results = find(session, actor, " ".join(words), clock.now(), most=most)
        found = results.items
        said = [
            {
                "kind": item.kind,
                "title": item.shown.title,
                "url": item.shown.url,
                "message_id": item.shown.message_id,
            }
            for item in found
        ]
    if results.left_out:
        click.echo(f"So many words; not looked for: {', '.join(results.left_out)}.", err=True)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        for item in found:
            click.echo(f"{item.label}: {item.shown.title}\n  {item.shown.url}\n  {item.text}")
        if not found:
            click.echo("Nothing found.")


@search.command()
def rebuild() -> None:
    """Make the index from the things themselves, at once; by and by the worker does the same."""
    app = create_app()
    with app.app_context():
        with reading() as session:
            total = indexing.how_many(session)
        with click.progressbar(length=total, label="search", file=sys.stderr) as bar:
            done = indexing.rebuild(bar.update)
        db.engine.dispose()
    click.echo(f"{done} documents.", err=True)
