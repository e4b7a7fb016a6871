"""The addresses at which the platform itself gets mail: made here, and read back here.

Three kinds of local part, all of lower-case letters, digits and hyphens (mail servers may change
case, RFC 5321 2.4 or not) and at most 64 characters (RFC 5321 4.5.3.1.1):

- ``r-…``: where one member's answers go, to one discussion, to one digest or to an invitation, or
  where they start a discussion on one list;
- ``b-…``: the envelope sender of one message to one address (VERP), where its bounces go;
- a list's own: ``lijst``, ``lijst-help``, ``lijst-subscribe``, ``lijst-unsubscribe``,
  ``lijst-owner`` (RFC 2142, and the habit of list servers).

What a signed address says is one block of 16 bytes, enciphered under a key that only this
platform has, and followed by a MAC over it. Ids are never readable in it: two addresses of one
member, under their name in one list and under a pseudonym in another, have nothing in common, so
that an address which is quoted or passed on tells nobody who is behind a name. It is no proof of
who sends, either: a mail counts as a member's only with a From that the mail server vouches for.

Both keys come from ``COP_SECRET_KEY``. Addresses made before it was changed are not known any more.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from flask import Flask, current_app

from cop.config import Settings

LONGEST_LOCAL = 64
_MAC_BYTES = 10  # 80 bits: nobody tries that many messages
_SIGNED = re.compile(r"(?P<kind>[rb])-(?P<block>[a-z2-7]{26})(?P<mac>[a-z2-7]{16})", re.ASCII)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)

# First byte of the block.
_TO_DISCUSSION, _TO_DIGEST, _BOUNCE, _START, _GATHERING, _GUEST = 1, 2, 3, 4, 5, 6


class ListCommand(StrEnum):
    """What is asked of a list at an address of its own."""

    HELP = "help"
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class ToDiscussion:
    """A member's answers to one discussion. The name under which they go follows from its list."""

    member_id: int
    discussion_id: int


@dataclass(frozen=True, slots=True)
class ToDigest:
    """A member's answer to a digest as a whole, which belongs to no discussion."""

    member_id: int
    digest_id: int


@dataclass(frozen=True, slots=True)
class ToStart:
    """A member's own address of a list, at which they start discussions."""

    member_id: int
    list_id: int


@dataclass(frozen=True, slots=True)
class ToGathering:
    """Stands as the organiser in one member's invitations to one gathering (RFC 5546)."""

    member_id: int
    gathering_id: int


@dataclass(frozen=True, slots=True)
class ToGuest:
    """The same in the invitations of somebody without an account."""

    guest_id: int
    gathering_id: int


@dataclass(frozen=True, slots=True)
class ToBounces:
    """What became of one message.

    Attributes:
        member_id: whose, None for somebody without an account.
        delivery_id: which message; what it counts is the sender's own affair.
        mark: of the address it was sent to, to be compared with `Addresses.mark`.
    """

    member_id: int | None
    delivery_id: int
    mark: bytes


@dataclass(frozen=True, slots=True)
class ToList:
    """A list's address. `lijst-help` may also be the name of a list: the caller looks.

    Attributes:
        readings: (short name, command or None), the most literal first.
    """

    readings: tuple[tuple[str, ListCommand | None], ...]


@dataclass(frozen=True, slots=True)
class Forged:
    """Looks like a signed address, and is not one of ours (any more)."""


Read: TypeAlias = (
    ToDiscussion | ToDigest | ToStart | ToGathering | ToGuest | ToBounces | ToList | Forged
)


