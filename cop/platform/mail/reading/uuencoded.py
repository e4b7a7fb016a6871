"""Files that were written into a text itself, as was usual before MIME."""

import binascii
import re

from cop.platform.mail.reading.charsets import one_line

_UUENCODED = re.compile(
    r"^begin [0-7]{3,4} (?P<name>[^\n]{1,200})\n(?P<body>(?:[\x20-\x60]{1,90}\n)*?)`?\n?end[ \t]*$",
    re.MULTILINE,
)


def in_text(text: str) -> bytes:
    """The first file in a text; b'' when there is none."""
    match = _UUENCODED.search(text)
    return from_uuencoded(match["body"]) if match else b""


def without_uuencoded(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Files that were written into the text itself, as was usual before MIME."""
    files: list[tuple[str, bytes]] = []

    def taken(match: re.Match[str]) -> str:
        data = from_uuencoded(match["body"])
        if not data:
            return match[0]
        files.append((one_line(match["name"])[:200], data))
        return ""

    if "\nend" in text and "begin " in text:
        text = _UUENCODED.sub(taken, text)
    return text, files


def from_uuencoded(body: str) -> bytes:
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
