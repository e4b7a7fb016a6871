"""Words of which the letters stand apart: 'F a t i m a', 'J. a. n', 'V-I-S-S-E-R', 'b, r, a, m'.

So people hide a name from machines, say how it is spelled, or give a word weight ('n i e t'). What
is no name, or may as well be a word, an abbreviation or initials, is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from . import cues
from .document import Document
from .lexicon import NAME, Flag, fold
from .spans import Label, Reason, Span

_LETTER = r"[^\W\d_](?![^\W_])"
_RUN = re.compile(
    rf"(?<![^\W_])(?<![^\W_][-'.*/·+]){_LETTER}(?P<joint> |[-.*_/·•|~+] ?| [-.*/·•|~+] |, )"
    rf"{_LETTER}(?:(?P=joint){_LETTER})+(?![-*_][^\W_])"
)
SPELLED = "gespeld"  # the cue of a name that was found so
_STRICT = frozenset({"-", " - ", ", "})  # how a name is spelled aloud, whatever name it is
_CUES = cues.TITLES | cues.RELATIONS | cues.NAMING
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Spelled:
    """A word of which the letters stand apart, and the sign between them."""

    start: int
    end: int
    word: str
    joint: str

    @property
    def as_name(self) -> bool:
        """Whether it begins with its only capital."""
        return self.word[0].isupper() and self.word[1:].islower()


def spelled(text: str) -> Iterator[Spelled]:
    """Every word of which the letters stand apart; a capital after small letters begins another.

    Letters that each have a full stop and a capital are initials, and no word.
    """
    for match in _RUN.finditer(text):
        signs = [i for i in range(match.start(), match.end()) if text[i].isalpha()]
        dotted = "." in match["joint"]
        if dotted and all(text[i].isupper() for i in signs):
            continue
        begins = [
            n
            for n, (one, other) in enumerate(pairwise(signs), start=1)
            if text[one].islower() and text[other].isupper()
        ]
        for first, stop in pairwise([0, *begins, len(signs)]):
            word = "".join(text[i] for i in signs[first:stop])
            yield Spelled(signs[first], signs[stop - 1] + 1, word, match["joint"])


def closed(name: str) -> str:
    """A name with its letters together: 'Fatima' of 'F a t i m a'; as it is when they are so."""
    words = list(spelled(name))
    whole = words and words[0].start == 0 and words[-1].end == len(name)
    if not whole or all(len(each.word) < 4 and not each.as_name for each in words):
        return name
    return " ".join(each.word for each in words)


def _label(doc: Document, found: Spelled, cued: bool) -> Label | None:
    """What a spelled word is the name of; None when it may be anything else."""
    low = fold(found.word)
    flags = doc.lex.flags(low)
    if (
        len(low) < 3
        or len(set(low)) < 2
        or low in _ALPHABET
        or (flags & Flag.SAFE and not flags & Flag.NAMEWINS)
    ):
        return None
    if found.joint == ", " and len(low) < 4:
        return None
    if found.joint in (".", "/") and not found.as_name and len(low) < 5:
        return None  # 'e.v.a.', 'a/d/a': an abbreviation
    ordinary = doc.known_word(low)
    if flags & NAME and (cued or not (ordinary or flags & Flag.NOTNAME) or flags & Flag.NAMEWINS):
        return Label.PERSON
    if flags & Flag.FIRST and found.as_name and not flags & Flag.NOTNAME:
        return Label.PERSON  # 'R o o s', but 'r o o s'
    if flags & Flag.PLACE and not ordinary and len(low) > 3:
        return Label.PLACE
    if not ordinary and cued:
        return Label.PERSON
    if found.joint in _STRICT and len(low) > 3 and (flags & NAME or not flags & Flag.COMMON):
        return Label.PERSON
    return None


def _beside(doc: Document) -> Iterator[list[Spelled]]:
    """The spelled words that are free, those with no more than blanks between them together."""
    row: list[Spelled] = []
    for found in spelled(doc.text):
        if not doc.free(found.start, found.end):
            continue
        if row and not doc.text[row[-1].end : found.start].isspace():
            yield row
            row = []
        row.append(found)
    if row:
        yield row


def find_spelled(doc: Document) -> Iterator[Span]:
    """Names of which the letters stand apart; ordinary words are claimed without a mark."""
    for row in _beside(doc):
        index = doc.at(row[0].start) - 1
        while doc.low(index) in {".", ":", "is"}:
            index -= 1
        # 'P i e t  J a n s e n': beside a name, what may be one is.
        cued = doc.low(index) in _CUES or any(
            _label(doc, each, False) is Label.PERSON for each in row
        )
        last: Span | None = None
        for found in row:
            label = _label(doc, found, cued)
            word = fold(found.word)
            ordinary = doc.lex.flags(word) & Flag.WORD or word in _ALPHABET
            if label or (ordinary and len(word) > 3):
                doc.claim(found.start, found.end)
            if last and label is last.label is Label.PERSON:
                last = replace(last, end=found.end)
                continue
            if last:
                yield last
            last = None
            if label:
                last = Span(found.start, found.end, label, 0.8, Reason.NAMED, SPELLED)
        if last:
            yield last
