"""Two hundred sessions at once on one process: how soon all of it reaches all screens.

The site is the set-up of a bigger one: PostgreSQL, Redis, one `live` process. The screens are
socket.io-client's from npm, in one process that does nothing else (`bench/screens`).
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench.figures import Goal
from bench.servers import TOP, Small
from cop.platform import live
from cop.platform.db import unit_of_work
from cop.sessions.models import SessionEntry
from tests.sessions.table import table
from tests.support import node
from tests.support.factories import Factory
from tests.support.servers import Postgres, Redis

SESSIONS, PEOPLE = 200, 8
SECONDS, AWAY = 40, 10
EVERY = 5000  # milliseconds between two changes of one session, on the average
TOGETHER = f"{SESSIONS} sessions of {PEOPLE} screens on one process, a change each 5 s"

GOALS = [
    Goal("sessions-200-p99", "<=", 200, "ms", TOGETHER),
    Goal("timer-skew", "<=", 1000, "ms", "device clocks up to ten minutes off"),
    Goal("catch-up", "<=", 2000, "ms", "a third of the screens away for 10 s"),
    Goal("lost", "=", 0, "", "what the database holds"),
    Goal("doubled", "=", 0, "", "what the database holds, a fifth of the commands sent twice"),
]


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    """Five figures of one run."""

    @cache
    def run() -> dict[str, float]:
        return sessions_at_once(SECONDS * (3 if full else 1))

    for name in ("sessions-200-p99", "timer-skew", "catch-up", "lost", "doubled"):
        yield name, lambda name=name: run()[name]  # type: ignore[misc]  # bound now


def sessions_at_once(seconds: int) -> dict[str, float]:
    """What the screens say, held against the database."""
    postgres, redis = Postgres(), Redis()
    try:
        postgres.sql("CREATE DATABASE bench")
        with tempfile.TemporaryDirectory(prefix="cop-bench-") as folder:
            site = Small(
                Path(folder) / "live",
                COP_DATABASE_URL=postgres.url("bench"),
                COP_REDIS_URL=redis.url,
            )
            with site:
                site.prepare()
                asked = {
                    "url": site.url,
                    "seconds": seconds,
                    "away": AWAY,
                    "every": EVERY,
                    "sessions": _sessions(site),
                }
                site.serve("live")
                said = screens("screens.mjs", asked)
                return _held_against(site, said)
    finally:
        redis.stop()
        postgres.stop()


def _sessions(site: Small) -> list[dict[str, Any]]:
    """Sessions that go on, each with who takes part."""
    made = []
    with site.app.app_context():
        make = Factory()
        for _ in range(SESSIONS):
            at = table(make, others=PEOPLE - 1)
            made.append((at.id, [at.lead, *at.others]))
    with site.app.app_context(), unit_of_work() as session:
        numbers = {id: live.last_number(session, f"session:{id}") for id, _members in made}
    return [
        {
            "id": id,
            "number": numbers[id],
            "cookies": [site.cookie(member) for member in members],
        }
        for id, members in made
    ]


def screens(script: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What the clients of `bench/screens/script` say once they did what is `asked` of them."""
    assert node.installed("socket.io-client"), node.MISSING
    done = subprocess.run(
        ["node", str(TOP / "bench" / "screens" / script)],
        input=json.dumps(asked | {"modules": str(node.MODULES)}),
        stdout=subprocess.PIPE,
        text=True,
        timeout=420,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    print(f"  {said}", file=sys.stderr)
    return said


def _held_against(site: Small, said: dict[str, Any]) -> dict[str, float]:
    """What was sent stands in the database, each once; what failed counts as lost."""
    with site.app.app_context(), unit_of_work() as session:
        kept = session.scalar(select(func.count()).select_from(SessionEntry)) or 0
    return {
        "sessions-200-p99": said["p99"],
        "timer-skew": said["skew"],
        "catch-up": said["back"],
        "lost": said["lost"] + said["errors"] + max(0, said["sent"] - kept),
        "doubled": said["doubled"] + max(0, kept - said["sent"]),
    }
