"""How many asks were met, as a picture: shares of a whole, as numbers for the template's SVG.

It counts asks, never people: nobody is compared with anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cop.markets.after.asks import Outcome
from cop.platform.i18n import LazyText
from cop.platform.i18n import lazy as _l

WIDTH = 600
LABELS: Mapping[Outcome, LazyText] = {
    Outcome.ANSWERED: _l("answered, says who asked"),
    Outcome.MET: _l("talked about at a stall"),
    Outcome.OPEN: _l("still open"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """One piece: where it begins and how wide it is, in the box of the drawing."""

    label: str
    number: int
    percent: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Picture:
    asks: int
    met: int  # answered or talked about
    shares: list[Share]
    width: int = WIDTH


def picture(counts: Mapping[Outcome, int]) -> Picture | None:
    """The picture; None when nobody asked anything."""
    asks = sum(counts.values())
    if not asks:
        return None
    shares, x = [], 0.0
    for outcome in Outcome:
        width = round(counts[outcome] / asks * WIDTH, 1)
        share = Share(
            label=str(LABELS[outcome]),
            number=counts[outcome],
            percent=round(100 * counts[outcome] / asks),
            x=round(x, 1),
            width=width,
        )
        shares.append(share)
        x += width
    return Picture(asks, asks - counts[Outcome.OPEN], shares)
