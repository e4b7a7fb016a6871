"""The finder's figures: on marked cases that no rule was made on, its weight, and the quiet check.

Beside them stand those of deduce, which is what there is for Dutch: installed by pip into a folder
of its own when the bench runs, and run on the same cases in the same way. Without a network that
is said, and the rest is measured.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.figures import Goal, shown
from cop.deidentify import Label, Reason, Span
from cop.textcheck import clients
from cop.textcheck.checks import Purpose
from tests.deidentify.scoring import Gold, Score, sealed, unmark
from tests.textcheck.ordinary import CIRCLE, demo_posts, marked_cases

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / "tests" / "deidentify" / "unseen"
HANDS = TOP / "tests" / "deidentify" / "hands"
HELD = "cases kept apart, which no rule was made on"
GOALS = [
    Goal("recall", ">=", 0.95, "", HELD),
    Goal("precision", ">=", 0.90, "", HELD),
    Goal("typed", ">=", 0.88, "", HELD),
    Goal("clean", ">=", 0.45, "", HELD),
    Goal("untouched", ">=", 0.75, "", HELD),
    Goal("load", "<=", 1, "s", "a new process until its first text is done"),
    Goal("memory", "<=", 80, "MB", "what that process holds at most"),
    Goal("case-2000", "<=", 50, "ms", "2,000 characters of those cases, the median"),
    Goal("post-500", "<=", 10, "ms", "500 characters of the demo's posts, the median"),
    Goal("ordinary-posts-flagged", "<=", 0.02, "", "the demo's posts"),
    Goal("cases-flagged", ">=", 0.98, "", "the sixty and those of other hands, among ten members"),
]
POST = 500  # characters of an ordinary post
DEDUCE = "3.0.6"
DEDUCE_LABELS = {
    "persoon": "PERSON",
    "patient": "PERSON",
    "locatie": "PLACE",
    "instelling": "ORG",
    "ziekenhuis": "ORG",
    "datum": "DATE",
    "leeftijd": "AGE",
    "bsn": "ID",
    "id": "ID",
    "telefoonnummer": "CONTACT",
    "emailadres": "CONTACT",
    "url": "CONTACT",
}
# A process that loads a finder, says how long that took, and runs it on the texts that it reads.
CHILD = """
import json, resource, sys, time
began = time.perf_counter()
{load}
find("Jan")
load = time.perf_counter() - began
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for line in sys.stdin:
    text = json.loads(line)
    began = time.perf_counter()
    spans = find(text)
    print(json.dumps({{"took": time.perf_counter() - began, "spans": spans}}))
print(json.dumps({{"load": load, "memory": memory}}))
"""
OURS = """
from cop.deidentify import find as look
def find(text):
    return [(s.start, s.end, s.label) for s in look(text)]
"""
THEIRS = """
from deduce import Deduce
deduce = Deduce()
def find(text):
    found = deduce.deidentify(text).annotations
    return sorted((int(a.start_char), int(a.end_char), str(a.tag)) for a in found)
