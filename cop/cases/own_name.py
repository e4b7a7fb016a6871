"""Whose name it is in a story that its author tells under their own: theirs, or a relative's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cop.deidentify import Label, Span, cues
from cop.deidentify.lexicon import fold, lexicon
from cop.deidentify.mentions import take_apart

_WORD = re.compile(r"\w+")
# The word before a name: a title or relation makes it somebody else's, but for 'ik ben moeder X'.
_BEFORE = re.compile(
    r"(\b(?:ik ben|ben ik|ik als|als|I am|I'm)(?: (?:een|de|a|the))? )?"
    r"([^\W\d_](?:[\w'’-]*\w)?)[ .,:(]{1,3}$",
    re.IGNORECASE,
)
# 'ik, De Wolf', 'ze noemden mij De Wolf', 'mijn naam is De Wolf'
_MYSELF = re.compile(
    r"\b(?:ik|mij|me|mezelf|I|myself|mijn naam is|my name is)\b(?:\W+(?:ben|heet|altijd|gewoon|"
    r"maar|ook|nog|am))*[\s,:'\"‘“]*$",
    re.IGNORECASE,
)
_NEXT = re.compile(r" ([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class _Own:
    """The words of the author's name: all of them, given names, and the surname's own."""

    words: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]


def without_author(spans: Sequence[Span], text: str, own_name: str) -> list[Span]:
    """The findings without those that are the author themselves.

    A relative is somebody else: 'mijn vader, meneer De Wolf'. Where the story has one of them, or
    says what 'De Wolf' did, the surname alone is no longer the author, who speaks as 'ik'.
    """
    own = _own(own_name)
    if not own.words:
        return list(spans)
    family = any(_relative(span, text, own) for span in spans)
    return [span for span in spans if not _is_own(span, text, own, family)]


def _own(own_name: str) -> _Own:
    taken = take_apart(own_name.strip(), 0, len(own_name.strip()))
    words, family = frozenset(_words(own_name)), frozenset(_words(taken.surname))
    return _Own(words, words - family - frozenset(_words(taken.prefix)), family)


def _words(piece: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(piece)]


def _introduced(span: Span, text: str) -> bool:
    """Whether a title or relation before it says that it is somebody else."""
    before = _BEFORE.search(text[max(0, span.start - 60) : span.start])
    told = fold(before[2]) if before else ""
    if told not in cues.TITLES | cues.RELATIONS:
        return False
    return not (before and before[1] and told not in cues.TITLES)


def _relative(span: Span, text: str, own: _Own) -> bool:
    """Whether somebody else has the author's surname: 'Tamara de Wolf', 'mevrouw De Wolf'."""
    words = _words(text[span.start : span.end])
    if span.label is not Label.PERSON or not own.family & set(words):
        return False
    return any(word not in own.words for word in words) or _introduced(span, text)


def _is_own(span: Span, text: str, own: _Own, family: bool) -> bool:
    words = _words(text[span.start : span.end])
    if span.label is not Label.PERSON or not words or any(word not in own.words for word in words):
        return False
    if _introduced(span, text):
        return False
    if own.given & set(words) or _MYSELF.search(text[max(0, span.start - 40) : span.start]):
        return True
    return not family and not _acts(span, text)


def _acts(span: Span, text: str) -> bool:
    """Whether it says what one person does or did: 'De Wolf liep weg'."""
    after = _NEXT.match(text, span.end)
    low = fold(after[1]) if after else ""
    return low in cues.VERBS or lexicon().is_finite(low)
