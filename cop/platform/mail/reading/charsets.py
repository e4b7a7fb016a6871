"""Bytes of mails to text that can be stored: no charset is trusted, none makes it fail."""

import base64
import binascii
import codecs
import re
import unicodedata

# Python codecs that no mail uses, that are slow on purpose-made input, or that unescape.
_NEVER = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
# Declared so often where something else was meant that the bytes decide.
_DOUBTFUL = {"ascii", "iso8859-1", "cp1252", "iso8859-15"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\u00ad]")
_ENCODED_WORD = re.compile(
    r"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]*)?\?([bBqQ])\?([^?]*)(?:\?=|$)"
)
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[A-Za-z0-9_.:+*-]{1,60}\?[bBqQ]\?)")


def decode(data: bytes, declared: str | None) -> str:
    """Text of the bytes: as declared, else UTF-8, else Windows-1252.

    A text that is valid UTF-8 beyond ASCII is UTF-8, even where a Western single-byte charset was
    declared: by accident that practically never happens.
    """
    name = _codec(declared)
    if name is None or name in _DOUBTFUL:
        try:
            return storable(data.decode("utf-8"))
        except UnicodeDecodeError:
            # Latin-1 with its control characters is Windows-1252 in practice (WHATWG Encoding).
            name = "iso8859-15" if name == "iso8859-15" else "cp1252"
    for attempt in (name, "utf-8"):
        try:
            return storable(data.decode(attempt))
        except (UnicodeError, ValueError):
            continue
    return storable(data.decode("cp1252", "replace"))


def _codec(declared: str | None) -> str | None:
    """Python's name of the charset; None when there is none, or none that is known."""
    if not declared:
        return None
    name = declared.strip(" \t\"'").lower()
    aliases = {
        "iso-8859-8-i": "iso-8859-8",
        "x-mac-roman": "mac-roman",
        "macintosh": "mac-roman",
        "x-sjis": "shift_jis",
        "ks_c_5601-1987": "cp949",
        "gb2312": "gb18030",
        "utf8mb4": "utf-8",
        "unicode-1-1-utf-7": "utf-7",
    }
    try:
        found = codecs.lookup(aliases.get(name, name))
    except (LookupError, ValueError, UnicodeError):
        return None
    # `_is_text_encoding` is what bytes.decode itself asks: it keeps 'zlib' and 'rot13' out.
    if found.name in _NEVER or not getattr(found, "_is_text_encoding", True):
        return None
    return found.name


def storable(text: str) -> str:
    """Without what a database or a page cannot hold: NUL and other controls, lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    text = _CONTROL.sub("", text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def one_line(text: str) -> str:
    """For names and titles: one line, nothing invisible, composed characters."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", storable(text)))
    return " ".join(text.split())


def decode_header(raw: bytes) -> str:
    """Text of a header's value: RFC 2047 words, raw 8-bit bytes, and broken mixtures of them."""
    text = _BETWEEN_WORDS.sub(r"\1", decode(raw, None))
    out: list[str] = []
    at, pending, charset = 0, b"", ""
    for match in _ENCODED_WORD.finditer(text):
        between = text[at : match.start()]
        if pending and (between or match[1].lower() != charset):
            # Words that follow each other directly may share a character between them.
            out.append(decode(pending, charset))
            pending = b""
        out.append(between)
        charset = match[1].lower()
        pending += _word(match[2].lower(), match[3])
        at = match.end()
    if pending:
        out.append(decode(pending, charset))
    out.append(text[at:])
    return one_line("".join(out))


def _word(encoding: str, content: str) -> bytes:
    data = content.encode("utf-8")
    if encoding == "q":
        return binascii.a2b_qp(data, header=True)
    return from_base64(data)


def from_base64(data: bytes) -> bytes:
    """Whatever can be had from base64 with characters or padding lost."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:  # pragma: no cover  # only the alphabet is left, and it is padded
        return b""
