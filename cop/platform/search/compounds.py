"""The words in a compound: 'verslavingszorg' is 'verslaving' and 'zorg'.

Dutch joins nouns with nothing, -s-, -e-, -en- or -er-. A split is only made into known words, from
the fewest parts, the longest last part first. A word that is known itself is taken apart only into
words of some length, and not at what is a preposition more often than a noun.
"""

from functools import lru_cache

from cop.platform.search.wordlist import words

LEAST, LEAST_OF_KNOWN = 3, 4  # letters of a part, and of a part of a word that is known itself
LONG_TAIL = 7
LONGEST = 40  # a longer one is no word
_MADE_BY = ("be", "ge", "her", "ont", "ver")  # 'verslaving' is made of nothing but itself
_LINKS = ("", "s", "e", "en", "n")
# Beginnings that make another word of the rest, not a compound of nouns.
_NO_HEAD = frozenset(
    (
        "aan achter aller alle ander bij binnen boven buiten daar door een eens elk erg even ge "
        "haar hem her het hier hoe hun iets ieder mede mee met mis naar neer niet nog nooit "
        "ooit onder ont oog om ons open over per samen steeds tegen ten ter terug toch toe tot "
        "tussen uit van vast veel ver via voor voort vol waar wat weer weg wel wie zeer zelf "
        "zich zijn zoals zonder zulk laten doen gaan heen iedereen daarom hoog laag lang kort "
        "mooi groot klein nieuw oud goed slecht min mijn bent afspr samenw verg verz beha bete "
        "bijeen erom eruit erover luis roem spons ger vers best overs wegs voors best bestel "
        "gest gespr stil super neder ier maast vita prak rap ben was had kan kon zal zou wil "
        "wist wast den der des die dit dat dan dus eer als maar want"
    ).split()
)
_NO_TAIL = frozenset(
    (
        "baar loos haft zaam rijk vol achtig matig waarts aard aan baat bare ding eer een eren "
        "erij heid heden ing ingen ijk lijk lijke ling lingen ment men nis schap schappen ster "
        "sters tie ties tje tel ten ter ters den der ders deel nen ner ners lus lopen laten "
        "doen gaan staan zijn worden weg uit aan door over voor naar toe mee af op om rust sten "
        "sen ses set zet zat zit ven ver vers ren rend rende lend lende kend kende werk werken "
        "werkt gen ger gers gel gels len ler lers pen per pers ken ker kers res sel sels bel "
        "ben bent bes hen her del mes mis net nek nog lid bod bak bad bas lig ligt let lek les "
        "lat las aren aren elen eden even even enen eken eten ezen"
    ).split()
) - {"werk", "les", "bad", "rust", "lid", "werken"}


@lru_cache(maxsize=60_000)
def parts(word: str) -> tuple[str, ...]:
    """The words in a folded word, two or three; empty when it is no compound."""
    if not 6 <= len(word) <= LONGEST or not word.isalpha():
        return ()
    if word not in words():
        return _split(word, LEAST, 3) or ()
    if word.startswith(_MADE_BY):
        return ()
    return _split(word, LEAST_OF_KNOWN, 2) or _short_and_long(word) or ()


def _short_and_long(word: str) -> tuple[str, str] | None:
    """'gokverslaving': three letters before a long word that is known as well."""
    head, tail = word[:LEAST], word[LEAST:]
    known = words()
    long = len(tail) >= LONG_TAIL and (tail in known or _of_verb(tail))
    if long and head in known and head not in _NO_HEAD:
        return head, tail
    return None


def _split(word: str, least: int, most: int) -> tuple[str, ...] | None:
    known = words()
    best: tuple[str, ...] | None = None
    for cut in range(least, len(word) - least + 1):
        tail = word[cut:]
        if tail in _NO_TAIL or not (tail in known or _of_verb(tail)):
            continue
        head = _head(word[:cut], least)
        if head is not None:
            return (head, tail)  # the first is the one with the longest tail
        if best is None and most > 2 and cut >= 2 * least:
            before = _split_with_link(word[:cut], least)
            if before is not None:
                best = (*before, tail)
    return best


def _of_verb(tail: str) -> bool:
    """Made of a word that is known: 'ondersteunende', 'besteding'."""
    if len(tail) <= LONG_TAIL:
        return False
    known = words()
    if tail.endswith("ing"):
        return f"{tail[:-3]}en" in known
    return tail.endswith(("end", "ende")) and tail.removesuffix("e")[:-1] in known


def _split_with_link(word: str, least: int) -> tuple[str, ...] | None:
    for link in _LINKS:
        if word.endswith(link):
            core = word[: len(word) - len(link)]
            found = _split(core, least, 2) if len(core) >= 2 * least else None
            if found is not None:
                return found
    return None


def _head(head: str, least: int) -> str | None:
    """The word that a first part is, without what joins it to the next."""
    if head in _NO_HEAD:
        return None
    known = words()
    for link in _LINKS:
        if head.endswith(link):
            core = head[: len(head) - len(link)]
            if len(core) >= least and core in known and core not in _NO_HEAD:
                return core
    return None
