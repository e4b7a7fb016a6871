"""Numbers as Dutch words say them: 'vierendertig', 'achtste'."""

from __future__ import annotations

from .lexicon import fold

_ONES = (
    "nul één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien "
    "zestien zeventien achttien negentien"
).split()
TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_ORDINALS = {"een": "eerste", "eerste": "eerste", "derde": "derde", "achtste": "achtste"}


def number_word(n: int) -> str:
    """A number below a hundred in words."""
    if n < 20:
        return _ONES[n]
    tens = TENS[n // 10 - 2]
    if n % 10 == 0:
        return tens
    one = "een" if n % 10 == 1 else _ONES[n % 10]
    return f"{one}{'ën' if one.endswith('e') else 'en'}{tens}"


def ordinal_word(n: int) -> str:
    """'dertiende', 'twintigste'."""
    if n in (1, 3, 8):
        return {1: "eerste", 3: "derde", 8: "achtste"}[n]
    return number_word(n) + ("de" if n < 20 else "ste")


NUMBERS = {fold(number_word(n)): n for n in range(100)} | {
    "een": 1,
    "anderhalf": 1,
    "honderd": 100,
}
NUMBERS |= {w.replace("ën", "en"): n for w, n in list(NUMBERS.items())}
RANKS = {ordinal_word(n): n for n in range(1, 100)}
