"""How near is a person? How many people in the Netherlands fit what a text still tells of somebody.

    estimate(text, spans)   what it tells together, and about how many people that fits
    picture(estimate)       the same as places in a drawing, in `nearness_picture`

What is counted: where somebody lives, age, sex, occupation, origin, and few events. The counts are
multiplied as if one said nothing of the other, which is right within a factor of three for what
people usually write together. Where something is told of which there is no figure, there is no
number at all: half a sum would comfort. It advises; a number, however high, never makes a text
safe, since a reader who knows somebody knows more than is counted here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from .figures import (
    AGE_SOURCE,
    EVENTS,
    OCCUPATIONS,
    ORIGINS,
    POPULATION,
    WORKING,
    Event,
    Figure,
)
from .kinds import BELGIUM, REGIONS, Place, kinds
from .lexicon import fold
from .nearness_uncounted import uncounted, writer
from .nearness_words import VAGUE, Age, Sex, age_told, sex_told, share_of_ages, women_of
from .spans import Label, Span


class FactorKind(StrEnum):
    """What narrows the circle of people."""

    PLACE = "place"
    AGE = "age"
    SEX = "sex"
    OCCUPATION = "occupation"
    ORIGIN = "origin"
    EVENT = "event"


class Advice(StrEnum):
    """What to say in wider words. The caller words it in the reader's language."""

    PLACE = "wider-place"  # 'a village in the east', or no place
    AGE = "wider-age"  # a range of ten years
    SEX = "no-sex"
    OCCUPATION = "wider-occupation"  # 'works in care'
    ORIGIN = "no-origin"
    EVENT = "wider-event"


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing that a text tells.

    Attributes:
        words: as the text says it.
        start, end: where.
        people: how many people are left with this and all factors before it.
        source: who counted, and of which year: 'CBS 2023'.
        widened: how many would fit the whole if this were said in wider words.
    """

    kind: FactorKind
    words: str
    start: int
    end: int
    people: float
    source: str
    widened: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a text tells of one person.

    Attributes:
        people: about how many fit; None where a figure is missing.
        factors: from what is left of all inhabitants to what is left at the end.
        missing: words of the text of which there is no figure.
        advice: what to widen, what helps most first.
    """

    people: float | None
    factors: tuple[Factor, ...]
    missing: tuple[str, ...]
    advice: tuple[Advice, ...]

    @property
    def rounded(self) -> int | None:
        """About how many people, as one would say it: 0, 3, 40, 1200."""
        return None if self.people is None else round_people(self.people)


def round_people(people: float) -> int:
    """One figure below a hundred, two above: more would say that it is known."""
    if people < 10:
        return round(people)
    digits = 1 if people < 100 else 2
    unit = 10 ** (len(str(int(people))) - digits)
    return int(round(people / unit) * unit)


@dataclass(frozen=True, slots=True)
class _Told:
    """Something told: the share of those that were left, and that share in wider words."""

    kind: FactorKind
    start: int
    end: int
    share: float
    wider: float
    source: str


Counted: TypeAlias = Figure | Event
C = TypeVar("C", Figure, Event)

_KINDS_OF_PLACE = re.compile(
    r"\b(?P<size>groot dorp|dorp|dorpje|kleine stad|stadje|middelgrote stad|grote stad)\b"
    r"(?:\sin\s(?:het\s)?(?P<region>noorden|oosten|zuiden|westen|midden|zuidwesten))?",
    re.IGNORECASE,
)
_RANKS = {
    "dorp": (0, 1),
    "dorpje": (0,),
    "groot dorp": (1,),
    "kleine stad": (2,),
    "stadje": (2,),
    "middelgrote stad": (3,),
    "grote stad": (4,),
}
# A word for what somebody is, and not for whom they deal with or who is writing.
_IS = (
    r"(?:(?:is|was|als|werkt als|werkte als|een|voormalig|oud-|beroep:?)\s(?:een\s)?"
    r"(?:\w+e?\s)?|[,(;/]\s?)"
)
# Of this there are no figures, whoever it is said of.
_STANDS_OUT = re.compile(
    r"\b(?:de|het|mijn|zijn|haar) enige"
    r"(?!\s(?:keer|dat|wat|manier|reden|vraag|ding|optie|weg))\s\w+|"
    r"\b(?:landelijk nieuws|in het nieuws|in de krant|op tv|op televisie|het journaal)\b",
    re.IGNORECASE,
)
_NEAR = 250  # characters around the person in which the rest is looked for


