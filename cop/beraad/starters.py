"""Starter dilemmas of the field, to practise with; invented, and marked as such wherever shown."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "starters.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Starter:
    """A dilemma to practise with, in Dutch as the field speaks.

    Attributes:
        key: stands in addresses and rows, and never changes.
        theme: the tension it is about, in a few words.
        situation: the case and the moment when it chafed; blank lines part paragraphs.
    """

    key: str
    title: str
    theme: str
    situation: str
    choice_a: str
    damage_a: str
    choice_b: str
    damage_b: str
    question: str


@cache
def starters() -> tuple[Starter, ...]:
    """All of them, in the order of the file."""
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["starter"]
    return tuple(
        Starter(**{name: str(value).strip() for name, value in row.items()}) for row in rows
    )


def starter(key: str) -> Starter | None:
    return next((each for each in starters() if each.key == key), None)
