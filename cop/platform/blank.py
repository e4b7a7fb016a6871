"""Text in which nothing can be seen counts as empty, wherever it is typed.

Spaces are not all there is: signs of no width, soft hyphens, marks that turn text around and
fillers are pasted along from elsewhere, and a post of those alone shows nothing.
"""

import unicodedata

# Separators, control and format signs, and marks without a letter to stand on.
_UNSEEN = {"Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Mn", "Me"}
# Letters and signs by their category, but drawn as nothing: Hangul fillers, the empty braille cell.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_blank(text: str | None) -> bool:
    """Whether a reader would see nothing."""
    return not any(c not in _FILLERS and unicodedata.category(c) not in _UNSEEN for c in text or "")


def trimmed(text: str) -> str:
    """The text without space around it; '' when there is nothing to see."""
    return "" if is_blank(text) else text.strip()


def one_line(text: str) -> str:
    """The words with single spaces between them; '' when there is nothing to see."""
    return "" if is_blank(text) else " ".join(text.split())
