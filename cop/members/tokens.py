"""Random tokens: the person holds the token, the database only its hash."""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 in hex; enough for a random token, which cannot be guessed from a list."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
