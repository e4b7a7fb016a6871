"""The quiet check speaks up about clients, leaves talk alone, and stands before every way in."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from cop.deidentify import find
from cop.members.models import SiteRole
from cop.members.named import named
from cop.platform import clock
from cop.platform.db import db, unit_of_work
from cop.spaces import logbook, measures
from cop.spaces.circles import Visibility
from cop.textcheck import checks, clients
from cop.textcheck.checks import Purpose, check
from tests.deidentify.scoring import CASES
from tests.textcheck.ordinary import CIRCLE, MEMBERS, demo_posts, marked_cases

UNSEEN = CASES.parent / "unseen"
CLIENT = "Mevrouw Jansen (34) drinkt weer, haar zoon Daan is 9."


@pytest.fixture(autouse=True)
def only_this_check(monkeypatch):
    monkeypatch.setattr(checks._checks, "registered", [clients.looks_like_a_client])


def spoken_up(text, names=()):
    return bool(check(text, Purpose.POST, lambda: names))


# --- how often


def test_it_speaks_up_about_less_than_one_in_fifty_ordinary_posts():
    said = [spoken_up(text, names) for text, names in demo_posts()]
    assert len(said) > 300
    assert sum(said) <= len(said) / 50, f"{sum(said)} of {len(said)}"


@pytest.mark.parametrize("folder", [CASES, UNSEEN], ids=["own", "unseen"])
def test_it_speaks_up_about_nearly_every_case(folder):
    names = CIRCLE | {member["name"] for member in MEMBERS}
    said = [spoken_up(text, names) for text in marked_cases(folder)]
    assert len(said) > 40
    assert sum(said) >= 0.98 * len(said), f"{sum(said)} of {len(said)}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Wij werken bij Tactus in Deventer en zien elkaar op 3 juni in de Jaarbeurs in Utrecht.",
        "Hoi Marieke, dank je! Ik ben Sjoerd, ervaringsdeskundige bij VNN. Groet, Sjoerd Hoekstra",
        "Wie gaat er mee naar het congres op 22 november? Ik rijd vanuit Zwolle.",
        "Thanks, Martin! Docker and Ubuntu both have a package; GrimoireLab works with Bitergia.",
        "Bel gerust: 06 1000 2222 of mail loes@example.org.",
        "The parser reads two-byte UTF-8 sequences from en_GB/LC_MESSAGES and Latin-1 from the "
        "other files; the figure of 3.6M (3624412) is what Ubuntu and Debian have to load for it.",
        "Zet je export in UTF-8, dan leest het pakket van Debian de bestanden van Ubuntu wel.",
    ],
)
def test_ordinary_talk_is_left_alone(text):
    assert not spoken_up(text)


@pytest.mark.parametrize(
    "text",
    [
        CLIENT,
        "mijn client karim (27) gebruikt weer ghb, hij woont in emmen bij zn moeder fatima",
        "BSN 111222333, dhr. P. de Vries, geb. 14-02-1991, weer opgenomen.",
        "My client Mrs. Smith (34) is drinking again and her son Daniel is nine years old.",
    ],
)
def test_data_of_a_client_are_noticed(text):
    assert spoken_up(text)


def test_reasons_name_what_was_found():
    found = {CLIENT[c.start : c.end]: c.reason for c in check(CLIENT, Purpose.POST)}
    assert found["Jansen"] == "person"
    assert found["34"] == "age"


def test_it_never_raises_and_gives_places_inside_the_text():
    for text in ("\x00", "😀" * 50, "1" * 3000, "\u200b(34)", "a" * 9999, "[["):
        assert all(0 <= c.start < c.end <= len(text) for c in check(text, Purpose.POST))


# --- members


TALK = (
    "Wiebrigje Zandstra, Sytske Boersma en Hidde Postma: zij zei dat haar plan en zijn idee samen "
    "gaan, hij en zij bellen."
)
NAMED = ("Wiebrigje Zandstra", "Sytske Boersma", "Hidde Postma")


def test_members_whom_a_text_names_in_full_are_no_concern(app, make, browser):
    other = make.discussion(make.list(), make.member())
    path = f"/discussies/{other.id}"
    writer = browser(make.member())
    assert writer.send(path, {"text": TALK}, to=f"{path}/antwoord").status_code == 422
    for name in NAMED:
        make.member(name)
    assert writer.send(path, {"text": TALK}, to=f"{path}/antwoord").status_code == 302


def test_a_name_that_only_shares_a_word_with_a_members_is_nobodys():
    """A member's whole name, or a part of it, is left alone; else a circle would hide clients."""
    story = "Ik bel {} morgen, haar dochter zegt dat ze weer drinkt en dat hij haar slaat."
    members = ("Anna de Boer", "Karin Smit")
    for name, asked in (
        ("mevrouw De Wit en Truus de Groot", True),
        ("Karin Jansen en mevrouw De Wit", True),
        ("Anna Smit, Truus de Groot", True),
        ("Anna de Boer", False),
        ("mevrouw De Boer", False),
        ("Anna en Karin", False),
        ("Anna’s moeder", False),
    ):
        assert spoken_up(story.format(name), members) is asked, name


