"""Who says what: names before a colon in chats, forums and transcripts (label PERSON)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from .cues import VERBS
from .document import Document
from .lexicon import NAME, Flag
from .spans import Label, Reason, Span

_NAME = r"[^\W\d_][\w'.’-]*(?: [^\W\d_][\w'./’-]*){0,3}"
# With a time before or behind it, whatever stands before the colon is a speaker.
_STAMPED = re.compile(
    rf"^[ \t>*]*(?:\[[^\]\n]*\d[:.]\d\d[^\]\n]*\]|\(?\d[\d/.-]*,? "
    rf"?\d?\d[:.]\d\d(?:[:.]\d\d)?\)?|\d?\d[:.]\d\d(?: uur)?)"
    rf" ?[-–]? ?[~*]*({_NAME})\*{{0,2}}(?: ?[^\w\s:;,.()\[\]'\"-]+)?:",
    re.MULTILINE,
)
_STAMP_AFTER = re.compile(
    (
        rf"^[ \t>*]*({_NAME})\*{{0,2}},? "
        rf"?[\[(]\d?\d[:.]\d\d[^\])\n]{{0,12}}[\])]\*{{0,2}}:?"
    ),
    re.MULTILINE,
)
_STAMP_ALONE = re.compile(
    (
        rf"^[ \t>*]*({_NAME})\*{{0,2}},? {{1,3}}(?:\d{{1,2}}[-/]\d{{1,2}}[-/\d]* "
        rf")?\d?\d[:.]\d\d[ \t*]*$"
    ),
    re.MULTILINE,
)
_BEFORE_COLON = re.compile(rf"^[ \t>*_-]*({_NAME})[*_]{{0,2}}:[*_]{{0,2}}\s", re.MULTILINE)


# 'k3 – Oosterling:', 'bed 4: dhr Proef', 'kamer 12 (Proef)': who lies where.
_BED = re.compile(
    r"^[ \t>*•-]*(?:k|km|kmr|kamer|bed|rm|room|app|appartement|unit|cel|plek|"
    r"stoel)\.?[ ]?\d{1,3}[a-z]?"
    r"[ ]?[-–:.,(/|=>]{0,2}[ ]?(?:(?:mw|mevr|dhr|hr|mevrouw|meneer)\.? )?"
    r"(?P<name>(?:(?:van|de|der|den|ten|ter|el|v\.?d\.?|v/d|"
    r"al)[ ]){0,2}[^\W\d_][\w'-]+(?: [^\W\d_][\w'-]+)?)"
    r"(?=[ ]?(?:[:,(–=]| -|\|))",
    re.MULTILINE | re.IGNORECASE,
)
_NOBODY = frozenset(
    "leeg vrij bezet schoon vuil dicht open nieuw nieuwe opname ontslag reserve gereserveerd "
    "niemand slaapt slaap wakker rustig onrustig alles geen nog is was kapot gelucht klaar "
    "afwezig verlof weg thuis mw dhr mevr meneer mevrouw man vrouw client cliënt patiënt pt "
    "idem zie let overdracht controle medicatie niets bijzonderheden gb ".split()
)


def find_speakers(doc: Document) -> Iterator[Span]:
    """Names of those who speak, at the head of their lines."""
    text = doc.text
    for pattern in (_STAMPED, _STAMP_AFTER, _STAMP_ALONE):
        for match in pattern.finditer(text):
            low = match[1].lower()
            first = low.split()[0]
            ordinary = doc.known_word(first) and not doc.lex.flags(first) & NAME
            # '01.00 opname via crisis:' is a report by the hour, and nobody speaks.
            report = pattern is _STAMPED and ordinary and match[1][0].islower()
            if not report and (pattern is _STAMPED or not ordinary):
                yield Span(match.start(1), match.end(1), Label.PERSON, 0.85, Reason.SPEAKER)
    for match in _BED.finditer(text):
        low = match["name"].lower().split()
        known = doc.lex.flags(low[-1])
        if low[0] in _NOBODY or low[-1] in _NOBODY or low[-1] in VERBS:
            continue
        if not known & (Flag.COMMON | Flag.SAFE) or known & NAME:
            yield Span(match.start("name"), match.end("name"), Label.PERSON, 0.8, Reason.SPEAKER)
    heads = list(_BEFORE_COLON.finditer(text))
    count = Counter(m[1].lower() for m in heads)
    accepted: set[str] = set()
    doubtful: list[re.Match[str]] = []
    for match in heads:
        words = re.findall(r"[^\W\d_]+", match[1].lower())
        flags = [doc.lex.flags(w) for w in words]
        strange = [
            w
            for w, f in zip(words, flags, strict=True)
            if not f & (Flag.WORD | Flag.SAFE) and len(w) > 1 and not doc.lex.is_compound(w)
        ]
        named = [
            w
            for w, f in zip(words, flags, strict=True)
            if f & NAME and not f & (Flag.NOTNAME | Flag.SAFE)
        ]
        # Two lines of one speaker, or a name that is no word; 'Vraag:' and 'Beloop:' are headings.
        if words[-1] in VERBS:
            continue
        if (
            len(words) <= 2
            and flags
            and not flags[0] & (Flag.SAFE | Flag.ORG)
            and (
                (named and words[0] in named and count[match[1].lower()] > 1)
                or (
                    strange
                    and words[0] in strange
                    and (count[match[1].lower()] > 1 or set(named) & set(strange))
                )
            )
        ):
            accepted.add(match[1].lower())
            yield Span(match.start(1), match.end(1), Label.PERSON, 0.8, Reason.SPEAKER)
        elif count[match[1].lower()] > 1 and len(words) == 1 and match[1][0].isupper():
            plainly = flags[0] & (Flag.SAFE | Flag.COMMON | Flag.ORG)
            if not plainly and len(words[0]) > 1:
                doubtful.append(match)
    # Between two known speakers a word that comes back ('Hub:') is a third.
    if len(accepted) > 1:
        for match in doubtful:
            yield Span(match.start(1), match.end(1), Label.PERSON, 0.75, Reason.SPEAKER)
