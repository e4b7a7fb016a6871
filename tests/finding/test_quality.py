"""How good search is: word forms one by one, and judged questions over the demo."""

import pytest

from cop.demo.build import build
from cop.finding.queries import find
from cop.members.actor import SYSTEM
from cop.platform.db import reading, unit_of_work
from tests.finding.forms import APART, FORMS, found_in
from tests.finding.judged import mean, ndcg, questions


def test_word_forms_find_each_other():
    assert [form for form in FORMS if not found_in(form)] == []


def test_words_that_only_look_alike_stay_apart():
    assert [form for form in APART if found_in(form)] == []


@pytest.fixture
def demo(app, now):
    with unit_of_work() as session:
        build(session, now)


def test_judged_questions_are_answered_well(demo, now):
    scores = {}
    with reading() as session:
        for each in questions():
            items = find(session, SYSTEM, each.words, now, most=10).items
            scores[each.words] = ndcg([(i.kind, i.shown.title) for i in items], each)
    assert len(scores) >= 60
    assert mean(scores.values()) >= 0.85, sorted(scores.items(), key=lambda s: s[1])[:12]
