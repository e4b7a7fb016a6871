"""How old somebody is and of which sex, by the words of a text: 'begin vijftig', 'v/34'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from .age_words import BIG
from .figures import AGE_SOURCE, AGES, POPULATION, WOMEN
from .lexicon import fold
from .number_words import TENS
from .spans import Label, Span
from .vaguer_ages import age_of

Age: TypeAlias = tuple[int, int, int, int]  # start, end, first age, age after the last
Sex: TypeAlias = tuple[int, int, str]  # start, end, 'f' or 'm'

_WOMAN = (
    r"vrouw|mevrouw|mevr\.?|mw\.?|meisje|moeder|dochter|oma|zus|tante|weduwe|cliënte|patiënte|"
    r"vriendin|dame|studente|echtgenote|jongedame|huisvrouw|bewoonster|deelneemster"
)
_MAN = (
    r"man|meneer|dhr\.?|heer|jongen|vader|zoon|opa|broer|oom|weduwnaar|vriend|echtgenoot|jongeman"
)
_SEX = re.compile(
    rf"(?<![\w-])(?:(?P<f>{_WOMAN})|(?P<m>{_MAN}))(?![\w-])|(?P<fv>\bv)(?=[ ,/(]\s?\(?\d|\))|"
    rf"(?P<mm>\bm)(?=[ ,/(]\s?\(?\d|\))",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:(?P<f>ze|zij|haar)|(?P<m>hij|hem|ie))\b", re.IGNORECASE)
_DECADE = "|".join([*TENS, "tien"])
VAGUE = re.compile(
    rf"\b(?P<part>begin|midden|eind|half|in de|rond de|bijna|boven de)\s(?P<tens>{_DECADE}|zes|"
    rf"dertien|zestien)\b(?!\s(?:euro|jaar geleden|keer))|"
    rf"\b(?P<low>\d\d?)\s?(?:tot|à|-)\s?(?P<high>\d\d?)\s?(?:jaar|jr)|"
    rf"\btussen\s(?:de\s)?(?P<above>{BIG})\sen\s(?:de\s)?(?P<below>{BIG})(?=\s?(?:jaar|jr))|"
    rf"\b(?P<er>{'|'.join(TENS)})er\b|\b(?P<teen>tiener)\b",
    re.IGNORECASE,
)
_PARTS = {"begin": (0, 5), "midden": (4, 7), "half": (4, 7), "eind": (7, 10), "in de": (0, 10)}
_ROUND = {"zes": (4, 8), "tien": (8, 12), "dertien": (12, 15), "zestien": (15, 18)}


def share_of_ages(low: int, high: int) -> float:
    """The share of inhabitants from `low` up to but not `high` years old."""
    people = 0.0
    for (first, each), (after, _) in pairwise(AGES):
        people += each * max(0, min(high, after) - max(low, first))
    return people / AGE_SOURCE.people


def age_told(text: str, spans: Sequence[Span], centre: int) -> Age | None:
    """(start, end, low, high) of the age at the centre."""
    for span in spans:
        if span.label is Label.AGE and span.start == centre:
            n = age_of(text[span.start : span.end])
            if n is not None and n <= 110:
                around = VAGUE.search(text, max(0, centre - 10), span.end + 16)
                if around is None or around.start() >= span.end:
                    return span.start, span.end, n, n + 1
    match = VAGUE.search(text, max(0, centre - 12))
    if match is None or match.start() > centre + 12:
        return None
    if match["low"]:
        low, high = int(match["low"]), int(match["high"])
    elif match["above"]:
        low, high = age_of(match["above"]) or 0, age_of(match["below"]) or 0
    elif match["er"]:
        low = 10 * (TENS.index(fold(match["er"])) + 2)
        high = low + 10
    elif match["teen"]:
        low, high = 12, 18
    else:
        part, tens = fold(match["part"]), fold(match["tens"])
        if part == "boven de":
            low, high = (90 if tens == "negentig" else _number(tens)), 110
        elif part == "bijna":
            low, high = _number(tens) - 2, _number(tens)
        elif tens in _ROUND and part == "rond de":
            low, high = _ROUND[tens]
        elif part == "rond de":
            low, high = _number(tens) - 3, _number(tens) + 3
        else:
            low, high = (_number(tens) + p for p in _PARTS[part])
    return (match.start(), match.end(), low, high) if low < high else None


def _number(tens: str) -> int:
    return 10 if tens == "tien" else 10 * (TENS.index(tens) + 2) if tens in TENS else 10


def sex_told(text: str, centre: int) -> Sex | None:
    """(start, end, 'f' or 'm') of the word nearest to the age that tells it."""
    low, high = max(0, centre - 70), min(len(text), centre + 60)
    found = sorted(_SEX.finditer(text, low, high), key=lambda m: abs(m.start() - centre))
    if found:
        m = found[0]
        return m.start(), m.end(), "f" if m["f"] or m["fv"] else "m"
    said = _PRONOUN.search(text, max(0, centre - 20), min(len(text), centre + 150))
    return (said.start(), said.end(), "f" if said["f"] else "m") if said else None


def women_of(age: Age | None) -> float:
    if age is None:
        return POPULATION.women or 0.5
    return [share for first, share in WOMEN if first <= age[2]][-1]
