"""Questions that come at the same moment are asked as one, and none is answered from before."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from sqlalchemy.orm import Session

from cop.platform.live.together import Together

NO_SESSION = cast(Session, object())  # what asks is told nothing of it here


class _Slow:
    """A question that is under way until it is let go; what it is about can change meanwhile."""

    def __init__(self):
        self.asked = []
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.word = "before"
        self.fails = False

    def __call__(self, _session, keys):
        self.asked.append(set(keys))
        answer = {key: f"{key} {self.word}" for key in keys if key != "nobody"}
        self.begun.set()
        assert self.go_on.wait(30)
        if self.fails:
            raise ValueError
        return answer


def _waiting_for(together, keys):
    coming = together._coming
    return coming is not None and coming.keys == keys


def test_who_comes_while_a_question_is_under_way_is_asked_about_together_afterwards():
    slow = _Slow()
    together = Together(slow, most=100)
    with ThreadPoolExecutor(30) as pool:
        first = pool.submit(together, NO_SESSION, "first")
        assert slow.begun.wait(30)
        slow.word = "after"
        names = {f"later {n}" for n in range(20)} | {"nobody"}
        later = {name: pool.submit(together, NO_SESSION, name) for name in names}
        while not _waiting_for(together, names):
            pass
        slow.go_on.set()
        assert first.result(30) == "first before"
        for name, answer in later.items():
            assert answer.result(30) == (None if name == "nobody" else f"{name} after")
    assert slow.asked == [{"first"}, names]


def test_one_question_holds_no_more_than_it_may():
    slow = _Slow()
    together = Together(slow, most=2)
    with ThreadPoolExecutor(30) as pool:
        answers = [pool.submit(together, NO_SESSION, str(n)) for n in range(7)]
        assert slow.begun.wait(30)
        slow.go_on.set()
        assert {answer.result(30) for answer in answers} == {f"{n} before" for n in range(7)}
    assert max(len(keys) for keys in slow.asked) <= 2


def test_nobody_is_left_waiting_when_it_fails():
    slow = _Slow()
    slow.fails = True
    together = Together(slow, most=100)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(together, NO_SESSION, "first")
        assert slow.begun.wait(30)
        later = [pool.submit(together, NO_SESSION, name) for name in ("a", "b")]
        while not _waiting_for(together, {"a", "b"}):
            pass
        slow.go_on.set()
        with pytest.raises(ValueError):
            first.result(30)
        for answer in later:
            with pytest.raises((ValueError, RuntimeError)):
                answer.result(30)
    slow.fails = False
    assert together(NO_SESSION, "again") == "again before"
