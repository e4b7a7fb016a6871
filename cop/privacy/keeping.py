"""The folder of what members asked to take along, each encrypted and bound to its member.

It lies beside the files, but is no part of a backup (docs/production.md): what is gone after days
must not live on there.
"""

import os
import re
import secrets
import time
from collections.abc import Collection
from pathlib import Path

from cop.platform.errors import NotFound
from cop.platform.keys import CannotDecrypt, key_ring
from cop.platform.storage import storage

ORPHAN_SECONDS = 3600  # longer than making one takes
_NAME = re.compile(r"[\w-]{43}", re.ASCII)


def folder() -> Path:
    return storage().root.parent / "exports"


def write(member_id: int, data: bytes) -> str:
    """Keep it; the name of its file."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_urlsafe(32)
    handle = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(key_ring().encrypt(data, _context(member_id, name)))
        file.flush()
        os.fsync(file.fileno())
    return name


def read(member_id: int, name: str) -> bytes:
    """
    Raises:
        NotFound: it is gone, or another member's.
    """
    if not _NAME.fullmatch(name):
        raise NotFound
    try:
        return key_ring().decrypt((folder() / name).read_bytes(), _context(member_id, name))
    except (OSError, CannotDecrypt):
        raise NotFound from None


def _context(member_id: int, name: str) -> str:
    return f"export:{member_id}:{name}"


def sweep(named: Collection[str]) -> int:
    """Remove what no row names, but for what is being made; how many."""
    place, gone = folder(), 0
    before = time.time() - ORPHAN_SECONDS
    for path in place.iterdir() if place.is_dir() else ():
        if path.name not in named and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def remove(name: str) -> None:
    """Remove one at once."""
    if _NAME.fullmatch(name):
        (folder() / name).unlink(missing_ok=True)
