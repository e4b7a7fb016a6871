"""Figures of gatherings: sessions that many screens follow, a date poll that very many answered,
and what other readers make of our calendars."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bench import sessions
from bench.figures import Goal
from tests.gatherings import readers

GOALS = [
    *sessions.GOALS,
    Goal("calendar-readers-failing", "<=", 0, "", "khal, ical.js and vobject, 2026 to 2030"),
    Goal("poll-500-page", "<=", 300, "ms", "a poll of 60 dates that 500 answered, the median"),
]


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    """Those of sessions from one run; each other on an application of its own, on SQLite."""
    yield from sessions.measure(full)
    yield "calendar-readers-failing", _readers_failing
    yield "poll-500-page", lambda: _poll_page(60 if full else 20)


def _readers_failing() -> float:
    """How many of the three do not read every event at the moment at which it was written."""
    from cop.gatherings import ics
    from tests.gatherings.test_three_readers import NOW, gatherings

    with tempfile.TemporaryDirectory() as folder, _application(Path(folder)).app_context():
        made = gatherings()
        wanted = {g.uid: (g.starts_at, g.ends_at) for g in made}
        text = ics.feed(made, [timedelta(days=1)], "Leergemeenschap", NOW)
        failing = 0
        for name, read in readers.READERS.items():
            try:
                failing += read([text], Path(folder)) != [wanted]
            except (Exception, pytest.skip.Exception) as error:  # whatever it stumbles over
                print(f"  {name}: {type(error).__name__}")
                failing += 1
        return failing


def _poll_page(times: int) -> float:
    """Milliseconds for the page of who looks for the date, with everything that it shows."""
    from tests.gatherings.test_many_answers import answered_by
    from tests.support.client import Browser
    from tests.support.factories import Factory

    with tempfile.TemporaryDirectory() as folder:
        app = _application(Path(folder))
        with app.app_context():
            make = Factory()
            Browser.app = app
            organiser = make.member()
            poll = make.date_poll(organiser, dates=60)
            answered_by(poll, 500)
            page = Browser(organiser)
            taken = []
            for _ in range(times + 3):
                began = time.perf_counter()
                answer = page.get(f"/agenda/prikker/{poll.id}")
                taken.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200
            return statistics.median(taken[3:])


def _application(folder: Path):  # type: ignore[no-untyped-def]  # Flask, imported when measured
    from flask_migrate import upgrade

    from cop import create_app
    from tests.conftest import make_settings

    app = create_app(make_settings(f"sqlite:///{folder / 'bench.db'}", folder))
    with app.app_context():
        upgrade(directory=str(Path(__file__).resolve().parent.parent / "migrations"))
    return app
