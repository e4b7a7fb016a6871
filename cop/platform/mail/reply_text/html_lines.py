"""The lines of an HTML mail, with what its structure says about quotations.

Mail programs put their own elements around what they quote. Those that hold the earlier mail to
the end, such as Outlook's, mark the rest; those around the line that says who is quoted mark that
line; a blockquote makes its lines deeper, unless it only indents.
"""

import re

from cop.platform.mail.reading.html_text import DEEPEST_QUOTE, Walker, walked
from cop.platform.mail.reply_text.lines import Line, Mark

MOST_OPEN = 400  # elements that are remembered as open; a mail has some tens
_ATTRIBUTE = re.compile(
    r"""\b(id|class|name|type|style|data-marker)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""",
    re.IGNORECASE,
)
# Beginning of an earlier mail that goes on to the end, by id, class or name.
_REST = re.compile(
    r"(?:x_)*(?:appendonsend|divrplyfwdmsg|olk_src_body_section|zwchr)"
    r"|zmail_extra|originalmessage|oriMsgHtmlSeperator",
    re.IGNORECASE,
)
# Elements around an earlier mail; some programs leave them in a letter that quotes nothing.
_HOLDS = re.compile(
    r"(?:x_)*(?:mail-editor-reference-message-container|messagereplysection|yahoo_quoted\w*"
    r"|ydp\w*yahoo_quoted\w*)",
    re.IGNORECASE,
)
# The line (or lines) that say who is quoted.
_LEAD = re.compile(
    r"gmail_attr|moz-cite-prefix|reply-intro|hcsb_attr|zmail_extra_hr|tutanota_quote_header"
    r"|protonmail_quote_header|quote-?header",
    re.IGNORECASE,
)
# Quotations that are no blockquote.
_QUOTE = re.compile(r"quote|quoted-?(?:text|content)|replied-?message", re.IGNORECASE)
_INDENT = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)
_BAR = re.compile(r"border-left(?:-width)?\s*:\s*(?!none|0)", re.IGNORECASE)
_NO_MARGIN = re.compile(r"\bmargin(?:-top|-bottom)?\s*:\s*0", re.IGNORECASE)
_VOID = {"br", "hr", "img", "input", "meta", "link", "wbr", "area", "base", "col", "source"}


def of_html(source: str) -> list[Line]:
    """The lines of an HTML mail."""
    walker = _QuoteWalker()
    walked(source, walker)
    return walker.lines()


class _QuoteWalker(Walker):
    """Remembers which elements are open, and what each says about the lines in it."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, str]] = []  # tag and what ends with it: '', 'lead', 'quote'
        self._lead = 0
        self._rest = False
        self._held = -1  # lines before an element that holds an earlier mail
        self._marks: list[Mark] = []  # of each line
        self._tight: list[int | None] = []  # open paragraphs without margin: lines before them

    def start(self, tag: str, attributes: str) -> None:
        found = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(attributes)}
        effect = self._effect(tag, found)
        if effect:
            self._break()
        if tag == "p":
            tight = "mso" in found.get("class", "").lower() or _NO_MARGIN.search(
                found.get("style", "")
            )
            self._tight.append(len(self._lines) if tight else None)
        if tag == "blockquote":
            self._break(blank=True)
        elif tag == "p" and self._tight[-1] is not None:
            self._break()
        else:
            super().start(tag, attributes)
        if effect == "rest":
            self._rest = True
        elif effect == "holds" and not self._rest:
            self._rest, self._held = True, len(self._lines)
        elif effect == "lead":
            self._lead += 1
        elif effect == "quote":
            self._quoted += 1
        if tag not in _VOID and len(self._open) < MOST_OPEN:
            self._open.append((tag, effect))

    def end(self, tag: str) -> None:
        for n in range(len(self._open) - 1, max(-1, len(self._open) - 60), -1):
            if self._open[n][0] == tag:
                closed = self._open[n:]
                del self._open[n:]
                break
        else:
            closed = []
        effects = [effect for _, effect in closed if effect]
        if effects:
            self._break()
        tight = self._tight.pop() if tag == "p" and self._tight else None
        if tag == "blockquote":
            self._break(blank=True)
        elif tight is not None:
            self._break()
            if len(self._lines) == tight:  # an empty paragraph is how Outlook leaves a line open
                self._add("")
        else:
            super().end(tag)
        for effect in effects:
            if effect == "lead":
                self._lead -= 1
            elif effect == "quote":
                self._quoted = max(0, self._quoted - 1)
            elif effect == "holds" and self._held == len(self._lines):
                self._rest = False  # it held nothing

    def _effect(self, tag: str, found: dict[str, str]) -> str:
        names = [found.get("id", ""), found.get("name", ""), found.get("data-marker", "")]
        names += found.get("class", "").split()
        if any(_REST.fullmatch(name) for name in names if name):
            return "rest"
        if any(_HOLDS.fullmatch(name) for name in names if name):
            return "holds"
        if any(_LEAD.fullmatch(name) for name in names if name):
            return "lead"
        style = found.get("style", "")
        if tag == "blockquote":
            said = found.get("type", "").lower() == "cite" or any(
                "quote" in name.lower() for name in names
            )
            indents = _INDENT.search(style) and not _BAR.search(style)
            deeper = self._quoted < DEEPEST_QUOTE and (said or not indents)
            return "quote" if deeper else ""
        if tag == "div" and _BAR.search(style) and any(_QUOTE.fullmatch(n) for n in names if n):
            return "quote"
        return ""

    def _add(self, text: str) -> None:
        self._lines.append((self._quoted, text))

    def _break(self, force: bool = False, blank: bool = False) -> None:
        before = len(self._lines)
        line = "".join(self._line)
        # An element with nothing but a hard space is how editors leave a line open.
        super()._break(force or ("\xa0" in line and not line.strip()), blank)
        mark = Mark.REST if self._rest else Mark.LEAD if self._lead else Mark.NONE
        self._marks += [Mark.NONE] * (before - len(self._marks))
        self._marks += [mark] * (len(self._lines) - len(self._marks))

    def lines(self) -> list[Line]:
        """In order, with at most one empty line between two."""
        self._break()
        out: list[Line] = []
        for (depth, text), mark in zip(self._lines, self._marks, strict=True):
            line = Line(text.rstrip(), depth, mark)
            if line.blank and mark != Mark.REST and (not out or out[-1].blank):
                if out:
                    out[-1].depth = min(out[-1].depth, depth)
                continue
            out.append(line)
        while out and out[-1].blank:
            out.pop()
        return out
