"""Two people changed one text: what both did, put together without losing a word.

Works on lines, as people write paragraphs and lists. Where only one of the two changed something
that change stands; where both did, theirs stands above mine, and whoever saves decides.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Merged:
    """Both texts in one.

    Attributes:
        text: with everything that either of them added.
        clashes: places that both changed, where both versions stand below each other.
    """

    text: str
    clashes: int


def merge(base: str, theirs: str, mine: str) -> Merged:
    """Both changes to `base` together."""
    lines = [text.replace("\r\n", "\n").split("\n") for text in (base, theirs, mine)]
    made: list[str] = []
    clashes = 0
    for old, other, own in _pieces(*lines):
        if other == old:
            made += own
        elif own in (old, other):
            made += other
        else:
            clashes += 1
            made += [*other, *([""] if other and own else []), *own]
    return Merged("\n".join(made), clashes)


def _pieces(
    base: list[str], theirs: list[str], mine: list[str]
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The three texts cut at the lines that all of them share, in order."""
    in_theirs, in_mine = _places(base, theirs), _places(base, mine)
    shared = [n for n in range(len(base)) if n in in_theirs and n in in_mine]
    cuts = [(n, in_theirs[n], in_mine[n]) for n in shared]
    at = (0, 0, 0)
    for n, there, own in cuts:
        yield base[at[0] : n], theirs[at[1] : there], mine[at[2] : own]
        yield [base[n]], [base[n]], [base[n]]
        at = (n + 1, there + 1, own + 1)
    yield base[at[0] :], theirs[at[1] :], mine[at[2] :]


def _places(base: list[str], other: list[str]) -> dict[int, int]:
    """Where each line of the base that stayed stands in the other text."""
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return {
        block.a + n: block.b + n
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    }
