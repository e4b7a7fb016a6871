"""The value table: whose eyes, values and the norms that follow from them, for A and for B.

A cell's place is a short code ('client.value.a') that stands in addresses and rows.
"""

from dataclasses import dataclass

from cop.platform.i18n import lazy as _l

OWN = "own"  # a perspective that the participants added; the row says which

# All who are concerned [domain, Moreel beraad].
PERSPECTIVES = {
    "client": _l("Client"),
    "naaste": _l("Loved one"),
    "professional": _l("Professional"),
    "experience_expert": _l("Experience expert"),
    "institution": _l("Institution"),
    "society": _l("Society"),
}
KINDS = {"value": _l("Values"), "norm": _l("Norms")}
SIDES = {"a": _l("For A"), "b": _l("For B")}
LONGEST = 600  # characters of one entry


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the value table.

    Attributes:
        who: a key of PERSPECTIVES, or OWN.
    """

    who: str
    kind: str
    side: str

    @property
    def place(self) -> str:
        return f"{self.who}.{self.kind}.{self.side}"


def cell(place: str) -> Cell | None:
    """The cell of a place; None when there is none."""
    parts = place.split(".")
    if len(parts) != 3:
        return None
    who, kind, side = parts
    if (who in PERSPECTIVES or who == OWN) and kind in KINDS and side in SIDES:
        return Cell(who, kind, side)
    return None
