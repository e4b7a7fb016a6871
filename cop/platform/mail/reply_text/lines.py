"""A mail's text as lines that know how deep they are quoted."""

import re
from dataclasses import dataclass
from enum import Enum

_PREFIX = re.compile(r" ?>(?: ?>)* ?")
# Invisible characters that mail programs leave behind: byte order marks, direction, zero width.
_INVISIBLE = re.compile("[\ufeff\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u00ad]")


class Mark(Enum):
    """What the structure of an HTML mail says about a line, where it says something."""

    NONE = "none"
    LEAD = "lead"  # who is quoted
    REST = "rest"  # from here on an earlier mail, to the end


@dataclass(slots=True)
class Line:
    """
    Attributes:
        text: without its quotation marks.
        depth: how deep it is quoted; 0 is the writer's own.
        quote: its quotation marks, where they are not '>'.
    """

    text: str
    depth: int = 0
    mark: Mark = Mark.NONE
    quote: str = ""

    @property
    def blank(self) -> bool:
        return not visible(self.text)

    def written(self) -> str:
        """As it stands in a plain mail."""
        return f"{self.quote or '>' * self.depth} {self.text}".rstrip() if self.depth else self.text


def visible(text: str) -> str:
    """The text without what nobody sees, and without space around it."""
    return _INVISIBLE.sub("", text).replace("\xa0", " ").strip()


def of_plain(text: str) -> list[Line]:
    """The lines of a plain text; '>' at the beginning says how deep each is quoted."""
    lines = []
    for raw in text.split("\n"):
        match = _PREFIX.match(raw)
        if match is None or raw.startswith(">From "):  # mbox files put '>' before 'From '
            lines.append(Line(raw.rstrip()))
        else:
            lines.append(Line(raw[match.end() :].rstrip(), match[0].count(">")))
    # The space behind '--' is what tells a signature (RFC 3676 4.3).
    for line, raw in zip(lines, text.split("\n"), strict=True):
        if line.text == "--" and raw.endswith("-- "):
            line.text = "-- "
    return lines
