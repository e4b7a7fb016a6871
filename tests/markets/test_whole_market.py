"""A whole market with thirty visitors: its server is killed, a third of them is offline."""

import time
from collections.abc import Iterator

import pytest

from cop.markets.announcing import Terms
from tests.markets.crowd import (
    ROUND_MS,
    STALLS,
    VISITORS,
    hold,
    is_as_the_database,
    needs_node,
)
from tests.markets.hall import Hall
from tests.support import servers
from tests.support.site import Site

ROUNDS = 4


@pytest.fixture
def site() -> Iterator[Site]:
    folder = servers.scratch()
    site = Site(folder)
    yield site
    site.stop()
    servers.remove(folder)


@needs_node
def test_nothing_is_lost_or_doubled_whatever_happens_to_server_and_clients(site: Site) -> None:
    with site.app.app_context():
        terms = Terms(rounds=ROUNDS, minutes=20, pause=5, seats=6)
        hall = Hall(site.make, visitors=VISITORS, stalls=STALLS, terms=terms, planned=True)

        def kill() -> None:
            time.sleep(ROUND_MS / 2000)
            site.kill("web")
            site.begin("web", "serve", "all")

        site.begin("web", "serve", "all")
        site.wait()
        said = hold(site, hall, ROUNDS, [site.url], {0: kill, 2: kill})
        is_as_the_database(hall, ROUNDS, said)
    assert site.trouble() == []
