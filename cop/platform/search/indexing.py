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

from cop.platform.search.models import SearchEntry
from cop.platform.search.sources import Document, Key, Source, sources
from cop.platform.search.terms import PART, index_terms

TITLE, STRONG = "^", "+"  # a term in the title; one of weight in the text
OFTEN = 3  # times in one line, to be of weight
AT_ONCE = 100  # keys of one statement
_TOUCHED = "search.touched"


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
            .execution_options(synchronize_session=False)
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


def rebuild(session: Session, progress: Callable[[int], None] = lambda _done: None) -> int:
    """Empty the index and make it from the things themselves; how many documents there are.

    Args:
        progress: hears how many keys more were done.
    """
    session.execute(delete(SearchEntry).execution_options(synchronize_session=False))
    done = 0
    for source in sources().values():
        for keys in _all_keys(session, source):
            put(session, source, keys)
            done += len(keys)
            progress(len(keys))
    return done


def fill(session: Session) -> bool:
    """Make the documents of a kind of which the index holds none; whether there may be more to do.

    For what a migration brings, and for a site that was there before search was.
    """
    for source in sources().values():
        first = select(SearchEntry.id).where(SearchEntry.kind == source.kind).limit(1)
        if session.scalar(first) is None and source.keys(session, 0, 1):
            for keys in _all_keys(session, source):
                put(session, source, keys)
            if session.scalar(first) is not None:
                return True  # else there is nothing to be found in any of them
    return False


def _all_keys(session: Session, source: Source) -> Iterator[Sequence[Key]]:
    after = 0
    while keys := source.keys(session, after, AT_ONCE):
        yield keys
        after = keys[-1][0]
