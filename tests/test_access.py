"""Who may use which address: every URL rule × kind of visitor × method.

Each capability lists its endpoints in `tests/<capability>/access.py`; a rule that stands in no
list fails here until somebody says who may use it. Levels:

- `everyone`: visitors too;
- `member`: signed in; visitors get the sign-in page and come back;
- `moderator`, `administrator`: others get 'not found';
- `guarded`: a permission on the thing decides; without it, it looks as if it did not exist;
- `link`: whoever has the link that was sent to them.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from cop import create_app
from cop.members.models import Member, MemberState, SiteRole
from cop.platform.db import db
from tests.conftest import make_settings
from tests.support.client import Browser
from tests.support.factories import Factory
from tests.support.town import Town, build, needed

TOP = Path(__file__).parent
LEVELS = ("everyone", "member", "moderator", "administrator", "guarded", "link")
KINDS: dict[str, dict[str, Any] | None] = {
    "visitor": None,
    "unverified": {"state": MemberState.UNVERIFIED, "verified_at": None},
    "member": {},
    "moderator": {"site_role": SiteRole.MODERATOR},
    "administrator": {"site_role": SiteRole.ADMINISTRATOR},
}
ON_ONE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # none matters
# Both databases get the same conditions. SQLite is asked as everybody; PostgreSQL, whose own errors
# these walks look for, as who may least and who may most.
ASKING = {"sqlite": tuple(KINDS), "postgresql": ("visitor", "administrator")}
# Who holds a level beside those who hold it by an object.
HOLD = {
    "everyone": set(KINDS),
    "link": set(KINDS),
    "member": {"member", "moderator", "administrator"},
    "guarded": {"member", "moderator", "administrator"},
    "moderator": {"moderator", "administrator"},
    "administrator": {"administrator"},
}
# Posts that need no token: the right to do it is in the address itself.
WITHOUT_TOKEN: dict[str, str] = {
    "mailing.stop": "a mail program's unsubscribe button knows no token (RFC 8058)",
}


def _tables() -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted(TOP.glob("*/access.py")):
        name = f"tests.{path.parent.name}.access"
        yield name, importlib.import_module(name).ACCESS


ACCESS = {endpoint: level for _name, table in _tables() for endpoint, level in table.items()}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule))


def address(app: Flask, rule: Rule, arguments: dict[str, Any]) -> str:
    with app.test_request_context():
        built = rule.build({**(rule.defaults or {}), **arguments}, append_unknown=False)
        assert built is not None
        return built[1]


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.fixture
def town(make: Factory) -> Town:
    return build(make)


class Visitors:
    """A browser of each kind; a new one for each post that may end the account itself."""

    def __init__(self, make: Factory, browser: type[Browser]) -> None:
        self.make, self.browser = make, browser
        self.kept: dict[tuple[str, str], Browser] = {}
        self.known: dict[int, Browser] = {}

    def __call__(self, kind: str, method: str = "GET", endpoint: str = "") -> Browser:
        if method != "GET" and endpoint.startswith("members."):
            return self._new(kind)
        if (kind, method) not in self.kept:
            self.kept[kind, method] = self._new(kind)
        return self.kept[kind, method]

    def who_only_looks(self, member: Member) -> Browser:
        if member.id not in self.known:
            self.known[member.id] = self.browser(member)
        return self.known[member.id]

    def _new(self, kind: str) -> Browser:
        values = KINDS[kind]
        return self.browser(None if values is None else self.make.member(**values))


@pytest.fixture
def visitors(make: Factory, browser: type[Browser]) -> Visitors:
    return Visitors(make, browser)


def ask(browser: Browser, method: str, path: str) -> TestResponse:
    answer = browser.get(path) if method == "GET" else browser.post(path)
    answer.close()  # a file that is sent stays open until then
    return answer


def to_sign_in(answer: TestResponse) -> bool:
    """The sign-in page: a redirect for a page, the page itself for what was posted."""
    if answer.status_code == 302:
        return answer.headers["Location"].startswith("/inloggen?")
    return answer.status_code == 401


def looks(answer: TestResponse) -> tuple[int, bool]:
    """What somebody outside can tell of an answer."""
    return answer.status_code, to_sign_in(answer)


def test_every_rule_says_who_may_use_it(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert sorted(endpoints - ACCESS.keys()) == [], "list these in tests/<capability>/access.py"
    assert sorted(ACCESS.keys() - endpoints) == [], "no such endpoint any more"
    assert {level for level in ACCESS.values() if level not in LEVELS} == set()
    twice = [e for name, table in _tables() for e in table if table[e] != ACCESS[e]]
    assert twice == []


def test_pages_without_an_object(app: Flask, database: str, visitors: Visitors) -> None:
    wrong = []
    for rule in rules(app):
        level = ACCESS[rule.endpoint]
        if needed(rule):
            continue
        for method in methods(rule):
            for kind in ASKING[database]:
                answer = ask(visitors(kind, method, rule.endpoint), method, address(app, rule, {}))
                if not _fits(level, kind, method, answer):
                    wrong.append(f"{method} {rule} as {kind}: {answer.status}, level {level}")
    assert wrong == []


def _fits(level: str, kind: str, method: str, answer: TestResponse) -> bool:
    code = answer.status_code
    if code == 403 or code >= 500:
        return False
    if kind in HOLD[level]:
        refused = (404,) if method == "POST" and level == "guarded" else ()
        return code in refused or (code not in (401, 404, 405) and not to_sign_in(answer))
    if kind in ("visitor", "unverified"):
        return to_sign_in(answer) or (level != "member" and code == 404)
    return code == 404


def test_what_does_not_exist_or_is_hidden_is_not_found(
    app: Flask, database: str, town: Town, visitors: Visitors
) -> None:
    """And nobody can tell the two apart, moderators and administrators neither."""
    wrong = []
    for rule in rules(app):
        level = ACCESS[rule.endpoint]
        if not needed(rule) or rule.endpoint == "static":
            continue
        absent, hidden = town.arguments(rule, "absent"), town.arguments(rule, "hidden")
        for method in methods(rule):
            for kind in ASKING[database]:
                seen = looks(
                    ask(visitors(kind, method, rule.endpoint), method, address(app, rule, absent))
                )
                if seen[0] == 403 or seen[0] >= 500:
                    wrong.append(f"{method} {rule} absent as {kind}: {seen[0]}")
                if kind in HOLD["member"] and level not in ("link", "everyone") and seen[0] != 404:
                    wrong.append(f"{method} {rule} absent as {kind}: {seen[0]}, not 404")
                if kind in ("visitor", "unverified") and level == "member" and not seen[1]:
                    wrong.append(f"{method} {rule} absent as {kind}: {seen[0]}, not sign-in")
                if hidden is None:
                    continue
                other = looks(
                    ask(visitors(kind, method, rule.endpoint), method, address(app, rule, hidden))
                )
                if other != seen:
                    wrong.append(f"{method} {rule} hidden as {kind}: {other[0]}, absent {seen[0]}")
    assert wrong == []


def test_nothing_falls_over(app: Flask, database: str, town: Town, visitors: Visitors) -> None:
    """Everything that exists, asked for by everybody in every way, empty forms included."""
    wrong = []
    taken: dict[str, set[str]] = {}  # address → what it knows, whichever view answers
    for rule in rules(app):
        taken.setdefault(str(rule), set()).update(methods(rule))
    for rule in rules(app):
        path = address(app, rule, town.arguments(rule, "shown"))
        for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
            for kind in (*ASKING[database], "owner"):
                asking = (
                    visitors.who_only_looks(town.owner)
                    if kind == "owner"
                    else visitors(kind, method, rule.endpoint)
                )
                if method in methods(rule):
                    if method == "POST" and kind == "owner":
                        continue  # changes the town; the capability's own tests do that
                    answer = ask(asking, method, path)
                    if answer.status_code in (403, 405) or answer.status_code >= 500:
                        wrong.append(f"{method} {rule} as {kind}: {answer.status}")
                elif kind == "owner" and method not in taken[str(rule)]:
                    code = asking.client.open(path, method=method).status_code
                    if code not in (400, 404, 405):
                        wrong.append(f"{method} {rule}, which it does not have: {code}")
    assert wrong == []


@ON_ONE
def test_every_post_needs_its_token(app: Flask, town: Town, browser: type[Browser]) -> None:
    asking = browser(town.owner)
    wrong = []
    for rule in rules(app):
        arguments = town.arguments(rule, "shown")
        if "POST" not in methods(rule) or rule.endpoint in WITHOUT_TOKEN:
            continue
        answer = asking.client.post(address(app, rule, arguments), data={"confirm": "yes"})
        if answer.status_code != 400:
            wrong.append(f"{rule}: {answer.status}")
    assert wrong == []


REQUIRED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@ON_ONE
def test_every_answer_has_the_headers(app: Flask, town: Town, visitors: Visitors) -> None:
    wrong = []
    paths = [
        address(app, rule, town.arguments(rule, "shown"))
        for rule in rules(app)
        if "GET" in methods(rule) and rule.endpoint != "static"  # below, by themselves
    ]
    for path in [*paths, "/bestaat-niet", "/static/bestaat-niet.css"]:
        for asking in (visitors("visitor"), visitors.who_only_looks(town.owner)):
            headers = ask(asking, "GET", path).headers
            policy = headers.get("Content-Security-Policy", "")
            if "default-src 'none'" not in policy or "unsafe" in policy:
                wrong.append(f"{path}: {policy or 'no policy'}")
            wrong += [
                f"{path}: {name} is {headers.get(name)}"
                for name, value in REQUIRED_HEADERS.items()
                if headers.get(name) != value
            ]
            # A file stays in the reader's own browser and is asked about each time.
            kept = "private, no-cache" if path.startswith("/bestanden/") else "no-store"
            if not path.startswith("/static/") and kept not in headers["Cache-Control"]:
                wrong.append(f"{path}: kept by caches ({headers['Cache-Control']})")
            wrong += [
                f"{path}: {cookie}"
                for cookie in headers.getlist("Set-Cookie")
                if not all(f in cookie for f in ("HttpOnly", "SameSite=Lax", "Path=/"))
            ]
    assert wrong == []


def test_what_a_page_loads_of_ours_allows_nothing(visitors: Visitors) -> None:
    for path in ("/static/css/site.css", "/static/js/site.js", "/static/icons.svg"):
        answer = ask(visitors("visitor"), "GET", path)
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; frame-ancestors 'none'"
        )
        for name in ("X-Content-Type-Options", "Cross-Origin-Resource-Policy"):
            assert answer.headers[name] == REQUIRED_HEADERS[name]
        answer.close()


def test_over_https_cookies_are_bound_to_the_host(
    database_urls: dict[str, str], tmp_path: Path
) -> None:
    settings = make_settings(database_urls["sqlite"], tmp_path, base_url="https://cop.example")
    app = create_app(settings)
    answer = app.test_client().get("/inloggen", base_url="https://cop.example")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies, "the sign-in page sets a session cookie for its form's token"
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")
    with app.app_context():
        db.engine.dispose()


def test_an_account_that_is_not_active_is_a_visitor(
    app: Flask, make: Factory, browser: type[Browser]
) -> None:
    for state in set(MemberState) - {MemberState.ACTIVE}:
        member: Member = make.member(state=state)
        assert to_sign_in(browser(member).get("/meldingen"))
