"""A real server process on loopback, with sockets in threads, and a real Socket.IO client."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import socketio

from cop.members import signing_in
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work

TOP = Path(__file__).parent.parent.parent
_SERVER = """
import json, sys
from pathlib import Path
from werkzeug.serving import make_server
from cop import create_app
from tests.conftest import make_settings
url, folder = json.loads(sys.argv[1])
server = make_server("127.0.0.1", 0, lambda *_: None, threaded=True)
base = f"http://127.0.0.1:{server.server_port}"
server.app = create_app(make_settings(url, Path(folder), base_url=base))
print(base, flush=True)
server.serve_forever()
"""


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[str]:
    """The address of a server on this database; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER, json.dumps([database_url, str(folder)])],
        cwd=TOP,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        base = process.stdout.readline().strip()
        assert base.startswith("http://"), "the server did not start"
        yield base
    finally:
        process.kill()
        process.communicate(timeout=10)


def cookie_of(app: Any, member: Member) -> str:
    """A signed-in browser's cookie, 'name=value'; also its token."""
    with unit_of_work() as session:
        token = signing_in.start(session, member, "pytest", clock.now())
    signer = app.session_interface.get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'_user_id': token})}"


class Listener:
    """A browser's socket: what it heard, and whether it is still connected."""

    def __init__(self, base: str, cookie: str = "", origin: str | None = None) -> None:
        self.heard: list[dict[str, Any]] = []
        options = {"origin": origin} if origin else {}  # its own, unless told otherwise
        self.client = socketio.Client(reconnection=False, websocket_extra_options=options)
        self.client.on("live", self.heard.append)
        self.client.connect(
            base, headers={"Cookie": cookie}, transports=["websocket"], wait_timeout=10
        )

    def listen(self, audience: str, number: int = 0) -> dict[str, Any]:
        answer: dict[str, Any] = self.client.call(
            "listen", {"audience": audience, "number": number}, timeout=10
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
