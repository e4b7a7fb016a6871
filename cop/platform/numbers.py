"""Whole numbers that people and their programs send: in forms, addresses and keys."""

LARGEST_ID = 2**31 - 1  # what a row can have as its number
FARTHEST = 2**33  # seconds since 1970: a moment that every machine can tell
_LONGEST = 18  # figures; more than any of ours


def whole_number(text: str | None, most: int = LARGEST_ID) -> int | None:
    """The number that a text says in figures and nothing else, from 0; None when it says none.

    `str.isdigit` alone also holds for figures that `int` cannot read ('²'), and `int` alone also
    reads signs, spaces and the figures of other scripts.
    """
    if text is None or len(text) > _LONGEST or not text.isascii() or not text.isdigit():
        return None
    found = int(text)
    return found if found <= most else None
