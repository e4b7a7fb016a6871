"""A real server process on loopback, with sockets in threads, and a real Socket.IO client."""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import socketio
import websocket
from socketio.exceptions import ConnectionError as Refused

from cop.members import signing_in
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work

__all__ = ["Refused"]

TOP = Path(__file__).parent.parent.parent
# Everything that a server needs is read once; each server is a fork of that, at once.
_SERVERS = """
import json, os, signal, sys
from pathlib import Path
from werkzeug.serving import make_server
from cop import create_app
from cop.platform.live import sockets
from tests.conftest import make_settings
from tests.support import live_talk

flood = sys.modules["cop.platform.live.flood"]

def serve(url, folder, port, redis_url, unslowed):
    if unslowed:
        flood.RATE = flood.WORDS_RATE = 1e6
    server = make_server("127.0.0.1", port, lambda *_: None, threaded=True)
    base = f"http://127.0.0.1:{server.server_port}"
    server.app = create_app(make_settings(url, Path(folder), base_url=base, redis_url=redis_url))
    print(json.dumps([os.getpid(), base]), flush=True)
    server.serve_forever()

signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for asked in sys.stdin:
    if os.fork() == 0:
        try:
            serve(*json.loads(asked))
        finally:
            print("[]", flush=True)
            os._exit(1)
os.killpg(0, signal.SIGKILL)
"""


@cache
def _servers() -> subprocess.Popen[str]:
    """What servers are forked from; ends with this process, and they with it."""
    servers = subprocess.Popen(
        [sys.executable, "-c", _SERVERS],
        cwd=TOP,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    atexit.register(servers.communicate)
    return servers


_opened: list[Any] = []
_open = websocket.create_connection


def _remembered(*asked: Any, **more: Any) -> Any:
    """A connection that `running` closes: the library leaves those open that the server ended.

    And whoever closes it waits no three seconds for an answer that its reader took.
    """
    opened = _open(*asked, **more)
    opened.close = partial(opened.close, timeout=0.05)
    _opened.append(opened)
    return opened


websocket.create_connection = _remembered


def close_all() -> None:
    """Close what the library left open, so that no test is told of another's connection."""
    while _opened:
        _opened.pop().shutdown()


@contextmanager
def running(
    database_url: str,
    folder: Path,
    port: int = 0,
    redis_url: str | None = None,
    unslowed: bool = False,
) -> Iterator[str]:
    """The address of a server on this database; it is killed (-9) at the end of the block.

    Args:
        unslowed: somebody may send as much as they like, as tests do that try everything.
    """
    servers = _servers()
    assert servers.stdin is not None
    assert servers.stdout is not None
    asked = [database_url, str(folder), port, redis_url, unslowed]
    print(json.dumps(asked), file=servers.stdin, flush=True)
    told = json.loads(servers.stdout.readline())
    assert told, "the server did not start"
    try:
        yield told[1]
    finally:
        os.kill(told[0], signal.SIGKILL)
        while Path(f"/proc/{told[0]}").exists():  # its port is not free before
            time.sleep(0.005)
        close_all()


def cookie_of(app: Any, member: Member) -> str:
    """A signed-in browser's cookie, 'name=value'; also its token."""
    with unit_of_work() as session:
        token = signing_in.start(session, member, "pytest", clock.now())
    signer = app.session_interface.get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token})}"


class Listener:
    """A browser's socket: what it heard, and whether it is still connected."""

    def __init__(
        self,
        base: str,
        cookie: str = "",
        origin: str | None = None,
        transports: tuple[str, ...] = ("websocket",),
    ) -> None:
        self.transports = list(transports)
        self.heard: list[dict[str, Any]] = []  # every event, with its audience
        self.other: list[tuple[str, dict[str, Any]]] = []  # presence, heartbeats, turned out
        options = {"origin": origin} if origin else {}  # its own, unless told otherwise
        self.client = socketio.Client(reconnection=False, websocket_extra_options=options)
        self.client.on("live", self._hear)
        for name in ("here", "beat", "out"):
            self.client.on(name, lambda data, name=name: self.other.append((name, data)))
        self.connect(base, cookie)

    def connect(self, base: str, cookie: str) -> None:
        self.client.connect(
            base, headers={"Cookie": cookie}, transports=self.transports, wait_timeout=10
        )

    def _hear(self, told: dict[str, Any]) -> None:
        self.heard += [{"audience": told["audience"], **event} for event in told["events"]]

    def listen(self, audience: str, number: int | None = 0) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.call(
            "listen", {"audience": audience, "number": number}, timeout=10
        )
        return answer

    def do(self, command: str, key: str = "", /, **data: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.call(
            "do", {"command": command, "key": key or str(uuid.uuid4()), "data": data}, timeout=20
        )
        return answer

    def close(self) -> None:
        self.client.disconnect()


def eventually(check: Any, seconds: float = 10) -> bool:
    """Whether something becomes true within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if check():
            return True
        time.sleep(0.02)
    return bool(check())


class Screen(Listener):
    """A client that follows audiences as `static/js/live.js` does: in order, once, without gaps.

    Attributes:
        shown: what came of each audience, in the order of the numbers.
        here: who is there, by audience and `who`.
    """

    def __init__(self, base: str, cookie: str = "", **options: Any) -> None:
        self.base, self.cookie = base, cookie
        self.shown: dict[str, list[dict[str, Any]]] = {}
        self.here: dict[str, dict[str, dict[str, Any]]] = {}
        self.numbers: dict[str, int] = {}
        self._taking = threading.Lock()
        self._waiting: dict[str, dict[int, dict[str, Any]]] = {}  # until those before have come
        super().__init__(base, cookie, **options)
        self.client.on("here", self._note_here)

    def follow(self, audience: str, number: int = 0) -> dict[str, Any]:
        self.shown.setdefault(audience, [])
        self.numbers.setdefault(audience, number)
        answer = self.listen(audience, self.numbers[audience])
        assert answer["ok"], answer
        self._take(audience, answer["events"])
        self.here[audience] = {who["who"]: who for who in answer.get("here", ())} | self.here.get(
            audience, {}
        )
        return answer

    def again(self) -> None:
        """Connect once more and catch up."""
        self.connect(self.base, self.cookie)
        for audience in list(self.shown):
            self.here.pop(audience, None)
            self.follow(audience)

    def _hear(self, told: dict[str, Any]) -> None:
        super()._hear(told)
        self._take(told["audience"], told["events"])

    def _take(self, audience: str, events: list[dict[str, Any]]) -> None:
        with self._taking:  # the library hears each message in a thread of its own
            waiting = self._waiting.setdefault(audience, {})
            waiting.update({event["number"]: event for event in events})
            number = self.numbers.get(audience, 0)
            while number + 1 in waiting:
                number += 1
                self.shown.setdefault(audience, []).append(waiting[number])
            self.numbers[audience] = number
            self._waiting[audience] = {n: e for n, e in waiting.items() if n > number}

    def _note_here(self, told: dict[str, Any]) -> None:
        here = self.here.setdefault(told["audience"], {})
        here.update({who["who"]: who for who in told["came"]})
        for who in told["went"]:
            here.pop(who, None)
