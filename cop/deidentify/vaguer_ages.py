"""Ages as ranges, in words that fit where the age stands.

What a text says in figures or in words decides nothing else than the form.
"""

from __future__ import annotations

import re

from .lexicon import fold
from .number_words import NUMBERS, RANKS, TENS, number_word, ordinal_word
from .spans import Span

_VAGUE_AGE = re.compile(r"\b(?:begin|midden|eind|half|rond|boven|tussen)\b|er(?:s|tje)?$")
_MONTHS_OLD = re.compile(r"^\s?(?:mnd|maand|wk|weken|dagen|dgn|week)", re.IGNORECASE)
_YEARS = re.compile(r"^\s?-?(?:jaar|jr\b|jaren|j\b|years?)", re.IGNORECASE)
_ABOUT = re.compile(
    r"(?:\b(?:rond(?: de)?|ongeveer|ca\.?|circa|naar schatting|jaar of|richting|tegen de)|±)\s?$",
    re.IGNORECASE,
)
_BECOMES = re.compile(
    r"\b(?:wordt|werd|worden|word)\s(?:\w+\s){0,3}$|\b(?:wordt|werd)\s(?:[^.\n,]{0,20}\s)?$",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\btussen\s(?:de\s)?$", re.IGNORECASE)
_TWO = re.compile(r"(\w+)\sen\s(?:de\s)?(\w+)")  # the bounds of a range
# What follows '34-jarige' when no noun does.
_NO_NOUN = re.compile(
    r"^(?:\s*$|[.,;:!?)/|\n]|\s(?:uit|is|die|met|van|wil|heeft|was|en|in|op|bij|werd|wordt|kwam|komt|"
    r"woont|zit|drinkt|gebruikt|kan|moet|voor|te|om|dat|als|zonder|naar|aan)\b)",
    re.IGNORECASE,
)


def age_of(word: str) -> int | None:
    """The number in 'negentien', '19', '19e', '34-jarige'; None where there is none."""
    if figures := re.search(r"\d+", word):
        return int(figures[0])
    word = re.sub(r"[\s-]?jarig(?:e|en)?$", "", fold(word).replace("éé", "ee"))
    if word in RANKS:
        return RANKS[word]
    for given, n in NUMBERS.items():
        if given.replace("éé", "ee") == word:
            return n
    return None


def _range(n: int) -> str:
    """An age as people say it: 'rond de tien', 'begin dertig'."""
    for below, words in (
        (4, "een jaar of twee"),
        (8, "rond de zes"),
        (12, "rond de tien"),
        (15, "rond de dertien"),
        (18, "rond de zestien"),
        (20, "bijna twintig"),
    ):
        if n < below:
            return words
    if n >= 90:
        return "boven de negentig"
    part = "begin" if n % 10 < 5 else "midden" if n % 10 < 7 else "eind"
    return f"{part} {TENS[n // 10 - 2]}"


def _bounds(n: int) -> tuple[int, int]:
    """The range in years that stands before 'jaar'."""
    for low, high in ((0, 4), (4, 8), (8, 12), (12, 15), (15, 18)):
        if n < high:
            return low, high
    return (18, 20) if n < 20 else (n // 5 * 5, n // 5 * 5 + 5)


def _wider(low: str, high: str) -> str | None:
    """The bounds of a range rounded to five years: '18 en 20' becomes '15 en 20'."""
    first, last = age_of(low), age_of(high)
    if first is None or last is None:
        return None
    bounds = first // 5 * 5, -(-last // 5) * 5
    return " en ".join(str(n) if low.isdigit() else number_word(n) for n in bounds)


def vaguer_age(text: str, span: Span) -> str | None:
    """Words that fit where an age stands; None when it is vague as it is."""
    piece, before, after = text[span.start : span.end], text[: span.start], text[span.end :]
    if (two := _TWO.fullmatch(piece)) and _BETWEEN.search(before[-12:]):
        return _wider(two[1], two[2])
    low = fold(piece)
    n = age_of(piece)
    if n is None or (_VAGUE_AGE.search(low) and "jarig" not in low and not re.search(r"\d", low)):
        return None
    words: str
    in_words = not re.search(r"\d", piece)
    if "jarig" in low:
        ending = low[low.index("jarig") :]
        if ending == "jarige" and _NO_NOUN.match(after) and n >= 12:
            words = (
                "tiener" if n < 18 else "twintiger" if n < 20 else f"{TENS[min(n, 99) // 10 - 2]}er"
            )
            words = "hoogbejaarde" if n >= 90 else words
        else:
            near = next((m for m in (2, 6, 10, 13, 16) if abs(n - m) < 2), None) if n < 18 else None
            words = f"ongeveer {number_word(near or min(round(n / 5) * 5, 95))}{ending}"
    elif low in RANKS or re.fullmatch(r"\d+\s?(?:e|de|ste)", low):
        if re.match(r"\s*verjaardag", after):
            words = "zoveelste" if n != 18 else "achttiende"
        else:
            first = n if n % 2 else n - 1
            words = f"{ordinal_word(max(first, 1))} of {ordinal_word(max(first, 1) + 1)}"
    elif _MONTHS_OLD.match(after):
        words = "een paar"
    elif _YEARS.match(after):
        lower, higher = _bounds(n)
        if n >= 90:
            words = "boven de negentig"
        elif in_words:
            words = f"{number_word(lower)} tot {number_word(higher)}"
        else:
            words = f"{lower} tot {higher}"
    elif _BECOMES.search(before[-40:]) and n != 18 and n % 10:
        words = "een jaar ouder"
    elif n == 18 and _BECOMES.search(before[-40:]):
        words = "meerderjarig"
    else:
        words = _range(n)
        if _ABOUT.search(before):
            if n % 5 == 0:
                return None
            words = number_word(min(round(n / 5) * 5, 95))
    return f" {words}" if before[-1:].isalnum() else words