class Addresses:
    """Makes and reads the addresses of one site.

    Args:
        secret: from which the keys are derived.
        domain: whose mail comes in here.
        mailbox: '' when every name of the domain does; else the one mailbox whose subaddresses
            do (``mailbox+name@domain``, RFC 5233).
    """

    def __init__(self, secret: str, domain: str, mailbox: str = "") -> None:
        self.domain = domain.lower()
        self._before = f"{mailbox.lower()}+" if mailbox else ""
        self._cipher = Cipher(AES(_derived(secret, "block")[:16]), ECB())  # noqa: S305
        # One block per address, never two: ECB is the bare permutation that is wanted here.
        self._mac_key = _derived(secret, "mac")
        self._mark_key = _derived(secret, "mark")

    # --- making

    def to_discussion(self, member_id: int, discussion_id: int) -> str:
        """Where this member's answers to a discussion go. Only that member may ever see it."""
        return self._signed("r", _TO_DISCUSSION, member_id, discussion_id)

    def to_digest(self, member_id: int, digest_id: int) -> str:
        """Where an answer to a digest as a whole goes."""
        return self._signed("r", _TO_DIGEST, member_id, digest_id)

    def to_start(self, member_id: int, list_id: int) -> str:
        """Where this member starts discussions on a list. Only that member may ever see it."""
        return self._signed("r", _START, member_id, list_id)

    def to_gathering(self, member_id: int, gathering_id: int) -> str:
        """The organiser's address in this member's invitations. Only they may ever see it."""
        return self._signed("r", _GATHERING, member_id, gathering_id)

    def to_guest(self, guest_id: int, gathering_id: int) -> str:
        """The same for a guest. Only they may ever see it."""
        return self._signed("r", _GUEST, guest_id, gathering_id)

    def envelope(self, recipient: str, delivery_id: int, member_id: int | None = None) -> str:
        """The envelope sender of one message (VERP): its bounces come back with this address.

        Args:
            recipient: the address it is sent to.
            delivery_id: at most 48 bits; comes back in `ToBounces`.
        """
        return self._signed("b", _BOUNCE, member_id or 0, delivery_id, self.mark(recipient))

    def of_list(self, short_name: str, command: ListCommand | None = None) -> str:
        """A list's own address, or the one for a command."""
        return self._whole(f"{short_name}-{command}" if command else short_name)

    def mark(self, address: str) -> bytes:
        """Four bytes that stand for an address, the same for any way of writing its case."""
        return _mac(self._mark_key, address.strip().lower().encode())[:4]

    # --- reading

    def read(self, address: str) -> Read | None:
        """What an address asks for; None when it is not one of this site.

        Args:
            address: without angle brackets, any case.
        """
        local, at, domain = address.strip().lower().rpartition("@")
        if not at or domain.rstrip(".") != self.domain or len(local) > LONGEST_LOCAL:
            return None
        if not local.startswith(self._before):
            return None
        local = local.removeprefix(self._before)
        if match := _SIGNED.fullmatch(local):
            return self._opened(match["kind"], match["block"], match["mac"])
        if not _NAME.fullmatch(local):
            return None
        readings: list[tuple[str, ListCommand | None]] = [(local, None)]
        name, hyphen, word = local.rpartition("-")
        if hyphen and name and word in set(ListCommand):
            readings.append((name, ListCommand(word)))
        return ToList(tuple(readings))

    # --- the block

    def _signed(self, kind: str, what: int, first: int, second: int, rest: bytes = b"") -> str:
        plain = what.to_bytes(1) + first.to_bytes(5) + second.to_bytes(6) + rest.ljust(4, b"\0")
        encryptor = self._cipher.encryptor()
        block = encryptor.update(plain) + encryptor.finalize()
        return self._whole(f"{kind}-{_base32(block)}{_base32(self._mac(kind, block))}")

    def _opened(self, kind: str, block_text: str, mac_text: str) -> Read:
        try:
            block, mac = _from_base32(block_text), _from_base32(mac_text)
        except binascii.Error:  # pragma: no cover  # the pattern lets only base32 through
            return Forged()
        if not hmac.compare_digest(mac, self._mac(kind, block)):
            return Forged()
        decryptor = self._cipher.decryptor()
        plain = decryptor.update(block) + decryptor.finalize()
        first, second = int.from_bytes(plain[1:6]), int.from_bytes(plain[6:12])
        match kind, plain[0]:
            case "r", 1:
                return ToDiscussion(first, second)
            case "r", 2:
                return ToDigest(first, second)
            case "r", 4:
                return ToStart(first, second)
            case "r", 5:
                return ToGathering(first, second)
            case "r", 6:
                return ToGuest(first, second)
            case "b", 3:
                return ToBounces(first or None, second, plain[12:])
        return Forged()

    def _mac(self, kind: str, block: bytes) -> bytes:
        return _mac(self._mac_key, kind.encode() + block)[:_MAC_BYTES]

    def _whole(self, local: str) -> str:
        return f"{self._before}{local}@{self.domain}"


def _derived(secret: str, use: str) -> bytes:
    """A key for one use: HMAC as the expand step of HKDF (RFC 5869 2.3)."""
    return _mac(secret.encode(), b"cop mail addresses " + use.encode() + b"\x01")


def _mac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _from_base32(text: str) -> bytes:
    return base64.b32decode(text.upper() + "=" * (-len(text) % 8))


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["cop_mail_addresses"] = Addresses(
        settings.secret_key, settings.mail_domain, settings.mail_mailbox
    )


def addresses() -> Addresses:
    """Those of the running application."""
    found: Addresses = current_app.extensions["cop_mail_addresses"]
    return found
