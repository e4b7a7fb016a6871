"""Every page of the URL map, in a real browser: accessible, valid, quiet, and never too wide.

Nothing has to be listed: each rule that answers with HTML is visited by whoever may see most of
it, in both languages, light and dark, at phone and desk width. A rule whose arguments
`tests/support/town.py` does not know fails, and so does one without an entry in `access.py`.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from cop import create_app
from cop.members.first_run import first_run_url
from cop.members.models import Member
from cop.platform.db import unit_of_work
from tests.conftest import make_settings
from tests.support import node
from tests.support.browser import Opener, troubles, watch
from tests.support.site import Site
from tests.support.town import Town, build
from tests.test_access import ACCESS, address, rules

pytestmark = pytest.mark.browser

TOP = Path(__file__).resolve().parent.parent
VALIDATOR = node.MODULES / ".bin" / "html-validate"
RULES = TOP / "scripts" / "node-tools" / "rules.json"
PHONE, DESK, NARROW = 390, 1280, 320
AXE = Axe().axe_script
# Colours are all that differs between light and dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Answers that are not pages of the site; fragments that a script puts into one belong here too.
NO_PAGES = {
    "static",
    "health.healthy",
    "beraad.add_entry",  # of one cell, which its query names
    "beraad.report_pdf",
    "cases.as_pdf",
    "discussions.news",
    "members.picture",
    "members.first_run_page",  # gone as soon as there is an administrator, as here; see below
    "mailbox.mail_html",  # a mail in its frame, where no script runs: axe's neither
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "endpoint" in metafunc.fixturenames:
        app = create_app(make_settings("sqlite:////nonexistent/none.db", Path("/nonexistent")))
        found = {r.endpoint for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
        metafunc.parametrize("endpoint", sorted(found - NO_PAGES))


@pytest.fixture(scope="module")
def town(_site: Site) -> Town:
    with _site.app.app_context():
        return build(_site.make)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each page's HTML is put for the validator, which looks at all of them at once."""
    return tmp_path_factory.mktemp("pages")


def _speak(member: Member, language: str) -> None:
    with unit_of_work() as session:
        session.get_one(Member, member.id).language = language


RUN_AXE = """async (options) => {
    // Colours on their way from light to dark are neither; what never ends is not waited for.
    const settled = Promise.allSettled(document.getAnimations().map((a) => a.finished));
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, 400))]);
    const found = await axe.run(document, {
        resultTypes: ["violations"], iframes: false, ...options
    });
    return found.violations.map((v) => [v.id, v.help, v.nodes.map((node) => node.html)]);
}"""


def _axe(page: Page, options: dict[str, Any] | None = None) -> list[str]:
    found = page.evaluate(RUN_AXE, options or {})
    return [f"{rule}: {says}: {nodes[0][:160]}" for rule, says, nodes in found if nodes]


def _width(page: Page, width: int) -> int:
    """How many pixels the page is too wide."""
    page.set_viewport_size({"width": width, "height": 900})
    found: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return found


def _look(page: Page, where: str) -> list[str]:
    """Everything that is wrong with the page that is open."""
    wrong = []
    page.emulate_media(color_scheme="light")
    page.evaluate(AXE)
    for width in (DESK, PHONE):
        if (over := _width(page, width)) > 0:
            wrong.append(f"{where} at {width} px is {over} px too wide")
        wrong += [f"{where} at {width} px: {v}" for v in _axe(page)]
        page.emulate_media(color_scheme="dark")
        wrong += [f"{where} at {width} px, dark: {v}" for v in _axe(page, COLOURS)]
        page.emulate_media(color_scheme="light")
    if (over := _width(page, NARROW)) > 0:
        wrong.append(f"{where} at {NARROW} px is {over} px too wide")
    page.set_viewport_size({"width": DESK, "height": 900})
    return [*wrong, *(f"{where}: {line}" for line in troubles(page))]


@pytest.fixture(scope="module")
def windows(_site: Site, town: Town, chromium: Browser) -> Iterator[dict[tuple[str, str], Page]]:
    """One page for each language and reader, kept from test to test: files are fetched once."""
    made = {}
    for language in ("nl", "en"):
        for who in ("owner", "visitor"):
            context = chromium.new_context(locale=language, reduced_motion="reduce")
            context.set_default_timeout(20_000)
            made[language, who] = page = context.new_page()
            watch(page)
            if who == "owner":
                with _site.app.app_context():
                    _site.sign_in(page, town.owner)
    yield made
    for page in made.values():
        page.context.close()


