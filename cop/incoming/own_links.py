"""What stood in a mail of ours for its reader alone: it must not be passed on to others.

Under each mail stand links with which its reader chooses and stops mails without signing in, and
the addresses at which they answer. A mail program quotes them.
"""

import re
from urllib.parse import unquote

from cop.platform.mail.addresses import ToList, addresses

_LINK = re.compile(r"/mail/(?:keuzes|afmelden)/[\w~-]", re.IGNORECASE)
_ADDRESS = re.compile(r"[a-z0-9.+_-]+@[a-z0-9.-]+", re.IGNORECASE)
_TIMES = 2  # programs that check links write the address into one of their own


def without(text: str) -> tuple[str, str]:
    """A text without the lines that hold such a link or address, and those lines."""
    kept: list[str] = []
    cut: list[str] = []
    for line in text.split("\n"):
        (cut if _is_own(line) else kept).append(line)
    return ("\n".join(kept).strip() if cut else text), "\n".join(cut)


def _is_own(line: str) -> bool:
    if "@" not in line and "/mail" not in line and "%" not in line:
        return False
    for _time in range(_TIMES):
        line = unquote(line)
    if _LINK.search(line):
        return True
    return any(
        not isinstance(addresses().read(found.rstrip(".")), ToList | None)
        for found in _ADDRESS.findall(line)
    )
