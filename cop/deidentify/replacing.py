"""Replacements that keep a story readable: pseudonyms for people, ranges for ages, seasons for
days, kinds for places and institutions.

    propose(text, spans, key=…)   what could stand in for every finding
    apply(text, replacements)     the text with them in place
    advise(span)                  what to do about an indirect identifier, which has no such words

The words are Dutch, as the stories are. Nothing is kept; the same input gives the same words.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .lexicon import fold
from .mentions import take_apart
from .pseudonyms import People
from .spans import Label, Reason, Span
from .vaguer_ages import vaguer_age
from .vaguer_places import Vaguer
from .vaguer_times import Calendar

NUMBER = "[nummer]"
CONTACT = "[contactgegevens]"


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """What could stand in for `original`, which is `text[start:end]` of the text it was made for.

    `start` and `end` are those of the finding; the point of an abbreviation ('aug.') is taken in. A
    finding without a replacement was kept by the author, is an indirect identifier, or is vague as
    it is ('begin dertig').
    """

    start: int
    end: int
    label: Label
    original: str
    text: str


class Mismatch(ValueError):
    """The replacements were made for another text."""


def propose(
    text: str,
    spans: Iterable[Span],
    *,
    key: bytes,
    keep_origin: bool = False,
    kept: Collection[Span | tuple[int, int] | str] = (),
    chosen: Mapping[int, str] | None = None,
) -> list[Replacement]:
    """What could stand in for each span, in order of place.

    Args:
        spans: of `find(text)` and those that the author added; without overlap.
        key: decides which names are drawn; another one for every case.
        keep_origin: the author wants the names to show where people's families come from.
        kept: what stays as it is: spans, their offsets, or words wherever they were found.
        chosen: the author's own words for people, by where these start: other forms follow them.
    """
    words = {fold(k) for k in kept if isinstance(k, str)}
    places = {_place(k) for k in kept if not isinstance(k, str)}
    ordered = [
        s
        for s in sorted(spans)
        if (s.start, s.end) not in places
        and fold(text[s.start : s.end]) not in words
        and 0 <= s.start < s.end <= len(text)
    ]
    people = People(
        text,
        key,
        keep_origin,
        [take_apart(text, s.start, s.end) for s in ordered if s.label is Label.PERSON],
        chosen or {},
    )
    names = {m.start: people.words_for(m) for m in people.mentions}
    starts = {s.start for s in ordered}
    calendar = Calendar(text, [s for s in ordered if s.label is Label.DATE])
    vaguer = Vaguer(text)
    proposed: list[Replacement] = []
    for span in ordered:
        words_for: str | None = None
        match span.label:
            case Label.PERSON:
                words_for = names[span.start]
            case Label.AGE:
                words_for = vaguer_age(text, span)
            case Label.DATE:
                words_for = calendar.vaguer(span)
            case Label.PLACE:
                words_for = vaguer.place(span)
            case Label.ORG:
                words_for = vaguer.org(span)
            case Label.ID:
                words_for = NUMBER
            case Label.CONTACT:
                words_for = CONTACT
            case Label.QUASI:
                continue
        if words_for is None:
            continue
        end = span.end
        if (
            _ABBREVIATED.search(text[span.start : end + 1])
            and re.match(r"\.,?\s+[a-z(]", text[end : end + 12])
            and end not in starts
        ):
            end += 1  # the point belongs to the abbreviation
        original = text[span.start : end]
        if span.label is not Label.PERSON:
            words_for = _upper(text, span, words_for)
            words_for = _capital(text, span.start, original, words_for)
        proposed.append(Replacement(span.start, end, span.label, original, words_for))
    return proposed


def apply(text: str, replacements: Sequence[Replacement]) -> str:
    """The text with the replacements in place; a text that has them already comes back unchanged.

    Raises:
        Mismatch: the originals are not where the replacements say, nor are the words for them.
    """
    ordered = sorted(replacements)
    if any(a.end > b.start for a, b in pairwise(ordered)):
        raise Mismatch("replacements overlap")
    if not all(text[r.start : r.end] == r.original for r in ordered):
        if _in_place(text, ordered):
            return text
        raise Mismatch("not the text that these replacements are for")
    pieces, done = [], 0
    for r in ordered:
        pieces += [text[done : r.start], r.text]
        done = r.end
    return "".join([*pieces, text[done:]])


def moved(replacements: Sequence[Replacement]) -> list[Replacement]:
    """The same replacements with the offsets that their words have in the replaced text."""
    shift, out = 0, []
    for r in sorted(replacements):
        start = r.start + shift
        out.append(replace(r, start=start, end=start + len(r.text)))
        shift += len(r.text) - len(r.original)
    return out


def _in_place(text: str, ordered: Sequence[Replacement]) -> bool:
    return all(text[m.start : m.end] == m.text for m in moved(ordered))


def _place(kept: Span | tuple[int, int] | str) -> tuple[int, int]:
    if isinstance(kept, Span):
        return kept.start, kept.end
    assert not isinstance(kept, str)
    return kept


_ABBREVIATED = re.compile(
    r"\b(?:jan|febr?|mrt|apr|jun|jul|aug|sept|sep|okt|nov|dec|gebr|zn|bv)\.$", re.I
)
_SENTENCE = re.compile(
    r"(?:^|(?<!\b[A-Za-z])(?<!mevr)(?<!\bmw)(?<!\bdhr)(?<!\bdr)(?<!\bds)(?<!\bca)(?<!\bgeb)"
    r"(?<!\btel)[.!?…][\"'”’)]*\s+|\n\s*(?:[-*>•]\s*)?)[\"'“‘]*$",
    re.IGNORECASE,
)


def _upper(text: str, span: Span, words: str) -> str:
    """Capitals in a line that is written in capitals."""
    line = (
        text[text.rfind("\n", 0, span.start) + 1 : span.start] + text[span.end :].partition("\n")[0]
    )
    letters = [c for c in line if c.isalpha()]
    shouting = len(letters) >= 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters)
    return words.upper() if shouting and not words.startswith("[") else words


def _capital(text: str, start: int, original: str, words: str) -> str:
    """A capital at the beginning of a sentence, when the text had one there or writes them."""
    if not _SENTENCE.search(text[max(0, start - 12) : start] if start else ""):
        return words
    if original[:1].isupper() or (not original[:1].isalpha() and re.search(r"[.!?]\s+[A-Z]", text)):
        lead = re.match(r"\W*", words)
        at = lead.end() if lead else 0
        return (
            words
            if words.startswith("[")
            else words[:at] + words[at : at + 1].upper() + words[at + 1 :]
        )
    return words


_ADVICE = {
    Reason.ONLY_ONE: "Say what it means for the story instead of how rare it is.",
    Reason.NEWS: "Leave out what was in the news, or tell of another event with the same weight.",
    Reason.RARE_OCCUPATION: "Take a wider word: 'he works in a port' instead of the occupation.",
    Reason.RARE_ORIGIN: "Leave the origin out, or name a part of the world if it matters.",
    Reason.PUBLIC_ROLE: "Leave the role out, or say only that many people know this person.",
}


def advise(span: Span) -> str:
    """What an author can do about an indirect identifier, in English; callers translate."""
    return _ADVICE.get(span.reason, "Say it in wider words, or leave it out.")