def test_nobody_learns_from_the_check_which_pseudonyms_there_are(app, make):
    space = make.space(Visibility.OPEN, pseudonyms=True)
    member = make.member("Hidde Postma")
    make.pseudonym(member, space.circle, "Wiebrigje Zandstra")
    with app.test_request_context():
        assert named(NAMED) == {"Hidde Postma"}
    assert named(NAMED) == (), "outside a page nobody is asked for"


def test_those_who_wrote_in_the_discussion_are_no_concern(app, make, browser):
    text = "Sytske en Hidde en Wiebrigje: zij zei dat haar plan en zijn idee samengaan, hij belt."
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}"
    for name, status in zip((*NAMED, "Ria Bakker"), (422, 422, 422, 302), strict=True):
        writer = browser(make.member(name))
        asked = writer.send(path, {"text": text}, to=f"{path}/antwoord")
        if asked.status_code != status:
            assert asked.status_code == 302, "with fewer strangers it may be quiet already"
        assert writer.send(path, {"text": "Eens."}, to=f"{path}/antwoord").status_code == 302
    assert asked.status_code == 302
    assert spoken_up(text)


def test_a_text_without_findings_costs_no_query(app, make, browser):
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}"
    writer = browser(make.member())
    asked = []

    def look(_connection, _cursor, statement, *_):
        asked.append("name_key" in statement and "IN (" in statement)

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        writer.send(path, {"text": "Dank je wel, dit helpt."}, to=f"{path}/antwoord")
        assert not any(asked)
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


# --- every way in


def ways() -> dict[str, Callable]:
    """Name → (make, browser) → (page, fields, address of the form or none)."""

    def in_list(make, browser):
        coordinator = make.member()
        on = make.list(coordinator=coordinator)
        return browser(coordinator), on, make.discussion(on, coordinator, posts=3)

    def in_space(make, browser):
        coordinator = make.member()
        space = make.space(coordinator=coordinator)
        return browser(coordinator), coordinator, space, f"/proeftuinen/{space.slug}"

    def start(make, browser):
        page, on, _ = in_list(make, browser)
        fields = {"title": "Een vraag", "text": CLIENT, "kind": "question"}
        return page, f"/gesprekken/{on.short_name}/nieuw", fields, None

    def title(make, browser):
        page, on, _ = in_list(make, browser)
        fields = {"title": CLIENT, "text": "Wie weet raad?", "kind": "question"}
        return page, f"/gesprekken/{on.short_name}/nieuw", fields, None

    def start_note(make, browser):
        page, on, _ = in_list(make, browser)
        fields = {"title": "x", "text": "Raad?", "kind": "question", "content_note": CLIENT}
        return page, f"/gesprekken/{on.short_name}/nieuw", fields, None

    def answer(make, browser):
        page, _, discussion = in_list(make, browser)
        path = f"/discussies/{discussion.id}"
        return page, path, {"text": CLIENT}, f"{path}/antwoord"

    def of_post(way, fields, number=2):
        def made(make, browser):
            page, _, discussion = in_list(make, browser)
            with unit_of_work() as session:
                from sqlalchemy import select

                from cop.discussions.models import Post

                post_id = session.scalars(
                    select(Post.id).where(
                        Post.discussion_id == discussion.id, Post.number == number
                    )
                ).one()
            return page, f"/berichten/{post_id}/{way}", fields, None

        return made

    def outcome(make, browser):
        page, _, discussion = in_list(make, browser)
        return page, f"/discussies/{discussion.id}/opbrengst", {"outcome": CLIENT}, None

    def list_settings(make, browser):
        page, on, _ = in_list(make, browser)
        return page, f"/gesprekken/{on.short_name}/instellingen", {"description": CLIENT}, None

    def new_list(make, browser):
        fields = {"name": "Werk", "short_name": "werk", "description": CLIENT}
        page = browser(make.member(site_role=SiteRole.ADMINISTRATOR))
        return page, "/lijsten/nieuw", fields, None

    def profile(make, browser):
        return browser(make.member()), "/ik/profiel", {"about": CLIENT}, None

    def new_space(make, browser):
        fields = {"name": "Samen thuis", "summary": CLIENT}
        return browser(make.member()), "/proeftuinen/nieuw", fields, None

    def space(make, browser):
        page, _, _, url = in_space(make, browser)
        return page, f"{url}/bewerken", {"aim": CLIENT}, None

    def logbook_new(make, browser):
        page, _, _, url = in_space(make, browser)
        return page, f"{url}/logboek/nieuw", {"title": "Week 3", "source": CLIENT}, None

    def logbook_change(make, browser):
        page, coordinator, space, url = in_space(make, browser)
        with unit_of_work() as session:
            entry = logbook.add(
                session, make.actor(coordinator), space.id, "Week 3", "Rustig.", clock.now()
            )
            entry_id = entry.id
        return page, f"{url}/logboek/{entry_id}/bewerken", {"source": CLIENT}, None

    def file(make, browser):
        page, _, _, url = in_space(make, browser)
        fields = {"file": (io.BytesIO(b"los"), "los.txt"), "title": CLIENT}
        return page, f"{url}/bestanden/nieuw", fields, None

    def measure(make, browser):
        page, _, _, url = in_space(make, browser)
        fields = {"kind": "quality_of_life", "definition": CLIENT}
        return page, f"{url}/metingen/nieuw", fields, None

    def a_measure(make, coordinator, space):
        with unit_of_work() as session:
            details = measures.MeasureDetails(kind="quality_of_life")
            made = measures.add(session, make.actor(coordinator), space.id, details, clock.now())
            return made.id

    def measure_change(make, browser):
        page, coordinator, space, url = in_space(make, browser)
        made = a_measure(make, coordinator, space)
        return page, f"{url}/metingen/{made}/bewerken", {"definition": CLIENT}, None

    def value(make, browser):
        page, coordinator, space, url = in_space(make, browser)
        made = a_measure(make, coordinator, space)
        fields = {"on": "2026-03-01", "value": "12", "people": "12", "note": CLIENT}
        return page, f"{url}/metingen/{made}", fields, None

    def invitation(make, browser):
        page, _, space, _ = in_space(make, browser)
        handle = make.persona(make.member()).handle
        path = f"/kringen/{space.circle_id}/uitnodigen"
        return page, path, {"handle": handle, "words": CLIENT}, None

    def site(make, browser):
        page = browser(make.member(site_role=SiteRole.ADMINISTRATOR))
        fields = {"name": "De Tafel", "welcome": CLIENT, "sign_up": "open"}
        return page, "/beheer/instellingen", fields, None

    return {
        "a discussion": start,
        "a title": title,
        "a note on content with a new discussion": start_note,
        "an answer": answer,
        "an edit": of_post("bewerken", {"text": CLIENT}),
        "an edited title": of_post("bewerken", {"title": CLIENT}, 1),
        "a note on content": of_post("waarschuwing", {"content_note": CLIENT}),
        "a title of what is split off": of_post("splitsen", {"title": CLIENT, "numbers": ["2"]}),
        "an outcome": outcome,
        "a list's settings": list_settings,
        "a new list": new_list,
        "a profile": profile,
        "a new space": new_space,
        "a space": space,
        "a logbook entry": logbook_new,
        "a changed logbook entry": logbook_change,
        "a file's title": file,
        "a measure": measure,
        "a changed measure": measure_change,
        "a value's note": value,
        "an invitation's words": invitation,
        "the site's welcome": site,
    }


