"""Read marked cases and score what the finder makes of them (letters and digits only)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cop.deidentify import Label, Span, find

HERE = Path(__file__).parent
CASES = HERE / "cases"
SEALED = HERE / "unseen"
HANDS = HERE / "hands"
BROAD = HERE / "broad"
FURTHER = HERE / "further"
LAST_READ = "case-030.md"  # of the sealed cases those up to here were read, the others never
_MARK = re.compile(r"\[\[(PERSON|PLACE|ORG|DATE|AGE|ID|CONTACT|QUASI)\|([^\]]+)\]\]")
Gold = tuple[int, int, str]


def unmark(marked: str) -> tuple[str, list[Gold]]:
    """The plain text of a marked case and its gold spans."""
    gold: list[Gold] = []
    text = ""
    pos = 0
    for mark in _MARK.finditer(marked):
        text += marked[pos : mark.start()]
        gold.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        pos = mark.end()
    return text + marked[pos:], gold


@dataclass
class Score:
    """Counts over cases; the shares are properties."""

    names: int = 0
    covered: int = 0
    typed: int = 0
    marked: int = 0
    right: int = 0
    with_names: int = 0
    clean: int = 0
    without: int = 0
    untouched: int = 0
    leaks: list[str] = field(default_factory=list, repr=False)

    @property
    def recall(self) -> float:
        return self.covered / self.names

    @property
    def precision(self) -> float:
        return self.right / self.marked

    def add(self, text: str, gold: list[Gold], spans: Iterable[Span]) -> None:
        """Count one case."""
        said: dict[int, Label] = {
            i: s.label for s in spans if s.label is not Label.QUASI for i in range(s.start, s.end)
        }
        golden = {i for start, end, _ in gold for i in range(start, end)}
        signs = [i for i in said if text[i].isalnum()]
        self.marked += len(signs)
        self.right += sum(i in golden for i in signs)
        direct = [g for g in gold if g[2] != "QUASI"]
        leaked = False
        for start, end, label in direct:
            got = {said.get(i) for i in range(start, end) if text[i].isalnum()}
            self.names += 1
            self.covered += None not in got
            self.typed += got == {label}
            if None in got:
                leaked = True
                self.leaks.append(text[start:end])
        if direct:
            self.with_names += 1
            self.clean += not leaked
        elif not gold:
            self.without += 1
            self.untouched += not said


def training() -> dict[str, list[Path]]:
    """The marked cases that may be learned from, by who wrote them."""
    read = [p for p in sorted(SEALED.glob("case-*.md")) if p.name <= LAST_READ]
    own = {
        name: sorted(p for p in (HERE / name).glob("*.md") if p.stem != "README")
        for name in ("development", "cases", "styles", "fresh")
    }
    return own | {
        "hands": sorted(HANDS.glob("hand-*.md")),
        "unseen-read": read,
        "broad": sorted(BROAD.glob("learn-*.md")),
    }


def later() -> list[Path]:
    """Cases that were scored, read and made rules of after the model was trained, so that they
    say what a threshold of the model does to texts that it has not seen."""
    return sorted(p for p in (HERE / "later").glob("*.md") if p.stem != "README")


def further() -> list[Path]:
    """Cases of one more hand; the model has not learned from them either."""
    return sorted(p for p in FURTHER.glob("*.md") if p.stem != "README")


def kept() -> list[Path]:
    """The half of the broad cases that no rule was made on; one hand wrote both halves."""
    return sorted(BROAD.glob("kept-*.md"))


def sealed() -> dict[str, list[Path]]:
    """The marked cases that nobody reads, by who wrote them: for figures only."""
    return {
        "sealed": [p for p in sorted(SEALED.glob("case-*.md")) if p.name > LAST_READ],
        "sealed-hands": sorted(HANDS.glob("sealed-*.md")),
    }


def score_all(paths: Iterable[Path] | None = None) -> Score:
    """The score on some cases, or on all of our own."""
    score = Score()
    for path in sorted(CASES.glob("*.md")) if paths is None else paths:
        text, gold = unmark(path.read_text(encoding="utf-8"))
        score.add(text, gold, find(text))
    return score
