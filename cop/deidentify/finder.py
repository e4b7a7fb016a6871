"""The way of a text through the rules, and what happens when two of them claim the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .again import find_again
from .age_ranges import find_age_ranges
from .ages import find_ages
from .ages_beside import find_ages_beside
from .contact import find_contact
from .cues import TITLES
from .dates import find_dates
from .document import Document, read
from .feasts import find_feasts
from .language import language
from .lexicon import NAME, Flag
from .model import (
    DOUBT_LONG,
    doubt,
    doubted,
    find_likely,
    grown,
    guesses,
    parted,
    unlikely,
)
from .names_low import find_names_low
from .names_said import find_said
from .numbers import find_numbers
from .org_kinds import KINDS, LOOSE
from .orgs import find_orgs
from .orgs_low import find_orgs_low
from .phrases import find_phrases
from .places import find_addresses
from .propers import find_propers
from .quasi import find_quasi
from .small_names import release
from .spans import Label, Reason, Span
from .speakers import find_speakers
from .view import View, view

_ARTICLES = frozenset({"de", "het", "een"})  # no part of a name that tells anything


def _settle(text: str, spans: Iterable[Span]) -> list[Span]:
    """Spans without overlap, sorted. The surest wins, then the longest; what sticks out of a
    loser stays marked, since half a name gives away as much as a whole one."""
    owner: list[Span] = []
    taken = bytearray(len(text))
    for span in sorted(spans, key=lambda s: (-s.confidence, s.start - s.end, s.start, s.label)):
        start = span.start
        while start < span.end:
            while start < span.end and taken[start]:
                start += 1
            end = start
            while end < span.end and not taken[end]:
                end += 1
            piece = text[start:end]
            left = len(piece) - len(piece.lstrip(" \n,;:-"))
            right = len(piece.rstrip(" \n,;:-"))
            least = (
                12 if span.label is Label.QUASI else 2
            )  # what is left of 'het stond in de krant'
            rest = end - start < span.end - span.start
            nothing = right - left < least or piece[left:right].lower() in _ARTICLES
            if any(c.isalnum() for c in piece) and not (rest and nothing):
                owner.append(replace(span, start=start + left, end=start + right))
                taken[start + left : start + right] = b"\x01" * (right - left)
            start = end
    return sorted(owner)


def _claimed(doc: Document, spans: Iterable[Span]) -> list[Span]:
    settled = _settle(doc.text, spans)
    for span in settled:
        doc.claim(span.start, span.end)
    return settled


def _back(seen: View, spans: Iterable[Span]) -> list[Span]:
    moved: list[Span] = []
    for span in spans:
        start, end = seen.back(span.start, span.end)
        if moved:
            start = max(start, moved[-1].end)  # two may share one sign, as 'ﬁ'
        if start < end:
            moved.append(replace(span, start=start, end=end))
    return moved


_NAMED_KINDS = frozenset(KINDS.split("|")) - LOOSE  # 'carnavalsvereniging de Vossen'


def _with_articles(doc: Document, spans: Iterable[Span]) -> Iterator[Span]:
    """'de zandverstuiving', 'de Doorbraak': the article is part of a name that is also a word."""
    for span in spans:
        index = doc.at(span.start)
        if (
            span.label is Label.ORG
            and 0 < index < len(doc.tokens)
            and doc.low(index - 1) in ({"de", "het"} if doc.tokens[index].plain else {"de"})
            and not doc.tokens[index].text.isupper()
            and (span.reason is not Reason.ORG_KIND or doc.low(index - 2) in _NAMED_KINDS)
            and doc.touching(index - 1, index)
            and (doc.known_word(doc.low(index)) or doc.low(index - 2) in _NAMED_KINDS)
            and not doc.tokens[index].flags & Flag.ORG
            and span.end - span.start < 40
        ):
            yield replace(span, start=doc.tokens[index - 1].start)
        elif span.label in (Label.ORG, Label.PLACE) and doc.text[: span.start].endswith(
            (" 't ", "\n't ")
        ):
            yield replace(span, start=span.start - 3)
        else:
            yield span


# Between two parts of one name: 'Rinske v/d Meulen', 'W. Storm van 's Gravesande'.
_INSIDE = re.compile(
    r"[ -]{0,2}(?:(?:van|v/d|v\.? ?d\.?|vd|v|de|den|der|d'n|'s|'t|ter|ten|te|el|al|bin|ben|von|zu|"
    r"da|dos|du|la|le)[ -]{1,2}){1,3}|['’]s[ -]",
    re.IGNORECASE,
)


_OF = frozenset({" of ", " by ", " of the "})  # 'Church of Pentecost', 'Haarwerk by JP'


def _begins_inside(text: str, span: Span) -> bool:
    """Whether a name begins with what stands in the middle of one: 'Anna' and 'van 't Hof'."""
    particle = _INSIDE.match(text, span.start - 1, span.end)
    if span.label is not Label.PERSON or not particle or text[span.start].isupper():
        return False
    rest = text[particle.end() : span.end]
    return len(rest) == 1 or not rest.isupper()  # 'Cremers' and 'van BJZ'


