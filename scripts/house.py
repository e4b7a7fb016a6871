#!/usr/bin/env python3
"""Rules of the house that no linter knows.

- docs/running.md names every setting, and none that does not exist;
- no committed file names a package host, or a path of somebody's machine;
- every test package has its `access.py` where its capability has routes.
"""

import re
import subprocess
import sys
from pathlib import Path

from cop.config import VARIABLES

TOP = Path(__file__).resolve().parent.parent
# Written in two halves, so that this file does not find itself.
HOSTS = re.compile(
    "|".join(
        (
            r"(files\.)?pytho" r"nhosted\.org",
            r"pypi\." r"(org|python\.org)",
            r"registry\.(npm" r"js|yarnpkg)\.",
            r"deb\.deb" r"ian\.org",
            r"--(extra-)?ind" r"ex-url[= ]\S*://",
        )
    )
)
PATHS = re.compile(r"(?<![\w.~$}])/(wo" r"rk|ro" r"ot|home/\w+|Us" r"ers/\w+)/")
SKIP = ("static/vendor/", "LICENSE", "tests/deidentify/", "tests/mbox/")


def committed() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=TOP, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    return [TOP / name for name in names if name and not name.startswith(SKIP)]


def addresses() -> list[str]:
    found = []
    for path in committed():
        try:
            text = path.read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for what, pattern in (("a package host", HOSTS), ("a path of one machine", PATHS)):
                if pattern.search(line):
                    found.append(f"{path.relative_to(TOP)}:{number}: names {what}")
    return found


def settings() -> list[str]:
    text = (TOP / "docs" / "running.md").read_text("utf-8")
    named = set(re.findall(r"`(COP_[A-Z_]+|PORT)`", text))
    missing = [f"docs/running.md: does not name {name}" for name in VARIABLES.keys() - named]
    return sorted(
        missing + [f"docs/running.md: {n} is no setting" for n in named - VARIABLES.keys()]
    )


def tables() -> list[str]:
    found = []
    for routes in sorted((TOP / "cop").glob("*/routes*.py")):
        name = routes.parent.name
        if not (TOP / "tests" / name / "access.py").exists():
            found.append(f"tests/{name}/access.py: missing, and cop/{name} has routes")
    return found


def main() -> int:
    found = [*settings(), *addresses(), *tables()]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
