"""The figures of mail that comes in: how often the new words are exact, how long one mail takes.

The messages are those of the tests, in the shapes that mail programs give them. Times are those of
taking in one mail after the other, from its bytes to the commit, on a database with two hundred
members and twenty discussions that they answer by their own address; every mail quotes another.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flask_migrate import upgrade

from bench.figures import Goal
from bench.servers import TOP
from cop import create_app
from cop.config import load
from cop.incoming.models import Outcome
from cop.incoming.receiving import receive
from cop.platform import clock
from cop.platform.db import db
from cop.platform.mail.addresses import addresses
from cop.platform.mail.reply_text import read
from tests.support.factories import Factory

MAILS = 200
SERVER = "mx.example.org"

GOALS = [
    Goal("reply-text-exact", ">=", 0.95, "", "the text that the writer typed, per message"),
    Goal("receive-median", "<=", 100, "ms", "bytes to commit, SQLite on disk"),
]


def measure(_full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    yield "reply-text-exact", exact
    yield "receive-median", median


def exact() -> float:
    """The share of messages of which exactly the new words came out."""
    paths = sorted((TOP / "tests" / "platform" / "reply_text").glob("*/*.eml"))
    hits = [
        read(path.read_bytes()).new == path.with_suffix(".txt").read_text().strip("\n")
        for path in paths
    ]
    return sum(hits) / len(hits)


def median() -> float:
    """Milliseconds for one answer that is placed."""
    with TemporaryDirectory(prefix="cop-bench-mail-in-") as folder:
        settings = load({"COP_DATA_DIR": folder, "COP_ENV": "test"})
        app = create_app(replace(settings, mail_authserv=SERVER))
        with app.app_context():
            upgrade(directory=str(TOP / "migrations"))
            try:
                return _median(Path(folder))
            finally:
                db.session.remove()
                db.engine.dispose()


def _median(_folder: Path) -> float:
    make = Factory()
    on = make.list(short_name="bench")
    members = [make.member() for _ in range(MAILS)]
    discussions = [make.discussion(on, member) for member in members[:20]]
    times = []
    for n, member in enumerate(members):
        to = addresses().to_discussion(member.id, discussions[n % 20].id)
        raw = _mail(member.email, to, n)
        begun = time.perf_counter()
        outcome = receive(raw, to, member.email, clock.now())
        times.append((time.perf_counter() - begun) * 1000)
        if outcome != Outcome.POSTED:
            raise RuntimeError(f"a mail was not placed: {outcome}")
    return statistics.median(times)


def _mail(sender: str, to: str, n: int) -> bytes:
    quoted = "\n".join(
        f"> Regel {line} van het bericht waarop dit een antwoord is." for line in range(40)
    )
    return (
        f"Authentication-Results: {SERVER}; dkim=pass header.d={sender.rpartition('@')[2]}\n"
        f"From: Lid <{sender}>\nTo: <{to}>\nSubject: Re: [Bench] Gesprek\n"
        f"Message-ID: <bench-{n}@mail.example.net>\nMIME-Version: 1.0\n"
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        f"Dat herkennen wij, en wij doen het zo: antwoord {n}.\n\n"
        f"Op 12-11-2026 om 10:12 schreef Iemand:\n{quoted}\n"
    ).encode()
