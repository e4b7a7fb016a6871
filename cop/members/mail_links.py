"""The links in a member's mails that need no signing in: what they want by mail, and no more of it.

A token holds whose choices it is for and which list or discussion the mail was about. It is
enciphered (AES-SIV, RFC 5297), so that nobody can read a member's id from it or make one up, and
always the same for the same link, so that a mail that is repeated is unchanged. It works as long
as the member is one: an unsubscribe link in an old mail must still do what it says. Opening it
shows a page, since mail scanners follow links; only a button acts.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.config import Settings
from cop.members.actor import Actor
from cop.members.models import Member, MemberState
from cop.platform.errors import NotFound

_LONGEST = 120


class MailAbout(IntEnum):
    """What the mail with the link was about."""

    DIGEST = 1
    LIST = 2  # `id` of a list
    DISCUSSION = 3  # `id` of one


@dataclass(frozen=True, slots=True)
class MailLink:
    """What a token says.

    Attributes:
        actor: whose choices; with the rights of an ordinary member, whatever else they are.
    """

    actor: Actor
    about: MailAbout
    id: int


def token(member_id: int, about: MailAbout, id: int = 0) -> str:
    """For this member's own mails only."""
    return _token(_key(), member_id, int(about), id)


@lru_cache(maxsize=4096)
def _token(key: bytes, member_id: int, about: int, id: int) -> str:
    return _sealed(key, about.to_bytes(1) + member_id.to_bytes(5) + id.to_bytes(6))


def seal(plain: bytes) -> str:
    """A token that only this site can have made, and nobody else can read."""
    return _sealed(_key(), plain)


def _sealed(key: bytes, plain: bytes) -> str:
    return _written(AESSIV(key).encrypt(plain, None))


def unseal(text: str) -> bytes:
    """What was sealed.

    Raises:
        NotFound: not one of ours.
    """
    try:
        if len(text) > _LONGEST:
            raise NotFound
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        if _written(sealed) != text:  # one token, one way to write it
            raise NotFound
        return AESSIV(_key()).decrypt(sealed, None)
    except (ValueError, binascii.Error, InvalidTag):
        raise NotFound from None


def _written(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read(session: Session, text: str) -> MailLink:
    """
    Raises:
        NotFound: not one of ours, or nobody's any more.
    """
    plain = unseal(text)
    try:
        about = MailAbout(plain[0])
    except ValueError:
        raise NotFound from None
    member_id = session.scalar(
        select(Member.id).where(
            Member.id == int.from_bytes(plain[1:6]), Member.state == MemberState.ACTIVE
        )
    )
    if member_id is None:
        raise NotFound
    return MailLink(Actor(member_id), about, int.from_bytes(plain[6:12]))


def _key() -> bytes:
    settings: Settings = current_app.config["SETTINGS"]
    return _derived(settings.secret_key)


@lru_cache(maxsize=4)
def _derived(secret: str) -> bytes:
    return hmac.digest(secret.encode(), b"cop mail links\x01", hashlib.sha512)
