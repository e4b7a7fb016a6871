"""A whole market, from registering to its harvest: thirty visitors with socket.io-client and three
browsers. Meanwhile the web process is killed, Redis, and the other of the two processes, and a
third of the visitors is offline for half a minute; in the long form all are killed at once as well.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cop.markets import floor
from cop.markets.announcing import Terms
from cop.markets.floor_models import StallMessage
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from tests.markets.crowd import (
    ROUND_MS,
    SOAK,
    STALLS,
    VISITORS,
    hold,
    is_as_the_database,
    needs_node,
)
from tests.markets.making import Fair, work
from tests.support.browser import Opener, troubles
from tests.support.servers import Redis
from tests.support.site import Site, free_port

pytestmark = [pytest.mark.browser, pytest.mark.alone]

ROUNDS = 4
PATIENT = 45_000  # milliseconds: a slow machine that has much to do besides
# A function, not an expression: the page's policy forbids evaluating words again and again.
HEARS = "() => [...(globalThis.live?.heard.values() ?? [])].some((one) => one.asking === false)"
SENT = "() => globalThis.live.queue.length === 0"
SAID = """() => [...document.querySelectorAll("[data-messages] > li")]
  .map((li) => Number(li.id.split("-")[1]))"""
SHOWS = f"(ids) => JSON.stringify(({SAID})().slice(-50)) === JSON.stringify(ids)"
ASK, YIELD = "Hoe betrek je naasten bij herstel?", "Eet samen, en vraag wat iemand nodig heeft."


class TwoProcesses(Site):
    """The web process, which serves pages and screens, and another that serves screens alone, by
    greenlets; with one Redis between them."""

    KINDS = {"web": "all", "live": "live"}

    def __init__(self, folder: Path, database_url: str) -> None:
        self.redis = Redis()
        self.starting = "web"
        super().__init__(folder, database_url, self.redis.url)
        self.ports = {"web": self.port, "live": free_port()}
        self.urls = [f"http://127.0.0.1:{port}" for port in self.ports.values()]

    @property
    def environ(self) -> dict[str, str]:
        return super().environ | {"PORT": str(self.ports[self.starting])}

    def serve(self, *names: str) -> None:
        for self.starting in names:
            self.begin(self.starting, "serve", self.KINDS[self.starting])

    def answer(self) -> None:
        """Until both do."""
        for name, port in self.ports.items():
            self.wait(name, port)

    def stop(self) -> None:
        super().stop()
        self.redis.stop()


@pytest.fixture
def database() -> str:
    """Two processes need PostgreSQL."""
    return "postgresql"


@pytest.fixture
def site(
    tmp_path: Path, app: Flask, database: str, database_urls: dict[str, str]
) -> Iterator[TwoProcesses]:
    """A site of this test's own, which it may kill; `app` empties the database afterwards."""
    made = TwoProcesses(tmp_path, database_urls[database])
    with made.app.app_context():
        yield made
    made.stop()


