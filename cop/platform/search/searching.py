"""From a question to the things that answer it, best first."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice, product
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.platform import db
from cop.platform.search import asking, indexing, retrieving, scoring
from cop.platform.search.asking import Alike, Group
from cop.platform.search.models import Synonyms
from cop.platform.search.retrieving import May
from cop.platform.search.scoring import Candidate
from cop.platform.search.sources import LABEL, Source, label, sources
from cop.platform.search.terms import PART, main_term, pieces_of
from cop.platform.search.wordlist import words

MOST_MEANT = 4  # spellings that one unknown word is taken for
MOST_PIECES = 2  # of one word with hyphens, that are corrected
LOOKED_AT = 80  # rows in which they are sought
NEWEST = 40  # rows of one of several questions
_SYNONYMS = select(Synonyms.words).order_by(Synonyms.id)
_LABEL = re.compile(rf"{LABEL}[a-z]+:\w+")


@dataclass(frozen=True, slots=True)
class Who:
    """Who searches.

    Attributes:
        may: the condition under which they may find a row of the index.
        values: of the parameters that it leaves open.
        actor: given to the sources that look at their things themselves.
    """

    may: May
    values: dict[str, Any]
    actor: Any


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a question is narrowed to; empty is not at all."""

    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()  # of a theme, a space, authors
    since: datetime | None = None
    by: frozenset[int] = frozenset()  # the authors' personas: of a discussion only their lines

    def all_labels(self) -> list[str]:
        return [*(label("kind", kind) for kind in self.kinds), *self.labels]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        things: best first.
        groups: what was looked for, to mark it.
        meant: word as typed → spellings that were looked for as well.
        is_guess: some word was looked for otherwise than it was typed.
        left_out: words that were not looked for, since the question has so many.
    """

    things: list[Candidate]
    groups: Sequence[Group]
    meant: dict[str, list[str]] = field(default_factory=dict)
    is_guess: bool = False
    left_out: tuple[str, ...] = ()


def synonyms(session: Session) -> Alike:
    return asking.alike(*db.rows(session, _SYNONYMS).scalars())


def search(
    session: Session,
    question: str,
    who: Who,
    now: datetime,
    narrowed: Narrowed = Narrowed(),  # frozen
) -> Answer:
    """Everything that answers, best first; the same on either database."""
    alike = synonyms(session)
    understood = asking.understood(question, alike)
    groups = list(understood.groups)
    rows = _rows(session, groups, who, narrowed)
    if not groups:
        return Answer(scoring.newest(rows), groups)
    before = groups
    groups, said = _corrected(session, groups, rows, who, narrowed, alike)
    if groups != before:
        rows = _rows(session, groups, who, narrowed)
    things = scoring.ranked(
        groups,
        rows,
        now,
        narrowed.by,
        {source.kind: source.weight for source in sources().values()},
    )
    return Answer(things, groups, said, groups != before, understood.left_out)


def newest_of_several(
    session: Session,
    asked: Sequence[tuple[str, Narrowed]],
    who: Who,
    since: datetime,
) -> list[Candidate]:
    """What was added to since a moment and answers one of these questions, word for word.

    Three queries for any number of them: no typing error is corrected, and the words must stand in
    one document of the index.
    """
    if not asked:
        return []
    alike = synonyms(session)
    understood = [(asking.understood(words, alike).groups, narrowed) for words, narrowed in asked]
    answers = retrieving.whole_of_each(
        session,
        [(groups, narrowed.all_labels()) for groups, narrowed in understood],
        who.may,
        who.values,
        since,
        NEWEST,
    )
    things: list[Candidate] = []
    for (groups, narrowed), rows in zip(understood, answers, strict=True):
        things += _whole(groups, rows, since, narrowed)
    return things


def _whole(
    groups: Sequence[Group], rows: Sequence[Any], now: datetime, narrowed: Narrowed
) -> list[Candidate]:
    """The things that hold every word, the newest first."""
    newest = scoring.newest(rows)
    if not groups:
        return newest
    ranked = scoring.ranked(groups, rows, now, narrowed.by)
    whole = {(t.kind, t.thing_id) for t in ranked if all(t.strength)}
    return [thing for thing in newest if (thing.kind, thing.thing_id) in whole]


def added_of_several(
    session: Session,
    asked: Sequence[tuple[str, Narrowed]],
    who: Who,
    reader: Any,
    since: datetime,
    until: datetime,
) -> list[Candidate]:
    """Older things to which others added a line in this time that answers one of these questions.

    Each line, with the title of its thing, has to hold every word by itself. A query for each kind
    that says what was added, and one more where something was: of what the index holds already.

    Args:
        reader: the actor who hears of it.
    """
    rows = [
        each
        for source in sources().values()
        for each in _added(session, source, who, reader, since, until)
    ]
    alike = synonyms(session) if rows else ()
    things: dict[tuple[str, int], Candidate] = {}
    for question, narrowed in asked if rows else ():
        groups = asking.understood(question, alike).groups
        for row, number, by, labels in rows:
            theirs = not narrowed.by or by in narrowed.by
            if not (theirs and _fits(labels, narrowed.all_labels())):
                continue
            for thing in _whole(groups, [row], until, narrowed):
                known = things.get((thing.kind, thing.thing_id))
                if known is None or known.at < thing.at:
                    things[thing.kind, thing.thing_id] = replace(thing, line=number)
    return scoring.newest_first(things.values())


def _added(
    session: Session, source: Source, who: Who, reader: Any, since: datetime, until: datetime
) -> Iterator[tuple[Any, int, int, Collection[str]]]:
    """Each line that was added, as a row of the index with the title and that line alone; with its
    number, its author, and the labels of what holds it."""
    lines = source.added(session, reader, since, until) if source.added is not None else {}
    if not lines:
        return
    ids = [thing_id for thing_id, _part in lines]
    for row in retrieving.of_things(session, source.kind, ids, who.may, who.values):
        new = lines.get((row.thing_id, row.part), {})
        labels = frozenset(_LABEL.findall(row.lexemes)) if new else ()
        title, *texts = row.body.split("\n")
        for text in texts if new else ():
            number, by = (int(each) for each in text.split("|", 2)[:2])
            if number in new:
                said = {"words": row.words, "body": f"{title}\n{text}", "at": new[number]}
                its = {"kind": row.kind, "thing_id": row.thing_id, "part": row.part}
                yield SimpleNamespace(**its, **said), number, by, labels


def _rows(session: Session, groups: Sequence[Group], who: Who, narrowed: Narrowed) -> list[Any]:
    """Rows of the index, and the same of what it does not hold."""
    labels = narrowed.all_labels()
    found = list(
        retrieving.candidates(
            session, groups, who.may, who.values, labels=labels, since=narrowed.since
        )
    )
    return found + _aside(session, groups, who, narrowed, labels)


def _aside(
    session: Session,
    groups: Sequence[Group],
    who: Who,
    narrowed: Narrowed,
    labels: Collection[str],
) -> list[Any]:
    found: list[Any] = []
    for source in sources().values():
        if source.aside is None or not (groups or labels):
            continue
        if narrowed.kinds and source.kind not in narrowed.kinds:
            continue
        for document in source.aside(session, who.actor):
            fits = _fits(set(document.labels), labels)
            if fits and (narrowed.since is None or document.at >= narrowed.since):
                found.append(SimpleNamespace(**indexing.row_of(source.kind, document)))
    return found


def _fits(has: Collection[str], wanted: Collection[str]) -> bool:
    """Of each name that is wanted it has one of the labels."""
    return {each.partition(":")[0] for each in wanted} <= {
        each.partition(":")[0] for each in has if each in wanted
    }


def _corrected(
    session: Session,
    groups: list[Group],
    rows: Sequence[Any],
    who: Who,
    narrowed: Narrowed,
    alike: Alike,
) -> tuple[list[Group], dict[str, list[str]]]:
    """The groups with what may have been meant, where nothing that they may read has the word.

    Of a compound that is spelled well: with each of its words.

    Spellings come from the public word list and from what the searcher may find anyway: a
    suggestion never tells of a word that stands where they may not look.
    """
    said: dict[str, list[str]] = {}
    found = list(groups)
    nothing = not any(scoring.held_in(g, row.body) for g in groups for row in rows)
    for n, group in enumerate(groups):
        if group.phrase or len(group.word) < asking.LEAST_TO_CORRECT:
            continue
        if any(scoring.held_in(group, row.body) for row in rows):
            continue
        spellings = _spellings(session, group.word, who, narrowed, known_as_well=nothing)
        if spellings:
            said[group.word] = spellings
            found[n] = asking.meant(group, spellings, alike)
        else:  # spelled well, and nobody wrote it
            found[n] = asking.taken_apart(group)
    return found, said


def _spellings(
    session: Session, word: str, who: Who, narrowed: Narrowed, *, known_as_well: bool
) -> list[str]:
    """What may have been meant by a word; with hyphens, by each of its pieces."""
    if word.isalpha():
        wrong = known_as_well or asking.may_be_wrong(word)
        return _near(session, word, who, narrowed) if wrong else []
    pieces = pieces_of(word)
    wrong_ones = [piece for piece in pieces if asking.may_be_wrong(piece)][:MOST_PIECES]
    better = {piece: _near(session, piece, who, narrowed) for piece in wrong_ones}
    if not any(better.values()):
        return []
    ways = product(*(better.get(piece) or [piece] for piece in pieces))
    return ["-".join(way) for way in islice(ways, MOST_MEANT)]


def _near(session: Session, word: str, who: Who, narrowed: Narrowed) -> list[str]:
    """One typing error away, and standing in something that the searcher may find."""
    own = main_term(word)
    near = [each for each in asking.near(word) if main_term(each) != own]
    # Of one stem the form that is on the list: 'instelling' before 'insteling'.
    near.sort(key=lambda each: (each not in words(), each))
    known = [each for each in near if asking.is_known(each)]
    # Of the hundreds that no list knows hardly one is written: asked for when the others are not.
    return _written(session, word, known, who, narrowed, rare=False) or _written(
        session, word, [each for each in near if each not in known], who, narrowed, rare=True
    )


def _written(
    session: Session,
    word: str,
    spellings: Sequence[str],
    who: Who,
    narrowed: Narrowed,
    rare: bool,
) -> list[str]:
    """Those of these spellings that most of what the searcher may find has."""
    if not spellings:
        return []
    terms: dict[str, str] = {}
    for each in spellings:
        terms.setdefault(main_term(each), each)
    guess = Group(word, dict.fromkeys(terms, 1.0) | {PART + t: 1.0 for t in terms})
    labels = narrowed.all_labels()
    rows = retrieving.candidates(
        session, [guess], who.may, who.values, labels=labels, most=LOOKED_AT, rare=rare
    )
    times: Counter[str] = Counter()
    for row in [*rows, *_aside(session, [guess], who, narrowed, labels)]:
        held = {term.removeprefix(PART) for term in row.body.split()}
        times.update(held & terms.keys())
    return [terms[t] for t in sorted(times, key=lambda t: (-times[t], t))[:MOST_MEANT]]
