"""Texts on which is measured how often the quiet check speaks up."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import cop.demo
from tests.deidentify.scoring import unmark

CONTENT = Path(cop.demo.__file__).parent / "content"
MEMBERS = tomllib.loads((CONTENT / "members.toml").read_text(encoding="utf-8"))["member"]

# Those who take part in a discussion: of the demo, and some whose names share words with anybody's.
CIRCLE = {member["name"] for member in MEMBERS[:5]} | {
    "Anna de Boer",
    "Sjoerd van den Berg",
    "Karin de Vries",
    "Mohammed el Idrissi",
    "Truus ter Horst",
}


def demo_posts() -> Iterator[tuple[str, set[str]]]:
    """Every post of the demo with the names of those who wrote in its discussion so far."""
    called = {member["key"]: member["name"] for member in MEMBERS}
    for path in sorted((CONTENT / "discussions").glob("*.toml")):
        discussion = tomllib.loads(path.read_text(encoding="utf-8"))
        names: set[str] = set()
        for number, post in enumerate(discussion["post"]):
            who = post["author"]
            names.add(called.get(who, who.removeprefix("pseudonym:")))
            yield (discussion["title"] + "\n\n") * (not number) + post["text"], set(names)


def marked_cases(folder: Path, names: str = "*[0-9a-z].md") -> list[str]:
    """The cases that hold direct identifiers, without their marks."""
    texts = [unmark(path.read_text(encoding="utf-8")) for path in sorted(folder.glob(names))]
    return [text for text, gold in texts if any(label != "QUASI" for _, _, label in gold)]
