"""Two who do something at the same moment, as only PostgreSQL lets them."""

import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy.orm import Session

from cop.platform.db import unit_of_work

Does = Callable[[Session], object]
HEAD_START = 0.3  # seconds for the second to look at things as they were; less only proves less


def at_once(app: Flask, first: Does, second: Does) -> Exception | None:
    """Let `second` begin before the transaction of `first` ends; the error that ended it, if one.

    On SQLite it waits for its turn at the beginning, on PostgreSQL where it wants the same rows.
    """
    ended: list[Exception] = []

    def other() -> None:
        with app.app_context():
            try:
                with unit_of_work() as session:
                    second(session)
            except Exception as error:
                ended.append(error)

    thread = threading.Thread(target=other)
    with unit_of_work() as session:
        first(session)
        session.flush()
        thread.start()
        thread.join(HEAD_START)
    thread.join()
    return ended[0] if ended else None
