"""First pass over the files: headers only, so that every mail's place is known at the start."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cop.discussions.importing.archive import MOST_MESSAGE, Archive, NotMbox, Slice, separator_date
from cop.discussions.importing.report import Remark, Report
from cop.discussions.importing.threads import Mail
from cop.platform.mail.reading import headers as head

NEIGHBOUR = timedelta(seconds=1)
LEAST_TAGGED = 3  # mails of a file, more than half of it, that say '[tag]': the list's own


@dataclass(slots=True)
class Entry:
    """A mail in a file.

    Attributes:
        key: stands for its Message-ID, or for its bytes where it has none.
        message_id: as it says, or None.
        writer: the name of whoever wrote it.
    """

    archive: Archive
    place: Slice
    key: str
    message_id: str | None
    references: tuple[str, ...]
    subject: str
    answers: bool
    date: datetime | None
    writer: str
    guessed: bool = False

    @property
    def dated(self) -> datetime:
        assert self.date is not None, "guess_dates has seen to it"
        return self.date

    def mail(self) -> Mail:
        return Mail(self.key, self.dated, self.references, self.subject, self.answers)

    def order(self) -> tuple[bool, datetime, bytes]:
        """Of copies the first is taken: with a date of its own, the earliest, then by its bytes."""
        return self.guessed, self.dated, hashlib.sha256(self.archive.read(self.place)).digest()


@dataclass(slots=True)
class Scanned:
    """
    Attributes:
        copies: by key; more than one where a mail occurs more often.
        tags: per file the '[tag]' that the list put before its subjects, '' where it did not.
    """

    copies: dict[str, list[Entry]] = field(default_factory=dict)
    tags: dict[Archive, str] = field(default_factory=dict)


def scan(
    archives: list[Archive],
    now: datetime,
    report: Report,
    progress: Callable[[int], None] = lambda _bytes: None,
) -> Scanned:
    """Find every mail.

    Args:
        progress: hears how many bytes were gone through since the last time.
    """
    found = Scanned()
    for archive in archives:
        entries: list[Entry] = []
        tags: Counter[str] = Counter()
        try:
            for place in archive.slices():
                report.read += 1
                progress(place.length + len(place.separator))
                reason = "is too large" if place.length > MOST_MESSAGE else None
                if reason is None:
                    entry, tag = _entry(archive, place, now)
                    if entry is not None:
                        entries.append(entry)
                        tags[tag] += 1
                        continue
                    reason = "has no headers"
                report.skipped.append(Remark(str(archive.path), place.number, reason))
        except NotMbox:
            report.skipped.append(Remark(str(archive.path), 0, "is not an mbox file"))
        except OSError as error:
            report.skipped.append(
                Remark(str(archive.path), 0, f"cannot be read: {error.strerror or 'unknown'}")
            )
        guess_dates(entries, now)
        tag, often = next(iter(tags.most_common(1)), ("", 0))
        found.tags[archive] = tag if often >= LEAST_TAGGED and often * 2 > len(entries) else ""
        for entry in entries:
            found.copies.setdefault(entry.key, []).append(entry)
    for copies in found.copies.values():
        if len(copies) > 1:
            copies.sort(key=Entry.order)
    return found


def _entry(archive: Archive, place: Slice, now: datetime) -> tuple[Entry | None, str]:
    headers, _body = head.parse(archive.head(place))
    if not headers.fields:
        return None, ""
    message_id = head.message_id(headers)
    if message_id is not None:
        key = head.key_of(message_id)
    else:
        content = archive.read(place).replace(b"\r\n", b"\n").strip()
        key = head.key_of("content " + hashlib.sha256(content).hexdigest())
    references = tuple(k for i in head.references(headers) if (k := head.key_of(i)) != key)
    subject = head.subject(headers)
    entry = Entry(
        archive=archive,
        place=place,
        key=key,
        message_id=message_id,
        references=references,
        subject=subject.key,
        answers=subject.answers or bool(references),
        date=head.date(headers, now),
        writer=head.sender(headers).name,
    )
    return entry, subject.tag


def guess_dates(entries: list[Entry], now: datetime) -> None:
    """Give every mail without a possible date one: a second after the mail before it in the file.

    At the beginning of a file: what the separator line says, else a second before the next mail.
    """
    before: datetime | None = None
    for entry in entries:
        if entry.date is None:
            entry.guessed = True
            entry.date = before + NEIGHBOUR if before else _of_separator(entry, now)
            entry.date = min(entry.date, now) if entry.date else None
        before = entry.date
    after: datetime | None = None
    for entry in reversed(entries):
        if entry.date is None:
            entry.date = after - NEIGHBOUR if after else now
        after = entry.date


def _of_separator(entry: Entry, now: datetime) -> datetime | None:
    found = separator_date(entry.place.separator)
    return found if found and head.EARLIEST <= found <= now else None


def in_order(scanned: Scanned) -> Iterator[list[Entry]]:
    """The copies of every mail, mails by date: the order in which they are stored."""
    return iter(sorted(scanned.copies.values(), key=lambda copies: (copies[0].date, copies[0].key)))
