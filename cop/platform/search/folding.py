"""Words as search sees them: lower case, without accents, one spelling of apostrophes."""

import re
import unicodedata

_SAME = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "‑": "-", "–": "-", "ß": "ss", "ø": "o", "æ": "ae"}
)
# Letters and digits; inside a word an apostrophe, a hyphen or an ampersand ('e-health', "auto's").
WORD = re.compile(r"[^\W_]+(?:['’\-&][^\W_]+)*")


def fold(text: str) -> str:
    """Lower case, without accents; the ligature ij as two letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(_SAME).lower())
    return "".join(c for c in plain if not unicodedata.combining(c))
