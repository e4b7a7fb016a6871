"""From words to index terms: what is stored of a text, and what a question looks for.

A word gives its stem; a compound also the stems of its parts, marked with `~`, so that who looks
for 'zorg' finds 'verslavingszorg' and the word itself still counts for more.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from cop.platform.search.compounds import parts
from cop.platform.search.folding import WORD, fold
from cop.platform.search.stems import stem
from cop.platform.search.wordlist import words

# Raised when the same text gives other terms than before: sites then make their index anew.
VERSION = 2
PART = "~"
LONGEST = 40  # characters of a term

# Words that say nothing of what a text is about. They are not stored and not looked for.
STOP = frozenset(
    fold(
        "aan achter af al alle als alweer andere anders ben bent bij bijna bv daar daarom dan "
        "dat de den der deze die dit doe doen doet door dus echt een eens eerst eigenlijk elk "
        "elke en er erg even gaan gaat ga gewoon haar had hadden heb hebben hebt heel heeft hem "
        "hen het hier hij hoe hoor hun iemand iets ik in is ja jaja je jij jou jouw jullie kan "
        "kun kunnen kunt maar maken me mee meer men mij mijn moet moeten na naar nee niet niets "
        "nog nou nu of om omdat onder ons ook op over per soms staat steeds te tegen toch toen "
        "tot uit van veel via voor waar waarom wat we wel welke wie wil willen wij word worden "
        "wordt zal ze zelf zich zij zijn zo zoals zou zouden zult vanuit waren was weer zonder "
        "want waarin waarop waarmee the and for with that this from are was you not have has a "
        "an of to in on is it be as at"
    ).split()
)
_POSSESSIVE = re.compile(r"'(?:s|tje|tjes|en|er|ers)$")


def index_terms(text: str) -> list[str]:
    """The terms of a text in the order of its words; each word's parts follow it."""
    found: list[str] = []
    for word in words_of(text):
        found.extend(terms_of(word))
    return found


def words_of(text: str) -> Iterator[str]:
    """The folded words of a text that say something."""
    for match in WORD.finditer(fold(text)):
        word = match[0]
        if word not in STOP:
            yield word


@lru_cache(maxsize=60_000)
def terms_of(word: str) -> tuple[str, ...]:
    """The terms of one folded word: its own, then those of what it is made of."""
    pieces = pieces_of(word)
    if len(pieces) == 1:
        own = pieces[0]
        return (main_term(own), *(PART + each for each in part_terms(own)))
    inner = [p for p in pieces if len(p) > 1 and p not in STOP]
    marked = dict.fromkeys(
        PART + term for piece in inner for term in (main_term(piece), *part_terms(piece))
    )
    return (main_term("".join(pieces)), *marked)


def own_term(word: str) -> str:
    """What the index holds of a folded word as a whole: 'e-health' is `ehealth`."""
    return terms_of(word)[0]


def pieces_of(word: str) -> list[str]:
    """'ggz-instelling' is two, "auto's" is one."""
    return [p.replace("'", "") for p in re.split(r"[-&]", _POSSESSIVE.sub("", word)) if p]


def main_term(word: str) -> str:
    """The term of a word that is of one piece; of any word of a text it is `own_term`."""
    return stem(word)[:LONGEST]


@lru_cache(maxsize=60_000)
def part_terms(word: str) -> tuple[str, ...]:
    """The stems of what a compound is made of, parts of parts included."""
    found: dict[str, None] = {}
    smallest: list[str] = []
    for part in parts(word):
        found[main_term(part)] = None
        smallest += parts(part) or (part,)
    for smaller in smallest:
        found[main_term(smaller)] = None
    for one, other in pairwise(smallest):
        if one + other in words():  # 'lachgasgebruik' is no gas that one laughs at
            found[main_term(one + other)] = None
    found.pop(main_term(word), None)
    return tuple(found)
