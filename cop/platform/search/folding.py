"""Words as search sees them: lower case, without accents, one spelling of apostrophes."""

import re
import unicodedata

_SAME = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "‑": "-", "–": "-", "ß": "ss", "ø": "o", "æ": "ae"}
)
# Letters and digits; inside a word an apostrophe, a hyphen or an ampersand ('e-health', "auto's").
# The vowels of Tai Lue are marks to SQLite and letters to Python: a term with one would be none.
LETTER = r"[^\W_\u19b0-\u19c9]"
WORD = re.compile(rf"{LETTER}+(?:['’\-&]{LETTER}+)*")


def fold(text: str) -> str:
    """Lower case, without accents; the ligature ij as two letters."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.translate(_SAME).lower())
    return "".join(c for c in plain if not unicodedata.combining(c))
