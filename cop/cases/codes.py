"""The code with which somebody withdraws their consent: easy to read out and to type.

Twenty signs of Crockford's base 32 (no I, L, O, U) in groups of four: 100 random bits, which
nobody guesses, and which are the same however they are typed.
"""

import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 20
_SAME = str.maketrans("ILOU", "110V")


def new_code() -> str:
    """As it is shown: '7K2D-…'."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[at : at + 4] for at in range(0, LENGTH, 4))


def plain_code(typed: str) -> str:
    """As it is compared: without dashes, blanks and case, and with look-alikes made one."""
    kept = "".join(c for c in typed.upper() if c.isascii() and c.isalnum())
    return kept.translate(_SAME)
