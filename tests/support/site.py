"""A running site for tests: `cop serve` and `cop worker` as real processes on a loopback port."""

import base64
import ctypes
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from functools import cached_property
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_migrate import upgrade
from playwright.sync_api import Page

from cop import create_app
from cop.config import Settings
from cop.members import signing_in
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from tests.support.factories import Factory

TOP = Path(__file__).resolve().parent.parent.parent
SECRET_KEY = "only for tests, and long enough to be accepted"
KEY = bytes(range(32))
START_SECONDS = 40
TROUBLE = re.compile(r"Traceback|\b(ERROR|CRITICAL)\b")
# An SQLite database as migrations leave it: going through them takes seconds, copying it does not.
_migrated: list[bytes] = []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end_with_pytest() -> None:
    """However pytest ends, the kernel ends what it started (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Site:
    """One site with a database and data folder of its own.

    Attributes:
        url: where it answers.
        app: an application on the same database, in this process, for factories and questions.
    """

    def __init__(
        self, folder: Path, database_url: str | None = None, redis_url: str | None = None
    ) -> None:
        self.folder = folder
        self.data_dir = folder / "data"
        self.data_dir.mkdir(mode=0o700, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{self.data_dir / 'cop.db'}"
        self.redis_url = redis_url
        self.log = folder / "log"
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.app = self._app()

    def _app(self) -> Flask:
        settings = Settings(
            env="test",
            data_dir=self.data_dir,
            database_url=self.database_url,
            base_url=self.url,
            host="127.0.0.1",
            port=self.port,
            secret_key=SECRET_KEY,
            keys=(KEY,),
            redis_url=self.redis_url,
        )
        app = create_app(settings)
        file = self.data_dir / "cop.db"
        begins = self.database_url == f"sqlite:///{file}" and not file.exists()
        if begins and _migrated:
            file.write_bytes(_migrated[0])
            return app
        with app.app_context():
            upgrade(directory=str(TOP / "migrations"))
        if begins:
            with closing(sqlite3.connect(file)) as made:
                _migrated.append(made.serialize())
        return app

    @property
    def environ(self) -> dict[str, str]:
        values = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "PYTHONPATH": str(TOP),
            "COP_ENV": "test",
            "COP_DATA_DIR": str(self.data_dir),
            "COP_DATABASE_URL": self.database_url,
            "COP_BASE_URL": self.url,
            "COP_SECRET_KEY": SECRET_KEY,
            "COP_KEYS": base64.b64encode(KEY).decode(),
            "COP_LOG_LEVEL": "WARNING",
            "PORT": str(self.port),
        }
        return values | ({"COP_REDIS_URL": self.redis_url} if self.redis_url else {})

    def cop(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a `cop` command on this site."""
        return subprocess.run(
            [sys.executable, "-m", "cop.cli", *arguments],
            cwd=TOP,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def begin(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a `cop` command in a process group of its own, so that all of it can be killed."""
        with open(self.log, "ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, "-m", "cop.cli", *arguments],
                cwd=TOP,
                env=self.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_pytest,
            )
        return self.children[name]

    def start(self) -> None:
        """Start what does not run yet; back when it answers."""
        for name, arguments in (("web", ("serve", "all")), ("worker", ("worker",))):
            if name not in self.children:
                self.begin(name, *arguments)
        self.wait()

    def wait(self, name: str = "web", port: int | None = None) -> None:
        """Until a process answers, on the site's port or one of its own."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{port or self.port}/gezond", timeout=5):
                    return
            except (URLError, OSError):
                if time.monotonic() > deadline or self.children[name].poll() is not None:
                    raise RuntimeError(f"no answer: {self.log.read_text()[-2000:]}") from None
                time.sleep(0.05)

    def kill(self, name: str) -> None:
        """`kill -9`, the whole group."""
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        for name, child in list(self.children.items()):
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                self.kill(name)
        self.children.clear()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def trouble(self) -> list[str]:
        """Lines of the log that say something failed."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if TROUBLE.search(line)]

    @cached_property
    def make(self) -> Factory:
        """Factories for this site; one, so that no two rows get the same name."""
        return Factory()

    def cookie(self, member: Member) -> str:
        """The value of the cookie of a browser in which the member has signed in."""
        with unit_of_work() as session:
            token = signing_in.start(session, member, "Mozilla/5.0 Chrome/1 Linux", clock.now())
        serializer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert serializer is not None
        value: str = serializer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        return value

    def sign_in(self, page: Page, member: Member) -> None:
        """Make the page's browser that of the member."""
        page.context.add_cookies(
            [
                {
                    "name": "cop",
                    "value": self.cookie(member),
                    "url": self.url,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
