"""What kind of thing a name stands for: whose it may be, how large a place is, what an institution
does. Only replacing asks this; the finder needs none of it.

The file `data/kinds.gz` (made by `scripts/deidentify/build_kinds.py`) has one entry a line, parted
by tabs: `f`/`m` a given name of women or men; `g`/`s` a given name or surname and its origin; `p` a
place, its province and inhabitants (0: not known); `a` a town abroad and its country; `o` an
institution and its kind.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from .lexicon import fold

DATA = Path(__file__).parent / "data" / "kinds.gz"

# GeoNames' codes of provinces, and the part of the country that people call them.
REGIONS = {
    "01": "noorden",
    "02": "noorden",
    "04": "noorden",
    "15": "oosten",
    "03": "oosten",
    "16": "midden",
    "09": "midden",
    "07": "westen",
    "11": "westen",
    "10": "zuidwesten",
    "06": "zuiden",
    "05": "zuiden",
}
BELGIUM = "BE"
ENOUGH = 5  # a part of the country is named only when that many places of the size lie in it


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the Netherlands or Flanders.

    Attributes:
        province: GeoNames' code, 'BE', or 'NL' when it is not known.
        size: inhabitants; 0 when not known, which means small.
    """

    province: str
    size: int

    @property
    def rank(self) -> int:
        """0 village, 1 large village, 2 small town, 3 middling town, 4 city."""
        return sum(self.size >= limit for limit in (5_000, 20_000, 50_000, 150_000))


@dataclass
class Kinds:
    """Look-ups by folded name."""

    genders: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    surnames: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    abroad: dict[str, str] = field(default_factory=dict)
    orgs: dict[str, str] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def region(self, place: Place) -> str:
        """The part of the country where a place lies, '' where that would say too much."""
        if place.province == BELGIUM:
            return "België"
        region = REGIONS.get(place.province, "")
        return region if self.counts.get((region, place.rank), 0) >= ENOUGH else ""

    def place(self, name: str) -> Place | None:
        return self.places.get(fold(name))


@cache
def kinds() -> Kinds:
    """The list, read once when first asked for."""
    known = Kinds()
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            kind, name, *rest = line.rstrip("\n").split("\t")
            if kind in "fm":
                known.genders[name] = kind
            elif kind == "g":
                known.given[name] = rest[0]
            elif kind == "s":
                known.surnames[name] = rest[0]
            elif kind == "p":
                known.places[name] = Place(rest[0], int(rest[1]))
            elif kind == "a":
                known.abroad[name] = rest[0]
            else:
                known.orgs[name] = rest[0]
    for place in known.places.values():
        key = (REGIONS.get(place.province, ""), place.rank)
        known.counts[key] = known.counts.get(key, 0) + 1
    return known
