"""Does a text point to somebody in acute need? If so its writer, and only they, sees where help is.

Nothing is stored, nobody is told, nothing is blocked: the text goes in, a yes or no comes out.
Lines that quote somebody else ('> …') are left out. What counts is data: `crisis_words`.
"""

import re
import unicodedata
from functools import cache

from flask import flash

from cop.platform.quotations import without_quoted
from cop.textcheck.crisis_words import FILLERS, FUZZY, MEANT, PHRASES

_SENTENCE = re.compile(r"[.!?;\n]+")
_WORD = re.compile(r"[a-z']+")
_TOKEN = re.compile(r"[a-z']+|[()|\[\]$…~]")
_GAP = r"(?:[a-z']+ ){0,3}?"
_FILLED = f"(?:(?:{'|'.join(FILLERS)}) ){{0,4}}"
_LONGEST = 60_000  # characters that are looked at; a post is never longer


def points_to_crisis(text: str) -> bool:
    """Whether words in the text point to a crisis of the writer or of somebody near to them."""
    pattern = _pattern()
    return any(pattern.search(sentence) for sentence in _sentences(text[:_LONGEST]))


def show_help_once(text: str | None) -> None:
    """Let the next page show where help is, when words point to a crisis.

    It goes through the writer's own browser, as every message on the next page does: an address
    that says so would stand in logs and be passed on with a link.
    """
    if points_to_crisis(text or ""):
        flash("", "crisis")


def _sentences(text: str) -> list[str]:
    """The text as plain lower-case words, 'ik wil niet meer leven ', one string per sentence."""
    own = without_quoted(text).casefold()
    plain = unicodedata.normalize("NFKD", own.replace("’", "'").replace("‘", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return [
        "".join(f"{_meant(word.strip(chr(39)) or word)} " for word in _WORD.findall(sentence))
        for sentence in _SENTENCE.split(plain)
        if sentence.strip()
    ]


@cache
def _fuzzy_by_length() -> dict[int, tuple[str, ...]]:
    lengths = {n for word in FUZZY for n in (len(word) - 1, len(word), len(word) + 1)}
    return {n: tuple(w for w in FUZZY if abs(len(w) - n) <= 1) for n in lengths}


def _meant(word: str) -> str:
    """The word that was meant: known slips of the finger, and long words but one letter."""
    if word in MEANT or word in FUZZY:
        return MEANT.get(word, word)
    for candidate in _fuzzy_by_length().get(len(word), ()):
        if word[0] == candidate[0] and _one_apart(word, candidate):
            return candidate
    return word


def _one_apart(a: str, b: str) -> bool:
    """At most one letter more, fewer, other, or two neighbours swapped."""
    if a == b:
        return True
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    return (
        rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or rest_a[1:] == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )


@cache
def _pattern() -> re.Pattern[str]:
    """All phrases as one expression over words that each end in a space."""
    return re.compile(r"(?:^|(?<= ))(?:" + "|".join(_compiled(p) for p in PHRASES) + ")")


def _compiled(phrase: str) -> str:
    """One phrase of `crisis_words` as a regular expression."""
    marks = {
        "(": "(?:",
        ")": ")",
        "|": "|",
        "[": "(?:",
        "]": ")?",
        "$": "$",
        "…": _GAP,
        "~": _FILLED,
    }
    return "".join(marks.get(token, f"{token} ") for token in _TOKEN.findall(phrase))
