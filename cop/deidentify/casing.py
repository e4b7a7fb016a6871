"""Patterns for which a capital is no different from a small letter.

Told to ignore case, the engine of `re` takes three times as long over a list of words as on a text
that is in small letters already. So such a pattern is written in small letters and asked of that
text; only one that looks at capitals somewhere is asked of the text as it is.
"""

from __future__ import annotations

import re

WITH_CAPITALS = re.IGNORECASE.value  # the flag of a pattern that looks at capitals somewhere
_NO_LETTER = re.compile(r"\\.|\(\?P[<=]")  # '\W', '(?P<name>': a capital, and no letter of the text


def small(text: str) -> str:
    """A text in small letters, of which every sign stands where it stood."""
    return text.replace("İ", "i").lower()  # the only letter of which the small one is two signs


def uncased(pattern: str) -> re.Pattern[str]:
    """A pattern for `Document.seen_by`: in small letters, but for its parts '(?-i:…)'.

    Raises ValueError for one that has a capital and no such part: it would find nothing.
    """
    if "(?-i:" in pattern:
        return re.compile(pattern, WITH_CAPITALS)
    letters = _NO_LETTER.sub("", pattern)
    if letters != letters.lower():
        raise ValueError(pattern)
    return re.compile(pattern)
