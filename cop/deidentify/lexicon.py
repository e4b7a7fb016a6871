"""What words are: the compiled word list and the questions that rules ask it.

The file `data/lexicon.gz` (made by `scripts/deidentify/build_lexicon.py`) has one line per
combination of flags: the number, then the entries, separated by tabs. Entries are folded (lower
case, straight apostrophes); several words in one entry are separated by a blank.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "lexicon.gz"
_STRONG_PAST = frozenset(
    "sloeg slaat schold trok beet greep schopte trapte gooide duwde viel verliet verloor won hing "
    "droeg sneed stal loog bood genoot schoot vocht vluchtte dreef zweefde koos riep schoof schonk "
    "zong sprong zwom verborg dwong bond brak at stak bad wierp hielp stierf bedroog kwam "
    "ging".split()
)


class Flag:
    """What an entry is known to be; several may hold. Plain numbers: they are asked for so often
    that an enumeration takes a fifth of the time."""

    WORD = 1  # an ordinary Dutch word, written in lower case
    COMMON = 2  # a frequent one
    ENGLISH = 4  # an ordinary English word
    PROPER = 8  # the dictionary has it with a capital
    FIRST = 16  # a given name
    LAST = 32  # a surname, without prefixes such as 'van der'
    PLACE = 64  # a place in the Netherlands or Flanders, or one that Dutch has a name for
    ABROAD = 128  # another town abroad
    ORG = 256  # an institution, employer, school or chain
    SAFE = 512  # looks like a name and is none: eponyms, methods, medicines, brands, countries
    NAMEWINS = 1024  # also a word, but people nearly always mean the name
    NOTNAME = 2048  # also a name, but people nearly always mean the word


NAME = Flag.FIRST | Flag.LAST
_FOLD = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "‑": "-", "‐": "-"})


def fold(text: str) -> str:
    """The form in which entries are stored and looked up."""
    return text.translate(_FOLD).lower()


class Lexicon:
    """Flags by folded entry, and what follows from them."""

    def __init__(self, flags: Mapping[str, int]) -> None:
        self._flags = flags
        phrases: dict[str, int] = defaultdict(int)
        for entry in flags:
            if " " in entry:
                head = entry.split(" ", 1)[0]
                phrases[head] = max(phrases[head], entry.count(" ") + 1)
        self._longest = dict(phrases)
        self.is_compound = lru_cache(maxsize=20_000)(self._is_compound)
        self.is_finite = lru_cache(maxsize=20_000)(self._is_finite)

    def flags(self, word: str) -> int:
        """What is known of a folded entry; no flag at all when nothing is."""
        return self._flags.get(word, 0)

    def longest_phrase(self, head: str) -> int:
        """How many words the longest entry that begins with this word has; 0 when there is none."""
        return self._longest.get(head, 0)

    def _is_compound(self, word: str, least: int = 3) -> bool:
        """Whether a word is two ordinary words in one ('maandaggroep'), each of `least` letters.

        Dutch joins nouns with nothing, -s-, -e- or -en-; a hyphen joins too.
        """
        if "-" in word:
            parts = [p for p in word.split("-") if p]
            return len(parts) > 1 and all(self.is_word(p) or len(p) < 3 for p in parts)
        for cut in range(least, len(word) - least + 1):
            if not self._flags.get(word[cut:], 0) & Flag.WORD:
                continue
            head = word[:cut]
            for link in ("", "s", "e", "en"):
                stem = head[: len(head) - len(link)] if link else head
                fits = head.endswith(link) and len(stem) >= least
                if fits and self._flags.get(stem, 0) & Flag.WORD:
                    return True
        return False

    def _is_finite(self, word: str) -> bool:
        """Whether a folded word looks like what somebody does or did: 'kookt', 'kookte', 'sloeg'.

        Dutch says 'zij kookt' and 'kookte' of 'koken'; of strong verbs the past is listed.
        """
        if word in _STRONG_PAST:
            return True
        for tail in ("te", "de", "t"):
            stem = word[: -len(tail)]
            if len(stem) < 3 or not word.endswith(tail):
                continue
            soft = stem[:-1] + {"f": "v", "s": "z"}.get(stem[-1], stem[-1])
            open_ = soft[:-2] + soft[-1] if soft[-3:-2] == soft[-2:-1] else soft
            if any(
                self._flags.get(s + "en", 0) & Flag.WORD for s in (open_, stem, stem + stem[-1])
            ):
                return True
        return False

    def is_word(self, word: str) -> bool:
        """Whether a folded word is ordinary Dutch or English, compounds included."""
        if self._flags.get(word, 0) & (Flag.WORD | Flag.ENGLISH):
            return True
        if len(word) < 6:
            return False
        for tail in ("je", "tje", "pje", "etje", "jes", "tjes"):  # 'casusje'
            if word.endswith(tail) and self._flags.get(word[: -len(tail)], 0) & Flag.WORD:
                return True
        return len(word) > 6 and self.is_compound(word)


@cache
def lexicon() -> Lexicon:
    """The compiled list, read once per process."""
    flags: dict[str, int] = {}
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            flag, *entries = line.rstrip("\n").split("\t")
            flags.update(dict.fromkeys(entries, int(flag)))
    return Lexicon(flags)
