"""Days as seasons or as a count from the first day: what keeps a story readable.

Every function gives words that fit where the span stands. What a text says in figures or in words
decides nothing else than the form.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .lexicon import fold
from .number_words import NUMBERS, RANKS, ordinal_word
from .spans import Reason, Span

_MONTH_NUMBERS = {
    name: n
    for n, names in enumerate(
        (
            "januari jan january",
            "februari feb febr february",
            "maart mrt mar march",
            "april apr",
            "mei may",
            "juni jun june",
            "juli jul july",
            "augustus aug august",
            "september sept sep",
            "oktober okt october oct",
            "november nov",
            "december dec",
        ),
        1,
    )
    for name in names.split()
}
_SEASONS = {
    **dict.fromkeys((12, 1, 2), ("de winter", "winter")),
    **dict.fromkeys((3, 4, 5), ("het voorjaar", "voorjaar")),
    **dict.fromkeys((6, 7, 8), ("de zomer", "zomer")),
    **dict.fromkeys((9, 10, 11), ("het najaar", "najaar")),
}
_FEASTS = (
    (r"kerst|oud|nieuwjaar|boxing|christmas|new year|sinterklaas|sint[ -]nic|pakjes|chanoeka", 12),
    (r"driekoningen|valentijn|carnaval|rosenmontag|lichtmis|aswoens|vastenavond|chinees", 2),
    (r"pasen|paas|palm|goede vrijdag|witte donderdag|stille|koning|bevrijding|dodenherd", 4),
    (r"hemelvaart|pinkster|moederdag|luilak|holi|phagwa|newroz|nowruz|noroez|beloken", 5),
    (r"vaderdag|keti|sint[- ]jan|sacrament", 6),
    (r"prinsjes|dierendag|jom kip|ontzet", 10),
    (r"halloween|aller|sint[- ]maarten|divali|diwali|srefidensi|wapenstil", 11),
)
_DECADES = "tien twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_BORN = re.compile(
    r"\b(?:geb|geboren|geboortedatum|gebdat)\W{0,3}(?:op\W|d\.d\.\W)?$", re.IGNORECASE
)
_HALF = re.compile(
    r"\b(?:eind|begin|half|medio|afgelopen|vorige?|komende?|volgende?|hele)\s$", re.I
)
_WEEKDAY_BEFORE = re.compile(
    r"\b(?:(?:maan|dins|woens|donder|vrij|zater|zon)dag|ma|di|wo|do|vr|za|zo)[ ,]{1,2}$",
    re.IGNORECASE,
)
_PREPOSITION = re.compile(
    r"\b(?:op|sinds|vanaf|tot|t/m|na|voor|vóór|met|rond|tijdens|van|per|in|tussen|en|of|uiterlijk|"
    r"sedert|tegen|was|is|het was|dat was|d\.d\.|dd)\s$",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:op)\s$", re.IGNORECASE)
_IN = re.compile(r"\b(?:in)\s$", re.IGNORECASE)
_MEMO = re.compile(
    r"(?:^|[\n(\[|:/*>\-–])[ \t*]*$|\b(?:datum|d\.d\.|dd\.?|zie|afspraak|controle)\W*$", re.I
)
COUNTED = 60  # days after the first within which days are counted


@dataclass(frozen=True, slots=True)
class Moment:
    """What a date says; None for what it leaves out."""

    year: int | None
    month: int | None
    day: int | None
    feast: bool = False
    several: bool = False


def moment_of(piece: str, reason: Reason) -> Moment:
    """Read a date as it was written."""
    low = fold(piece).replace("éé", "ee")
    if reason is Reason.HOLIDAY:
        month = next((n for pattern, n in _FEASTS if re.search(pattern, low)), None)
        return Moment(_year(low), month, None, feast=True)
    names = [w for w in re.findall(r"[a-zë]+", low) if w in _MONTH_NUMBERS]
    year = _year(low)
    if names:
        rest = low[: low.index(names[0])]
        tail = low[low.index(names[0]) + len(names[0]) :]
        days = [int(d) for d in re.findall(r"\d{1,2}(?!\d)", rest)]
        if not days and (found := re.match(r"\W{1,2}(\d{1,2})(?:st|nd|rd|th)?\b(?!\d)", tail)):
            days = [int(found[1])] if year is None or len(found[1]) < 3 else []
            if year is not None and year % 100 == days[0] and not re.search(r"\d{4}", low):
                days = []
        word = next(
            (RANKS.get(w) or NUMBERS.get(w) for w in rest.split() if w in RANKS or w in NUMBERS),
            None,
        )
        if re.search(r"dag\b", rest) and word is not None:
            word = None  # 'de tweede zaterdag van mei'
        day = days[0] if days else word
        return Moment(year, _MONTH_NUMBERS[names[0]], _valid(day), several=len(days) > 1)
    figures = [int(f) for f in re.findall(r"\d+", low)]
    if len(figures) == 3:
        if figures[0] > 31:
            return Moment(figures[0], _month(figures[1]), _valid(figures[2]))
        full = figures[2] if figures[2] > 99 else figures[2] + (2000 if figures[2] < 40 else 1900)
        return Moment(full, _month(figures[1]), _valid(figures[0]))
    if len(figures) == 2:
        if figures[1] > 31:
            return Moment(figures[1], _month(figures[0]), None)
        return Moment(None, _month(figures[1]), _valid(figures[0]))
    if len(figures) == 1 and figures[0] <= 31:
        return Moment(None, None, _valid(figures[0]))
    if low in RANKS:
        return Moment(None, None, _valid(RANKS[low]))
    return Moment(year, None, None)


def _year(low: str) -> int | None:
    if found := re.search(r"(?:19|20)\d\d", low):
        return int(found[0])
    if found := re.search(r"'\s?(\d\d)\b", low) or re.search(r"[a-z][\s-](\d\d)$", low):
        short = int(found[1])
        return short + (2000 if short < 40 else 1900)
    return None


def _valid(day: int | None) -> int | None:
    return day if day is not None and 1 <= day <= 31 else None


def _month(month: int) -> int | None:
    return month if 1 <= month <= 12 else None


class Calendar:
    """The dates of one text beside each other: days close to the first are counted from it."""

    def __init__(self, text: str, spans: Sequence[Span]) -> None:
        self.text = text
        self.moments = {s.start: moment_of(text[s.start : s.end], s.reason) for s in spans}
        self.days: dict[int, int] = {}
        self._count(spans)

    def _count(self, spans: Sequence[Span]) -> None:
        placed: dict[int, date] = {}
        last: date | None = None
        for span in spans:
            m = self.moments[span.start]
            month, day = m.month, m.day
            if day is None or m.feast or m.several or self._born(span):
                continue
            if month is None:
                if last is None:
                    continue
                month = last.month
            when = _near(m.year, month, day, last)
            if when is None:
                continue
            placed[span.start] = last = when
        if len(set(placed.values())) < 2:
            return
        # A lone day long before the rest is no beginning: count from where most can be counted.
        ordered = sorted(placed.values())
        first = max(
            ordered,
            key=lambda d: (sum(0 <= (o - d).days <= COUNTED for o in ordered), -d.toordinal()),
        )
        near = {
            s: (d - first).days + 1 for s, d in placed.items() if 0 <= (d - first).days <= COUNTED
        }
        if len(set(near.values())) > 1:
            self.days = near

    def _born(self, span: Span) -> bool:
        return bool(_BORN.search(self.text[max(0, span.start - 24) : span.start]))

    def vaguer(self, span: Span) -> str:
        """Words that fit where a date stands."""
        text, m = self.text, self.moments[span.start]
        before = text[max(0, span.start - 40) : span.start]
        article = re.search(r"\bde\s$", before, re.IGNORECASE)
        memo = bool(_MEMO.search(before) or before == "")
        if self._born(span) or (m.year is not None and m.year < 2000 and m.day):
            return self._birth(m, before)
        if (number := self.days.get(span.start)) is not None:
            return self._counted(number, before, bool(article), memo)
        if m.month is None:
            return "zoveelste" if article else "een zekere dag" if m.day else "die tijd"
        with_article, bare = _SEASONS[m.month]
        year = f" van {m.year}" if m.year else ""
        if article:
            return f"{'feestdagen' if m.feast else 'zoveelste'} in {with_article}{year}"
        if _HALF.search(before):
            return bare + (f" {m.year}" if m.year else "")
        if memo and not m.feast:
            return f"{bare} {m.year}" if m.year else bare
        if _WEEKDAY_BEFORE.search(before):
            return f"in {with_article}{year}"
        a_day = "een feestdag" if m.feast else "een paar dagen" if m.several else "een dag"
        dated = m.day is not None or m.feast or m.several
        if _ON.search(before):
            return f"{a_day} in {with_article}{year}"
        if _IN.search(before) or (_PREPOSITION.search(before) and not m.feast and not m.several):
            if re.search(r"\b(?:was|is|en|of)\s$", before) and dated:
                return f"{a_day} in {with_article}{year}"
            return f"{with_article}{year}"
        if m.feast and re.search(r"\b(?:sinds|vanaf|tot|sedert)\s$", before, re.IGNORECASE):
            return f"{with_article}{year}"
        if _PREPOSITION.search(before):
            return f"{a_day} in {with_article}{year}"
        if dated:
            return f"op {a_day} in {with_article}{year}"
        return f"{bare} {m.year}" if m.year else bare

    def _counted(self, number: int, before: str, article: bool, memo: bool) -> str:
        if article:
            return f"{ordinal_word(number)} dag" if number < 100 else f"{number}e dag"
        if _WEEKDAY_BEFORE.search(before):
            return f"(dag {number})"
        if memo or _PREPOSITION.search(before):
            return f"dag {number}"
        return f"op dag {number}" if re.search(r"\w\s$", before) else f"dag {number}"

    def _birth(self, m: Moment, before: str) -> str:
        if m.year is None:
            return "een dag in het jaar" if _ON.search(before) else "[geboortedatum]"
        decade = m.year % 100 // 10
        if m.year >= 2000:
            words = f"na {m.year // 5 * 5 - 1}"
        elif decade == 0:
            words = "begin vorige eeuw"
        else:
            part = "begin" if m.year % 10 < 5 else "eind"
            words = f"{part} jaren {_DECADES[decade - 1]}"
        return f"een dag {words}" if _ON.search(before) else words


def _near(year: int | None, month: int, day: int, last: date | None) -> date | None:
    """The date, in the year that brings it nearest to the one before it in the text."""
    try:
        if year is not None or last is None:
            return date(year or 2001, month, day)
        return min(
            (date(last.year + step, month, day) for step in (0, 1, -1)),
            key=lambda d: abs(d - last) if d else timedelta.max,
        )
    except ValueError:  # no such day: '31-2'
        return None
