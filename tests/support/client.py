"""A browser without scripts: keeps cookies, fills in forms by their page, follows redirects."""

import re
from contextvars import Context
from html.parser import HTMLParser
from typing import Any, ClassVar

from flask import Flask
from werkzeug.test import TestResponse

from cop.members import signing_in
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work


class _Forms(HTMLParser):
    """Every form of a page: its action and the fields it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._open: dict[str, Any] | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if tag == "form":
            self._open = {"action": a.get("action"), "id": a.get("id"), "fields": {}}
            self.forms.append(self._open)
        if self._open is None or (not a.get("name") and tag != "option"):
            return
        name = a.get("name") or ""
        if tag == "input":
            kind = a.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in a:
                    self._open["fields"].setdefault(name, []).append(a.get("value", "on"))
            elif kind not in ("file", "submit"):
                self._open["fields"][name] = a.get("value") or ""
        elif tag == "textarea":
            self._area = name
            self._open["fields"][name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in a:
            self._open["fields"][self._select] = a.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open["fields"][self._area] += data


class Browser:
    """One person's browser, in English unless told otherwise (tests read the source strings)."""

    app: ClassVar[Flask]

    def __init__(self, member: Member | None = None, language: str = "en") -> None:
        self.client = self.app.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        self.member = member
        if member is not None:
            with unit_of_work() as session:
                token = signing_in.start(session, member, "pytest", clock.now())
            Context().run(self._remember, token)

    def _remember(self, token: str) -> None:
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token

    # Every request runs in a fresh context: Flask would otherwise share the test's own
    # application context, and `g` with it, between requests.

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return Context().run(self.client.get, path, **kwargs)

    def _post(self, path: str, **kwargs: Any) -> TestResponse:
        return Context().run(self.client.post, path, **kwargs)

    def send(
        self, page: str, data: dict[str, Any] | None = None, to: str | None = None, **kwargs: Any
    ) -> TestResponse:
        """Open `page`, take its form that posts `to` (default: the page itself), fill in, send."""
        target = to or page
        shown = _Forms()
        shown.feed(self.get(page).get_data(as_text=True))
        path = target.split("?")[0]
        found = [f for f in shown.forms if re.split("[?#]", f["action"] or page)[0] == path]
        fields = dict(found[0]["fields"]) if found else {"csrf_token": self.token(shown)}
        fields |= data or {}
        return self._post(target, data=fields, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Post with a valid token, without looking at a page first."""
        if "csrf" not in self.__dict__:
            self.csrf = self._fresh_token()
        return self._post(path, data={"csrf_token": self.csrf} | (data or {}), **kwargs)

    def _fresh_token(self) -> str:
        shown = _Forms()  # of a page that asks the database for little
        shown.feed(self.get("/privacy").get_data(as_text=True))
        return self.token(shown)

    @staticmethod
    def token(shown: _Forms) -> str:
        tokens = [f["fields"]["csrf_token"] for f in shown.forms if "csrf_token" in f["fields"]]
        return tokens[0] if tokens else ""
