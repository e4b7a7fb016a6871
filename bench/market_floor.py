"""A market of a thousand people on one live process; with --full also of five thousand on two.

The site is the set-up of a bigger one: PostgreSQL, Redis, one `live` process (gevent). The screens
are in one process that does nothing else (`bench/screens/floor.mjs`), and are the same for the bare
echo that it is compared to (`bench/floor_echo.py`), which runs right before and right after.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from bench.figures import Goal
from bench.servers import TOP, Beside, Server, Small, free_port
from bench.sessions import screens
from cop.markets import rounds
from cop.markets.floor_models import FloorCall, FloorPerson
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform import clock, live
from cop.platform.db import unit_of_work
from cop.spaces.circles import CircleMembership, Standing
from tests.markets.hall import Hall
from tests.support.factories import Factory
from tests.support.servers import Postgres, Redis

PEOPLE, SPEAKERS = 1000, 60
SECONDS, RATE, FLIGHT = 8, 20, 8
CROWD, CROWD_RATE = 5000, 2
ONE = f"{PEOPLE} clients in one market, one live process"
BARE = f"the bare echo with the same clients, {FLIGHT} messages under way"

GOALS = [
    Goal("fanout-of-bare", ">=", 0.6, "", BARE),
    Goal("fanout-p99", "<=", 250, "ms", f"{ONE}, {RATE} messages a second to all"),
    Goal("memory-1000", "<=", 400, "MB", ONE),
    Goal("lost", "=", 0, "", "what the database holds"),
    Goal("doubled", "=", 0, "", "what the database holds, a fifth of the commands sent twice"),
]


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    """Five figures of one run; those of the crowd are told beside them, its losses count."""

    @cache
    def run() -> dict[str, float]:
        figures = market_at_once(SECONDS * (3 if full else 1))
        if full:
            crowd = market_at_once(SECONDS, CROWD, processes=2, rate=CROWD_RATE)
            print(f"  {CROWD} clients on two live processes: {crowd}", file=sys.stderr)
            figures |= {name: figures[name] + crowd[name] for name in ("lost", "doubled")}
        return figures

    for name in ("fanout-of-bare", "fanout-p99", "memory-1000", "lost", "doubled"):
        yield name, lambda name=name: run()[name]  # type: ignore[misc]  # bound now


# --- a thousand screens


class Echo(Server):
    """`floor_echo.py` on one gevent worker."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "gunicorn", "-k", "gevent", "-w", "1"]
        command += ["--worker-connections", "10000"]  # as `cop serve live` has
        command += ["--no-control-socket", "--log-level", "warning"]
        command += ["-b", f"127.0.0.1:{self.port}", "floor_echo:app"]
        self.begin(command, TOP / "bench", {}, "/")


def market_at_once(
    seconds: int, people: int = PEOPLE, processes: int = 1, rate: int = RATE
) -> dict[str, float]:
    """What the screens say, held against the database and against the bare echo."""
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
                asked = _market(site, people)
                asked |= {"seconds": seconds, "rate": rate, "flight": FLIGHT}
                bare = [_bare(asked)]
                site.serve("live")
                others = [Beside(site, "live") for _ in range(processes - 1)]
                try:
                    asked["urls"] = [each.url for each in (site, *others)]
                    said, memory = _screens(asked, site)
                finally:
                    for each in others:
                        each.stop()
                del asked["urls"]
                bare.append(_bare(asked))
                kept = _kept(site, asked["market"])
    finally:
        redis.stop()
        postgres.stop()
    return {
        "fanout-of-bare": said["rate"] / (sum(one["rate"] for one in bare) / 2),
        "fanout-p99": said["p99"],
        "memory-1000": memory,
        "lost": said["lost"] + said["refused"] + said["dropped"] + max(0, said["said"] - kept),
        "doubled": said["doubled"] + max(0, kept - said["said"]),
    }


def _market(site: Small, people: int) -> dict[str, Any]:
    """A market that goes on, with everybody inside; some of them host, who speak to all."""
    now = clock.now()
    with site.app.app_context():
        hall = Hall(Factory(), visitors=3, stalls=2)
        members = _people(hall, people)
        cookies = [site.cookie(member) for member in members]
        with unit_of_work() as session:
            audiences = [
                {"name": name, "number": live.last_number(session, name)}
                for name in (f"market:{hall.id}", f"market-places:{hall.id}")
            ]
            rounds.lead_by_clock(session, hall.actor(), hall.id, False, now)
            audiences[0]["number"] = live.last_number(session, f"market:{hall.id}")
    return {
        "url": site.url,
        "kind": "market",
        "market": hall.id,
        "clients": cookies,
        "speakers": SPEAKERS,
        "audiences": audiences,
    }


def _people(hall: Hall, people: int) -> list[Member]:
    """Written down at once: how they came is not what is measured."""
    make, now, circle_id = hall.make, clock.now(), hall.fair.row().gathering.circle_id
    members = [make.member() for _ in range(people)]
    assert all(member.state == MemberState.ACTIVE for member in members)
    with unit_of_work() as session:
        names = dict(
            session.execute(
                select(Persona.member_id, Persona.id).where(Persona.kind == PersonaKind.SELF)
            ).all()
        )
        session.execute(
            insert(FloorPerson),
            [
                {
                    "market_id": hall.id,
                    "member_id": member.id,
                    "persona_id": names[member.id],
                    "came_at": now,
                    "seen_at": now,
                }
                for member in members
            ],
        )
        session.execute(
            insert(CircleMembership),
            [
                {
                    "circle_id": circle_id,
                    "member_id": member.id,
                    "persona_id": names[member.id],
                    "standing": Standing.COORDINATOR,
                    "since": now,
                }
                for member in members[:SPEAKERS]
            ],
        )
    return members


def _bare(asked: dict[str, Any]) -> dict[str, Any]:
    with Echo() as echo:
        clients = [""] * len(asked["clients"])
        return screens("floor.mjs", asked | {"kind": "echo", "url": echo.url, "clients": clients})


def _screens(asked: dict[str, Any], site: Small) -> tuple[dict[str, Any], float]:
    """What they say, and the most memory of the live process while they were there, in MB."""
    assert site.process is not None
    said = screens("floor.mjs", asked)
    return said, sum(_peak(pid) for pid in _tree(site.process.pid)) / 1024


def _tree(pid: int) -> list[int]:
    """A process's children: the worker that serves, not the master that watches it."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed] or [pid]


def _peak(pid: int) -> int:
    """The most memory that a process held, in kB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    raise RuntimeError("no peak")


def _kept(site: Small, market_id: int) -> int:
    with site.app.app_context(), unit_of_work() as session:
        query = select(func.count()).where(FloorCall.market_id == market_id)
        return session.scalar(query) or 0
