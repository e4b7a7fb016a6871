"""The main ways through the site in a real browser, each walked twice: by keyboard alone, and with
JavaScript switched off. Sign up, join, start, answer, attach, close."""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from cop.discussions.models import Attachment, Discussion, Post
from cop.members.models import Member, MemberState, SiteSettings
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.spaces.circles import CircleMembership, Visibility
from tests.support.browser import Opener
from tests.support.site import Site

pytestmark = pytest.mark.browser

FILE = {"name": "verslag.txt", "mimeType": "text/plain", "buffer": b"Wat we bespraken."}

# What has the focus: its name as a screen reader says it, and whether one can see that it has it.
FOCUSED = """() => {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const label = e.labels && e.labels.length ? e.labels[0].innerText : "";
    const style = getComputedStyle(e);
    const box = e.getBoundingClientRect();
    const ring = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== "none";
    const around = e.closest("label, .choice");
    const outer = around ? getComputedStyle(around) : null;
    return {
        name: (e.getAttribute("aria-label") || label || e.innerText || e.value || "").trim(),
        kind: e.type || e.tagName.toLowerCase(),
        seen: ring || style.boxShadow !== "none"
            || (outer && (outer.outlineStyle !== "none" || outer.boxShadow !== "none")),
        inside: box.bottom > 0 && box.top < innerHeight,
    };
}"""


class Pointing:
    """Somebody who points and types, as in any browser; scripts may be off."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def tick(self, label: str) -> None:
        self.page.get_by_label(label).check()

    def press(self, name: str) -> None:
        named = re.compile(re.escape(name))
        button = self.page.get_by_role("button", name=named)
        link = self.page.get_by_role("link", name=named)
        button.or_(link).first.click()

    def unfold(self, name: str) -> None:
        self.page.locator("summary", has_text=name).click()

    def attach(self, label: str, file: Any) -> None:
        self.page.get_by_label(label).set_input_files(file)


class Keyboard(Pointing):
    """Somebody who has nothing but the keys; whatever gets the focus must show it."""

    def to(self, name: str, kind: str = "") -> None:
        """Tab on until what is named so, and of that kind, has the focus."""
        for _ in range(200):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(FOCUSED)
            if at is None:
                continue
            assert at["seen"], f"one cannot see that {at['name']!r} has the focus"
            if name in at["name"] and kind in at["kind"]:
                assert at["inside"], f"{name!r} has the focus outside the window"
                return
        raise AssertionError(f"{name!r} cannot be reached by Tab on {self.page.url}")

    def fill(self, label: str, text: str) -> None:
        self.to(label)
        self.page.keyboard.type(text)

    def tick(self, label: str) -> None:
        self.to(label, "checkbox")
        self.page.keyboard.press("Space")

    def press(self, name: str) -> None:
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def unfold(self, name: str) -> None:
        self.to(name)
        self.page.keyboard.press("Enter")

    def attach(self, label: str, file: Any) -> None:
        self.to(label, "file")
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)


Walker = Callable[[], Pointing]


@pytest.fixture(params=["by keyboard", "without scripts"])
def walker(request: pytest.FixtureRequest, open_page: Opener) -> Walker:
    """Makes a walker in a new browser."""
    by_keyboard = request.param == "by keyboard"

    def make() -> Pointing:
        page = open_page("en", scripts=by_keyboard)
        # Caught from the start: asked for with the key, a busy browser opens its own window first.
        page.on("filechooser", lambda _chooser: None)
        return Keyboard(page) if by_keyboard else Pointing(page)

    return make


def _mailed_to(address: str) -> str:
    """What was mailed there; the worker writes it in a moment."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with reading() as session:
            for mail in session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())):
                if mail.recipient == address:
                    return mail.text
        time.sleep(0.1)
    raise AssertionError("no mail came")


def test_signing_up(site: Site, walker: Walker) -> None:
    with unit_of_work() as session:
        session.merge(SiteSettings(id=1, sign_up="open"))
    walks = walker()
    page = walks.page
    address = f"{uuid4().hex}@example.org"
    page.goto(f"{site.url}/aanmelden")
    walks.fill("Your name", "Noor Vermeer")
    walks.fill("E-mail address", address)
    walks.tick("house rules")
    walks.press("Sign up")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found = re.search(r"http://\S+/aanmelden/bevestigen/\S+", _mailed_to(address))
    assert found is not None
    page.goto(found[0])
    walks.press("Yes, this is me")
    expect(page.get_by_text("Welcome!")).to_be_visible()
    with reading() as session:
        member = session.scalars(select(Member).where(Member.email == address)).one()
        assert member.state == MemberState.ACTIVE


def test_joining_a_space(site: Site, walker: Walker) -> None:
    make = site.make
    member, owner = make.member("Joris Prins"), make.member()
    space = make.space(Visibility.OPEN, coordinator=owner, name=f"Proeftuin {member.id}")
    walks = walker()
    site.sign_in(walks.page, member)
    walks.page.goto(f"{site.url}/proeftuinen/{space.slug}")
    walks.press("Join")
    walks.press("Join")
    expect(walks.page.get_by_role("heading", level=1)).to_contain_text(space.name)
    with reading() as session:
        assert session.get(CircleMembership, (space.circle_id, member.id)) is not None


def test_starting_answering_attaching_and_closing(site: Site, walker: Walker) -> None:
    make = site.make
    starter, other = make.member("Fatma Yilmaz"), make.member("Piet Bos")
    on = make.list(Visibility.OPEN, name=f"Koffiehoek {starter.id}")
    title = f"Wat helpt bij trek {starter.id}"

    walks = walker()
    page = walks.page
    site.sign_in(page, starter)
    page.goto(f"{site.url}/gesprekken/{on.short_name}/nieuw")
    walks.fill("Title", title)
    walks.fill("Your text", "Bij ons wordt vaak afleiding geprobeerd. Wat doen jullie?")
    walks.press("Start the conversation")
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    with reading() as session:
        begun = session.scalars(select(Discussion).where(Discussion.title == title)).one()

    answers = walker()
    site.sign_in(answers.page, other)
    answers.page.goto(f"{site.url}/discussies/{begun.id}")
    answers.fill("Your answer", "Wij gaan samen een stuk lopen.")
    answers.unfold("Files, and a note on content")
    answers.attach("Files", FILE)
    answers.press("Post the answer")
    expect(answers.page.get_by_text("Wij gaan samen een stuk lopen.")).to_be_visible()
    expect(answers.page.get_by_text("verslag.txt").first).to_be_visible()
    with reading() as session:
        post = session.scalars(
            select(Post).where(Post.discussion_id == begun.id, Post.number == 2)
        ).one()
        kept = session.scalars(select(Attachment).where(Attachment.post_id == post.id)).all()
        assert len(kept) == 1

    page.goto(f"{site.url}/discussies/{begun.id}/opbrengst")
    walks.fill("What did it yield?", "Samen lopen helpt meer dan praten.")
    walks.press("Close the conversation")
    expect(page.get_by_text("Samen lopen helpt meer dan praten.").first).to_be_visible()
    with reading() as session:
        assert session.get_one(Discussion, begun.id).closed_at is not None
