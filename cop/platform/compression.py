"""Answers that travel smaller: gzip for pages, styles and scripts, for whoever asks for it.

A server in front may do the same and finds it done. Static files are compressed once per process
and content, styles without their comments and indents; pages at each request and quickly. The
length of a compressed page could tell an attacker who makes a browser fetch it many times what
secret stands in it (BREACH, 2013): cookies are SameSite, so other sites cannot, and the length is
blurred as well (a name of random length in the envelope, after 'Heal the BREACH', Palacios and
others, 2022).
"""

import re
import secrets
import struct
import zlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, request
from flask.wrappers import Response

KINDS = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "image/svg+xml",
    }
)
SMALLEST = 1000  # bytes; below that there is little to win
MOST_BLUR = 64  # bytes


def init_app(app: Flask) -> None:
    """Compress what the application answers, after everything else has looked at it."""
    static = Path(app.root_path) / (app.static_folder or "static")

    def compress(response: Response) -> Response:
        if response.mimetype not in KINDS or response.status_code != 200:
            return response
        response.vary.add("Accept-Encoding")
        if not request.accept_encodings["gzip"] or "Content-Encoding" in response.headers:
            return response
        if request.endpoint == "static":
            path = static / (request.view_args or {})["filename"]
            body = _file(str(path), path.stat().st_mtime_ns)
            response.close()
            response.direct_passthrough = False
        elif response.is_streamed or len(response.get_data()) < SMALLEST:
            return response
        else:
            body = packed(response.get_data(), 1, secrets.token_hex(MOST_BLUR // 2))
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("Accept-Ranges", None)
        etag = response.headers.get("ETag", "")
        if etag.startswith('"'):  # the same file, not the same bytes (RFC 9110, 8.8.1)
            response.headers["ETag"] = f"W/{etag}"
        return response

    app.after_request(compress)


@lru_cache(maxsize=200)
def _file(path: str, _changed: int) -> bytes:
    body = Path(path).read_bytes()
    return packed(bare_css(body) if path.endswith(".css") else body, 9)


_CSS_COMMENT = re.compile(rb"""("[^"\n]*"|'[^'\n]*')|/\*.*?\*/""", re.DOTALL)
_CSS_INDENT = re.compile(rb"\n\s+")


def bare_css(body: bytes) -> bytes:
    """The style sheet as a browser needs it; a quarter of it speaks to people."""
    return _CSS_INDENT.sub(b"\n", _CSS_COMMENT.sub(rb"\1", body))


def packed(body: bytes, level: int, blur: str = "") -> bytes:
    """The bytes as gzip (RFC 1952), with a part of `blur` as the name of what is inside."""
    name = blur[: secrets.randbelow(len(blur) + 1)].encode() if blur else b""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    head = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + name + b"\0"
    tail = struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return head + deflate.compress(body) + deflate.flush() + tail
