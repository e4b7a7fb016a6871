"""`cop digest`: send the digests that are due, and watch them go."""

import json
import sys
import time
from datetime import datetime

import click
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from cop import create_app
from cop.members.models import Member, MemberState
from cop.notifications import digest_planning, digests
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
        if dry_run:
            due = _due() + _waiting()
            click.echo(json.dumps({"due": due}) if as_json else f"{due} digests are due.")
            return
        name = Name(settings().data_dir / "workers")
        mailer = Mailer(name.text, kind=digests.KIND)
        begun = clock.now()
        try:
            _plan()
            total = _waiting()
            mailer.take_over()
            _send(mailer, total)
            said = {"due": total} | _became(total, begun)
        finally:
            mailer.close()
            name.release()
            db.engine.dispose()
        click.echo(json.dumps(said) if as_json else _summary(said))
        if settings().smtp is None:
            raise click.ClickException("COP_SMTP_URL is not set: no mail leaves this machine")
        if not mailer.reachable:
            raise click.ClickException("the mail server does not answer; the rest goes out later")


def _summary(said: dict[str, int]) -> str:
    return (
        f"{said['sent']} digests sent, {said['without_news']} without news, "
        f"{said['refused']} refused, {said['left']} left."
    )


def _due() -> int:
    """Of how many members the hour has come."""
    with reading() as session:
        found = session.scalar(
            select(func.count())
            .select_from(MailPreference)
            .join(Member, Member.id == MailPreference.member_id)
            .where(MailPreference.next_at <= clock.now(), Member.state == MemberState.ACTIVE)
        )
        return found or 0


def _plan() -> None:
    """Plan all that are due."""
    while True:
        with unit_of_work() as session:
            if digest_planning.plan(session, clock.now()) < digest_planning.PLAN_AT_ONCE:
                return


def _waiting() -> int:
    """Digests that could go out now."""
    with reading() as session:
        return _count(
            session,
            OutgoingMail.sent_at.is_(None),
            OutgoingMail.dead_at.is_(None),
            OutgoingMail.try_at <= clock.now(),
        )


def _became(total: int, begun: datetime) -> dict[str, int]:
    """What became of so many that were due, whoever sent them."""
    with reading() as session:
        waits = and_(OutgoingMail.sent_at.is_(None), OutgoingMail.dead_at.is_(None))
        sent = _count(session, OutgoingMail.sent_at >= begun)
        refused = _count(session, OutgoingMail.dead_at >= begun)
        refused += _count(session, waits, OutgoingMail.try_at > clock.now())
        left = _count(session, waits, OutgoingMail.try_at <= clock.now())
    return {
        "sent": sent,
        "without_news": max(0, total - sent - refused - left),
        "refused": refused,
        "left": left,
    }


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    found = session.scalar(
        select(func.count())
        .select_from(OutgoingMail)
        .where(OutgoingMail.kind == digests.KIND, *conditions)
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
            elif not mailer.reachable:
                silent += 1
                time.sleep(min(2**silent / 2, 15))
            elif settings().smtp is None or not _waiting():
                return
            else:  # a worker has them, or it is not yet their turn by the site's rate
                time.sleep(0.5)
