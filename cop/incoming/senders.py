"""Who sent a mail, as far as the own mail server vouches for it (RFC 8601).

Only the first Authentication-Results with the server's own name counts, and only where that
server writes: above the second Received. Everything else in a mail can be written by anybody.
DKIM or SPF must speak of the domain in From (RFC 7489 3.1, relaxed alignment).
"""

import re
from collections.abc import Iterator

from cop.platform.mail.reading.charsets import decode
from cop.platform.mail.reading.headers import Headers

_ADDRESS = re.compile(
    r"(?P<local>[A-Za-z0-9.!#$%&'*+/=?^_`{|}~\-\u0080-\U0010ffff]{1,64})@"
    r"(?P<domain>(?:[A-Za-z0-9\u0080-\U0010ffff](?:[A-Za-z0-9\-\u0080-\U0010ffff]{0,62})\.)+"
    r"[A-Za-z0-9\u0080-\U0010ffff][A-Za-z0-9\-\u0080-\U0010ffff]{0,62})"
)
_RESULT = re.compile(r"\s*(?P<method>dkim|spf|dmarc)(?:/\d+)?\s*=\s*(?P<result>[a-z]+)\b", re.I)
_PROPERTY = re.compile(
    r"\b(header\.d|header\.i|header\.from|smtp\.mailfrom)\s*=\s*\"?([^\s;\"]+)", re.I
)
LONGEST = 4000


def author(headers: Headers) -> tuple[str, str] | None:
    """(name, address in lower case) of the one author; None when there is none, or no telling."""
    values = [value for name, value in headers.fields if name == "from"]
    if len(values) != 1:
        return None
    text = " ".join(decode(values[0], None).split())
    if len(text) > LONGEST:
        return None
    bare = _without_comments(text)
    match = re.fullmatch(r"(?P<name>[^<>]*)<\s*(?P<address>[^<>\s]+)\s*>\s*", bare)
    address = match["address"] if match else bare.strip()
    found = _ADDRESS.fullmatch(address)
    # Two addresses, or one in the name that a program might show instead of the real one: nobody
    # can say which of them speaks.
    if found is None or (
        match and _ADDRESS.search(match["name"]) and (found[0].lower() not in match["name"].lower())
    ):
        return None
    return (match["name"].strip(' "') if match else ""), found[0].lower()


def is_vouched_for(headers: Headers, address: str, server: str) -> bool:
    """The own mail server found that the domain of this address did send the mail.

    Args:
        server: the name with which it begins its findings; '' when none is trusted.
    """
    found = _own_results(headers, server) if server else None
    if found is None:
        return False
    domain = address.rpartition("@")[2]
    for part in found.split(";"):
        match = _RESULT.match(part)
        if match is None or match["result"].lower() != "pass":
            continue
        properties = {m[1].lower(): m[2].lower() for m in _PROPERTY.finditer(part)}
        for name in _SPEAKS[match["method"].lower()]:
            if name in properties and _aligned(domain, properties[name].rpartition("@")[2]):
                return True
    return False


_SPEAKS = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
    "dmarc": ("header.from",),
}


def _own_results(headers: Headers, server: str) -> str | None:
    """What follows the server's name in its own findings."""
    received = 0
    for name, value in headers.fields:
        received += name == "received"
        if received > 1:
            return None
        if name != "authentication-results" or len(value) > LONGEST:
            continue
        text = _without_comments(decode(value, None))
        who, _, rest = text.partition(";")
        words = who.split()  # the name, and perhaps a version
        if words and words[0].strip('"').lower() == server:
            return rest
    return None


def _without_comments(text: str) -> str:
    """Without what stands in parentheses, which may be nested and may hold anything."""
    return "".join(_outside(text))


def _outside(text: str) -> Iterator[str]:
    depth, quoted, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
            if not depth:
                yield character
        elif character == "\\":
            escaped = True
        elif character == '"' and not depth:
            quoted = not quoted
            yield character
        elif quoted:
            # What a quoted value holds is no syntax: 'dkim=pass' in it says nothing.
            yield " " if character in ";=" else character
        elif character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth:
            yield character


def _aligned(author: str, vouched: str) -> bool:
    """The same domain, or one within the other; never a mere top-level domain."""
    author, vouched = author.strip(".").lower(), vouched.strip(".").lower()
    if "." not in author or "." not in vouched:
        return False
    return author == vouched or author.endswith(f".{vouched}") or vouched.endswith(f".{author}")
