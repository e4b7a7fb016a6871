"""The figures of mail: ten thousand digests through a real SMTP server, with kills.

Ten thousand members, twenty lists, five hundred new posts, every member on a daily digest of lists
of their own choice: nearly every digest is another one, the hardest case for what is rendered once
per distinct content. Workers are `cop worker` processes; the server is a process of its own that
writes down every arrival before it answers.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, insert, update

from bench import mail_in
from bench.figures import Goal
from bench.servers import TOP, free_port
from cop import create_app
from cop.config import load
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    ListChoice,
    Post,
)
from cop.members.models import Member, MemberState, Persona, PersonaKind, SiteRole
from cop.notifications import digest_planning
from cop.notifications.models import MailPreference, Rhythm
from cop.platform import clock, markup
from cop.platform.db import db, unit_of_work
from cop.platform.mail.models import MailContent, OutgoingMail
from cop.spaces.circles import Circle, Visibility
from tests.support.servers import Postgres

MEMBERS = 10_000
LISTS = 20
OPENINGS = 150
POSTS = 500
KILLS = 10
LONGEST = 280  # seconds for one run

GOALS = [
    Goal("digests-10000", "<=", 300, "s", "due to handed over, one worker"),
    Goal("two-workers-ratio", "<=", 0.6, "", "the same with one worker"),
    Goal("worker-memory", "<=", 300, "MB", "the largest of the workers at its highest"),
    Goal("lost", "<=", 0, "digests", "every member's digest of the raw arrivals after ten kills"),
    Goal("repeated-beyond-in-flight", "<=", 0, "digests", "one unchanged per connection and kill"),
    *mail_in.GOALS,
]

WORDS = (
    "gesprek begeleiding ervaring herstel cliënt naaste team vraag terugval afspraak vertrouwen "
    "samen wonen werk dag week huisarts poli groep stap grens ruimte luisteren schrijven"
).split()


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="cop-bench-mail-")))
        site = stack.enter_context(Site(folder))
        site.fill()
        seen: dict[str, Any] = {}

        def one() -> float:
            seen["one"] = site.run(1)
            return float(seen["one"].seconds)

        def two() -> float:
            seen["two"] = site.run(2)
            return float(seen["two"].seconds / seen["one"].seconds)

        def killed() -> float:
            seen["killed"] = site.run(2, kills=KILLS)
            if seen["killed"].kills < KILLS:  # else it shows nothing about those it lacks
                raise RuntimeError(f"only {seen['killed'].kills} of {KILLS} kills were made")
            return float(seen["killed"].lost)

        yield "digests-10000", one
        yield "two-workers-ratio", two
        yield "lost", killed
        yield "repeated-beyond-in-flight", lambda: float(seen["killed"].beyond)
        yield "worker-memory", lambda: max(run.memory for run in seen.values())
    yield from mail_in.measure(full)


class Run:
    """What one run showed."""

    def __init__(self, arrivals: list[tuple[str, str, str]], seconds: float, memory: float) -> None:
        self.seconds, self.memory = seconds, memory
        self.explained = self.kills = 0
        whose = Counter(recipient for recipient, _id, _hash in arrivals)
        self.lost = MEMBERS - len(whose)
        self.repeated = sum(count - 1 for count in whose.values())
        same = len(set(arrivals))
        self.changed = same - len(whose)  # a repeat that was not the same message

    @property
    def beyond(self) -> int:
        """Repeats that no kill explains: a kill cuts off one message per connection at most, a
        worker's its own, the server's that of every worker."""
        return max(0, self.repeated - self.explained) + self.changed


class Site:
    """A community on PostgreSQL, a catcher, and workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(mode=0o700)
        self.arrivals = folder / "arrivals"
        self.port = free_port()
        self.catcher: subprocess.Popen[bytes] | None = None
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self.postgres = Postgres() if os.environ.get("BENCH_MAIL_DB") != "sqlite" else None
        url = f"sqlite:///{self.data / 'cop.db'}"
        if self.postgres is not None:
            self.postgres.sql("CREATE DATABASE bench")
            url = self.postgres.url("bench")
        self.environ = {
            "PYTHONPATH": str(TOP),
            "COP_ENV": "test",
            "COP_DATA_DIR": str(self.data),
            "COP_DATABASE_URL": url,
            "COP_BASE_URL": "https://cop.example.org",
            "COP_SMTP_URL": f"smtp://127.0.0.1:{self.port}",
            "COP_MAIL_DOMAIN": "lijsten.example.org",
            "COP_LOG_LEVEL": "ERROR",
        }
        self.app: Flask = create_app(load(self.environ))
        with self.app.app_context():
            upgrade(directory=str(TOP / "migrations"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()
        with self.app.app_context():
            db.engine.dispose()
        if self.postgres is not None:
            self.postgres.stop()

    # --- what is in it

    def fill(self) -> None:
        chance = random.Random(20261122)
        now = clock.now()
        with self.app.app_context(), unit_of_work() as session:
            members = _returning(session, Member, [_member(n, now) for n in range(MEMBERS)])
            personas = _returning(
                session, Persona, [_persona(n, id) for n, id in enumerate(members)]
            )
            circles = _returning(
                session,
                Circle,
                [{"visibility": Visibility.OPEN, "allows_pseudonyms": False}] * LISTS,
            )
            lists = _returning(
                session, DiscussionList, [_list(n, id, now) for n, id in enumerate(circles)]
            )
            discussions = _returning(
                session,
                Discussion,
                [
                    _discussion(n, chance.choice(lists), chance.choice(personas), now)
                    for n in range(OPENINGS)
                ],
            )
            numbers = Counter(discussions)
            wheres = discussions + [chance.choice(discussions) for _ in range(POSTS - OPENINGS)]
            numbers.clear()
            posts = []
            for where in wheres:
                numbers[where] += 1
                author = chance.choice(personas)
                posts.append(_post(where, numbers[where], author, chance, now))
            session.execute(insert(Post), posts)
            for where, number in numbers.items():
                session.execute(
                    update(Discussion)
                    .where(Discussion.id == where)
                    .values(last_number=number, post_count=number)
                )
            wanted, follows = [], []
            for member in members:
                for list_id in chance.sample(lists, chance.randint(4, LISTS)):
                    wanted.append(_choice(member, list_id, now))
                for where in chance.sample(discussions, chance.randint(0, 10)):
                    follows.append(
                        {
                            "member_id": member,
                            "discussion_id": where,
                            "attention": Attention.FOLLOW,
                        }
                    )
            session.execute(insert(ListChoice), wanted)
            session.execute(insert(DiscussionAttention), follows)
            fresh = [digest_planning.fresh(member, None, now) for member in members]
            session.execute(insert(MailPreference), fresh)

    def _make_due(self) -> None:
        """Every digest is due, as if none had been sent."""
        now = clock.now()
        with self.app.app_context(), unit_of_work() as session:
            session.execute(delete(OutgoingMail))
            session.execute(delete(MailContent))
            session.execute(
                update(MailPreference).values(daily_until=now - timedelta(days=1), next_at=now)
            )

    # --- a run

    def run(self, workers: int, kills: int = 0) -> Run:
        """Send ten thousand digests; when all arrived, or nothing comes any more, it is over."""
        self.arrivals.write_bytes(b"")
        self._make_due()
        self._start_catcher()
        began = time.monotonic()
        for n in range(workers):
            self._start_worker(f"bench-{n}")
        memory = Memory(self)
        memory.start()
        made, cut = self._kill_at_random(kills, workers)
        # A digest that is on its second way arrives after the rest.
        last, since = -1, time.monotonic()
        finished = began
        while time.monotonic() - began < LONGEST:
            count = self._count()
            if count != last:
                last, since, finished = count, time.monotonic(), time.monotonic()
            quiet = time.monotonic() - since
            if (count >= MEMBERS and quiet > 3) or quiet > 75:
                break
            time.sleep(0.05)
        memory.stop()
        self.stop()
        lines = self.arrivals.read_text().splitlines()
        found = [tuple(line.split()) for line in lines]
        result = Run(found, finished - began, memory.highest)  # type: ignore[arg-type]
        result.kills, result.explained = made, cut
        print(
            f"  {workers} workers, {made} kills: {result.seconds:.0f} s, {result.memory:.0f} MB, "
            f"{result.lost} lost, {result.repeated} repeated, {result.changed} of them changed",
            file=sys.stderr,
        )
        return result

    def _kill_at_random(self, kills: int, workers: int) -> tuple[int, int]:
        """Kill a worker or the mail server at random moments, and start it again.

        Returns:
            How many were killed while they ran, and how many connections that cut off.
        """
        chance = random.Random()
        made = cut = 0
        while made < kills and self._count() < MEMBERS * 0.97:
            goal = int(MEMBERS * 0.93 * (made + chance.random()) / kills)
            deadline = time.monotonic() + LONGEST
            while self._count() < goal and time.monotonic() < deadline:
                time.sleep(0.002)
            time.sleep(chance.random() / 50)
            if chance.random() < 0.4:
                running = self._end(self.catcher)
                cut += workers
                time.sleep(chance.random())
                self._start_catcher()
            else:
                name = chance.choice(sorted(self.workers))
                running = self._end(self.workers.pop(name))
                cut += 1
                self._start_worker(name)
            made += running
        return made, cut

    def _count(self) -> int:
        """Lines without reading them: how often the file was written to is what counts."""
        with open(self.arrivals, "rb") as file:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))

    def _start_catcher(self) -> None:
        command = [sys.executable, "-m", "bench.catcher", str(self.port), str(self.arrivals)]
        self.catcher = self._begin(command)

    def _start_worker(self, name: str) -> None:
        self.workers[name] = self._begin(
            [sys.executable, "-m", "cop.cli", "worker", "--name", name]
        )

    def _begin(self, command: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            cwd=TOP,
            env={"PATH": os.environ.get("PATH", ""), **self.environ},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    @staticmethod
    def _end(process: subprocess.Popen[bytes] | None) -> bool:
        """Kill it; whether it ran until then."""
        if process is None:
            return False
        running = process.poll() is None
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.wait() == -signal.SIGKILL and running

    def stop(self) -> None:
        for process in self.workers.values():
            self._end(process)
        self.workers.clear()
        self._end(self.catcher)
        self.catcher = None


class Memory(threading.Thread):
    """Watches how large the workers become (what they hold by themselves and share, in MB)."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.site = site
        self.highest = 0.0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.5):
            for process in list(self.site.workers.values()):
                with suppress(OSError, StopIteration, ValueError):
                    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
                    high = next(line for line in lines if line.startswith("VmHWM"))
                    self.highest = max(self.highest, int(high.split()[1]) / 1000)

    def stop(self) -> None:
        self._over.set()
        self.join()


# --- rows


def _returning(session: Any, model: Any, rows: list[dict[str, Any]]) -> list[int]:
    found = session.scalars(insert(model).returning(model.id, sort_by_parameter_order=True), rows)
    return list(found)


def _member(n: int, now: Any) -> dict[str, Any]:
    return {
        "email": f"lid{n}@example.org",
        "state": MemberState.ACTIVE,
        "site_role": SiteRole.MEMBER,
        "created_at": now - timedelta(days=90),
        "verified_at": now - timedelta(days=90),
    }


def _persona(n: int, member_id: int) -> dict[str, Any]:
    name = f"Lid Nummer {n}"
    return {
        "member_id": member_id,
        "kind": PersonaKind.SELF,
        "handle": f"lid-{n}",
        "name": name,
        "sort_key": name.lower(),
    }


def _list(n: int, circle_id: int, now: Any) -> dict[str, Any]:
    return {
        "short_name": f"lijst-{n}",
        "name": f"Lijst {n}",
        "sort_key": f"lijst {n:02d}",
        "circle_id": circle_id,
        "created_at": now - timedelta(days=90),
    }


def _discussion(n: int, list_id: int, author_id: int, now: Any) -> dict[str, Any]:
    at = now - timedelta(hours=20)
    return {
        "list_id": list_id,
        "kind": "conversation",
        "title": f"Hoe pakken jullie vraag {n} aan?",
        "author_id": author_id,
        "created_at": at,
        "last_post_at": now - timedelta(minutes=10),
    }


def _post(
    discussion_id: int, number: int, author_id: int, chance: random.Random, now: Any
) -> dict[str, Any]:
    text = "\n\n".join(
        " ".join(chance.choices(WORDS, k=chance.randint(20, 70))).capitalize() + "."
        for _ in range(chance.randint(1, 4))
    )
    return {
        "discussion_id": discussion_id,
        "number": number,
        "author_id": author_id,
        "source": text,
        "html": markup.render(text),
        "words": markup.word_count(text),
        "created_at": now - timedelta(hours=20) + timedelta(seconds=100 * number),
    }


def _choice(member_id: int, list_id: int, now: Any) -> dict[str, Any]:
    before = now - timedelta(days=60)
    return {
        "member_id": member_id,
        "list_id": list_id,
        "rhythm": Rhythm.DAILY,
        "before": Rhythm.SITE,
        "changed_at": before,
        "told_until": before,
    }
