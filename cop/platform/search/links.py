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


def to(url: str) -> str | None:
    """The label of whatever leads to the thing with this address; None for another page."""
    found = _PATH.match(url.removeprefix(settings().base_url.rstrip("/")))
    # A blank or a hyphen would part the term in two.
    return label("to", f"{_KINDS[found[1]]}:{found[2].replace('-', '~')}") if found else None


def labels_in(html: str) -> Iterator[str]:
    """Of each thing that a text leads to, once."""
    seen = {made for m in _HREF.finditer(html) if (made := to(m[1])) is not None}
    yield from sorted(seen)[:_MOST]