def _joined(text: str, spans: list[Span]) -> list[Span]:
    """Two halves of a name as one, so that no piece of it stays between them."""
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else None
        gap = text[last.end : span.start] if last else ""
        if last and not gap and last.label is span.label and span.label is not Label.QUASI:
            out[-1] = replace(last, end=span.end)  # 'Stadsring' and its '51'
        elif (
            last
            and last.label is Label.PERSON
            and span.label in (Label.PERSON, Label.PLACE)
            and (_INSIDE.fullmatch(gap) or (gap == " " and _begins_inside(text, span)))
        ):
            out[-1] = replace(last, end=span.end)
        elif (
            last
            and last.label in (Label.ORG, Label.PERSON)
            and span.label in (Label.ORG, Label.PERSON)
            and (
                gap in {" of ", " by ", " of the "}
                or (gap == " & " and Label.ORG in {last.label, span.label})
            )
            and text[last.start].isupper()
            and text[span.start].isupper()
        ):
            out[-1] = replace(last, end=span.end, label=Label.ORG, reason=Reason.ORG_CUE)
        else:
            out.append(span)
    return out


_CLUB_YEAR = re.compile(r" ['’]\d\d(?!\w)")
_FIRM = re.compile(r"(?<![\w-])[A-ZÀ-Ý][\w'-]+ & $")  # 'Blauw & Quist'


def _more(doc: Document, index: int) -> bool:
    """Whether a word with a capital beside the name of an institution is part of it."""
    if not 0 <= index < len(doc.tokens):
        return False
    token = doc.tokens[index]
    return (
        token.is_word
        and token.cap
        and not token.plain
        and not token.first
        and (not token.flags & Flag.SAFE or token.low in {"de", "het", "be", "the"})
        and not (token.flags & Flag.FIRST and not doc.known_word(token.low))
        and token.low not in TITLES
        and doc.free(token.start, token.end)
    )


def _with_capitals(doc: Document, spans: list[Span]) -> Iterator[Span]:
    """'De Groene Vingers', 'MEE Samen', 'GGD Hart voor Brabant': all of a name of several words."""
    for span in spans:
        first, stop = doc.at(span.start), doc.at(span.end)
        if span.label is not Label.ORG or not doc.tokens[first].cap or doc.tokens[first].plain:
            yield span
            continue
        left, right = first, stop - 1
        while left and doc.touching(left - 1, left) and _more(doc, left - 1):
            left -= 1
        while right + 1 < len(doc.tokens) and doc.touching(right, right + 1):
            if doc.low(right + 1) == "voor" and _more(doc, right + 2):
                right += 2
            elif _more(doc, right + 1):
                right += 1
            else:
                break
        if left < first or right >= stop:
            span = replace(
                span,
                start=min(span.start, doc.tokens[left].start),
                end=max(span.end, doc.tokens[right].end),
            )
        yield span


