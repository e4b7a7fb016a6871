#!/usr/bin/env python3
"""The Dutch catalogue against the texts in the source.

    python scripts/translations.py check    fails on what is missing, fuzzy, left over or unlike
    python scripts/translations.py update   takes new texts in and old ones out

Source texts are English; a catalogue holds each text once, in the order of the alphabet and without
its places, so that a change in the code changes only the lines it is about.
"""

import io
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
CATALOGUES = TOP / "cop" / "translations"
LANGUAGES = ("nl",)
METHODS = [("cop/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
OPTIONS = {
    "templates/**.html": {"trimmed": "true", "silent": "false"},
    "templates/**.txt": {"trimmed": "true", "silent": "false"},
}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "_n": (1, 2),
    "pgettext": ((1, "c"), 2),
}
# Headers that name a day, a person or a tool would change with every update.
HEADERS = re.compile(
    rb'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Report-Msgid-Bugs-To|Last-Translator'
    rb"|Language-Team|Project-Id-Version): [^\n]*\n"
)
HOLES = re.compile(r"%\((\w+)\)[sd]")


def template() -> Catalog:
    """Every text of the source."""
    found = Catalog(project="cop", charset="utf-8")
    for folder in ("cop", "templates"):
        for name, _line, text, comments, context in extract_from_dir(
            TOP / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in METHODS],
            {pattern.removeprefix(f"{folder}/"): options for pattern, options in OPTIONS.items()},
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            strip_comment_tags=True,
            # Babel would pass over `templates/_parts`.
            directory_filter=lambda path: not Path(path).name.startswith((".", "__")),
        ):
            found.add(
                text, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context
            )
    return found


def catalogue(language: str) -> tuple[Path, Catalog]:
    path = CATALOGUES / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return path, Catalog(locale=language, project="cop", charset="utf-8")
    with open(path, "rb") as file:
        return path, read_po(file, locale=language)


def strings(message: Message) -> list[str]:
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or [""])  # a plural that is new has none


def ids(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def problems(language: str, source: Catalog) -> list[str]:
    """One line for each text that the catalogue does not say rightly."""
    _path, have = catalogue(language)
    found = []
    for wanted in source:
        if not wanted.id:
            continue
        first = ids(wanted)[0]
        message = have.get(first, wanted.context)
        where = wanted.locations[0][0]
        if message is None or not all(strings(message)):
            found.append(f"missing: {first!r} ({where})")
        elif message.fuzzy:
            found.append(f"fuzzy: {first!r} ({where})")
        elif isinstance(wanted.id, str) != isinstance(message.id, str):
            found.append(f"plural in one place only: {first!r} ({where})")
        else:
            holes = set(HOLES.findall(" ".join(ids(wanted))))
            # 'one minute ago' may leave the number out; nothing may name what is not given.
            if any(set(HOLES.findall(s)) - holes for s in strings(message)) or holes - set(
                HOLES.findall(" ".join(strings(message)))
            ):
                found.append(f"other holes than the source: {first!r} ({where})")
    known = {(ids(m)[0], m.context) for m in source if m.id}
    found += [
        f"no longer in the source: {ids(m)[0]!r}"
        for m in have
        if m.id and (ids(m)[0], m.context) not in known
    ]
    return found


def update(language: str, source: Catalog) -> None:
    path, have = catalogue(language)
    have.update(source, no_fuzzy_matching=True)
    have.obsolete.clear()
    have.header_comment = f"# {path.relative_to(TOP).parts[2]}: see scripts/translations.py."
    have.fuzzy = False
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    write_po(out, have, width=100, no_location=True, sort_output=True)
    text = HEADERS.sub(b"", out.getvalue())
    path.write_bytes(text)
    missing = sum(1 for m in have if m.id and not all(strings(m)))
    print(f"{path.relative_to(TOP)}: {len(have)} texts, {missing} to translate")


def main() -> int:
    if sys.argv[1:] not in (["check"], ["update"]):
        sys.exit(__doc__)
    source = template()
    if sys.argv[1] == "update":
        for language in LANGUAGES:
            update(language, source)
        return 0
    wrong = 0
    for language in LANGUAGES:
        found = problems(language, source)
        for line in found[:40]:
            print(f"{language}: {line}")
        if len(found) > 40:
            print(f"{language}: and {len(found) - 40} more")
        wrong += len(found)
    if wrong:
        print("translations: not complete; `make translations`, then fill in the catalogue")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
