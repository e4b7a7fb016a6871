"""What an author's own words for somebody are as a name: given name, prefix, surname."""

from __future__ import annotations

from . import cues
from .lexicon import Flag, fold, lexicon
from .mentions import PREFIXES, Mention, take_apart, without_genitive


def as_name(mention: Mention, words: str) -> tuple[str, str, str]:
    """Given name, prefix and surname in what stands in for a mention; '' for what is not there.

    'mevrouw Bakker' gives a surname, 'een buurvrouw' nothing at all.
    """
    parts = _without_titles(words)
    if not is_name(words):
        return "", "", ""
    if mention.genitive:
        parts[-1] = without_genitive(parts[-1]) or parts[-1]
    parts = [p if fold(p) in PREFIXES else p[:1].upper() + p[1:] for p in parts]
    written = " ".join(parts)
    taken = take_apart(written, 0, len(written))
    if taken.single and mention.surname and not mention.given:
        return "", "", taken.given
    return taken.given, taken.prefix.lower(), taken.surname


def is_name(words: str) -> bool:
    """They are a name and nothing else, but for a title or relation before it."""
    parts = _without_titles(words)
    return bool(parts) and all(map(_like_a_name, parts))


def _without_titles(words: str) -> list[str]:
    parts = words.split()
    while parts and fold(parts[0]).rstrip(".") in cues.TITLES | cues.RELATIONS:
        parts = parts[1:]
    return parts


def _like_a_name(word: str) -> bool:
    if fold(word) in PREFIXES:
        return True
    if not all(c.isalpha() or c in "'’-." for c in word):
        return False
    return word[:1].isupper() or bool(lexicon().flags(fold(word)) & (Flag.FIRST | Flag.LAST))
