"""Fixtures of the browser tests: a running `site`, Chromium, and a `page` that tells on itself."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from tests.support import servers
from tests.support.site import Site

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def _chromium() -> str | None:
    for name in (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    return None


@pytest.fixture(scope="session")
def _site() -> Iterator[Site]:
    folder = servers.scratch()
    site = Site(folder)
    try:
        site.start()
        yield site
    finally:
        site.stop()
        servers.remove(folder)


@pytest.fixture
def site(_site: Site) -> Iterator[Site]:
    """The running site, on SQLite, and its application context in this process.

    All browser tests share it: what a test makes, it names and finds by itself. A test fails when
    the site wrote an error to its log meanwhile.
    """
    before = len(_site.trouble())
    with _site.app.app_context():
        yield _site
    assert _site.trouble()[before:] == []


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    path = _chromium()
    if path is None and not Path(_playwright.chromium.executable_path).exists():
        pytest.skip("no Chromium; CHROMIUM=/path/to/chromium names one")
    browser = _playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """`open_page(language='en', width=1280, scripts=True)` is a page of a new, empty browser;
    `touch`: of a device with a touch screen.

    Its `page.troubles` collects what the console says, policy violations included; the test fails
    when it is not empty at the end. What its pages showed is told when the test failed.
    """
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def make(
        language: str = "en", width: int = 1280, scripts: bool = True, touch: bool = False
    ) -> Page:
        context = chromium.new_context(
            locale=language,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
            has_touch=touch,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch(page)
        pages.append(page)
        return page

    yield make
    if request.node.stash.get(FAILED, False):
        for page in pages:
            print(shown(page))
    found = [line for page in pages for line in troubles(page)]
    for context in contexts:
        context.close()
    assert found == []


FAILED = pytest.StashKey[bool]()  # whether the test itself did; set by the hook in conftest.py
# Where somebody is, what they read, and what their screen waits for.
SHOWN = """() => [document.title, document.body.innerText.replace(/\\s+/g, " ").slice(0, 1500),
    JSON.stringify(globalThis.live && {
        connected: live.connected,
        waits: live.queue.map(({ said }) => said.command),
        heard: [...live.heard].map(([name, { number, asking, here }]) =>
            [name, number, asking, [...here.keys()]]),
    })].join("\\n")"""


def shown(page: Page) -> str:
    """What a page shows to who looks for what went wrong."""
    if page.is_closed():
        return "closed"
    try:
        return f"{page.url}\n{page.evaluate(SHOWN)}\n"
    except Error as error:
        return f"{page.url}: {error.message}\n"


_heard: dict[Page, list[str]] = {}


def watch(page: Page) -> None:
    """Collect errors and warnings of the page; `troubles` gives them."""
    heard: list[str] = []
    _heard[page] = heard
    page.on(
        "console",
        lambda m: heard.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: heard.append(f"pageerror: {error}"))


def troubles(page: Page) -> list[str]:
    """What went wrong on the page since the last time."""
    found = list(_heard[page])
    _heard[page].clear()
    return found


@pytest.fixture
def page(open_page: Opener) -> Page:
    """A page of a new browser, 1280 pixels wide, in English."""
    return open_page()
