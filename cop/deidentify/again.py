"""Later mentions: once a name is clear, every other form of it in the text is found too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from . import cues
from .context import add_before
from .context_after import add_after
from .document import Document
from .evidence import ENOUGH, base
from .letters import acts, glued
from .lexicon import NAME, Flag, fold
from .reach import dotted, initials_end, is_initial
from .spans import Label, Reason, Span
from .spelled import SPELLED, closed, spelled

_DIMINUTIVES = ("je", "tje", "ke", "ie", "y", "i", "pje", "etje")


@dataclass(slots=True)
class Known:
    """Names that are clear, by folded part, and the initials of people with two names."""

    parts: dict[str, Label] = field(default_factory=dict)
    initials: dict[str, str] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)  # what `_match` found before
    pairs: set[tuple[str, str]] = field(default_factory=set)  # a particle and the name after it
    genitives: set[str] = field(default_factory=set)  # names with an s before what is theirs
    letters: set[str] = field(default_factory=set)  # people who are one capital letter
    doubles: set[str] = field(default_factory=set)  # the initials of 'Jan-Willem'


def _collect(doc: Document, spans: Sequence[Span]) -> Known:
    known = Known()
    for span in spans:
        if span.label not in (Label.PERSON, Label.ORG, Label.PLACE):
            continue
        if span.cue == SPELLED:
            for word in fold(closed(doc.text[span.start : span.end])).split():
                known.parts.setdefault(word, span.label)
            continue
        words = [t for t in doc.tokens[doc.at(span.start) : doc.at(span.end)] if t.is_word]
        names = [
            t
            for t in words
            if len(t.low) > 1
            and (
                (
                    t.low not in cues.PARTICLES | cues.FUNCTION
                    and not (t.low in cues.TITLES and not t.flags & NAME)
                )
                or (
                    len(words) == 1
                    and ((t.cap and not t.first) or span.reason in (Reason.NAMED, Reason.RELATION))
                )
            )
        ]
        if span.label is not Label.PERSON:
            # Of an institution or place with several words one word alone is too little to go by.
            if (
                len(names) == 1
                and len(words) <= 2
                and len(names[0].low) > 2
                and not any(c.isdigit() for c in doc.text[span.start : span.end])
            ):
                known.parts.setdefault(names[0].low, span.label)
            continue
        if span.confidence < 0.7:
            continue
        if span.reason is Reason.LIKE_NAME and not any(t.cap or t.flags & NAME for t in words):
            continue  # a word without a capital that may be a slip or dialect spreads nowhere
        known.pairs.update((a.low, b.low) for a, b in pairwise(words) if a.low in cues.PARTICLES)
        if len(words) == 1 and words[0].cap and is_initial(words[0]):
            known.letters.add(words[0].text)
        for token in names:
            known.parts[token.low] = Label.PERSON
            if token.low.endswith("s") and token.cap and _owns(doc, span.end):
                known.genitives.add(token.low)
            for part in token.low.split("-"):
                if len(part) > 2 and (doc.lex.flags(part) & NAME or not doc.known_word(part)):
                    known.parts.setdefault(part, Label.PERSON)
        letters = "".join(piece[0] for t in words for piece in t.low.split("-") if piece)
        if 2 <= len(letters) <= 4:
            if len(words) == 1:
                known.doubles.add(letters)
            known.initials[letters] = doc.text[span.start : span.end]
    return known


def _owns(doc: Document, end: int) -> bool:
    """Whether a noun in lower case follows, as after a genitive: 'Wiebrens moeder'."""
    after = doc.at(end)
    return doc.low(after) in cues.RELATIONS and doc.touching(after - 1, after)


def _match(low: str, known: Known) -> str:
    """The known name that a folded word is a form of, '' when it is none."""
    if low not in known.forms:
        known.forms[low] = _form(low, known)
    return known.forms[low]


def _form(low: str, known: Known) -> str:
    if low in known.parts:
        return low
    if low.endswith("s") and low[:-1] in known.parts:
        return low[:-1]
    if low + "s" in known.genitives and len(low) > 3:
        return low + "s"
    if len(low) > 2 and low not in cues.FUNCTION:
        for name in known.parts:  # a short form: 'Stef' of 'Stefan', 'Deb' of 'Debby'
            if (
                len(name) > len(low) + 1
                and name.startswith(low)
                and known.parts[name] is Label.PERSON
            ):
                return name
    for tail in _DIMINUTIVES:
        if low.endswith(tail) and low[: -len(tail)] in known.parts and len(low) - len(tail) > 2:
            return low[: -len(tail)]
    return ""


def _near_miss(low: str, known: Known) -> str:
    """A known name of which the word is a misspelling: one letter more, less or other."""
    if len(low) < 5:
        return ""
    for name in known.parts:
        if abs(len(name) - len(low)) > 1 or len(name) < 5 or name[0] != low[0]:
            continue
        shortest = min(len(name), len(low))
        front = next((i for i in range(shortest) if name[i] != low[i]), shortest)
        rest, other = name[front:], low[front:]
        if (
            rest[1:] == other[1:]
            or rest == other[1:]
            or rest[1:] == other
            or (rest[:2][::-1] == other[:2] and rest[2:] == other[2:])
        ):
            return name
    return ""


def _fits(doc: Document, index: int, form: str, known: Known) -> bool:
    """Whether this mention is the name and not the word that is spelled alike."""
    token, label = doc.tokens[index], known.parts.get(form, Label.PERSON)
    wordy = token.flags & (Flag.WORD | Flag.ENGLISH) or (
        doc.known_word(token.low) and not token.flags & (NAME | Flag.PROPER)
    )
    if token.flags & Flag.NAMEWINS:
        wordy = 0
    if (
        (token.plain or token.first)
        and form == token.low
        and token.flags & NAME
        and doc.low(index + 1) in cues.SPEAKING
    ):
        return True
    short = form.startswith(token.low) and form not in (token.low, token.low + "s")
    if short:
        spoken = (
            token.start > 0
            and doc.text[token.start - 1] in "'\""
            and doc.text[token.end : token.end + 1] == ","
        )
        if (
            not doc.lex.flags(form) & Flag.FIRST
            or token.flags & (Flag.SAFE | Flag.COMMON)
            or not (token.cap or token.plain)
        ):
            return False
        return spoken or not wordy or (token.cap and not token.first)
    if token.cap and (not token.first or (form != token.low and token.low == form + "s")):
        return True
    after = doc.low(index + 1) if doc.touching(index, index + 1) else ""
    if form == token.low and label is Label.PERSON:
        if token.cap and (_does(doc, after) or doc.text.startswith("'s ", token.end)):
            return True
        if wordy and not token.cap and after in _SUBJECTS:
            return False  # 'hoop ik'
        if token.plain and token.flags & NAME and _bare(doc, index, after, known):
            return True
    if (
        form != token.low
        and token.low == form + "s"
        and token.plain
        and after
        and not token.flags & Flag.COMMON
    ):
        return bool(doc.lex.flags(form) & NAME) and after not in cues.FUNCTION
    if token.text.isupper() and len(token.text) > 2 and token.plain:
        return not token.flags & Flag.COMMON or bool(token.flags & Flag.NAMEWINS)
    if not wordy:
        return token.cap or token.plain or label is Label.PERSON
    out = base(doc, token)
    add_before(doc, index, out)
    add_after(doc, index, index, out)
    score = {Label.PERSON: out.person, Label.PLACE: out.place}.get(label, out.org)
    if token.cap or token.plain:
        score += 1.3 if form == token.low else 0.6
    return score >= ENOUGH


_SUBJECTS = frozenset("ik jij je u hij zij ze wij we jullie".split())
_CLAUSES = frozenset("en maar want toen dat of dus omdat als nu daarna terwijl tot sinds".split())
_AROUND = _CLAUSES | frozenset(
    "met van voor tegen aan over bij door naar volgens zonder is".split()
)
_OBJECTS = frozenset("het hem haar zich me mij ons hen".split())


def _does(doc: Document, low: str) -> bool:
    """Whether a word says what one person does or did."""
    if low in cues.VERBS:
        return True
    return doc.lex.is_finite(low)


def _bare(doc: Document, index: int, after: str, known: Known) -> bool:
    """Whether a name that is also a word stands as only a name can: without any article before a
    verb at the head of a clause ('maar bakker sloeg haar'), or as it was met with its particle
    ('de wit was er niet')."""
    before = doc.low(index - 1)
    if (before, doc.low(index)) in known.pairs:
        before, index = doc.low(index - 2), index - 1
    head = doc.tokens[index].first or before in _CLAUSES or not before[:1].isalnum()
    if not head or (after.endswith("en") or after in {"zijn", "gaan"}):
        return False
    return _does(doc, after) or (before == "dat" and after in _OBJECTS)


def find_again(doc: Document, spans: Sequence[Span]) -> Iterator[Span]:
    """First name alone, surname alone, genitive, lower case, initials, compounds, misspellings."""
    known = _collect(doc, spans)
    if not known.parts:
        return
    for apart in spelled(doc.text):
        kind = known.parts.get(fold(apart.word))
        if kind and len(apart.word) > 2 and doc.free(apart.start, apart.end):
            doc.claim(apart.start, apart.end)
            yield Span(apart.start, apart.end, kind, 0.85, Reason.AGAIN, fold(apart.word))
    for index, token in enumerate(doc.tokens):
        if not token.is_word or not doc.free(token.start, token.end):
            continue
        low = token.low
        if len(low) < 2:
            yield from _letter(doc, index, known)
            continue
        start, end = token.start, token.end
        form = _match(low, known)
        label = known.parts.get(form, Label.PERSON)
        if form and _fits(doc, index, form, known):
            if index and label is Label.PERSON:
                start = _with_particles(doc, index, start, known)
            yield Span(start, end, label, 0.85, Reason.AGAIN, form)
        elif (
            low in known.initials
            and (token.text.isupper() or token.plain)
            and (not doc.known_word(low) or (low in known.doubles and token.cap))
            and not (token.flags & Flag.SAFE or low in cues.TITLES)
        ):
            yield Span(start, end, Label.PERSON, 0.7, Reason.AGAIN, known.initials[low])
        elif "-" in low:
            first = low.split("-", 1)[0]
            if first in known.parts and len(first) > 2 and (token.cap or not doc.known_word(first)):
                yield Span(start, start + len(first), known.parts[first], 0.8, Reason.AGAIN, first)
        elif not form and not doc.known_word(low) and not token.flags & (Flag.SAFE | Flag.ORG):
            whose = _compound(doc, low, known)
            if whose:
                yield Span(start, start + len(whose), Label.PERSON, 0.8, Reason.AGAIN, whose)
                continue
            close = _near_miss(low, known)
            if close and known.parts[close] is Label.PERSON and (token.cap or token.plain):
                yield Span(start, end, Label.PERSON, 0.7, Reason.AGAIN, close)


def _compound(doc: Document, low: str, known: Known) -> str:
    """The given name before an ordinary noun: 'de Fatimazaak'; '' when there is none."""
    for name, label in known.parts.items():
        if (
            label is Label.PERSON
            and 3 < len(name) < len(low) - 3
            and low.startswith(name)
            and doc.lex.flags(name) & Flag.FIRST
            and not doc.known_word(name)
            and doc.lex.flags(low[len(name) :]) & Flag.WORD
        ):
            return name
    return ""


def _letter(doc: Document, index: int, known: Known) -> Iterator[Span]:
    """'ging T weg' of who is 'T.', 'j.w.' of Jan-Willem."""
    token = doc.tokens[index]
    end = initials_end(doc, index)
    letters = "".join(t.low for t in doc.tokens[index : end + 1] if t.is_word)
    if len(letters) > 1 and letters in known.initials:
        name = known.initials[letters]
        yield Span(token.start, doc.tokens[end].end, Label.PERSON, 0.75, Reason.AGAIN, name)
    elif token.text in known.letters and token.cap and not glued(doc, token):
        did = acts(doc, index, index + dotted(doc, index))
        if did > 0 or (did == 0 and doc.low(index - 1) in _AROUND and token.text not in "IUXY"):
            yield Span(token.start, token.end, Label.PERSON, 0.7, Reason.AGAIN, token.text)


def _with_particles(doc: Document, index: int, start: int, known: Known) -> int:
    """Take 'Van der' before a surname into the mark when it is written as part of the name."""
    pos = index - 1
    if (
        pos >= 0
        and (doc.low(pos), doc.low(index)) in known.pairs
        and doc.low(pos) not in {"in", "op", "bij", "aan"}
        and (doc.touching(pos, index) and doc.free(doc.tokens[pos].start, start))
    ):
        return _with_particles(doc, pos, doc.tokens[pos].start, known)
    while (
        pos >= 0
        and doc.tokens[pos].low in cues.STRONG_PARTICLES
        and doc.touching(pos, pos + 1)
        and doc.free(doc.tokens[pos].start, doc.tokens[pos].end)
    ):
        if doc.tokens[pos].cap:
            return doc.tokens[pos].start
        pos -= 1
    return start