_TAIL = re.compile(
    r"[ ,]+(?:d\.d|dd|jl|a\.s|i\.v\.m|ivm|m\.b\.t|t\.a\.v|tav|nav|n\.a\.v|van|van de|te|uit)$"
)


def _untitled(doc: Document, span: Span) -> Span:
    """A name without the title that opens it: 'Pastor Wopereis', 'hooyo Hodan'."""
    first = doc.at(span.start)
    title, name = doc.tokens[first], doc.tokens[first + 1 : first + 2]
    if (
        title.low in TITLES
        and len(title.low) > 3
        and name
        and name[0].is_word
        and name[0].end <= span.end
        and doc.touching(first, first + 1)
    ):
        return replace(span, start=name[0].start)
    return span


def _shorn(doc: Document, span: Span) -> Span | None:
    """A name without what is no part of it: 'Bonne van dorpsbelangen', 'Midden-Nederland d.d.'."""
    tail = _TAIL.search(doc.text, span.start, span.end)
    if tail and span.label in (Label.PERSON, Label.PLACE, Label.ORG):
        span = replace(span, end=tail.start())
    if span.label is not Label.PERSON or span.reason is Reason.AGAIN:
        return span
    span = _untitled(doc, span)
    first, stop = doc.at(span.start), doc.at(span.end)
    tokens = doc.tokens[first:stop]
    cut = next((i for i, t in enumerate(tokens) if t.text == "van"), -1)
    rest = [t for t in tokens[cut + 1 :] if t.is_word and t.low not in {"de", "het", "den", "der"}]
    if (
        cut < 0
        or not rest
        or any(t.cap or not t.plain for t in rest)
        or any(t.flags & (NAME | Flag.PLACE) for t in rest)
        or not all(doc.known_word(t.low) for t in rest)
    ):
        return span
    return replace(span, end=tokens[cut - 1].end) if cut else None


# 'Mw. v/d Berg', 'mevrouw van 't Hof': what stands between a title and a surname is part of it.
_BETWEEN = re.compile(
    r"\b(?:mw|mevr|mevrouw|mvr|dhr|hr|heer|meneer|mijnheer|fam|familie|dr|drs|mr|ds|zr|br)\.? "
    r"(?P<particle>(?:v/d|v\.?d\.?|van|op|in|aan|de|den|der|ter|ten|te)"
    r"(?: (?:de|den|der|'t|het))?) $",
    re.IGNORECASE,
)


_HOUSE_OF = re.compile(
    r"['’]s(?=[.,;:!?)\n]| (?:vanaf|in|aan|op|tot|om|en|waar|achter|naast|op)\b)"
)


