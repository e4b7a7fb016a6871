"""Quotations that are marked in other ways than with '>': by who wrote them ('JD> '), or by a bar.

Old programs (Lotus Notes, The Bat!, Gnus) write them so. People do too, in tables and in what they
copied from a chat: so a line that says who is quoted must stand above, at least two such lines
must follow it, and where bars stand within lines they are a table's. The marks stay with the text.
"""

import re
from collections.abc import Sequence

from cop.platform.mail.reply_text import lead
from cop.platform.mail.reply_text.lines import Line

_INITIALS = re.compile(
    r" {0,2}(?P<mark>(?P<who>[A-Z][A-Za-z]{0,3})>(?: ?(?:[A-Z][A-Za-z]{0,3})?>)*) ?"
)
_BAR = re.compile(r" {0,2}(?P<mark>(?P<who>\|)(?: ?\|)*)(?: |$)(?!.*\|)")


def see(lines: list[Line]) -> list[Line]:
    """The same lines; those that are quoted in such a way say so."""
    for pattern in (_INITIALS,) if _a_table(lines) else (_INITIALS, _BAR):
        for at in range(len(lines) - 1):
            found = _match(pattern, lines[at])
            if found is None or not _is_of(pattern, lines[at + 1], found["who"]):
                continue
            if lead.lead_before(lines, at) == at:
                continue
            for line in lines[at:]:
                if _is_of(pattern, line, found["who"]):
                    _mark(pattern, line)
    return lines


def _match(pattern: re.Pattern[str], line: Line) -> re.Match[str] | None:
    return pattern.match(line.text) if not line.depth else None


def _is_of(pattern: re.Pattern[str], line: Line, who: str) -> bool:
    found = _match(pattern, line)
    return found is not None and found["who"] == who


def _a_table(lines: Sequence[Line]) -> bool:
    """There are lines with bars within them as well."""
    return any(
        line.text.lstrip().startswith("|") and not _BAR.match(line.text)
        for line in lines
        if not line.depth
    )


def _mark(pattern: re.Pattern[str], line: Line) -> None:
    found = _match(pattern, line)
    if found is not None:
        line.quote = found["mark"]
        line.depth = max(1, line.quote.count(">") + line.quote.count("|"))
        line.text = line.text[found.end() :]
