"""Fetching mail from a mailbox by IMAP (RFC 9051, and its older form).

A message is taken in by its bytes, and the database knows which it has had; marking and moving it
afterwards only saves looking at it again. So a crash in between, or two of these at once, take
nothing in twice, and one message that cannot be read never keeps the others waiting.
"""

import imaplib
import logging
import re
import signal
import ssl
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from cop.config import Imap
from cop.incoming.delivering import ours
from cop.incoming.envelope import LARGEST
from cop.incoming.models import Outcome
from cop.incoming.receiving import receive, receive_head

TIMEOUT_SECONDS = 60
AT_ONCE = 200  # messages that one look takes in
MOST_LEFT = 1000  # messages that must wait, after which a look ends
MOST_BREAKS = 20  # after which it looks again later

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Looked:
    """What became of one look: how many were taken in, how many are to be tried again, and which.

    Attributes:
        failed: uids of those.
    """

    taken: int = 0
    left: int = 0
    failed: set[bytes] = field(default_factory=set)


@contextmanager
def mailbox(where: Imap) -> Iterator[imaplib.IMAP4]:
    """The mailbox, opened; certificates are checked."""
    secure = ssl.create_default_context()
    server: imaplib.IMAP4
    if where.security == "tls":
        server = imaplib.IMAP4_SSL(
            where.host, where.port, ssl_context=secure, timeout=TIMEOUT_SECONDS
        )
    else:
        server = imaplib.IMAP4(where.host, where.port, timeout=TIMEOUT_SECONDS)
    try:
        if where.security == "starttls":
            server.starttls(secure)
        server.login(where.username, where.password)
        # Before the login many servers (Dovecot) do not say that they can move.
        said = b" ".join(part for part in _done(server.capability()) if part)
        server.capabilities = tuple(said.decode("ascii", "replace").upper().split())
        _done(server.select(_quoted(where.folder)))
        yield server
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()
        with suppress(OSError):  # a connection that was lost is closed as well
            server.shutdown()


def look(where: Imap, failed: Collection[bytes] = ()) -> Looked:
    """Take in what is new. Where the connection breaks at one message, it goes on behind it.

    Args:
        failed: uids that could not be taken in at an earlier look; they come last.

    Raises:
        OSError, imaplib.IMAP4.error: the mailbox cannot be reached or opened.
    """
    looked = Looked()
    tried: set[bytes] = set()
    for _connection in range(MOST_BREAKS):
        before = len(tried)
        try:
            with mailbox(where) as server:
                _look(server, where, looked, tried, failed)
            return looked
        except (OSError, imaplib.IMAP4.abort) as error:
            if len(tried) == before:
                raise
            log.warning("the mailbox broke off at a message: %s", type(error).__name__)
    return looked


def _look(
    server: imaplib.IMAP4,
    where: Imap,
    looked: Looked,
    tried: set[bytes],
    failed: Collection[bytes],
) -> None:
    found = _done(server.uid("SEARCH", "UNSEEN", "UNDELETED"))
    uids = (found[0] or b"").split()
    for uid in sorted(uids, key=lambda uid: uid in failed):
        # Those that must wait for another try take no other's place.
        if looked.taken == AT_ONCE or looked.left == MOST_LEFT:
            return
        if uid in tried:
            continue
        tried.add(uid)
        looked.failed.add(uid)
        looked.left += 1
        try:
            done = _take_in(server, uid.decode())
            if done:
                looked.taken, looked.left = looked.taken + 1, looked.left - 1
                looked.failed.discard(uid)
                _put_away(server, uid.decode(), where.done)
        except (OSError, imaplib.IMAP4.abort):
            raise
        except Exception as error:
            log.warning("a message could not be taken in: %s", type(error).__name__)


def _take_in(server: imaplib.IMAP4, uid: str) -> bool:
    """Whether it needs no other try."""
    sizes = _done(server.uid("FETCH", uid, "(RFC822.SIZE)"))
    match = re.search(rb"RFC822\.SIZE (\d+)", _bytes(sizes))
    size = int(match[1]) if match else 0
    # Of one that is too large only the head is fetched, so that its sender can be answered.
    what = "(BODY.PEEK[])" if size <= LARGEST else "(BODY.PEEK[HEADER])"
    raw = _literal(_done(server.uid("FETCH", uid, what)))
    if not raw:
        return False
    outcomes = [
        receive(raw, address, None) if size <= LARGEST else receive_head(raw, address, size)
        for address in ours(raw[:256_000])
    ]
    return Outcome.FAILED not in outcomes


def _put_away(server: imaplib.IMAP4, uid: str, folder: str) -> None:
    _done(server.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)"))
    if not folder:
        return
    moves = "MOVE" in server.capabilities
    if not _bring(server, "MOVE" if moves else "COPY", uid, folder):
        return  # it stays, marked as seen: it was taken in all the same
    if moves:
        return
    _done(server.uid("STORE", uid, "+FLAGS.SILENT", "(\\Deleted)"))
    if "UIDPLUS" in server.capabilities:
        _done(server.uid("EXPUNGE", uid))


def _bring(server: imaplib.IMAP4, how: str, uid: str, folder: str) -> bool:
    """Move or copy to the folder, which is made when it is not there; whether it went."""
    status, _data = server.uid(how, uid, _quoted(folder))
    if status != "OK":
        server.create(_quoted(folder))
        status, _data = server.uid(how, uid, _quoted(folder))
    if status != "OK":
        log.warning("the folder for what was taken in cannot be used (done= in COP_IMAP_URL)")
    return status == "OK"


def run(where: Imap, every: int) -> None:
    """Look again and again, until the process is told to stop."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    failed: Collection[bytes] = ()
    while not stopping.is_set():
        try:
            failed = look(where, failed).failed
        except (OSError, imaplib.IMAP4.error) as error:
            log.warning("the mailbox cannot be reached: %s", type(error).__name__)
        except Exception as error:
            log.error("a look at the mailbox went wrong: %s", type(error).__name__)
        stopping.wait(every)


def _done(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(status)
    return data


def _bytes(data: list[Any]) -> bytes:
    found = b""
    for item in data:
        if isinstance(item, tuple):
            found += b" ".join(part for part in item if isinstance(part, bytes))
        elif isinstance(item, bytes):
            found += item
    return found


def _literal(data: list[Any]) -> bytes:
    """The message among the answer's lines."""
    for item in data:
        if isinstance(item, tuple) and len(item) > 1 and isinstance(item[1], bytes):
            return item[1]
    return b""


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
