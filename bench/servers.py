"""The servers that are measured: a site of ours, and the bare page it is compared to."""

import os
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Self

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from cop import create_app
from cop.config import load
from cop.members import signing_in
from cop.members.models import Member, MemberState, SiteRole
from cop.platform import clock
from cop.platform.db import db, reading, unit_of_work

TOP = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """A process that listens on a loopback port."""

    port: int
    process: subprocess.Popen[bytes] | None = None

    def begin(self, command: list[str], cwd: Path, environ: dict[str, str], path: str) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=cwd,
            env={"PATH": os.environ.get("PATH", ""), **environ},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", path)
                connection.getresponse().read()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.process = None

    def cookie(self) -> str:
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.stop()


class Bare(Server):
    """`floor_pages.py`, filled, on one sync worker."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.port = free_port()
        url = f"sqlite:///{folder / 'floor.db'}"
        floor = [sys.executable, str(TOP / "bench" / "floor_pages.py"), "fill", url]
        subprocess.run(floor, check=True)
        self.begin(
            [*_gunicorn(self.port), "floor_pages:app"],
            TOP / "bench",
            {"FLOOR_DB": url},
            "/topics",
        )


class Beside(Server):
    """Another process of a site that is served, on a port of its own."""

    def __init__(self, site: "Small", kind: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [sys.executable, "-m", "cop.cli", "serve", kind]
        self.begin(command, TOP, site.environ | {"PORT": str(self.port)}, "/gezond")


class Small(Server):
    """A site of ours with the demo community: on SQLite, unless `environ` says otherwise."""

    def __init__(self, folder: Path, **environ: str) -> None:
        folder.mkdir(parents=True, mode=0o700)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            "PYTHONPATH": str(TOP),
            "COP_ENV": "test",  # no limits on how often one may ask
            "COP_DATA_DIR": str(folder),
            "COP_BASE_URL": self.url,
            "PORT": str(self.port),
            "COP_LOG_LEVEL": "WARNING",
            **environ,
        }
        self.app: Flask = create_app(load(self.environ))
        self._cookies: dict[int, str] = {}

    def fill(self, *options: str) -> float:
        """Build the demo; how many seconds it took."""
        self.prepare()
        began = time.monotonic()
        self._cop("demo", *options)
        return time.monotonic() - began

    def prepare(self) -> None:
        """Make the tables, and leave them empty."""
        self._cop("db", "upgrade")

    def _cop(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "cop.cli", *arguments],
            cwd=TOP,
            env={"PATH": os.environ.get("PATH", ""), **self.environ},
            stdout=sys.stderr,
            check=True,
        )

    def serve(self, kind: str = "bare") -> None:
        """One sync worker like the bare page's, or as `cop serve` does it."""
        command = (
            [*_gunicorn(self.port), "wsgi:app"]
            if kind == "bare"
            else [sys.executable, "-m", "cop.cli", "serve", kind]
        )
        self.begin(command, TOP, self.environ, "/gezond")

    def cookie(self, member: Member | None = None) -> str:
        """The cookie of a signed-in member; of an ordinary one when nobody is named."""
        with self.app.app_context():
            if member is None:
                with reading() as session:
                    member = session.scalars(
                        select(Member)
                        .where(
                            Member.state == MemberState.ACTIVE, Member.site_role == SiteRole.MEMBER
                        )
                        .order_by(Member.id)
                        .limit(1)
                    ).one()
            if member.id not in self._cookies:
                with unit_of_work() as session:
                    token = signing_in.start(session, member, "bench", clock.now())
                maker = SecureCookieSessionInterface().get_signing_serializer(self.app)
                assert maker is not None
                signed = maker.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
                self._cookies[member.id] = f"cop={signed}"
            return self._cookies[member.id]

    def get(self, path: str) -> str:
        return self.get_with_cookie(path, self.cookie())[0]

    def get_with_cookie(self, path: str, cookie: str) -> tuple[str, str]:
        """A page, and the cookie that it sets, if any."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read().decode()
        given = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body, given

    def stop(self) -> None:
        super().stop()
        with self.app.app_context():
            db.engine.dispose()


def _gunicorn(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"),
        *("--workers", "1", "--worker-class", "sync", "--threads", "1"),
        *("--log-level", "warning", "--no-control-socket"),
    ]
