"""How hard a text is for the Markdown library.

Some texts of a few thousand signs keep it busy for minutes, or nest deeper than it can go. Nobody
writes so by hand: such a text is shown as it was typed.
"""

import re

MOST_SIGNS = 6_000  # of markup, in a whole text
MOST_DEPTH = 12  # quotations and lists in each other
MOST_OPEN = 25  # brackets in a paragraph that wait for their other half
LONGEST_TICKS = 12

_SIGNS = re.compile(r"[*_`\\\[\]|<>!&~]")
_LEADING = re.compile(r"(?:[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}\.(?=[ \t])))+")
_MARKER = re.compile(r">|[-*+]|\d+\.")
_BRACKET = re.compile(r"\]\(|[\[\])]")
_TICKS = re.compile(rf"`{{{LONGEST_TICKS + 1},}}")


def is_too_hard(source: str) -> bool:
    """Whether rendering it would cost far more than any text that a person writes."""
    if sum(1 for _sign in _SIGNS.finditer(source)) > MOST_SIGNS or _TICKS.search(source):
        return True
    if any(_depth(line) > MOST_DEPTH for line in source.splitlines()):
        return True
    return any(_most_open(block) > MOST_OPEN for block in re.split(r"\n[ \t]*\n", source))


def _depth(line: str) -> int:
    """How many marks of quotations and lists a line begins with; four spaces count as one."""
    leading = _LEADING.match(line)
    marks = len(_MARKER.findall(leading[0])) if leading else 0
    return marks + (len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())) // 4


def _most_open(block: str) -> int:
    """How many brackets wait at most for their other half: each makes the library look ahead."""
    squares = rounds = most = 0
    for match in _BRACKET.finditer(block):
        match match[0]:
            case "[":
                squares += 1
            case "](":
                squares, rounds = max(0, squares - 1), rounds + 1
            case "]":
                squares = max(0, squares - 1)
            case _:
                rounds = max(0, rounds - 1)
        most = max(most, squares + rounds)
    return most
