"""On SQLite the writers of one process take turns, in the order in which they came."""

import threading
import time

from cop.platform.db import _Turns


def test_turns_go_to_whoever_waited_longest():
    turns, order = _Turns(), []
    turns.take()

    def write(n):
        turns.take()
        order.append(n)
        turns.give()

    writers = []
    for n in range(5):
        writers.append(threading.Thread(target=write, args=(n,)))
        writers[-1].start()
        while len(turns._waiting) <= n:
            time.sleep(0.001)
    turns.give()
    for writer in writers:
        writer.join(10)
    assert order == [0, 1, 2, 3, 4]
    turns.take()  # free again
    turns.give()


def test_whoever_waits_too_long_goes_on(monkeypatch):
    monkeypatch.setattr("cop.platform.db.TURN_SECONDS", 0.05)
    turns = _Turns()
    turns.take()
    turns.take()
    turns.give()
    turns.take()
