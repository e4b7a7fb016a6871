"""All write at once, from screens of their own: every entry is kept, once, and all hear of it."""

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from cop.platform.db import reading
from cop.platform.live import LiveEvent
from tests.beraad.sitting import sit
from tests.support import live
from tests.support.screens import Screen

CELLS = [
    f"{who}.{kind}.{side}"
    for who in ("client", "naaste", "society")
    for kind in ("value", "norm")
    for side in ("a", "b")
]
EACH = 6
WITHIN = 2.0  # seconds after the last was sent


@pytest.fixture
def base(app, database, database_urls) -> Iterator[str]:
    folder = app.config["SETTINGS"].data_dir
    with live.running(database_urls[database], folder, unslowed=True) as address:
        yield address


def test_entries_of_the_same_moment_are_all_kept_and_none_is_doubled(app, make, now, base):
    """Six clients over HTTP and sockets, each send repeated as a retry would."""
    at = sit(make, now, others=6)
    url = f"/sessies/{at.id}/beraad"
    screens = [Screen(base, live.cookie_of(app, m)) for m in at.others]
    listeners = [live.Listener(base, live.cookie_of(app, m)) for m in (at.lead, *at.others)]
    assert all(x.listen(f"session:{at.id}")["ok"] for x in listeners)
    outsider = live.Listener(base, live.cookie_of(app, at.absent))
    assert outsider.listen(f"session:{at.id}")["ok"] is False
    ready, failed = threading.Barrier(len(screens)), []

    def write(number: int, screen: Screen) -> None:
        ready.wait(10)
        for n in range(EACH):
            sent = {
                "place": CELLS[n % 3],  # all in the same cells
                "text": f"Van {number} nummer {n}",
                "key": f"sleutel-{number}-{n}",
            }
            for _retry in range(2):
                answer = screen.post(f"{url}/waarden/erbij", sent)
                if answer != 302:
                    failed.append((number, n, answer))

    threads = [threading.Thread(target=write, args=pair) for pair in enumerate(screens)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    assert failed == []
    with reading() as session:
        told = session.scalars(
            select(LiveEvent.subject).where(
                LiveEvent.audience == f"session:{at.id}", LiveEvent.kind == "beraad.entry"
            )
        ).all()
    assert len(told) == len(set(told)) == len(screens) * EACH, "each is told once"
    for listener in listeners:

        def heard(listener: live.Listener = listener) -> bool:
            mine = {e["subject"] for e in listener.heard if e["kind"] == "beraad.entry"}
            return mine == set(told)

        assert live.eventually(heard, WITHIN), "every screen knows of every entry"
    for screen in screens:
        page = screen.get(f"{url}/bord/values?deel=1")
        for number in range(len(screens)):
            for n in range(EACH):
                assert page.count(f">Van {number} nummer {n}<") == 1
    assert outsider.heard == []
    for listener in (*listeners, outsider):
        listener.close()