"""


class Run:
    """A finder in a process of its own, on every sealed case and on texts of 2,000 characters."""

    def __init__(self, python: str, load: str, labels: dict[str, str] | None = None) -> None:
        self.cases = kept_apart()
        whole = "\n\n".join(text for text, _ in self.cases)
        long = [whole[i : i + 2000] for i in range(0, len(whole) - 2000, 2000)]
        texts = [text for text, _ in self.cases] + long * 3
        answer = subprocess.run(
            [python, "-c", CHILD.format(load=load)],
            input="".join(json.dumps(text) + "\n" for text in texts),
            capture_output=True,
            text=True,
            check=True,
            cwd=TOP,
        )
        lines: list[dict[str, Any]] = [json.loads(line) for line in answer.stdout.splitlines()]
        self.load, self.memory = lines[-1]["load"], lines[-1]["memory"]
        took = sorted(line["took"] for line in lines[len(self.cases) : -1])
        self.took = took[len(took) // 2] * 1000
        self.score = Score()
        self.by_label: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        for (text, gold), line in zip(self.cases, lines, strict=False):
            spans = [
                Span(start, end, Label(labels[label] if labels else label), 1.0, Reason.CODE)
                for start, end, label in line["spans"]
                if labels is None or label in labels
            ]
            self.score.add(text, gold, spans)
            self._count(text, gold, spans)

    def _count(self, text: str, gold: list[Gold], spans: list[Span]) -> None:
        """What is only said to be recognisable together covers no name: it stays as it is."""
        told = {i: s.label for s in spans for i in range(s.start, s.end)}
        direct = {i: label for i, label in told.items() if label is not Label.QUASI}
        for start, end, label in gold:
            said = told if label == Label.QUASI else direct
            got = {said.get(i) for i in range(start, end) if text[i].isalnum()}
            counts = self.by_label[label]
            counts[0] += 1
            counts[1] += None not in got
            counts[2] += got == {Label(label)}

    def tell(self, name: str) -> None:
        """Every figure on standard error."""
        s = self.score
        figures = {
            "recall": s.recall,
            "precision": s.precision,
            "typed": s.typed / s.names,
            "clean": s.clean / s.with_names,
            "untouched": s.untouched / s.without,
            "load s": self.load,
            "memory MB": self.memory,
            "2000 characters ms": self.took,
        }
        told = ", ".join(f"{key} {shown(value)}" for key, value in figures.items())
        print(f"  {name}: {told}", file=sys.stderr)
        for label in Label:
            names, covered, typed = self.by_label[label]
            print(
                f"    {label:8} {names:4} marked, {covered} found, {typed} as such", file=sys.stderr
            )


def kept_apart() -> list[tuple[str, list[Gold]]]:
    """Text and marks of the cases that nobody who works on the finder has read."""
    paths = [path for paths in sealed().values() for path in paths]
    return [unmark(path.read_text(encoding="utf-8")) for path in paths]


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    runs = [Run(sys.executable, OURS) for _ in range(5 if full else 3)]
    ours = runs[0]
    ours.tell("ours")
    score = ours.score
    yield "recall", lambda: score.recall
    yield "precision", lambda: score.precision
    yield "typed", lambda: score.typed / score.names
    yield "clean", lambda: score.clean / score.with_names
    yield "untouched", lambda: score.untouched / score.without
    # The quickest of some: what else the machine does is no part of the figure.
    yield "load", lambda: min(run.load for run in runs)
    yield "memory", lambda: max(run.memory for run in runs)
    yield "case-2000", lambda: min(run.took for run in runs)
    beside()
    yield "post-500", post_takes
    yield "ordinary-posts-flagged", ordinary_flagged
    yield "cases-flagged", cases_flagged


def beside() -> None:
    """Deduce's figures on the same cases; says so when it cannot be had."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="cop-bench-deduce-") as folder:
        python = str(Path(folder) / "bin" / "python")
        try:
            subprocess.run(
                [sys.executable, "-m", "venv", folder], check=True, capture_output=True, timeout=120
            )
            subprocess.run(
                [python, "-m", "pip", "install", "-q", f"deduce=={DEDUCE}"],
                check=True,
                capture_output=True,
                timeout=300,
            )
            # Its first run makes its word lists, which is no part of loading them.
            subprocess.run(
                [python, "-c", "from deduce import Deduce; Deduce()"],
                check=True,
                capture_output=True,
                timeout=600,
            )
            Run(python, THEIRS, DEDUCE_LABELS).tell(f"deduce {DEDUCE}")
        except (subprocess.SubprocessError, OSError) as error:
            said = (getattr(error, "stderr", None) or b"").strip()
            last = (said.decode() if isinstance(said, bytes) else said).splitlines()[-1:]
            why = f"{type(error).__name__}{': ' if last else ''}{''.join(last)}"
            print(f"  deduce {DEDUCE} cannot be had or run ({why}); without it", file=sys.stderr)
            return
    print(f"  (installed and run in {time.monotonic() - began:.0f} s)", file=sys.stderr)


def ordinary_flagged() -> float:
    """The share of the demo's posts about which the quiet check speaks up."""
    said = [
        bool(clients.looks_like_a_client(text, Purpose.POST, lambda names=names: names))
        for text, names in demo_posts()
    ]
    print(f"  {sum(said)} of {len(said)} posts", file=sys.stderr)
    return sum(said) / len(said)


def cases_flagged() -> float:
    """The share of the cases with direct identifiers about which it speaks up, among ten members:
    their names, and no more than those, are left alone."""
    cases = [*marked_cases(FOLDER, "case-*.md"), *marked_cases(HANDS, "sealed-*.md")]
    said = [bool(clients.looks_like_a_client(text, Purpose.POST, lambda: CIRCLE)) for text in cases]
    print(f"  {sum(said)} of {len(said)} cases", file=sys.stderr)
    return sum(said) / len(said)


def post_takes() -> float:
    """How long the quiet check takes with a post, in milliseconds: of three rounds the quickest."""
    whole = "\n\n".join(text for text, _ in demo_posts())
    posts = [whole[i : i + POST] for i in range(0, len(whole) - POST, POST)][:200]
    rounds = []
    for _ in range(3):
        took = []
        for post in posts:
            began = time.perf_counter()
            clients.looks_like_a_client(post, Purpose.POST, lambda: CIRCLE)
            took.append(time.perf_counter() - began)
        rounds.append(sorted(took)[len(took) // 2] * 1000)
    return min(rounds)
