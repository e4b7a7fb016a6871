"""Mails and mbox files made by hand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

START = datetime(2015, 11, 14, 20, 0, tzinfo=UTC)
SEPARATOR = b"From jan at example.org  Sat Nov 14 21:29:28 2015"


def day(days: float) -> str:
    """The date of a mail so many days after the first."""
    return format_datetime(START + timedelta(days=days))


def mail(
    body: str | bytes = "Dag allemaal.",
    *,
    id: str | None = None,
    subject: str | bytes | None = "Terugval",
    sender: str | bytes | None = "Jan Jansen <jan@example.org>",
    date: str | None = None,
    days: float = 0,
    refs: Iterable[str] = (),
    reply: str | None = None,
    headers: bytes = b"",
    separator: bytes = SEPARATOR,
) -> bytes:
    """One message of an mbox file, its separator and the empty line after it included."""
    lines = [separator]
    if id is not None:
        lines.append(f"Message-ID: <{id}@example.org>".encode())
    if sender is not None:
        lines.append(b"From: " + _bytes(sender))
    if subject is not None:
        lines.append(b"Subject: " + _bytes(subject))
    date = day(days) if date is None else date
    if date:
        lines.append(f"Date: {date}".encode())
    if refs:
        lines.append(b"References: " + " ".join(f"<{r}@example.org>" for r in refs).encode())
    if reply:
        lines.append(f"In-Reply-To: <{reply}@example.org>".encode())
    if headers:
        lines.append(headers.strip(b"\n"))
    return b"\n".join(lines) + b"\n\n" + _bytes(body).rstrip(b"\n") + b"\n\n"


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def write(path: Path, *mails: bytes) -> Path:
    path.write_bytes(b"".join(mails))
    return path
