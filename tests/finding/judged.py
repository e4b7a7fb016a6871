"""Judged questions over the demo, and the measure: nDCG of the first ten (Järvelin 2002)."""

import math
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from cop.finding.queries import Filters, find
from cop.members.actor import Actor
from cop.platform.search.sources import sources

HERE = Path(__file__).parent
CONTENT = HERE.parent.parent / "cop" / "demo" / "content" / "discussions"


@dataclass(frozen=True)
class Question:
    """Words as typed, and (kind, title) → grade."""

    words: str
    grades: dict[tuple[str, str], int]


def questions() -> list[Question]:
    """Those written before search was tuned, and those that came later."""
    titles = {}
    for path in CONTENT.glob("*.toml"):
        titles[str(int(path.name.split("-")[0]))] = tomllib.loads(path.read_text())["title"]
    found = []
    for name in ("questions.toml", "questions_later.toml"):
        for row in tomllib.loads((HERE / name).read_text())["question"]:
            grades = {}
            for what, grade in row["grades"].items():
                kind, named, title = what.partition(":")
                grades[(kind, title) if named else ("discussion", titles[what])] = grade
            found.append(Question(row["words"], grades))
    return found


def answers(session: Session, actor: Actor, now: datetime) -> dict[str, list[tuple[str, str]]]:
    """What somebody finds for each of the questions, by its words."""
    return {
        each.words: [
            (item.kind, item.shown.title)
            for item in find(session, actor, each.words, now, most=10).items
        ]
        for each in questions()
    }


def scores(
    session: Session, actor: Actor, found: dict[str, list[tuple[str, str]]], now: datetime
) -> dict[str, float]:
    """How good these answers are, measured against what the actor may find at all."""
    may = {
        (item.kind, item.shown.title)
        for kind in sources()
        for item in find(session, actor, "", now, Filters(kind=kind), most=1000).items
    }
    return {
        each.words: ndcg(found[each.words], Question(each.words, grades))
        for each in questions()
        if (grades := {key: grade for key, grade in each.grades.items() if key in may})
    }


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
