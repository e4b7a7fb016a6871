"""`cop digest`: send the digests that are due, and watch them go."""

import json
import sys
import time

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop import create_app
from cop.notifications import digests
from cop.notifications.models import MailPreference
from cop.platform import clock
from cop.platform.db import db, reading, unit_of_work
from cop.platform.mail.engine import Mailer
from cop.platform.mail.models import OutgoingMail
from cop.platform.web import settings
from cop.platform.worker import Name

TRIES = 6  # without an answer from the mail server; about a minute


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say how many are due.")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program.")
def digest(dry_run: bool, as_json: bool) -> None:
    """Send every digest that is due now, beside the workers or without one.

    Digests without news are not sent. What the mail server refuses for now, a worker tries later.
    """
    app = create_app()
    with app.app_context():
        name = Name(settings().data_dir / "workers")
        mailer = Mailer(name.text, kind=digests.KIND)
        try:
            planned = _due() if dry_run else _plan()
            total = _waiting()
            if not dry_run:
                mailer.take_over()
                _send(mailer, total)
            left = _waiting()
        finally:
            mailer.close()
            name.release()
            db.engine.dispose()
        handled = 0 if dry_run else max(0, total - left)
        said = {"due": planned + (total if dry_run else 0), "handled": handled, "left": left}
        click.echo(json.dumps(said) if as_json else _summary(said, dry_run))
        if not dry_run and not mailer.reachable:
            raise click.ClickException("the mail server does not answer; the rest goes out later")


def _summary(said: dict[str, int], dry_run: bool) -> str:
    if dry_run:
        return f"{said['due']} digests are due."
    return f"{said['handled']} digests handled, {said['left']} left."


def _due() -> int:
    with reading() as session:
        found = session.scalar(
            select(func.count())
            .select_from(MailPreference)
            .where(MailPreference.next_at <= clock.now())
        )
        return found or 0


def _plan() -> int:
    """Plan all that are due; how many."""
    planned = 0
    while True:
        with unit_of_work() as session:
            more = digests.plan(session, clock.now())
        planned += more
        if more < digests.PLAN_AT_ONCE:
            return planned


def _waiting() -> int:
    """Digests that could go out now."""
    with reading() as session:
        return _count(session)


def _count(session: Session) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(OutgoingMail)
        .where(
            OutgoingMail.kind == digests.KIND,
            OutgoingMail.sent_at.is_(None),
            OutgoingMail.dead_at.is_(None),
            OutgoingMail.try_at <= clock.now(),
        )
    )
    return found or 0


def _send(mailer: Mailer, total: int) -> None:
    """Send until nothing is left, or the server has not answered for a while."""
    silent = 0
    with click.progressbar(length=total, label="digests", file=sys.stderr) as bar:
        while silent < TRIES:
            done = mailer.step()
            if done:
                silent = 0
                bar.update(done)
            elif mailer.reachable:
                return
            else:
                silent += 1
                time.sleep(min(2**silent / 2, 15))
