"""How well a thing answers a question: one formula, whichever engine found it.

For each group of the question a thing earns by where its words stand: the title, the opening, and
how often they come back, measured against length (as BM25 does with fields). What few of the
candidates have counts for more. On top comes the best line by itself, since a post that says all
of it answers better than a conversation that says it here and there. Freshness has its place: what
was added to lately comes before what is as good and older.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cop.platform.search.asking import Group
from cop.platform.search.indexing import parts_of_line
from cop.platform.search.sources import OF_ALL
from cop.platform.search.terms import PART

TITLE, OPENING = 1.8, 1.2  # of a word elsewhere
SATURATES = 4.0  # how soon more of the same counts for little
LENGTH = 0.3  # how much a long text has to say a word more often
USUAL_WORDS = 180.0
BEST_LINE, TITLE_LINE = 0.7, 1.0  # what the best line adds, and the title by itself
COVERAGE = 0.3  # how much a thing loses that lacks part of the question
FRESH, FADES_DAYS = 0.12, 400.0


@dataclass
class Candidate:
    """A thing with those of its parts that were found."""

    kind: str
    thing_id: int
    at: datetime
    words: int = 0
    strength: list[float] = field(default_factory=list)  # by group: where and how often
    best_line: float = 0.0
    line: int = 0  # its number; 0 is the title
    lines: list[tuple[int, list[float]]] = field(default_factory=list)
    score: float = 0.0


def ranked(
    groups: Sequence[Group],
    rows: Sequence[Any],
    now: datetime,
    by: frozenset[int] = frozenset(),
    kinds: Mapping[str, float] | None = None,
) -> list[Candidate]:
    """The things that these rows of the index are of, best first.

    Args:
        by: only lines of these authors count, if any is given.
        kinds: what a thing of a kind counts, 1 where it is not named.
    """
    found: dict[tuple[str, int], Candidate] = {}
    for row in rows:
        _add(found, groups, row, by)
    things = [
        thing
        for thing in found.values()
        if any(thing.strength)
        and all(s for s, group in zip(thing.strength, groups, strict=True) if group.phrase)
    ]
    rarity = _rarity(groups, things)
    for thing in things:
        _score(thing, rarity, now, (kinds or {}).get(thing.kind, 1.0))
    things.sort(key=lambda t: (-t.score, t.kind, -t.thing_id))
    return things


def _add(
    found: dict[tuple[str, int], Candidate],
    groups: Sequence[Group],
    row: Any,
    by: frozenset[int],
) -> None:
    there = {n: its for n, group in enumerate(groups) if (its := held_in(group, row.body))}
    if not there:
        return
    thing = found.setdefault(
        (row.kind, row.thing_id),
        Candidate(row.kind, row.thing_id, row.at, strength=[0.0] * len(groups)),
    )
    first_part = thing.words == 0 and not thing.lines
    thing.at = max(thing.at, row.at)
    thing.words += row.words
    for number, author, terms in lines_with(row.body, there.values()):
        if by and author not in by and author != OF_ALL:
            continue
        if number == 0 and not first_part:
            continue  # every part has the title; it counts once
        held = [0.0] * len(groups)
        for n, group in there.items():
            held[n] = weight_in(group, terms)
        if any(held):
            place = TITLE if number == 0 else OPENING if number in (1, -1) else 1.0
            for n, weight in enumerate(held):
                thing.strength[n] += place * weight
            thing.lines.append((number, held))


def newest(rows: Sequence[Any]) -> list[Candidate]:
    """The things that these rows are of, the newest first: for a search without words."""
    found: dict[tuple[str, int], Candidate] = {}
    for row in rows:
        thing = found.setdefault(
            (row.kind, row.thing_id), Candidate(row.kind, row.thing_id, row.at, line=1)
        )
        thing.at = max(thing.at, row.at)
    for thing in found.values():
        thing.score = thing.at.timestamp()
    return newest_first(found.values())


def newest_first(things: Iterable[Candidate]) -> list[Candidate]:
    """Things that `newest` gave, each once."""
    each = {(thing.kind, thing.thing_id): thing for thing in things}
    return sorted(each.values(), key=lambda t: (-t.score, t.kind, -t.thing_id))


def held_in(group: Group, body: str) -> Group | None:
    """What of a group stands somewhere in a body; of a phrase, whether all its words do."""
    if group.phrase:
        return group if all(f" {term} " in body for term in group.phrase) else None
    terms = {term: weight for term, weight in group.terms.items() if f" {term} " in body}
    joint = tuple(
        (several, weight)
        for several, weight in group.joint
        if all(f" {t} " in body or f" {PART}{t} " in body for t in several)
    )
    return Group(group.word, terms, joint) if terms or joint else None


def lines_with(body: str, groups: Iterable[Group]) -> Iterator[tuple[int, int, str]]:
    """(number, author, terms) of the lines of a body in which one of these words stands.

    Words are looked for in the whole body: most lines hold none of them, and are never looked at.
    """
    found: set[int] = set()
    for group in groups:
        for term in _terms(group):
            at = body.find(f" {term} ")
            while at >= 0:
                found.add(body.rfind("\n", 0, at) + 1)
                ends = body.find("\n", at)  # once in a line is enough
                at = body.find(f" {term} ", ends) if ends >= 0 else -1
    for begins in sorted(found):
        ends = body.find("\n", begins)
        yield parts_of_line(body[begins : ends if ends >= 0 else None])


def _terms(group: Group) -> Iterator[str]:
    """Of which one at least stands wherever some of the group does."""
    yield from group.terms
    for several, _weight in group.joint:
        yield several[0]
        yield f"{PART}{several[0]}"
    yield from group.phrase[:1]


def weight_in(group: Group, terms: str) -> float:
    """How much of the group these terms (between blanks) hold: 0 to a little over 1."""
    if group.phrase:
        plain = " ".join(t for t in terms.split() if not t.startswith(PART))
        return 1.5 if f" {' '.join(group.phrase)} " in f" {plain} " else 0.0
    best = 0.0
    for term, weight in group.terms.items():
        if weight > best and f" {term} " in terms:
            times = terms.count(f" {term} ")
            best = max(best, weight * (1 + 0.25 * min(times - 1, 3)))
    for several, weight in group.joint:
        if weight > best and all(f" {t} " in terms or f" {PART}{t} " in terms for t in several):
            best = weight
    return best


def _rarity(groups: Sequence[Group], things: Sequence[Candidate]) -> list[float]:
    """What a group counts: more, the fewer of these candidates have it."""
    total = len(things)
    found = []
    for n in range(len(groups)):
        have = sum(1 for thing in things if thing.strength[n])
        found.append(0.35 + math.log(1 + (total - have + 0.5) / (have + 0.5)))
    return found


def _score(thing: Candidate, rarity: Sequence[float], now: datetime, kind: float) -> None:
    whole = sum(rarity)
    long = 1 - LENGTH + LENGTH * min(4.0, thing.words / USUAL_WORDS)
    earned = matched = 0.0
    for strength, rare in zip(thing.strength, rarity, strict=True):
        if strength:
            earned += rare * strength * (1 + SATURATES) / (strength + SATURATES * long)
            matched += rare
    title = 0.0
    for number, held in thing.lines:
        line = sum(rare * min(w, 1.2) for w, rare in zip(held, rarity, strict=True))
        if number == 0:
            title = line
        elif line > thing.best_line + 1e-9:
            thing.line, thing.best_line = number, line
    covered = matched / whole if whole else 0.0
    days = max(0.0, (now - thing.at).total_seconds() / 86400)
    fresh = 1 + FRESH * math.exp(-days / FADES_DAYS)
    thing.score = (
        (earned + BEST_LINE * thing.best_line + TITLE_LINE * title)
        / whole
        * (1 - COVERAGE + COVERAGE * covered * covered)
        * fresh
        * kind
        if whole
        else 0.0
    )
