"""The body of a report: what it says, piece by piece, each with where it came from.

Who wrote a piece is kept beside it, so that they can strike it; no reader is shown that.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

from cop.deidentify import Label, Span, find
from cop.deidentify.replacing import apply, propose

BETWEEN = "\n\n"
_CAN_BE_VAGUE = (Label.AGE, Label.DATE, Label.PLACE, Label.ORG)


@dataclass(kw_only=True)
class Item:
    """A piece of a report.

    Attributes:
        id: unique in its report; stands in addresses.
        part: what it is: a part of the dilemma, a place, 'weighing.value', 'conclusion', …
        who: for a cell the perspective ('client', or 'own-3' for the item that names it); for a
            weighing its number.
        by: (persona, what it was taken from) for each who wrote exactly this; empty for what
            belongs to all.
        vaguer: the text with what could point to a person made vaguer; '' when nothing could.
        waits: something in it could point to a person, and nobody has decided about it.
    """

    id: int
    part: str
    text: str
    who: str = ""
    by: list[tuple[int, str]] = field(default_factory=list)
    vaguer: str = ""
    waits: bool = False

    @property
    def shown(self) -> tuple[str, str, str]:
        """What a reader sees of it."""
        return (self.part, self.who, self.text)

    def is_by(self, persona_id: int) -> bool:
        return any(author == persona_id for author, _source in self.by)


@dataclass(kw_only=True)
class Body:
    """Everything that a report says.

    Attributes:
        key: decides which names stand in for those that were found; another for every report.
    """

    key: str = field(default_factory=lambda: secrets.token_hex(16))
    items: list[Item] = field(default_factory=list)

    @classmethod
    def from_json(cls, text: str) -> "Body":
        found = json.loads(text)
        items = [
            Item(**(row | {"by": [(author, source) for author, source in row["by"]]}))
            for row in found["items"]
        ]
        return cls(key=found["key"], items=items)

    def to_json(self) -> str:
        return json.dumps(
            {"key": self.key, "items": [asdict(item) for item in self.items]}, ensure_ascii=False
        )

    @property
    def shown(self) -> list[tuple[str, str, str]]:
        return [item.shown for item in self.items]

    @property
    def waiting(self) -> int:
        return sum(item.waits for item in self.items)

    def item(self, item_id: int) -> Item | None:
        return next((each for each in self.items if each.id == item_id), None)

    def text(self, part: str) -> str:
        """The words of a part that stands there once; '' when it does not."""
        return next((each.text for each in self.items if each.part == part), "")

    def tidy(self) -> None:
        """A perspective's name goes with the last thing that stood under it."""
        used = {item.who for item in self.items}
        self.items = [
            item for item in self.items if item.part != "perspective" or f"own-{item.id}" in used
        ]


def findings(text: str) -> list[Span]:
    """What could point to a person, and is not vague as it is ('begin dertig')."""
    spans = find(text)
    if not spans:
        return []
    changed = {r.start for r in propose(text, spans, key=b"only to see whether") if _differs(r)}
    return [s for s in spans if s.start in changed or s.label not in _CAN_BE_VAGUE]


def look_over(body: Body, items: list[Item] | None = None) -> None:
    """Let the finder see items, as one text: who is who in one place is who in the other.

    Sets `waits` and `vaguer` of those items, or of all.
    """
    looked = body.items if items is None else items
    text, starts = "", []
    for item in looked:
        text += BETWEEN if text else ""
        starts.append(len(text))
        text += item.text
    spans = find(text)
    key = hashlib.sha256(body.key.encode()).digest()
    proposed = [r for r in propose(text, spans, key=key) if _differs(r)]
    changed = {r.start for r in proposed}
    for item, start in zip(looked, starts, strict=True):
        end = start + len(item.text)
        own = [
            s
            for s in spans
            if start <= s.start < end and (s.start in changed or s.label not in _CAN_BE_VAGUE)
        ]
        item.waits = bool(own)
        replaced = [r for r in proposed if start <= r.start and r.end <= end]
        item.vaguer = _applied(text, replaced, start, end) if replaced else ""


def _applied(text: str, replaced: list[Any], start: int, end: int) -> str:
    cut = [type(r)(r.start - start, r.end - start, r.label, r.original, r.text) for r in replaced]
    return apply(text[start:end], cut)


def _differs(replacement: Any) -> bool:
    return bool(replacement.text != replacement.original)
