"""Headers that every answer carries, at their strictest from the first day.

Nothing is loaded from another host, no inline script or style exists, no page may be framed, and
no address of a page reaches another site. Pages of members are not kept by any cache. What a page
loads of ours (`/static/`) is no page: it gets a policy that allows nothing at all, and not what
only pages heed, which on a dozen small files weighs more than the files.
"""

from flask import Flask, request
from flask.wrappers import Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'{sockets}",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

NOTHING = "default-src 'none'; frame-ancestors 'none'"
FOR_PAGES = frozenset(
    {
        "Content-Security-Policy",
        "X-Frame-Options",
        "Referrer-Policy",
        "Cross-Origin-Opener-Policy",
        "Permissions-Policy",
    }
)


def init_app(app: Flask, base_url: str) -> None:
    scheme, _, host = base_url.partition("://")
    # Older Safari does not count ws: under 'self', so the socket's own address is named.
    sockets = f" {'wss' if scheme == 'https' else 'ws'}://{host}"
    fixed = {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY.format(sockets=sockets),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    }
    if scheme == "https":
        fixed["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
    of_pages = list(fixed.items())
    of_files = [(name, value) for name, value in fixed.items() if name not in FOR_PAGES]
    of_files.append(("Content-Security-Policy", NOTHING))

    def add(response: Response) -> Response:
        is_file = request.endpoint == "static" and response.status_code < 400
        for name, value in of_files if is_file else of_pages:
            response.headers.setdefault(name, value)  # a view may say it for its page alone
        if is_file:
            response.headers.pop("Content-Disposition", None)  # its name stands in its address
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    app.after_request(add)
