"""A session on three screens at once: they show the same, and nothing that is typed is lost."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import update

from cop.gatherings.models import Gathering
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.sessions import among, seating
from tests.sessions.table import table
from tests.support.browser import Opener, troubles
from tests.support.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.alone]

# A function, not an expression: the page's policy forbids evaluating words again and again.
HEARS = "() => [...(globalThis.live?.heard.values() ?? [])].some((one) => one.asking === false)"


@pytest.fixture
def screens(site: Site, open_page: Opener):
    """(the session, the page of who leads, of one at 390 pixels, of another)."""
    at = table(site.make, others=2)
    pages = []
    for member, width in ((at.lead, 1280), (at.others[0], 390), (at.others[1], 1280)):
        page = open_page(width=width)
        site.sign_in(page, member)
        page.goto(f"{site.url}/sessies/{at.id}")
        page.wait_for_function(HEARS)
        page.evaluate("globalThis.sameDocument = true")
        pages.append(page)
    return at, *pages


def _left(page: Page) -> int:
    minutes, seconds = page.locator("[data-shown]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


# What is told of who came and went overtakes the answer that was made before it.
OVERTAKEN = """async () => {
    const made = new live.constructor();
    let shown = null;
    const emitWithAck = async () => {
        made.meet({ audience: "a", came: [{ who: "Bea" }], went: ["Ada"], version: 8 });
        const here = [{ who: "Ada" }, { who: "Cor" }];
        return { ok: true, number: 0, events: [], here, version: 7 };
    };
    made.connect = () => {};
    made.socket = { connected: true, timeout: () => ({ emitWithAck }) };
    made.listen("a", { number: 0, here: (all) => (shown = all.map(({ who }) => who)) });
    await new Promise((go) => setTimeout(go, 100));
    return shown;
}"""


def test_who_came_while_one_joined_is_there(screens) -> None:
    _at, lead, _one, _other = screens
    assert lead.evaluate(OVERTAKEN) == ["Cor", "Bea"]


def test_who_is_away_stays_so_in_a_page_that_counts_them_in_for_a_while(screens) -> None:
    at, lead, one, _other = screens
    with reading() as session:
        seat = lead.locator(f"[data-seat='{at.participant(session, at.others[0]).id}']")
    expect(seat).not_to_have_class(re.compile("is-away"))
    one.context.set_offline(True)
    one.evaluate("live.socket.io.engine.close()")
    expect(seat).to_have_class(re.compile("is-away"), timeout=40_000)
    for step in ("The facts", "Each alone"):
        lead.get_by_role("button", name="Next step").click()
        expect(lead.locator("#stap-naam")).to_have_text(step)
        expect(seat).to_have_class(re.compile("is-away"))
        expect(seat.locator("[data-mark=away]")).to_be_visible()
    one.context.set_offline(False)
    expect(seat).not_to_have_class(re.compile("is-away"), timeout=15_000)
    troubles(one)  # what a lost connection makes a browser say


def test_who_takes_part_without_scripts_is_there_when_they_give_a_sign(
    site: Site, open_page: Opener
) -> None:
    at = table(site.make, others=1)
    with unit_of_work() as session:
        plain = at.participant(session, at.others[0])
        seat = f"[data-seat='{plain.id}']"
        plain.seen_at = clock.now() - timedelta(minutes=2)
    lead, other = open_page(), open_page(scripts=False)
    for page, member in ((lead, at.lead), (other, at.others[0])):
        site.sign_in(page, member)
    lead.goto(f"{site.url}/sessies/{at.id}")
    lead.wait_for_function(HEARS)
    expect(lead.locator(seat)).to_have_class(re.compile("is-away"))
    other.goto(f"{site.url}/sessies/{at.id}")
    for step in ("The facts", "Each alone"):
        lead.get_by_role("button", name="Next step").click()
        expect(lead.locator("#stap-naam")).to_have_text(step)
        expect(lead.locator(seat)).not_to_have_class(re.compile("is-away"))


def test_all_screens_follow_and_typed_words_stay(site: Site, screens) -> None:
    at, lead, one, other = screens
    one.get_by_label("Your own notes").fill("Halve zin")
    lead.get_by_role("button", name="Next step").click()
    for page in (lead, one, other):
        expect(page.locator("#stap-naam")).to_have_text("The facts", timeout=5_000)
        assert page.evaluate("globalThis.sameDocument") is True
    expect(one.get_by_label("Your own notes")).to_have_value("Halve zin")
    assert max(map(_left, (lead, one, other))) - min(map(_left, (lead, one, other))) <= 1
    # A hand, the floor, and a contribution come by themselves.
    one.get_by_role("button", name="Raise my hand").click()
    hand = lead.locator("[data-mark=hand]:visible")
    expect(hand).to_have_count(1)
    lead.get_by_role("button", name="Next in the round").click()
    expect(other.locator("[data-floor]")).to_contain_text("speaks.")
    expect(one.get_by_role("button", name="Raise my hand")).to_be_visible()
    box = other.locator("form[action$=bijdragen] textarea")
    box.fill("Wie was er nog meer bij?")
    other.get_by_role("button", name="Bring it").click()
    for page in (lead, one, other):
        expect(page.locator(".session-words")).to_have_text(["Wie was er nog meer bij?"])
    expect(box).to_have_value("")
    # Away for a moment: what one sends waits, what others did comes, each once.
    one.context.set_offline(True)
    one.evaluate("live.socket.io.engine.close()")
    words = one.locator("form[action$=bijdragen] textarea")
    words.fill("Geschreven zonder verbinding.")
    one.get_by_role("button", name="Bring it").click()
    expect(one.locator("live-status")).to_contain_text("The connection is lost")
    # Whoever types on and sends again, and types on, keeps every word.
    words.fill("Geschreven zonder verbinding, en verder.")
    one.get_by_role("button", name="Bring it").click()
    words.fill("Geschreven zonder verbinding, en verder. Nog niet verstuurd.")
    lead.get_by_role("button", name="Pause").click()
    expect(other.locator(".session-clock")).to_contain_text("paused")
    troubles(one)  # the browser says that it has no connection
    one.context.set_offline(False)
    for page in (lead, one, other):
        expect(page.locator(".session-words")).to_have_count(2, timeout=15_000)
        expect(page.locator(".session-words").last).to_have_text(
            "Geschreven zonder verbinding, en verder."
        )
    expect(words).to_have_value("Geschreven zonder verbinding, en verder. Nog niet verstuurd.")
    words.fill("Een ander woord.")
    one.get_by_role("button", name="Bring it").click()
    expect(other.locator(".session-words")).to_have_count(3)
    assert _left(lead) == _left(one) == _left(other)
    troubles(one)
    # Shown out: the screen is empty at once.
    with reading() as session:
        out = at.participant(session, at.others[1]).id
    lead.goto(f"{site.url}/sessies/{at.id}/uit/{out}")
    lead.locator("main form button").first.click()
    expect(other.locator("session-screen")).to_have_text(re.compile("not in this session any more"))
    assert "Wie was" not in other.locator("main").inner_text()
    troubles(other)


def test_what_came_while_a_page_was_on_its_way_stays_where_it_stood(screens) -> None:
    """A page asked for before somebody's words came, and there after them, does not hold them."""
    at, lead, one, other = screens
    lead.get_by_role("button", name="Next step").click()
    for page in (lead, one, other):
        expect(page.locator("#stap-naam")).to_have_text("The facts", timeout=5_000)
    words = lead.locator("#bijdragen .session-words")

    def comes_late(route: Route) -> None:
        page_before = route.fetch()
        other.locator("form[action$=bijdragen] textarea").fill("Wie was er nog meer bij?")
        other.get_by_role("button", name="Bring it").click()
        expect(words).to_have_text(["Wie was er nog meer bij?"])
        one.get_by_role("button", name="Raise my hand").click()
        expect(lead.locator("[data-mark=hand]:visible")).to_have_count(1)
        route.fulfill(response=page_before)

    lead.evaluate(
        """() => {
          const screen = document.querySelector("session-screen");
          const swap = screen.swap.bind(screen);
          const seen = () => screen.querySelectorAll("#bijdragen .session-words").length
            + screen.querySelectorAll("[data-mark=hand]:not([hidden])").length;
          globalThis.seenAfter = [];
          screen.swap = (fresh) => (swap(fresh), globalThis.seenAfter.push(seen()));
        }"""
    )
    lead.route(re.compile(rf"/sessies/{at.id}$"), comes_late, times=1)
    lead.evaluate("document.querySelector('session-screen').fetch()")
    lead.wait_for_function("() => globalThis.seenAfter.length > 0")
    assert lead.evaluate("globalThis.seenAfter")[0] == 2
    for page in (lead, one, other):
        troubles(page)


