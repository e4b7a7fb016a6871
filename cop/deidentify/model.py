"""The trained model: for each word, how likely it is part of something that identifies somebody.

A linear-chain CRF over the traits of `traits.py`, trained by `scripts/deidentify/train_names.py`
on marked cases. It only adds to the rules and doubts their weakest findings: what has a form of
its own (numbers, addresses of every kind) never waits for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Protocol

import pycrfsuite

from . import cues
from .bars import ALONE, KINDRED, needed
from .document import Document, Token
from .lexicon import NAME, Flag
from .spans import Label, Reason, Span
from .traits import size_of_number, traits

DATA = Path(__file__).parent / "data" / "names.crf"
ADD = 0.015  # likely enough to mark where no rule says anything
DOUBT_ALONE = 0.35  # and there a finding without a sure cue is dropped below this
LONG = 80  # words and signs from which such a text is taken to be about no person at all
ALONE_LONG = 0.95  # so that there a word must be this likely
DOUBT_LONG = 0.9  # and a finding in it without a sure cue for a book, a method or a singer
DOUBT_KNOWN = 0.5  # for a place or an institution of the lists
UNLIKELY = 0.5  # and an institution or a street that the model does not see is dropped below this
UNLIKELY_NUMBER = 0.2  # the same for an age or a day
DOUBT = 0.01  # what is less likely than this is no guess at all
_LABELS = (Label.PERSON, Label.PLACE, Label.ORG, Label.DATE, Label.AGE, Label.ID, Label.CONTACT)
_TAGS = {x: (f"B-{x}", f"I-{x}") for x in _LABELS}
_REASONS = {
    Label.PERSON: Reason.LIKE_NAME,
    Label.PLACE: Reason.LIKE_PLACE,
    Label.ORG: Reason.LIKE_ORG,
    Label.DATE: Reason.DATE,
    Label.AGE: Reason.AGE,
    Label.ID: Reason.CODE,
    Label.CONTACT: Reason.HANDLE,
}
_CODES = (Label.ID, Label.CONTACT)
_TIMES = (Label.DATE, Label.AGE)
_LOCK = Lock()  # a tagger holds the text it looks at


class _Tagger(Protocol):
    def open(self, name: str) -> object: ...
    def set(self, xseq: Sequence[Sequence[str]]) -> None: ...
    def marginal(self, y: str, pos: int) -> float: ...


@dataclass(frozen=True, slots=True)
class Guess:
    """How likely a word identifies somebody at all, and as what it most likely does."""

    likely: float
    label: Label
    share: float  # how likely it is this label


@cache
def _tagger() -> _Tagger:
    tagger: _Tagger = pycrfsuite.Tagger()
    tagger.open(str(DATA))
    return tagger


def guesses(doc: Document, claimed: Sequence[str]) -> list[Guess | None]:
    """A guess for each token that may be part of an identifier, None for the others.

    `claimed` has the label of the rule that took a token, '' when none did.
    """
    if not doc.tokens:
        return []
    seen = traits(doc, claimed)
    out: list[Guess | None] = []
    with _LOCK:
        tagger = _tagger()
        tagger.set(seen)
        for index in range(len(seen)):
            likely = 1.0 - tagger.marginal("O", index)
            if likely < DOUBT:
                out.append(None)
                continue
            rest, share, label = likely, 0.0, _LABELS[0]
            for each, (begin, inside) in _TAGS.items():
                found = tagger.marginal(begin, index) + tagger.marginal(inside, index)
                if found > share:
                    share, label = found, each
                rest -= found
                if share >= rest:  # none of the others can be more likely
                    break
            out.append(Guess(likely, label, share))
    return out


def _cue(doc: Document, index: int) -> str:
    """The word before a finding, when it says what kind of thing stands here."""
    low = doc.low(index - 1)
    if low in cues.FUNCTION and low not in cues.PLACE_BEFORE and low not in cues.ORG_BEFORE:
        return ""
    known = cues.TITLES | cues.RELATIONS | cues.NAMING | cues.GREETINGS
    return low if low in known or low in cues.PLACE_BEFORE or low in cues.ORG_BEFORE else ""


def ordinary(doc: Document, token: Token) -> bool:
    """A word of the language, whatever else it may be."""
    return doc.known_word(token.low) and not token.flags & Flag.NAMEWINS


def showy(doc: Document) -> bool:
    """Whether ordinary words carry capitals ('dinsdag Nasi, woensdag Stamppot', 'de oefening Mist
    en Spiegel'), so that a capital makes no name of them."""
    if doc.showy is not None:
        return doc.showy
    other = NAME | Flag.PLACE | Flag.ABROAD | Flag.ORG | Flag.SAFE | Flag.PROPER
    found = {
        t.low
        for t in doc.tokens
        if t.cap and not t.first and len(t.low) > 2 and not t.flags & other and ordinary(doc, t)
    }
    doc.showy = len(found) >= 4 and len(found) * 40 > len(doc.tokens)
    return doc.showy


def by_capital(doc: Document, span: Span) -> bool:
    """Whether a name is made of ordinary words alone, and no sure cue says that it is one."""
    if span.label not in (Label.PERSON, Label.PLACE, Label.ORG) or span.reason in _SURE:
        return False
    return all(
        ordinary(doc, doc.tokens[i])
        for i in range(doc.at(span.start), doc.at(span.end))
        if doc.tokens[i].is_word
    )


def alone(doc: Document, guessed: Sequence[Guess | None], spans: Sequence[Span]) -> bool:
    """Whether a text hardly holds anything that clearly identifies somebody."""
    by_case = showy(doc)
    clear = sum(s.confidence >= 0.8 and not (by_case and by_capital(doc, s)) for s in spans)
    few = 2 + (len(guessed) > 150)
    likely = sum(
        g is not None and g.likely > 0.9 and not (by_case and t.cap and ordinary(doc, t))
        for g, t in zip(guessed, doc.tokens, strict=True)
    )
    return clear + likely <= few


def _timely(doc: Document, token: Token) -> bool:
    """Whether a word may be (part of) a day or an age, whatever the model makes of it."""
    return not token.is_word or bool(size_of_number(token)) or not doc.known_word(token.low)


# 'hair by Loes' may be cut after 'by'; a single letter may be one of a number.
_NEVER_LAST = frozenset(w for w in cues.FUNCTION | cues.PARTICLES if len(w) > 1) - {"by"}


def _does(doc: Document, token: Token) -> bool:
    """A verb, over which no name runs on: 'bakker sloeg visser'."""
    return not token.cap and not token.flags & NAME and doc.lex.is_finite(token.low)


def _year(doc: Document, token: Token) -> bool:
    """Whether a number is a year without its century, as in '78."""
    return token.text.isdigit() and doc.text[token.start - 1] == "'"


def _parted(doc: Document, index: int) -> bool:
    """Whether a new sentence begins at a word: 'heet hoop. hoop belde'."""
    token, last = doc.tokens[index], doc.tokens[index - 1]
    ends = token.first and last.text in ".!?" and token.start > last.end
    return ends and doc.known_word(doc.low(index - 2))  # 'joh. visser' is one name


def find_likely(
    doc: Document, guessed: Sequence[Guess | None], spans: Sequence[Span] = ()
) -> Iterator[Span]:
    """What no rule marked and the model finds likely, words beside each other taken together.

    `spans` are the findings so far: a text that identifies nobody else is doubted more.
    """
    index = 0
    tokens = doc.tokens
    least, by_case = ADD, False
    if alone(doc, guessed, spans):
        least = ALONE_LONG if len(tokens) > LONG else ALONE
        by_case = showy(doc)
    while index < len(tokens):
        guess = guessed[index]
        token = tokens[index]
        if (
            guess is None
            or guess.likely < needed(doc, token, least)
            or not (token.is_word or token.text.isdigit())
            or not doc.free(token.start, token.end)
        ):
            index += 1
            continue
        if guess.label is Label.PERSON and not token.is_word:
            index += 1  # 'k7 ramdin'
            continue
        if guess.label in _TIMES and guess.likely < 0.85 and not _timely(doc, token):
            index += 1
            continue
        last, likely = index, guess.likely
        step = index + 1
        while step < len(tokens):
            following = guessed[step]
            if (
                following is None
                or following.likely < ADD
                or following.label is not guess.label
                or "\n" in doc.text[tokens[last].end : tokens[step].start]
                or _parted(doc, step)
                or not doc.free(tokens[last].end, tokens[step].end)
            ):
                break
            if tokens[step].is_word or tokens[step].text.isdigit():
                other = (
                    tokens[step].low.endswith(KINDRED)
                    or (not tokens[step].is_word and guess.label not in _CODES)
                    or _does(doc, tokens[step])
                )
                if other and following.likely < needed(doc, tokens[step], ADD):
                    break  # 'Ellis 61', 'Tetanus 2016'
                last = step
                likely = max(likely, following.likely)
            step += 1
        while last > index and tokens[last].low in _NEVER_LAST and not tokens[last].cap:
            last -= 1  # 'de wissel en'
        label = guess.label
        piece = doc.text[token.start : tokens[last].end]
        named = label in (Label.PERSON, Label.PLACE, Label.ORG)
        if named and last == index and token.start and _year(doc, token):
            index += 1
            continue  # "geboren in '78"
        if label in _CODES and sum(c.isdigit() for c in piece) < 4:
            index = last + 1  # 'art. 300', 'B12': too short to be anybody's number
            continue
        if last == index and token.low in {"de", "het", "een"}:
            index += 1
            continue
        if all(
            t.low in cues.FUNCTION or t.low in cues.PARTICLES
            for t in tokens[index : last + 1]
            if t.is_word and not t.cap
        ) and not any(t.cap or t.text.isdigit() for t in tokens[index : last + 1]):
            index = last + 1
            continue
        sure = round(min(0.85, 0.5 + likely * 0.4), 3)
        span = Span(token.start, tokens[last].end, label, sure, _REASONS[label], _cue(doc, index))
        if not (by_case and by_capital(doc, span)):
            yield span
        index = last + 1


def parted(doc: Document, guessed: Sequence[Guess | None], spans: Iterable[Span]) -> Iterator[Span]:
    """'Ruud van Versa': a name with a small 'van' in it, cut where the model sees somebody's work
    or home begin."""
    for span in spans:
        first, stop = doc.at(span.start), doc.at(span.end)
        cut = next(
            (
                i
                for i in range(first + 1, stop - 1)
                if span.label is Label.PERSON
                and doc.tokens[i].text == "van"
                and doc.tokens[first].cap
                and doc.low(first - 1) not in {"het", "de", "'t"}
                and doc.tokens[i + 1].cap
                and not doc.tokens[i + 1].flags & Flag.LAST
                and (guess := guessed[i + 1]) is not None
                and guess.label in (Label.ORG, Label.PLACE)
            ),
            0,
        )
        if not cut:
            yield span
            continue
        label = Label.PLACE
        if (guess := guessed[cut + 1]) is not None:
            label = guess.label
        yield replace(span, end=doc.tokens[cut - 1].end)
        yield Span(doc.tokens[cut + 1].start, span.end, label, 0.7, _REASONS[label], "van")


def grown(doc: Document, guessed: Sequence[Guess | None], spans: Sequence[Span]) -> Iterator[Span]:
    """The rest of a name of which the first part is marked, in lines that have no capitals to show
    how far it reaches: 'petra van ginneken', 'fenna kloosterboer'."""
    for span in spans:
        if span.label is not Label.PERSON or span.reason is Reason.INITIALS:
            continue
        first = doc.at(span.start)
        last = doc.at(span.end) - 1
        if not 0 <= first <= last or not doc.tokens[first].plain:
            continue
        step = last + 1
        while step - last < 4 and doc.touching(step - 1, step) and doc.low(step) in _LINKS:
            step += 1
        if step >= len(doc.tokens) or not doc.touching(step - 1, step):
            continue
        token, guess = doc.tokens[step], guessed[step]
        if len(token.low) == 1 and token.plain and token.low in _INITIALS and step == last + 1:
            if doc.free(token.start, token.end):  # 'ali b', 'karim k'
                yield replace(span, end=token.end, confidence=span.confidence + 0.01)
            continue
        if (
            not token.is_word
            or not token.plain
            or len(token.low) < 3
            or token.flags & (Flag.SAFE | Flag.ORG)
            or token.low in cues.FUNCTION
            or token.low in cues.VERBS
        ):
            continue
        linked = step > last + 1
        if linked:
            fits = not doc.known_word(token.low) or bool(token.flags & Flag.LAST)
            fits = fits and (doc.low(last + 1) != "van" or not token.flags & Flag.FIRST)
        else:
            likely = guess is not None and guess.label is Label.PERSON
            fits = likely and not token.flags & (Flag.COMMON | Flag.WORD)
        if fits and doc.free(token.start, token.end):
            yield Span(span.start, token.end, Label.PERSON, 0.7, span.reason, span.cue)


_INITIALS = frozenset("abcdfghjklpqrsvwyz")  # the others are words: 'x', 'u', ''m', ''n', ''t'
_LINKS = frozenset("van de der den het ter ten te ait aït el al ben bin v.d vd abu".split())
_SURE = frozenset(
    {
        Reason.TITLE,
        Reason.NAMED,
        Reason.GREETING,
        Reason.SIGNATURE,
        Reason.SPEAKER,
        Reason.STREET,
    }
)


_TITLED = frozenset({Reason.TITLE, Reason.SIGNATURE, Reason.STREET})


def doubt(doc: Document, guessed: Sequence[Guess | None], spans: Sequence[Span]) -> float:
    """How likely a finding without a sure cue must be in this text: 0 where people are clear.

    In a text about somebody the rules are right more often than the model when the two differ.
    """
    if not alone(doc, guessed, spans):
        return 0.0
    return DOUBT_LONG if len(doc.tokens) > LONG else DOUBT_ALONE


_FORMED = (Label.AGE, Label.DATE, Label.ORG, Label.PLACE)


def unlikely(doc: Document, guessed: Sequence[Guess | None], span: Span) -> bool:
    """Whether the model sees none in what a rule took for an age, a day, a place or an institution
    without being sure: 'sessieduur 90, 75 en 120', 'Dry January', 'de Usual-groep'."""
    if span.label not in _FORMED or span.confidence > 0.9 or span.reason is Reason.POSTCODE:
        return False
    if span.label is Label.PLACE and any(c.isdigit() for c in doc.text[span.start : span.end]):
        return False
    found = [guessed[i] for i in range(doc.at(span.start), doc.at(span.end))]
    least = UNLIKELY_NUMBER if span.label in _TIMES else UNLIKELY
    return all(guess is None or guess.likely < least for guess in found)


def doubted(doc: Document, guessed: Sequence[Guess | None], span: Span, bar: float) -> bool:
    """Whether the model finds nothing likely in what a rule marked without a sure cue."""
    if showy(doc) and by_capital(doc, span):
        return True
    if bar < DOUBT_LONG:
        if span.reason in _SURE or span.confidence >= 0.9:
            return False
    elif span.reason in _TITLED:
        return False
    elif span.reason in _SURE:  # 'Volgens Rogers, ook genoemd': a sentence may name an author so
        bar = DOUBT_ALONE
    if span.reason in (Reason.KNOWN_PLACE, Reason.KNOWN_ORG):
        token = doc.tokens[doc.at(span.start)]
        if token.cap and not token.first:
            if bar < DOUBT_LONG:
                return False
            bar = DOUBT_KNOWN
    for index in range(doc.at(span.start), len(doc.tokens)):
        if doc.tokens[index].start >= span.end:
            break
        guess = guessed[index]
        if guess is not None and guess.likely >= bar:
            return False
    return True
