"""Lists as people type them: right under the sentence that announces them.

Markdown asks for a blank line before a list. Nobody does that by hand, so it is put in, but only
where the lines are a list without doubt: two or more marks on lines that follow each other, or
marks under a line that ends with a colon. A dash in a sentence that runs on, a line that begins
with a year or a name under a letter stays what it is.
"""

import re

from markdown.preprocessors import Preprocessor

LONGEST_ITEM = 20  # lines, in the search for the second mark

_QUOTE = re.compile(r" {0,3}(?:> ?)+")
_ITEM = re.compile(r" {0,3}(?:(?P<sign>[-*+])|(?P<number>\d{1,9})\.)[ \t]+(?=\S)")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_DEEP = re.compile(r"(?: {4}|\t)")
_FAREWELL = re.compile(r"(?:\w+[ \t]+){0,3}\w+,")  # 'Met vriendelijke groet,'


class ListsUnderSentences(Preprocessor):
    """Puts the blank line between a sentence and the list below it."""

    def run(self, lines: list[str]) -> list[str]:
        out: list[str] = []
        begins = 0  # in `out`: where the block of lines that we are in began
        for at, line in enumerate(lines):
            mark = _mark(line)
            if out and (not _words(out[-1]) or _mark(out[-1]) != mark):
                begins = len(out)
            if begins < len(out) and _may_hold_list(out[begins]) and _is_list(lines, at):
                out.append(mark)
                begins = len(out)
            out.append(line)
        return out


def _mark(line: str) -> str:
    """The signs of quotation that a line begins with, without spaces at the end."""
    found = _QUOTE.match(line)
    return found[0].replace(" ", "") if found else ""


def _words(line: str) -> str:
    """The line without signs of quotation."""
    found = _QUOTE.match(line)
    return (line[found.end() :] if found else line).rstrip()


def _may_hold_list(first: str) -> bool:
    """Whether a block with this first line is ordinary text: no list already, nor code."""
    words = _words(first)
    return not (_ITEM.match(words) or _DEEP.match(words))


def _is_list(lines: list[str], at: int) -> bool:
    """Whether a list begins at this line, which stands right under another one."""
    kind = _kind(lines[at])
    if kind not in ("-", "*", "+", "1."):
        return False  # a list with numbers begins at 1: '2024. Dat jaar' is a sentence
    above = _words(lines[at - 1])
    if above.endswith(":"):
        return True
    if _FAREWELL.fullmatch(above.strip()):
        return False
    wanted = "2." if kind == "1." else kind
    mark = _mark(lines[at])
    for line in lines[at + 1 : at + 1 + LONGEST_ITEM]:
        if _mark(line) != mark or not _words(line):
            return False
        if _kind(line) == wanted:
            return True
        if not _words(line).startswith("  "):
            return False
    return False


def _kind(line: str) -> str:
    """The mark that a line has as part of a list: '-', '1.'; '' when it is none."""
    words = _words(line)
    found = None if _RULE.fullmatch(words) else _ITEM.match(words)
    if found is None:
        return ""
    return found["sign"] or f"{int(found['number'])}."