def test_a_screen_that_waits_shows_by_itself_that_the_session_can_begin(
    site: Site, open_page: Opener
) -> None:
    at = table(site.make, others=1, begun=False)
    starts_at = clock.now() + among.OPEN_BEFORE + timedelta(seconds=8)
    with unit_of_work() as session:
        its = update(Gathering).where(Gathering.id == at.gathering.id)
        session.execute(its.values(starts_at=starts_at))
    page = open_page(width=390)
    site.sign_in(page, at.lead)
    page.goto(f"{site.url}/sessies/{at.id}")
    page.wait_for_function(HEARS)
    page.evaluate("globalThis.sameDocument = true")
    begin = page.get_by_role("button", name="Begin the session")
    expect(page.get_by_text("The session can begin from")).to_be_visible()
    expect(begin).to_be_visible(timeout=20_000)
    assert page.evaluate("globalThis.sameDocument") is True
    troubles(page)


def test_one_phone_on_the_table_types_for_somebody_without_a_screen(
    site: Site, open_page: Opener, screens
) -> None:
    at, lead, one, other = screens
    sits = site.make.member("Sien Zonder Scherm")
    site.make.join(sits, at.group.circle)
    site.make.agree(sits, at.group)
    with unit_of_work() as session:
        handle = site.make.persona(sits).handle
        seating.seat(session, at.actor(), at.id, handle, clock.now())
    lead.get_by_role("button", name="Next step").click()
    for page in (lead, one, other):
        expect(page.locator("#stap-naam")).to_have_text("The facts", timeout=5_000)
    words = lead.locator("form[action$=bijdragen] textarea")
    words.fill("Zij was erbij.")
    lead.locator("#says").get_by_label("Sien Zonder Scherm").check()
    # What others do makes the page anew: it is still Sien who says this.
    one.get_by_role("button", name="Raise my hand").click()
    expect(lead.locator("[data-mark=hand]:visible")).to_have_count(1)
    lead.evaluate("document.querySelector('session-screen').fetch()")
    expect(lead.locator("#says").get_by_label("Sien Zonder Scherm")).to_be_checked()
    lead.get_by_role("button", name="Bring it").click()
    for page in (lead, one, other):
        expect(page.locator(".session-entry")).to_contain_text("Sien Zonder Scherm")
    expect(lead.locator(".session-entry").get_by_text("Change it")).to_be_visible()
    # Nobody chosen: the page asks, and the words stand there still.
    expect(lead.locator("#says").get_by_label("Sien Zonder Scherm")).not_to_be_checked()
    words.fill("Van wie is dit?")
    lead.get_by_role("button", name="Bring it").click()
    expect(lead.locator("#says")).to_contain_text("Say whose words these are.")
    expect(words).to_have_value("Van wie is dit?")
    assert lead.evaluate("document.documentElement.scrollWidth <= innerWidth")
    troubles(lead)
    # Her own screen opens: what is typed for her does not become the words of who typed it.
    lead.locator("#says").get_by_label("Sien Zonder Scherm").check()
    hers = open_page("en", width=390)
    site.sign_in(hers, sits)
    hers.goto(f"{site.url}/sessies/{at.id}")
    expect(hers.locator("#stap-naam")).to_have_text("The facts")
    lead.evaluate("document.querySelector('session-screen').fetch()")
    expect(lead.locator("#says")).to_have_count(0)
    expect(words).to_have_value("")
    kept = lead.locator("[data-kept-words] textarea:visible")
    expect(kept).to_have_value("Van wie is dit?")
    troubles(lead)
