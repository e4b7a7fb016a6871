"""Passwords: argon2id, at least twelve characters, none of the commonly used ones.

Length and the list of common passwords follow NIST SP 800-63B-4 section 3.1.1.2: no rules about
kinds of characters, no expiry.
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 12
MOST = 200

# RFC 9106's second recommended option is too heavy for one small server with many sign-ins at
# once; this is OWASP's argon2id setting: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _hasher.hash("a password that nobody has")


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether it fits; takes as long when there is none, so that timing tells nothing."""
    try:
        return _hasher.verify(stored or _NOBODYS, _normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
