"""What members wrote, as mails show it: HTML with whole addresses, and text that says the same."""

import re
from collections.abc import Sequence
from itertools import dropwhile

from cop.platform import markup
from cop.platform.mail.composing import absolute, wrapped
from cop.platform.mail.message import without_slots
from cop.platform.mail.reading.html_text import to_text

SHORTEST_CUT = 40  # characters; a cut leaves at least so many

_PATH = re.compile(r'href="(/[^"]*)"')
_FOLDED = re.compile(r"</?(?:details|summary)(?: [^>]*)?>")
_STYLES = {
    "blockquote": "margin:0 0 14px;padding:2px 0 2px 12px;border-left:3px solid #9aa39e",
    "p": "margin:0 0 14px",
    "ul": "margin:0 0 14px;padding-left:24px",
    "ol": "margin:0 0 14px;padding-left:24px",
    "pre": "margin:0 0 14px;white-space:pre-wrap;font-size:14px",
    "table": "margin:0 0 14px;border-collapse:collapse",
    "th": "padding:4px 10px 4px 0;text-align:left;border-bottom:1px solid #9aa39e",
    "td": "padding:4px 10px 4px 0;border-bottom:1px solid #9aa39e",
    **{f"h{n}": "margin:18px 0 8px;font-size:17px;line-height:1.3" for n in range(2, 6)},
}
_BRACKETS = re.compile(r"<(https?://[^\s<>]+)>")
_LAST = re.compile(r'(<p style=")[^"]*("(?:(?!<p[ >]).)*</blockquote>)', re.DOTALL)
_TAG = re.compile(rf"<({'|'.join(_STYLES)})(?=[ >])")


def as_html(made: str) -> str:
    """A post's stored HTML for a mail: what folds on a page stands open, links are whole."""
    # What a page folds away (an earlier mail that was quoted along) nobody wants to read again.
    made = re.sub(r"<details[^>]*>.*?</details>", "<p>[…]</p>", made, flags=re.DOTALL)
    made = _FOLDED.sub("", without_slots(made))
    made = _PATH.sub(lambda match: f'href="{absolute(match[1])}"', made)
    made = made.replace(' class="mention"', "")
    made = _TAG.sub(lambda match: f'<{match[1]} style="{_STYLES[match[1]]}"', made)
    return _LAST.sub(r"\1margin:0\2", made)  # the bar beside a quotation ends with its words


def as_text(made: str) -> str:
    """The same as plain text, lines of a length that every mail program shows."""
    return rewrapped(to_text(as_html(made)))


def rewrapped(text: str) -> str:
    """Long lines broken at words; a quotation's lines stay quoted."""
    lines = []
    for line in text.splitlines():
        mark = re.match(r"(?:>+ ?)?", line)
        before = mark[0] if mark else ""
        lines += [
            before + part for part in wrapped(line[len(before) :], 72 - len(before)).splitlines()
        ] or [before.rstrip()]
    return "\n".join(lines)


def opening(made: str, most: int) -> tuple[list[str], bool]:
    """The first paragraphs of a post as plain text, at most so many characters; whether it is cut.

    What it quotes at its beginning was told before: the new words come first. Cut at the end of a
    sentence where one is near, else at a word.
    """
    blocks = [b for b in re.split(r"\n\s*\n", to_text(as_html(made))) if b.strip()]
    blocks = list(dropwhile(lambda block: block.startswith((">", "[…]")), blocks)) or blocks
    taken: list[str] = []
    left = most
    for block in blocks:
        if len(block) <= left:
            taken.append(block)
            left -= len(block)
            continue
        if left >= SHORTEST_CUT:
            taken.append(_cut(block, left))
        elif taken:
            taken[-1] += " …"
        return taken, True
    return taken, False


def _cut(block: str, most: int) -> str:
    words = block[:most].rsplit(None, 1)[0]
    sentence = max(words.rfind(mark) for mark in (". ", "? ", "! "))
    if sentence > most // 2:
        return words[: sentence + 1] + " …"
    return words + " …"


def paragraphs(blocks: Sequence[str]) -> str:
    """Plain paragraphs as HTML, addresses as links."""
    return "".join(
        f'<p style="margin:0 0 12px">{"<br>".join(map(_linked, block.splitlines()))}</p>'
        for block in blocks
    )


def _linked(line: str) -> str:
    """A line of text, in which an address stands as it is or between angle brackets."""
    return markup.linked(_BRACKETS.sub(r"(\1)", line))


def size(count: int) -> str:
    """'12 kB' or '3.4 MB'."""
    return f"{max(1, round(count / 1000))} kB" if count < 1_000_000 else f"{count / 1e6:.1f} MB"


def clean(words: str) -> str:
    """A title or a name for a mail."""
    return without_slots(" ".join(words.split()))
