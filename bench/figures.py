"""A figure, its goal, and the line that says whether it holds."""

import operator
from dataclasses import dataclass

COMPARE = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}


@dataclass(frozen=True, slots=True)
class Goal:
    """What was promised.

    Attributes:
        name: as the issue calls it.
        sign: '<=', '>=' or '='.
        limit: the number.
        unit: '' for a ratio.
        against: what it was measured against, in plain ASCII.
    """

    name: str
    sign: str
    limit: float
    unit: str
    against: str

    def line(self, value: float | None) -> tuple[str, bool]:
        """The line to print and whether the goal is met; a missing figure is short."""
        unit = f" {self.unit}" if self.unit else ""
        goal = f"goal {self.sign} {self.limit:g}{unit}, against {self.against}"
        if value is None:
            return f"{self.name}: missing, {goal}: short", False
        holds = COMPARE[self.sign](value, self.limit)
        return f"{self.name}: {shown(value)}{unit}, {goal}: {'holds' if holds else 'short'}", holds


def shown(value: float) -> str:
    """Three figures that mean something, no exponent."""
    if abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
