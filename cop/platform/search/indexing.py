"""Keeping the index: in the transaction of the change, and from the beginning on demand.

The sources say which rows they watch. What a flush of the session added, changed or removed is
collected, and just before the commit the documents that it touches are made anew: no operation has
to think of it, and the index is never behind. Statements that pass the session's objects by (an
import of thousands of posts) say so with `touch`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import and_, delete, event, insert, or_, select
from sqlalchemy.orm import Session, UOWTransaction

from cop.platform.db import unit_of_work
from cop.platform.search.models import SearchEntry
from cop.platform.search.sources import Document, Key, Source, sources
from cop.platform.search.terms import PART, index_terms

TITLE, STRONG = "^", "+"  # a term in the title; one of weight in the text
OFTEN = 3  # times in one line, to be of weight
AT_ONCE = 100  # keys of one statement
_TOUCHED = "search.touched"
_UNSEEN: dict[str, Any] = {"synchronize_session": False}


def touch(session: Session, kind: str, keys: Iterable[Key]) -> None:
    """These documents are made anew when the session commits."""
    wanted = session.info.setdefault(_TOUCHED, {})
    wanted.setdefault(kind, {}).update(dict.fromkeys(keys))


def leave(session: Session) -> None:
    """Nothing that was touched so far is made anew: for whoever makes the index afterwards."""
    session.info.pop(_TOUCHED, None)


def init() -> None:
    """Begin to listen to sessions; again does nothing."""
    if not event.contains(Session, "after_flush", _collect):
        event.listen(Session, "after_flush", _collect)
        event.listen(Session, "before_commit", _write)
        event.listen(Session, "after_soft_rollback", _forget)


def _collect(session: Session, _context: UOWTransaction) -> None:
    for source in sources().values():
        for rows in (session.new, session.dirty, session.deleted):
            for row in rows:
                keys = source.watches.get(type(row))
                if keys is not None:
                    touch(session, source.kind, keys(session, row))


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()  # what is still to be stored touches documents as well
    for kind, keys in session.info.pop(_TOUCHED, {}).items():
        put(session, sources()[kind], list(keys))


def _forget(session: Session, previous: Any) -> None:
    if previous.nested is False:
        session.info.pop(_TOUCHED, None)


def put(session: Session, source: Source, keys: Sequence[Key]) -> None:
    """Make the documents of these keys anew; what should not be found any more goes."""
    for at in range(0, len(keys), AT_ONCE):
        some = keys[at : at + AT_ONCE]
        rows = [row_of(source.kind, document) for document in source.documents(session, some)]
        parts: defaultdict[int, list[int]] = defaultdict(list)
        for thing_id, part in some:
            parts[thing_id].append(part)
        # Thing by thing: SQLite looks pairs up in no index.
        these = (
            and_(SearchEntry.thing_id == thing_id, SearchEntry.part.in_(numbers))
            for thing_id, numbers in parts.items()
        )
        session.execute(
            delete(SearchEntry)
            .where(SearchEntry.kind == source.kind, or_(*these))
            .execution_options(**_UNSEEN)
        )
        if rows:
            session.execute(insert(SearchEntry), rows)


def row_of(kind: str, document: Document) -> dict[str, Any]:
    """The values of a document's row."""
    title = index_terms(document.title)
    lines = [(line, index_terms(line.text)) for line in document.lines]
    lexemes = dict.fromkeys(document.labels)
    for term in title:
        lexemes[term] = lexemes[TITLE + term] = None
    for line, terms in lines:
        lexemes.update(dict.fromkeys(terms))
        if line.number == 1:
            lexemes.update(dict.fromkeys(STRONG + term for term in terms))
        else:
            often = (t for t, times in Counter(terms).items() if times >= OFTEN)
            lexemes.update(dict.fromkeys(STRONG + term for term in often))
    thing_id, part = document.key
    return {
        "kind": kind,
        "thing_id": thing_id,
        "part": part,
        "audience": document.audience,
        "circle_id": document.circle_id,
        "at": document.at,
        "words": sum(1 for _line, terms in lines for t in terms if not t.startswith(PART)),
        "body": body_of(
            [(0, document.by, title), *((line.number, line.by, t) for line, t in lines)]
        ),
        "lexemes": " ".join(lexemes),
    }


def body_of(lines: Iterable[tuple[int, int, Sequence[str]]]) -> str:
    """'number|author| term term ' a line; the blanks around each term make it easy to find."""
    return "\n".join(f"{number}|{by}| {' '.join(terms)} " for number, by, terms in lines)


def lines_of(body: str) -> Iterator[tuple[int, int, str]]:
    """(number, author, terms between blanks) of each line."""
    for line in body.split("\n"):
        number, by, terms = line.split("|", 2)
        yield int(number), int(by), terms


def rebuild(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Make the index anew from the things themselves; how many keys there are.

    A transaction for each hundred: others write in between, and search goes on finding.

    Args:
        progress: hears how many keys more were done.
    """
    done = 0
    for source in sources().values():
        after = 0
        while True:
            with unit_of_work() as session:
                keys = source.keys(session, after, AT_ONCE)
                _sweep(session, source.kind, after, keys[-1][0] if keys else None)
                put(session, source, keys)
            if not keys:
                break
            after = keys[-1][0]
            done += len(keys)
            progress(len(keys))
    with unit_of_work() as session:
        unknown = SearchEntry.kind.not_in(list(sources()))
        session.execute(delete(SearchEntry).where(unknown).execution_options(**_UNSEEN))
    return done


def _sweep(session: Session, kind: str, after: int, until: int | None) -> None:
    """Remove what the index holds of the things from one id to another, those that went as well."""
    asked = delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.thing_id > after)
    if until is not None:
        asked = asked.where(SearchEntry.thing_id <= until)
    session.execute(asked.execution_options(**_UNSEEN))


def fill() -> bool:
    """Make the documents of a kind that the index does not hold; whether there may be more to do.

    For what a migration brings, and for a site that was there before search was. The first hundred
    of its keys come last: where they are, all are, also when it was broken off before.
    """
    for source in sources().values():
        with unit_of_work() as session:
            if not _lacks(session, source):
                continue
            batches = list(_all_keys(session, source))
        for keys in reversed(batches):
            with unit_of_work() as session:
                put(session, source, keys)
        return True
    return False


def _lacks(session: Session, source: Source) -> bool:
    """The first hundred keys with something to be found are not in the index."""
    for keys in _all_keys(session, source):
        first, last = keys[0][0], keys[-1][0]
        there = select(SearchEntry.id).where(
            SearchEntry.kind == source.kind, SearchEntry.thing_id.between(first, last)
        )
        if session.scalar(there.limit(1)) is not None:
            return False
        if any(True for _document in source.documents(session, keys)):
            return True
    return False


def _all_keys(session: Session, source: Source) -> Iterator[Sequence[Key]]:
    after = 0
    while keys := source.keys(session, after, AT_ONCE):
        yield keys
        after = keys[-1][0]
