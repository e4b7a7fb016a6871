"""What becomes of a message on its way out: sent, tried again later, or given up."""

import logging
import os
import traceback
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.mail.connecting import Refusal
from cop.platform.mail.events import MailGivenUp
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import MAX_ATTEMPTS, emit

GIVE_UP_AFTER = timedelta(days=4)  # RFC 5321 4.5.4.1: at least four to five days

log = logging.getLogger("cop.mail")


def waiting() -> ColumnElement[bool]:
    """Neither sent nor given up."""
    return and_(OutgoingMail.sent_at.is_(None), OutgoingMail.dead_at.is_(None))


def backoff(attempts: int) -> timedelta:
    """One minute, doubled each time, at most four hours."""
    return timedelta(minutes=min(2 ** max(0, attempts - 1), 240))


def store(session: Session, mail_id: int, refusal: Refusal | None, now: datetime) -> None:
    """The server took the message, or refused it with this: for now, or for good.

    What it refuses because of the site and not because of this message or its recipient is never
    for good: an administrator mends the settings, and nothing that was due is lost.
    """
    change = update(OutgoingMail).where(OutgoingMail.id == mail_id)
    free = {"claimed_by": None, "claimed_until": None, "content_id": None}
    if refusal is None:
        session.execute(change.values(**free, sent_at=now, error=None))
        return
    row = session.execute(
        select(OutgoingMail.attempts, OutgoingMail.created_at).where(OutgoingMail.id == mail_id)
    ).one_or_none()
    if row is None:
        return
    tried = row.attempts + 1
    values = free | {"attempts": tried, "error": f"SMTP {refusal.shown}"}
    lasts = refusal.permanent and not refusal.of_site
    if lasts or now - row.created_at > GIVE_UP_AFTER:
        session.execute(change.values(**values, dead_at=now))
        if refusal.of_recipient:
            lasting = refusal.address_fails
            given_up = MailGivenUp(mail_id=mail_id, permanent=lasting, code=refusal.status)
            emit(session, given_up, now)
    else:
        session.execute(change.values(**values, try_at=now + backoff(tried)))


def note_pause(name: str, reason: str) -> None:
    """The server cannot be reached: what this mailer holds waits, what is too old is given up."""
    now = clock.now()
    with unit_of_work() as session:
        mine = and_(OutgoingMail.claimed_by == name, waiting())
        session.execute(update(OutgoingMail).where(mine).values(error=reason))
        old = OutgoingMail.created_at < now - GIVE_UP_AFTER
        session.execute(update(OutgoingMail).where(mine, old).values(dead_at=now))


def note_fault(mail_id: int, error: Exception) -> None:
    """A message that cannot be made: a fault of ours. Its values stay out of the log."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    reason = f"{type(error).__name__} at {os.path.basename(where.filename)}:{where.lineno}"
    log.error("mail %s cannot be made: %s", mail_id, reason)
    now = clock.now()
    with unit_of_work() as session:
        tried = session.scalar(select(OutgoingMail.attempts).where(OutgoingMail.id == mail_id))
        tried = (tried or 0) + 1
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == mail_id)
            .values(
                attempts=tried,
                error=reason[:300],
                try_at=now + backoff(tried),
                dead_at=now if tried >= MAX_ATTEMPTS else None,
                claimed_by=None,
                claimed_until=None,
            )
        )