class Market:
    """The market, the crowd that visits it, and three people in browsers: its host, one who holds a
    stall, and one who wants to hear of it."""

    def __init__(self, site: Site, open_page: Opener) -> None:
        self.site, make = site, site.make
        self.host, self.asks, self.hears = (
            make.member(f"{name} Zeeman") for name in ("Hanna", "Aart", "Hilde")
        )
        starts_at = clock.now() + timedelta(minutes=5)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=5)}
        terms = Terms(rounds=ROUNDS, minutes=20, pause=5, seats=8)
        self.fair = Fair(make, self.host, terms, **times)
        self.id, self.url = self.fair.id, f"{site.url}{self.fair.url}"
        self.visitors = [make.member() for _ in range(VISITORS - 1)]
        for number, member in enumerate(self.visitors):
            if number < STALLS - 1:
                self.fair.bring(member, f"Hoe begin je met herstel, vraag {number + 1}?")
            else:
                self.fair.offer(member, "Ik denk mee")
        self.typed: list[tuple[Member, str]] = []
        self.pages = {
            who: self._open(open_page, who, width)
            for who, width in ((self.host, 1280), (self.asks, 1280), (self.hears, 390))
        }

    def _open(self, open_page: Opener, who: Member, width: int) -> Page:
        page = open_page(width=width)
        page.set_default_timeout(PATIENT)
        page.set_default_navigation_timeout(PATIENT)
        self.site.sign_in(page, who)
        return page

    def press(self, who: Member, path: str, button: str) -> Page:
        page = self.pages[who]
        page.goto(f"{self.url}{path}")
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        return page

    def register(self) -> None:
        """By the forms; who hears seconds what the other asks."""
        for who, label, words in (
            (self.host, "What can you bring?", "Ik leid de markt"),
            (self.asks, "What do you want to know or get?", ASK),
            (self.hears, "What can you bring?", "Ik luister graag"),
        ):
            page = self.pages[who]
            page.goto(f"{self.url}/meedoen")
            page.get_by_label(label).fill(words)
            page.get_by_role("button", name="Take part").click()
            page.wait_for_url(lambda url: not url.endswith("/meedoen"))
        run_due()

    def plan(self) -> None:
        self.press(self.host, "/kramen", "Lay out the stalls")
        self.press(self.host, "/indeling", "Make the plan")
        work()
        self.press(self.host, "/indeling", "Bring the programme out")
        run_due()
        for who in (self.asks, self.hears):
            page = self.pages[who]
            page.goto(f"{self.url}/programma")
            expect(page.get_by_text("Round 4", exact=True)).to_be_visible()

    def come_in(self) -> None:
        self.press(self.host, "/vloer/openen", "Open the doors")
        with unit_of_work() as session:
            for member in self.visitors:
                floor.enter(session, Actor(member_id=member.id), self.id, clock.now())
        for who in (self.asks, self.hears):
            self.press(who, "/binnen", "Come in")
        self.pages[self.host].goto(f"{self.url}/vloer")

    def to_the_stalls(self) -> None:
        """Where the first round brought them; from there on their page follows them."""
        for who in (self.asks, self.hears):
            page = self.pages[who]
            page.goto(f"{self.url}/kraam")
            page.wait_for_function(HEARS)
            page.evaluate("globalThis.sameDocument = true")

    def say(self, who: Member, words: str) -> None:
        page = self.pages[who]
        box = page.get_by_label("What do you want to say?")
        if box.input_value():
            return  # a round took them elsewhere before it was sent: that stays as they typed it
        self.typed.append((who, words))
        box.fill(words)
        page.get_by_role("button", name="Say it").click()

    def at_rest(self) -> None:
        """Until all that was pressed in browsers is answered."""
        for page in self.pages.values():
            page.wait_for_function(SENT)

    def stored(self) -> int:
        """How much of what was typed in browsers is there: each once, or still in its box, since a
        round that begins meanwhile takes one to another stall."""
        found = 0
        for who, words in self.typed:
            with reading() as session:
                times = len(
                    session.scalars(select(StallMessage.id).where(StallMessage.text == words)).all()
                )
            boxes = self.pages[who].locator("textarea")
            kept = [boxes.nth(n).input_value() for n in range(boxes.count())]
            assert times == 1 or (times == 0 and words in kept), words
            found += times
        return found

    def pages_are_as_the_database(self) -> None:
        """What stands in the browsers is what was said at their stall, each thing once."""
        for who in (self.asks, self.hears):
            page = self.pages[who]
            page.wait_for_function(SENT)
            assert page.evaluate("globalThis.sameDocument") is True
            stall_id = int(page.locator("market-screen").get_attribute("data-stall") or 0)
            with reading() as session:
                ids = list(
                    session.scalars(
                        select(StallMessage.id)
                        .where(StallMessage.stall_id == stall_id)
                        .order_by(StallMessage.id)
                    )
                )
            page.wait_for_function(SHOWS, arg=ids[-50:])
            shown = page.evaluate(SAID)
            assert len(shown) == len(set(shown))

    def harvest(self) -> None:
        self.press(self.host, "/vloer/sluiten", "Close the market")
        run_due()
        page = self.pages[self.asks]
        page.goto(f"{self.url}/oogst")
        page.locator("li.row", has_text=ASK).get_by_role("link", name="Write it down").click()
        page.get_by_label("What did this stall yield?").fill(YIELD)
        page.get_by_role("button", name="Put it in the harvest").click()
        reads = self.pages[self.hears]
        reads.goto(f"{self.url}/oogst")
        expect(reads.locator("article.outcome")).to_contain_text(YIELD)


@needs_node
def test_a_whole_market_loses_and_doubles_nothing_whatever_happens(
    site: TwoProcesses, open_page: Opener
) -> None:
    site.serve(*site.KINDS)
    site.answer()
    market = Market(site, open_page)
    market.register()
    market.plan()
    market.come_in()

    def kill(*names: str, redis: bool = False) -> None:
        market.at_rest()
        time.sleep(ROUND_MS / 2000)
        if redis:
            site.redis.kill()
        for name in names:
            site.kill(name)
        market.say(market.asks, "Gezegd terwijl er iets weg was" + "!" * len(market.typed))
        market.say(market.hears, "Dat ken ik ook" + "!" * len(market.typed))
        time.sleep(ROUND_MS / 2000)
        if redis:
            site.redis.begin()
        site.serve(*names)
        site.answer()

    def first() -> None:
        market.to_the_stalls()
        kill("web")

    faults = {0: first, 1: lambda: kill(redis=True), 2: lambda: kill("live")}
    if SOAK:
        faults[3] = lambda: kill("web", "live", redis=True)
    said = hold(site, market, ROUNDS, site.urls, faults)
    for page in market.pages.values():
        troubles(page)  # the browser says that the server was away
    market.at_rest()
    is_as_the_database(market, ROUNDS, said, others=market.stored())
    market.pages_are_as_the_database()
    for page in market.pages.values():
        troubles(page)  # the browser says that the server was away
    market.harvest()
    assert site.trouble() == []
