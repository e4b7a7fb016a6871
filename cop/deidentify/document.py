"""A text cut into words, with what rules want to know of each."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from .casing import WITH_CAPITALS, small
from .cues import FIELDS, PARTICLES
from .dialect import DOUBTFUL, SIGNS, is_dialect
from .lexicon import Flag, Lexicon, fold, lexicon

_TOKEN = re.compile(
    r"[^\W\d_]+(?:['-][^\W\d_]+)*"  # Jan, Pieter-Jan, foto's
    r"|\d+|[^\w\s]|_"
)
_JOINED = re.compile(r"(?:al|el|ad|as|an|ash|ben|bin|ait|abu|ou|d|'t)-[A-Z]")  # al-Rifai
_LETTERS = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"\d")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

# A full stop after one of these ends no sentence.
ABBREVIATIONS = frozenset(
    "dhr mw mevr mej mr dr drs ir ing prof ds zr br st fam pt nr tel geb m.n bijv bv ca evt incl "
    "excl jl mvr hr vd wed dd art blz obv tav ivm resp o.a d.d t.a.v jr sr tst adj sgt kol kpt "
    "jan feb mrt apr jun jul aug sep sept okt nov dec ma di wo do vr za zo resp max min afd".split()
)


@dataclass(slots=True)
class Token:
    """A word, number or sign. `low` is folded and has no genitive -'s."""

    start: int
    end: int
    text: str
    low: str
    flags: int
    is_word: bool  # letters
    cap: bool  # begins with a capital, and that says something here
    first: bool  # stands where a sentence begins, so that a capital says nothing
    plain: bool  # no case to go by: the line is all lower case or ALL CAPITALS
    line: int
    head: bool  # the first word of its line


@dataclass(slots=True)
class Document:
    """A cleaned text with its tokens; `taken` marks characters that a rule already claimed."""

    text: str
    small: str  # the text in small letters, as long as the text
    lex: Lexicon
    tokens: list[Token]
    figures: bool  # a figure stands in it
    lower: bool  # the text as a whole hardly uses capitals
    taken: bytearray
    dialect: bool = False  # written in one of the regional languages
    people: set[int] = field(default_factory=set)  # where names of people end
    showy: bool | None = None  # ordinary words carry capitals; None until somebody asks
    _starts: list[int] = field(default_factory=list)

    def seen_by(self, pattern: re.Pattern[str]) -> str:
        """The text that a pattern of `casing.uncased` is asked of."""
        return self.text if pattern.flags & WITH_CAPITALS else self.small

    def free(self, start: int, end: int) -> bool:
        """Whether no rule claimed any of these characters yet."""
        return self.taken.find(1, start, end) < 0

    def claim(self, start: int, end: int) -> None:
        """Mark characters as claimed."""
        self.taken[start:end] = b"\x01" * (end - start)

    def at(self, position: int) -> int:
        """The index of the first token that starts at or after a character."""
        return bisect_left(self._starts, position)

    def low(self, index: int) -> str:
        """The folded word at an index, '' outside the text."""
        return self.tokens[index].low if 0 <= index < len(self.tokens) else ""

    def touching(self, left: int, right: int) -> bool:
        """Whether only blanks (no line break) stand between two neighbouring tokens."""
        if left < 0 or right >= len(self.tokens):
            return False
        gap = self.text[self.tokens[left].end : self.tokens[right].start]
        # Three blanks or more are the gap between two columns.
        return "\n" not in gap and len(gap) < 3 and not gap.strip()

    def known_word(self, low: str) -> bool:
        """Whether a folded word is ordinary language."""
        return self.lex.is_word(low)


def _plain_lines(text: str) -> tuple[list[bool], bool]:
    """For each line whether its case says nothing, and whether that holds for most of the text."""
    plain: list[bool] = []
    small = large = 0
    for line in text.split("\n"):
        # What stands before a colon in a chat is a name with a capital whatever follows it.
        body = re.sub(r"^.{0,40}?:\s", "", line)
        words = list(re.findall(r"[^\W\d_]{2,}", body))
        capitals = sum(w[0].isupper() for w in words)
        shouted = sum(w.isupper() for w in words)
        begins = _LETTERS.search(body)
        starts_low = bool(begins and begins[0].islower())
        is_small = starts_low and (
            capitals == 0 or (len(words) > 12 and capitals <= len(words) / 25)
        )
        plain.append(bool(words) and (is_small or (len(words) > 2 and shouted > 0.7 * len(words))))
        if is_small:
            small += len(words)
        else:
            large += len(words)
    return plain, small > 2 * large


