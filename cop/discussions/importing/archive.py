"""Reading an mbox file (RFC 4155 and what programs really write) without holding it in memory.

A message begins at a line `From …` that looks like a separator and that headers follow. A body may
hold such words unquoted, so each sign is weighed: what stands before the line, whether it ends in
a date, and what comes after it. Messages are found by scanning the file in pieces and are read one
by one at their place.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

PIECE = 1 << 20  # bytes read at once
AHEAD = 4096  # bytes looked at after a candidate: its own line and the first headers
MOST_HEAD = 1 << 18  # bytes of headers that are looked at
MOST_MESSAGE = 64 << 20  # bytes; nothing that people wrote is larger

_MONTHS = b"Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAYS = b"Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_ZONE = rb"(?:[A-Z]{1,5}(?: DST)?|[+-]\d{4})"
# 'Sat Nov 14 21:29:28 2015' (asctime), with the zone on either side of the year; and the form of
# RFC 5322, 'Sat, 14 Nov 2015 21:29:28 +0100', that some exporters write.
_DATE = (
    rb"(?:(?:" + _DAYS + rb"),?[ \t]+)(?:"
    rb"(?P<month>" + _MONTHS + rb")[ \t]+(?P<day>\d{1,2})[ \t]+"
    rb"(?P<time>\d{1,2}:\d\d(?::\d\d)?)[ \t]+(?:(?P<zone>" + _ZONE + rb")[ \t]+)?"
    rb"(?P<year>\d{4})(?:[ \t]+(?P<zone2>" + _ZONE + rb"))?"
    rb"|(?P<day2>\d{1,2})[ \t]+(?P<month2>" + _MONTHS + rb")[ \t]+(?P<year2>\d{4})[ \t]+"
    rb"(?P<time2>\d{1,2}:\d\d(?::\d\d)?)(?:[ \t]+(?P<zone3>" + _ZONE + rb"))?"
    rb")"
)
_DATED = re.compile(
    rb"From (?:.{0,400}?[ \t])??" + _DATE + rb"(?:[ \t]+remote from \S+)?[ \t]*\r?$"
)
_UNDATED = re.compile(rb"From (?:-|\S+@\S+|\S+ at \S+|MAILER-DAEMON)[ \t]*\r?$")
_HEADER = re.compile(rb"[!-9;-~]{1,100}[ \t]*:")
# Names that a mail's first header has; prose that happens to hold a colon does not.
_MAIL_HEADER = re.compile(
    rb"(?:Return-Path|Received|From|Date|Message-ID|Subject|To|Cc|Sender|Reply-To|Delivered-To"
    rb"|MIME-Version|Content-[A-Za-z-]+|Status|References|In-Reply-To|Envelope-To|Delivery-Date"
    rb"|Precedence|List-[A-Za-z-]+|Errors-To|Newsgroups|Path|Xref|Lines|X-[!-9;-~]+)[ \t]*:",
    re.IGNORECASE,
)


class NotMbox(Exception):
    """The file does not begin like an mbox."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Where a message stands in its file.

    Attributes:
        number: the first message is 1.
        offset, length: bytes, without the separator line.
        separator: the line that begins it.
    """

    number: int
    offset: int
    length: int
    separator: bytes


class Archive:
    """An mbox file that is open for reading; what cannot be read twice is copied aside first."""

    def __init__(self, path: Path) -> None:
        """
        Raises:
            OSError: it cannot be opened.
        """
        if path.is_dir():
            raise IsADirectoryError(21, "is a folder")
        self.path = path
        self._file: BinaryIO = path.open("rb", buffering=0)
        if not self._file.seekable():
            aside = tempfile.TemporaryFile()  # noqa: SIM115  # closed by close()
            with self._file as stream:
                shutil.copyfileobj(stream, aside, PIECE)
            self._file = aside
            aside.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        return os.fstat(self._file.fileno()).st_size

    def slices(self) -> Iterator[Slice]:
        """Every message, in the order of the file.

        Raises:
            NotMbox: the first line that is not empty begins no message.
        """
        number, last = 0, None
        for offset, line in self._separators():
            if last is not None:
                number += 1
                yield Slice(number, last[0], offset - last[0], last[1])
            last = (offset + len(line), line.rstrip(b"\r\n"))
        if last is not None:
            yield Slice(number + 1, last[0], self.size - last[0], last[1])

    def head(self, place: Slice) -> bytes:
        """The message's first bytes: enough to hold its headers."""
        got = self._at(place.offset, min(place.length, 1 << 13))
        if len(got) < place.length and b"\n\n" not in got and b"\n\r\n" not in got:
            got = self._at(place.offset, min(place.length, MOST_HEAD))
        return got

    def read(self, place: Slice) -> bytes:
        """The message, its `>From ` lines as they were written."""
        return re.sub(rb"(?m)^>(>*From )", rb"\1", self._at(place.offset, place.length))

    def _at(self, offset: int, length: int) -> bytes:
        parts = []
        while length > 0:
            part = os.pread(self._file.fileno(), min(length, 1 << 24), offset)
            if not part:
                break
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return b"".join(parts)

    def _separators(self) -> Iterator[tuple[int, bytes]]:
        """(offset, whole line) of every line that begins a message."""
        buffer, base, end = b"", 0, self.size
        at = self._first()
        if at is None:
            return
        base = at
        buffer = b"\n" + self._at(base, PIECE)  # a line end before, as before every other line
        base -= 1
        found = 0  # place in the buffer of the line end before a candidate
        while True:
            found = buffer.find(b"\nFrom ", found)
            read_to = base + len(buffer)
            if found < 0 or (found + AHEAD > len(buffer) and read_to < end):
                keep = max(0, (found if found >= 0 else len(buffer) - 8) - 8)
                if read_to >= end:
                    return
                more = self._at(read_to, PIECE)
                if not more:
                    return
                buffer, base = buffer[keep:] + more, base + keep
                found = max(0, found - keep if found >= 0 else 0)
                continue
            start = found + 1
            line_end = buffer.find(b"\n", start, start + AHEAD)
            line_end = len(buffer) if line_end < 0 else line_end + 1
            line = buffer[start:line_end]
            before = b"\n\n" if base + start == at else buffer[max(0, start - 3) : start]
            if _separates(before, line, buffer[line_end : start + AHEAD]):
                yield base + start, line
            elif base + start == at:
                yield base + start, line  # the first line: `_first` has let it pass
            found = start

    def _first(self) -> int | None:
        """Offset of the first message; None in an empty file.

        Raises:
            NotMbox: something else stands there.
        """
        start = self._at(0, AHEAD * 4)
        if not start.strip(b"\xef\xbb\xbf \t\r\n"):
            if self.size > len(start):
                raise NotMbox
            return None
        found = re.match(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*?(?=From )", start)
        if found is None:
            raise NotMbox
        line = start[found.end() :].split(b"\n", 1)[0]
        rest = start[found.end() + len(line) + 1 :]
        if _DATED.match(line) or _UNDATED.match(line) or _headers_follow(rest):
            return found.end()
        raise NotMbox


def _separates(before: bytes, line: bytes, after: bytes) -> bool:
    """Whether a line that begins with `From ` begins a message."""
    bare = line.rstrip(b"\n")
    blank = before.endswith((b"\n\n", b"\n\r\n"))
    if _DATED.match(bare):
        # Some programs forget the empty line between two messages: the header must be certain.
        return _headers_follow(after, certain=not blank)
    return blank and bool(_UNDATED.match(bare)) and _headers_follow(after, certain=True)


def _headers_follow(after: bytes, certain: bool = False) -> bool:
    lines = after.split(b"\n", 8)[:8]
    if certain:
        return bool(_MAIL_HEADER.match(lines[0]))
    for line in lines:
        if not line.strip():
            return False
        if _MAIL_HEADER.match(line):
            return True
    return bool(_HEADER.match(lines[0]))


def separator_date(line: bytes) -> datetime | None:
    """The moment that a separator line names; UTC where it names no zone."""
    match = _DATED.match(line)
    if match is None:
        return None
    day = match["day"] or match["day2"]
    month = match["month"] or match["month2"]
    hour, minute, *second = (int(n) for n in (match["time"] or match["time2"]).split(b":"))
    zone = match["zone"] or match["zone2"] or match["zone3"] or b""
    offset = timedelta()
    if zone[:1] in (b"+", b"-"):
        minutes = int(zone[1:3]) * 60 + int(zone[3:5])
        offset = timedelta(minutes=-minutes if zone[:1] == b"-" else minutes)
    try:
        local = datetime(
            int(match["year"] or match["year2"]),
            _MONTHS.split(b"|").index(month) + 1,
            int(day),
            hour,
            minute,
            second[0] if second else 0,
            tzinfo=UTC,
        )
        return local - offset
    except (ValueError, OverflowError):
        return None
