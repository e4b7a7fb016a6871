"""What changed between two versions of a text, word by word, as people read it."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

_TOKEN = re.compile(r"\n+|[^\S\n]+|\w+|[^\w\s]")
LONGEST = 4000  # words; beyond it lines are compared: words would take seconds


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: 'same', 'added' or 'taken'."""

    kind: str
    text: str


def between(old: str, new: str) -> list[Piece]:
    """The new text with what was taken out still in its place, in runs."""
    before, after = _tokens(old), _tokens(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    runs: list[Piece] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            runs.append(Piece("same", "".join(before[a:b])))
            continue
        runs.append(Piece("taken", "".join(before[a:b])))
        runs.append(Piece("added", "".join(after[c:d])))
    return _joined([run for run in runs if run.text])


def _tokens(text: str) -> list[str]:
    text = text.replace("\r\n", "\n")
    found = _TOKEN.findall(text)
    return found if len(found) <= LONGEST else text.splitlines(keepends=True)


def _joined(runs: list[Piece]) -> list[Piece]:
    """A single space between two changes belongs to them: 'een twee' and not 'een' 'twee'."""
    made: list[Piece] = []
    n = 0
    while n < len(runs):
        taken = added = ""
        while n < len(runs) and (
            runs[n].kind != "same"
            or (
                (taken or added)
                and runs[n].text == " "
                and n + 1 < len(runs)
                and runs[n + 1].kind != "same"
            )
        ):
            run = runs[n]
            taken += run.text if run.kind != "added" else ""
            added += run.text if run.kind != "taken" else ""
            n += 1
        made += [piece for piece in (Piece("taken", taken), Piece("added", added)) if piece.text]
        if n < len(runs):
            made.append(runs[n])
            n += 1
    return made
