"""Lines that a mail program broke at some width are one line again; lines that a person ended stay.

A program breaks a line where the next word does not fit any more. So a break is taken away where
the line and the first word of the next are longer together than the widest line of the text. A
poem, an address, a signature, a list and code have breaks where the next word would have fitted:
those stay.
"""

import re
from itertools import pairwise

WIDEST = 82  # characters; a longer line was not broken by a mail program
NARROWEST = 60  # of a program's width; a text that is narrower was broken by its writer
LONGEST_WORD = 30  # a longer one, such as an address, says nothing about the width
SHORT = 30  # characters; such a line after the end of a sentence is often a name

_ITEM = re.compile(r"[ \t]*(?:[-*+•–o]|\(?\w{1,3}[.)])[ \t]+(?=\S)")
_LAID_OUT = re.compile(r"\S(?: {3,}|\t)[ \t]*\S")  # columns
_CODE = re.compile(r"[;{}]\s*$|^\s*(?:#|//|/\*|\$ |>>> )")
_FIELD = re.compile(r"[\w-]{1,20}:[ \t]")  # 'Onderwerp: …'
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)]*$")


def width(lines: list[str]) -> int:
    """The width at which the lines were broken; 0 when nothing shows that they were."""
    fitting = [
        len(line.rstrip()) for line in lines if len(line.rstrip()) <= WIDEST and " " in line.strip()
    ]
    widest = max(fitting, default=0)
    alike = sum(1 for each in fitting if each > widest - 12)
    return widest if widest >= NARROWEST and alike > 1 else 0


def unwrapped(lines: list[str], wide: int) -> list[str]:
    """The lines of one paragraph, those that a program broke joined; `wide` as `width` says."""
    if not wide or not lines:
        return lines
    out = [lines[0].rstrip()]
    in_item = bool(_ITEM.match(lines[0]))
    for above, line in pairwise(lines):
        if _is_broken(above.rstrip(), line.rstrip(), wide, in_item):
            out[-1] = f"{out[-1]} {line.strip()}"
            continue
        out.append(line.rstrip())
        in_item = bool(_ITEM.match(line))
    return out


def _is_broken(above: str, line: str, wide: int, in_item: bool) -> bool:
    """Whether a program and not a person ended the line above."""
    words = line.split()
    if not words or len(above.split()) < 2 or len(above) > WIDEST:
        return False
    if len(words[0]) > LONGEST_WORD or len(above) + 1 + len(words[0]) <= wide:
        return False
    if (line[0].isspace() and not in_item) or _ITEM.match(line) or _FIELD.match(line):
        return False
    if any(_LAID_OUT.search(each) or _CODE.search(each) for each in (above, line)):
        return False
    ends = _SENTENCE_END.search(above) and len(line) < SHORT and words[0][:1].isupper()
    return not ends
