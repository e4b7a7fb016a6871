"""The whole way of a case in a browser: by mouse, by keyboard, on a phone, without scripts."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from cop.cases import writing
from cop.cases.models import Case, CaseState
from cop.platform.db import reading
from cop.spaces.circles import Visibility
from tests.cases.walking import IDENTIFIERS, RAW, walk
from tests.support.browser import Opener, troubles
from tests.support.site import Site
from tests.test_ways import Keyboard, Pointing

pytestmark = pytest.mark.browser

WAYS = {
    "by mouse": (Pointing, {}),
    "by keyboard": (Keyboard, {}),
    "on a phone": (Pointing, {"width": 390, "touch": True}),
    "without scripts": (Pointing, {"scripts": False}),
}


def state_of(case_id: int) -> str:
    with reading() as session:
        return session.get_one(Case, case_id).state


def choose(walks: Pointing, name: str, label: str) -> None:
    """One of a list, with the mouse or with the arrows."""
    if isinstance(walks, Keyboard):
        walks.to(name, "select")
        walks.page.keyboard.type(label[:24])
    else:
        walks.page.get_by_label(name).select_option(label=label)


def nothing_too_wide(page: Page) -> None:
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"


@pytest.mark.parametrize("way", WAYS)
def test_the_whole_way(site: Site, open_page: Opener, way: str) -> None:
    kind, window = WAYS[way]
    make = site.make
    author, reader, colleague = (make.member(n) for n in ("Ans Elst", "Rik Tol", "Kees Moor"))
    space = make.space(Visibility.PRIVATE, coordinator=author, name=f"Proeftuin {author.id}")
    make.join(colleague, space.circle)

    walks = kind(open_page("en", **window))
    page = walks.page
    site.sign_in(page, author)
    page.goto(f"{site.url}/casussen")
    walks.press("Bring a case")
    if isinstance(walks, Keyboard):
        walks.to("About somebody else", "radio")
        page.keyboard.press("ArrowDown")  # made of several people
    else:
        page.get_by_label("Made of several people").check()
    walks.press("Begin")
    walks.fill("Title", RAW["title"])
    walks.fill("What happened?", RAW["text"])
    walks.fill("Learning question", RAW["question"])
    nothing_too_wide(page)
    walks.press("Look for what points to people")
    expect(page.get_by_role("heading", level=1)).to_have_text("What points to people")
    nothing_too_wide(page)
    number = int(re.search(r"/casussen/(\d+)/", page.url)[1])  # type: ignore[index]
    url = f"{site.url}/casussen/{number}"

    mark_by_hand(walks, way)
    walks.press("Replace all that wait as proposed")
    expect(page.get_by_text("Kept. 1 finding waits")).to_be_visible()
    key = page.locator(".finding-card", has_text="wijkverpleegkundige")
    if isinstance(walks, Keyboard):
        walks.fill("Instead of “wijkverpleegkundige”", "zorgverlener")
        walks.press("Keep these decisions and go on")
    else:
        key.get_by_label("Replace it by").check()
        key.get_by_label("Instead of").fill("zorgverlener")
        walks.press("Keep these decisions and go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("What no machine sees")
    nothing_too_wide(page)
    for line in ("in the news", "details together", "by a saying", "Colleagues and"):
        walks.tick(line)
    for line in ("without being hurt", "same holds for", "people first", "question does not"):
        walks.tick(line)
    walks.press("Keep this and go on")
    choose(walks, "A group, space or list in which you take part", space.name)
    walks.press("Choose this group, space or list")
    walks.tick("This is so")
    walks.press("Keep this and go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("As others will see it")
    shown = page.locator("article").inner_text()
    assert "zorgverlener ziet dat niet zitten" in shown
    assert not any(word in shown for word in IDENTIFIERS)
    nothing_too_wide(page)
    walks.press("Ask a second reader")
    walks.fill("Who reads it first?", make.persona(reader).handle)
    walks.press("Ask them")
    assert state_of(number) == CaseState.WITH_READER

    reads = kind(open_page("en", **window))
    site.sign_in(reads.page, reader)
    reads.page.goto(f"{url}/tweede-lezing")
    nothing_too_wide(reads.page)
    reads.press("Nobody can be recognised")
    reads.press("Yes, I agree")
    assert state_of(number) == CaseState.APPROVED

    page.goto(f"{url}/delen")
    nothing_too_wide(page)
    walks.press("Share it as Ans Elst")
    expect(page.get_by_role("heading", name="What others bring")).to_be_visible()

    brings = kind(open_page("en", **window))
    site.sign_in(brings.page, colleague)
    brings.page.goto(url)
    nothing_too_wide(brings.page)
    brings.press("Suggestion")
    brings.fill("Your words", "Vraag het aan haar zelf.")
    brings.press("Bring it")
    expect(brings.page.get_by_text("Vraag het aan haar zelf.")).to_be_visible()
    assert brings.page.title().startswith("Case")


def mark_by_hand(walks: Pointing, way: str) -> None:
    """By selecting, else by typing the words; then what it is."""
    page = walks.page
    if way in ("by mouse", "on a phone"):
        raw = page.locator(".raw", has_text="wijkverpleegkundige")
        raw.evaluate(
            """(element) => {
                const words = "wijkverpleegkundige";
                const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
                while (walker.nextNode()) {
                    const at = walker.currentNode.data.indexOf(words);
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(walker.currentNode, at);
                    range.setEnd(walker.currentNode, at + words.length);
                    getSelection().removeAllRanges();
                    getSelection().addRange(range);
                }
            }"""
        )
        button = page.get_by_role("button", name="Mark “wijkverpleegkundige”")
        if way == "on a phone":
            # Where a finger comes down the selection goes, before the button is pressed.
            button.evaluate(
                "(b) => b.addEventListener('pointerdown', () => getSelection().removeAllRanges())"
            )
            button.tap()
        else:
            button.click()
        expect(page.get_by_label("Words that say too much")).to_have_value("wijkverpleegkundige")
    else:
        walks.fill("Words that say too much", "wijkverpleegkundige")
    choose(walks, "What is it?", "Recognisable together")
    walks.press("Mark these words")
    expect(page.get_by_text("Marked.")).to_be_visible()


def test_what_is_typed_is_kept_by_itself_and_not_in_the_browser(
    site: Site, open_page: Opener
) -> None:
    author = site.make.member("Ans Elst")
    page = open_page("en")
    site.sign_in(page, author)
    page.goto(f"{site.url}/casussen/nieuw")
    page.get_by_role("button", name="Begin").click()
    page.get_by_label("What happened?").fill("Fatima belde gisteren.")
    expect(page.get_by_text("Kept.")).to_be_visible()
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]"
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("Fatima belde gisteren.")
    number = int(re.search(r"/casussen/(\d+)/", page.url)[1])  # type: ignore[index]
    url, box = page.url, page.get_by_label("What happened?")
    # Left at once after typing: sent on the way out, also while an earlier save still runs.
    for text, held in (("Fatima belde vandaag.", False), ("Fatima belde vannacht.", True)):
        if held:
            page.evaluate(
                """() => {
                    const real = fetch;
                    window.fetch = () => {
                        window.fetch = real;
                        return new Promise(() => {});
                    };
                }"""
            )
            box.fill("Fatima belde")
            page.evaluate("void document.querySelector('case-writing').save()")
        box.fill(text)
        page.goto(f"{site.url}/casussen")
        written(number, text)
        page.goto(url)
        expect(box).to_have_value(text)


def written(case_id: int, text: str) -> None:
    """The server has this text, now or soon."""
    until = time.monotonic() + 10
    while True:
        with reading() as session:
            found = writing.raw_of(session, session.get_one(Case, case_id)).part("text")
        if found == text or time.monotonic() > until:
            assert found == text
            return
        time.sleep(0.05)


def test_nothing_typed_is_lost_without_a_connection_or_to_another_window(
    site: Site, open_page: Opener
) -> None:
    page = open_page("en", width=390)
    site.sign_in(page, site.make.member("Ans Elst"))
    page.goto(f"{site.url}/casussen/nieuw")
    page.get_by_role("button", name="Begin").click()
    url, box = page.url, page.get_by_label("What happened?")
    other = page.context.new_page()
    other.goto(url)
    keep = page.get_by_role("button", name="Keep it for later")
    page.context.set_offline(True)
    box.fill("Fatima belde.")
    keep.click()
    expect(page.get_by_text("your words stay here")).to_be_visible()
    assert page.url == url
    expect(box).to_have_value("Fatima belde.")
    page.context.set_offline(False)
    assert all("ERR_INTERNET_DISCONNECTED" in line for line in troubles(page))
    keep.click()
    expect(page.get_by_text("It is kept. Only you can read it.")).to_be_visible()
    expect(box).to_have_value("Fatima belde.")
    # The window that was opened before that shows both, and nothing is written over unseen.
    older = other.get_by_label("What happened?")
    older.fill("Karim belde.")
    expect(other.get_by_text("Not kept: this text was changed in another window")).to_be_visible()
    other.get_by_role("button", name="Keep it for later").click()
    expect(other.get_by_text("You changed this in another window meanwhile.")).to_be_visible()
    expect(other.get_by_role("definition").get_by_text("Fatima belde.")).to_be_visible()
    expect(older).to_have_value("Karim belde.")
    nothing_too_wide(other)


def test_the_page_of_a_case_is_printed_by_the_page_for_paper_alone(
    site: Site, open_page: Opener
) -> None:
    """Circle and last day stand on each page of that one, and the log says that it was printed."""
    make = site.make
    author, reader = make.member(), make.member()
    circle = make.space(Visibility.PRIVATE, coordinator=author).circle
    case = walk(make, author).to(CaseState.SHARED, circle, reader)
    page = open_page("en")
    site.sign_in(page, author)
    page.goto(f"{site.url}/casussen/{case.id}")
    expect(page.get_by_role("heading", name="Learning question")).to_be_visible()
    expect(page.locator(".print-only")).to_be_hidden()
    page.emulate_media(media="print")
    assert re.fullmatch(r"Print this case with “Print”.*\.", page.locator(".frame").inner_text())
    page.goto(f"{site.url}/casussen/{case.id}/afdrukken")
    assert "Destroy this paper after" in page.locator("table.paper thead").inner_text()


def test_what_is_not_shared_yet_is_not_for_paper(site: Site, open_page: Opener) -> None:
    """What was printed would outlive the text, and stand outside the log."""
    make = site.make
    author, reader = make.member(), make.member()
    circle = make.space(Visibility.PRIVATE, coordinator=author).circle
    way = walk(make, author)
    case = way.to(CaseState.DRAFT, circle, reader)
    page = open_page("en")
    site.sign_in(page, author)
    url = f"{site.url}/casussen/{case.id}"

    def printed(path: str) -> str:
        page.goto(url + path)
        expect(page.locator(".print-only")).to_be_hidden()
        page.emulate_media(media="print")
        text = page.locator(".frame").inner_text()
        page.emulate_media(media="screen")
        return text

    for path in ("/schrijven", "/bevindingen", "/controle", "/voorbeeld"):
        assert re.fullmatch(r"This is not for paper yet.*\.", printed(path)), path
    way.asked(case, reader)
    site.sign_in(page, reader)
    assert re.fullmatch(r"This is not for paper yet.*\.", printed("/tweede-lezing"))