def estimate(text: str, spans: Iterable[Span]) -> Estimate | None:
    """How many people fit what the text tells of the person it is about.

    Args:
        text: as others will read it.
        spans: what the finder marks in that text.

    Returns:
        None when it tells less than two things: then there is no combination.
    """
    ordered = sorted(spans)
    centre = _centre(text, ordered)
    if centre is None:
        return None
    near = range(max(0, centre - _NEAR), min(len(text), centre + _NEAR))
    place, unknown = _place(text, ordered, centre)
    ranks = _ranks(text, place)
    work = _entry(text, near, OCCUPATIONS, _IS)
    event = _entry(text, near, EVENTS, "")
    origin = _entry(text, near, ORIGINS, "")
    age = age_told(text, ordered, centre)
    sex = sex_told(text, centre)
    if event is not None and event.of.women in (0.0, 1.0):
        sex = event.start, event.end, "f" if event.of.women else "m"
    told = [place] if place is not None else []
    if origin is not None:
        told.append(_counted(FactorKind.ORIGIN, origin, ranks, wider=1.0))
    if age is not None:
        told.append(_aged(age, work.of if work else None))
    if sex is not None:
        told.append(_sexed(sex, work.of if work else None, age))
    if work is not None:
        told.append(_counted(FactorKind.OCCUPATION, work, ranks, wider=20.0))
    if event is not None:
        told.append(_happened(event, ranks, age, sex))
    missing = [*unknown, *_without_figure(text, ordered, near)]
    if len(told) + len(missing) < 2:
        return None
    return _sum(text, told, missing)


def _sum(text: str, told: Sequence[_Told], missing: Sequence[str]) -> Estimate:
    people, factors = POPULATION.people, []
    whole = POPULATION.people * math.prod(t.share for t in told)
    for t in told:
        people *= t.share
        widened = whole / t.share * t.wider if t.share else whole
        words = text[t.start : t.end]
        factors.append(Factor(t.kind, words, t.start, t.end, people, t.source, widened))
    helps = sorted(factors, key=lambda f: -f.widened)
    advice = [Advice[f.kind.name] for f in helps if f.widened > 1.5 * whole]
    return Estimate(
        None if missing else people, tuple(factors), tuple(dict.fromkeys(missing)), tuple(advice)
    )


def _centre(text: str, spans: Sequence[Span]) -> int | None:
    """Where the text tells of its person: at the first age, else the first place or name."""
    ages = [s.start for s in spans if s.label is Label.AGE]
    vague = VAGUE.search(text)
    if vague is not None:
        ages.append(vague.start())
    if ages:
        return min(ages)
    for pattern in (OCCUPATIONS, EVENTS):
        for words in pattern:
            if match := re.search(rf"{_IS}(?:{words})\b", text, re.IGNORECASE):
                return match.end()
    firsts = [s.start for s in spans if s.label in (Label.PLACE, Label.PERSON, Label.QUASI)]
    named = _KINDS_OF_PLACE.search(text)
    if named is not None:
        firsts.append(named.start())
    return min(firsts, default=None)


def _aged(age: Age, work: Figure | None) -> _Told:
    start, end, low, high = age
    if work is not None:
        first, last = WORKING
        inside = max(0, min(high, last) - max(low, first))
        share = max(inside, 0.2) / (last - first)
        wider = min(1.0, max(share, 10 / (last - first)))
    else:
        share = share_of_ages(low, high)
        decade = low // 10 * 10
        wider = max(share, share_of_ages(decade, decade + 10))
    return _Told(FactorKind.AGE, start, end, max(share, 1e-7), wider, _cited(AGE_SOURCE))


def _sexed(sex: Sex, work: Counted | None, age: Age | None) -> _Told:
    start, end, which = sex
    if work is not None:
        women, source = (0.5 if work.women is None else work.women), _cited(work)
    else:
        women, source = women_of(age), _cited(POPULATION)
    share = women if which == "f" else 1 - women
    return _Told(FactorKind.SEX, start, end, max(share, 0.01), 1.0, source)


@dataclass(frozen=True, slots=True)
class _Entry(Generic[C]):
    """An entry of a table and where the text has it."""

    start: int
    end: int
    of: C


def _entry(text: str, near: range, table: dict[str, C], lead: str) -> _Entry[C] | None:
    """The entry that stands nearest to the person; of two in one place the longest."""
    centre = (near.start + near.stop) // 2
    found: list[tuple[int, int, _Entry[C]]] = []
    for words, counted in table.items():
        pattern = rf"{lead}(?<![\w-])(?P<it>{words})(?![\w-])"
        for match in re.finditer(pattern, text[near.start : near.stop], re.IGNORECASE):
            start, end = near.start + match.start("it"), near.start + match.end("it")
            if lead and writer(text, start):
                continue
            found.append((abs(start - centre), start - end, _Entry(start, end, counted)))
    return min(found, key=lambda f: f[:2])[2] if found else None


