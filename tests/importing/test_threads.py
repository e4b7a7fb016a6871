"""Which mails belong together, whatever the order in which they are met."""

import random
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.discussions.importing.threads import Earlier, Mail, arrange
from tests.importing.mails import START


def m(key: str, days: float, *refs: str, subject: str = "", answers: bool | None = None) -> Mail:
    said = bool(refs) if answers is None else answers
    return Mail(key, START + timedelta(days=days), refs, subject, said)


def together(mails: list[Mail], known: dict[str, int] | None = None) -> set[frozenset[str]]:
    threads = arrange(mails, known or {}, [], {})
    groups: dict[object, set[str]] = {}
    for key, thread in threads.items():
        groups.setdefault(thread, set()).add(key)
    return {frozenset(group) for group in groups.values()}


def sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group) for group in groups}


@pytest.mark.parametrize(
    ("mails", "threads"),
    [
        pytest.param([m("a", 0), m("b", 1)], sets("a", "b"), id="nothing in common"),
        pytest.param([m("a", 0), m("b", 1, "a")], sets("ab"), id="an answer"),
        pytest.param([m("b", 0, "a"), m("a", 1)], sets("ab"), id="child before its parent by date"),
        pytest.param(
            [m("c", 0, "b"), m("a", 1), m("b", 2, "a")], sets("abc"), id="grandchild first of all"
        ),
        pytest.param([m("b", 0, "x"), m("c", 1, "x")], sets("bc"), id="their parent is missing"),
        pytest.param([m("c", 1, "a", "x"), m("a", 0)], sets("ac"), id="only the parent is missing"),
        pytest.param([m("a", 0, "b"), m("b", 1, "a")], sets("ab"), id="a loop"),
        pytest.param([m("a", 0, "a")], sets("a"), id="it refers to itself"),
        pytest.param(
            [m("a", 0, "c"), m("b", 1, "a"), m("c", 2, "b")], sets("abc"), id="a loop of three"
        ),
        pytest.param(
            [m("a", 0, subject="s"), m("b", 89, subject="s", answers=True)],
            sets("ab"),
            id="Re: within the window",
        ),
        pytest.param(
            [m("a", 0, subject="s"), m("b", 91, subject="s", answers=True)],
            sets("a", "b"),
            id="Re: after the window",
        ),
        pytest.param(
            [m(k, d, subject="s", answers=True) for k, d in (("a", 0), ("b", 60), ("c", 120))],
            sets("abc"),
            id="the window counts from the last one",
        ),
        pytest.param(
            [m("a", 0, subject="s"), m("b", 20, subject="s")],
            sets("ab"),
            id="the same subject soon",
        ),
        pytest.param(
            [m(k, d, subject="s") for k, d in (("a", 0), ("b", 25), ("c", 50))],
            sets("ab", "c"),
            id="the same subject every month is another discussion",
        ),
        pytest.param(
            [m("a", 0, subject="s"), m("b", 1, "x", subject="s")],
            sets("ab"),
            id="an answer to a mail that nobody has goes by its subject",
        ),
        pytest.param(
            [m("a", 1, subject="s"), m("b", 0, subject="s", answers=True)],
            sets("ab"),
            id="an answer that is older by its date begins the thread",
        ),
        pytest.param(
            [m("a", 0), m("b", 1, answers=True)], sets("a", "b"), id="no subject is no subject"
        ),
        pytest.param(
            [
                m("a", 0, subject="s"),
                m("b", 1, "a", subject="t"),
                m("c", 2, subject="t", answers=True),
            ],
            sets("abc"),
            id="a subject that changed on the way",
        ),
    ],
)
def test_what_belongs_together(mails: list[Mail], threads: set[frozenset[str]]) -> None:
    for seed in range(6):
        random.Random(seed).shuffle(mails)
        assert together(mails) == threads


def test_an_answer_goes_to_the_discussion_that_is_stored() -> None:
    threads = arrange([m("b", 1, "a")], {"a": 7}, [], {})

    assert threads["b"].discussion_id == 7


def test_a_mail_that_others_waited_for_goes_to_them() -> None:
    assert arrange([m("a", 0)], {"a": 7}, [], {})["a"].discussion_id == 7


def test_stored_discussions_are_not_merged_and_the_nearest_wins() -> None:
    threads = arrange([m("c", 2, "a", "b"), m("d", 3, "c")], {"a": 7, "b": 8}, [], {})

    assert (threads["c"].discussion_id, threads["d"].discussion_id) == (8, 8)


def test_a_subject_leads_to_a_stored_discussion() -> None:
    earlier = [Earlier(START, "a", "s", 7)]

    threads = arrange([m("b", 60, subject="s", answers=True)], {}, earlier, {7: START})

    assert threads["b"].discussion_id == 7


KEYS = "abcdefgh"
MAILS = st.dictionaries(
    st.sampled_from(KEYS),
    st.tuples(
        st.integers(0, 200),
        st.lists(st.sampled_from(KEYS + "xyz"), max_size=3),
        st.sampled_from(["", "s", "t"]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=400)
@given(MAILS, st.integers(0, 8))
def test_going_on_after_a_run_that_was_cut_off_gives_the_same(
    made: dict[str, tuple[int, list[str], str, bool]], cut: int
) -> None:
    """The law behind 'killed half-way and run again': what is stored is the earlier part."""
    mails = [
        m(key, days, *(r for r in refs if r != key), subject=subject, answers=answers or bool(refs))
        for key, (days, refs, subject, answers) in made.items()
    ]
    mails.sort(key=lambda mail: mail.place)
    whole = arrange(mails, {}, [], {})
    ids = {thread: n for n, thread in enumerate(dict.fromkeys(whole[x.key] for x in mails), 1)}
    stored, rest = mails[:cut], mails[cut:]
    known: dict[str, int] = {}
    began: dict[int, datetime] = {}
    for mail in stored:
        place = ids[whole[mail.key]]
        began.setdefault(place, mail.date)
        for key in mail.references:
            known.setdefault(key, place)
        known[mail.key] = place
    earlier = [Earlier(x.date, x.key, x.subject, known[x.key]) for x in stored if x.subject]

    again = arrange(rest, known, earlier, began)

    fresh: dict[object, int] = {}
    for mail in rest:
        thread = again[mail.key]
        was = ids[whole[mail.key]]
        assert fresh.setdefault(thread, was) == was
        assert thread.discussion_id in (None, was)
        assert (thread.discussion_id is None) == (was not in began)
