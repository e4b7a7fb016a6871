"""Where the code lies, nothing need be writable: a server's own user has no right there."""

import os
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).parents[2]

# Every attempt to write below the folder of the code fails, as it does for a user without rights;
# a test that runs as root would not notice otherwise.
GUARDED = """
import os, sys

TOP = sys.argv[1]
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def guard(event, args):
    if event == "open" and isinstance(args[0], str):
        written = any(c in args[1] for c in "wax+") if args[1] else bool(args[2] & WRITES)
        place = args[0] if written else ""
    elif event in ("os.mkdir", "os.rename", "os.remove"):
        place = os.fsdecode(args[0])
    else:
        return
    if place and os.path.abspath(place).startswith(TOP + os.sep):
        raise PermissionError(13, "Permission denied", place)

sys.addaudithook(guard)
try:
    open(os.path.join(TOP, "cop", "probe"), "w")
except PermissionError:
    pass
else:
    sys.exit("the guard does not guard")
from wsgi import app
print(app.test_client().get("/gezond").status_code)
from cop.platform.i18n import gettext
print(gettext("just now"))
"""


def start(data: Path, top: Path = TOP) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARDED, str(top)],
        cwd=top,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(top), "COP_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_application_starts_in_a_folder_that_it_may_not_write_to(tmp_path):
    done = start(tmp_path)
    assert done.stdout.split("\n")[:2] == ["200", "zojuist"], done.stderr
    assert done.returncode == 0
