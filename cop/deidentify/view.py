"""The text as rules see it, and the way back to the text as it was given.

Pasted Word and PDF text has soft hyphens, zero-width characters and odd blanks in the middle of
names. Rules must not care, so they see a cleaned text; each of its characters knows where it
came from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

# A soft hyphen, at the end of a line together with the line break; then characters of no width:
# joiners, marks of direction, variation selectors, byte order marks. And the hyphen with which PDF
# breaks a word over two lines: 'Wester-' and 'hoff', but not 'voor-' and 'en nadelen'.
_NOTHING = re.compile(
    "\u00ad(?:[ \t]*\r?\n[ \t]*)?|(?<=[a-zà-ÿ])- *\n *(?=[a-zà-ÿ])(?!(?:en|of)\\b)|"
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufe00-\ufe0f\ufeff\u034f\u061c\u180e]"
)
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\x0b\x0c\r\u2028\u2029]")
# No name, number or address is this long without a break; rules that look ahead would need
# quadratic time on it, so it is blanked for them. A long web address stays.
_ENDLESS = re.compile(
    r"(?<![^\s(<\[\"'])(?!https?:|www\.)[\w.@+/:'=&%~^*,;|-]{250,}|[\w.@+/:'=&%~^*,;|"
    r"-]{2000,}"
)
_SAME = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "‛": "'",
        "`": "'",
        "´": "'",
        "′": "'",
        "‑": "-",
        "‐": "-",
        "−": "-",
        "＠": "@",
    }
)


# Letters that PDF has in one sign ('ﬁ'), and accents that no letter has of its own.
_APART = re.compile("[\ufb00-\ufb06\u0132\u0133\u0300-\u036f]")
_ACCENT = re.compile("[\u0300-\u036f]")
_TORN = re.compile("[\ud800-\udfff]")  # half of a sign, which no library takes


@dataclass(frozen=True, slots=True)
class View:
    """A cleaned text; `back(start, end)` gives the place in the original."""

    text: str
    starts: list[int] | None  # None when nothing was removed or joined: places are the same
    ends: list[int] | None

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the original that a stretch of the cleaned text stands for."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def view(original: str) -> View:
    """Clean a text: no invisible characters, plain blanks and quotes, accents joined to letters,
    letters that were joined apart."""
    return _joined(_TORN.sub("\ufffd", _BLANK.sub(" ", original.translate(_SAME))))


def _joined(text: str) -> View:
    whole = not _NOTHING.search(text) and not _APART.search(text)
    if whole and unicodedata.is_normalized("NFC", text):
        return View(_short(text), None, None)
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    pos = 0
    while pos < len(text):
        gap = _NOTHING.match(text, pos)
        if gap:
            pos = gap.end()
            continue
        end = pos + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        form: Literal["NFC", "NFKC"] = "NFKC" if _APART.match(text, pos) else "NFC"
        for char in unicodedata.normalize(form, text[pos:end]):
            if _ACCENT.match(char):
                continue
            kept.append(char)
            starts.append(pos)
            ends.append(end)
        pos = end
    return View(_short("".join(kept)), starts, ends)


def _short(text: str) -> str:
    return _ENDLESS.sub(lambda match: " " * len(match[0]), text)