# What medicines end in, when a word is on no list.
_MEDICINE = re.compile(
    r".{3,}(?:azepam|azolam|idine|olol|prazol|statine|cilline|mycine|oxetine|apine|peridon|"
    r"barbital|codon|morfine|morfon|triptyline|azine|sartan|dipine|pril|naltrexon|norfine|"
    r"semide|thiazide|gabaline|pentine|valproaat|zepine|fenac|profen|triptan|setron)"
)
_LOOSE = Flag.WORD | Flag.FIRST | Flag.LAST | Flag.PLACE | Flag.ENGLISH


def _flags(low: str, lex: Lexicon) -> int:
    """What is known of a word; of 'hendrik-jan' and 'jansen-visser' what holds for the parts."""
    flags = lex.flags(low)
    if flags & ~Flag.PROPER:
        return flags
    if not flags and _MEDICINE.fullmatch(low):
        return Flag.SAFE
    if "-" not in low:
        # 'Duvelglas': a brand or method with an ordinary word behind it.
        for cut in range(5, len(low) - 3):
            head = lex.flags(low[:cut])
            if head & Flag.SAFE and not head & (_LOOSE) and lex.flags(low[cut:]) & Flag.WORD:
                return flags | Flag.SAFE
        return flags
    if lex.flags(low.split("-", 1)[0]) & Flag.SAFE and "-" in low[3:]:
        # 'Balint-achtig', 'Antabus-gebruik', but 'Brand-Visser' is a surname.
        rest = low.split("-", 1)[1]
        if not lex.flags(rest) & (Flag.FIRST | Flag.LAST | Flag.PLACE | Flag.ORG):
            return flags | Flag.SAFE
    parts = [lex.flags(part) for part in low.split("-") if part and part not in PARTICLES]
    if len(parts) > 1 and all(
        f & (Flag.FIRST | Flag.NAMEWINS) and not f & Flag.NOTNAME for f in parts
    ):
        return flags | Flag.FIRST
    if parts and all(f & Flag.LAST for f in parts):
        return flags | Flag.LAST
    return flags


def read(text: str) -> Document:
    """Cut a cleaned text into tokens."""
    lex = lexicon()
    plain, lower = _plain_lines(text)
    in_small = small(text)
    dialect = is_dialect(set(_WORDS.findall(in_small)))
    tokens: list[Token] = []
    line = 0
    pos = 0
    begin = True  # the next word begins a sentence
    head = True  # no word of this line was seen yet
    for match in _TOKEN.finditer(text):
        start, end, raw = match.start(), match.end(), match[0]
        breaks = text.count("\n", pos, start)
        if breaks:
            line += breaks
            begin = head = True
        word = raw[0].isalpha()
        if word and raw[-2:].lower() == "'s" and len(raw) > (2 if raw[0].isupper() else 3):
            end -= 2  # "Fatima's", "T's"
            raw = raw[:-2]
        low = fold(raw) if word else raw
        cap = word and bool(raw[0].isupper() or _JOINED.match(raw)) and not plain[line]
        flags = _flags(low, lex) if word else 0
        if dialect and word and (low in DOUBTFUL or low in SIGNS) and (begin or not cap):
            flags = Flag.WORD | Flag.COMMON | Flag.SAFE
        tokens.append(
            Token(
                start,
                end,
                raw,
                low,
                flags,
                word,
                cap,
                begin,
                plain[line],
                line,
                head,
            )
        )
        if word or raw.isdigit():
            head = False
        pos = end
        if word or raw.isdigit():
            begin = False
        elif raw in ".!?:…":
            last = tokens[-2] if len(tokens) > 1 else None
            short = (
                raw == "."
                and last is not None
                and last.end == start
                and (last.low in ABBREVIATIONS or (len(last.low) == 1 and last.is_word))
            )
            # What a form has after 'Naam:' begins no sentence, so that a capital speaks.
            begin = not short and not (raw == ":" and last is not None and last.low in FIELDS)
        elif raw in "\"'“”„«»([*#>•–-" and not begin:
            # An opening quote lets a capital stand where no name is: he said 'Toen was ...'.
            opens = raw in "\"'“„«" and (start == 0 or text[start - 1].isspace())
            begin = opens
    return Document(
        text,
        in_small,
        lex,
        tokens,
        bool(_FIGURE.search(text)),
        lower,
        bytearray(len(text)),
        dialect,
        set(),
        None,
        [t.start for t in tokens],
    )
