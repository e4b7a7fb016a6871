"""A newcomer with a question, from home to an answer on a phone: four steps at most."""

import pytest
from playwright.sync_api import Page, expect

from tests.expertise.making import card
from tests.support.browser import Opener, troubles
from tests.support.site import Site

pytestmark = pytest.mark.browser
MOST_STEPS = 4


class Steps:
    """Counts what somebody does: each tap that leads to another page is one."""

    def __init__(self, page: Page) -> None:
        self.page, self.taken = page, 0

    def search(self, words: str) -> None:
        box = self.page.get_by_role("searchbox").first
        box.fill(words)
        box.press("Enter")
        self.taken += 1

    def tap(self, role: str, name: str) -> None:
        self.page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # any role
        self.taken += 1


def test_from_home_to_an_answer(site: Site, open_page: Opener) -> None:
    make = site.make
    helper, newcomer = make.member("Hans Helpt"), make.member("Nina Nieuw")
    make.discussion(
        make.list(),
        helper,
        title="Kweeperen inmaken",
        text="Neem rijpe kweeperen en kook ze een uur.",
        posts=2,
    )
    card(make, helper, "gokken")
    page = open_page(width=390)
    site.sign_in(page, newcomer)

    page.goto(site.url)
    steps = Steps(page)
    steps.search("kweepeer inmaken")
    steps.tap("link", "Kweeperen inmaken")
    expect(page.get_by_text("kook ze een uur").first).to_be_visible()
    assert steps.taken <= MOST_STEPS

    page.goto(site.url)
    steps = Steps(page)
    steps.search("gokverslaving opbiechten")
    steps.tap("link", "Ask who knows")
    expect(page.get_by_label("What is it about?")).to_have_value("gokken")
    page.get_by_label("Your question").fill("Hoe vertel ik het thuis?")
    steps.tap("button", "Ask them")
    other = open_page(width=390)
    site.sign_in(other, helper)
    other.goto(f"{site.url}/kenniskaart/vragen")
    other.get_by_role("button", name="Yes, talk with them").click()
    other.get_by_label("Your message").fill("Begin bij wie je het meest vertrouwt.")
    other.get_by_role("button", name="Send").click()
    expect(other.get_by_text("Begin bij wie")).to_be_visible()
    page.reload()
    steps.tap("link", "To the conversation")
    expect(page.get_by_text("Begin bij wie je het meest vertrouwt.")).to_be_visible()
    assert steps.taken <= MOST_STEPS

    page.goto(site.url)
    steps = Steps(page)
    steps.search("mispel stekken")  # nobody wrote of it, nobody knows
    steps.tap("link", "Ask this")
    expect(page.get_by_label("Title")).to_have_value("mispel stekken")
    expect(page.locator("input[name=kind][value=question]")).to_be_checked()
    steps.taken += 1  # what is written and sent there is another
    assert steps.taken <= MOST_STEPS
    assert troubles(page) == []
    assert troubles(other) == []
