"""The parts of a mail: the words in them, and what was attached.

Nothing here fails on a strange mail; a part that cannot be read is left out. The walk over the
parts follows RFC 2046: of alternatives each kind is kept apart, everything else comes in order.
"""

import binascii
import mimetypes
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from cop.platform.mail.reading import headers as head
from cop.platform.mail.reading import smime
from cop.platform.mail.reading.armour import without_armour
from cop.platform.mail.reading.charsets import decode, decode_header, from_base64, one_line
from cop.platform.mail.reading.flowed import unflow
from cop.platform.mail.reading.html_text import to_text
from cop.platform.mail.reading.uuencoded import in_text

DEEPEST = 20  # parts within parts
MOST_PARTS = 200
_SILENT = {  # what machines add to a mail; nobody misses it
    *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("application/pgp-keys", "message/delivery-status", "message/disposition-notification"),
    *("text/x-amp-html", "text/css", "text/javascript", "application/applefile"),
}
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,2}[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail.

    Attributes:
        encrypted: it is the mail itself, which nobody here can read.
    """

    name: str
    data: bytes
    encrypted: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What one part says: as plain text, as HTML, or both ways when it gave alternatives."""

    plain: str = ""
    html: str = ""

    @property
    def text(self) -> str:
        """As plain text, whichever way it came."""
        return self.plain if self.plain.strip() else to_text(self.html)


def split(raw: bytes) -> tuple[head.Headers, Message]:
    """A mail's headers, and the mail as the library sees it with what concerns its parts alone."""
    headers, at = head.parse(raw)
    kept = b"".join(
        name.encode() + b": " + value + b"\n"
        for name, value in headers.fields
        if name.startswith("content-") or name == "mime-version"
    )
    return headers, message_from_bytes(kept + b"\n" + raw[at:], policy=compat32)


class Walk:
    """Goes through the parts; collects files, gives texts."""

    def __init__(self) -> None:
        self.files: list[Attached] = []
        self._seen = 0

    def part(self, part: Message, depth: int) -> list[Words]:
        self._seen += 1
        if depth > DEEPEST or self._seen > MOST_PARTS:
            return []
        kind = part.get_content_type().lower()
        # Asked of a leaf, the library would decode it here, and stumble over odd charsets.
        if part.is_multipart():
            children = [child for child in part.get_payload() if isinstance(child, Message)]
            if kind.startswith("message/"):
                return [
                    Words(_forwarded(child, [w.text for w in self.part(child, depth + 1)]))
                    for child in children
                ]
            if kind == "multipart/alternative":
                return self._alternative(children, depth)
            if kind == "multipart/encrypted":  # PGP (RFC 3156): how it was done, and the mail
                self.files += [Attached("encrypted.asc", body(c), True) for c in children[1:2]]
                return []
            if kind == "multipart/signed":
                children = children[:1]
            return [words for child in children for words in self.part(child, depth + 1)]
        return self._leaf(part, kind, depth)

    def _alternative(self, children: list[Message], depth: int) -> list[Words]:
        """The first plain and the first HTML way of saying it; files of all of them."""
        plain = html = ""
        for child in sorted(children, key=lambda c: c.get_content_type() != "text/plain"):
            found = self.part(child, depth + 1)
            if not plain.strip():
                plain = "\n\n".join(w.plain.strip("\n") for w in found if w.plain.strip())
            if not html.strip():
                html = "\n".join(w.html for w in found if w.html.strip())
        return [Words(plain, html)] if plain or html else []

    def _leaf(self, part: Message, kind: str, depth: int) -> list[Words]:
        if kind in _SILENT:
            return []
        name = _file_name(part)
        is_text = kind.startswith("text/") or kind.startswith("multipart/")
        attached = _disposition(part) == "attachment" or bool(name)
        if is_text and not attached and kind not in ("text/calendar", "text/rtf"):
            text = decode(body(part), _parameter(part, "charset"))
            if kind == "text/html":
                return [Words(html=text)]
            if kind in ("text/enriched", "text/richtext"):
                return [Words(re.sub(r"<[^<>]{0,60}>", "", text))]
            if (_parameter(part, "format") or "").lower() == "flowed":
                text = unflow(text, (_parameter(part, "delsp") or "").lower() == "yes")
            return [Words(without_armour(text))]
        data = body(part, is_text=False)
        if kind in smime.KINDS or name.lower().endswith(".p7m"):
            signed = smime.signed_content(data)
            inner = _mail_in(signed) if signed is not None else None
            if inner is not None:
                return self.part(inner, depth + 1)
            if smime.is_encrypted(data):
                self.files.append(Attached(name or "smime.p7m", data, True))
                return []
        if data.strip():
            self.files.append(Attached(name or _name_for(kind), data))
        return []


def _mail_in(signed: bytes) -> Message | None:
    """What was signed, if that is a part of a mail and not a document."""
    try:
        inner = split(signed)[1]
    except RecursionError:  # nested too deep for the library
        return None
    return inner if inner["content-type"] else None


def _disposition(part: Message) -> str:
    try:
        return (part.get_content_disposition() or "").lower()
    except (ValueError, LookupError, TypeError):  # a header that the library cannot take apart
        return ""


def _parameter(part: Message, name: str) -> str | None:
    try:
        value = part.get_param(name)
    except (ValueError, LookupError, TypeError):
        return None
    if isinstance(value, tuple):
        value = value[2]
    return value if isinstance(value, str) else None


def _file_name(part: Message) -> str:
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""
    # A name is text, or 8-bit bytes that were kept as surrogates; RFC 2047 words are not allowed
    # here, and common.
    return one_line(decode_header(name.encode("utf-8", "surrogateescape")))[:200]


def _name_for(kind: str) -> str:
    ending = mimetypes.guess_extension(kind) or ".bin"
    return f"bijlage{ending}"


def body(part: Message, is_text: bool = True) -> bytes:
    """The part's bytes, whatever was done to carry them."""
    said = part.get("content-transfer-encoding")
    coding = str(said or "").strip(" \t\"'").split(";")[0].lower()
    # Without the header the library gives the bytes as they came; with it, it decodes its own way.
    del part["content-transfer-encoding"]
    data = part.get_payload(decode=True)
    if said is not None:
        part["Content-Transfer-Encoding"] = said
    if not isinstance(data, bytes):
        return b""
    if coding == "base64":
        return _from_base64_lines(data, is_text)
    if coding == "quoted-printable":
        return binascii.a2b_qp(data)
    if coding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return in_text(data.decode("latin-1").replace("\r\n", "\n")) or data
    return data


def _from_base64_lines(data: bytes, is_text: bool) -> bytes:
    """Base64, and after a text what a list added to it in plain words."""
    lines = data.strip().splitlines()
    end = next((n for n, line in enumerate(lines) if not _BASE64_LINE.match(line)), len(lines))
    if not is_text:
        return from_base64(b"".join(lines[:end] if end else lines))
    if end == 0:
        return data  # not base64 at all, whatever was said
    rest = b"\n".join(lines[end:])
    return from_base64(b"".join(lines[:end])) + (b"\n" + rest if rest.strip() else b"")


def _forwarded(mail: Message, texts: list[str]) -> str:
    """A mail within a mail, as mail programs write it."""
    fields = head.Headers(
        tuple(
            (str(name).lower(), str(value).encode("utf-8", "surrogateescape"))
            for name, value in mail.items()
        )
    )
    lines = ["---------- Forwarded message ----------"]
    if name := head.sender(fields).name:
        lines.append(f"From: {name}")
    if when := fields.text("date"):
        lines.append(f"Date: {when}")
    if title := fields.text("subject"):
        lines.append(f"Subject: {title}")
    body = "\n\n".join(t.strip("\n") for t in texts if t.strip())
    return "\n".join(lines) + f"\n\n{body}"
