"""A market on two live processes with Redis between them, as a bigger site has: Redis is killed,
then one of the two while a third of the visitors is offline; in the long form, both at once too."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from cop.markets.announcing import Terms
from tests.markets.crowd import (
    ROUND_MS,
    SOAK,
    STALLS,
    VISITORS,
    hold,
    is_as_the_database,
    needs_node,
)
from tests.markets.hall import Hall
from tests.support.servers import Redis
from tests.support.site import Site, free_port

LIVE = ("first", "second")
ROUNDS = 4 if SOAK else 2


class TwoLive(Site):
    """Two processes of `cop serve live`, on ports of their own, with one Redis."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.redis = Redis()
        self.ports = dict.fromkeys(LIVE, 0) | {"first": free_port(), "second": free_port()}
        self.starting = "first"
        super().__init__(folder, database_url, self.redis.url)

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {"PORT": str(self.ports[self.starting])}

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{self.ports[name]}" for name in LIVE]

    def serve(self, *names: str) -> None:
        for self.starting in names:
            self.begin(self.starting, "serve", "live")
        for name in names:
            self.wait(name, self.ports[name])

    def stop(self) -> None:
        super().stop()
        self.redis.stop()


@pytest.fixture
def database() -> str:
    """Several processes need PostgreSQL."""
    return "postgresql"


@pytest.fixture
def site(
    tmp_path: Path, app: Flask, database: str, database_urls: dict[str, str]
) -> Iterator[TwoLive]:
    """`app` empties the database afterwards."""
    made = TwoLive(tmp_path, database_urls[database])
    yield made
    made.stop()


@needs_node
def test_nothing_is_lost_or_doubled_when_redis_or_one_of_two_processes_is_killed(
    site: TwoLive,
) -> None:
    terms = Terms(rounds=ROUNDS, minutes=20, pause=5, seats=6)
    with site.app.app_context():
        hall = Hall(site.make, visitors=VISITORS, stalls=STALLS, terms=terms, planned=True)
        site.serve(*LIVE)

        def kill(*names: str, redis: bool = False) -> None:
            time.sleep(ROUND_MS / 3000)
            if redis:
                site.redis.kill()
            for name in names:
                site.kill(name)
            time.sleep(ROUND_MS / 3000)
            if redis:
                site.redis.begin()
            site.serve(*names)

        faults = {
            0: lambda: kill(redis=True),
            1: lambda: kill("second"),
            3: lambda: kill("first", redis=True),
        }
        is_as_the_database(hall, ROUNDS, hold(site, hall, ROUNDS, site.urls, faults))
    assert site.trouble() == []