def test_page(
    endpoint: str, site: Site, town: Town, windows: dict[tuple[str, str], Page], saved: Path
) -> None:
    wrong: list[str] = []
    pages: dict[tuple[str, str], bool] = {}  # reader, path → an HTML page, in any language
    for (language, who), page in windows.items():
        if who == "visitor" and ACCESS[endpoint] != "everyone":
            continue
        if who == "owner":
            _speak(town.owner, language)
        for rule in rules(site.app):
            if rule.endpoint == endpoint and "GET" in rule.methods:
                path = address(site.app, rule, town.arguments(rule, "shown"))
                where = f"{path} ({language}, {who})"
                if (who, path) not in pages:
                    pages[who, path] = _is_page(page, site.url + path)
                if pages[who, path]:
                    wrong += _visit(page, site.url + path, where, language, saved, endpoint)
    assert wrong == [], "\n".join(wrong)


def _is_page(page: Page, url: str) -> bool:
    """Neither a step on the way to another page, nor a file."""
    kind = page.request.fetch(url, method="GET", max_redirects=0)
    said = kind.headers.get("content-type", "")
    return kind.status not in (301, 302, 303) and "text/html" in said


def _visit(
    page: Page, url: str, where: str, language: str, saved: Path, endpoint: str
) -> list[str]:
    answer = page.goto(url)
    assert answer is not None
    if answer.status != 200:
        troubles(page)
        return [f"{where}: {answer.status}"]
    wrong = _look(page, where)
    said = page.get_attribute("html", "lang")
    if said != language:
        wrong.append(f"{where}: says lang={said}")
    name = f"{endpoint}-{len(list(saved.iterdir()))}.html"
    (saved / name).write_text(answer.text(), "utf-8")
    return wrong


def test_error_pages(site: Site, open_page: Opener, saved: Path) -> None:
    wrong = []
    for language in ("nl", "en"):
        page = open_page(language)
        answer = page.goto(f"{site.url}/bestaat-niet")
        assert answer is not None
        (saved / f"error-{language}.html").write_text(answer.text(), "utf-8")
        # The browser itself notes in the console that the page was not found.
        assert [t for t in troubles(page) if "404" not in t] == []
        wrong += _look(page, f"not found ({language})")
    assert wrong == [], "\n".join(wrong)


def test_the_first_page_of_an_empty_site(chromium: Browser, tmp_path: Path, saved: Path) -> None:
    """What the printed address opens, as it is and with a password that is refused."""
    own = Site(tmp_path)
    wrong: list[str] = []
    try:
        own.start()
        with own.app.app_context(), unit_of_work() as session:
            url = first_run_url(session)
        assert url is not None
        for language in ("nl", "en"):
            context = chromium.new_context(locale=language, reduced_motion="reduce")
            page = context.new_page()
            watch(page)
            where = f"first page ({language})"
            wrong += _visit(page, url, where, language, saved, "first-run")
            for name, value in (("site_name", "x"), ("name", "x"), ("email", "x@example.org")):
                page.fill(f"[name={name}]", value)
            page.fill("[name=password]", "password1234")
            page.press("[name=password]", "Enter")
            page.locator("[aria-invalid=true]").first.wait_for()
            # The browser itself notes in the console that it was refused.
            assert [t for t in troubles(page) if "422" not in t] == []
            wrong += _look(page, f"{where}, refused")
            context.close()
    finally:
        own.stop()
    assert wrong == [], "\n".join(wrong)


def test_html_is_valid(saved: Path, tmp_path: Path) -> None:
    """Runs last: looks at what the tests above have saved."""
    assert node.installed("html-validate"), node.MISSING
    pages = sorted(saved.iterdir())
    assert pages
    said = tmp_path / "said.json"
    with said.open("w") as out:  # what it says into a pipe is cut off at 64 kB
        done = subprocess.run(
            [VALIDATOR, "--config", RULES, "--formatter", "json", *pages],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "HOME": str(saved)},
        )
    assert said.read_text(), done.stderr
    found = [
        f"{Path(file['filePath']).stem}:{m['line']}: {m['ruleId']}: {m['message']}"
        for file in json.loads(said.read_text())
        for m in file["messages"]
    ]
    assert found == [], "\n".join(sorted(set(found)))
