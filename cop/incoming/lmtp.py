"""An LMTP server (RFC 2033): mail servers hand over what is for the lists, one answer each.

For loopback or a Unix socket: there is no sign-in, whoever can connect can hand over mail. What a
mail counts for is decided by its key and by what the mail server found out about its sender.
"""

import asyncio
import logging
import signal
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, AnyStr

import click
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from cop.incoming.envelope import LARGEST
from cop.incoming.models import Outcome
from cop.incoming.receiving import note_too_large, receive
from cop.platform.db import db
from cop.platform.mail.addresses import addresses

SIDE_BY_SIDE = 4
SILENCE_SECONDS = 120  # after which a connection is closed
MOST_CONNECTIONS = 100
STOP_SECONDS = 20
LONGEST_LINE = 16 << 20  # bytes; RFC 5321 says 1,000, programs send whole paragraphs as one

log = logging.getLogger(__name__)

_ANSWERS = {
    Outcome.REFUSED: "550 5.1.1 No such address here",
    Outcome.FAILED: "451 4.3.0 Try again later, please",
}


# How aiosmtpd begins what it answers by itself to a mail that came whole (RFC 2033 4.2), and to
# one whose sender says beforehand how large it is (RFC 1870).
_AFTER_DATA = ("552 Error: Too much mail data", "500 Line too long")
_BEFORE_IT = "552 Error: message size exceeds"


class Handler:
    """What aiosmtpd asks."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(SIDE_BY_SIDE, "lmtp")

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self,
        _server: LMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        with self._app.app_context():
            known = addresses().read(address) is not None
        if not known:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: LMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.original_content or b""
        sender = envelope.mail_from or ""
        loop = asyncio.get_running_loop()
        outcomes = [
            await loop.run_in_executor(self._pool, self._take_in, content, address, sender)
            for address in envelope.rcpt_tos
        ]
        # RFC 2033 4.2: one answer for each recipient that was accepted, in their order.
        return "\r\n".join(_ANSWERS.get(outcome, "250 2.0.0 Taken in") for outcome in outcomes)

    def _take_in(self, content: bytes, address: str, sender: str) -> Outcome:
        with self._app.app_context():
            try:
                return receive(content, address, sender)
            except Exception as error:
                log.error("a mail could not be taken in: %s", type(error).__name__)
                return Outcome.FAILED
            finally:
                db.session.remove()

    async def note_too_large(self, recipients: Sequence[str]) -> None:
        """Remember that it was refused; should that fail, it is refused all the same."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._note, recipients)

    def _note(self, recipients: Sequence[str]) -> None:
        with self._app.app_context():
            try:
                note_too_large(recipients)
            except Exception as error:
                log.error("a refused mail could not be recorded: %s", type(error).__name__)
            finally:
                db.session.remove()

    def close(self) -> None:
        self._pool.shutdown(wait=True)


class _Server(LMTP):
    """With a name that says nothing of the software; long lines come in, as mail has them."""

    line_length_limit = LONGEST_LINE

    def __init__(self, handler: Handler, **kwargs: Any) -> None:
        super().__init__(handler, ident="LMTP ready", **kwargs)
        self._handler = handler

    async def push(self, status: AnyStr) -> None:
        """What refuses the whole mail after its end is said once for each recipient as well."""
        if isinstance(status, str) and status.startswith(_BEFORE_IT):
            await self._handler.note_too_large([""])  # for whom, it has not said yet
        if isinstance(status, str) and status.startswith(_AFTER_DATA):
            recipients = list(self.envelope.rcpt_tos) if self.envelope else []
            await self._handler.note_too_large(recipients)
            for _other in recipients[1:]:
                await super().push(status)
        await super().push(status)


def serve(app: Flask, listen: str, path: str | None) -> None:
    """Serve until the process is told to stop; mails at hand are finished.

    Raises:
        ClickException: the address cannot be listened on.
    """
    asyncio.run(_serve(app, listen, path))


async def _serve(app: Flask, listen: str, path: str | None) -> None:
    loop = asyncio.get_running_loop()
    handler = Handler(app)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)

    def connection() -> LMTP:
        return _Server(
            handler,
            data_size_limit=LARGEST,
            timeout=SILENCE_SECONDS,
            hostname="localhost",
            loop=loop,
            decode_data=False,
            enable_SMTPUTF8=True,
        )

    try:
        server = await _listening(loop, connection, listen, path)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"cannot listen on {path or listen}: {error}") from None
    click.echo(f"LMTP on {path or listen}", err=True)
    async with server:
        await stopping.wait()
        server.close()
        busy = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        await _finish(busy)
    await loop.run_in_executor(None, handler.close)


async def _listening(
    loop: asyncio.AbstractEventLoop, connection: Any, listen: str, path: str | None
) -> asyncio.Server:
    if path:
        Path(path).unlink(missing_ok=True)
        return await loop.create_unix_server(connection, path, backlog=MOST_CONNECTIONS)
    host, _, port = listen.rpartition(":")
    return await loop.create_server(
        connection, host.strip("[]") or "127.0.0.1", int(port), backlog=MOST_CONNECTIONS
    )


async def _finish(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Connections in the middle of something get a moment, then they are closed."""
    waiting = list(tasks)
    if waiting:
        await asyncio.wait(waiting, timeout=STOP_SECONDS if any(waiting) else 0)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
