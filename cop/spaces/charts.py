"""A line chart as numbers: where everything stands; the template writes the SVG.

Server-drawn, so that it needs no script and is read aloud: the template puts a title, a
description and the table behind it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from cop.platform.i18n import format_number, language

WIDTH, HEIGHT = 600, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 18, 34
MOST_DAYS = 3  # labels on the x axis: on a phone the letters grow
LONG_SPAN = 120  # days; then months say enough


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    on: date
    value: float


@dataclass(frozen=True, slots=True)
class Day:
    at: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class LineChart:
    """Places in a box of `width` by `height`."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    line: str
    area: str
    dots: list[Dot]
    levels: list[Tick]
    days: list[Day]


def line_chart(values: Sequence[tuple[date, float]]) -> LineChart | None:
    """The chart of values in order of days; None for fewer than two: a dot is no line."""
    if len(values) < 2:
        return None
    first, last = values[0][0], values[-1][0]
    span = max((last - first).days, 1)
    lowest, step, count = _levels([v for _on, v in values])
    highest = lowest + step * count
    inner_w, inner_h = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(on: date) -> float:
        return round(LEFT + (on - first).days / span * inner_w, 1)

    def y(value: float) -> float:
        return round(TOP + (highest - value) / (highest - lowest) * inner_h, 1)

    levels = [lowest + n * step for n in range(count + 1)]
    dots = [Dot(x(on), y(value), on, value) for on, value in values]
    points = [f"{d.x:g},{d.y:g}" for d in dots]
    floor = HEIGHT - BOTTOM
    return LineChart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        bottom=floor,
        line="M" + " L".join(points),
        area=f"M{dots[0].x:g},{floor} L{' L'.join(points)} L{dots[-1].x:g},{floor} Z",
        dots=dots,
        levels=[Tick(y(level), format_number(level)) for level in levels],
        days=_days(dots),
    )


def _levels(values: list[float]) -> tuple[float, float, int]:
    """Lowest level, step and number of steps: round numbers around the values.

    Zero is among them unless that would flatten the line to less than a third of the height.
    """
    low, high = min(values), max(values)
    if (low > 0 and high - low >= high / 3) or low == high > 0:
        low = 0.0
    elif (high < 0 and high - low >= -low / 3) or low == high < 0:
        high = 0.0
    if low == high:
        high = low + 1
    rough = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(n * power for n in (1, 2, 2.5, 5, 10) if n * power >= rough * 0.999)
    lowest = math.floor(low / step + 1e-9) * step
    return lowest, step, max(1, math.ceil((high - lowest) / step - 1e-9))


def _days(dots: list[Dot]) -> list[Day]:
    """The first and the last day, and one near the middle where there is room."""
    first, last = dots[0], dots[-1]
    chosen = [first]
    half, room = (first.x + last.x) / 2, (last.x - first.x) / 3
    middle = min(dots, key=lambda dot: abs(dot.x - half))
    if len(dots) > 2 and min(middle.x - first.x, last.x - middle.x) > room:
        chosen.append(middle)
    chosen.append(last)
    pattern = "MMM y" if (last.on - first.on).days > LONG_SPAN else "d MMM"
    return [
        Day(
            d.x,
            str(format_date(d.on, pattern, locale=language())),
            "start" if d is first else "end" if d is last else "middle",
        )
        for d in chosen
    ]
