"""Days and months in words, as parts of patterns, and months that are misspelled."""

from __future__ import annotations

import re
from functools import lru_cache

MONTH = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|"
    r"november|december|"
    r"jan|feb|febr|mrt|mar|apr|jun|jul|aug|sept|sep|okt|nov|dec|"
    r"january|february|march|may|june|july|august|october)"
)
LONG_MONTH = (
    r"(?:januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|"
    r"november|december|"
    r"january|february|june|july|october)"
)
ORDINAL = (
    r"(?:eerste|tweede|derde|vierde|vijfde|zesde|zevende|achtste|negende|tiende|elfde|"
    r"twaalfde|dertiende|"
    r"veertiende|vijftiende|zestiende|zeventiende|achttiende|negentiende|twintigste|"
    r"dertigste|laatste|"
    r"(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen)[eë]ntwintigste|eenendertigste)"
)
DAYWORD = (
    r"(?:een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|"
    r"veertien|vijftien|zestien|"
    r"zeventien|achttien|negentien|twintig|(?:een|twee|drie|vier|vijf|zes|zeven|acht|"
    r"negen)[eë]ntwintig|dertig|eenendertig)"
)
WEEKDAY = r"(?:maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag)"
YEAR = r"(?:(?:19|20)\d\d|'\s?\d\d)"
DAY = r"(?:0?[1-9]|[12]\d|3[01])"

# Months that people misspell or write as they say them: 'septeber 2009', '3 febuari'.
SLIP = re.compile(
    rf"(?<![\w/-])(?:{DAY}(?:e|ste)?[\s-])?([a-zé]{{5,11}})(?:\s{YEAR})?(?![\w-])", re.IGNORECASE
)
_MONTHS_FULL = (
    "januari",
    "februari",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
REGIONAL = frozenset(
    "jannewaris jannewari jannewaori febrewaris febrewari maaie septimber septimmer oktober "
    "novimber novimmer junie julie desimber desember dezember oktoaber zeptember augustes "
    "meert maert merte maerte aprille".split()
)


@lru_cache(maxsize=4096)
def slip_of_month(low: str) -> bool:
    """Whether a word is a long month's name with one letter more, less, other or swapped."""
    if low in REGIONAL:
        return True
    for month in _MONTHS_FULL:
        if abs(len(month) - len(low)) > 1 or month == low or month[0] != low[0]:
            continue
        front = next((i for i, (a, b) in enumerate(zip(month, low, strict=False)) if a != b), None)
        if front is None:
            return True
        rest, other = month[front:], low[front:]
        if (
            rest[1:] in (other, other[1:])
            or rest == other[1:]
            or (rest[:2][::-1] == other[:2] and rest[2:] == other[2:])
        ):
            return True
    return False
