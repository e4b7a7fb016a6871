"""A cheap hint at the language of a text."""

from __future__ import annotations

import re

_DUTCH = frozenset(
    (
        "de het een en van ik je dat die in te is op niet met voor zijn er aan was maar "
        "om hij ze wat ook als bij of dan naar heb heeft nog uit"
    ).split()
)
_ENGLISH = frozenset(
    (
        "the a and of to in is that it for was on with as his he be at by i this had not "
        "are but from they we she you my have"
    ).split()
)
_LATIN = "\u024f"
_WORD = re.compile(r"[^\W\d_]+")


def language(text: str) -> str:
    """'nl', 'en', or 'other' when a text of some length is neither; '' when it has too few words.

    The finder knows Dutch and English; in other languages it still finds numbers and contact data.
    """
    words = [w.lower() for w in _WORD.findall(text[:5000])]
    if len(words) < 6:
        return ""
    if 2 * sum(w[0] > _LATIN for w in words) > len(words):
        return "other"  # in another script, whatever address stands in it
    dutch = sum(w in _DUTCH for w in words) / len(words)
    english = sum(w in _ENGLISH for w in words) / len(words)
    if max(dutch, english) < 0.09:
        return "other"
    return "nl" if dutch >= english else "en"
