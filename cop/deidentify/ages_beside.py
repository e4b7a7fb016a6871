"""Ages that are clear because a name stands before them: 'Karim (34)', 'Truus, 71, weduwe'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .age_words import JR, NUM, SPAN_AFTER
from .document import Document
from .spans import Label, Reason, Span

# Straight after a name: '(34', ', 34', '| 34 |', 'van 21 die', 'is 54'.
_BESIDE = re.compile(
    rf"\s?(?:[(,;:|/–-]|\bvan\b|\bis\b|\bwordt\b|\bwas\b|\bdie\b)?\s?(?:nu|nou|net|pas|"
    rf"bijna|inmiddels|ca\.?|circa|±|ongeveer|m|v|man|vrouw|[mv],)?\s?[,/|(]?\s?"
    rf"({NUM})(?:\s?{JR}{SPAN_AFTER})?(?=\s?(?:[),;|/.\n:–]|$)|\s(?:die|uit|en|met|"
    rf"woont|zwanger|werkt|gebruikt|in|jaar|inmiddels|nu|alweer|toen|oud|geworden)\b)"
    rf"(?!\s?[.,/:-]\d|\s?(?:mg|ml|gram|keer|x|dagen|weken|uur|glazen|euro|en een half|"
    rf"jaar)\b)",
    re.IGNORECASE,
)
_LINKED = re.compile(r"^\s?(?:[(,;:|/–-]|van\b|is\b|wordt\b|was\b)", re.IGNORECASE)
# 'UTF-8', 'Covid-19', 'en_GB.UTF-8': a number that hangs on a word is part of what it is called.
_GLUED = re.compile(r"[/:|–-]\d")


def find_ages_beside(doc: Document, spans: Iterable[Span]) -> Iterator[Span]:
    """Ages that are clear only because the name of a person stands right before them."""
    for span in spans:
        if span.label is not Label.PERSON:
            continue
        match = _BESIDE.match(doc.text, span.end)
        if not match or _GLUED.match(match[0]) or not doc.free(match.start(1), match.end(1)):
            continue
        figure = match[1].isdigit()
        if _LINKED.match(match[0]) and (figure or match[1].lower() not in {"een", "één"}):
            if figure and int(match[1]) > 110:
                continue
            yield Span(match.start(1), match.end(1), Label.AGE, 0.75, Reason.AGE)
