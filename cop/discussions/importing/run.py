"""Importing archives into a list, from the files to the report."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from contextlib import ExitStack
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions.importing import message, scan, store
from cop.discussions.importing.archive import Archive
from cop.discussions.importing.report import Remark, Report
from cop.discussions.importing.scan import Entry, Scanned
from cop.discussions.importing.store import Known, Ready
from cop.discussions.importing.threads import Thread, arrange
from cop.discussions.lists_managing import check_short_name
from cop.discussions.models import DiscussionList
from cop.members import addresses
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.members.queries import moderators
from cop.notifications.operations import notify
from cop.platform import audit, markup
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.i18n import DEFAULT_LANGUAGE, DEFAULT_ZONE, sort_key, speaking
from cop.platform.i18n import gettext as _
from cop.platform.mail.reading import headers as head
from cop.platform.quotations import is_quoted, unquoted
from cop.spaces import coordinating
from cop.spaces.circles import Circle, Visibility
from cop.textcheck.checks import Purpose, check

BATCH = 200  # mails of one transaction: short enough that nobody who writes has to wait
BATCH_BYTES = 8 << 20
BATCH_FILES = 4  # pictures are written anew within it
LONGEST_TITLE = 200
SIGNATURE_LINES = 10


class Progress(Protocol):
    """Hears how far it is: of `total` (bytes, then mails) so many more are done."""

    def begin(self, label: str, total: int) -> None: ...

    def advance(self, by: int) -> None: ...


class Silent:
    """Progress that nobody looks at."""

    def begin(self, label: str, total: int) -> None:
        pass

    def advance(self, by: int) -> None:
        pass


def import_archives(
    short_name: str,
    paths: list[Path],
    now: datetime,
    *,
    create: bool = False,
    coordinator: str | None = None,
    anyway: bool = False,
    progress: Progress | None = None,
    made_list: Callable[[], None] = lambda: None,
) -> Report:
    """Read the files into the list with that short name; needs an application context.

    Nothing is sent, and nobody is told but who looks after a list that is made. Doing it again
    adds what is missing and nothing else.

    Args:
        create: make the list, open to members, when there is none.
        coordinator: the address of a member who is asked to coordinate a list that is made;
            moderators look after it until they say yes.
        anyway: store what the text check speaks up about as well.
        made_list: hears that the list was made.

    Raises:
        Refused: there is no such list, its short name cannot be one, or no member has the address.
    """
    report, progress = Report(), progress or Silent()
    list_id = _list_id(short_name)
    if list_id is None and not create:
        raise Refused(f"There is no list “{short_name}”. Add --create to make it.")
    if list_id is None:
        _check_short_name(short_name)
        with reading() as session:
            _coordinator(session, coordinator)
    with ExitStack() as opened:
        archives = []
        for path in dict.fromkeys(paths):
            try:
                archives.append(opened.enter_context(Archive(path)))
            except OSError as error:
                reason = f"cannot be read: {error.strerror or 'unknown'}"
                report.skipped.append(Remark(str(path), 0, reason))
        progress.begin("Reading", sum(archive.size for archive in archives))
        found = scan.scan(archives, now, report, progress.advance)
        if not found.copies:
            return report
        if list_id is None:
            list_id = _make_list(short_name, coordinator, now)
            made_list()
        _Import(list_id, short_name, found, now, anyway, report, progress).run()
    report.skipped.sort(key=lambda r: (paths_order(paths, r.file), r.position))
    report.remarks.sort(key=lambda r: (paths_order(paths, r.file), r.position))
    return report


def paths_order(paths: list[Path], name: str) -> int:
    """Where a file stands on the command line."""
    return next((n for n, path in enumerate(paths) if str(path) == name), len(paths))


def _list_id(short_name: str) -> int | None:
    with reading() as session:
        query = select(DiscussionList.id).where(DiscussionList.short_name == short_name)
        return session.scalar(query)


class _Import:
    def __init__(
        self,
        list_id: int,
        short_name: str,
        found: Scanned,
        now: datetime,
        anyway: bool,
        report: Report,
        progress: Progress,
    ) -> None:
        self.list_id = list_id
        self.found = found
        self.now = now
        self.anyway = anyway
        self.report = report
        self.progress = progress
        with reading() as session:
            name = session.scalars(
                select(DiscussionList.name).where(DiscussionList.id == list_id)
            ).one()
        self.writers: defaultdict[int, set[str]] = defaultdict(set)  # by thread
        self.said: dict[int, set[str]] = {}  # by thread: lines that went in, until its last mail
        self.names = {short_name.casefold(), name.casefold()}

    def run(self) -> None:
        entries = [copies[0] for copies in self.found.copies.values()]
        keys = chain.from_iterable((e.key, *e.references) for e in entries)
        with reading() as session:
            known = store.known_mails(session, self.list_id, keys)
            new = [e for e in entries if e.key not in known.imported]
            earlier = store.earlier_mails(session, self.list_id, {e.subject for e in new})
            places = {*known.places.values(), *(mail.discussion_id for mail in earlier)}
            began = store.beginnings(session, self.list_id, places)
            stored = store.writers(session, places)
        threads = arrange((e.mail() for e in new), known.places, earlier, began)
        # Everybody who writes in a thread, before the first of its mails is looked at: what stays
        # out must not depend on where an earlier run stopped.
        for entry in new:
            self.writers[id(threads[entry.key])].add(entry.writer)
        for thread in threads.values():
            if thread.discussion_id is not None:
                self.writers[id(thread)] |= stored.get(thread.discussion_id, set())
        left = Counter(id(threads[entry.key]) for entry in new)  # mails still to come of each
        self.progress.begin("Storing", len(self.found.copies))
        batch: list[tuple[Ready, int]] = []
        size = files = 0
        for copies in scan.in_order(self.found):
            key = copies[0].key
            if key in known.imported:
                self.report.duplicates += len(copies)
                self.progress.advance(1)
                continue
            thread = threads[key]
            ready = self._first_that_reads(copies, thread)
            left[id(thread)] -= 1
            if not left[id(thread)]:
                self.said.pop(id(thread), None)
            if ready is None:
                self.progress.advance(1)
                continue
            batch.append((ready, len(copies)))
            size += ready.entry.place.length
            files += len(ready.files)
            if len(batch) >= BATCH or size >= BATCH_BYTES or files >= BATCH_FILES:
                self._save(batch, known)
                batch, size, files = [], 0, 0
        self._save(batch, known)

    def _first_that_reads(self, copies: list[Entry], thread: Thread) -> Ready | None:
        """The mail, from the first of its copies that can be read; else all are named."""
        reasons = []
        for entry in copies:
            ready, reason = self._read(entry, thread)
            if ready is not None:
                return ready
            reasons.append(Remark(str(entry.archive.path), entry.place.number, reason))
        self.report.skipped += reasons
        return None

    def _read(self, entry: Entry, thread: Thread) -> tuple[Ready | None, str]:
        try:
            raw = entry.archive.read(entry.place)
            headers, _at = head.parse(raw)
            content = message.read(raw)
            html = markup.plain_to_html(content.text)
        except Exception as error:  # one bad mail must never stop the others
            return None, f"cannot be read ({type(error).__name__})"
        if not content.text.strip() and not content.files:
            return None, "has no text"
        title = self._title(entry, headers)
        sender = head.sender(headers)
        if not self.anyway:
            said = self._said(thread)
            text = f"{title}\n\n{to_look_at(content.whole, said)}"
            writers = self.writers[id(thread)]
            found = {c.reason for c in check(text, Purpose.IMPORT, lambda: writers)}
            if found:
                self.report.held += 1
                return None, (
                    f"the text check asks for a look ({', '.join(sorted(found))});"
                    " with --anyway it goes in as it is"
                )
            said |= lines_of(content.text)
        return Ready(entry, thread, sender, title, content.text, html, content.files), ""

    def _said(self, thread: Thread) -> set[str]:
        """The lines of a thread that were looked at already, of earlier runs too."""
        if id(thread) not in self.said:
            lines: set[str] = set()
            if thread.discussion_id is not None:
                with reading() as session:
                    for text in store.texts(session, thread.discussion_id):
                        lines |= lines_of(text)
            self.said[id(thread)] = lines
        return self.said[id(thread)]

    def _title(self, entry: Entry, headers: head.Headers) -> str:
        subject = head.subject(headers)
        own = self.names | head.list_names(headers) | {self.found.tags[entry.archive]}
        title = subject.title
        if subject.tag and subject.tag in own:
            title = head.without_tag(title, subject.tag)
        title = head.mask_addresses(title).strip()
        if len(title) > LONGEST_TITLE:
            title = title[: LONGEST_TITLE - 2].rsplit(" ", 1)[0] + " …"
        with speaking(DEFAULT_LANGUAGE, DEFAULT_ZONE):
            return title or _("(no subject)")

    def _save(self, batch: list[tuple[Ready, int]], known: Known) -> None:
        if not batch:
            return
        with unit_of_work() as session, speaking("en", DEFAULT_ZONE):
            meanwhile = store.save(
                session, self.list_id, [ready for ready, _copies in batch], known, self.now
            )
        for ready, copies in batch:
            entry = ready.entry
            file, number = str(entry.archive.path), entry.place.number
            if entry.key in meanwhile:
                self.report.duplicates += copies
                continue
            self.report.imported += 1
            self.report.duplicates += copies - 1
            if entry.guessed:
                said = f"has no possible date; {entry.dated:%Y-%m-%d %H:%M} UTC was taken"
                self.report.remarks.append(Remark(file, number, said))
            for reason in ready.left_out:
                self.report.remarks.append(Remark(file, number, f"left out: {reason}"))
        self.progress.advance(len(batch))


def to_look_at(text: str, said: Collection[str]) -> str:
    """What of a mail is checked: all but its signature and the lines it quotes from `said`.

    What it quotes of a mail that stayed out, or that nobody has, is checked like its own words.
    """
    own = len(without_signature(text).splitlines())
    lines = []
    for number, line in enumerate(text.splitlines()):
        bare = unquoted(line).strip()
        if is_quoted(line):  # also below the signature, where most programs put it
            lines += [bare] if bare not in said else []
        elif number < own:
            lines.append(line)
    return "\n".join(lines)


def lines_of(text: str) -> set[str]:
    """Every line of a text, quote marks and blanks around it apart."""
    return {unquoted(line).strip() for line in text.splitlines()}


def without_signature(text: str) -> str:
    """A mail without what follows its last line `--`, if that is as short as signatures are."""
    body, mark, signature = f"\n{text}".rpartition("\n--\n")
    short = len(signature.splitlines()) <= SIGNATURE_LINES
    return body.removeprefix("\n") if mark and short else text


def _check_short_name(short_name: str) -> None:
    """As for a list that somebody makes on the site."""
    with reading() as session, speaking("en", DEFAULT_ZONE):
        try:
            check_short_name(session, short_name)
        except Refused as refused:
            raise Refused(f"“{short_name}” cannot be a short name: {refused.message}") from None


def _coordinator(session: Session, address: str | None) -> Persona | None:
    """The own name of the member with the address."""
    if address is None:
        return None
    found = session.scalar(
        select(Persona)
        .join(Member, Member.id == Persona.member_id)
        .where(Member.email == addresses.normal(address), Member.state == MemberState.ACTIVE)
        .where(Persona.kind == PersonaKind.SELF)
    )
    if found is None:
        raise Refused("No member has the address of the coordinator.")
    return found


def _make_list(short_name: str, address: str | None, now: datetime) -> int:
    """Make the list, which moderators look after until somebody says that they coordinate it."""
    with unit_of_work() as session:
        asked = _coordinator(session, address)
        circle = Circle(visibility=Visibility.OPEN, unclaimed=True)
        session.add(circle)
        session.flush()
        made = DiscussionList(
            short_name=short_name,
            name=short_name,
            sort_key=sort_key(short_name),
            circle_id=circle.id,
            created_at=now,
        )
        session.add(made)
        session.flush()
        audit.record(
            session, "discussions.list_made", actor="cli", subject=f"list:{made.id}", now=now
        )
        if asked is not None:
            coordinating.ask_for_site(session, circle.id, asked, now)
        notify(
            session,
            member_ids=[m for m in moderators(session) if asked is None or m != asked.member_id],
            kind="discussions.list_brought",
            key=f"discussions.list_brought:{made.id}",
            subject_id=made.id,
            now=now,
        )
        return made.id
