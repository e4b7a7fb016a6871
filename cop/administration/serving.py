"""`cop serve` and `cop worker`: the processes that make up a running site.

`serve` hands over to gunicorn (see `gunicorn.conf.py`) by replacing its own process, so that with
gevent nothing is imported before the standard library is patched. With `--with-worker` a small
parent keeps the web process and a worker together: a worker that ends is started again, and when
the web process ends, so does everything.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from urllib.error import URLError
from urllib.request import urlopen

import click

from cop.config import Settings, load
from cop.platform import logs
from cop.platform.web import TOP

STOP_SECONDS = 30  # what a job or request at hand may take when the site is stopped
RESTART_SECONDS = 2  # between two starts of a worker that ends by itself
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)

KINDS = {
    "all": ("--workers", "1"),
    "pages": ("--threads", "4"),
    "live": ("--worker-class", "gevent", "--workers", "1", "--worker-connections", "10000"),
}


@click.command()
@click.argument("kind", type=click.Choice(list(KINDS)), default="all")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes of 'pages'; default 2.")
@click.option("--with-worker", is_flag=True, help="Run a worker beside it and keep it running.")
@click.option("--announce", is_flag=True, help="Print where to open it once it answers.")
def serve(kind: str, workers: int | None, with_worker: bool, announce: bool) -> None:
    """Serve the site: 'all' on a small server; 'pages' and 'live' apart on a bigger one.

    'all' is one process for pages and sockets. 'pages' is several processes that serve pages;
    'live' one process that serves /socket.io. Both need PostgreSQL and Redis.
    """
    settings = load()
    if workers is not None and kind != "pages":
        raise click.UsageError("--workers is for 'pages': 'all' and 'live' are one process each")
    if kind != "all" and settings.redis_url is None:
        raise click.ClickException(f"COP_REDIS_URL: needed by 'cop serve {kind}'")
    _refuse_taken_port(settings)
    _refuse_old_database(settings)
    if with_worker or announce:
        options = [f"--workers={workers}"] if workers else []
        sys.exit(Family(settings, kind, options, with_worker, announce).run())
    number = ("--workers", str(workers or 2)) if kind == "pages" else ()
    _become(["-m", "gunicorn", *_gunicorn(*KINDS[kind], *number)])


@click.command()
@click.option("--name", help="How administrators see it; default: this machine and process.")
def worker(name: str | None) -> None:
    """Do what the site put off: mail, notifications, clearing up. Any number may run."""
    from cop import create_app
    from cop.platform.worker import NameTaken, Worker

    settings = load()
    logs.configure(settings.log_level)
    _refuse_old_database(settings)
    try:
        running = Worker(create_app(settings), name)
    except NameTaken as taken:
        raise click.ClickException(f"a worker named {taken} is running already") from None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, running.stop)
    running.run()


def _gunicorn(*options: str) -> list[str]:
    return ["--config", str(TOP / "gunicorn.conf.py"), "--chdir", str(TOP), *options, "wsgi:app"]


def _become(arguments: Sequence[str]) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606  # no shell is wanted


def _refuse_taken_port(settings: Settings) -> None:
    """One clear line instead of gunicorn's five tries."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise click.ClickException(
                f"PORT: {settings.host}:{settings.port} cannot be listened on "
                f"({(error.strerror or 'taken').lower()}); choose another, for example "
                f"PORT={settings.port + 1 if settings.port < 65535 else 8000}"
            ) from None


def _refuse_old_database(settings: Settings) -> None:
    from cop.administration.database import at_head, revisions

    found = revisions(settings.database_url)
    if found.problem:
        raise click.ClickException(f"the database cannot be used: {found.problem}")
    if not at_head(found):
        raise click.ClickException("the database is not up to date; run: cop db upgrade")


class Family:
    """The web process and a worker, kept together until told to stop.

    Args:
        kind: what the web process serves.
        options: further options of `cop serve`.
        with_worker: whether there is a worker at all.
        announce: whether to print the address when it answers.
    """

    def __init__(
        self,
        settings: Settings,
        kind: str,
        options: Sequence[str],
        with_worker: bool,
        announce: bool,
    ) -> None:
        self.settings = settings
        self.commands = {"web": ["serve", kind, *options]}
        if with_worker:
            self.commands["worker"] = ["worker"]
        self.announce = announce
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop: int | None = None
        self.started_worker_at = 0.0

    def run(self) -> int:
        """Serve until a signal comes or the web process ends; the exit code."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note_signal)
        for name in self.commands:
            self._start(name)
        try:
            if self.announce and self._wait_until_it_answers():
                _announce(self.settings)
            return self._watch()
        finally:
            self._end()

    def _note_signal(self, number: int, _frame: FrameType | None) -> None:
        self.asked_to_stop = number

    def _start(self, name: str) -> None:
        if name == "worker":
            self.started_worker_at = time.monotonic()
        self.children[name] = subprocess.Popen(  # noqa: S603  # our own command
            [sys.executable, "-m", "cop.cli", *self.commands[name]],
            cwd=Path.cwd(),
            preexec_fn=_end_with_parent(),
        )

    def _wait_until_it_answers(self) -> bool:
        address = f"{_address(self.settings)}/gezond"
        while self.asked_to_stop is None and self.children["web"].poll() is None:
            try:
                with urlopen(address, timeout=5):  # noqa: S310  # our own http address
                    return True
            except (URLError, OSError):
                time.sleep(0.1)
        return False

    def _watch(self) -> int:
        while self.asked_to_stop is None:
            time.sleep(0.2)
            code = self.children["web"].poll()
            if code is not None:
                click.echo("cop: the web process ended; stopping", err=True)
                return code or 1
            worker = self.children.get("worker")
            rested = time.monotonic() - self.started_worker_at >= RESTART_SECONDS
            if rested and worker is not None and worker.poll() is not None:
                click.echo("cop: the worker ended; starting it again", err=True)
                self._start("worker")
        return 0

    def _end(self) -> None:
        # Ctrl-C means now; SIGTERM lets requests at hand finish. A job at hand always may.
        impatient = self.asked_to_stop == signal.SIGINT
        for name, child in self.children.items():
            if child.poll() is None:
                quick = impatient and name == "web"
                child.send_signal(signal.SIGINT if quick else signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux: have the kernel end a child when this process dies, even by `kill -9`."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def set_signal() -> None:
        prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)

    return set_signal


def _address(settings: Settings) -> str:
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  # nothing listens here
    host = everywhere.get(settings.host, settings.host)
    return f"http://{f'[{host}]' if ':' in host and '[' not in host else host}:{settings.port}"


def _announce(settings: Settings) -> None:
    from cop import create_app
    from cop.administration.announce import words

    app = create_app(settings)
    with app.app_context():
        click.echo(words(settings))
