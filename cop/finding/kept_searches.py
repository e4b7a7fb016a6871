"""How a kept search is stored: its words, and on a line below what it is narrowed to."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from cop.finding.queries import Filters


def put_together(words: str, filters: Filters) -> str:
    """What is stored; its words have no line of their own to end."""
    named = {
        "soort": filters.kind,
        "thema": filters.theme,
        "ruimte": filters.space,
        "van": filters.author,
    }
    beside = {name: value for name, value in named.items() if value}
    return f"{words}\n{urlencode(beside)}" if beside else words


def taken_apart(stored: str) -> tuple[str, dict[str, str]]:
    """The words, and what they are narrowed to, as addresses name that."""
    words, _line, beside = stored.partition("\n")
    return words, dict(parse_qsl(beside))


def filters_of(beside: Mapping[str, str]) -> Filters:
    return Filters(
        kind=beside.get("soort", ""),
        theme=beside.get("thema", ""),
        space=beside.get("ruimte", ""),
        author=beside.get("van", ""),
    )
