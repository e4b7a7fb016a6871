"""Taking in one mail: once, whatever happens, with an outcome that is remembered.

Whoever brings it (a pipe, LMTP, a mailbox) calls `receive` and answers its mail server by what it
returns. A mail is taken apart before the transaction begins, so that a slow one never keeps
others from writing. What goes wrong unforeseen is recorded and given back for a later try.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from cop.incoming import oversized, routing
from cop.incoming.earlier import target_of
from cop.incoming.envelope import LARGEST, Incoming, digest, open_mail, source_key
from cop.incoming.models import IncomingMail, Outcome, Reason, Route
from cop.incoming.unpacking import Unpacked, unpack
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.web import settings

log = logging.getLogger(__name__)


def receive(
    raw: bytes, recipient: str, envelope_from: str | None, now: datetime | None = None
) -> Outcome:
    """Take in one mail for one address.

    Args:
        envelope_from: from the SMTP envelope, '' for a bounce; None when nobody says.
        now: when it counts as received; the moment at which its transaction begins.

    Returns:
        What became of it. REFUSED: give it back for good; FAILED: give it back for now.
    """
    try:
        return _take_in(raw, recipient, envelope_from, now)
    except OperationalError:
        log.warning("the database does not answer: a mail is given back for now")
        return Outcome.FAILED


def _take_in(
    raw: bytes, recipient: str, envelope_from: str | None, now: datetime | None
) -> Outcome:
    if len(raw) > LARGEST:
        key = source_key(raw[:100_000], recipient)
        _note(key, len(raw), Outcome.REFUSED, Reason.TOO_LARGE, "", now)
        return Outcome.REFUSED
    try:
        mail = open_mail(raw, recipient, envelope_from, settings().mail_authserv)
        unpacked = unpack(mail, now or clock.now())
        with unit_of_work() as session:
            return _receive(session, mail, unpacked, now)
    except OperationalError:
        raise
    except Exception as error:
        return _broken(raw, recipient, len(raw), error, now)


def receive_head(head: bytes, recipient: str, size: int) -> Outcome:
    """Take in one mail that lies in a mailbox and is too large to be fetched: its head only.

    No mail server gives it back to its sender, so an answer says what became of it.

    Args:
        size: of the whole, in bytes.
    """
    try:
        mail = open_mail(head, recipient, None, settings().mail_authserv)
        with unit_of_work() as session:
            before = _before(session, mail.source_key)
            if before is not None and before.outcome != Outcome.FAILED:
                return Outcome.DUPLICATE
            now = clock.now()
            entry = _entry(session, mail, before, size, now)
            oversized.answer(session, mail, entry, now)
            return Outcome(entry.outcome)
    except OperationalError:
        log.warning("the database does not answer: a mail is left for now")
        return Outcome.FAILED
    except Exception as error:
        return _broken(head, recipient, size, error, None)


def _broken(
    raw: bytes, recipient: str, size: int, error: Exception, now: datetime | None
) -> Outcome:
    """What could not be taken in stands in the log by the kind of error alone."""
    if isinstance(error, IntegrityError) and _is_there(raw, recipient):
        return Outcome.DUPLICATE  # another process took in the same bytes at this moment
    kind = type(error).__name__
    log.error("a mail could not be taken in: %s", kind)
    _note(source_key(raw, recipient), size, Outcome.FAILED, Reason.BROKEN, kind, now)
    return Outcome.FAILED


def note_too_large(recipients: Sequence[str]) -> None:
    """Remember a mail that was refused while it came, for each to whom it was to go.

    Nothing of it was kept, so not even its true size is known.
    """
    for recipient in recipients:
        key = source_key(uuid4().bytes, recipient)
        _note(key, LARGEST + 1, Outcome.REFUSED, Reason.TOO_LARGE, "", None)


def _before(session: Session, key: str) -> IncomingMail | None:
    return session.scalar(select(IncomingMail).where(IncomingMail.source_key == key))


def _entry(
    session: Session, mail: Incoming, before: IncomingMail | None, size: int, now: datetime
) -> IncomingMail:
    """What is remembered of it, until it is decided about: that it failed."""
    entry = before or IncomingMail(source_key=mail.source_key)
    entry.received_at = now
    entry.message_key = mail.message_key
    entry.target_key = target_of(mail)
    entry.sender_mark = mail.sender_mark
    entry.size = size
    entry.route, entry.outcome, entry.reason, entry.detail = Route.NONE, Outcome.FAILED, "", ""
    session.add(entry)
    session.flush()
    return entry


def _receive(session: Session, mail: Incoming, unpacked: Unpacked, at: datetime | None) -> Outcome:
    before = _before(session, mail.source_key)
    now = at or clock.now()  # it may have waited for others who write
    if before is not None and before.outcome != Outcome.FAILED:
        if before.outcome == Outcome.REFUSED:
            return Outcome.REFUSED
        _again(session, mail, now)
        return Outcome.DUPLICATE
    entry = _entry(session, mail, before, len(mail.raw), now)
    routing.route(session, mail, unpacked, entry, now)
    return Outcome(entry.outcome)


def _is_there(raw: bytes, recipient: str) -> bool:
    """These bytes were taken in before, and something became of them."""
    key = source_key(raw, recipient)
    with reading() as session:
        outcome = session.scalar(select(IncomingMail.outcome).where(IncomingMail.source_key == key))
    return outcome not in (None, Outcome.FAILED)


def _again(session: Session, mail: Incoming, now: datetime) -> None:
    """The very same bytes once more: noted, and nothing else."""
    session.add(
        IncomingMail(
            source_key=digest(mail.source_key.encode(), now.isoformat().encode()),
            received_at=now,
            message_key=mail.message_key,
            target_key=target_of(mail),
            sender_mark=mail.sender_mark,
            size=len(mail.raw),
            route=Route.NONE,
            outcome=Outcome.DUPLICATE,
            reason=Reason.REPLAYED,
        )
    )


def _note(
    key: str, size: int, outcome: Outcome, reason: Reason, detail: str, at: datetime | None
) -> None:
    """Remember a mail that was not looked into."""
    now = at or clock.now()
    with unit_of_work() as session:
        entry = _before(session, key)
        if entry is None:
            entry = IncomingMail(
                source_key=key,
                message_key="",
                target_key="",
                sender_mark="",
                size=size,
                route=Route.NONE,
            )
            session.add(entry)
        entry.received_at, entry.outcome = now, outcome
        entry.reason, entry.detail = reason, detail[:60]
