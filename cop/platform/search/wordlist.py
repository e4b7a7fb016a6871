"""Words that everybody knows: a list of Dutch words, for compounds, participles and typing errors.

The file `data/words.gz` (made by `scripts/search/build_words.py`) has one folded word a line. It is
held as sorted checksums: half a megabyte instead of twelve in every process. One word in thirty
thousand that is not on the list is taken for one that is, which does no harm here.
"""

from __future__ import annotations

import gzip
import zlib
from array import array
from bisect import bisect_left
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "words.gz"


class Words:
    """Whether a folded word is on the list."""

    def __init__(self, sums: array[int]) -> None:
        self._sums = sums

    def __contains__(self, word: str) -> bool:
        wanted = zlib.crc32(word.encode())
        at = bisect_left(self._sums, wanted)
        return at < len(self._sums) and self._sums[at] == wanted

    def __len__(self) -> int:
        return len(self._sums)


@cache
def words() -> Words:
    """The list, read once per process."""
    with gzip.open(DATA, "rb") as file:
        sums = sorted({zlib.crc32(line) for line in file.read().split(b"\n") if line})
    return Words(array("I", sums))
