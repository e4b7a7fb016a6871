"""Keeping the index: in the transaction of the change, and from the beginning on demand.

The sources say which rows they watch. What a flush of the session added, changed or removed is
collected, and just before the commit the documents that it touches are made anew: no operation has
to think of it, and the index is never behind. Statements that pass the session's objects by (an
import of thousands of posts) say so with `touch`.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, delete, event, func, insert, literal_column, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session, UOWTransaction

from cop.platform.db import is_sqlite, unit_of_work
from cop.platform.search.models import SearchEntry, SearchMade
from cop.platform.search.sources import Document, Key, Source, sources, watching
from cop.platform.search.terms import PART, VERSION, index_terms

TITLE, STRONG = "^", "+"  # a term in the title; one of weight in the text
OFTEN = 3  # times in one line, to be of weight
AT_ONCE = 100  # keys of one statement
COUNTED_AT_ONCE = 1000
_TOUCHED = "search.touched"
_UNSEEN: dict[str, Any] = {"synchronize_session": False}
# Of the table, not of the model: every answer runs them, and no session holds such rows.
_TABLE: Any = SearchEntry.__table__
_REMOVED = delete(_TABLE).where(
    _TABLE.c.kind == bindparam("its_kind"),
    _TABLE.c.thing_id == bindparam("its_thing"),
    _TABLE.c.part == bindparam("its_part"),
)
_ADDED = insert(_TABLE)
_OR_REPLACED = postgresql.insert(_TABLE).on_conflict_do_update(
    index_elements=["kind", "thing_id", "part"],
    set_={column.name: literal_column(f"excluded.{column.name}") for column in _TABLE.columns},
)


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
    for rows in (session.new, session.dirty, session.deleted):
        for row in rows:
            for kind, keys in watching(type(row)).items():
                touch(session, kind, keys(session, row))


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
    """Make the documents of these keys anew; what should not be found any more goes.

    The old ones go first: who makes the same document at that moment waits, and then reads what
    was written meanwhile. Who waited finds the new one there, and replaces it.
    """
    added = _ADDED if is_sqlite(session) else _OR_REPLACED
    for at in range(0, len(keys), AT_ONCE):
        some = keys[at : at + AT_ONCE]
        session.execute(
            _REMOVED,
            [
                {"its_kind": source.kind, "its_thing": thing_id, "its_part": part}
                for thing_id, part in some
            ],
        )
        rows = [row_of(source.kind, document) for document in source.documents(session, some)]
        if rows:
            session.execute(added, rows)


@dataclass(frozen=True, slots=True)
class Said:
    """The terms of one text: in order between blanks, each once, those of weight; and how many."""

    whole: str
    each: tuple[str, ...]
    often: tuple[str, ...]
    words: int


@lru_cache(maxsize=1000)
def said(text: str) -> Said:
    """What a text says; kept, since an answer writes those before it in its document anew."""
    terms = index_terms(text)
    times = Counter(terms)
    return Said(
        f" {' '.join(terms)} ",
        tuple(times),
        tuple(term for term, often in times.items() if often >= OFTEN),
        sum(1 for term in terms if not term.startswith(PART)),
    )


def row_of(kind: str, document: Document) -> dict[str, Any]:
    """The values of a document's row."""
    title = said(document.title)
    lexemes = dict.fromkeys(document.labels)
    lexemes |= dict.fromkeys(title.each)
    lexemes |= dict.fromkeys([TITLE + term for term in title.each])
    body = [f"0|{document.by}|{title.whole}"]  # see `parts_of_line`
    words = 0
    for line in document.lines:
        here = said(line.text)
        lexemes |= dict.fromkeys(here.each)
        of_weight = here.each if line.number == 1 else here.often
        lexemes |= dict.fromkeys([STRONG + term for term in of_weight])
        body.append(f"{line.number}|{line.by}|{here.whole}")
        words += here.words
    thing_id, part = document.key
    return {
        "kind": kind,
        "thing_id": thing_id,
        "part": part,
        "audience": document.audience,
        "circle_id": document.circle_id,
        "at": document.at,
        "words": words,
        "body": "\n".join(body),
        "lexemes": " ".join(lexemes),
    }


def parts_of_line(line: str) -> tuple[int, int, str]:
    """(number, author, terms between blanks) of a line of a body; number 0 is the title's."""
    number, by, terms = line.split("|", 2)
    return int(number), int(by), terms


def version_of(source: Source) -> str:
    """What the documents of a kind are made by: of another version they are made anew."""
    return f"{VERSION}.{source.version}"


def is_behind(session: Session) -> bool:
    """Some kind was never made as a whole, or by another version."""
    made = {
        row.kind: row.version
        for row in session.execute(
            select(SearchMade.kind, SearchMade.version).where(SearchMade.after.is_(None))
        )
    }
    return any(made.get(source.kind) != version_of(source) for source in sources().values())


def rebuild(progress: Callable[[int], None] = lambda _done: None) -> int:
    """Make the index anew from the things themselves; how many keys there are.

    A transaction for each hundred: others write in between, and search goes on finding.

    Args:
        progress: hears how many keys more were done.
    """
    with unit_of_work() as session:
        session.execute(delete(SearchMade))
        unknown = SearchEntry.kind.not_in(list(sources()))
        session.execute(delete(SearchEntry).where(unknown).execution_options(**_UNSEEN))
    done = 0
    for source in sources().values():
        while (some := _go_on(source)) is not None:
            done += some
            progress(some)
    return done


def how_many(session: Session) -> int:
    """How many keys there are, for whoever wants to tell how far it is."""
    count = 0
    for source in sources().values():
        after = 0
        while keys := source.keys(session, after, COUNTED_AT_ONCE):
            count += len(keys)
            after = keys[-1][0]
    return count


def fill(seconds: float = 5.0) -> bool:
    """Go on with what `is_behind`, for so long at most; whether there is more to do.

    For what a migration brings, for a site that was there before search was, and after a change
    of how words or documents are made.
    """
    ends = time.monotonic() + seconds
    for source in sources().values():
        while _go_on(source) is not None:
            if time.monotonic() > ends:
                return True
    return False


def _go_on(source: Source) -> int | None:
    """Make the next hundred things of a kind anew; how many keys they have, None when all are."""
    with unit_of_work() as session:
        made = session.get(SearchMade, source.kind, with_for_update=True)
        if made is None or made.version != version_of(source):
            made = session.merge(SearchMade(kind=source.kind, version=version_of(source), after=0))
        after = made.after
        if after is None:
            return None
        # Asked before the keys: what others add after them is theirs to make.
        last = session.scalar(
            select(func.max(SearchEntry.thing_id)).where(SearchEntry.kind == source.kind)
        )
        keys = source.keys(session, after, AT_ONCE)
        made.after = keys[-1][0] if keys else None
        gone = delete(SearchEntry).where(
            SearchEntry.kind == source.kind,
            SearchEntry.thing_id > after,
            SearchEntry.thing_id <= (made.after or last or 0),
        )
        session.execute(gone.execution_options(**_UNSEEN))
        put(session, source, keys)
        return len(keys)
