"""Whether a request comes from this very machine: some pages exist for its own user only."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via")


def is_from_here() -> bool:
    """From loopback, to a loopback name, and not passed on by a proxy on this machine.

    The name is looked at as well: a page elsewhere could let its own name point to 127.0.0.1 and
    have a browser on this machine read what is here (DNS rebinding).
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    host = urlsplit(f"//{request.host}").hostname
    try:
        near = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        near = False
    return near and host in _NAMES
