"""Listed names of several words: 'Leger des Heils', 'Den Haag', 'Jack Daniel's'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import cues
from .document import Document
from .lexicon import Flag
from .spans import Label, Reason, Span

# '(Kal, 2012; Van Heijst, 2005)': who wrote what, and nobody in the story.
_AUTHOR = (
    r"(?:(?:Van|De|Van der|Van den|van|de) )?[A-Z][\w'-]+"
    r"(?:(?: &| en|,) [A-Z][\w'-]+| e\.a\.| et al\.)*"
)
_SOURCE = re.compile(
    rf"\((?:zie |bijv\. |vgl\. )?{_AUTHOR},? (?:19|20)\d\d[a-z]?(?:, p\. ?\d+)?"
    rf"(?:; {_AUTHOR},? (?:19|20)\d\d[a-z]?)*\)"
)


# 'Literatuur: Hertogh & Verkerk, Wet zorg en dwang': a whole line of what was read.
_READ = re.compile(
    r"^[ \t*#-]*(?:literatuur|bronnen|bron|referenties|lit\.)[*]{0,2}:.*$", re.M | re.I
)


def _phrase(doc: Document, index: int) -> tuple[int, int]:
    """The longest entry of several words that begins here: (last token, flags)."""
    longest = doc.lex.longest_phrase(doc.tokens[index].low)
    if not longest and doc.tokens[index].text == "'":
        longest = doc.lex.longest_phrase("'" + doc.low(index + 1))
    if not longest:
        return -1, 0
    start = doc.tokens[index].start
    for last in range(min(index + 2 * longest, len(doc.tokens) - 1), index, -1):
        if doc.tokens[last].end - start > 60:
            continue
        end = doc.tokens[last].end
        piece = doc.text[start:end].lower()
        flags = doc.lex.flags(piece) or (
            doc.lex.flags(piece + "'s") if doc.text[end : end + 2] == "'s" else 0
        )
        if flags and " " in piece:
            return last, flags
    return -1, 0


_OF_PEOPLE = frozenset(
    "dhr mw mevr mevrouw mvr mej meneer mijnheer heer hr mnr familie fam".split()
)


def _titled(doc: Document, index: int) -> str:
    """The title before a name: 'Hr. ten Cate' is somebody, whatever firm is called so."""
    low = doc.low(index - 2) if doc.low(index - 1) == "." else doc.low(index - 1)
    return low if low in _OF_PEOPLE else ""


def find_phrases(doc: Document) -> Iterator[Span]:
    """Listed names of several words; SAFE ones are claimed without a mark."""
    for pattern in (_SOURCE, _READ):
        for source in pattern.finditer(doc.text):
            if doc.tokens[doc.at(source.start()) + 1].flags & Flag.ORG:
                continue  # '(VieCuri, 2011)': where somebody was
            doc.claim(source.start(), source.end())
    index = 0
    while index < len(doc.tokens):
        last, flags = _phrase(doc, index)
        token = doc.tokens[index]
        if last < 0 or not doc.free(token.start, doc.tokens[last].end):
            index += 1
            continue
        start, end = token.start, doc.tokens[last].end
        capitals = any(t.cap for t in doc.tokens[index : last + 1])
        plain = token.plain or doc.tokens[last].plain
        pieces = [t for t in doc.tokens[index : last + 1] if t.is_word]
        wordy = all(t.flags & (Flag.WORD | Flag.ENGLISH) or t.low in cues.FUNCTION for t in pieces)
        cased = capitals and not (token.first and sum(t.cap for t in pieces) < 2)
        near = doc.low(index - 1) in cues.PLACE_BEFORE or doc.low(index - 1) in {
            "van",
            "bij",
            "aan",
        }
        # Without capitals a name of two ordinary words needs a cue, or one that is not frequent.
        rare = len(pieces) > 1 and (
            near or not all(t.flags & Flag.COMMON or len(t.low) < 4 for t in pieces)
        )
        if flags & Flag.SAFE:
            doc.claim(start, end)
        elif flags & Flag.ORG and token.low in cues.PARTICLES and _titled(doc, index):
            yield Span(start, end, Label.PERSON, 0.9, Reason.TITLE, _titled(doc, index))
        elif flags & Flag.ORG and (cased or (plain and (not wordy or rare))):
            yield Span(start, end, Label.ORG, 0.9, Reason.KNOWN_ORG)
        elif flags & (Flag.PLACE | Flag.ABROAD) and (
            cased or capitals or (plain and (not wordy or near))
        ):
            yield Span(start, end, Label.PLACE, 0.9, Reason.KNOWN_PLACE)
        index = last + 1
