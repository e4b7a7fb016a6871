"""Two at once: one has done something and not committed it yet when the other begins."""

import time
from collections.abc import Callable
from threading import Thread
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from cop.platform.db import is_sqlite, unit_of_work

PATIENT = 20.0  # seconds
HELD_UP = text(
    "SELECT count(*) FROM pg_locks"
    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def meanwhile(
    app: Flask, first: Callable[[Session], Any], then: Callable[[Session], Any]
) -> Exception | None:
    """`then` in a transaction of its own that begins before that of `first` ends; what it raised.

    On PostgreSQL `first` commits as soon as `then` waits for it, or is through.
    """
    raised: list[Exception] = []

    def second() -> None:
        try:
            with app.app_context(), unit_of_work() as session:
                then(session)
        except Exception as error:  # the test says which it should be
            raised.append(error)

    other = Thread(target=second, daemon=True)
    with unit_of_work() as session:
        first(session)
        session.flush()
        other.start()
        until = time.monotonic() + PATIENT
        while not is_sqlite(session) and other.is_alive() and time.monotonic() < until:
            if session.scalar(HELD_UP):
                break
            time.sleep(0.01)
    other.join(PATIENT)
    assert not other.is_alive()
    return raised[0] if raised else None
