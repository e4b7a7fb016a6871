"""What an author wrote and decided, before anybody else reads anything. Lives sealed only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from cop.deidentify import Label
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _

MOST_CHARACTERS = 30_000  # of all parts together: half an hour's reading
LONGEST = {"title": 160, "question": 600}
MOST_REPLACEMENT = 200
MOST_REASON = 300
MOST_WORDS = 200
MOST_ADDED = 200

# The parts of the text by shape; title and question come with both.
SHAPES = {"own": ("text",), "template": ("situation", "done", "nags")}
ALL_PARTS = ("text", "situation", "done", "nags", "question", "title")


class How(StrEnum):
    REPLACED = "replaced"  # with what was proposed, or with the author's own words
    KEPT = "kept"  # it stays, and there is a reason


@dataclass(frozen=True, slots=True)
class Decision:
    """What the author decided about one finding.

    Attributes:
        text: the author's own replacement; '' when the proposal was accepted.
        reason: why it stays.
        sure: the author looked once more at what their own words still point to.
    """

    how: How
    text: str = ""
    reason: str = ""
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """Words that the author, or the second reader, marked by hand."""

    words: str
    label: Label


@dataclass
class Raw:
    """
    Attributes:
        parts: by name, title and question included, with line breaks as `\\n`.
        decisions: by the key of a group of findings.
        keep_origin: whether pseudonyms may show the same origin as the names.
    """

    shape: str = "own"
    parts: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    added: list[Added] = field(default_factory=list)
    keep_origin: bool = False
    saved: int = 0  # how often the text was changed: an older window is told
    page: str = ""  # the window that sent it last by itself, and which turn of that window it was
    turn: int = 0

    @property
    def body(self) -> tuple[str, ...]:
        """Names of the parts of the text, without title and question."""
        return SHAPES[self.shape]

    def part(self, name: str) -> str:
        return self.parts.get(name, "")

    def to_json(self) -> dict[str, Any]:
        return {
            "shape": self.shape,
            "parts": self.parts,
            "decisions": {k: [d.how, d.text, d.reason, d.sure] for k, d in self.decisions.items()},
            "added": [[a.words, a.label] for a in self.added],
            "keep_origin": self.keep_origin,
            "saved": self.saved,
            "page": self.page,
            "turn": self.turn,
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Raw":
        return cls(
            shape=found["shape"],
            parts=dict(found["parts"]),
            decisions={
                k: Decision(How(how), text, reason, *sure)
                for k, (how, text, reason, *sure) in found["decisions"].items()
            },
            added=[Added(words, Label(label)) for words, label in found["added"]],
            keep_origin=found["keep_origin"],
            **{name: found[name] for name in ("saved", "page", "turn") if name in found},
        )


def taken(shape: str, given: Mapping[str, str]) -> dict[str, str]:
    """The parts as they are kept: one kind of line break, nothing cut off; a blank for what was
    pasted and could not be read (U+FFFD).

    Raises:
        Refused: more than a case can hold.
    """
    parts = {
        name: given.get(name, "").replace("\r\n", "\n").replace("\r", "\n").replace("\ufffd", " ")
        for name in (*SHAPES[shape], "question", "title")
    }
    parts["title"] = re.sub(r"\s*\n\s*", " ", parts["title"])
    for name, most in LONGEST.items():
        if len(parts[name]) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), name)
    if sum(map(len, parts.values())) > MOST_CHARACTERS:
        raise Refused(
            _(
                "This is too long: a case holds at most %(most)s characters. Keep to what "
                "matters for your question.",
                most=MOST_CHARACTERS,
            ),
            SHAPES[shape][0],
        )
    return parts


def refuse_unfinished(raw: Raw) -> None:
    """Going on takes a title, a question and a story, in words.

    Raises:
        Refused: beside the first field that lacks something.
    """
    for name in ("title", *raw.body[:1], "question"):
        if not any(c.isalpha() for c in raw.part(name)):
            if raw.part(name).strip():
                raise Refused(_("Write it in words, please."), name)
            raise Refused(_("Fill this in, please."), name)
