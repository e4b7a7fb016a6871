"""What scripts add to conversations, in a real browser on a running site."""

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from cop.discussions import operations
from cop.discussions.models import Draft, Post
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from tests.support.browser import Opener
from tests.support.site import Site

pytestmark = pytest.mark.browser

# A function, not an expression: the page's policy forbids evaluating words again and again.
CONNECTED = "() => globalThis.live?.connected"


def _answer(site: Site, member, discussion, text: str):
    with unit_of_work() as session:
        return operations.answer(
            session,
            site.make.actor(member),
            discussion_id=discussion.id,
            text=text,
            now=clock.now(),
        )


@pytest.fixture
def scene(site: Site, page: Page):
    """A discussion with three posts, open in the browser of a reader."""
    make = site.make
    author, reader = make.member("Ruud Jansen"), make.member("Fatima Benali")
    discussion = make.discussion(make.list(), author, posts=3, text="Een eerste regel.\n\nMeer.")
    site.sign_in(page, reader)
    page.goto(f"{site.url}/discussies/{discussion.id}")
    return author, reader, discussion


def test_new_posts_appear_by_themselves_and_changed_ones_change(
    site: Site, page: Page, scene
) -> None:
    author, _reader, discussion = scene
    expect(page.locator(".post")).to_have_count(3)
    page.wait_for_function(CONNECTED)
    _answer(site, author, discussion, "Dit kwam vanzelf.")
    expect(page.locator(".post").last).to_contain_text("Dit kwam vanzelf.")
    expect(page.locator(".post")).to_have_count(4)
    expect(page.locator("live-discussion [role=status]")).to_have_text("1 new post")


def test_what_came_while_the_connection_was_lost_is_fetched(site: Site, page: Page, scene) -> None:
    author, _reader, discussion = scene
    page.wait_for_function(CONNECTED)
    page.evaluate("live.socket.io.engine.close()")
    for n in range(3):
        _answer(site, author, discussion, f"Gemist {n}")
    expect(page.locator(".post")).to_have_count(6, timeout=15_000)
    expect(page.locator(".post").last).to_contain_text("Gemist 2")


def test_a_draft_saves_itself_and_is_there_again(site: Site, page: Page, scene) -> None:
    _author, reader, discussion = scene
    page.get_by_label("Your answer").fill("Halve zin die blijft")
    expect(page.locator("[data-draft-status]")).to_have_text("Draft saved", timeout=10_000)
    page.goto(f"{site.url}/discussies/{discussion.id}")
    expect(page.get_by_label("Your answer")).to_have_value("Halve zin die blijft")
    page.get_by_role("button", name="Post the answer").click()
    expect(page.locator(".post").last).to_contain_text("Halve zin die blijft")
    with reading() as session:
        assert session.scalar(select(func.count()).where(Draft.member_id == reader.id)) == 0


def test_the_toolbar_and_the_preview_work_with_the_keyboard(page: Page, scene) -> None:
    box = page.get_by_label("Your answer")
    box.fill("belangrijk")
    box.press("Control+a")
    box.press("Control+b")
    expect(box).to_have_value("**belangrijk**")
    page.get_by_role("button", name="Bold").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-do=preview]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".editor-preview strong")).to_have_text("belangrijk")
    page.keyboard.press("Enter")
    expect(box).to_be_focused()


def test_names_are_suggested_after_an_at(page: Page, scene) -> None:
    box = page.get_by_label("Your answer")
    box.focus()
    page.keyboard.type("Dag @ruu")
    expect(page.get_by_role("option").first).to_contain_text("Ruud Jansen")
    page.keyboard.press("Enter")
    assert box.input_value().startswith("Dag @ruud-jansen-")


def test_a_reaction_changes_in_place(page: Page, scene) -> None:
    button = page.locator(".post").first.get_by_role("button", name="Thanks")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button.locator("b")).to_have_text("1")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_chosen_words_are_quoted(page: Page, scene) -> None:
    page.locator(".post .post-body p").first.select_text()
    page.get_by_role("button", name="Quote", exact=True).click()
    value = page.get_by_label("Your answer").input_value()
    assert value.startswith("> [Ruud Jansen](/berichten/")
    assert "> Een eerste regel." in value
    assert "Meer." not in value


def test_all_of_it_works_without_scripts(site: Site, open_page: Opener) -> None:
    make = site.make
    on = make.list()
    page = open_page(scripts=False)
    site.sign_in(page, make.member())
    page.goto(f"{site.url}/gesprekken/{on.short_name}")
    page.get_by_role("link", name="Start a conversation").first.click()
    page.get_by_label("Title").fill("Zonder scripts")
    page.get_by_label("Your text").fill("Het **werkt**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#voorbeeld strong")).to_have_text("werkt")
    page.get_by_role("button", name="Start the conversation").click()
    page.get_by_label("Your answer").fill("En een antwoord.")
    page.get_by_text("Files, and a note on content").click()
    page.get_by_label("Files (optional)").set_input_files(
        {"name": "verslag.txt", "mimeType": "text/plain", "buffer": b"Een verslag."}
    )
    page.get_by_role("button", name="Post the answer").click()
    expect(page.locator(".post").last).to_contain_text("En een antwoord.")
    expect(page.locator(".files")).to_contain_text("verslag.txt")
    page.get_by_role("button", name="You follow this").click()
    expect(page.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    with reading() as session:
        assert session.scalar(select(func.count()).where(Post.source == "En een antwoord.")) == 1


def test_a_file_that_is_too_large_is_left_out(site: Site, open_page: Opener) -> None:
    make = site.make
    author = make.member()
    discussion = make.discussion(make.list(), author)
    page = open_page()
    site.sign_in(page, author)
    page.goto(f"{site.url}/discussies/{discussion.id}")
    page.get_by_text("Files, and a note on content").click()
    files = page.get_by_label("Files (optional)")
    small = {"name": "verslag.txt", "mimeType": "text/plain", "buffer": b"Een verslag."}
    large = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * (10 * 1024 * 1024 + 1)}
    files.set_input_files([small, large])
    said = page.get_by_role("alert")
    expect(said).to_have_text("“film.mp4” is larger than 10 MB and was left out.")
    assert files.evaluate("each => [...each.files].map(file => file.name)") == ["verslag.txt"]
    files.set_input_files([small])
    expect(said).to_be_hidden()


def test_a_button_that_is_pressed_twice_sends_once(site: Site, open_page: Opener) -> None:
    make = site.make
    author = make.member()
    discussion = make.discussion(make.list(), author)
    page = open_page()
    site.sign_in(page, author)
    page.goto(f"{site.url}/discussies/{discussion.id}")
    sent = []

    def nothing_yet(route: Route) -> None:
        sent.append(route.request.method)
        route.fulfill(status=204)  # the page stays as it is

    page.route("**/volgen", nothing_yet)
    page.get_by_role("button", name="Follow", exact=True).dblclick()
    page.wait_for_timeout(500)
    assert sent == ["POST"]
