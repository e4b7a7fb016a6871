"""Flooding: whoever sends too much is slowed, then cut off for a while, and nobody else notices.

Counted per person over all their connections of this process. A connection's events are handled
one after the other, so that slowing one is felt by that one only. What others read has a bound of
its own, as forms have.
"""

import threading
import time
from dataclasses import dataclass

BURST = 60.0  # events at once
RATE = 10.0  # a second, from then on
MOST_SLOWED = 60  # events that were slowed, one after the other, before somebody is cut off
MOST_WAITING = 20  # events that wait at the same moment
OUT_SECONDS = 30.0
MOST_CONNECTIONS = 20  # screens and tabs of one person
WORDS = 30.0  # what others read: so many at once
WORDS_RATE = 0.5  # a second, from then on


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float
    slowed: int = 0
    waiting: int = 0
    out_until: float = 0.0
    connections: int = 0
    words: float = 0.0


class Flood:
    """How much everybody may still send."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def may_connect(self, who: str) -> bool:
        """One more connection is theirs, until `gone`; False: they have to wait."""
        with self._lock:
            bucket = self._bucket(who)
            if bucket.out_until > bucket.at or bucket.connections >= MOST_CONNECTIONS:
                return False
            bucket.connections += 1
            return True

    def gone(self, who: str) -> None:
        with self._lock:
            bucket = self._bucket(who)
            bucket.connections = max(0, bucket.connections - 1)

    def may_write(self, who: str) -> bool:
        """They may say one more thing that others read."""
        with self._lock:
            bucket = self._bucket(who)
            if bucket.words < 1:
                return False
            bucket.words -= 1
            return True

    def _bucket(self, who: str) -> _Bucket:
        now = time.monotonic()
        self._forget(now)
        bucket = self._buckets.setdefault(who, _Bucket(BURST, now, words=WORDS))
        bucket.left = min(BURST, bucket.left + (now - bucket.at) * RATE)
        bucket.words = min(WORDS, bucket.words + (now - bucket.at) * WORDS_RATE)
        bucket.at = now
        return bucket

    def take(self, who: str) -> float | None:
        """How many seconds this event has to wait; None: the connection is to be cut."""
        with self._lock:
            bucket = self._bucket(who)
            now = bucket.at
            if bucket.out_until > now:
                return None
            if bucket.left >= BURST / 2:
                bucket.slowed = 0
            bucket.left -= 1
            if bucket.left >= 0:
                return 0.0
            bucket.slowed += 1
            if bucket.slowed > MOST_SLOWED or bucket.waiting >= MOST_WAITING:
                bucket.out_until = now + OUT_SECONDS
                return None
            bucket.waiting += 1
            return -bucket.left / RATE

    def waited(self, who: str) -> None:
        with self._lock:
            if who in self._buckets:
                self._buckets[who].waiting -= 1

    def _forget(self, now: float) -> None:
        if len(self._buckets) > 5000:
            for who in [
                who
                for who, b in self._buckets.items()
                if not (b.waiting or b.connections)
                and b.out_until < now
                and (now - b.at) * WORDS_RATE >= WORDS
            ]:
                del self._buckets[who]


flood = Flood()