def _counted(kind: FactorKind, entry: _Entry[Figure], ranks: Sequence[int], wider: float) -> _Told:
    share = entry.of.people / POPULATION.people
    share = min(1.0, share * _weight(entry.of, ranks))
    return _Told(
        kind,
        entry.start,
        entry.end,
        share,
        min(1.0, share * wider if wider > 1 else wider),
        _cited(entry.of),
    )


def _happened(
    entry: _Entry[Event], ranks: Sequence[int], age: Age | None, sex: Sex | None
) -> _Told:
    """The share among people of this sex and age."""
    low, high = (age[2], age[3]) if age is not None else (0, 110)
    event, share = entry.of, 0.0
    whole = share_of_ages(low, high)
    for first, after, people in event.bands:
        each = people / POPULATION.people / share_of_ages(first, after)
        share += each * share_of_ages(max(low, first), min(high, after))
    share /= whole or 1.0
    if sex is not None:
        women = women_of(age)
        of_event, of_all = (event.women, women) if sex[2] == "f" else (1 - event.women, 1 - women)
        share *= of_event / of_all
    share = min(1.0, share * _weight(event, ranks))
    return _Told(FactorKind.EVENT, entry.start, entry.end, max(share, 1e-6), 1.0, _cited(event))


def _place(text: str, spans: Sequence[Span], centre: int) -> tuple[_Told | None, list[str]]:
    """The place nearest to the person; names of places whose size is not known."""
    known: list[tuple[int, int, int, float, float]] = []
    unknown: list[str] = []
    for span in spans:
        if span.label is not Label.PLACE:
            continue
        name = text[span.start : span.end]
        if fold(name) in kinds().abroad:
            continue
        place = kinds().place(fold(name))
        if place is None or not place.size or place.province == BELGIUM:
            unknown.append(name)
            continue
        wider = _people_in(place.province, place.rank)
        known.append((abs(span.start - centre), span.start, span.end, place.size, wider))
    for match in _KINDS_OF_PLACE.finditer(text):
        ranks = _RANKS[fold(match["size"])]
        people = sum(_people_of_kind(match["region"], rank) for rank in ranks)
        if people:
            start, end = match.span()
            known.append((abs(start - centre), start, end, people, POPULATION.people))
    if not known:
        return None, unknown
    _, start, end, people, wider = min(known)
    if not people:
        return None, unknown
    total = POPULATION.people
    told = _Told(
        FactorKind.PLACE, start, end, people / total, max(people, wider) / total, "GeoNames"
    )
    return told, unknown


def _people_in(province: str, rank: int) -> float:
    return _people_of_kind(REGIONS.get(province), rank)


def _people_of_kind(region: str | None, rank: int) -> float:
    """Inhabitants of all places of a size, in a part of the country or in all of it."""
    places: dict[tuple[str, int], Place] = {}
    for place in kinds().places.values():
        if place.province in REGIONS and place.size:
            places[(place.province, place.size)] = place
    return sum(
        p.size
        for p in places.values()
        if p.rank == rank and (region is None or REGIONS[p.province] == fold(region))
    )


def _ranks(text: str, told: _Told | None) -> Sequence[int]:
    """How large the place is; more than one when a word says no more than 'village'."""
    if told is None:
        return ()
    words = fold(text[told.start : told.end])
    place = kinds().place(words)
    if place is not None:
        return (place.rank,)
    longest = sorted(_RANKS.items(), key=lambda item: -len(item[0]))
    return next((ranks for word, ranks in longest if words.startswith(word)), ())


def _weight(counted: Counted, ranks: Sequence[int]) -> float:
    """How much more or less of them there are in places of this size than anywhere."""
    return sum(counted.towns[r] for r in ranks) / len(ranks) if ranks else 1.0


def _without_figure(text: str, spans: Sequence[Span], near: range) -> list[str]:
    """What makes somebody stand out and is nowhere counted."""
    left = [text[s.start : s.end] for s in spans if s.label in (Label.ORG, Label.ID, Label.CONTACT)]
    left += [m[0] for m in _STANDS_OUT.finditer(text)]
    return left + uncounted(text, spans, near)


def _cited(figure: Counted) -> str:
    return f"{figure.source} {figure.year}"
