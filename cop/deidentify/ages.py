"""Ages of people (label AGE). Durations ('drie jaar clean') are no ages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .age_patterns import PATTERNS
from .age_words import BIG, JR, NUM, ORD, UNITS
from .casing import uncased
from .document import Document
from .spans import Label, Reason, Span

# '8 en 5', '23, 25 en 31': a second age beside a found one.
_NEXT = re.compile(
    (
        rf"(?:\s?{JR})?\s?(?:,|en|&|/|of)\s(?:(?:een|de|zijn|haar)\s(?:\w+\s)?van\s|"
        rf"van\s|(?:(?:ons|mijn|zijn|haar)\s)?(?-i:[A-Z][a-zà-ÿ]+)\s(?:van\s|is\s|wordt\s|was\s)?|"
        rf"(?:ik|hij|zij|ze|de jongste|de oudste|de kleine)\s)?({NUM})(?=\s?(?:[.,;:)!?]|$|\n|"
        rf"en\b|jaar|jr|is\b|was\b|die\b|op\b|"
        rf"\w+en\b))(?!\s?[,.]\d)(?!\s(?:(?:klein)?kinderen|zonen|broers|zussen|honden|katten|"
        rf"mensen)\b)(?!\s?(?:mg|ml|weken|dagen|maanden|uur|jaar (?:bij|in|op|aan)\b))"
    ),
    re.IGNORECASE,
)
_MONTHS = re.compile(
    r"[A-Z][\w'-]+,?\s(?:is\s|van\s)?([1-9]\d?|"
    + UNITS
    + r")\s(?:maanden|mnd)(?=\s?[,.;)]|\soud)(?!\sgeleden)"
)


# 'Zijn AUDIT was 36', 'de score is 27': a number, but of a test.
SCORE = re.compile(
    (
        r"(?:(?-i:\b[A-Z]{3,}[\w-]*|\b[A-Z]?[a-z]*[A-Z]{2,}[\w-]*)|\w*scores?|\w*nummer|"
        r"\b(?:moca|mmse|audit|"
        r"ciwa|cows|bdi|phq|gaf|honos|mate|scl|must|ews|gcs|emv|"
        r"scoorde|scoort|"
        r"cijfer|gewicht|bmi|temperatuur|pols|saldo|promillage|bloeddruk|dosis|dosering|kamer|cel|"
        r"level|maat|toets|test|schaal|grens|afkapwaarde|norm|huisnummer|lijn|zaal|bed|"
        r"groep|aantal|plekken|plaatsen|klas|artikel|pagina|bladzijde|blz|stap|fase|dag|"
        r"(?<!vorige )(?<!deze )(?<!volgende )(?<!afgelopen )week|wk|n ?=|punt))"
        r"\s(?:(?:was|is|van|nu|werd|toen|wordt|hij|zij|ze|ik)\s){0,3}$"
    ),
    re.IGNORECASE,
)
# 'heroïne, elf jaar', 'had ze 12': how long or how many, not how old.
LENGTH = re.compile(
    r"(?:\b(?:hero[iï]ne|coke|coca[iï]ne|alcohol|drank|bier|wijn|wodka|wiet|cannabis|blowen|ghb|"
    r"speed|xtc|ketamine|methadon|benzo's|gokken|drinken|roken|gebruiken|pillen|clean|nuchter|"
    r"droog|"
    r"therapie|tbs|cel|gevangenis|detentie|gewerkt|gebruikt|gedronken|getrouwd|verslaafd|samen|"
    r"gezeten|zorg|werk|dienst|leger|fabriek|zee|geblowd|gegokt|terug|geleden),\s"
    r"|\b(?:had|heeft|heb|hebben|hadden|scoorde?|scoort|haalde?|haalt|nam|neemt|dronk|drinkt|at|"
    r"kreeg|krijgt|telde|telt|rookt|rookte|won|verloor|doet|deed)\s(?:hij|zij|ze|ie|ik|die|nu|"
    r"er|toen|"
    r"pas|bijna|net)\s)$",
    re.IGNORECASE,
)
# 'op mijn veertiende, nee dertiende'
_OR_RATHER = re.compile(rf",?\s(?:nee|of|eh+m?|bijna|en)[,.]?\s({ORD})(?!\w)", re.IGNORECASE)
# 'Hij is achttien, negentien? Achttien.'
_ONCE_MORE = re.compile(rf"[^\n.?!]{{0,20}}[.?!…]+\s({BIG})(?=[.?!,])(?![.,]\d)", re.IGNORECASE)
# 'Hoe oud is je dochter?' The answer opens with the number.
_ANSWER = re.compile(
    rf"\b(?:hoe oud|welke leeftijd|how old|wat is (?:je|uw|zijn|haar) leeftijd)\b[^?\n]{{0,60}}\?"
    rf"[\s'\"”>–-]*(?:\n+[^\n]{{0,40}}:\s*)?['\"“]?(?:(?:die|hij|zij|ze|ik|is|ben|nu|net|pas|eh|"
    rf"ehm|"
    rf"nou|al|wordt|word|bijna|ja)[ ,.]+){{0,5}}({NUM})(?!\w|[,.]\d)",
    re.IGNORECASE,
)


def _opened(text: str, at: int) -> bool:
    """Whether a bracket is open here."""
    least = max(0, at - 200)
    return text.rfind("(", least, at) > text.rfind(")", least, at)


# What may be part of a number; 'een' and 'acht' of its parts are enough for the long ones.
_NUMBER = uncased(
    r"\d|één|\b(?:twee|drie|vier|vijf|zes|zeven|acht|negen)|tien|(?<!z)elf|twaalf|tig|teg(?!e)|"
    r"tich|anderhalf|\b(?:eerste|derde)|tiende|teen\b|\b(?:ten|eleven|twelve|twenty|thirty|forty|"
    r"fifty|sixty|seventy|eighty|ninety)"
)


def _near_numbers(small: str) -> list[tuple[int, int]]:
    """The stretches of a text in which a number stands, with as much around it as a rule looks at.

    Takes the text in small letters. Most of it has no number, and there are many rules.
    """
    near: list[tuple[int, int]] = []
    for match in _NUMBER.finditer(small):
        start = max(0, match.start() - 120)
        end = small.find(" ", match.end() + 90)
        end = len(small) if end < 0 else end
        if near and start <= near[-1][1]:
            near[-1] = (near[-1][0], max(end, near[-1][1]))
        else:
            near.append((start, end))
    return near


def find_ages(doc: Document) -> Iterator[Span]:
    """Numbers, in figures or words, that say how old somebody is."""
    text = doc.text
    near = _near_numbers(doc.small)
    for pattern, sure in PATTERNS:
        seen = doc.seen_by(pattern)
        for match in (m for start, end in near for m in pattern.finditer(seen, start, end)):
            before = text[max(0, match.start() - 24) : match.start(1)]
            if SCORE.search(before) or LENGTH.search(before):
                continue
            if text[match.end(1) : match.end(1) + 1] == ")" and not _opened(text, match.start(1)):
                continue  # '1) luisteren, 2) doorvragen'
            if not doc.free(match.start(1), match.end(1)):
                continue
            yield Span(match.start(1), match.end(1), Label.AGE, sure, Reason.AGE)
            end = match.end(1)
            rather = _OR_RATHER.match(text, end)
            if rather and re.fullmatch(ORD, match[1], re.IGNORECASE):
                yield Span(rather.start(1), rather.end(1), Label.AGE, sure - 0.1, Reason.AGE)
            once = _ONCE_MORE.match(text, end)
            if once and doc.free(once.start(1), once.end(1)):
                yield Span(once.start(1), once.end(1), Label.AGE, 0.6, Reason.AGE)
            while (more := _NEXT.match(text, end)) and doc.free(more.start(1), more.end(1)):
                yield Span(more.start(1), more.end(1), Label.AGE, sure - 0.1, Reason.AGE)
                end = more.end(1)
    for match in _ANSWER.finditer(text):
        yield Span(match.start(1), match.end(1), Label.AGE, 0.8, Reason.AGE)
    for match in _MONTHS.finditer(text):
        yield Span(match.start(1), match.end(1), Label.AGE, 0.7, Reason.AGE)
