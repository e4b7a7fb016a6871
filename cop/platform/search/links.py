"""Links between things: what a text leads to, as labels of its document.

Whoever writes the address of a practice in a conversation links the two both ways: the text leads
there, and there it says where it was named, to who may read that.
"""

import re
from collections.abc import Iterator

from cop.platform.search.sources import label
from cop.platform.web import settings

# Where things have their page: the beginning of an address → the kind, as sources name it.
_KINDS = {
    "agenda": "gathering",
    "casussen": "case",
    "discussies": "discussion",
    "kenniskaart": "card",
    "markten": "market",
    "praktijken": "practice",
    "proeftuinen": "space",
}
_PATH = re.compile(rf"/({'|'.join(_KINDS)})/([\w-]{{1,80}})(?![\w-])")
_HREF = re.compile(r'href="([^"]+)"')
_MOST = 30  # of one text
_BEFORE = " \t\r\n(<[\"'“‘„"  # what stands before an address of this site without its host


def to(url: str) -> str | None:
    """The label of whatever leads to the thing with this address; None for another page."""
    found = _PATH.match(url.removeprefix(settings().base_url.rstrip("/")))
    return label_of(_KINDS[found[1]], found[2]) if found else None


def label_of(kind: str, name: str) -> str:
    """The same of a thing by its kind and its name in addresses."""
    # A blank or a hyphen would part the term in two.
    return label("to", f"{kind}:{name.replace('-', '~')}")


def labels_in(html: str) -> Iterator[str]:
    """Of each thing that a text leads to, once."""
    seen = {made for m in _HREF.finditer(html) if (made := to(m[1])) is not None}
    yield from sorted(seen)[:_MOST]


def named_in(text: str) -> Iterator[tuple[str, str]]:
    """(kind, name in its address) of each thing whose address stands in a plain text, once."""
    seen: dict[tuple[str, str], None] = {}
    base = settings().base_url.rstrip("/")
    for found in _PATH.finditer(text):
        before = text[: found.start()]
        if before.endswith(base) or not before or before[-1] in _BEFORE:
            seen[_KINDS[found[1]], found[2]] = None
    yield from list(seen)[:_MOST]
