"""How likely a word must be to the model before it is marked: more when it is ordinary language."""

from __future__ import annotations

import re

from . import cues
from .ages import LENGTH, SCORE
from .document import Document, Token
from .evidence import spoken
from .letters import OPTIONS
from .lexicon import NAME, Flag

ALONE = 0.6  # what is asked at least in a text in which hardly anything else is clear
COMPOUND = 0.1  # the same for a compound that no list has
EASE = 0.3  # how much of what an ordinary word needs more stands in a text about somebody
_NOBODY = frozenset(
    "team allen allemaal iedereen collega's mensen groep lotgenoten redactie commissie lezer "
    "lezers leden vrienden familie mam pap mama papa mn zn dr hr mw dhr iem wie".split()
)


# 'de Kaderwet', 'Leercirkel': ways of working and papers, whatever stands before.
_PAPERS = tuple(
    "wet besluit regeling richtlijn akkoord protocol methode methodiek therapie training cursus "
    "module schaal toets vragenlijst thermometer cirkel bespreking".split()
)
_LISTED = NAME | Flag.PLACE | Flag.ABROAD | Flag.ORG
# `again` finds whose: 'de Jansen-familie', 'de Fatimazaak'
KINDRED = ("-familie", "-gezin", "-clan", "-zaak")
_WHOSE = ("zaak", "verhaal", "casus")
# A number before one of these says how much, how long or how often.
_RANKED = re.compile(
    r"\b(?:werd|wordt|werden|eindigde|geworden|klas|plaats|groep|uitslag|stand|gewonnen|won|"
    r"wonnen|verloren|"
    r"verloor|gekeken|stemming|voor|tegen|van|naar|score|sessie|deel|pagina|hoofdstuk|"
    r"week),? (?:de |op |met |is )?$",
    re.IGNORECASE,
)
_RANK = re.compile(r"\b(?:werd|wordt|werden|eindigde|geworden|klas|plaats|groep) (?:de |op )?$")
_COUNTED = re.compile(
    r"[/%:+]|[.,]\d|(?:e|ste|de) (?:eeuw|keer|plaats|etage|verdieping|lijn|klas|opname|stap)\b"
    r"| ?(?:kilo|kg|gram|gr|g|mg|ml|cc|cl|liter|l|km|meter|m2|cm|euro|keer|x|maal|uur|"
    r"u|min|minuten|dagen|dgn|weken|wkn|maanden|mnd|glazen|glas|bier\w*|blik\w*|fles\w*|pil\w*|"
    r"tablet\w*|joints?|sigaretten|lijn\w*|mensen|cli[eë]nten|bewoners|stuks|punten|procent|eh|"
    r"stappen|gesprekken|bijeenkomst\w*|sessies?|jaars|graads?|etage|"
    r"kinderen|broers|zussen|jaar (?:ervaring|lang|geleden|clean|"
    r"nuchter|droog|samen|getrouwd|gebruikt|later))\b",
    re.IGNORECASE,
)


def needed(doc: Document, token: Token, least: float) -> float:
    """How likely a word must be: more than `least` when it is ordinary language as it stands.

    Where people are clear, a word that is also a name is one more often than its spelling says.
    """
    strict = _strict(doc, token, least)
    return strict if strict >= 1.0 or least >= ALONE else least + (strict - least) * EASE


# 'Stap 3 Perspectieven', '2. Beeldvorming': a heading begins a sentence.
_STEPS = frozenset("stap fase vraag ronde punt deel hoofdstuk les sessie bijlage module".split())


_GATHERINGS = frozenset("dag middag avond week scholing training overleg druppels".split())


def _no_name(doc: Document, token: Token) -> bool:
    """Whether what stands around a word says that it is none, however strange it looks."""
    index = doc.at(token.start)
    before, after = doc.low(index - 1), doc.low(index + 1)
    listed = token.flags & _LISTED
    if spoken(doc, token) or (token.low in _STEPS and after.isdigit()):
        return True
    if len(token.low) == 1:
        return before in OPTIONS or (token.head and after == ":")  # 'kiest A', 'R: Mam'
    if token.head and after == ":" and not (token.cap or listed) and len(token.low) > 6:
        # '- koffieapparaat: stuk'; 'verkerk: slaapt' is somebody, though 'ver' and 'kerk' are words
        return bool(token.flags & Flag.WORD) or doc.lex.is_compound(token.low, 4)
    if before.isdigit() and doc.low(index - 2) in _STEPS and not listed:
        return doc.known_word(token.low)
    if not token.cap and not token.plain and token.low in cues.VERBS:
        return True  # 'Pim wil Van Eldik': no capital among capitals
    head, dash, tail = token.text.partition("-")
    return bool(dash) and head.isupper() and tail in _GATHERINGS  # 'POH-dag'


def _strict(doc: Document, token: Token, least: float) -> float:
    if _no_name(doc, token):
        return 1.0
    if len(token.low) == 1 and token.is_word and doc.text[token.end : token.end + 1] != ".":
        return least if token.text.isupper() and not token.plain else 1.0
    if token.flags & Flag.NOTNAME and not token.cap and doc.text.startswith(" ik ", token.end):
        return 1.0  # 'hoop ik ook te zien'
    if doc.dialect and (token.first or not token.cap) and not token.flags & (NAME | Flag.PLACE):
        return 1.0 if token.flags & Flag.SAFE else max(least, 0.97)
    if (
        token.low in _NOBODY
        or token.low.endswith(KINDRED)
        or (token.low.endswith(_WHOSE) and not doc.known_word(token.low))
        or (token.low in cues.TITLES and not token.flags & Flag.FIRST)
    ):
        return 1.0
    if token.low.endswith(_PAPERS) and len(token.low) > 7 and not token.flags & _LISTED:
        return 1.0
    if token.flags & Flag.SAFE:
        return max(least, 0.75) if token.flags & NAME else 1.0
    if not token.is_word:
        year = len(token.text) == 4 and token.text[:2] in {"18", "19", "20"}
        counted = _COUNTED.match(doc.text, token.end) or doc.text[
            token.start - 1 : token.start
        ] in (tuple("/.,%€+*"))
        before = doc.text[max(0, token.start - 24) : token.start]
        dashed = "-" in (
            doc.text[token.start - 1 : token.start],
            doc.text[token.end : token.end + 1],
        )
        if dashed and (
            _RANKED.search(before) or (token.text.isdecimal() and 31 < int(token.text) < 100)
        ):
            return 1.0  # 'uitslag 5-4', 'van 60-40 naar 52-48'
        other = _RANK.search(before) or SCORE.search(before) or LENGTH.search(before)
        return 1.0 if year or counted or other else max(least, 0.3)
    if token.low in cues.FUNCTION:
        return max(least, 0.7)
    if not token.cap and not token.plain:
        return max(least, 0.6)
    if token.flags & Flag.ENGLISH and not token.cap and not token.flags & NAME:
        return max(least, 0.8)
    if token.flags & Flag.COMMON:
        return max(least, 0.5 if token.plain else 0.4)
    if token.plain and token.flags & Flag.WORD and not token.flags & (NAME | Flag.PLACE):
        return max(least, 0.3)
    if not token.flags & _LISTED and (token.first or not token.cap) and doc.known_word(token.low):
        return max(least, COMPOUND)  # 'buikgriep', 'teampost'; 'Rooster' at the head of a line
    return least
