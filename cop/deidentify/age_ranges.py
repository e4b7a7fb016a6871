"""Ages between two bounds: 'jongens van tussen de 18 en 20 jaar' (label AGE).

A range is what an age is replaced by, so one of five years or more is vague as it is; and so is
one that says for whom something is meant. What is narrower is nearly an age, and is one finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from .age_words import BIG, CHILD, JR, PERSON, SPAN_AFTER
from .casing import uncased
from .document import Document
from .lexicon import fold
from .number_words import NUMBERS
from .spans import Label, Reason, Span

VAGUE = 5  # years
_RANGE = uncased(
    rf"\btussen\s(?:de\s)?(?P<range>(?P<low>{BIG})\sen\s(?:de\s)?(?P<high>{BIG}))"
    rf"(?=\s?{JR}{SPAN_AFTER})"
)
# 'De jongens zijn tussen de', 'een man van tussen de', 'ze is ergens tussen de'
_SOMEBODY = uncased(
    rf"\b(?:{PERSON}|{CHILD}|hij|zij|ze|ik)(?:\s(?:is|zijn|was|waren|ben|van|nu|toen|ergens)){{0,2}}"
    r"\s$"
)


def find_age_ranges(doc: Document) -> Iterator[Span]:
    """The narrow ones of somebody; no rule takes a bound of a wide one for a day or an age."""
    for match in _RANGE.finditer(doc.small):
        years = _number(match["high"]) - _number(match["low"])
        if not doc.free(*match.span("range")):
            continue
        if years >= VAGUE:
            doc.claim(*match.span("range"))
        elif years > 0 and _SOMEBODY.search(doc.small, max(0, match.start() - 40), match.start()):
            yield Span(*match.span("range"), Label.AGE, 0.9, Reason.AGE)


def _number(words: str) -> int:
    """In figures or words; 0 for words of a dialect."""
    return int(words) if words.isdigit() else NUMBERS.get(fold(words), 0)
