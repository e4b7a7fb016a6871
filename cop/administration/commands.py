"""`cop check` and `cop db`."""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict

import click
from flask_migrate import downgrade, upgrade

from cop import create_app
from cop.administration.checks import Finding, Setting, look, settings_report
from cop.administration.database import MIGRATIONS, revisions
from cop.config import load

MARKS = {True: "ok   ", False: "WRONG", None: "note "}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def check(as_json: bool) -> None:
    """Say what is set, and what is wrong with it."""
    variables, settings = settings_report(os.environ)
    findings = look(create_app(settings), settings) if settings is not None else []
    wrong = [v.name for v in variables if v.problem] + [f.name for f in findings if f.ok is False]
    if as_json:
        report = {
            "ok": not wrong,
            "settings": [asdict(v) for v in variables],
            "checks": [asdict(f) for f in findings],
        }
        click.echo(json.dumps(report, indent=2))
    else:
        _print(variables, findings)
    if wrong:
        raise click.ClickException(f"wrong: {', '.join(wrong)}")


def _print(variables: list[Setting], findings: list[Finding]) -> None:
    width = max(len(v.name) for v in variables)
    for v in variables:
        mark = MARKS[False] if v.problem else MARKS[True] if v.value else "-    "
        says = f"{v.value or 'not set'}: {v.problem}" if v.problem else v.value or v.what_for
        click.echo(f"{mark} {v.name:{width}}  {says}")
    click.echo()
    for f in findings:
        click.echo(f"{MARKS[f.ok]} {f.name:{width}}  {f.says}")


@click.group(name="db")
def database() -> None:
    """Take the database up or down to a version."""


@database.command(name="upgrade")
@click.argument("revision", default="head")
def upgrade_(revision: str) -> None:
    """Bring the database up to date; makes the tables of an empty one."""
    _migrate(upgrade, revision)


@database.command(name="downgrade")
@click.argument("revision", default="-1")
@click.option("--yes", is_flag=True, help="Do not ask; what the newer tables hold is lost.")
def downgrade_(revision: str, yes: bool) -> None:
    """Take back the last migration, or all after REVISION ('base': everything)."""
    if not yes:
        click.confirm("What the newer tables and columns hold is lost. Go on?", abort=True)
    _migrate(downgrade, revision)


@database.command()
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def current(as_json: bool) -> None:
    """Say which version the database has, and which the code wants."""
    found = revisions(load().database_url)
    if found.problem:
        raise click.ClickException(f"COP_DATABASE_URL: {found.problem}")
    if as_json:
        click.echo(json.dumps({"current": found.current, "head": found.head}))
    else:
        click.echo(f"database: {found.current or 'empty'}\ncode:     {found.head}")


def _migrate(step: Callable[..., None], revision: str) -> None:
    settings = load()
    before = revisions(settings.database_url)
    if before.problem:
        raise click.ClickException(f"COP_DATABASE_URL: {before.problem}")
    app = create_app(settings)
    logging.getLogger("flask_migrate").disabled = True  # what it would log is said below
    with app.app_context():
        try:
            step(directory=MIGRATIONS, revision=revision)
        except SystemExit:  # Flask-Migrate's way to say that alembic refused
            raise click.ClickException(f"no migration is named {revision}") from None
    after = revisions(settings.database_url)
    if before.current == after.current:
        click.echo(f"The database is at {after.current or 'nothing'} already.")
    else:
        click.echo(f"The database went from {before.current or 'nothing'} to {after.current}.")
