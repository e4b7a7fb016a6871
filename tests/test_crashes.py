"""`kill -9` of web and worker in the middle of things: after a restart nothing is half there.

Everything is real: processes, a database file, sockets. What was acknowledged is there, whole and
once; what was not is there whole or not at all.
"""

import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from cop.discussions.models import Attachment, Discussion, Post
from cop.members.models import Member, Persona
from cop.platform.db import db, reading
from cop.platform.outbox import Job
from cop.platform.storage import StoredFile, storage
from cop.spaces.circles import Visibility
from tests.support import servers
from tests.support.site import Site

ROUNDS = 12 if os.environ.get("SOAK") else 3
WRITERS = 4
SIZE = 3_000_000
# A mark of letters alone: one with digits may look like somebody's number, which is asked about.
LETTERS = str.maketrans("0123456789", "ghijklmnop")


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of this test's own, not started, with its application context."""
    folder = servers.scratch()
    made = Site(folder)
    with made.app.app_context():
        yield made
    made.stop()
    servers.remove(folder)


class Writer(threading.Thread):
    """Answers with a file of its own, again and again, until the site is gone."""

    def __init__(self, site: Site, member: Member, path: str) -> None:
        super().__init__(daemon=True)
        self.site, self.path = site, path
        self.cookie = f"cop={site.cookie(member)}"
        self.acknowledged: list[str] = []
        self.refused: list[int] = []

    def run(self) -> None:
        try:
            token = self._token()
            while True:
                mark = uuid4().hex.translate(LETTERS)
                status = self._answer(mark, token)
                if status in (302, 303):
                    self.acknowledged.append(mark)
                else:
                    self.refused.append(status)
        except (OSError, HTTPException):
            return  # the site was killed

    def _token(self) -> str:
        with closing(HTTPConnection("127.0.0.1", self.site.port, timeout=30)) as connection:
            connection.request("GET", self.path, headers={"Cookie": self.cookie})
            answer = connection.getresponse()
            page = answer.read().decode()
        self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None, page[:500]
        return found[1]

    def _answer(self, mark: str, token: str) -> int:
        line = uuid4().hex
        parts = [
            f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (("csrf_token", token), ("text", f"Bericht {mark} met bijlage."))
        ]
        parts.append(
            f'--{line}\r\nContent-Disposition: form-data; name="attachments"; '
            f'filename="{mark}.txt"\r\nContent-Type: text/plain\r\n\r\n'
        )
        body = "".join(parts).encode() + contents(mark) + f"\r\n--{line}--\r\n".encode()
        headers = {"Cookie": self.cookie, "Content-Type": f"multipart/form-data; boundary={line}"}
        with closing(HTTPConnection("127.0.0.1", self.site.port, timeout=30)) as connection:
            connection.request("POST", f"{self.path}/antwoord", body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status


def contents(mark: str) -> bytes:
    """The file that goes with a mark."""
    return (mark.encode() + b"\n") * (SIZE // 33)


def test_posts_and_uploads_survive_a_kill_or_never_were(site: Site) -> None:
    make = site.make
    members = [make.member() for _ in range(WRITERS)]
    discussion = make.discussion(make.list(Visibility.OPEN), make.member())
    path = f"/discussies/{discussion.id}"
    acknowledged: list[str] = []
    for turn in range(ROUNDS):
        site.start()
        writers = [Writer(site, member, path) for member in members]
        for writer in writers:
            writer.start()
        deadline = time.monotonic() + 60
        while not any(w.acknowledged for w in writers) and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.13 * (turn % 5))  # somewhere in the middle of the next ones
        site.kill("web")
        site.kill("worker")
        for writer in writers:
            writer.join(40)
            assert writer.refused == []
            acknowledged += writer.acknowledged
        _nothing_is_half_there(discussion.id)
    assert acknowledged
    site.start()
    with reading() as session:
        posts = list(session.scalars(select(Post.source).where(Post.number > 1)))
    marks = [found[1] for post in posts if (found := re.match(r"Bericht (\w+) met", post))]
    assert len(marks) == len(set(marks)), "a post is there twice"
    assert set(acknowledged) <= set(marks), "a post that was acknowledged is lost"
    _jobs_are_done()


def _nothing_is_half_there(discussion_id: int) -> None:
    db.session.remove()
    with reading() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
        discussion = session.get_one(Discussion, discussion_id)
        numbers = list(
            session.scalars(
                select(Post.number).where(Post.discussion_id == discussion_id).order_by(Post.number)
            )
        )
        assert numbers == list(range(1, discussion.last_number + 1))
        assert discussion.post_count == len(numbers)
        for file in session.scalars(select(StoredFile)):
            data = storage().path(file.key).read_bytes()
            assert hashlib.sha256(data).hexdigest() == file.sha256
            assert data == contents(file.name.removesuffix(".txt"))
        # Every answer has its one file, and the file is that of its text.
        rows = session.execute(
            select(Post.source, StoredFile.name)
            .outerjoin(Attachment, Attachment.post_id == Post.id)
            .outerjoin(StoredFile, StoredFile.id == Attachment.file_id)
            .where(Post.discussion_id == discussion_id, Post.number > 1)
        ).all()
        assert len(rows) == len(numbers) - 1
        for source, name in rows:
            assert name is not None
            assert name.removesuffix(".txt") in source


def _jobs_are_done() -> None:
    """What followed from the posts is done by the next worker, leases of the dead included."""
    deadline = time.monotonic() + 120  # a lease lasts a minute
    while time.monotonic() < deadline:
        with reading() as session:
            waiting = session.scalar(
                select(func.count()).select_from(Job).where(Job.dead_at.is_(None))
            )
            dead = session.scalar(
                select(func.count()).select_from(Job).where(Job.dead_at.is_not(None))
            )
        assert dead == 0
        if not waiting:
            return
        time.sleep(0.2)
    raise AssertionError(f"{waiting} jobs still wait")


def _archive(path: Path, count: int) -> None:
    """An mbox of so many messages in threads of eight, every third with an attachment."""
    with open(path, "wb") as file:
        for n in range(count):
            mail = EmailMessage()
            thread = n // 8
            mail["From"] = f"Schrijver {n % 11} <schrijver{n % 11}@example.org>"
            mail["Subject"] = f"{'Re: ' if n % 8 else ''}Onderwerp {thread}"
            mail["Date"] = f"Mon, 06 Jan 2020 {n // 3600:02d}:{n // 60 % 60:02d}:{n % 60:02d} +0100"
            mail["Message-ID"] = f"<{n}@example.org>"
            if n % 8:
                mail["In-Reply-To"] = f"<{thread * 8}@example.org>"
            mail.set_content(f"Dit is bericht {n} over hoe wij het aanpakken.\n\nGroet\n")
            if n % 3 == 0:
                data = f"bijlage {n}\n".encode() * 2000
                mail.add_attachment(data, "text", "plain", filename=f"b{n}.txt")
            file.write(b"From schrijver@example.org Mon Jan  6 00:00:00 2020\n")
            file.write(mail.as_bytes().replace(b"\nFrom ", b"\n>From ") + b"\n")


def _imported() -> list[tuple[object, ...]]:
    """All that an import leaves, in an order that two imports share."""
    db.session.remove()
    with reading() as session:
        rows = session.execute(
            select(
                Discussion.title,
                Discussion.post_count,
                Post.number,
                Persona.name,
                Post.created_at,
                Post.source,
                StoredFile.name,
                StoredFile.sha256,
            )
            .join(Post, Post.discussion_id == Discussion.id)
            .join(Persona, Persona.id == Post.author_id)
            .outerjoin(Attachment, Attachment.post_id == Post.id)
            .outerjoin(StoredFile, StoredFile.id == Attachment.file_id)
        ).all()
        return sorted(tuple(str(value) for value in row) for row in rows)


def test_an_import_that_is_killed_and_run_again_ends_the_same(site: Site, tmp_path: Path) -> None:
    count = 2400 if ROUNDS > 3 else 800
    archive = tmp_path / "archief.mbox"
    _archive(archive, count)
    command = ("import", "mbox", "--create", "--json", "oud", str(archive))
    killed = 0
    for turn in range(ROUNDS):
        running = site.begin("import", *command)
        begun = len(_imported())
        deadline = time.monotonic() + 60
        while len(_imported()) == begun and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05 * turn)
        killed += running.poll() is None
        site.kill("import")
    assert killed, "the import was too quick to be killed; make the archive larger"
    done = site.cop(*command)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["read"] == count
    assert said["skipped"] == []
    whole = _imported()
    assert len(whole) == count
    again = site.cop(*command)
    assert json.loads(again.stdout)["imported"] == 0
    assert _imported() == whole

    other_folder = servers.scratch()
    other = Site(other_folder)
    try:
        with other.app.app_context():
            assert other.cop(*command).returncode == 0
            assert _imported() == whole
    finally:
        other.stop()
        servers.remove(other_folder)