@pytest.mark.parametrize("way", ways())
def test_every_way_in_asks_once_and_lets_the_author_go_on(app, make, browser, way):
    page, path, fields, to = ways()[way](make, browser)
    more = {"content_type": "multipart/form-data"} if "file" in fields else {}
    asked = page.send(path, fields, to=to, **more)
    assert asked.status_code == 422, way
    assert "This looks like data of a client" in asked.text
    assert "<mark>Jansen</mark>" in asked.text
    assert "<mark>34</mark>" in asked.text
    assert asked.text.count('name="anyway"') == 1
    target = re.search(r'<a href="#([\w-]+)">Change the text</a>', asked.text)
    assert target, "one step to change it"
    assert f'id="{target[1]}"' in asked.text
    assert "drinkt weer" in re.sub(r"<mark>.*?</mark>", "", asked.text), "what was typed is kept"
    if "file" in fields:
        fields["file"] = (io.BytesIO(b"los"), "los.txt")
    gone_on = page.send(path, fields | {"anyway": "yes"}, to=to, **more)
    assert gone_on.status_code == 302, way


def test_whoever_mends_a_word_elsewhere_is_not_asked_again(app, make, browser):
    _, _, fields, _ = ways()["a note on content"](make, browser)
    author = make.member()
    discussion = make.discussion(make.list(), author, text=CLIENT)
    with unit_of_work() as session:
        from sqlalchemy import select

        from cop.discussions.models import Post

        post_id = session.scalars(select(Post.id).where(Post.discussion_id == discussion.id)).one()
    path = f"/berichten/{post_id}/bewerken"
    assert browser(author).send(path, {"content_note": "Drank"}).status_code == 302
    assert fields


def test_the_application_registers_the_check_when_it_starts(app):
    from cop import wiring

    assert "looks_like_a_client" in Path(wiring.__file__).read_text(encoding="utf-8")
    assert clients._members.named is not None


def test_findings_are_of_the_finder():
    spans = {(s.start, s.end) for s in find(CLIENT)}
    assert {(c.start, c.end) for c in check(CLIENT, Purpose.POST)} <= spans
