"""The quiet check for ordinary posts: does this look like data of a client?

Talk on a list is full of names, places and dates: members greet each other, name their employer,
announce a meeting. None of that is a client. What is: a number of a file, somebody's age, a name
in a story about one person. So findings are weighed together with how the text speaks.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from .finder import find
from .lexicon import fold
from .mentions import PREFIXES, without_genitive
from .spans import Label, Reason, Span

ENOUGH = 2.0
_PRONOUN = re.compile(
    r"\b(?:hij|hem|ze|zijn|haar|zij|ie|z'n|d'r|zn|he|him|his|she|her)\b", re.IGNORECASE
)
_CLIENT = re.compile(
    r"\b(?:een|mijn|onze|deze|die|de|'n|z'n|haar|zijn|mn|m'n|my|a) (?:\w+ )?"
    r"(?:cli[eë]nte?|pati[eë]nte?|bewoner|bewoonster|deelnemer|deelneemster|gedetineerde|moeder|"
    r"vader|zoon|zoontje|dochter|dochtertje|broer|broertje|zus|zusje|buurvrouw|buurman|ex|partner|"
    r"jongen|meisje|jongere|vriend|vriendin|neef|nicht|oma|opa|man|vrouw|schoonzus|husband|wife|"
    r"oom|tante|student|leerling)\b|\b(?:casus|cli[eë]nte?|pt|mw|dhr|mevr|mevrouw|meneer)\b",
    re.IGNORECASE,
)
_USE = re.compile(
    r"\b(?:drinkt|dronk|gebruikt|gebruikte|blowt|slikt|snuift|spuit|gokt|verslaafd|opgenomen|"
    r"teruggevallen|terugval|detox|ontslagen|psychotisch|su[iï]cidaal|onder invloed|dakloos|"
    r"zwanger|schulden|\d+ ?mg|methadon|ghb|coke|coca[iï]ne|hero[iï]ne|wodka|jenever|"
    r"nuchter|clean)\b",
    re.IGNORECASE,
)
_DIGEST = re.compile(r"\b[0-9a-f]{20,}\b", re.IGNORECASE)  # of a file or a version: of nobody
_MEMBER = {Reason.GREETING, Reason.SIGNATURE, Reason.SPEAKER}


def _words(name: str) -> frozenset[str]:
    """The words of a name by which people differ: of 'Anna de Boer' 'anna' and 'boer'."""
    every = fold(name).replace("-", " ").split()
    return frozenset(word for word in every if word not in PREFIXES) or frozenset(every)


def _of_one(piece: str, members: Collection[frozenset[str]]) -> bool:
    """Somebody among the members can be meant: every word is of that one name."""
    plain = {without_genitive(word) or word: word for word in _words(piece)}
    return any(all(a in name or b in name for a, b in plain.items()) for name in members)


def _members(text: str, spans: list[Span], known: Collection[str]) -> set[frozenset[str]]:
    """The names of members, known or in the text: greeted, signing, quoted."""
    members = {_words(name) for name in known if name.strip()}
    tail = len(text.rstrip()) - 160
    for span in spans:
        if span.label is not Label.PERSON:
            continue
        alone = not text[: span.start].rpartition("\n")[2].strip(" -*>\t") and (
            len(text[span.end :].partition("\n")[0].strip()) < 60
        )
        if (
            span.reason in _MEMBER
            or (span.start > tail and alone)
            or (span.start and text[span.start - 1] == "@")
        ):
            members.add(_words(text[span.start : span.end]))
    return members


def quick_check(text: str, known: Collection[str] = ()) -> list[Span]:
    """The spans that make a post look like it holds data of a client; usually none.

    `known` are names of members, which don't count, nor do parts of one of them: with 'Anna de
    Boer' neither 'Anna' nor 'mevrouw De Boer' does, 'Anna Smit' and 'De Wit' do. Cheap enough for
    every text that others will read. It asks a question, it is no judge: a text without spans may
    still be about somebody.
    """
    digests = [m.span() for m in _DIGEST.finditer(text)]
    spans = [
        s
        for s in find(text, indirect=False)
        if not any(a <= s.start and s.end <= b for a, b in digests)
    ]
    members = _members(text, spans, known)
    weight = 0.0
    kept: list[Span] = []
    people: set[str] = set()
    for span in spans:
        piece = fold(text[span.start : span.end])
        if span.label is Label.PERSON:
            if _of_one(piece, members):
                continue
            gain = {
                Reason.TITLE: 1.2,
                Reason.RELATION: 1.2,
                Reason.INITIALS: 1.0,
                Reason.NAMED: 1.0,
            }.get(span.reason, 0.6)
            weight += gain if piece not in people and len(people) < 3 else 0.1
            people.add(piece)
        elif span.label is Label.ID:
            weight += 2.0
        elif span.label is Label.AGE:
            weight += 1.3
        elif span.reason in (Reason.STREET, Reason.POSTCODE):
            weight += 0.3
        elif span.label is Label.CONTACT:
            weight += 0.2
        else:
            weight += 0.05
        kept.append(span)
    if not kept:
        return []
    # A story about one person says 'hij' and 'haar' all the time; a discussion hardly does.
    words = max(len(text.split()), 25)
    weight += min(1.0, 12 * len(_PRONOUN.findall(text)) / words)
    weight += min(0.8, 0.4 * len(_CLIENT.findall(text)))
    weight += min(0.8, 0.4 * len(_USE.findall(text)))
    return kept if weight >= ENOUGH else []
