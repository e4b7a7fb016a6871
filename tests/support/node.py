"""What tests and benches use from npm: the HTML validator, ical.js, socket.io-client and its ws."""

import shutil

from tests.support.site import TOP

MODULES = TOP / ".cache" / "node-tools" / "node_modules"
MISSING = "needs Node.js and what scripts/node_tools.sh installs"


def installed(package: str) -> bool:
    """Whether Node.js and that package of npm are there."""
    return shutil.which("node") is not None and (MODULES / package).exists()
