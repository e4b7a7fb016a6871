"""HTML of a mail to plain text, for mails that bring nothing else.

The output is text, escaped like every plain mail before a page shows it, so nothing here needs to
be safe HTML; it needs to be quick on any input. Reading it as a browser would (html5lib, ammonia)
takes minutes for elements nested on purpose; one pass over the tags does not. Quotations become
lines with '>', so that they fold away like those of a plain mail.
"""

import html
import re
from collections.abc import Iterator

LONGEST = 3_000_000  # characters of HTML that are looked at

_BREAKING = {
    "p",
    "div",
    "blockquote",
    "ul",
    "ol",
    "pre",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
}
_LINES = {"li", "tr", "dt", "dd"}
_DROPPED = {"script", "style", "title", "head", "object", "noscript", "svg"}
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9:]{0,20})")
# Quoted values may hold '>'. Bounded and possessive: what does not match costs little.
_ATTRIBUTES = re.compile(r"""(?:[^"'>]{1,500}+|"[^"]{0,500}+"|'[^']{0,500}+'){0,100}+>""")
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


_WEB = re.compile(r"https?://[^\s<>]+\Z", re.IGNORECASE)
DEEPEST_QUOTE = 20


def to_text(source: str) -> str:
    """Plain text of an HTML mail: paragraphs, lists, links with their address, quotations."""
    return walked(source, Walker()).text()


def walked(source: str, walker: "Walker") -> "Walker":
    """The walker after it saw every tag and every word."""
    for closing, name, inside in _tokens(source[:LONGEST]):
        if not name:
            walker.words(html.unescape(inside))
        elif closing:
            walker.end(name)
        else:
            walker.start(name, inside)
    return walker


def _tokens(source: str) -> Iterator[tuple[bool, str, str]]:
    """(closing, tag, its attributes), or (False, '', words); one pass, nothing read twice."""
    lower = source.lower()
    at, endless = 0, set()
    while at < len(source):
        start = source.find("<", at)
        if start < 0:
            yield False, "", source[at:]
            return
        if start > at:
            yield False, "", source[at:start]
        if source.startswith("<!--", start):
            end = source.find("-->", start) if "-->" not in endless else -1
            if end < 0:
                endless.add("-->")
            at = end + 3 if end >= 0 else start + 4
            continue
        tag = _TAG.match(source, start + 1)
        if tag is None and source[start + 1 : start + 2] not in ("!", "?", "/"):
            yield False, "", "<"
            at = start + 1
            continue
        whole = _ATTRIBUTES.match(source, tag.end()) if tag else None
        end = whole.end() - 1 if whole else source.find(">", start)
        if end < 0:
            return
        at = end + 1
        if tag is None:
            continue
        name = tag[2].lower()
        if name in _DROPPED and not tag[1]:
            close = f"</{name}"
            end = lower.find(close, at) if close not in endless else -1
            if end >= 0:
                at = end
            else:
                endless.add(close)
            continue
        yield bool(tag[1]), name, source[tag.end() : at - 1]


class Walker:
    """Collects lines; each remembers how deep it is quoted."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._line: list[str] = []
        self._quoted = 0
        self._preformatted = 0
        self._counts: list[int | None] = []  # per open list the next number, None for bullets
        self._link: tuple[str, int] | None = None  # its address, and where its words begin

    def start(self, tag: str, attributes: str) -> None:
        if tag in _BREAKING:
            self._break(blank=not (tag in ("ul", "ol", "div") or self._counts))
        elif tag in _LINES:
            self._break()
        match tag:
            case "br":
                self._break(force=True)
            case "hr":
                self._break()
                self._line.append("-" * 20)
                self._break()
            case "blockquote":
                self._quoted = min(self._quoted + 1, DEEPEST_QUOTE)
            case "pre":
                self._preformatted += 1
            case "ul":
                self._counts.append(None)
            case "ol":
                self._counts.append(1)
            case "li":
                self._line.append("  " * min(8, max(0, len(self._counts) - 1)) + self._mark())
            case "td" | "th" if self._line:
                self._line.append("  ")
            case "a":
                found = _HREF.search(attributes)
                href = html.unescape(next(filter(None, found.groups()), "")) if found else ""
                self._link = (href if _WEB.match(href) else "", len(self._line))

    def end(self, tag: str) -> None:
        if tag == "a" and self._link:
            (href, start), self._link = self._link, None
            words = "".join(self._line[start:]).strip()
            if href and words and not _same_address(href, words):
                self._line.append(f" <{href}>")
        if tag in _BREAKING or tag in _LINES:
            self._break()
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        elif tag in ("ul", "ol") and self._counts:
            self._counts.pop()
        if tag in _BREAKING:
            self._break(blank=tag != "div" and not self._counts)

    def words(self, data: str) -> None:
        if self._preformatted:
            first, *more = data.split("\n")
            self._line.append(first)
            for line in more:
                self._break(force=True)
                self._line.append(line)
        else:
            self._line.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _mark(self) -> str:
        if not self._counts or self._counts[-1] is None:
            return "- "
        self._counts[-1] += 1
        return f"{self._counts[-1] - 1}. "

    def _break(self, force: bool = False, blank: bool = False) -> None:
        line = "".join(self._line)
        if not self._preformatted:
            line = re.sub(r"(?<=\S) {2,}", "  ", line.replace("\xa0", " ")).rstrip()
            line = line if line.lstrip().startswith(("- ", *"123456789")) else line.lstrip()
        self._line = []
        self._link = (self._link[0], 0) if self._link else None
        if line.strip() or force:
            self._lines.append((self._quoted, line))
        if blank:
            self._lines.append((self._quoted, ""))

    def text(self) -> str:
        self._break()
        out: list[str] = []
        blank, before = False, 0
        for depth, line in self._lines:
            if not line.strip():
                blank = True
                continue
            if blank and out:  # one empty line between two, quoted when both are
                out.append(">" * min(before, depth))
            out.append(f"{'>' * depth} {line}".rstrip() if depth else line)
            blank, before = False, depth
        return "\n".join(out)


def _same_address(href: str, words: str) -> bool:
    return href.removesuffix("/").endswith(words.removesuffix("/").removeprefix("www."))
