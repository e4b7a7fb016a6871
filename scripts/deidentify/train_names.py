"""Train the model of `cop/deidentify/model.py` on marked cases, and say how well it does.

Usage, from the root of the repository:
  train_names.py            writes cop/deidentify/data/names.crf
  train_names.py --cross    for each writer: trained on the others, scored on it (writes nothing)

The same cases give the same file. Each case is seen in several forms, so that the model leans on
how names stand in a sentence: as written; without what lists know of half of its names (and of
half of the look-alikes); in lower case; in lower case without punctuation.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pycrfsuite

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from cop.deidentify import model  # noqa: E402
from cop.deidentify.document import Document, read  # noqa: E402
from cop.deidentify.finder import by_form, find, labels  # noqa: E402
from cop.deidentify.lexicon import Flag  # noqa: E402
from cop.deidentify.spans import Span  # noqa: E402
from cop.deidentify.traits import traits  # noqa: E402
from scripts.deidentify.swap_names import swapped  # noqa: E402
from tests.deidentify.scoring import Gold, Score, training, unmark  # noqa: E402

LISTED = ~int(
    Flag.FIRST | Flag.LAST | Flag.PLACE | Flag.ABROAD | Flag.ORG | Flag.NAMEWINS | Flag.PROPER
)
LOOKALIKE = ~int(Flag.SAFE)
Row = tuple[list[list[str]], list[str]]
Case = tuple[str, list[Gold]]


def tags(doc: Document, gold: list[Gold]) -> list[str]:
    """Begin, inside or outside of a mark, for each token."""
    out = ["O"] * len(doc.tokens)
    for start, end, label in gold:
        if label == "QUASI":
            continue
        prefix = "B-"
        for index, token in enumerate(doc.tokens):
            if token.start < end and token.end > start:
                out[index] = prefix + label
                prefix = "I-"
    return out


def forgotten(doc: Document, wanted: list[str], dice: random.Random) -> list[int]:
    """The flags of the tokens without what lists know of half of the names and look-alikes."""
    forget: dict[tuple[str, bool], bool] = {}
    out = []
    for token, tag in zip(doc.tokens, wanted, strict=True):
        flags, name = int(token.flags), tag != "O"
        if (name or token.flags & Flag.SAFE) and forget.setdefault(
            (token.low, name), dice.random() < 0.5
        ):
            flags &= LISTED if name else LOOKALIKE
        out.append(flags)
    return out


def forms(text: str) -> Iterator[tuple[str, bool]]:
    """The forms in which a case is seen, each with whether some names are to be forgotten."""
    yield text, False
    yield text, True
    low = text.lower()
    if len(low) == len(text):
        yield low, True
        yield re.sub(r"(?<!\d)[.,;:!?](?!\d)", " ", low), False


def seen_as(case: Case, dice: random.Random) -> Iterator[tuple[str, list[Gold], bool]]:
    """A case in its forms, and once under other names."""
    for form, forget in forms(case[0]):
        yield form, case[1], forget
    text, gold = swapped(*case, dice)
    yield text, gold, True


def unclaimed(doc: Document, claims: list[Span], dice: random.Random) -> list[str]:
    """The labels of the rules without those of half of their findings.

    The rules were made on these cases and miss hardly anything in them; in a stranger's text they
    miss one in ten. The model has to know what such a number or name looks like by itself.
    """
    return labels(doc, [claim for claim in claims if dice.random() < 0.5])


def rows(found: list[Case], dice: random.Random) -> Iterator[Row]:
    """What the trainer is given."""
    for case in found:
        for form, gold, forget in seen_as(case, dice):
            doc = read(form)
            claims = by_form(doc)
            claimed = unclaimed(doc, claims, dice) if forget else labels(doc, claims)
            wanted = tags(doc, gold)
            yield traits(doc, claimed, forgotten(doc, wanted, dice) if forget else None), wanted


def train(data: list[Row], target: Path) -> None:
    """Fit the weights and write them."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for seen, wanted in data:
        trainer.append(seen, wanted)
    trainer.set_params(
        {
            "c1": 0.2,
            "c2": 0.05,
            "max_iterations": 120,
            "feature.minfreq": 2,
            "feature.possible_transitions": True,
        }
    )
    trainer.train(str(target))


def score(found: list[Case], lower: bool = False) -> str:
    """What the whole finder makes of cases, in one line."""
    total = Score()
    for text, gold in found:
        form = text.lower() if lower and len(text.lower()) == len(text) else text
        total.add(form, gold, find(form))
    return (
        f"recall {total.recall:.3f} precision {total.precision:.3f} "
        f"typed {total.typed / total.names:.3f} clean {total.clean / max(1, total.with_names):.2f} "
        f"untouched {total.untouched / max(1, total.without):.2f}"
    )


def main() -> None:
    folders = {
        name: [unmark(path.read_text(encoding="utf-8")) for path in paths]
        for name, paths in training().items()
    }
    if "--cross" not in sys.argv:
        dice = random.Random(1)
        train([row for found in folders.values() for row in rows(found, dice)], model.DATA)
        print(f"{model.DATA.stat().st_size // 1024} kB")
        return
    ready = {name: list(rows(found, random.Random(1))) for name, found in folders.items()}
    with tempfile.TemporaryDirectory() as room:
        for name, found in folders.items():
            if len(sys.argv) > 2 and name not in sys.argv[2:]:
                continue
            model.DATA = Path(room) / f"{name}.crf"
            train([r for other, some in ready.items() if other != name for r in some], model.DATA)
            model._tagger.cache_clear()
            print(f"{name:14} {score(found)}")
            print(f"{'in lower case':14} {score(found, lower=True)}", flush=True)


if __name__ == "__main__":
    main()
