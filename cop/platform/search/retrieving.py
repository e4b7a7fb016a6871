"""Candidates: what the engine finds, cut where a word is so common that ranking all takes too long.

Every statement asks for the newest rows under one condition on terms, together with who may find
them: nothing that the searcher may not see is ever given back, so no count, order or suggestion
tells of it. On its way an engine passes rows by that are for others; it stops at a number of rows
that are for the searcher, and what that took is the measure of no single row. The strictest
condition comes first (every word), then all but one, then each word in titles, then each word
anywhere.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    text,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session

from cop.platform.db import AnySelect, is_sqlite, named, rows
from cop.platform.search.asking import Group
from cop.platform.search.folding import LETTER
from cop.platform.search.indexing import STRONG, TITLE
from cop.platform.search.models import SearchEntry
from cop.platform.search.terms import PART

ROWS = 260  # to be ranked for one question
# The share of it that each condition may take; each word anywhere divides what is left.
ALL_WORDS, ALL_BUT_ONE, IN_TITLES = 0.4, 0.25, 0.25
LEAST = 30  # rows for each word, however little is left
RARE = 1000  # rows that hold any of many spellings
A_PAGE = 15  # rows with a phrase: so many are enough
FURTHER = (300, 600, 1200)  # rows with its words that are looked through, one after another
LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)

_WHOLE = re.compile(rf"[=^+~]*(?:{LETTER}|[:~])+")

# The condition under which somebody may find a row of the index; hashable, with parameters open.
May: TypeAlias = Callable[[], ColumnElement[bool]]


class Match:
    """A condition on terms, written for either engine."""

    def __init__(self, sqlite: bool) -> None:
        self.sqlite = sqlite

    def term(self, term: str) -> str:
        """One term as it is stored.

        Raises:
            ValueError: it is no whole token: an engine would part it, or take it for its own signs.
        """
        if not _WHOLE.fullmatch(term):
            raise ValueError("no whole token")
        return f'"{term}"' if self.sqlite else f"'{term}'"

    def either(self, conditions: Iterable[str]) -> str:
        found = list(dict.fromkeys(conditions))
        return (
            found[0] if len(found) == 1 else f"({(' OR ' if self.sqlite else ' | ').join(found)})"
        )

    def both(self, conditions: Iterable[str]) -> str:
        found = list(dict.fromkeys(conditions))
        return (
            found[0] if len(found) == 1 else f"({(' AND ' if self.sqlite else ' & ').join(found)})"
        )

    def group(self, group: Group, tier: str = "") -> str:
        """Any row that holds the group; with a tier only where it stands prominently."""
        if group.phrase:
            return self.both(self.term(tier + t) for t in group.phrase)
        ways = [self.term(tier + t) for t in group.terms]
        ways += [
            self.both(
                self.either((self.term(tier + t), self.term(tier + PART + t))) for t in several
            )
            for several, _weight in group.joint
        ]
        return self.either(ways)


def conditions(
    match: Match, groups: Sequence[Group], labels: Sequence[str]
) -> list[tuple[str, float]]:
    """What to ask for, the strictest first, and the share of the rows that it may take at most."""
    asked = [match.group(group) for group in groups]
    needed = [match.group(group) for group in groups if group.phrase]
    found: list[tuple[str, float]] = []
    if len(groups) > 1:
        found.append((match.both(asked), ALL_WORDS))
        if 2 < len(groups) <= 8:
            without = [match.both(asked[:n] + asked[n + 1 :]) for n in range(len(asked))]
            found.append((match.either(without), ALL_BUT_ONE))
    found.append((match.either(match.group(group, TITLE) for group in groups), IN_TITLES))
    if len(groups) == 1:
        found.append((match.group(groups[0], STRONG), IN_TITLES))
    words = list(dict.fromkeys(asked))
    # Of what is left, the first takes its part, the next its part of the rest, the last all.
    found += [(condition, -1.0 / (len(words) - n)) for n, condition in enumerate(words)]
    also = _also(match, labels)
    return [(match.both([condition, *needed, *also]), most) for condition, most in found]


def _also(match: Match, labels: Sequence[str]) -> list[str]:
    return [match.either([match.term(label) for label in some]) for some in _by_name(labels)]


def _by_name(labels: Sequence[str]) -> list[list[str]]:
    """Labels of one name are alternatives; of different names all must hold."""
    found: dict[str, list[str]] = {}
    for label in labels:
        found.setdefault(label.partition(":")[0], []).append(label)
    return list(found.values())


@cache
def _ids(sqlite: bool, may: May, match: str = "match") -> AnySelect:
    """
    Args:
        match: how the parameter with the condition on terms is called.
    """
    most: Any = bindparam("most")
    if sqlite:
        terms = table("search_terms", column("rowid"))
        asked = literal_column("search_terms").op("MATCH")(bindparam(match))
        return (
            select(SearchEntry.id)
            # The plus keeps SQLite from going the other way round, asking FTS5 about every row.
            .select_from(
                terms.join(SearchEntry, SearchEntry.id == literal_column("+search_terms.rowid"))
            )
            .where(asked, SearchEntry.at >= bindparam("since"), may())
            .order_by(terms.c.rowid.desc())
            .limit(most)
        )
    return (
        select(SearchEntry.id)
        .where(
            SearchEntry.lexemes.op("@@")(cast(bindparam(match), TSQUERY)),
            SearchEntry.at >= bindparam("since"),
            may(),
        )
        .order_by(SearchEntry.id.desc())
        .limit(most)
    )


# A plan of its own for each question, as common as its words are. Of a prepared statement
# PostgreSQL would keep one for all, which gathers every row that has a common word.
_PLANNED_EACH = text("SET LOCAL plan_cache_mode = force_custom_plan")

# Hundreds of terms that hardly any row holds, each looked up in PostgreSQL's index by itself: of
# all together it takes so many rows to be likely that it reads the table.
_ASKED = func.unnest(bindparam("terms", type_=ARRAY(Text))).table_valued("term").render_derived()
_EACH = (
    select(SearchEntry.id)
    .where(SearchEntry.lexemes.op("@@")(cast(_ASKED.c.term, TSQUERY)))
    .limit(RARE)
    .lateral("each")
)
_HOLDING_ANY = select(_EACH.c.id).select_from(_ASKED.join(_EACH, true()))


@cache
def _ids_among(may: May) -> AnySelect:
    """Those of these rows that the searcher may find."""
    return (
        select(SearchEntry.id)
        .where(SearchEntry.id.in_(bindparam("held", expanding=True)))
        .where(SearchEntry.at >= bindparam("since"), may())
        .order_by(SearchEntry.id.desc())
        .limit(bindparam("most"))
    )


_COLUMNS = (
    SearchEntry.id,
    SearchEntry.kind,
    SearchEntry.thing_id,
    SearchEntry.part,
    SearchEntry.at,
    SearchEntry.words,
    SearchEntry.body,
)


@cache
def _with_ids(sqlite: bool) -> AnySelect:
    """The rows of these ids: one statement on PostgreSQL, however many they are."""
    if sqlite:
        return select(*_COLUMNS).where(SearchEntry.id.in_(bindparam("ids", expanding=True)))
    ids = bindparam("ids", type_=ARRAY(Integer))
    return select(*_COLUMNS).where(SearchEntry.id == any_(ids))


def _rows_of(session: Session, ids: Collection[int]) -> list[Any]:
    if not ids:
        return []
    return named(rows(session, _with_ids(is_sqlite(session)), {"ids": list(ids)}))


def candidates(
    session: Session,
    groups: Sequence[Group],
    may: May,
    values: dict[str, Any],
    *,
    labels: Sequence[str] = (),
    since: datetime | None = None,
    most: int | None = None,
    rare: bool = False,
) -> Sequence[Any]:
    """Rows of the index that may answer, in no order.

    A query for each condition and one for the rows; where newer rows with the words of a phrase
    hold it too seldom, one for each look further back.

    Args:
        may: the condition on `SearchEntry` under which the searcher may find a row.
        values: of the parameters that the condition leaves open.
        labels: what it is narrowed to.
        most: rows in all, where not as many as usual are needed.
        rare: there is one group, and few rows hold any of its many terms.
    """
    match = Match(is_sqlite(session))
    if not match.sqlite:
        session.execute(_PLANNED_EACH)
    if rare and not match.sqlite:
        also = _also(match, labels)
        terms = [match.both([match.term(term), *also]) for term in groups[0].terms]
        held = sorted(set(session.scalars(_HOLDING_ANY, {"terms": terms})))[-RARE:]
        chosen = {"held": held, "most": most or ROWS, "since": since or LONG_AGO} | values
        return _rows_of(session, session.scalars(_ids_among(may), chosen).all() if held else [])
    if groups:
        asked = conditions(match, groups, labels)
    elif labels:
        asked = [(match.both(_also(match, labels)), 1.0)]
    else:
        return []
    statement = _ids(match.sqlite, may)
    ids: dict[int, None] = {}
    total = most or ROWS
    phrases = [group for group in groups if group.phrase]
    whole = match.both([*map(match.group, phrases), *_also(match, labels)]) if phrases else ""
    chosen = {"since": since or LONG_AGO} | values
    before = None  # what holds the words of every phrase and is older was not asked for
    for condition, share in asked:
        left = max(0, total - len(ids))
        wanted = int(total * share) if share > 0 else max(LEAST, int(-share * left))
        asks = chosen | {"match": condition, "most": wanted}
        found = rows(session, statement, asks).scalars().all()
        ids.update(dict.fromkeys(found))
        if condition == whole and len(found) == wanted:
            before = found[-1]
    known = _rows_of(session, ids)
    if before is not None:
        enough = A_PAGE - sum(_stand_in(phrases, row.body) for row in known)
        known += _further(session, phrases, may, chosen | {"match": whole}, before, enough, ids)
    return known


def _further(
    session: Session,
    phrases: Sequence[Group],
    may: May,
    chosen: dict[str, Any],
    before: int,
    enough: int,
    known: Collection[int],
) -> list[Any]:
    """Older rows in which these phrases stand, until there are enough; a query for each look."""
    found: list[Any] = []
    for most in FURTHER:
        if len(found) >= enough:
            break
        asked = chosen | {"before": before, "most": most}
        older = session.execute(_rows_before(is_sqlite(session), may), asked).all()
        found += [r for r in older if r.id not in known and _stand_in(phrases, r.body)]
        if len(older) < most:
            break
        before = older[-1].id
    return found


@cache
def _rows_before(sqlite: bool, may: May) -> AnySelect:
    place: Any = literal_column("search_terms.rowid") if sqlite else SearchEntry.id
    older = _ids(sqlite, may).where(place < bindparam("before"))
    return older.with_only_columns(*_COLUMNS, maintain_column_froms=True)


def _stand_in(phrases: Sequence[Group], body: str) -> bool:
    """Whether every phrase stands in some line of a body, its words side by side."""
    return all(_side_by_side(phrase.phrase).search(body) for phrase in phrases)


@lru_cache(maxsize=100)
def _side_by_side(terms: tuple[str, ...]) -> re.Pattern[str]:
    """These terms in one line, each with the marked ones of its parts: one look for thousands."""
    marked = rf"(?: {PART}\S+)* "
    return re.compile(f" {marked.join(map(re.escape, terms))} ")


def labelled(
    session: Session, may: May, values: dict[str, Any], labels: Sequence[str], since: datetime
) -> Sequence[Any]:
    """The newest rows with any of these labels, that were added to since a moment."""
    match = Match(is_sqlite(session))
    condition = match.either(match.term(each) for each in labels)
    asked = {"match": condition, "most": ROWS, "since": since} | values
    return _rows_of(session, session.scalars(_ids(match.sqlite, may), asked).all())


@cache
def _of_things(may: May) -> AnySelect:
    return (
        select(*_COLUMNS, SearchEntry.lexemes)
        .where(SearchEntry.kind == bindparam("its_kind"))
        .where(SearchEntry.thing_id.in_(bindparam("things", expanding=True)), may())
    )


def of_things(
    session: Session, kind: str, ids: Iterable[int], may: May, values: dict[str, Any]
) -> Sequence[Any]:
    """Rows of these things that the searcher may find, with their `lexemes`."""
    asked = {"its_kind": kind, "things": sorted(set(ids))}
    return session.execute(_of_things(may), asked | values).all()


@cache
def _ids_of_each(sqlite: bool, may: May, number: int) -> Any:
    """(place, id) of the rows under each of so many conditions."""
    several = [_ids(sqlite, may, f"match{n}").subquery() for n in range(number)]
    return union_all(*(select(literal(n), each.c.id) for n, each in enumerate(several)))


def whole_of_each(
    session: Session,
    asked: Sequence[tuple[Sequence[Group], Sequence[str]]],
    may: May,
    values: dict[str, Any],
    since: datetime,
    most: int,
) -> list[list[Any]]:
    """The newest rows that hold every group and label of each of these questions; two queries."""
    match = Match(is_sqlite(session))
    conditions = {
        f"match{n}": match.both([*(match.group(group) for group in groups), *_also(match, labels)])
        for n, (groups, labels) in enumerate(asked)
    }
    if not conditions:
        return []
    statement = _ids_of_each(match.sqlite, may, len(asked))
    found: list[list[Any]] = [[] for _each in asked]
    pairs = session.execute(statement, {"most": most, "since": since} | conditions | values).all()
    its = {row.id: row for row in _rows_of(session, {id for _n, id in pairs})}
    for place, id in pairs:
        found[place].append(its[id])
    return found
