"""Questions that come at the same moment, asked as one.

When a link comes back, hundreds of screens connect within a second. Each asks who it is: one
question to the database about forty of them takes hardly longer than about one. And each asks what
it missed, which is the same for all screens of a session that were away equally long.
"""

import threading
from collections.abc import Callable, Collection, Hashable
from contextlib import nullcontext
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from cop.platform.db import glancing

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Round(Generic[K, V]):
    def __init__(self) -> None:
        self.keys: set[K] = set()
        self.answered = threading.Event()
        self.found: dict[K, V] | None = None


class Together(Generic[K, V]):
    """Asks for many keys at once what callers ask for one each.

    No answer is older than the call that gets it: who comes while a question is under way is in
    the next one.

    Args:
        ask: `(session, keys)` gives what was found per key.
        most: keys in one question.
    """

    def __init__(self, ask: Callable[[Session, Collection[K]], dict[K, V]], most: int) -> None:
        self._ask, self._most = ask, most
        self._lock = threading.Lock()
        self._asking = threading.Lock()  # one question is under way
        self._coming: _Round[K, V] | None = None

    def __call__(self, session: Session | None, key: K) -> V | None:
        """What is found for a key; None when nothing is.

        Args:
            session: the caller's, used if it is the one that asks; None opens one then.

        Raises:
            RuntimeError: another caller's question, which this one was part of, failed.
        """
        with self._lock:
            round_, first = self._coming, False
            if round_ is None or len(round_.keys) >= self._most:
                round_, first = _Round(), True
                self._coming = round_
            round_.keys.add(key)
        if first:
            self._answer(session, round_)
        else:
            round_.answered.wait()
        if round_.found is None:
            raise RuntimeError("the question that was asked together failed")
        return round_.found.get(key)

    def _answer(self, session: Session | None, round_: _Round[K, V]) -> None:
        try:
            with self._asking:
                with self._lock:
                    if self._coming is round_:
                        self._coming = None  # from here on others are too late for this one
                    keys = tuple(round_.keys)
                with nullcontext(session) if session is not None else glancing() as own:
                    round_.found = self._ask(own, keys)
        finally:
            round_.answered.set()
