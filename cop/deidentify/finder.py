"""The way of a text through the rules, and what happens when two of them claim the same words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .again import find_again
from .ages import find_ages
from .ages_beside import find_ages_beside
from .contact import find_contact
from .dates import find_dates
from .document import Document, read
from .feasts import find_feasts
from .language import language
from .lexicon import Flag
from .model import (
    DOUBT_LONG,
    doubt,
    doubted,
    find_likely,
    grown,
    guesses,
    no_age,
    parted,
)
from .names_low import find_names_low
from .numbers import find_numbers
from .org_kinds import KINDS, LOOSE
from .orgs import find_orgs
from .orgs_low import find_orgs_low
from .phrases import find_phrases
from .places import find_addresses
from .propers import find_propers
from .quasi import find_quasi
from .spans import Label, Reason, Span
from .speakers import find_speakers
from .view import View, view


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
            if any(c.isalnum() for c in piece) and not (
                end - start < span.end - span.start and right - left < 2
            ):
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
    moved = []
    for span in spans:
        start, end = seen.back(span.start, span.end)
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
            and _INSIDE.fullmatch(gap)
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


_FIRM = re.compile(r"(?<![\w-])[A-ZÀ-Ý][\w'-]+ & $")  # 'Blauw & Quist'


def _whole(text: str, spans: Iterable[Span]) -> Iterator[Span]:
    """Names with the figures that are written on to them: 'Stadsring51'."""
    for span in spans:
        end = span.end
        if span.label in (Label.PERSON, Label.PLACE, Label.ORG) and text[end - 1].isalpha():
            while end < len(text) and text[end].isdigit() and end - span.end < 4:
                end += 1
            if end < len(text) and text[end].isalnum():
                end = span.end
        firm = _FIRM.search(text, max(0, span.start - 40), span.start)
        if firm and span.label in (Label.PERSON, Label.ORG) and text[span.start].isupper():
            yield replace(span, start=firm.start(), end=end, label=Label.ORG)
        else:
            yield span if end == span.end else replace(span, end=end)


_FORMS = (
    (find_contact, find_numbers),
    (find_addresses,),
    (find_dates, find_feasts),
    (find_ages,),
    (find_speakers,),
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


def _named(doc: Document, spans: list[Span]) -> list[Span]:
    """Names by the weights of the rules, doubted and completed by the model.

    An age among `spans` that the model does not see is taken out of them, in a text about nobody.
    """
    guessed = guesses(doc, labels(doc, spans))
    bar = doubt(doc, guessed, spans)
    for span in [s for s in spans if bar >= DOUBT_LONG and no_age(doc, guessed, s)]:
        spans.remove(span)
        doc.taken[span.start : span.end] = bytes(span.end - span.start)
    found = []
    for span in list(find_propers(doc)):
        if bar and doubted(doc, guessed, span, bar):
            doc.taken[span.start : span.end] = bytes(span.end - span.start)
        else:
            found.append(span)
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
    settled = _settle(seen.text, _whole(seen.text, _with_articles(doc, spans)))
    return _back(seen, _joined(seen.text, settled))
