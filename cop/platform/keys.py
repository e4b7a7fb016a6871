"""The key ring, and a column type whose contents only this application can read.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. A stored value is
``version | key id (4 bytes) | nonce (12) | ciphertext``; the column's name is bound in as
associated data, so that a value moved to another column no longer opens. The first key of the
ring encrypts, every key decrypts: a key is replaced by putting a new one in front.
"""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, current_app
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

_VERSION = b"\x01"


class CannotDecrypt(Exception):
    """The key is not in the ring, or the value was changed."""


class KeyRing:
    """Encrypts under the first key, decrypts under any.

    Args:
        keys: each 32 bytes.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {hashlib.sha256(key).digest()[:4]: AESGCM(key) for key in keys}
        self._newest = hashlib.sha256(keys[0]).digest()[:4]

    def encrypt(self, plain: bytes, context: str) -> bytes:
        nonce = os.urandom(12)
        body = self._ciphers[self._newest].encrypt(nonce, plain, context.encode())
        return _VERSION + self._newest + nonce + body

    def decrypt(self, stored: bytes, context: str) -> bytes:
        """
        Raises:
            CannotDecrypt: unknown key, unknown version, or a value that was tampered with.
        """
        cipher = self._ciphers.get(stored[1:5])
        if stored[:1] != _VERSION or cipher is None:
            raise CannotDecrypt
        try:
            return cipher.decrypt(stored[5:17], stored[17:], context.encode())
        except InvalidTag:
            raise CannotDecrypt from None


class EncryptedText(TypeDecorator[str]):
    """Text that is encrypted in the database.

    Args:
        context: names the column ('report.passage'); part of what is authenticated.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else key_ring().encrypt(value.encode(), self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else key_ring().decrypt(value, self.context).decode()


def init_app(app: Flask, keys: Sequence[bytes]) -> None:
    app.extensions["cop_keys"] = KeyRing(keys)


def key_ring() -> KeyRing:
    """The ring of the running application."""
    ring: KeyRing = current_app.extensions["cop_keys"]
    return ring
