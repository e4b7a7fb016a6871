"""Names of which the sentence says that they are one, whatever word they are (label PERSON):
'iedereen noemt hem de Generaal', 'Hoop is haar dochter', 'Mooi Weer, zo heet hij op straat'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .casing import uncased
from .cues import FUNCTION, RELATIONS
from .document import Document
from .evidence import clear_first, is_name
from .lexicon import Flag
from .spans import Label, Reason, Span

_CAP = r"[A-ZÀ-Ý][\wà-ÿ'-]+"
_OF_KIN = RELATIONS - {"hond", "kat", "poes", "man"}
_KIN = "|".join(sorted(_OF_KIN, key=len, reverse=True))
_SAID = tuple(
    (re.compile(pattern, re.MULTILINE), cue)
    for pattern, cue in (
        (
            rf"\b[Nn]oem(?:t|en|de|den)? (?:hem|haar|mij|me|ons|hen|'m|ze) "
            rf"(?:(?:altijd|gewoon|nog|soms|hier|allemaal|ook|nu|stiekem) ){{0,2}}['\"‘“]?"
            rf"(?:(?:de|het|den|d'n|'t) )?(?P<name>{_CAP}(?: {_CAP})?)",
            "noemt",
        ),
        (
            rf"(?P<name>(?:(?:de|De|het|Het) )?{_CAP}(?: {_CAP}){{0,2}}), (?:want )?zo (?:heet|"
            rf"heette|"
            r"noem\w*) (?:hij|zij|ze|ie|we|wij|ik|iedereen|die|men)\b",
            "zo heet",
        ),
        (
            rf"(?:^|[.!?]\s+)(?P<name>{_CAP}) (?:is|was) (?:haar|zijn|mijn|onze|hun|z'n|d'r|m'n) "
            rf"(?:{_KIN}|(?:roep|bij|koos|schuil|voor|doop|artiesten|straat|echte |tweede )naam)\b",
            "is",
        ),
        (
            rf"\b(?:[Bb]ijgenaamd|[Rr]oepnaam|[Aa]lias|[Bb]ijnaam|luistert naar (?:de naam )?)[: ]+"
            rf"['\"‘“]?(?:(?:de|het|den|d'n) )?(?P<name>{_CAP}(?: {_CAP})?)",
            "bijgenaamd",
        ),
        (
            rf"\b(?:met|van|door|bij|aan|over) (?P<name>de {_CAP}), (?:een|die|zijn|haar|m'n|z'n) "
            r"(?:[\w-]+ )?(?:man|vrouw|jongen|gozer|gast|kerel|vent|maat|vriend|dealer|meid)\b",
            "de",
        ),
        (rf"(?:^|[:/(;])\s?(?P<name>(?:v\. ?d\.|v/d|v\.d) ?{_CAP})", "v.d."),
        (
            r"^[ \t>]*(?:[Gg]r|[Gg]rt|[Gg]roet(?:en|jes)?|[Ll]iefs|[Mm]vg|MVG|[Kk]us|[Xx]x?)\.?,?"
            r"\s+(?P<name>[A-Z])\.?[ \t]*$",
            "groet",
        ),
    )
)
# 'Dat is mijn dochter', 'Hij is mijn broer': who it is stands elsewhere.
_NOBODY = frozenset(
    "dat dit hij zij ze die wie het er wat ik jij u we wij god daar hier iemand niemand nu toen "
    "alleen ook een drank alcohol schaamte drinken gokken".split()
)


# 'vader (rob) en moeder (wil)': who it is in brackets behind what they are.
_BRACKET = re.compile(r"\((?P<name>[^\W\d_]{2,})\)")


def _bracketed(doc: Document) -> Iterator[Span]:
    """A given name in brackets; one that is also a word where another stands so."""
    found = []
    for match in _BRACKET.finditer(doc.text):
        index = doc.at(match.start("name"))
        token, cue = doc.tokens[index], doc.low(index - 2)
        if cue in _OF_KIN and token.flags & Flag.FIRST and not token.flags & Flag.SAFE:
            found.append((match, cue, clear_first(token)))
    for match, cue, clear in found:
        if clear or any(other for _, _, other in found):
            start, end = match.span("name")
            yield Span(start, end, Label.PERSON, 0.85, Reason.NAMED, cue)


# 'van eldik heet hij', in lines without capitals too
_TURNED = re.compile(
    r"(?:^|[.,;!?]\s)(?P<name>(?:(?:van de|van der|van den|van|de|ter|ten|el) )?"
    r"(?P<core>[^\W\d_]{3,})) (?:heet|heette|hiet) (?:hij|ze|zij|ie)\b",
    re.MULTILINE | re.IGNORECASE,
)


def _turned(doc: Document) -> Iterator[Span]:
    for match in _TURNED.finditer(doc.text):
        token = doc.tokens[doc.at(match.start("core"))]
        if token.low not in FUNCTION and not (token.flags & Flag.COMMON and not token.cap):
            start, end = match.span("name")
            yield Span(start, end, Label.PERSON, 0.85, Reason.NAMED, "heet")


# 'storm is haar zoon', in lines without capitals
_IS_KIN = uncased(
    r"(?:^|[.,;!?\n]\s?)(?P<name>[^\W\d_]{3,}) is (?:haar|zijn|mijn|hun|z'n|d'r|m'n) "
    r"(?:(?:oudste|jongste|kleine|grote) )?(?:zoon|zoontje|dochter|dochtertje|broer|broertje|zus|"
    r"zusje|kleinzoon|kleindochter|neef|nicht|oom|tante)\b"
)


def _is_kin(doc: Document) -> Iterator[Span]:
    """A given name that is also a word."""
    for match in _IS_KIN.finditer(doc.small):
        token = doc.tokens[doc.at(match.start("name"))]
        if token.plain and token.flags & Flag.FIRST and token.low not in _NOBODY | FUNCTION:
            yield Span(token.start, token.end, Label.PERSON, 0.85, Reason.NAMED, "is")


def find_said(doc: Document) -> Iterator[Span]:
    """Only words with a capital, where a line has them; in brackets and of kin without one too."""
    yield from _bracketed(doc)
    yield from _turned(doc)
    yield from _is_kin(doc)
    for pattern, cue in _SAID:
        for match in pattern.finditer(doc.text):
            start, end = match.span("name")
            token = doc.tokens[doc.at(start)]
            last = doc.tokens[doc.at(end) - 1]
            safe = last.flags & Flag.SAFE and not last.flags & (Flag.FIRST | Flag.WORD)
            if token.plain or safe or token.low in _NOBODY:
                continue
            named = match[0].endswith("naam") or len(token.low) < 7 or is_name(token)
            if cue == "is" and not named and doc.known_word(token.low):
                continue  # 'Contactpersoon is zijn zuster'
            yield Span(start, end, Label.PERSON, 0.85, Reason.NAMED, cue)
