"""Headers that every answer carries, at their strictest from the first day.

Nothing is loaded from another host, no inline script or style exists, no page may be framed, and
no address of a page reaches another site. Pages of members are not kept by any cache.
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
    items = list(fixed.items())

    def add(response: Response) -> Response:
        for name, value in items:
            response.headers.setdefault(name, value)  # a view may say it for its page alone
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    app.after_request(add)
