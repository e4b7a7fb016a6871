"""A question as search understands it: groups of terms, of which each finds the same thing.

A group is one word as typed with everything that may stand for it: its stem, itself within a
compound, what it is a compound of, its synonyms, and, where nobody knows the word, what it may
have been meant to be. A phrase in quotes has to stand there as it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cop.platform.search.compounds import parts
from cop.platform.search.folding import WORD, fold
from cop.platform.search.terms import LONGEST, PART, STOP, main_term, own_term, part_terms, terms_of
from cop.platform.search.wordlist import words

# People type three words, seldom ten. On 20,000 rows a word takes 3 to 7 ms more, one that nobody
# wrote up to 25; one within a phrase hardly anything, in a longer statement.
MOST_GROUPS = 12
MOST_WORDS = 24  # of all groups together, those in phrases included
LONGEST_QUESTION = 600  # characters; the boxes hold as many
# What counts less than the word itself: within a compound, as the parts of one, by another word
# for it or for a part of it, and what may have been meant.
IN_COMPOUND, AS_PARTS, SYNONYM, OF_PART, MEANT, KIN = 0.65, 0.6, 0.7, 0.35, 0.7, 0.5
ONE_PART = 0.3
LEAST_TO_CORRECT = 3  # letters; in so few only two changed round

_QUOTED = re.compile(r'["“”„«»]([^"“”„«»]+)["“”„«»]')


@dataclass(frozen=True, slots=True)
class Group:
    """What stands for one word of a question.

    Attributes:
        word: as typed, folded.
        terms: index term → how much it counts.
        joint: terms that count together, each alone or within a compound, and how much.
        phrase: terms that must stand side by side; then the others are empty.
    """

    word: str
    terms: dict[str, float] = field(default_factory=dict)
    joint: tuple[tuple[tuple[str, ...], float], ...] = ()
    phrase: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What a text asks.

    Attributes:
        left_out: words, folded, that are not looked for since there are so many.
    """

    groups: tuple[Group, ...]
    left_out: tuple[str, ...] = ()

    @property
    def unknown(self) -> list[Group]:
        """Groups whose word no dictionary knows, so that it may be a typing error."""
        return [g for g in self.groups if not g.phrase and may_be_wrong(g.word)]


# Every row: the stems of phrases that mean the same, each a sequence of terms.
Alike = Sequence[Sequence[tuple[str, ...]]]


def understood(text: str, synonyms: Alike = ()) -> Question:
    """The question that a text asks."""
    text = text[:LONGEST_QUESTION]
    quoted = [said for phrase in _QUOTED.findall(text) if (said := _saying(phrase))]
    loose = [[word] for word in dict.fromkeys(_saying(_QUOTED.sub(" ", text)))]
    asked: list[list[str]] = []
    left_out: list[str] = []
    room = MOST_WORDS
    for several in quoted + loose:
        some = several[:room] if len(asked) < MOST_GROUPS else []
        room -= len(some)
        left_out += several[len(some) :]
        if some:
            asked.append(some)
    groups = [_stands(some) for some in asked[: len(quoted)]]
    groups += with_synonyms([_group(word) for (word,) in asked[len(quoted) :]], synonyms)
    return Question(tuple(groups), tuple(left_out))


def _stands(several: list[str]) -> Group:
    """What was put in quotes: these words side by side, or the one word."""
    if len(several) == 1:
        return _group(several[0])
    return Group(word=" ".join(several), phrase=tuple(map(own_term, several)))


def own_terms(text: str) -> tuple[str, ...]:
    """What the index holds of each word of a text that says something, in order."""
    return tuple(own_term(w) for w in _saying(text))


def _saying(text: str) -> list[str]:
    """The words of a text that say something."""
    return [word for word in _words(text) if word not in STOP]


def _words(text: str) -> list[str]:
    return [match[0] for match in WORD.finditer(fold(text))]


def _group(word: str) -> Group:
    own = own_term(word)
    terms = {own: 1.0, PART + own: IN_COMPOUND}
    for term in _kin(word, own):
        terms |= {term: KIN, PART + term: KIN * IN_COMPOUND}
    inside = tuple(t.removeprefix(PART) for t in terms_of(word)[1:]) or part_terms(word)
    whole = _shortest_cover(word, inside)
    return Group(word, terms, ((whole, AS_PARTS),) if len(whole) > 1 else ())


