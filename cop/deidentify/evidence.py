"""How much speaks for a word being (part of) the name of a person, place or organisation.

Each kind of evidence has a weight; a name is marked when its weights reach `ENOUGH`. The weights
were set by hand: a known given name in the middle of a sentence (3) needs no help, an unknown
word with a capital (2) just makes it, an unknown word in lower case (0.8) needs a clear cue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from . import cues
from .document import Document, Token
from .lexicon import NAME, Flag, Lexicon
from .spans import Reason

ENOUGH = 2.0


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Evidence:
    """Weights for the three kinds of name, and the strongest cue for each."""

    person: float = 0.0
    place: float = 0.0
    org: float = 0.0
    person_reason: Reason = Reason.UNKNOWN_NAME
    person_cue: str = ""
    place_cue: str = ""
    org_cue: str = ""


def is_name(token: Token) -> bool:
    """Whether the word is on a list of names, and not one that is nearly always a word."""
    return bool(token.flags & NAME) and not token.flags & Flag.NOTNAME


def clear_first(token: Token) -> bool:
    """Whether the word is a given name and hardly anything else."""
    flags = token.flags
    if flags & Flag.NAMEWINS:
        return True
    return (
        bool(flags & Flag.FIRST)
        and not flags & (Flag.WORD | Flag.NOTNAME | Flag.SAFE)
        and (len(token.low) > 2)
    )


@lru_cache(maxsize=20_000)
def is_slip(low: str, lex: Lexicon) -> bool:
    """Whether a word is one slip of the pen away from a frequent word (same first letter)."""
    if len(low) < 5:
        return False
    for i in range(1, len(low)):
        head, tail = low[:i], low[i:]
        tries = [head + tail[1:], head + tail[:1] + tail]
        if len(tail) > 1:
            tries.append(head + tail[1] + tail[0] + tail[2:])
        tries += [head + c + tail for c in _LETTERS]
        tries += [head + c + tail[1:] for c in _LETTERS]
        if any(lex.flags(t) & Flag.COMMON for t in tries):
            return True
    return any(lex.flags(low + c) & Flag.COMMON for c in _LETTERS)


def _adjective(low: str) -> bool:
    """'Arnhemse', 'Rotterdammer': made of a place, but no name."""
    return low.endswith(("se", "sche", "er", "ers", "isch", "ische", "aan", "anen", "aanse"))


# No vowel at all, or a shortened name of a trade with an ending.
_LISTED = NAME | Flag.PLACE | Flag.ABROAD | Flag.ORG
_VOWEL = re.compile(r"[aeiouyà-öø-ÿ]")
_FORM = re.compile(
    r"^[B-DF-HJ-NP-TV-XZ][b-df-hj-np-tv-xz]{2,}$|^[A-Za-z]{2,5}'(?:er|ers|tje|tjes|en|ing|ster|"
    r"sters)$"
)


_MEASURE = re.compile(
    r"\b(?:\w*test|score|vragenlijst|lijst|cijfers?|richtlijn|onderzoek|curve|methode|protocol|"
    r"folder|"
    r"website|site|boek|model) (?:van|volgens|door) $",
    re.IGNORECASE,
)
_BEFORE_NOUN = re.compile(
    r"\b(?:de|het|een|mijn|zijn|haar|geen|die|dat|deze|dit|zo|niet|echt|heel|te|is|ik|jij|ze|we|"
    r"wij|en)\s$",
    re.IGNORECASE,
)


def _of_place(low: str) -> str:
    """The place in 'rotterdammer' or 'urkertje', '' when the word has no such ending."""
    match = re.search(r"^(.{3,}?)([bdfgklmnprst]?)er(?:s|tje|tjes)?$", low)
    if not match:
        return ""
    stem, last = match[1], match[2]
    return stem if last and stem.endswith(last) else stem + last


def _quarter(doc: Document, low: str) -> bool:
    """'tilburg-noord', 'oost-groningen'"""
    (town, end), (begin, place) = low.rsplit("-", 1), low.split("-", 1)
    return bool(
        (end in cues.QUARTERS and doc.lex.flags(town) & Flag.PLACE)
        or (begin in cues.QUARTERS and doc.lex.flags(place) & Flag.PLACE)
    )


def named_flags(flags: int) -> bool:
    """Whether a word is on a list of names or places."""
    return bool(flags & (NAME | Flag.PLACE | Flag.ABROAD | Flag.ORG))


_ELSEWHERE = frozenset({"jo", "an"})  # words in Frisian and English, in Dutch names


def _called(doc: Document, token: Token) -> bool:
    """'vader jo', 'moeder heet an'"""
    before = doc.low(doc.at(token.start) - 1)
    return before in cues.RELATIONS or before in {"heet", "heette", "genaamd", "roepnaam"}


def base(doc: Document, token: Token) -> Evidence:
    """What a word says by itself and by how it is written."""
    flags, low = token.flags, token.low
    out = Evidence()
    if flags & Flag.SAFE and not flags & Flag.NAMEWINS:
        out.person = 0.0 if flags & NAME and token.cap else -3.0
        out.place = out.org = -3.0
        if flags & Flag.PLACE and token.cap and not token.first:
            out.place = 0.0  # 'in Monster', but 'een blik Monster'
        return out
    if spoken(doc, token):
        out.person = out.place = out.org = -3.0  # 'spreekt goed Frans'
        return out
    if not (token.cap or flags & (_LISTED | Flag.WORD) or _VOWEL.search(low)) and len(low) < 6:
        out.person = out.place = out.org = -3.0  # 'bvd', 'prn': an abbreviation
        return out
    if (
        low in cues.TITLES
        and not flags & Flag.FIRST
        and (
            doc.text[token.end : token.end + 1] == "."
            or (len(low) < 5 and low not in cues.ADDRESS and not doc.known_word(low))
        )
    ):
        out.person = out.place = out.org = -3.0  # 'mr. drs. P. de Wit', 'mvr bakker'
        return out
    if low in cues.FIELDS and doc.text[token.end : token.end + 1] == ":" and not flags & NAME:
        out.person = out.place = out.org = -3.0  # 'aanw: Merel'
        return out
    if low in cues.FUNCTION:
        # 'mijn buurvrouw Door': only with a capital in mid-sentence, and with a clear cue.
        person = (
            0.4
            if token.cap
            and not token.first
            and (len(low) > 2 or flags & Flag.FIRST)
            and not token.text.isupper()
            else 0.8
            if low in _ELSEWHERE and token.plain and not doc.dialect and _called(doc, token)
            else -3.0
        )
        out.person, out.place, out.org = person, -3.0, -3.0
        return out
    if "-" in low and (token.cap or token.plain) and _quarter(doc, low):
        out.place = 3.0
        return out
    if "-" in low and not flags & (NAME | Flag.PLACE | Flag.ORG):
        # 'CRA-training', 'ISD-maatregel': what follows the hyphen says what it is.
        head, tail = low.split("-", 1)
        if doc.known_word(tail) and (
            token.text[: len(head)].isupper()
            or doc.known_word(head)
            or (doc.lex.flags(head) & Flag.SAFE)
        ):
            out.person, out.place, out.org = -3.0, -3.0, -3.0
            return out
    if (
        token.start
        and doc.text[token.start - 1] == "-"
        and doc.text[token.start - 2 : token.start - 1].isdigit()
    ):
        out.person, out.place, out.org = -3.0, -3.0, -3.0
        return out
    if _FORM.search(token.text) or low.endswith(("nr", "nummer", "nrs")):
        # 'Wvggz', "PIW'er", 'Studentnr': laws, people by their job, headings of forms.
        out.person, out.place, out.org = -3.0, -3.0, -3.0
        return out
    if (
        len(low) > 4
        and token.text.isupper()
        and not token.plain
        and not named_flags(flags)
        and doc.known_word(low)
        and _BEFORE_NOUN.search(doc.text[max(0, token.start - 8) : token.start])
    ):
        # 'in de BROODTROMMEL'
        out.person, out.place, out.org = -3.0, -3.0, -3.0
        return out
    if doc.lex.flags(_of_place(low)) & Flag.PLACE and not flags & NAME:
        # 'Amsterdammertje', 'Urker': somebody from there, or a drink.
        out.person, out.place, out.org = 0.2, 0.2, 0.2
        return out
    named = flags & (NAME | Flag.PLACE)
    word = bool(flags & (Flag.WORD | Flag.ENGLISH)) if named else doc.known_word(low)
    listed = bool(flags & (NAME | Flag.PLACE | Flag.ABROAD))
    notname = bool(flags & Flag.NOTNAME)
    out.person_reason = Reason.KNOWN_NAME if flags & NAME else Reason.UNKNOWN_NAME
    acronym = token.text.isupper() and 1 < len(token.text) < 6 and not token.plain
    if token.cap and not token.first:
        if acronym and not listed:
            out.person, out.place, out.org = 0.2, 0.0, 1.0
        elif flags & Flag.FIRST:
            out.person = 1.4 if notname else 3.0
        elif flags & Flag.LAST:
            out.person = 2.2 if not word else 1.8
        elif flags & Flag.PROPER:
            out.person = 1.2 if _adjective(low) else 2.0
            out.place = 0.6 if _adjective(low) else 1.0
        elif word:
            out.person, out.org = (0.2, 0.5) if flags & Flag.COMMON else (0.8, 0.9)
        elif _adjective(low) and len(low) > 6:
            out.person, out.place, out.org = 1.4, 0.5, 0.8
        elif any(doc.lex.flags(low[cut:]) & Flag.COMMON for cut in range(3, len(low) - 4)):
            out.person, out.place, out.org = 1.5, 0.6, 0.9  # 'Bastognekoeken'
        else:
            out.person, out.place, out.org = 2.1, 0.9, 0.9
        if flags & Flag.PLACE:
            out.place = 2.0 if flags & Flag.FIRST else 2.4 if flags & Flag.LAST else 3.0
        elif flags & Flag.ABROAD:
            out.place = 0.8 if word else 1.0 if flags & Flag.FIRST else 2.1
    elif token.cap:  # at the head of a sentence
        if clear_first(token):
            out.person = 2.3
        elif flags & Flag.FIRST:
            out.person = 0.3 if notname else 0.9
        elif flags & Flag.LAST:
            out.person = 0.2 if flags & Flag.WORD else 1.7
        elif not word and not acronym:
            out.person, out.place, out.org = 1.2, 0.4, 0.4
            if is_slip(low, doc.lex) or (_adjective(low) and len(low) > 6):
                out.person = 0.4
        elif word:
            out.person = -1.0 if flags & Flag.COMMON else -0.4
        if flags & Flag.PLACE and not word:
            out.place = 1.6 if flags & Flag.FIRST else 2.2
        elif flags & Flag.PLACE:
            out.place = 0.4
        elif flags & Flag.ABROAD and not word:
            out.place = 1.0
    else:  # lower case, or a line that has no case
        # In a text with capitals, a name without one is rare; chat within it is seen by line.
        less = 0.0 if token.plain or doc.lower else 1.0
        if clear_first(token):
            out.person = 2.3 - less * (0.2 if flags & Flag.NAMEWINS or not word else 0.6)
            if flags & Flag.ENGLISH:
                out.person -= less
        elif flags & Flag.FIRST:
            out.person = (-0.5 if notname else 0.7) - less
        elif flags & Flag.LAST:
            out.person = (0.2 if flags & (Flag.WORD | Flag.ENGLISH) else 1.6) - less
            if flags & Flag.COMMON:
                out.person -= 1.0
        elif not word and len(low) > 2:
            out.person = (1.3 if flags & Flag.PROPER and not _adjective(low) else 0.8) - less
            if is_slip(low, doc.lex):
                out.person -= 1.0
            out.place, out.org = -0.2 - less, -0.2 - less
        else:
            out.person, out.place, out.org = -2.0, -2.0, -2.0
            if not flags & ~Flag.PROPER and not less:
                out.person = -0.9  # a compound that no list has: 'mw uittenbroek'
        if flags & Flag.PLACE:
            out.place = (0.3 if flags & (Flag.WORD | Flag.ENGLISH) else 2.2) - less
            if flags & Flag.COMMON:
                out.place -= 0.6
        elif flags & Flag.ABROAD and not word and len(low) > 3:
            out.place = 0.6 - less
    if flags & Flag.ORG and acronym and flags & Flag.WORD and not flags & NAME:
        out.org = 2.4  # 'MEE', not 'mee'
        return out
    if flags & Flag.ORG and _MEASURE.search(doc.text[max(0, token.start - 20) : token.start]):
        out.person = out.org = -3.0  # 'de test van Jellinek'
    elif flags & Flag.ORG and not flags & Flag.WORD and not flags & NAME:
        out.org = 3.0
    elif flags & Flag.ORG and token.plain:
        out.org = 0.0 if flags & (Flag.COMMON | NAME) else 0.8
    elif flags & Flag.ORG:
        rare = not flags & (Flag.COMMON | NAME)
        out.org = max(
            out.org,
            (2.1 if rare else 1.2 if flags & NAME else 2.0)
            if token.cap and not token.first
            else 0.0,
        )
    if not listed and not word and low.endswith(cues.PLACE_ENDINGS) and len(low) > 5 and token.cap:
        out.place += 0.7
    return out


_LANGUAGES = frozenset("frans engels duits spaans italiaans pools turks russisch fries".split())
_SPEAKS = frozenset(
    "goed spreekt spreken sprak kan het vloeiend beetje geen leert les examen vak in naar wat "
    "alleen "
    "gebrekkig slecht matig klas in".split()
)


def spoken(doc: Document, token: Token) -> bool:
    """Whether a word is a language: 'spreekt goed Frans', 'gesprek in Engels'."""
    return (
        token.low in _LANGUAGES
        and doc.low(doc.at(token.start) - 1) in _SPEAKS
        and not doc.text[token.end : token.end + 2].startswith("'s")
    )


def line_head(doc: Document, index: int) -> bool:
    """Whether a word is the first one of its line."""
    return doc.tokens[index].head