def _whole(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Names with the figures that are written on to them: 'Stadsring51', and their particles."""
    for span in spans:
        end = span.end
        if span.label is Label.PERSON and span.reason is not Reason.INITIALS:
            particle = _BETWEEN.search(text, max(0, span.start - 26), span.start)
            if particle:
                span = replace(span, start=particle.start("particle"))
        if span.label in (Label.PERSON, Label.PLACE, Label.ORG) and text[end - 1].isalpha():
            while end < len(text) and text[end].isdigit() and end - span.end < 4:
                end += 1
            if end < len(text) and text[end].isalnum():
                end = span.end
        if span.label is Label.ORG and (year := _CLUB_YEAR.match(text, end)):
            end = year.end()  # "VV De Treffers '63"
        at = text.endswith(("bij ", "naar "), 0, span.start)
        if at and span.label is Label.PERSON and _HOUSE_OF.match(text, end):
            end += 2  # 'zit elke dag bij Rick's': a bar
            span = replace(span, label=Label.ORG)
        firm = _FIRM.search(text, max(0, span.start - 40), span.start)
        if firm and span.label in (Label.PERSON, Label.ORG) and text[span.start].isupper():
            yield replace(span, start=firm.start(), end=end, label=Label.ORG)
        else:
            yield span if end == span.end else replace(span, end=end)


_FORMS = (
    (find_contact, find_numbers),
    (find_addresses,),
    (find_dates, find_feasts),
    (find_age_ranges,),
    (find_ages,),
    (find_speakers, find_said),
    (find_phrases, find_names_low),
    (find_orgs, find_orgs_low),
)


def by_form(doc: Document) -> list[Span]:
    """What has a form of its own; each rule claims what it finds."""
    spans: list[Span] = []
    for rules in _FORMS:
        candidates = [s for rule in rules for s in rule(doc) if doc.free(s.start, s.end)]
        spans += _claimed(doc, candidates)
    return spans


def labels(doc: Document, spans: Iterable[Span]) -> list[str]:
    """For each token the label of the finding that holds it, '' where none does."""
    out = [""] * len(doc.tokens)
    for span in spans:
        for index in range(doc.at(span.start), doc.at(span.end)):
            out[index] = span.label
    return out


_AND_BEFORE = re.compile(r"(?<=\w)(?: (?:en|&) |, )$")
_AND_AFTER = re.compile(r" (?:en|&) (?=\w)")


def _beside(text: str, span: Span) -> set[int]:
    """Where the name before 'en' ends, or the one after it begins."""
    before = _AND_BEFORE.search(text, max(0, span.start - 5), span.start)
    after = _AND_AFTER.match(text, span.end)
    return {m for m in (before and before.start(), after and after.end()) if m is not None}


def _named(doc: Document, spans: list[Span]) -> list[Span]:
    """Names by the weights of the rules, doubted and completed by the model.

    What the model does not see is taken out of `spans`, in a text about nobody.
    """
    guessed = guesses(doc, labels(doc, spans))
    bar = doubt(doc, guessed, spans)
    for span in [s for s in spans if bar >= DOUBT_LONG and unlikely(doc, guessed, s)]:
        spans.remove(span)
        doc.taken[span.start : span.end] = bytes(span.end - span.start)
    propers = list(find_propers(doc))
    weak = [bool(bar) and doubted(doc, guessed, s, bar) for s in propers]
    found = [s for s, doubtful in zip(propers, weak, strict=True) if not doubtful]
    sure = {at for s in found if s.label is Label.PERSON for at in (s.start, s.end)}
    for span in (s for s, doubtful in zip(propers, weak, strict=True) if doubtful):
        if span.label is Label.PERSON and _beside(doc.text, span) & sure:
            found.append(span)  # 'ali en fatma': who is named in one breath with somebody
        else:
            doc.taken[span.start : span.end] = bytes(span.end - span.start)
    found = list(parted(doc, guessed, found))
    found += _claimed(doc, find_likely(doc, guessed, [*spans, *found]))
    found += grown(doc, guessed, [*spans, *found])
    return found


def find(text: str, indirect: bool = True) -> list[Span]:
    """Everything in a text that could identify somebody; without QUASI when not `indirect`.

    Returns spans in order of place, never overlapping, with offsets in characters of `text`.
    Takes any string; the time it needs grows linearly with its length.
    """
    seen = view(text)
    doc = read(seen.text)
    release(doc)
    # What has a form of its own goes first; names come last, among what is left.
    spans = by_form(doc)
    if language(seen.text) == "en":  # the model has read Dutch, and knows nothing of English
        spans += find_propers(doc)
    else:
        spans += _named(doc, spans)
    spans += _claimed(doc, find_again(doc, spans))
    spans += _claimed(doc, find_ages_beside(doc, spans))
    if indirect:
        spans += find_quasi(doc)
    spans = [shorn for span in spans if (shorn := _shorn(doc, span))]
    whole = _with_articles(doc, _with_capitals(doc, spans))
    settled = _settle(seen.text, _whole(seen.text, whole))
    return _back(seen, _joined(seen.text, settled))
