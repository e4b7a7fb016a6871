"""Numbers that people send: read when they are some that a row can have, and never a fault."""

import re
from pathlib import Path

from cop.platform.numbers import LARGEST_ID, whole_number

COP = Path(__file__).resolve().parent.parent.parent / "cop"
# What reads texts of people and mails, where a figure of any script is one.
READERS = ("deidentify", "platform/mail/reply_text")


def test_only_figures_that_a_row_can_have_are_a_number():
    for said, number in {
        "0": 0,
        "7": 7,
        "007": 7,
        str(LARGEST_ID): LARGEST_ID,
        str(LARGEST_ID + 1): None,
        "9" * 5000: None,
        "": None,
        "²": None,
        "٣": None,
        "-1": None,
        "+1": None,
        " 1": None,
        "1_0": None,
        "1.0": None,
        None: None,
    }.items():
        assert whole_number(said) == number, said
    assert whole_number("9000000000", 2**40) == 9_000_000_000


def test_no_figures_are_taken_that_cannot_be_read():
    """`'²'.isdigit()` holds, and `int('²')` raises: who asks the one asks for ASCII as well."""
    wrong = [
        f"{path.relative_to(COP)}: {line.strip()}"
        for path in COP.rglob("*.py")
        if not str(path.relative_to(COP)).startswith(READERS)
        for line in path.read_text().splitlines()
        if re.search(r"\.(isdigit|isdecimal|isnumeric)\(\)", line) and "isascii" not in line
    ]
    assert wrong == []
