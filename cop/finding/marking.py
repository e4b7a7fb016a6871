"""The words of a question in their sentence, marked, for pages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cop.platform.search.asking import Group
from cop.platform.search.folding import WORD, fold
from cop.platform.search.terms import PART, STOP, terms_of

LONGEST = 240  # characters of what is shown
_SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+[\"'”’)]*|\n|$)\s*")


@dataclass(frozen=True, slots=True)
class Marked:
    """Text in pieces: (words, whether they are what was looked for)."""

    pieces: tuple[tuple[str, bool], ...] = ()

    def __str__(self) -> str:
        return "".join(words for words, _is_marked in self.pieces)

    def __bool__(self) -> bool:
        return bool(self.pieces)


def marked(text: str, groups: Sequence[Group], whole: bool = False) -> Marked:
    """The sentence that says most of what was looked for, with the next if there is room.

    Args:
        whole: all of the text, for a title.
    """
    looked_for = _terms(groups)
    if whole:
        return Marked(tuple(_pieces(text, looked_for)))
    sentences = [m[0] for m in _SENTENCE.finditer(text) if m[0].strip()]
    if not sentences:
        return Marked()
    weights = [len(_held(sentence, looked_for)) for sentence in sentences]
    best = max(range(len(sentences)), key=lambda n: (weights[n], -n))
    chosen = sentences[best]
    at = best + 1
    while at < len(sentences) and len(chosen) + len(sentences[at]) <= LONGEST:
        chosen += sentences[at]
        at += 1
    begun = best == 0
    pieces = list(_pieces(" ".join(_cut(chosen, looked_for).split()), looked_for))
    if not begun:
        pieces.insert(0, ("… ", False))
    return Marked(tuple(pieces))


def _terms(groups: Sequence[Group]) -> dict[str, int]:
    """term → the group that it stands for."""
    found: dict[str, int] = {}
    for n, group in enumerate(groups):
        several = (t for terms, _weight in group.joint for t in terms)
        for term in (*group.terms, *group.phrase, *several):
            found.setdefault(term.removeprefix(PART), n)
    return found


def _held(sentence: str, looked_for: dict[str, int]) -> set[int]:
    return {looked_for[t] for m in WORD.finditer(sentence) if (t := _term(m[0], looked_for))}


def _term(word: str, looked_for: dict[str, int]) -> str | None:
    folded = fold(word)
    if folded in STOP:
        return None
    for term in terms_of(folded):
        plain = term.removeprefix(PART)
        if plain in looked_for:
            return plain
    return None


def _cut(sentence: str, looked_for: dict[str, int]) -> str:
    """A long sentence around the first word that was looked for."""
    sentence = sentence.strip()
    if len(sentence) <= LONGEST:
        return sentence
    first = next((m.start() for m in WORD.finditer(sentence) if _term(m[0], looked_for)), 0)
    start = max(0, first - LONGEST // 3)
    if start:
        start = sentence.find(" ", start) + 1
    part = sentence[start : start + LONGEST]
    if start + LONGEST < len(sentence):
        part = part.rsplit(" ", 1)[0] + " …"
    return ("… " if start else "") + part


def _pieces(text: str, looked_for: dict[str, int]) -> Iterator[tuple[str, bool]]:
    at = 0
    for match in WORD.finditer(text):
        if _term(match[0], looked_for):
            if match.start() > at:
                yield text[at : match.start()], False
            yield match[0], True
            at = match.end()
    if at < len(text):
        yield text[at:], False
