"""A key for each raw text, kept as a file outside the database and its backups.

Destroying the file destroys the text everywhere: what is left in the database, its write-ahead
log, replicas and backups cannot be read any more by anybody. So the folder must never be copied
by a backup (docs/cases.md). A key is destroyed after the transaction that removed its name has
committed; when the process dies between the two, `sweep` finds a file that no case names.
"""

import contextlib
import logging
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from cop.cases.models import Case
from cop.platform.site_mark import is_ours

KEY_BYTES = 32
ORPHAN_SECONDS = 3600  # longer than any transaction that makes a key takes
log = logging.getLogger("cop.cases")
_NAME = re.compile(r"[\w-]{43}", re.ASCII)


class KeyGone(Exception):
    """The key was destroyed, or is not on this machine: nobody can read the text."""


@dataclass(frozen=True)
class KeyFolder:
    """The folder with one file per raw text; made when missing, for this user alone."""

    root: Path

    def make(self) -> str:
        """A new key on disk; its name."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = secrets.token_urlsafe(KEY_BYTES)
        handle = os.open(self.root / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        self._settle()
        return name

    def read(self, name: str | None) -> bytes:
        """
        Raises:
            KeyGone: there is no such key any more.
        """
        if name is None or not _NAME.fullmatch(name):
            raise KeyGone
        try:
            key = (self.root / name).read_bytes()
        except OSError:
            raise KeyGone from None
        if len(key) != KEY_BYTES:
            raise KeyGone
        return key

    def destroy(self, name: str) -> None:
        """Write over the key, then remove it; nothing happens when it is gone already.

        On a full disk some file systems refuse the first: then it is removed all the same.
        """
        path = self.root / name
        try:
            with contextlib.suppress(OSError), open(path, "r+b") as file:
                file.write(secrets.token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._settle()

    def names(self) -> list[str]:
        """Every key that lies here."""
        try:
            return [p.name for p in self.root.iterdir() if _NAME.fullmatch(p.name)]
        except FileNotFoundError:
            return []

    def age_seconds(self, name: str) -> float:
        try:
            return time.time() - (self.root / name).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def _settle(self) -> None:
        """The folder's own contents on disk as well: a removed name does not return."""
        handle = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def init_app(app: Flask, folder: Path) -> None:
    app.extensions["cop_case_keys"] = KeyFolder(folder)


def folder() -> KeyFolder:
    found: KeyFolder = current_app.extensions["cop_case_keys"]
    return found


def new_key(session: Session) -> str:
    """A key for a case that is being made; destroyed again when the transaction fails."""
    keys, name = folder(), folder().make()
    state = {"open": True}

    def committed(_session: Session) -> None:
        state["open"] = False

    def rolled_back(_session: Session) -> None:
        if state["open"]:
            state["open"] = False
            _destroy(keys, name)

    event.listen(session, "after_commit", committed, once=True)
    event.listen(session, "after_rollback", rolled_back, once=True)
    return name


def destroy_after_commit(session: Session, case: Case) -> None:
    """Take the key's name out of the case now, and the key itself once that is committed."""
    name, keys = case.key_name, folder()
    case.key_name = None
    if name is None:
        return
    state = {"open": True}

    def committed(_session: Session) -> None:
        if state["open"]:
            state["open"] = False
            _destroy(keys, name)

    def rolled_back(_session: Session) -> None:
        state["open"] = False

    event.listen(session, "after_commit", committed, once=True)
    event.listen(session, "after_rollback", rolled_back, once=True)


def _destroy(keys: KeyFolder, name: str) -> None:
    """What cannot be removed now is tried again by `sweep`; the log says so."""
    try:
        keys.destroy(name)
    except OSError as error:
        log.error("the key of a case could not be destroyed yet (%s)", type(error).__name__)


def sweep(session: Session, oldest_seconds: float = ORPHAN_SECONDS) -> int:
    """Destroy keys that no case names, as after a crash or a restored backup; how many.

    Never those of another database: no backup has them.
    """
    keys = folder()
    there = set(keys.names())
    named = set(session.scalars(select(Case.key_name).where(Case.key_name.is_not(None))))
    if not is_ours(session, keys.root, lambda: not there or bool(there & named)):
        return 0
    lying = [name for name in there if keys.age_seconds(name) >= oldest_seconds]
    gone = [name for name in lying if name not in named]
    for name in gone:
        _destroy(keys, name)
    return len(gone)


def seal(key: bytes, plain: bytes, context: str) -> bytes:
    """AES-256-GCM (NIST SP 800-38D), random 96-bit nonce in front; the context is bound in."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def unseal(key: bytes, body: bytes, context: str) -> bytes:
    """
    Raises:
        KeyGone: it was sealed under another key, or changed.
    """
    try:
        return AESGCM(key).decrypt(body[:12], body[12:], context.encode())
    except InvalidTag:
        raise KeyGone from None
