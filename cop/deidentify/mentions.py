"""Mentions of people taken apart: initials, given name, prefix, surname, suffix."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .lexicon import Flag, fold, lexicon
from .spelled import closed

PREFIXES = frozenset(
    "van de der den ten ter te het 't el al v.d. vd v/d v. v von zu du la le bin ben bint abu in "
    "op aan dos da di del della ould st. sint d'".split()
)
_INITIALS = re.compile(r"(?:[^\W\d_](?:h|hr)?\.-?)+|[^\W\d_]", re.IGNORECASE)
_INITIALS_LAST = re.compile(r"(?:[^\W\d_]\.){2,}")
_SUFFIX = re.compile(r"(?:sr|jr|senior|junior)\.?", re.IGNORECASE)
_SURNAME_TITLE = re.compile(
    r"\b(?:mevrouw|mevr\.?|mw\.?|mvr\.?|dhr\.?|heer|meneer|mnr\.?|familie|fam\.?|gezin|dr\.?|drs\.?|"
    r"prof\.?|mr\.?|ds\.?|dokter|dominee|rechter|echtpaar|broeders|gebroeders|zusters)[ (]$",
    re.IGNORECASE,
)


@dataclass
class Mention:
    """A place where somebody is named, taken apart."""

    start: int
    piece: str
    given: str = ""
    surname: str = ""
    prefix: str = ""
    initials: str = ""
    last_initial: str = ""
    suffix: str = ""
    genitive: bool = False
    single: bool = False
    titled: bool = False
    also: bool = False
    turned: bool = False  # the surname goes first
    comma: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.piece)


def key_of(name: str) -> str:
    """The form in which two spellings of one name are the same."""
    bare = unicodedata.normalize("NFD", fold(name).replace("ł", "l").replace("ı", "i"))
    return "".join(c for c in bare if c.isalnum() or c == "-")


def take_apart(text: str, start: int, end: int) -> Mention:
    """A mention with its parts: initials, given name, prefix, surname, suffix."""
    mention = Mention(start, text[start:end])
    words = closed(text[start:end]).split()
    if len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        mention.suffix = words.pop()
    mention.titled = bool(_SURNAME_TITLE.search(text[max(0, start - 14) : start]))
    prefix_at = [i for i, w in enumerate(words) if fold(w) in PREFIXES]
    cut = prefix_at[0] if prefix_at and prefix_at[-1] < len(words) - 1 else None
    if len(words) == 1 and not _INITIALS.fullmatch(words[0]):
        mention.given, mention.single = words[0], True
        return mention
    back: list[str]
    if len(words) > 1 and (
        _INITIALS_LAST.fullmatch(words[-1])
        or (words[-2].endswith(",") and _INITIALS.fullmatch(words[-1]))
    ):
        # 'Jansen, J.' and 'Jansen N.D.': the surname goes before the initials.
        mention.initials, mention.turned = words[-1], True
        first = next((i for i, w in enumerate(words) if fold(w) not in PREFIXES), 0)
        mention.prefix = " ".join(words[:first])
        mention.surname = " ".join(words[first:-1]).rstrip(",")
        mention.comma = words[-2].endswith(",")
        return mention
    if cut is None:
        if len(words) > 1 and _both_given(words):
            front, back = words, []
        else:
            front, back = (words[:-1], words[-1:]) if len(words) > 1 else (words, [])
    else:
        while cut < len(words) - 1 and fold(words[cut]) in PREFIXES:
            cut += 1
        first = prefix_at[0]
        mention.prefix = " ".join(words[first:cut])
        front, back = words[:first], words[cut:]
    if front and all(_INITIALS.fullmatch(w) for w in front):
        mention.initials = " ".join(front)
    elif front:
        mention.given = next(w for w in front if not _INITIALS.fullmatch(w))
    if len(back) == 1 and _INITIALS.fullmatch(back[0]):
        mention.last_initial = back[0]
    else:
        mention.surname = " ".join(back)
    return mention


def _both_given(words: list[str]) -> bool:
    flags = [lexicon().flags(fold(w)) for w in words]
    return all(f & Flag.FIRST and not f & Flag.LAST for f in flags)


def without_genitive(name: str) -> str:
    """The name of which this may be the genitive; '' when it has no such form."""
    match = re.fullmatch(r"(.{2,}?)(?:['’]s|s['’]?)", name)
    if match is None:
        return ""
    return name[:-1] if name[-1] in "'’" else match[1]


def surname_parts(surname: str) -> list[str]:
    """A surname whole, and each half of a double one."""
    if not surname:
        return []
    halves = [p for p in re.split(r"-(?:(?:van|de|der|den|ter|ten) )*", surname) if len(p) > 2]
    return [surname, *(halves if len(halves) > 1 else [])]


def letters(initials: str) -> Iterator[str]:
    for match in re.finditer(r"[^\W\d_]+", initials):
        yield match[0][0]
