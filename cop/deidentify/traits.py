"""What the trained model sees of each word: how it is written, what lists say, what stands around.

No trait holds the name itself: a word counts by its spelling only when it is ordinary language, so
that the model learns how names stand in a sentence and not which names were in its examples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from . import cues
from .document import Document, Token
from .lexicon import Flag

_KINDS = frozenset(
    "school basisschool college lyceum apotheek praktijk huisartsenpraktijk camping park café cafe "
    "kroeg club restaurant hotel kerk gemeente moskee parochie klooster koor vereniging stichting "
    "flat ziekenhuis kliniek poli afdeling afd unit team wijkteam locatie groep instelling pension "
    "opvang inloop dagbesteding hostel woonvorm beschermd garage bakkerij slagerij bedrijf firma "
    "winkel supermarkt kapsalon fabriek kwekerij kantoor corporatie thuiszorg bewindvoering "
    "uitzendbureau sportschool voetbalclub schip boot huize villa woonzorgcentrum verpleeghuis "
    "zorgboerderij manege stal bar eetcafé coffeeshop gilde scouting".split()
)
_SETS = (
    ("T", cues.TITLES),
    ("R", cues.RELATIONS),
    ("N", cues.NAMING),
    ("G", cues.GREETINGS),
    ("E", cues.FAREWELLS),
    ("D", cues.FIELDS),
    ("C", cues.CONSUMED),
    ("S", cues.SPEAKING),
    ("V", cues.VERBS),
    ("P", cues.PARTICLES),
    ("L", frozenset(cues.PLACE_BEFORE)),
    ("O", frozenset(cues.ORG_BEFORE)),
    ("W", cues.WORK),
    ("K", _KINDS),
    ("U", cues.FUNCTION),
)
_CUES: dict[str, str] = {}
for _code, _words in _SETS:
    for _word in _words:
        _CUES[_word] = _CUES.get(_word, "") + _code

_BITS = (
    (1 << 20, "k"),
    (Flag.WORD | Flag.ENGLISH, "w"),
    (Flag.COMMON, "c"),
    (Flag.PROPER, "q"),
    (Flag.FIRST, "f"),
    (Flag.LAST, "l"),
    (Flag.PLACE, "p"),
    (Flag.ABROAD, "a"),
    (Flag.ORG, "o"),
    (Flag.SAFE, "s"),
    (Flag.NAMEWINS, "n"),
    (Flag.NOTNAME, "x"),
)
_CODES: dict[int, str] = {}
_COMPOUND = 1 << 20  # beside the flags: ordinary language only because two words were joined
_NUMBERS = {
    word: number
    for number, word in enumerate(
        "een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
        "zestien zeventien achttien negentien twintig".split(),
        start=1,
    )
} | {word: 10 * n for n, word in enumerate("dertig veertig vijftig zestig zeventig".split(), 3)}
_TENS = ("twintig", "dertig", "veertig", "vijftig", "zestig", "zeventig", "tachtig", "negentig")
_RANKS = frozenset("e ste de th st nd rd".split())


def size_of_number(token: Token) -> str:
    """How large a number is, in figures or words: what may be an age, a day or a year."""
    if token.is_word:
        low = token.low
        number = _NUMBERS.get(low, 0)
        if not number and low.endswith(_TENS):
            number = 30
        if not number and low.endswith(("tiende", "tigste", "twaalfde", "elfde")):
            return "rank"
        kind = "w"
    elif token.text.isdecimal() and len(token.text) < 5:
        number, kind = int(token.text), "f"
    else:
        return ""
    if not number:
        return ""
    for limit in (3, 9, 12, 31, 99, 110, 1899, 2039):
        if number <= limit:
            return kind + str(limit)
    return kind + "more"


def _code_of(flags: int) -> str:
    code = _CODES.get(flags)
    if code is None:
        code = _CODES[flags] = "".join(letter for bit, letter in _BITS if flags & bit) or "-"
    return code


def _shape(token: Token) -> str:
    text = token.text
    if text.isdigit():
        return "9" * min(len(text), 5)
    if not token.is_word:
        return text
    if text.islower():
        return "x"
    if text.isupper():
        return "X" if len(text) == 1 else "XX" if len(text) < 5 else "XXX"
    if text[0].isupper() and text[1:].islower():
        return "Xx"
    return "Xx-X" if "-" in text else "xX"


def _told(tokens: Sequence[Token], claimed: Sequence[str], codes: Sequence[str]) -> str:
    """How much the whole text tells of people: what rules took, and names that are nothing else.

    In a text about a method or a book hardly anything does, and a capital there says less.
    """
    found = 0
    last = ""
    names: set[str] = set()
    for token, label, code in zip(tokens, claimed, codes, strict=True):
        found += label != "" and label != last
        last = label
        if not label and token.cap and not token.first and code in _PURE:
            names.add(token.low)
    found += len(names)
    long = "L" if len(tokens) > 80 else "S"
    return long + str(min(found, 3) if found < 5 else 5 if found < 10 else 9) + "|"


_PURE = frozenset("f l fl p o wfn wcfn wfln".split())


def traits(
    doc: Document, claimed: Sequence[str], flags: Sequence[int] | None = None
) -> list[list[str]]:
    """The traits of each token of a text.

    `claimed` has the label of the rule that took a token, '' when none did; `flags` may replace
    what the lists say, which training uses to see names that no list has.
    """
    tokens = doc.tokens
    known = doc.known_word
    words: list[str] = []
    codes: list[str] = []
    places: list[str] = []
    shapes: list[str] = []
    count: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for i, token in enumerate(tokens):
        low = token.low
        have = int(token.flags if flags is None else flags[i])
        shape = _shape(token)
        if token.is_word:
            plain = have & ~8
            if not plain and known(low):
                have |= Flag.WORD | _COMPOUND
            count[low] += 1
            if token.cap and not token.first:
                capital[low] += 1
            if token.text[0].islower() and not token.plain:
                small[low] += 1
            word = (
                low
                if (
                    have & (Flag.COMMON | Flag.WORD)
                    and not have & (Flag.FIRST | Flag.LAST | Flag.PLACE | Flag.ORG)
                )
                or low in _CUES
                else "?"
            )
        else:
            word = "#" if token.text.isdigit() else token.text
        words.append(word)
        codes.append(_code_of(have) if token.is_word else shape)
        places.append(_CUES.get(low, "-"))
        case = "p" if token.plain else ("C" if token.cap else "c") + ("1" if token.first else "")
        shapes.append(shape + case)
    size = len(tokens)
    told = _told(tokens, claimed, codes)
    edge_words = ["<<", "<", *words, ">", ">>"]
    edge_codes = ["<<", "<", *codes, ">", ">>"]
    edge_cues = ["<<", "<", *places, ">", ">>"]
    edge_shapes = ["<<", "<", *shapes, ">", ">>"]
    edge_claims = ["", "", *claimed, "", ""]
    size_of = ["", "", *map(size_of_number, tokens), "", ""]
    text = doc.text
    out: list[list[str]] = []
    for i in range(size):
        token = tokens[i]
        k = i + 2
        w1, w2, n1, n2 = edge_words[k - 1], edge_words[k - 2], edge_words[k + 1], edge_words[k + 2]
        c0, c1, d1 = codes[i], edge_codes[k - 1], edge_codes[k + 1]
        q1, r1 = edge_cues[k - 1], edge_cues[k + 1]
        s0, s1, t1 = shapes[i], edge_shapes[k - 1], edge_shapes[k + 1]
        low = token.low
        have_traits = [
            "b",
            "w=" + words[i],
            "c=" + c0,
            "s=" + s0,
            "cs=" + c0 + s0,
            "q=" + places[i],
            "w1=" + w1,
            "w2=" + w2,
            "n1=" + n1,
            "n2=" + n2,
            "w12=" + w2 + "|" + w1,
            "n12=" + n1 + "|" + n2,
            "c1=" + c1,
            "c2=" + edge_codes[k - 2],
            "d1=" + d1,
            "d2=" + edge_codes[k + 2],
            "s1=" + s1,
            "t1=" + t1,
            "q1=" + q1,
            "q2=" + edge_cues[k - 2],
            "r1=" + r1,
            "r2=" + edge_cues[k + 2],
            "w1c=" + w1 + "|" + c0,
            "cn1=" + c0 + "|" + n1,
            "q1s=" + q1 + "|" + s0,
            "sr1=" + s0 + "|" + r1,
            "w1s=" + w1 + "|" + s0,
            "sn1=" + s0 + "|" + n1,
            "q1sc=" + q1 + "|" + s0 + c0,
            "w12s=" + w2 + "|" + w1 + "|" + s0,
            "w1n=" + w1 + "|" + s0 + "|" + n1,
            "ccc=" + c1 + "|" + c0 + "|" + d1,
            "sss=" + s1 + "|" + s0 + "|" + t1,
            "q21s=" + edge_cues[k - 2] + "|" + q1 + "|" + s0,
            "ts=" + told + s0,
            "tc=" + told + c0,
            "tq=" + told + q1,
        ]
        if claimed[i] or edge_claims[k - 1] or edge_claims[k + 1]:
            have_traits += [
                "k=" + claimed[i],
                "k1=" + edge_claims[k - 1],
                "kn=" + edge_claims[k + 1],
            ]
        if token.is_word:
            have_traits += [
                "e2=" + low[-2:],
                "e3=" + low[-3:],
                "h2=" + low[:2],
                "ce3=" + c0 + low[-3:],
                "len=" + str(min(len(low), 9)),
            ]
            if count[low] > 1:
                have_traits.append("again" + c0[:1])
            others = capital[low] - (token.cap and not token.first)
            if others > 0:
                have_traits += ["capital", "capital" + s0]
            if small[low] > 0 and token.cap:
                have_traits.append("small" + s0)
        sizes = size_of[k]
        if sizes:
            have_traits += [
                "z=" + sizes,
                "z1=" + sizes + "|" + w1,
                "zn=" + sizes + "|" + n1,
                "z1n=" + sizes + "|" + w1 + "|" + n1,
                "zs=" + sizes + "|" + edge_shapes[k - 1] + "|" + t1,
                "z12=" + sizes + "|" + w2 + "|" + w1,
                "zc=" + sizes + "|" + c1,
            ]
        if size_of[k - 1]:
            have_traits.append("a=" + size_of[k - 1] + "|" + words[i])
        if size_of[k + 1]:
            have_traits.append("y=" + size_of[k + 1] + "|" + words[i])
        if token.head:
            have_traits += ["head", "head" + s0]
            if text[token.end : token.end + 1] == ":":
                have_traits.append("head:" + c0)
        if doc.lower:
            have_traits.append("lower" + c0)
        before = text[token.start - 1] if token.start else "\n"
        after = text[token.end] if token.end < len(text) else "\n"
        if before not in " \n" or after not in " \n":
            have_traits.append("g=" + before + after)
        out.append(have_traits)
    return out
