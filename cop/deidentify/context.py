"""What the words before a name say about it; what stands after it is in `context_after`."""

from __future__ import annotations

import re

from . import cues
from .document import Document, Token
from .evidence import Evidence, clear_first, is_name
from .lexicon import NAME, Flag
from .spans import Reason

_WORKS = frozenset("werkt werkte werk baan stage baantje solliciteert werkzaam".split())


_GENERIC = (
    "programma",
    "traject",
    "methode",
    "model",
    "standaard",
    "richtlijn",
    "code",
    "raad",
    "wet",
    "commissie",
    "besteding",
    "protocol",
    "plan",
    "lijst",
    "dienst",
    "overleg",
    "beraad",
    "stap",
    "fase",
    "module",
    "training",
    "cursus",
    "therapie",
    "visie",
    "beleid",
    "werker",
    "zorg",
    "akkoord",
    "norm",
    "team",
    "groep",
    "bureau",
    "bestuur",
    "inspectie",
    "verzekeraar",
)
_OBJECTS = frozenset("hem haar zich mij me 'm je zichzelf ons hen ze hier daar".split())


def _before(doc: Document, index: int) -> tuple[str, str, bool]:
    """The word before a name (across a comma, colon, quote or article), the one before that, and
    whether an article stood between."""
    pos = index - 1
    article = False
    for _ in range(4):
        if pos < 0:
            return "", "", article
        token = doc.tokens[pos]
        if token.is_word and token.low in {"de", "het", "'t", "een", "t"} and not article:
            article = True
        elif token.is_word or token.text.isdigit():
            return token.low, doc.low(pos - 1), article
        elif token.text in ".":
            title = doc.tokens[pos - 1] if pos else None
            if (
                title
                and title.low in cues.TITLES
                and (not _whole_word(doc, title.low) or not token_first(doc, index))
            ):
                pos -= 1
                continue
            return ".", doc.low(pos - 1), article
        elif token.text not in ",:'\"(-*“”„>":
            return token.text, doc.low(pos - 1), article
        pos -= 1
    return "", "", article


def _whole_word(doc: Document, title: str) -> bool:
    """Whether a title is a word of its own, so that a full stop after it ends a sentence."""
    return len(title) > 4 or bool(doc.lex.flags(title) & Flag.COMMON)


def token_first(doc: Document, index: int) -> bool:
    """Whether a sentence may begin at a token, as after 'de burgemeester.'"""
    return doc.tokens[index].first


# 'in bergen', 'in handel': after 'in' these are words more often than places.
_COMMON_PLACES = frozenset(
    "een best echt handel haren bergen dieren hoeven velden stad buren haven heer wijk hoek "
    "bad huis heel hof weg land berg dal zand bos dorp beek del brand goes duizend made rijen "
    "sint vrede zeeland wit zwart groep nes lent putten vorst diepen dalen elst erp est horn "
    "laren mill oud rips rijs vierhouten haar noord zuid oost west water kamp heide hei grave "
    "boxen rood boer hulp zorg ".split()
)
# Of those, what is only a place at the end of a phrase: 'naar made', 'uit echt'.
_ODD_PLACES = frozenset("echt made best goes heel een".split())
# 'Afwezig m.k.: ', 'Aanwezig (online): '
_FIELD = re.compile(
    r"^[ *-]*(?:aanwezig|afwezig|afgemeld|deelnemers|cc|"
    r"genodigd)\b[^:]{1,20}:\s*$",
    re.I,
)


def ends_here(doc: Document, index: int) -> bool:
    """Whether a phrase ends after a token: a sign, the end of the line or a verb."""
    rest = doc.text[doc.tokens[index].end : doc.tokens[index].end + 2].lstrip(" ")
    return not rest or rest[0] in ",.;:()!?\n'\"" or doc.low(index + 1) in cues.VERBS


def _group(low: str) -> bool:
    """'intervisiegroep', 'behandelteam': several people together, whoever they are."""
    return low.endswith(("groep", "team", "leden", "lijst", "raad", "overleg", "commissie", "staf"))


