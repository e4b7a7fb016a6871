"""A market on three screens at once: they follow each other, and nothing that is typed is lost."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from cop.markets.floor_among import GONE_AFTER
from cop.markets.floor_models import FloorPerson
from cop.markets.models import MarketPlace, Stall
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.outbox import Job
from tests.markets.hall import Hall
from tests.support.browser import Opener, troubles
from tests.support.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.alone]

# A function, not an expression: the page's policy forbids evaluating words again and again.
HEARS = "() => [...(globalThis.live?.heard.values() ?? [])].some((one) => one.asking === false)"
SOON = 15_000
# The next page is held back after it was made, until `goOn()`.
HELD_BACK = """() => {
  const real = globalThis.fetch;
  globalThis.fetch = async (...asked) => {
    globalThis.fetch = real;
    const answer = await real(...asked);
    await new Promise((go) => (globalThis.goOn = go));
    return answer;
  };
  document.querySelector("market-screen").refresh();
}"""
# A network that lets no WebSocket through.
NO_WEBSOCKET = """globalThis.WebSocket = class {
  constructor() {
    setTimeout(() => (this.onerror?.(new Event("error")), this.onclose?.({})));
  }
  send() {}
  close() {}
};"""
TRANSPORT = "() => globalThis.live.socket.io.engine.transport.name"
LOW = "() => void document.styleSheets[0].insertRule('.stall-messages { max-height: 40px }')"
READS_BACK = "() => void (document.querySelector('[data-messages]').scrollTop = 0)"
SCROLLED = """() => {
  const list = document.querySelector("[data-messages]");
  return [list.scrollTop, list.scrollHeight > list.clientHeight + 80];
}"""
WAITS_FOR_NO_TURN = "() => !document.querySelector('market-screen').refreshing"
CHOSEN = "() => document.querySelector('input[type=file]').files[0]?.name"
# Two that were said at the same moment arrive the other way round; an old one that was taken back.
OUT_OF_ORDER = """() => {
  const screen = document.querySelector("market-screen");
  const said = { by: 0, name: "Iemand", at: Date.now() };
  screen.message({ ...said, id: 900002, text: "Als tweede gezegd." });
  screen.message({ ...said, id: 900001, text: "Als eerste gezegd." });
  const shown = [...screen.messages.children].map((one) => Number(one.id.split("-")[1]));
  screen.messages.dataset.more = "";
  screen.message({ ...said, id: 0, text: null });
  return [shown, screen.messages.children.length];
}"""
# In a lobby with more people than are named, then in an empty one: where 'you are here' stands.
HERE_AMONG_MANY = """() => [5, 0].map((more) => {
  const screen = document.querySelector("market-screen");
  screen.draw({ stall: 0, guests: 0, people: [], more });
  return screen.querySelector("[data-spot='0']").classList.contains("is-here");
})"""
CHOSEN_FILE = {"name": "recept.txt", "mimeType": "text/plain", "buffer": b"Soep"}
AMONG_MANY = """() => {
  document.querySelector("market-screen").dataset.people = 5000;
  Math.random = () => 0.9;
}"""
WAITS_LONG = "() => document.querySelector('market-screen').due > performance.now() + 20000"
# Its last sign is long ago.
SLEEPS = """() => {
  document.querySelector("market-screen").signed = 0;
  live.socket.io.engine.close();
}"""
PAGE_CAME = """() => {
  const screen = document.querySelector("market-screen");
  const swap = screen.swap.bind(screen);
  screen.swap = (fresh) => (swap(fresh), (globalThis.saidThen ??= screen.messages.children.length));
  screen.messages.dataset.before = "yes";
  globalThis.goOn();
}"""


def test_a_market_on_three_screens(site: Site, open_page: Opener) -> None:
    hall = Hall(site.make, visitors=4, stalls=2)
    holder, guest = hall.visitors[0], hall.visitors[2]
    stall = hall.stalls[0]
    hall.walk(holder, stall)
    pages: list[Page] = []
    polled: list[str] = []
    for member, width in ((hall.host, 1280), (holder, 390), (guest, 390)):
        page = open_page(width=width)
        if member is guest:
            page.add_init_script(NO_WEBSOCKET)
        else:
            page.on("request", lambda asked: polled.append(asked.url))
        site.sign_in(page, member)
        page.goto(f"{site.url}/markten/{hall.id}/{'kraam' if member is holder else 'vloer'}")
        page.wait_for_function(HEARS)
        page.evaluate("globalThis.sameDocument = true")
        pages.append(page)
    host, one, other = pages
    assert [page.evaluate(TRANSPORT) for page in pages] == ["websocket", "websocket", "polling"]
    assert not [url for url in polled if "transport=polling" in url]
    # A round begins for all at once; what was half typed stays.
    box = one.get_by_label("What do you want to say?")
    box.fill("Halve zin")
    host.get_by_role("button", name="Begin round 1").click()
    for page in pages:
        expect(page.locator("[data-phase-words]")).to_have_text("Round 1 of 3", timeout=SOON)
    expect(box).to_have_value("Halve zin")
    # Walking: the map and the list follow on other screens, and the page becomes the stall's.
    other.locator(f"[data-row='{stall}'] button").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("1.", timeout=SOON)
    expect(host.locator(f"[data-row='{stall}'] [data-names] .tag")).to_have_count(2, timeout=SOON)
    expect(host.locator(f"[data-spot='{stall}'] .seat.is-taken")).to_have_count(1)
    expect(one.locator("[data-person]")).to_have_count(2, timeout=SOON)
    # The conversation, a question without a name, whose turn it is, and the note that grows.
    box.fill("Welkom bij de kraam.")
    one.get_by_role("button", name="Say it").click()
    expect(other.locator("[data-messages]")).to_contain_text("Welkom bij de kraam.", timeout=SOON)
    expect(box).to_have_value("")
    other.get_by_label("What do you want to know?").fill("Hoe begin je?")
    other.get_by_label("Without my name").check()
    other.get_by_role("button", name="Ask it").click()
    expect(one.locator(".stall-questions")).to_contain_text("without a name", timeout=SOON)
    other.get_by_role("button", name="I want to join in").click()
    expect(one.locator(".market-turn")).to_contain_text("Then:", timeout=SOON)
    one.get_by_label("The note of this stall").press_sequentially("Klein beginnen")
    expect(other.locator("#notitie")).to_contain_text("Klein beginnen", timeout=SOON)
    # What may say who somebody is grows for nobody, and who writes it hears so, also when a page
    # came in between; it goes on with other words.
    note = one.get_by_label("The note of this stall")
    note.fill("Klein beginnen. Piet de Vries (43, Zwolle) drinkt weer, bel 06-12345678.")
    one.evaluate("() => void document.querySelector('market-screen').refresh()")
    said = one.locator("market-screen [role=status].is-wrong")
    expect(said).to_contain_text("What you write is not shared", timeout=SOON)
    note.scroll_into_view_if_needed()
    expect(said).to_be_in_viewport(ratio=1)
    expect(other.locator("#notitie")).not_to_contain_text("Vries")
    note.fill("Klein beginnen, en opschrijven.")
    expect(other.locator("#notitie")).to_contain_text("en opschrijven.", timeout=SOON)
    expect(said).to_have_count(0)
    # What is said while the page is on its way is not in it, and is not lost either; nor is a file
    # that was chosen, or where somebody was.
    other.locator("input[type=file]").set_input_files(CHOSEN_FILE)
    touch = other.get_by_role("link", name="Stay in touch")
    touch.focus()
    other.evaluate(HELD_BACK)
    other.wait_for_function("() => globalThis.goOn")
    one.get_by_label("What do you want to know?").fill("Wie kookt er?")
    one.get_by_role("button", name="Ask it").click()
    box.fill("Gezegd terwijl de pagina onderweg was.")
    one.get_by_role("button", name="Say it").click()
    expect(other.locator("[data-messages] li")).to_have_count(2, timeout=SOON)
    other.wait_for_function(WAITS_FOR_NO_TURN)
    other.evaluate(PAGE_CAME)
    expect(other.locator("[data-messages][data-before]")).to_have_count(0, timeout=SOON)
    assert other.evaluate("globalThis.saidThen") == 2
    expect(other.locator("[data-messages] li")).to_have_count(2, timeout=SOON)
    expect(other.locator(".stall-questions")).to_contain_text("Wie kookt er?", timeout=SOON)
    expect(touch).to_be_focused()
    assert other.evaluate(CHOSEN) == CHOSEN_FILE["name"]
    # Away for a moment: what one says waits, what others said comes, each once; said otherwise
    # before the first was sent, it is another thing.
    other.evaluate(LOW)
    other.evaluate(READS_BACK)
    other.context.set_offline(True)
    other.evaluate("live.socket.io.engine.close()")
    for words in ("Zonder verbinding getypt.", "Zonder verbinding getypt.", "Anders gezegd."):
        other.get_by_label("What do you want to say?").fill(words)
        other.get_by_role("button", name="Say it").click()
    box.fill("Intussen gezegd.")
    one.get_by_role("button", name="Say it").click()
    expect(one.locator("[data-messages] li")).to_have_count(3, timeout=SOON)
    troubles(other)  # the browser says that it has no connection
    other.context.set_offline(False)
    for page in (one, other):
        expect(page.locator("[data-messages] li")).to_have_count(5, timeout=2 * SOON)
        for words in ("Intussen gezegd.", "Zonder verbinding getypt.", "Anders gezegd."):
            expect(page.locator("[data-messages] li", has_text=words)).to_have_count(1)
        assert page.evaluate("globalThis.sameDocument") is True
    troubles(other)
    # Who holds the stall can take back what others say there; who reads back goes on reading.
    expect(one.locator("[data-messages]").get_by_role("link", name="Take back")).to_have_count(5)
    other.evaluate("document.querySelector('market-screen').fetch()")
    assert other.evaluate(SCROLLED) == [0, True]
    shown, count = other.evaluate(OUT_OF_ORDER)
    assert shown == sorted(shown)
    assert len(shown) == count == 7
    assert host.evaluate(HERE_AMONG_MANY) == [True, False]
    # Announced to all, wherever they are.
    host.get_by_label("What do you want to say to all?").fill("Koffie in de gang.")
    host.get_by_role("button", name="Announce", exact=True).click()
    for page in pages:
        expect(page.locator("[data-calls]")).to_contain_text("Koffie in de gang.", timeout=SOON)
    # Shown out: the screen is empty at once.
    who = hall.person(guest).id
    host.goto(f"{site.url}/markten/{hall.id}/vloer/mensen/{who}/uitzetten")
    host.get_by_label("Why?").fill("Dat is voor later.")
    host.get_by_role("button", name="Show them out").click()
    expect(other.locator("market-screen")).to_have_text(
        re.compile("not on the floor of this market any more"), timeout=SOON
    )
    assert "Welkom" not in other.locator("main").inner_text()
    troubles(other)


def test_when_a_round_begins_everybody_hears_where_to_go_and_not_all_ask_at_once(
    site: Site, open_page: Opener
) -> None:
    hall = Hall(site.make, visitors=4, stalls=2, planned=True)
    with unit_of_work() as session:
        going = {
            row.member_id: row.title
            for row in session.execute(
                select(MarketPlace.member_id, Stall.title)
                .join(Stall, Stall.id == MarketPlace.stall_id)
                .where(MarketPlace.market_id == hall.id, MarketPlace.round == 0)
                .order_by(Stall.number.desc())
            )
        }
    member = next(each for each in hall.visitors if each.id in going)
    hall.walk(member, next(s for s in hall.stalls if title_of(s) != going[member.id]))
    with unit_of_work() as session:
        session.execute(
            update(FloorPerson).where(FloorPerson.member_id == member.id).values(follows=True)
        )
    page = open_page(width=390)
    site.sign_in(page, member)
    page.goto(f"{site.url}/markten/{hall.id}/kraam")
    page.wait_for_function(HEARS)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(AMONG_MANY)
    hall.begin()
    told = page.locator("[data-told]")
    expect(told).to_contain_text("Round 1 begins. Your stall:", timeout=SOON)
    expect(told).to_contain_text(going[member.id])
    # Neither for the clock, nor since they do not stand where they stood.
    page.wait_for_function(WAITS_LONG)
    page.wait_for_timeout(1000)
    assert not [url for url in asked if "/markten/" in url]


def test_whose_device_is_silent_is_away_on_all_screens_until_it_is_back(
    site: Site, open_page: Opener
) -> None:
    hall = Hall(site.make, visitors=4, stalls=2)
    holder, _other, sleeper, guest = hall.visitors
    stall = hall.stalls[0]
    for member in (holder, sleeper, guest):
        hall.walk(member, stall)
    pages: list[Page] = []
    for member, place, width in (
        (hall.host, "vloer", 1280),
        (guest, "kraam", 390),
        (sleeper, "vloer", 390),
    ):
        page = open_page(width=width)
        site.sign_in(page, member)
        page.goto(f"{site.url}/markten/{hall.id}/{place}")
        page.wait_for_function(HEARS)
        pages.append(page)
    host, near, asleep = pages
    seats = host.locator(f"[data-row='{stall}'] [data-count]")
    taken = host.locator(f"[data-spot='{stall}'] .seat.is-taken")
    away = host.locator(f"[data-row='{stall}'] .tag", has_text="(away)")
    expect(seats).to_have_text("2 of 8 seats taken")
    id = hall.person(sleeper).id
    asleep.context.set_offline(True)
    asleep.evaluate(SLEEPS)
    with unit_of_work() as session:
        session.get_one(FloorPerson, id).seen_at = clock.now() - GONE_AFTER
        look = update(Job).where(Job.kind == "markets.silence").values(run_at=clock.now())
        session.execute(look)

    def is_away() -> None:
        expect(seats).to_have_text("1 of 8 seats taken", timeout=SOON)
        expect(taken).to_have_count(1)
        expect(away).to_have_count(1)
        expect(near.locator(f"[data-person='{id}']")).to_contain_text("away", timeout=SOON)

    is_away()
    host.reload()  # the page that the server makes says the same
    host.wait_for_function(HEARS)
    is_away()
    # It has a connection again, and says so: nobody touched it.
    troubles(asleep)  # the browser says that it had none
    asleep.context.set_offline(False)
    expect(seats).to_have_text("2 of 8 seats taken", timeout=SOON)
    expect(taken).to_have_count(2)
    expect(away).to_have_count(0)
    expect(near.locator(f"[data-person='{id}']")).not_to_contain_text("away", timeout=SOON)


def title_of(stall_id: int) -> str:
    with unit_of_work() as session:
        return session.get_one(Stall, stall_id).title
