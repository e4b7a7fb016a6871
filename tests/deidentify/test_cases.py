"""The scores on our own marked cases hold, and so does the quiet check."""

from collections import defaultdict
from pathlib import Path

import pytest

from bench.cases import Run
from cop.deidentify import Label, Reason, Span, find, quick_check

from .scoring import CASES, further, kept, later, score_all, sealed, training, unmark

POSTS = (Path(__file__).parent / "posts.md").read_text(encoding="utf-8").split("\n---\n")


# What is held on each writer's cases: recall, precision, typed, clean. All but the sealed ones were
# looked at and learned from, so theirs say how well the finder was fitted.
HELD = {
    "development": (0.985, 0.945, 0.975, 0.88),
    "cases": (0.985, 0.975, 0.96, 0.92),
    "styles": (0.98, 0.95, 0.94, 0.85),
    "fresh": (0.975, 0.94, 0.935, 0.80),
    "hands": (0.97, 0.93, 0.92, 0.68),
    "unseen-read": (0.985, 0.94, 0.965, 0.90),
    "broad": (0.975, 0.93, 0.92, 0.75),
    "later": (0.93, 0.88, 0.86, 0.55),
    "further": (0.975, 0.93, 0.92, 0.8),
    "kept": (0.93, 0.91, 0.87, 0.3),
    "sealed": (0.95, 0.895, 0.895, 0.55),
    "sealed-hands": (0.935, 0.895, 0.88, 0.3),
}


@pytest.mark.parametrize("writer", HELD)
def test_scores_hold(writer: str) -> None:
    aside = {"later": later(), "further": further(), "kept": kept()}
    score = score_all((training() | sealed() | aside)[writer])
    unread = writer in sealed() or writer == "kept"
    leaks = [] if unread else score.leaks  # nobody reads the sealed cases
    recall, precision, typed, clean = HELD[writer]
    assert score.recall >= recall, leaks
    assert score.precision >= precision
    assert score.typed / score.names >= typed
    assert score.clean / score.with_names >= clean, leaks


def test_sealed_cases_are_not_learned_from() -> None:
    apart = {path for paths in sealed().values() for path in paths}
    assert len(apart) == 54
    apart |= {*kept()}
    assert len(apart) == 96
    assert not apart & {path for paths in training().values() for path in paths}


def test_ordinary_posts_are_left_alone() -> None:
    assert len(POSTS) >= 50
    assert sum(bool(quick_check(post)) for post in POSTS) <= len(POSTS) // 50


def test_cases_are_noticed() -> None:
    texts = [unmark(p.read_text(encoding="utf-8")) for p in CASES.glob("*.md")]
    cases = [text for text, gold in texts if any(label != "QUASI" for _, _, label in gold)]
    assert sum(bool(quick_check(text)) for text in cases) >= 0.98 * len(cases)


def test_the_digest_of_a_file_is_nobodys_number() -> None:
    digest = "16fe1a97c53b484988f8f848e7ade1ab"
    assert quick_check(f"Het bestand van gisteren is {digest}, controleer het maar.") == []
    assert quick_check("Cliëntnummer 84726153, geboren 3-4-1988, drinkt weer.")


def test_known_members_do_not_count() -> None:
    post = "Zoals Wiebrigje Zandstra en Tobias Kwint al zeiden: haar idee en zijn plan zijn goed."
    assert quick_check(post, known=["Wiebrigje Zandstra", "Tobias Kwint"]) == []


def test_quick_check_returns_spans_of_find() -> None:
    text = "Mijn cliënt mevrouw Proefpersoon (34) drinkt weer, ze woont in Emmen."
    assert quick_check(text)
    assert set(quick_check(text)) <= set(find(text))


def test_figures_per_label_count_what_covers_a_name() -> None:
    """A name within what is only said to be recognisable together stays as it is: not found."""
    run = Run.__new__(Run)
    run.by_label = defaultdict(lambda: [0, 0, 0])
    text, gold = unmark("[[PERSON|Sjoerd]] is [[QUASI|de enige smid]] van [[PLACE|Wommels]].")
    whole = [Span(0, len(text) - 8, Label.QUASI, 1.0, Reason.ONLY_ONE)]
    place = Span(len(text) - 8, len(text), Label.PLACE, 1.0, Reason.KNOWN_PLACE)
    run._count(text, gold, [*whole, place])
    assert run.by_label == {"PERSON": [1, 0, 0], "QUASI": [1, 1, 1], "PLACE": [1, 1, 1]}