def add_before(
    doc: Document, index: int, out: Evidence, letter: bool = False, core: Token | None = None
) -> None:
    """Add what the words before a name say. `letter`: the name is one initial; `core`: the word
    that carries the name when particles stand before it."""
    token = core or doc.tokens[index]
    before = doc.tokens[index].start
    word, earlier, article = _before(doc, index)
    near = index > 0 and doc.touching(index - 1, index)
    previous = doc.low(index - 1) if near else ""
    if previous == "." and index > 1:
        previous = doc.low(index - 2)
        if _whole_word(doc, previous) and token_first(doc, index):
            previous = "."  # 'bij de burgemeester. Daarna'
    weight, reason = 0.0, Reason.NAMED
    if word in _OBJECTS:
        # 'ik noem hem T.', 'noemden ze me'
        near_by = [doc.low(i) for i in range(max(0, index - 5), index)]
        word = next((w for w in near_by if w in cues.NAMING), word)
    if (
        word in cues.CONSUMED
        and not token.flags & Flag.FIRST
        and word not in {"krijgt", "kreeg", "gebruikt"}
    ):
        out.person -= 2.0
        out.org -= 2.0
    elif word in {"gebruikt", "krijgt", "kreeg"} and not token.flags & NAME:
        out.person -= 1.0
    elif (
        word in {"en", "of"}
        and doc.lex.flags(earlier) & Flag.SAFE
        and not token.flags & NAME
        and (doc.low(index - 3) in cues.CONSUMED)
    ):
        out.person -= 1.5  # 'slikt Tramadol en X'
    pure = doc.known_word(token.low) and not is_name(token)
    unlisted = pure and not token.flags & ~Flag.PROPER  # a compound by its looks only
    if core and not token.flags & Flag.COMMON:
        pure = False
    if (
        not token.cap
        and not token.plain
        and previous in {"een", "geen", "de", "het", "die", "dat", "deze", "dit"}
    ):
        out.person -= 1.5
    if previous == "hr" and doc.tokens[index - 2].text == "HR":
        previous = ""  # 'graag via HR. De oefening'
    if (previous in cues.TITLES) and near:
        weight, reason = (
            (3.0 if token.cap or is_name(token) or not pure or unlisted else 1.0),
            Reason.TITLE,
        )
        if not token.cap and (token.flags & Flag.COMMON) and not is_name(token):
            called = token.plain and token.flags & NAME and token.low not in cues.VERBS
            weight = 2.6 if called and ends_here(doc, index) else 0.0
        word = previous
    elif word in cues.NAMING and (
        not article
        or (token.cap and not token.first and doc.low(index - 1) in {"de", "den", "'t", "t"})
    ):
        weight = 3.2 if article else 2.0 if token.cap or not pure else 0.5
    elif word in cues.GREETINGS and (near or earlier in {"", "\n"}) and not article:
        weight, reason = (2.0 if not pure else 0.5), Reason.GREETING
        if token.text.isupper() and len(token.text) < 4 and doc.low(index + 1) == ",":
            weight = 4.5  # 'Hoi DJ,'
    elif word in cues.FAREWELLS and not article:
        weight, reason = (2.0 if not pure else 0.4), Reason.GREETING
    elif (
        word in cues.FIELDS and index > 1 and ":" in doc.text[doc.tokens[index - 2].start : before]
    ):
        weight = 1.8 if not pure and not _group(token.low) else 0.5
        turned = doc.tokens[index + 2 : index + 3]  # 'betreft: westerdijk, klaas'
        if doc.low(index + 1) == "," and turned and clear_first(turned[0]):
            weight = 3.0
    elif word in cues.RELATIONS and not article:
        same_line = "\n" not in doc.text[doc.tokens[index - 1].start : before]
        if same_line:
            weight, reason = (1.6 if token.cap else 1.3), Reason.RELATION
    if (
        not weight
        and token.cap
        and word
        and _FIELD.search(doc.text[max(0, before - 50) : before].rpartition("\n")[2])
    ):
        weight, word = (1.8 if not pure else 0.5), "aanwezig"
    if (
        reason is Reason.NAMED
        and weight
        and token.cap
        and before
        and doc.text[before - 1] in "'\"“„"
    ):
        weight = 3.2  # noemden ze me 'Professor'
    if weight and weight > 0.5:
        out.person += weight
        out.person_reason, out.person_cue = reason, word
    if word == "als" and {"kennen", "kent", "kende", "kenden", "bekend", "staat"} & {
        doc.low(i) for i in range(max(0, index - 5), index)
    }:
        out.person += 1.6
        out.person_reason, out.person_cue = Reason.NAMED, "als"
    if letter:
        return
    if word in {"en", "of"} and (token.cap or token.plain) and index > 1:
        beside = doc.tokens[index - 2]
        if beside.flags & (Flag.PLACE | Flag.ABROAD) or beside.low.endswith(("ië", "land")):
            out.place += (
                1.3 if token.flags & (Flag.PLACE | Flag.ABROAD) or not is_name(token) else 0.4
            )
    if article and word in {"bij", "naar", "van", "in", "uit", "op", "aan", "via"}:
        out.org += 0.5
        if token.flags & Flag.PROPER and token.cap and not token.flags & NAME:
            out.place += 0.5
    generic = token.low.endswith(_GENERIC) or doc.text[token.end + 1 : token.end + 2].isdigit()
    if generic and not token.flags & (NAME | Flag.PLACE | Flag.ORG) and doc.known_word(token.low):
        out.org -= 1.5  # 'bij Stap 3', 'van het Twaalfstappenprogramma'
    if article:
        out.person -= 1.2
        out.org += 0.8
        out.place += 0.2
    preposition = cues.PLACE_BEFORE.get(word if word not in cues.TITLES else "", 0.0)
    if preposition:
        gain = preposition if (near or article) else preposition - 0.5
        if article and word in {"in", "uit", "te", "naar"} and not token.flags & Flag.PLACE:
            gain -= 1.0
        if token.flags & Flag.WORD and not token.cap:
            gain = (
                gain
                if token.flags & Flag.PLACE
                and word in {"uit", "te", "in", "vanuit", "gemeente", "bij", "naar"}
                else 0.0
            )
        if (
            token.plain
            and near
            and word in {"in", "uit"}
            and token.flags & Flag.PLACE
            and token.flags & Flag.COMMON
            and token.low not in _COMMON_PLACES
            and (ends_here(doc, index) or doc.low(index + 1) in cues.FUNCTION)
        ):
            gain += 0.7  # 'in gouda', 'uit leiden'
        if (
            token.plain
            and near
            and word in {"in", "uit", "naar", "te"}
            and token.low in _ODD_PLACES
            and ends_here(doc, index)
        ):
            gain += 1.2
        out.place += gain
        out.place_cue = word
        if gain > 1.0 and not clear_first(token):
            out.person -= 0.8 if not out.person_cue else 0.0
        if (
            word == "uit"
            and token.flags & Flag.PLACE
            and index > 1
            and near
            and clear_first(doc.tokens[index - 2])
        ):
            out.place += 2.0  # 'karin uit best'
    work = cues.ORG_BEFORE.get(word, 0.0)
    if word == "bij" and doc.low(index - 3) in {"was", "is", "als", "werd", "ben", "bent", "een"}:
        work += 1.2  # 'was lasser bij Hollandia'
    if word == "bij" and earlier not in cues.WORK:
        back = [doc.low(i) for i in range(max(0, index - 6), index)]
        earlier = next((w for w in back if w in _WORKS), earlier)
    if work:
        gain = work + (1.2 if word in {"bij", "van"} and earlier in cues.WORK else 0.0)
        if word == "van" and earlier not in cues.WORK:
            gain = 0.3
        if token.cap or (
            not token.flags & (Flag.WORD | NAME)
            and word == "bij"
            and not article
            and earlier in cues.WORK
            and (not doc.known_word(token.low))
        ):
            out.org += gain
        out.org_cue = word
