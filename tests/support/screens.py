"""A person's screen over real HTTP: for tests in which several act at the same moment."""

import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


class Screen:
    """One browser: its cookie, and the token of its forms.

    Args:
        base: address of the server.
        cookie: 'name=value' of somebody signed in.
    """

    def __init__(self, base: str, cookie: str) -> None:
        self.base, self.cookie = base, cookie
        self.opener = urllib.request.build_opener(_Stay)
        self.token = ""

    def get(self, path: str) -> str:
        _code, text = self._ask(path)
        return text

    def post(self, path: str, data: dict[str, str]) -> int:
        """Send a form; the status of the answer."""
        if not self.token:
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/meldingen"))
            found = found or re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get("/ik"))
            assert found, "a page with a form"
            self.token = found[1]
        code, _text = self._ask(path, {"csrf_token": self.token, **data})
        return code

    def _ask(self, path: str, data: dict[str, str] | None = None) -> tuple[int, str]:
        body = urllib.parse.urlencode(data).encode() if data is not None else None
        asked = urllib.request.Request(self.base + path, body, {"Cookie": self.cookie})
        try:
            with self.opener.open(asked, timeout=30) as answer:
                self._remember(answer.headers)
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self._remember(error.headers)
                return error.code, error.read().decode("utf-8", "replace")

    def _remember(self, headers: Any) -> None:
        for line in headers.get_all("Set-Cookie") or []:
            name = line.split("=", 1)[0]
            if name == self.cookie.split("=", 1)[0]:
                self.cookie = line.split(";", 1)[0]
