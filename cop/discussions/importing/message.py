"""One mail as what a post needs: its words as plain text, and what was attached.

Nothing here fails on a strange mail; a part that cannot be read is left out. The walk over the
parts follows RFC 2046: of alternatives the plain one unless it is empty, everything else in order.
"""

import binascii
import mimetypes
import re
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import compat32

from cop.discussions.importing import headers as head
from cop.discussions.importing.charsets import decode, decode_header, from_base64, one_line
from cop.discussions.importing.flowed import unflow
from cop.discussions.importing.html_text import to_text
from cop.platform.markup import MAX_LENGTH

DEEPEST = 20  # parts within parts
MOST_PARTS = 200
_SILENT = {  # what machines add to a mail; nobody misses it
    *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("application/pgp-keys", "message/delivery-status", "message/disposition-notification"),
    *("text/x-amp-html", "text/css", "text/javascript", "application/applefile"),
}
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]*={0,2}[ \t]*\Z")
_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} (?P<name>[^\n]{1,200})\n(?P<body>(?:[\x20-\x60]{1,90}\n)*?)`?\n?end[ \t]*$",
    re.MULTILINE,
)
_SCRUBBED_HTML = re.compile(
    r"\n?^-{8,} next part -{8,}[ \t]*\n(?:An HTML attachment was scrubbed\.{3})[ \t]*\n"
    r"(?:(?:Name|Type|Size|Desc|URL|Url ?): ?[^\n]*\n?|<[^\n>]*>[ \t]*\n?)*",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a mail."""

    name: str
    data: bytes


@dataclass(slots=True)
class Content:
    """
    Attributes:
        text: plain text, addresses masked, at most `MAX_LENGTH` characters.
        files: what was attached, in order; the whole text too when it was longer than that.
    """

    text: str = ""
    files: list[Attached] = field(default_factory=list)


def read(raw: bytes) -> Content:
    """What a mail says.

    Args:
        raw: the whole mail, headers included.
    """
    headers, at = head.parse(raw)
    kept = b"".join(
        name.encode() + b": " + value + b"\n"
        for name, value in headers.fields
        if name.startswith("content-") or name == "mime-version"
    )
    mail = message_from_bytes(kept + b"\n" + raw[at:], policy=compat32)
    walk = _Walk()
    texts = walk.part(mail, 0)
    text = "\n\n".join(t.strip("\n") for t in texts if t.strip())
    text, inside = _without_uuencoded(text)
    text = _SCRUBBED_HTML.sub("\n", text + "\n").strip("\n")
    text = head.mask_addresses(text)
    content = Content("\n".join(line.rstrip() for line in text.splitlines()).strip("\n"))
    content.files = walk.files + inside
    if len(content.text) > MAX_LENGTH:
        content.files.append(Attached("bericht.txt", content.text.encode()))
        content.text = content.text[: MAX_LENGTH - 4].rsplit("\n", 1)[0] + "\n[…]"
    return content


class _Walk:
    """Goes through the parts; collects files, gives texts."""

    def __init__(self) -> None:
        self.files: list[Attached] = []
        self._seen = 0

    def part(self, part: Message, depth: int) -> list[str]:
        self._seen += 1
        if depth > DEEPEST or self._seen > MOST_PARTS:
            return []
        kind = part.get_content_type().lower()
        payload = part.get_payload()
        if isinstance(payload, list):
            children = [child for child in payload if isinstance(child, Message)]
            if kind.startswith("message/"):
                return [_forwarded(child, self.part(child, depth + 1)) for child in children]
            if kind == "multipart/alternative":
                return self._alternative(children, depth)
            if kind == "multipart/signed":
                children = children[:1]
            return [text for child in children for text in self.part(child, depth + 1)]
        return self._leaf(part, kind)

    def _alternative(self, children: list[Message], depth: int) -> list[str]:
        """The first alternative with words, plain before others; files of all of them."""
        found: list[str] = []
        for child in sorted(children, key=lambda c: c.get_content_type() != "text/plain"):
            texts = self.part(child, depth + 1)
            if not any(t.strip() for t in found):
                found = texts
        return found

    def _leaf(self, part: Message, kind: str) -> list[str]:
        if kind in _SILENT:
            return []
        name = _file_name(part)
        is_text = kind.startswith("text/") or kind.startswith("multipart/")
        attached = _disposition(part) == "attachment" or bool(name)
        if is_text and not attached and kind not in ("text/calendar", "text/rtf"):
            text = decode(_body(part), _parameter(part, "charset"))
            if kind == "text/html":
                return [to_text(text)]
            if kind in ("text/enriched", "text/richtext"):
                return [re.sub(r"<[^<>]{0,60}>", "", text)]
            if (_parameter(part, "format") or "").lower() == "flowed":
                text = unflow(text, (_parameter(part, "delsp") or "").lower() == "yes")
            return [text]
        data = _body(part, is_text=False)
        if data.strip():
            self.files.append(Attached(name or _name_for(kind), data))
        return []


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


def _body(part: Message, is_text: bool = True) -> bytes:
    """The part's bytes, whatever was done to carry them."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return b""
    data = payload.encode("utf-8", "surrogateescape")
    coding = str(part.get("content-transfer-encoding", "")).strip(" \t\"'").split(";")[0].lower()
    if coding == "base64":
        return _from_base64_lines(data, is_text)
    if coding == "quoted-printable":
        return binascii.a2b_qp(data)
    if coding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        text = data.decode("latin-1").replace("\r\n", "\n")
        if match := _UUENCODED.search(text):
            return _from_uuencoded(match["body"])
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


def _without_uuencoded(text: str) -> tuple[str, list[Attached]]:
    """Files that were written into the text itself, as was usual before MIME."""
    files: list[Attached] = []

    def taken(match: re.Match[str]) -> str:
        data = _from_uuencoded(match["body"])
        if not data:
            return match[0]
        files.append(Attached(one_line(match["name"])[:200], data))
        return ""

    if "\nend" in text and "begin " in text:
        text = _UUENCODED.sub(taken, text)
    return text, files


def _from_uuencoded(body: str) -> bytes:
    out = []
    for line in body.splitlines():
        raw = line.encode("latin-1", "replace")
        # Some programs count a line wrong; what its first character says is what it holds.
        length = ((raw[0] - 32) & 63) if raw else 0
        usable = raw[: 1 + (length * 4 + 5) // 3].ljust(1 + (length + 2) // 3 * 4)
        try:
            out.append(binascii.a2b_uu(usable))
        except binascii.Error:
            return b""
    return b"".join(out)


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
