"""Markdown to safe HTML, stored beside its source.

Python-Markdown makes HTML, nh3 keeps only what is on the list below: no pictures from elsewhere
(they report who reads), no scripts, no styles, no ids. Links open with `rel="noopener noreferrer
nofollow ugc"`. Raw HTML in the source is shown as the text that was typed.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from cop.platform import quotations, wrapping
from cop.platform.markup_bounds import is_too_hard
from cop.platform.markup_lists import ListsUnderSentences

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
_NOWHERE = re.compile(r'<a(?: (?!href=)[a-z]+="[^"]*")*>(.*?)</a>', re.DOTALL)


_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]*_]")


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody who may be mentioned: where the link goes, and the name that it shows."""

    url: str
    name: str


class _Mentions(InlineProcessor):
    """`@handle` becomes a link with the name when the caller says that it may."""

    def __init__(self, people: Mapping[str, Mention]) -> None:
        super().__init__(MENTION.pattern)
        self.people = people

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's name and loose types
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        person = self.people.get(m.group(1))
        if person is None:
            return None, None, None
        link = Element("a", {"href": person.url, "class": "mention"})
        link.text = AtomicString(f"@{person.name}")  # a name is no Markdown
        return link, m.start(0), m.end(0)


class _Addresses(InlineProcessor):
    """A web address that was typed or pasted as it stands becomes a link, as readers expect."""

    ANCESTOR_EXCLUDES = ("a",)

    def __init__(self) -> None:
        super().__init__(_URL.pattern)

    def handleMatch(  # type: ignore[override]  # noqa: N802  # the library's name and loose types
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        link = Element("a", {"href": m.group(0)})
        link.text = AtomicString(m.group(0))  # an address is no Markdown
        return link, m.start(0), m.end(0)


class _Plain(Extension):
    """No raw HTML, mentions as links, and a list may stand right under a sentence."""

    def __init__(self, people: Mapping[str, Mention]) -> None:
        super().__init__()
        self.people = people

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802  # the library's name
        md.preprocessors.deregister("html_block")
        md.inlinePatterns.deregister("html")
        # Dashes under a line are a signature or a rule: nobody means a heading by them.
        md.parser.blockprocessors.deregister("setextheader")
        md.inlinePatterns.register(_Addresses(), "address", 77)  # before mentions and emphasis
        md.inlinePatterns.register(_Mentions(self.people), "mention", 75)
        after_fences = 20  # what stands in a block of code is no list
        md.preprocessors.register(ListsUnderSentences(md), "lists", after_fences)


def render(source: str, mentions: Mapping[str, Mention] | None = None, top: int = 3) -> str:
    """Safe HTML of a member's Markdown; of what nobody writes by hand, the text as it was typed.

    Args:
        source: at most `MAX_LENGTH` characters; the caller has checked.
        mentions: by handle, those who may be mentioned here.
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
    """Only what is on the list; everything that renders HTML passes here last.

    A link of which the address was refused leaves its words.
    """
    kept = nh3.clean(
        made,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
        strip_comments=True,
        clean_content_tags={"script", "style"},
        attribute_filter=_only_our_classes,
    )
    return _NOWHERE.sub(r"\1", kept)


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
            parts.append(_quoted(run))
        else:
            parts.append(_paragraphs("\n".join(run.lines)))
    return clean("".join(parts))


def _quoted(run: quotations.Run) -> str:
    """A folded quotation. Its summary says whose it is; else it is how the quotation begins.

    The words of the summary are not said twice: the body goes on where they stop. A quotation that
    would fit in its summary is not folded.
    """
    body = "\n".join(quotations.unquoted(line) for line in run.lines).strip("\n")
    lead = run.lead
    if not lead:
        lead, body = _beginning(body)
        if not body:
            return f"<blockquote>{_paragraphs(lead)}</blockquote>"
    return (
        f'<details class="quoted"><summary>{html.escape(_cut(lead)) or "…"}</summary>'
        f"<blockquote>{_paragraphs(body)}</blockquote></details>"
    )


def _beginning(text: str, most: int = 80) -> tuple[str, str]:
    """The first line, or as much of it as fits, and what comes after it."""
    first, _break, rest = text.lstrip().partition("\n")
    if len(first) <= most:
        more = rest.strip("\n")
        return (f"{first.rstrip()} …", f"… {more.lstrip()}") if more else (first, "")
    start = first[: most - 2].rsplit(" ", 1)[0]
    return f"{start} …", f"… {first[len(start) :].lstrip()}\n{rest}"


def _cut(words: str, most: int = 80) -> str:
    """The first line, at most so many characters."""
    line = words.split("\n", 1)[0].strip()
    return line if len(line) <= most else f"{line[: most - 2].rsplit(' ', 1)[0]} …"


def _paragraphs(text: str) -> str:
    out = []
    wide = wrapping.width(text.splitlines())
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if block.strip():
            lines = wrapping.unwrapped(block.splitlines(), wide)
            out.append(f"<p>{'<br>'.join(linked(line) for line in lines)}</p>")
    return "".join(out)


def linked(line: str) -> str:
    """A line of plain text as HTML, its web addresses as links."""
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
    return opening(render(source[: length * 4]), length)


_QUOTED = re.compile(r'<details class="quoted">.*?</details>', re.DOTALL)
_BLOCK_ENDS = re.compile(r"</(?:p|li|h[1-6]|tr|blockquote|pre|summary)>|<br>|<hr>")
_LINK = re.compile(r"https?://\S+")


def own_text(made: str) -> str:
    """The words of HTML that was made here, a line a block; without links and quoted mails."""
    text = _BLOCK_ENDS.sub("\n", _QUOTED.sub("\n", made))
    text = _LINK.sub(" ", html.unescape(re.sub(r"<[^>]+>", "", text)))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def opening(made: str, length: int = 200) -> str:
    """The first words of HTML that was made here, with the names that it shows, cut at a word."""
    text = re.sub(r"<[^>]+>", " ", made)
    text = " ".join(html.unescape(text).split())
    if len(text) <= length:
        return text
    return text[:length].rsplit(" ", 1)[0] + " …"
