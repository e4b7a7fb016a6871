"""A message as it goes over the wire.

Text and HTML say the same. Headers that people read are encoded by the standard library; those
that programs read are written as they are, since a long address in them must never be broken or
encoded. A value with a line break in it is refused: it would be a header of somebody else's.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

LONGEST_LINE = 998  # characters without the line's end, RFC 5322 2.1.1
FOLD_AT = 78
_METHOD = re.compile(r"^METHOD:([A-Z]+)\r?$", re.MULTILINE)

# What differs per recipient in a content that many share, say a reply address: '\ue000r12\ue001'.
# Private use characters: whatever members write, these are taken out of it.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_OPEN}([a-z0-9:]+){_CLOSE}")
_SPOILT = re.compile(f"[{_OPEN}{_CLOSE}]")


def slot(name: str) -> str:
    """A place in a content that is filled for each recipient: lower-case letters and digits."""
    return f"{_OPEN}{name}{_CLOSE}"


def without_slots(words: str) -> str:
    """Words of members, in which nobody can have put a slot."""
    return _SPOILT.sub("", words)


def fill(words: str, value: Callable[[str], str]) -> str:
    """The words with each slot replaced by the value of its name."""
    return _SLOT.sub(lambda match: value(match[1]), words)


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail says, the same for all who get it but for its slots.

    Attributes:
        covers: ids of what it shows, to ask again whether its recipient may see all of it.
    """

    subject: str
    text: str
    html: str
    covers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient.

    Attributes:
        sender: (name, address) that stand in From.
        envelope_from: where the mail server reports failures.
        headers: further ones, ASCII, each as it shall stand there; a long value is folded at its
            spaces only.
        slots: slot name → value; a function, since a name may carry an id.
        calendar: an iCalendar message with a METHOD, which the recipient's calendar acts on.
    """

    recipient: str
    sender: tuple[str, str]
    envelope_from: str
    message_id: str
    date: datetime
    language: str
    content: Content
    headers: Mapping[str, str] = field(default_factory=dict)
    slots: Callable[[str], str] = str
    calendar: str = ""

    @property
    def text(self) -> str:
        return fill(self.content.text, self.slots)

    @property
    def html(self) -> str:
        return fill(self.content.html, self.slots)

    def as_bytes(self) -> bytes:
        """With CRLF line ends, in seven bits."""
        mark = hashlib.sha256(f"{self.message_id}{self.recipient}".encode()).hexdigest()[:24]
        boundary = f"=_{mark}"  # the same for a repeat; '=_' cannot stand in quoted-printable
        named = {
            "Date": format_datetime(self.date),
            "Message-ID": self.message_id,
            **self.headers,
            "Content-Language": self.language,
            "MIME-Version": "1.0",
        }
        kind = f'multipart/alternative; boundary="{boundary}"'
        body: tuple[bytes, ...] = (
            b"\r\n",
            _part(boundary, "plain", self.text),
            _part(boundary, "html", self.html),
            _calendar_part(boundary, self.calendar) if self.calendar else b"",
            f"--{boundary}--\r\n".encode(),
        )
        if self.calendar:
            outer = f"{boundary}-file"
            body = (
                f"\r\n--{outer}\r\n".encode(),
                _plain("Content-Type", kind),
                *body,
                _calendar_file(outer, self.calendar),
                f"--{outer}--\r\n".encode(),
            )
            kind = f'multipart/mixed; boundary="{outer}"'
        return b"".join(
            (
                _address("From", *self.sender),
                _address("To", "", self.recipient),
                _subject(self.content.subject),
                *(_plain(name, value) for name, value in named.items()),
                _plain("Content-Type", kind),
                *body,
            )
        )


@lru_cache(maxsize=1024)
def _address(name: str, display: str, address: str) -> bytes:
    head = EmailMessage(policy=SMTP)
    head[name] = Address(" ".join(display.split()), addr_spec=address)
    return head.as_bytes().removesuffix(b"\r\n")


@lru_cache(maxsize=256)
def _subject(words: str) -> bytes:
    head = EmailMessage(policy=SMTP)
    head["Subject"] = " ".join(words.split())
    return head.as_bytes().removesuffix(b"\r\n")


def _plain(name: str, value: str) -> bytes:
    """A header as it stands, folded at spaces.

    Raises:
        ValueError: it would not be one header of ASCII characters.
    """
    lines = [f"{name}:"]
    for word in value.split(" "):
        if len(lines[-1]) + 1 + len(word) > FOLD_AT and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    whole = "\r\n".join(lines)
    if not value.isascii() or not value.isprintable() or max(map(len, lines)) > LONGEST_LINE:
        raise ValueError(f"{name} cannot be written as it stands")
    return f"{whole}\r\n".encode()


def _part(boundary: str, subtype: str, words: str) -> bytes:
    plain = "\n".join(words.splitlines()) + "\n"
    quoted = binascii.b2a_qp(plain.encode("utf-8", "replace"), istext=True)
    head = (
        f"--{boundary}\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return head.encode() + quoted.replace(b"\n", b"\r\n")


def _calendar_part(boundary: str, calendar: str) -> bytes:
    """A third way to read the message, which Outlook and Google act on.

    The method stands in the header as well (RFC 6047 2.4); base64, since its lines must not change.
    """
    found = _METHOD.search(calendar)
    method = found[1] if found else "PUBLISH"
    head = (
        f"--{boundary}\r\n"
        f"Content-Type: text/calendar; charset=utf-8; method={method}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _base64(calendar)


def _calendar_file(boundary: str, calendar: str) -> bytes:
    """The same once more as a file, for programs that look for one."""
    head = (
        f"--{boundary}\r\n"
        'Content-Type: application/ics; name="agenda.ics"\r\n'
        'Content-Disposition: attachment; filename="agenda.ics"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + _base64(calendar)


def _base64(words: str) -> bytes:
    return base64.encodebytes(words.encode()).replace(b"\n", b"\r\n")