def _kin(word: str, own: str) -> Iterator[str]:
    """Who does it and what is done: 'begeleider' for 'begeleidt', and the other way round."""
    known = words()
    doer = re.fullmatch(r"(.{3,}?)(?:er|aar)s?", word)
    if doer is not None and f"{doer[1]}en" in known:
        yield main_term(f"{doer[1]}en")
    elif doer is not None and f"{doer[1]}ing" in known:
        yield main_term(f"{doer[1]}ing")
    elif doer is None and (word.endswith("ing") or f"{own}en" in known) and own.isalpha():
        for name in (f"{own}er", f"{own}aar"):
            if name in known and main_term(name) != own:
                yield main_term(name)


def _shortest_cover(word: str, inside: tuple[str, ...]) -> tuple[str, ...]:
    """The terms of a compound's own parts, without those of parts of parts."""
    direct = tuple(main_term(part) for part in parts(re.sub(r"[-'&]", "", word)))
    return direct if len(direct) > 1 else inside


def with_synonyms(groups: list[Group], synonyms: Alike) -> list[Group]:
    """The groups, each with what means the same; words of a phrase with synonyms get them too."""
    stems = [next(iter(group.terms)) for group in groups]
    found = list(groups)
    for row in synonyms:
        for n, group in enumerate(groups):
            for several, _weight in group.joint:  # 'kerstdiner': what 'kerst' means as well
                if any((term,) in row for term in several):
                    found[n] = _also(found[n], [p for p in row if p[0] not in several], OF_PART)
        for phrase in row:
            for at in range(len(stems) - len(phrase) + 1):
                if tuple(stems[at : at + len(phrase)]) == phrase:
                    for place in range(at, at + len(phrase)):
                        found[place] = _also(found[place], [p for p in row if p != phrase])
    return found


def _also(group: Group, others: Iterable[tuple[str, ...]], weight: float | None = None) -> Group:
    weight = weight or SYNONYM
    terms, joint = dict(group.terms), list(group.joint)
    for phrase in others:
        if len(phrase) == 1:
            terms.setdefault(phrase[0], weight)
            terms.setdefault(PART + phrase[0], weight * IN_COMPOUND)
        else:
            joint.append((phrase, weight))
    return replace(group, terms=terms, joint=tuple(joint))


@lru_cache(maxsize=4)
def alike(*rows: str) -> Alike:
    """Rows of words parted by commas, as terms; kept while they stay as they are."""
    found = []
    for row in rows:
        phrases = [own_terms(phrase) for phrase in row.split(",")]
        found.append([p for p in dict.fromkeys(phrases) if p])
    return found


# --- typing errors


def may_be_wrong(word: str) -> bool:
    """The word is on no list of words, and long enough to guess what is meant."""
    return len(word) >= LEAST_TO_CORRECT and word.isalpha() and not is_known(word)


def is_known(word: str) -> bool:
    """It is on a list of words, or a form of one that is."""
    return word in words() or main_term(word) in words()


# What is written one way and heard as the other.
_ALIKE = (("ij", "ei"), ("k", "c"), ("ou", "au"), ("g", "ch"), ("v", "f"), ("z", "s"))
_SOUND_ALIKE = (*_ALIKE, *((other, one) for one, other in _ALIKE))


def near(word: str) -> frozenset[str]:
    """Every spelling one error away: a letter more, less, other, two changed round, or by ear."""
    if len(word) > LONGEST:
        return frozenset()  # no term of the index says more: thousands would be the same
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    found.discard(word)
    if len(word) == LEAST_TO_CORRECT:
        return frozenset(found)
    found |= {word.replace(one, other) for one, other in _SOUND_ALIKE}
    found |= {a + b[1:] for a, b in cuts if b}
    found |= {a + c + b[1:] for a, b in cuts if b for c in letters}
    found |= {a + c + b for a, b in cuts for c in letters}
    found.discard(word)
    return frozenset(found)


def meant(group: Group, spellings: Iterable[str], synonyms: Alike = ()) -> Group:
    """The group, with what may have been meant besides: all that stands for these words."""
    more, joint = dict(group.terms), list(group.joint)
    for other in with_synonyms([_group(word) for word in spellings], synonyms):
        for term, weight in other.terms.items():
            more[term] = max(more.get(term, 0.0), weight * MEANT)
        joint += [(terms, weight * MEANT) for terms, weight in other.joint]
    return replace(group, terms=more, joint=tuple(joint))


def taken_apart(group: Group) -> Group:
    """Of a compound that nobody wrote: whatever has one of its words, for less."""
    more = dict(group.terms)
    for term in {term for terms, _weight in group.joint for term in terms if len(term) > 3}:
        more[term] = max(more.get(term, 0.0), ONE_PART)
        more[PART + term] = max(more.get(PART + term, 0.0), ONE_PART * IN_COMPOUND)
    return replace(group, terms=more)
