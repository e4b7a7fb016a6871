"""Indirect identifiers (QUASI): nothing in them is a name, yet somebody may be recognised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .document import Document
from .quasi_known import STOP
from .quasi_rules import RULES
from .spans import Label, Span

# What a phrase runs on to: the end of the clause, or where somebody else's doings begin.
_OVER = (
    r", (?:die|dat|waar\w*|wiens|wier|van wie|met|en (?:die|elk|daar|toen|nu|later)|de|het|een|"
    r"zelf|in|op|toen)\b"
)
_REST = re.compile(
    rf"(?:(?:{STOP}|{_OVER})(?!\s(?:en|maar|want|dus|toen)\s(?:ik|hij|zij|ze|we|wij|dat|"
    rf"er)\b)){{0,110}}{STOP}?"
)
_CLAUSE = re.compile(r", (?:die|dat|waar\w*|wiens|wier|van wie|met wie)\b")
_HANGS = re.compile(r" (?:van|in|bij)$", re.IGNORECASE)  # 'imam van': the phrase runs on
_LETTER = re.compile(r"\w")


def _opening(text: str, start: int, back: int) -> int:
    """Where the clause begins in which a core stands, at most `back` characters before it."""
    low = max(0, start - back)
    for position in range(start - 1, low - 1, -1):
        if text[position] in ".!?;:\n,()":
            if _CLAUSE.match(text, position):
                continue  # 'de zus van het slachtoffer, die het journaal leest'
            low = position + 1
            break
    else:
        while low and low < start and text[low - 1].isalnum():
            low += 1
    found = _LETTER.search(text, low, start)
    return found.start() if found else start


def find_quasi(doc: Document) -> list[Span]:
    """Phrases that could single somebody out, each with the reason why; what overlaps is one."""
    out: list[Span] = []
    for span in sorted(_phrases(doc)):
        last = out[-1] if out else None
        if last is None or span.start >= last.end:
            out.append(span)
            continue
        surer = max(last, span, key=lambda s: s.confidence)
        out[-1] = replace(surer, start=last.start, end=max(last.end, span.end))
    return out


def _phrases(doc: Document) -> Iterator[Span]:
    text = doc.text
    for pattern, reason, sure, back, on in RULES:
        for match in pattern.finditer(doc.seen_by(pattern)):
            start = _opening(text, match.start(), back) if back else match.start()
            rest = _REST.match(text, match.end()) if on or _HANGS.search(match[0]) else None
            piece = text[start : rest.end() if rest else match.end()].rstrip()
            cue = " ".join(text[match.start() : match.end()].split()[:4])
            yield Span(start, start + len(piece), Label.QUASI, sure * 0.5, reason, cue)
