"""What becomes of a message on its way out: sent, tried again later, or given up."""

import logging
import os
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.mail.connecting import CLOSING, Refusal
from cop.platform.mail.events import MailGivenUp
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import MAX_ATTEMPTS, emit

GIVE_UP_AFTER = timedelta(days=4)  # RFC 5321 4.5.4.1: at least four to five days

# A message whose end is known holds on to nothing.
_FREE = {"claimed_by": None, "claimed_until": None, "content_id": None, "begun_at": None}

log = logging.getLogger("cop.mail")


def waiting() -> ColumnElement[bool]:
    """Neither sent nor given up."""
    return and_(OutgoingMail.sent_at.is_(None), OutgoingMail.dead_at.is_(None))


def backoff(attempts: int) -> timedelta:
    """None yet: at once. Then one minute, doubled each time, at most four hours."""
    return timedelta(minutes=min(2 ** min(attempts - 1, 8), 240) if attempts > 0 else 0)


@dataclass(slots=True)
class Heard:
    """What one mailer heard from the server, by which it tells a message from the site.

    Attributes:
        taken_at: when the server took a message last.
        refused: stands for the words it refused last, after it had heard them.
        given_up: and these were given up.
        doubts: how many different ones it refused since it took one.
    """

    taken_at: datetime | None = None
    refused: int | None = None
    given_up: bool = False
    doubts: int = 0

    def taken(self, now: datetime) -> None:
        self.taken_at, self.refused, self.given_up, self.doubts = now, None, False, 0

    def doubted(self, words: int, given_up: bool) -> None:
        self.doubts += self.refused != words
        self.refused, self.given_up = words, given_up


def store(
    session: Session,
    mail_id: int,
    refusal: Refusal | None,
    heard: Heard,
    name: str,
    now: datetime,
) -> None:
    """The server took the message, or refused it with this: for now, or for good.

    What it refuses for good after it heard the message (RFC 5321 4.2.1) is tried once more, since
    some servers say so of the site. Refused again, and something else taken meanwhile, it is given
    up; and if the next who gets the same words is refused as well, so are these for everybody.
    What is refused because of the site and not of this message or its recipient is never for good:
    an administrator mends the settings, and nothing that was due is lost.

    Args:
        heard: what the server said before, to which this is added.
        name: of the mailer that sent it.
    """
    change = update(OutgoingMail).where(OutgoingMail.id == mail_id)
    if refusal is None:
        session.execute(change.values(**_FREE, sent_at=now, error=None))
        return heard.taken(now)
    row = session.execute(
        select(
            OutgoingMail.attempts,
            OutgoingMail.created_at,
            OutgoingMail.try_at,
            OutgoingMail.content_id,
            OutgoingMail.error,
        ).where(OutgoingMail.id == mail_id)
    ).one_or_none()
    if row is None:
        return None
    words, tried = row.content_id or -mail_id, row.attempts + 1
    values = _FREE | {"attempts": tried, "error": f"SMTP {refusal.shown}"}
    of_words = refusal.of_content and refusal.unsure and refusal.code != CLOSING
    twice = (
        of_words
        and refusal.permanent
        and row.attempts > 0
        and (row.error or "").startswith("SMTP 5")
        and heard.taken_at is not None
        and heard.taken_at > row.try_at - backoff(row.attempts)
    )
    if refusal.lasts or twice or now - row.created_at > GIVE_UP_AFTER:
        session.execute(change.values(**values, dead_at=now))
        if refusal.of_recipient:
            lasting = refusal.address_fails
            given_up = MailGivenUp(mail_id=mail_id, permanent=lasting, code=refusal.status)
            emit(session, given_up, now)
    else:
        # Where only the connection ended, the others go first, and then it is tried again.
        later = backoff(tried - 1 if refusal.code == CLOSING else tried)
        session.execute(change.values(**values, try_at=now + later))
    if of_words and heard.refused == words:
        _of_all(session, words, name, twice and heard.given_up, now + backoff(tried), now)
    if refusal.unsure and refusal.code != CLOSING:
        heard.doubted(words, twice)
    return None


def _of_all(
    session: Session, content_id: int, name: str, ends: bool, until: datetime, now: datetime
) -> None:
    """Two who get the same were refused: the others wait as long, or are given up with them, but
    for what another mailer has at hand."""
    same = and_(
        OutgoingMail.content_id == content_id,
        waiting(),
        or_(OutgoingMail.claimed_by.is_(None), OutgoingMail.claimed_by == name),
    )
    free = {"claimed_by": None, "claimed_until": None}
    if ends:
        session.execute(update(OutgoingMail).where(same).values(**_FREE, dead_at=now))
        return
    session.execute(update(OutgoingMail).where(same).values(**free, try_at=until))
    old = OutgoingMail.created_at < now - GIVE_UP_AFTER
    session.execute(update(OutgoingMail).where(same, old).values(dead_at=now))


def lost(mail_id: int, reason: str, now: datetime) -> None:
    """The connection ended in the middle of a message, and nobody knows whether it was taken.

    It goes again as it is, after others: a message at which a server hangs up holds up nobody.
    """
    with unit_of_work() as session:
        row = session.execute(
            select(OutgoingMail.attempts, OutgoingMail.created_at).where(OutgoingMail.id == mail_id)
        ).one_or_none()
        if row is None:
            return
        old = now - row.created_at > GIVE_UP_AFTER
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.id == mail_id)
            .values(
                attempts=row.attempts + 1,
                try_at=now + backoff(row.attempts),
                error=reason,
                dead_at=now if old else None,
                claimed_by=None,
                claimed_until=None,
            )
        )


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
                begun_at=None,
                claimed_by=None,
                claimed_until=None,
            )
        )
