"""Asking for a case is fair: over fifty sessions nobody is asked twice before everybody once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cop.intervisie.fairness import Turn, brought, next_to_ask, was_asked

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SESSIONS = 50
answers = st.lists(st.lists(st.booleans(), min_size=8, max_size=8), min_size=50, max_size=50)


def held(turns, there, says, now, unasked=()):
    """One session: people are asked in turn until one says yes. Who was asked, in order."""
    asked = []
    for one in unasked:
        turns[one] = brought(turns, one, now)
    for yes in says:
        one = next_to_ask(turns, there, {*asked, *unasked})
        if one is None:
            break
        turns[one] = was_asked(turns, one)
        asked.append(one)
        if yes:
            turns[one] = brought(turns, one, now)
            break
    return asked


@given(st.integers(2, 8), answers)
def test_nobody_is_asked_twice_before_everybody_once(size, answers):
    people, turns = list(range(size)), {}
    counts = dict.fromkeys(people, 0)
    for n, says in enumerate(answers):
        for one in held(turns, people, says, START + timedelta(weeks=6 * n)):
            counts[one] += 1
            assert max(counts.values()) - min(counts.values()) <= 1, (n, counts)


@given(st.integers(2, 8), answers, st.data())
def test_who_brings_one_unasked_has_had_their_turn(size, answers, data):
    """Between two questions to the same person everybody was asked, or brought a case."""
    people, turns = list(range(size)), {}
    counts = dict.fromkeys(people, 0)  # in the round that is going on
    for n, says in enumerate(answers):
        unasked = data.draw(st.lists(st.sampled_from(people), max_size=1))
        for one in unasked:
            counts[one] = max(counts[one], max(counts.values()))
        for one in held(turns, people, says, START + timedelta(weeks=6 * n), unasked):
            counts[one] += 1
            assert max(counts.values()) - min(counts.values()) <= 1, (n, counts)


@given(st.integers(3, 8), answers, st.data())
def test_who_was_away_is_asked_once_when_back_and_nobody_is_asked_for_them(size, answers, data):
    people, turns = list(range(size)), {}
    in_a_row = 0
    last = None
    for n, says in enumerate(answers):
        there = data.draw(st.lists(st.sampled_from(people), unique=True, min_size=2))
        for one in held(turns, there, says, START + timedelta(weeks=6 * n)):
            in_a_row = in_a_row + 1 if one == last else 1
            last = one
            # Twice: the last of one round and the first of the next; a third time would be unfair.
            assert in_a_row <= 2 or len(set(there)) < 2, (n, one)


def test_whoever_has_brought_none_for_longest_is_asked_first():
    turns = {
        1: Turn(1, START),
        2: Turn(1, START - timedelta(days=300)),
        3: Turn(1, None),
        4: Turn(1, START - timedelta(days=30)),
    }
    order = []
    while (one := next_to_ask(turns, [1, 2, 3, 4], order)) is not None:
        order.append(one)
    assert order == [3, 2, 4, 1]
