"""The processes: started, stopped, killed, and found again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from tests.support import servers
from tests.support.site import TOP, Site


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of this test's own, not started."""
    folder = servers.scratch()
    made = Site(folder)
    yield made
    made.stop()
    servers.remove(folder)


def children(pid: int) -> list[int]:
    """The processes that this one started, and those that they started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue  # it has ended meanwhile
        if int(text.rpartition(")")[2].split()[1]) == pid:
            child = int(stat.parent.name)
            found += [child, *children(child)]
    return found


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(condition: object, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.05)
    return False


def start_family(site: Site) -> subprocess.Popen[bytes]:
    family = site.begin("web", "serve", "all", "--with-worker")
    site.wait()
    assert until(lambda: worker_of(family.pid))
    return family


def worker_of(pid: int) -> int | None:
    return next((p for p in children(pid) if command_of(p).rstrip().endswith(" worker")), None)


def web_of(pid: int) -> int:
    return next(p for p in children(pid) if "gunicorn" in command_of(p))


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")


@needs_proc
def test_together_they_end_cleanly(site: Site) -> None:
    family = start_family(site)
    started = children(family.pid)
    family.terminate()
    assert family.wait(30) == 0
    assert until(lambda: not any(map(alive, started)))
    assert site.trouble() == []


@needs_proc
def test_a_worker_that_ends_is_started_again(site: Site) -> None:
    family = start_family(site)
    first = worker_of(family.pid)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert until(lambda: worker_of(family.pid) not in (None, first))


@needs_proc
def test_when_the_web_process_ends_so_does_everything(site: Site) -> None:
    family = start_family(site)
    worker = worker_of(family.pid)
    assert worker is not None
    os.kill(web_of(family.pid), signal.SIGKILL)
    assert family.wait(30) != 0
    assert until(lambda: not alive(worker))


@needs_proc
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl is Linux's")
def test_nothing_stays_behind_when_the_parent_is_killed(site: Site) -> None:
    family = start_family(site)
    started = children(family.pid)
    family.kill()
    family.wait()
    assert until(lambda: not any(map(alive, started)))


def test_a_port_that_is_taken_is_said_in_one_line(site: Site) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        done = site.cop("serve")
    assert done.returncode == 1
    assert done.stderr.startswith(f"cop: PORT: 127.0.0.1:{site.port} cannot be listened on")
    assert done.stderr.count("\n") == 1


def test_the_habits_of_flask_people(site: Site) -> None:
    """`gunicorn wsgi:app` and `flask --app wsgi run` serve the same site."""
    for command in (
        ["-m", "gunicorn", "wsgi:app"],
        ["-m", "flask", "--app", "wsgi", "run", "--port", str(site.port)],
    ):
        with open(site.log, "ab") as log:
            site.children["web"] = subprocess.Popen(
                [sys.executable, *command],
                cwd=TOP,
                env=site.environ,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        site.wait()
        with urlopen(Request(f"{site.url}/", headers={"Accept-Language": "nl"})) as answer:
            assert answer.status == 200
            assert b'lang="nl"' in answer.read(2000)
        site.kill("web")


def test_health_tells_nothing_but_health(site: Site) -> None:
    site.start()
    with urlopen(f"{site.url}/gezond") as answer:
        assert answer.read().strip() == b'{"ok":true}'
