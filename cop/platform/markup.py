"""Markdown to safe HTML, stored beside its source.

Python-Markdown makes HTML, nh3 keeps only what is on the list below: no pictures from elsewhere
(they report who reads), no scripts, no styles, no ids. Links open with `rel="noopener noreferrer
nofollow ugc"`. Raw HTML in the source is shown as the text that was typed.
"""

import html
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor

from cop.platform import quotations
from cop.platform.markup_bounds import is_too_hard

MAX_LENGTH = 60_000  # characters; about forty pages
READING_SPEED = 200  # words a minute, for Dutch prose on a screen, rounded up

LOWEST_HEADING = 5

_TAGS = {
    *("p", "br", "hr", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li"),
    *(
        "h2",
        "h3",
        "h4",
        "h5",
        "a",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "details",
        "summary",
    ),
}
_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "ol": {"start"},
    "th": {"scope"},
    "details": {"class"},
    "code": set(),
}
_SCHEMES = {"http", "https", "mailto", "tel"}
MENTION = re.compile(r"(?<![\w@/.])@([a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?)", re.ASCII)
_WORD = re.compile(r"\w+")


class _Mentions(InlineProcessor):
    """`@handle` becomes a link when the caller says that it may."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        super().__init__(MENTION.pattern)
        self.urls = urls

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's name and loose types
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        url = self.urls.get(m.group(1))
        if url is None:
            return None, None, None
        link = Element("a", {"href": url, "class": "mention"})
        link.text = m.group(0)
        return link, m.start(0), m.end(0)


class _Plain(Extension):
    """No raw HTML, headings start at level 3 (the page has its own), mentions as links."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        super().__init__()
        self.urls = urls

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802  # the library's name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        md.inlinePatterns.register(_Mentions(self.urls), "mention", 75)


def render(source: str, mentions: Mapping[str, str] | None = None, top: int = 3) -> str:
    """Safe HTML of a member's Markdown; of what nobody writes by hand, the text as it was typed.

    Args:
        source: at most `MAX_LENGTH` characters; the caller has checked.
        mentions: handle → address, of those who may be mentioned here.
        top: level of the text's highest heading on its page; deeper ones follow without a gap.
    """
    if is_too_hard(source):
        return plain_to_html(source)
    made = markdown.markdown(
        source,
        extensions=["sane_lists", "nl2br", "tables", "fenced_code", _Plain(mentions or {})],
        output_format="html",
    )
    made = _fit_headings(made, top)
    made = re.sub(r"<th(?=[ >])", '<th scope="col"', made)
    return clean(made)


def clean(made: str) -> str:
    """Only what is on the list; everything that renders HTML passes here last."""
    return nh3.clean(
        made,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
        strip_comments=True,
        clean_content_tags={"script", "style"},
        attribute_filter=_only_our_classes,
    )


def _only_our_classes(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        ours = {"a": "mention", "details": "quoted"}
        return value if value == ours.get(tag) else None
    return value


def _fit_headings(made: str, top: int) -> str:
    """Headings in order under the page's own: an outline without gaps (WCAG 1.3.1)."""
    open_levels: list[int] = []  # as typed, from the highest down to where we are

    def fit(match: re.Match[str]) -> str:
        typed = int(match[2])
        if not match[1]:
            while open_levels and open_levels[-1] >= typed:
                open_levels.pop()
            open_levels.append(typed)
        return f"<{match[1]}h{min(top + len(open_levels) - 1, LOWEST_HEADING)}>"

    return re.sub(r"<(/?)h([1-6])>", fit, made)


def plain_to_html(text: str) -> str:
    """HTML of a plain-text mail: paragraphs, links, what it quotes folded away."""
    parts: list[str] = []
    for run in quotations.runs(text):
        if run.quoted:
            body = "\n".join(quotations.unquoted(line) for line in run.lines)
            words = html.escape(_cut(run.lead or body.strip()))
            parts.append(
                f'<details class="quoted"><summary>{words or "…"}</summary>'
                f"<blockquote>{_paragraphs(body)}</blockquote></details>"
            )
        else:
            parts.append(_paragraphs("\n".join(run.lines)))
    return clean("".join(parts))


def _cut(words: str, most: int = 80) -> str:
    """The first line, at most so many characters."""
    line = words.split("\n", 1)[0].strip()
    return line if len(line) <= most else f"{line[: most - 2].rsplit(' ', 1)[0]} …"


_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")


def _paragraphs(text: str) -> str:
    out = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.strip():
            out.append(f"<p>{'<br>'.join(_linked(line) for line in block.splitlines())}</p>")
    return "".join(out)


def _linked(line: str) -> str:
    made, at = [], 0
    for match in _URL.finditer(line):
        url = html.escape(match[0])
        made += [html.escape(line[at : match.start()]), f'<a href="{url}">{url}</a>']
        at = match.end()
    return "".join(made) + html.escape(line[at:])


def mentioned_handles(source: str) -> list[str]:
    """The handles that a text mentions, in order, each once."""
    return list(dict.fromkeys(m[1] for m in MENTION.finditer(source)))


def word_count(source: str) -> int:
    return len(_WORD.findall(source))


def reading_minutes(words: int) -> int:
    """At least one minute."""
    return max(1, -(-words // READING_SPEED))


def excerpt(source: str, length: int = 200) -> str:
    """The first words as plain text, cut at a word."""
    text = re.sub(r"<[^>]+>", " ", render(source[: length * 4]))
    text = " ".join(html.unescape(text).split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + " …"
