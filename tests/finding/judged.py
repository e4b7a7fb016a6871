"""Judged questions over the demo, and the measure: nDCG of the first ten (Järvelin 2002)."""

import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CONTENT = HERE.parent.parent / "cop" / "demo" / "content" / "discussions"


@dataclass(frozen=True)
class Question:
    """Words as typed, and (kind, title) → grade."""

    words: str
    grades: dict[tuple[str, str], int]


def questions() -> list[Question]:
    titles = {}
    for path in CONTENT.glob("*.toml"):
        titles[str(int(path.name.split("-")[0]))] = tomllib.loads(path.read_text())["title"]
    rows = tomllib.loads((HERE / "questions.toml").read_text())["question"]
    found = []
    for row in rows:
        grades = {}
        for name, grade in row["grades"].items():
            if name.startswith(("space:", "gathering:", "practice:", "card:")):
                kind, _, title = name.partition(":")
                grades[kind, title] = grade
            else:
                grades["discussion", titles[name]] = grade
        found.append(Question(row["words"], grades))
    return found


def ndcg(found: Sequence[tuple[str, str]], question: Question, first: int = 10) -> float:
    """1 when the first ten stand as well as they could."""
    got = sum(
        (2 ** question.grades.get(key, 0) - 1) / math.log2(place + 2)
        for place, key in enumerate(found[:first])
    )
    best = sorted(question.grades.values(), reverse=True)[:first]
    ideal = sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(best))
    return got / ideal


def mean(values: Iterable[float]) -> float:
    have = list(values)
    return sum(have) / len(have)
