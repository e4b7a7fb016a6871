"""Names in small letters where other words have capitals: 'mevrouw de vries', 'zijn begeleider
j. jansen'. A phone makes the first letter of a sentence large, and that of no name.

Such a name is read as in a line that is all in small letters, where its case says nothing.
"""

from __future__ import annotations

from . import cues
from .document import Document
from .evidence import clear_first
from .lexicon import Flag

_ADDRESSED = frozenset(
    "dhr mw mevr mevrouw mvr meneer mijnheer menheer hr juf juffrouw dr drs fam familie".split()
)
_NO_SURNAME = frozenset("boven onder achter".split())  # 'mevrouw van boven'
_LONGEST = 8  # tokens of initials and particles


def release(doc: Document) -> None:
    """Mark the tokens of such names as plain."""
    for index, token in enumerate(doc.tokens):
        if not token.is_word or token.plain:
            continue
        titled = token.low in _ADDRESSED
        begin = index
        if titled or token.low in cues.RELATIONS or token.low in cues.TITLES:
            begin += 2 if titled and doc.low(index + 1) == "." else 1
        elif not clear_first(token):
            continue
        for one in doc.tokens[begin : _end(doc, begin, titled)]:
            one.plain = True


def _end(doc: Document, begin: int, titled: bool) -> int:
    """Behind a name in small letters with a surname that begins here; `begin` when none does."""
    tokens, at, called = doc.tokens, begin, False
    while at + 2 < len(tokens) and _small(doc, at, 1) and tokens[at + 1].text == ".":
        called, at = True, at + 2
    if not called and at + 1 < len(tokens) and _small(doc, at) and clear_first(tokens[at]):
        called, at = doc.touching(at, at + 1), at + 1
    particles = []
    while at + 1 < len(tokens) and at - begin < _LONGEST and _is_particle(doc, at):
        particles.append(tokens[at].low)
        at += 1
    if at >= len(tokens) or not _small(doc, at):
        return begin
    surname = tokens[at]
    if not surname.flags & Flag.LAST or surname.flags & Flag.SAFE or surname.low in _NO_SURNAME:
        return begin
    # 'de man van de winkel' is no name, 'mevrouw van den berg' is.
    place = surname.flags & Flag.COMMON and particles in (["van", "de"], ["van", "het"])
    return at + 1 if called or (titled and particles and not place) else begin


def _small(doc: Document, index: int, letters: int | None = None) -> bool:
    """A word in small letters, of so many."""
    token = doc.tokens[index]
    return token.is_word and token.text.islower() and letters in (None, len(token.text))


def _is_particle(doc: Document, index: int) -> bool:
    token = doc.tokens[index]
    return _small(doc, index) and token.low in cues.PARTICLES and doc.touching(index, index + 1)
