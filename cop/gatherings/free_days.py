"""Public holidays and school holidays, shown beside days that one can choose.

Public holidays come from the library `holidays`. School holidays come from a file with what the
government has published (`data/school_holidays.toml`); of later days it is said that one cannot
know yet.
"""

import functools
import importlib.resources
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import holidays

from cop.platform import i18n
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l

REGIONS = {"north": _l("north"), "middle": _l("middle"), "south": _l("south")}

NAMES = {
    "autumn": _l("autumn holidays"),
    "christmas": _l("Christmas holidays"),
    "spring": _l("spring holidays"),
    "may": _l("May holidays"),
    "summer": _l("summer holidays"),
}


@dataclass(frozen=True, slots=True)
class SchoolHoliday:
    """From the first to the last day, in some regions."""

    name: str
    regions: tuple[str, ...]
    first: date
    last: date


@functools.cache
def _published() -> tuple[date, tuple[SchoolHoliday, ...]]:
    """Until when they are known, and all of them."""
    file = importlib.resources.files("cop.gatherings") / "data" / "school_holidays.toml"
    text = tomllib.loads(file.read_text(encoding="utf-8"))
    found = tuple(
        SchoolHoliday(row["name"], tuple(row["regions"]), row["first"], row["last"])
        for row in text["holiday"]
    )
    return text["known_until"], found


def known_until() -> date:
    """The last day of which one can know whether schools are closed."""
    return _published()[0]


@functools.lru_cache(maxsize=64)
def _public(year: int, code: str) -> dict[date, str]:
    named = holidays.country_holidays(
        "NL", years=year, language=code, categories=("public", "optional")
    )
    return dict(named.items())


def notes(day: date) -> list[str]:
    """What there is on a day, in the reader's language: 'King's Day', 'May holidays'."""
    code = "en_US" if i18n.language() == "en" else "nl"
    public = _public(day.year, code).get(day)
    found = [public] if public else []
    for name, label in NAMES.items():
        closed = {
            region
            for holiday in _published()[1]
            if holiday.name == name and holiday.first <= day <= holiday.last
            for region in holiday.regions
        }
        if closed == set(REGIONS):
            found.append(str(label))
        elif closed:
            where = ", ".join(str(word) for region, word in REGIONS.items() if region in closed)
            found.append(_("%(holiday)s: %(regions)s", holiday=str(label), regions=where))
    return found


def noted(day: date, spoken: str) -> str:
    """The day as it is spoken, with what there is on it."""
    found = notes(day)
    return f"{spoken} ({', '.join(found)})" if found else spoken


def unknown(days: Iterable[date]) -> str | None:
    """A sentence when school holidays of some of the days are not published yet."""
    if all(day <= known_until() for day in days):
        return None
    return _(
        "School holidays after %(day)s are not published yet.",
        day=i18n.format_date(known_until()),
    )
