"""Who sent a mail, as far as the own mail server vouches for it (RFC 8601).

Only the topmost run of Authentication-Results with the server's own name counts, and only where
that server writes: above the second Received. In it the first header that speaks of a method
decides about it. Everything else in a mail can be written by anybody.
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
# What programs that check senders write between their findings.
_BETWEEN = ("received-spf", "dkim-filter")
PLAIN = re.compile(r"[^\s<>,;:\"()\[\]]+@[^\s<>,;:\"()\[\]]+")
LONGEST = 4000
LONGEST_SHOWN = 20_000


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


def vouching(headers: Headers, address: str, server: str) -> frozenset[str]:
    """In which ways the own mail server found that the domain of this address did send the mail.

    Args:
        server: the name with which it begins its findings; '' when none is trusted.
    """
    domain = address.rpartition("@")[2]
    decided: set[str] = set()
    ways: set[str] = set()
    for found in _own_results(headers, server) if server else []:
        parts = [(match, part) for part in found.split(";") if (match := _RESULT.match(part))]
        for match, part in parts:
            way = match["method"].lower()
            if way in decided or match["result"].lower() != "pass":
                continue
            properties = {m[1].lower(): m[2].lower() for m in _PROPERTY.finditer(part)}
            if any(
                name in properties and _aligned(domain, properties[name].rpartition("@")[2])
                for name in _SPEAKS[way]
            ):
                ways.add(way)
        if not parts:  # 'none': what stands below it is not of a server that found nothing
            break
        decided |= {match["method"].lower() for match, _part in parts}
    return frozenset(ways)


def sent_to(headers: Headers, address: str, recipient: str, ways: frozenset[str]) -> bool:
    """Its author sent it to this very recipient, who stands in their own To or Cc.

    Whoever gets a signed mail can deliver it anew, to any address they like: its signature still
    holds (RFC 6376 8.6). So where it was brought says nothing; the header must, and either the
    signature covers that header, or the author's own server brought the mail (SPF).

    Args:
        ways: what vouches for the author.
    """
    shown = [[value for name, value in headers.fields if name == which] for which in ("to", "cc")]
    if any(len(values) > 1 for values in shown):
        return False
    named = {
        which
        for which, values in zip(("to", "cc"), shown, strict=True)
        for value in values
        if recipient.lower() in PLAIN.findall(decode(value[:LONGEST_SHOWN], None).lower())
    }
    domain = address.rpartition("@")[2]
    covered = [
        fields
        for signer, fields in map(_signature, _signatures(headers))
        if _aligned(domain, signer)
    ]
    return bool(named) and ("spf" in ways or any(all(n in c for c in covered) for n in named))


def _signatures(headers: Headers) -> list[bytes]:
    return [value for name, value in headers.fields if name == "dkim-signature"]


def _signature(value: bytes) -> tuple[str, set[str]]:
    """Whose a signature is, and which headers it covers (RFC 6376 3.5)."""
    tags = {}
    for part in decode(value[:LONGEST], None).split(";"):
        name, _, said = part.partition("=")
        tags[name.strip().lower()] = "".join(said.split()).lower()
    return tags.get("d", ""), set(tags.get("h", "").split(":"))


_SPEAKS = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
    "dmarc": ("header.from",),
}


def _own_results(headers: Headers, server: str) -> list[str]:
    """What follows the server's name in its own findings: a run of headers, when several of its
    programs write one each."""
    found: list[str] = []
    received = 0
    for name, value in headers.fields:
        received += name == "received"
        if received > 1 or (found and name not in (*_BETWEEN, "authentication-results")):
            break
        if name != "authentication-results":
            continue
        text = _without_comments(decode(value, None)) if len(value) <= LONGEST else ""
        who, _, rest = text.partition(";")
        words = who.split()  # the name, and perhaps a version
        if words and words[0].strip('"').lower() == server:
            found.append(rest)
        elif found:
            break
    return found


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
