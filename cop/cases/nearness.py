"""How near a person is in what is left of a text: the library's estimate, for the pages."""

from dataclasses import dataclass

from cop.cases.protecting import Look
from cop.deidentify import find
from cop.deidentify.nearness import Estimate, estimate
from cop.deidentify.nearness_picture import Picture, picture


@dataclass(frozen=True, slots=True)
class Near:
    """What the text tells of its person as others will read it, and the drawing of it.

    Attributes:
        found: None when it tells too little for a sum.
    """

    found: Estimate | None
    drawn: Picture | None


def left_in(seen: Look) -> Near:
    """The estimate of the text with the decisions that were made."""
    text = "\n\n".join(filter(None, seen.result().values()))
    found = estimate(text, find(text))
    return Near(found, picture(found) if found is not None else None)
