"""How near a person is, as places in a drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .figures import POPULATION
from .nearness import Estimate, FactorKind, round_people

WIDTH, ROW, BAR, LEFT = 600, 46, 18, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: the words stand above a bar, the number of people at its end."""

    y: float
    width: float
    people: int
    kind: FactorKind | None
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Places in a box of `width` by `height`; the first bar is the whole country."""

    width: int
    height: int
    left: int
    bar: int
    bars: tuple[Bar, ...]


def picture(found: Estimate) -> Picture | None:
    """The estimate as bars that get shorter with everything told; None without a number.

    The lengths are logarithms: from eighteen million to one is a hand's breadth.
    """
    if found.people is None or not found.factors:
        return None
    most = math.log10(POPULATION.people)

    def width(people: float) -> float:
        share = max(0.0, math.log10(max(people, 1.0)) / most)
        return round(4 + share * (WIDTH - 2 * LEFT - 4), 1)

    bars = [Bar(0.0, width(POPULATION.people), round_people(POPULATION.people), None, "")]
    for number, factor in enumerate(found.factors, 1):
        people = factor.people
        bars.append(
            Bar(ROW * number, width(people), round_people(people), factor.kind, factor.words)
        )
    return Picture(WIDTH, ROW * len(bars), LEFT, BAR, tuple(bars))
