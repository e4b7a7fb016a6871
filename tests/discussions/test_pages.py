"""The pages of lists and discussions, as a browser without scripts meets them."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import event, func, select, update

from cop.discussions.models import (
    Attachment,
    Discussion,
    DiscussionKind,
    DiscussionTheme,
    Draft,
    Post,
    ReadMark,
)
from cop.members.models import Persona, Theme
from cop.notifications.models import Notification
from cop.platform import clock, storage, worker
from cop.platform.db import db, reading, unit_of_work
from cop.platform.storage import StoredFile
from cop.spaces.circles import Standing, Visibility
from cop.textcheck import checks


def count(model):
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def post_id(discussion, number=1):
    with reading() as session:
        return session.scalars(
            select(Post.id).where(Post.discussion_id == discussion.id, Post.number == number)
        ).one()


class Queries:
    """Counts what is sent to the database."""

    def __init__(self):
        self.count = 0

    def __enter__(self):
        event.listen(db.engine, "before_cursor_execute", self._one)
        return self

    def __exit__(self, *_):
        event.remove(db.engine, "before_cursor_execute", self._one)

    def _one(self, _connection, _cursor, statement, *_):
        self.count += not statement.startswith("BEGIN")


# --- reading


@pytest.mark.parametrize(
    ("wanted", "first", "k"),
    [
        ("", 1, 1),
        ("?vanaf=1", 1, 1),
        ("?vanaf=30", 1, 1),
        ("?vanaf=31", 31, 2),
        ("?vanaf=61", 61, 3),
        ("?vanaf=9999", 61, 3),
        ("?vanaf=-5", 1, 1),
        ("?vanaf=x", 1, 1),
    ],
)
def test_a_page_is_a_window_of_thirty_numbers(make, browser, wanted, first, k):
    discussion = make.discussion(make.list(), make.member(), posts=65)
    page = browser(make.member()).get(f"/discussies/{discussion.id}{wanted}").text
    numbers = [int(n) for n in re.findall(r'data-number="(\d+)"', page)]
    assert numbers == list(range(first, min(first + 30, 66)))
    assert f"Page {k} of 3" in page


def test_a_permanent_link_leads_to_the_page_of_its_post(make, browser):
    discussion = make.discussion(make.list(), make.member(), posts=40)
    id = post_id(discussion, 35)
    answer = browser().get(f"/berichten/{id}")
    assert answer.status_code == 404  # an open list is not for visitors
    answer = browser(make.member()).get(f"/berichten/{id}")
    assert answer.headers["Location"] == f"/discussies/{discussion.id}?vanaf=31#bericht-{id}"


def test_what_is_new_is_marked_and_linked_to(make, browser):
    discussion = make.discussion(make.list(), make.member(), posts=40)
    reader = make.member()
    seen = browser(reader)
    assert 'id="nieuw"' not in seen.get(f"/discussies/{discussion.id}").text  # the first visit
    again = seen.get(f"/discussies/{discussion.id}").text
    assert f"/discussies/{discussion.id}?vanaf=31#nieuw" in again
    page = seen.get(f"/discussies/{discussion.id}?vanaf=31").text
    assert re.search(r'id="nieuw".*?data-number="31"', page, re.DOTALL)
    assert "#nieuw" not in seen.get(f"/discussies/{discussion.id}").text


def test_a_list_leads_to_what_is_new(make, browser):
    on, author, reader = make.list(), make.member(), make.member()
    with unit_of_work() as session:
        session.merge(reader).created_at = clock.now() - timedelta(days=30)
    discussion = make.discussion(on, author, posts=40, title="Nieuws")
    seen = browser(reader)
    assert "is-new" in seen.get(f"/gesprekken/{on.short_name}").text
    assert "1 new" in seen.get("/gesprekken").text
    seen.get(f"/discussies/{discussion.id}?vanaf=31")
    assert "is-new" not in seen.get(f"/gesprekken/{on.short_name}").text
    with unit_of_work() as session:
        session.execute(update(Discussion).values(last_number=41, last_post_at=clock.now()))
    page = seen.get(f"/gesprekken/{on.short_name}").text
    assert f'href="/discussies/{discussion.id}?vanaf=31#nieuw"' in page
    assert seen.post(f"/gesprekken/{on.short_name}/gelezen").status_code == 302
    assert "is-new" not in seen.get(f"/gesprekken/{on.short_name}").text


def test_one_list_marked_as_read_says_nothing_of_the_others(make, browser):
    one, two = make.list(), make.list()
    author, reader = make.member(), make.member()
    with unit_of_work() as session:
        session.merge(reader).created_at = clock.now() - timedelta(days=30)
    found = {on.short_name: [make.discussion(on, author) for _ in range(2)] for on in (one, two)}
    seen = browser(reader)

    def new():
        return {name: seen.get(f"/gesprekken/{name}").text.count("is-new") for name in found}

    assert new() == {one.short_name: 2, two.short_name: 2}
    seen.post(f"/gesprekken/{one.short_name}/gelezen")
    assert new() == {one.short_name: 0, two.short_name: 2}
    seen.post(f"/gesprekken/{two.short_name}/gelezen")
    assert new() == {one.short_name: 0, two.short_name: 0}
    addresses = ["/", "/gesprekken", *(f"/discussies/{d.id}" for ds in found.values() for d in ds)]
    assert {seen.get(address).status_code for address in addresses} == {200}


def test_what_stood_there_before_one_came_is_not_new(make, browser):
    on = make.list()
    make.discussion(on, make.member())
    with unit_of_work() as session:
        session.execute(update(Discussion).values(last_post_at=clock.now() - timedelta(days=1)))
    assert "is-new" not in browser(make.member()).get(f"/gesprekken/{on.short_name}").text


def test_reading_writes_only_when_the_mark_moves(make, browser):
    discussion = make.discussion(make.list(), make.member(), posts=3)
    reader = browser(make.member())
    with Queries() as first:
        reader.get(f"/discussies/{discussion.id}")
    with Queries() as second:
        reader.get(f"/discussies/{discussion.id}")
    assert first.count > second.count
    with reading() as session:
        assert session.scalars(select(ReadMark.number)).one() == 3


def test_discussions_come_pinned_first_then_most_recent_by_page(make, browser):
    on, author = make.list(), make.member()
    base = clock.now() - timedelta(days=1)
    for n in range(60):
        made = make.discussion(on, author, title=f"Titel {n:02d}", pinned=n == 5)
        with unit_of_work() as session:
            session.execute(
                update(Discussion)
                .where(Discussion.id == made.id)
                .values(last_post_at=base + timedelta(seconds=n // 3))
            )
    reader, found, url = browser(make.member()), [], f"/gesprekken/{on.short_name}"
    pages = []
    while url:
        page = reader.get(url).text
        pages.append(re.findall(r"Titel \d\d", page))
        found += pages[-1]
        link = re.search(r'href="([^"]*\?ouder=[^"]*)"', page)
        last, url = page, link[1] if link else None
    rest = [f"Titel {n:02d}" for n in range(59, -1, -1) if n != 5]
    assert found == ["Titel 05", *rest]
    back = re.search(r'href="([^"]*\?nieuwer=[^"]*)"', last)[1]
    assert re.findall(r"Titel \d\d", reader.get(back).text) == pages[-2]


def test_filters_by_kind_theme_and_what_lacks_an_outcome(make, browser):
    on, author, now = make.list(), make.member(), clock.now()
    make.discussion(on, author, title="Vraag", kind=DiscussionKind.QUESTION)
    make.discussion(on, author, title="Dicht zonder", posts=2, closed_at=now)
    make.discussion(on, author, title="Dicht met", posts=2, closed_at=now, outcome_at=now)
    running = make.discussion(on, author, title="Loopt", posts=2)
    with reading() as session:
        theme_id = session.scalars(select(Theme.id).where(Theme.slug == "alcohol")).one()
    make.save(DiscussionTheme(discussion_id=running.id, theme_id=theme_id))
    reader = browser(make.member())
    url = f"/gesprekken/{on.short_name}"
    titles = lambda page: set(re.findall(r'row-title"><a[^>]*>([^<]*)<', page))  # noqa: E731
    assert titles(reader.get(f"{url}?soort=question").text) == {"Vraag"}
    assert titles(reader.get(f"{url}?zonder=opbrengst").text) == {"Dicht zonder"}
    assert titles(reader.get(f"{url}?thema=alcohol").text) == {"Loopt"}
    assert titles(reader.get(f"{url}?thema=gokken").text) == set()
    for odd in ("?soort=x", "?ouder=x", "?ouder=1-2-3-4", "?nieuwer=9-99999999999999999-1"):
        assert reader.get(url + odd).status_code == 200


def test_a_discussion_says_how_many_minutes_it_takes(make, browser):
    """In its list, over all lists and on every part of its own page: those of the whole."""
    on, member = make.list(), make.member()
    made = make.discussion(on, make.member(), posts=32, text="woord " * 30)
    make.join(member, on.circle)
    shown = re.compile(r'class="minutes">.*?(\d+) minutes?</span>', re.DOTALL)
    for path in (f"/gesprekken/{on.short_name}", "/gesprekken", f"/discussies/{made.id}?vanaf=31"):
        assert "5" in shown.findall(browser(member).get(path).text), path


@pytest.mark.parametrize("where", ["/discussies/{d}", "/gesprekken/{l}", "/gesprekken"])
def test_a_page_runs_as_many_queries_for_little_as_for_much(make, browser, where):
    on, reader = make.list(), make.member()
    authors = [make.member() for _ in range(3)]
    small = make.discussion(on, authors[0], posts=1)
    big = make.discussion(on, authors[1], posts=95)
    browser(reader).get(f"/discussies/{big.id}?vanaf=95")
    counts = set()
    seen = browser(reader)
    for wanted in ("", "?vanaf=31", "?vanaf=91"):
        for discussion in (small, big):
            path = where.format(d=discussion.id, l=on.short_name)
            seen.get(path + wanted)
            with Queries() as queries:
                assert seen.get(path + wanted).status_code == 200
            counts.add(queries.count)
        for _ in range(5):
            make.discussion(make.list(), authors[2])
    assert len(counts) == 1
    assert counts.pop() <= 10


def test_visitors_read_public_lists_only(make, browser):
    for visibility in Visibility:
        on = make.list(visibility)
        discussion = make.discussion(on, make.member())
        readable = visibility == Visibility.PUBLIC
        assert (browser().get(f"/discussies/{discussion.id}").status_code == 200) is readable
        assert (on.name in browser().get("/gesprekken").text) is readable


def test_a_closed_list_is_found_but_not_read(make, browser):
    on = make.list(Visibility.CLOSED, name="Besloten groep")
    outside, in_it = make.member(), make.member()
    make.join(in_it, on.circle)
    make.discussion(on, make.member(), title="Geheim")
    reader = browser(outside)
    page = reader.get(f"/gesprekken/{on.short_name}").text
    assert "Besloten groep" in page
    index = reader.get("/gesprekken").text
    assert "Besloten groep" in index
    assert "Geheim" not in page + index
    assert "1 new" not in page + index  # nor how much is said there
    assert "1 new" in browser(in_it).get("/gesprekken").text


def test_no_page_tells_who_has_read_what(make, browser):
    discussion = make.discussion(make.list(), make.member())
    reader = make.member("Stille Lezer")
    browser(reader).get(f"/discussies/{discussion.id}")
    for other in (browser(make.member()), browser(make.member(site_role="administrator"))):
        for path in (f"/discussies/{discussion.id}", "/gesprekken"):
            assert "Stille Lezer" not in other.get(path).text


def test_what_members_write_is_never_markup(make, browser):
    evil = '"><img src=x onerror=alert(1)>'
    author = make.member(evil)
    on = make.list(Visibility.OPEN, name=evil)
    discussion = make.discussion(on, author, title=evil, content_note=evil)
    with unit_of_work() as session:
        session.execute(update(Post).values(content_note=evil))
        file = StoredFile(
            key="k" * 43,
            name=evil,
            media_type="text/plain",
            size=3,
            sha256="0" * 64,
            created_at=clock.now(),
        )
        session.add(file)
        session.flush()
        session.add(Attachment(post_id=post_id(discussion), file_id=file.id))
    for path in (
        f"/discussies/{discussion.id}",
        f"/discussies/{discussion.id}/nieuw",
        f"/gesprekken/{on.short_name}",
        f"/gesprekken/{on.short_name}/nieuw",
        "/gesprekken",
    ):
        page = browser(make.member()).get(path).text
        assert "<img src=x" not in page, path


def test_removed_and_folded_posts_show_what_stays_visible(make, browser, now):
    author = make.member()
    discussion = make.discussion(make.list(), author, posts=3, text="Verboden woord")
    with unit_of_work() as session:
        session.execute(update(Post).where(Post.number == 2).values(deleted_at=now))
        session.execute(update(Post).where(Post.number == 3).values(hidden_at=now))
    page = browser(make.member()).get(f"/discussies/{discussion.id}").text
    assert page.count("Verboden woord") == 1
    assert "The writer removed this post." in page
    assert "folded away until its writer has changed it" in page
    own = browser(author).get(f"/discussies/{discussion.id}").text
    assert own.count("Verboden woord") == 2  # who wrote it sees what is to be changed


# --- pseudonyms


def test_a_pseudonym_is_all_that_others_get(make, browser):
    on = make.list(Visibility.OPEN, pseudonyms=True)
    member = make.member("Fatima Benali", handle="fatima-benali")
    make.pseudonym(member, on.circle, "Zeemeeuw")
    writer = browser(member)
    answer = writer.send(f"/gesprekken/{on.short_name}/nieuw", {"title": "Titel", "text": "Ik"})
    path = answer.headers["Location"]
    assert "You write here as Zeemeeuw." in writer.get(path).text
    reader = browser(make.member())
    for page in (path, f"{path}/nieuw", f"/gesprekken/{on.short_name}", "/gesprekken"):
        text = reader.get(page).text
        assert "Zeemeeuw" in text
        assert "Fatima" not in text
        assert "fatima" not in text


# --- writing


def test_an_answer_is_posted_and_shown(make, browser):
    discussion = make.discussion(make.list(), make.member(), posts=30)
    writer = browser(make.member())
    path = f"/discussies/{discussion.id}"
    answer = writer.send(path, {"text": "Dit **hielp** ons."}, to=f"{path}/antwoord")
    assert answer.status_code == 302
    id = post_id(discussion, 31)
    assert answer.headers["Location"] == f"{path}?vanaf=31#bericht-{id}"
    assert "Dit <strong>hielp</strong> ons." in writer.get(f"{path}?vanaf=31").text


def test_a_form_sent_twice_posts_once(make, browser):
    discussion = make.discussion(make.list(), make.member())
    writer = browser(make.member())
    form = {"text": "Een keer", "client_id": "zelfde"}
    sent = [writer.post(f"/discussies/{discussion.id}/antwoord", form) for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]
    assert count(Post) == 2
    on = make.list()
    form = {"kind": "question", "title": "Eens", "text": "Een keer", "client_id": "start"}
    sent = [writer.post(f"/gesprekken/{on.short_name}/nieuw", form) for _ in range(2)]
    assert sent[0].headers["Location"] == sent[1].headers["Location"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": ""}, "Write something first."),
        ({"text": "   "}, "Write something first."),
        ({"text": "\u200b\u00ad\u2060 \u3164"}, "Write something first."),
        ({"text": "a" * 1_000_000}, "At most 60,000 characters; this has 1,000,000."),
        ({"text": "Goed", "content_note": "n" * 500}, "At most 120 characters; this has 500."),
    ],
)
def test_a_refused_answer_says_why_and_keeps_the_text(make, browser, fields, says):
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}"
    answer = browser(make.member()).send(path, fields, to=f"{path}/antwoord")
    assert answer.status_code == 422
    assert says in answer.text
    assert fields["text"].strip() in answer.text
    assert count(Post) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"title": ""}, "Give it a title."),
        ({"title": "\u200b \u00ad"}, "Give it a title."),
        ({"title": "t" * 5000}, "At most 200 characters; this has 5,000."),
        ({"text": ""}, "Write something first."),
        ({"kind": "anders"}, "Choose one of the list, please."),
        ({"themes": ["999999"]}, "Choose one of the list, please."),
    ],
)
def test_a_refused_start_says_why_and_keeps_everything(make, browser, fields, says):
    on = make.list()
    form = {"title": "Mijn titel", "text": "Mijn tekst", "kind": "question"} | fields
    answer = browser(make.member()).send(f"/gesprekken/{on.short_name}/nieuw", form)
    assert answer.status_code == 422
    assert says in answer.text
    for kept in ("title", "text"):
        assert form[kept] in answer.text
    assert count(Discussion) == 0


def test_text_that_is_not_utf8_is_refused_in_one_sentence(make, browser):
    discussion = make.discussion(make.list(), make.member())
    writer = browser(make.member())
    token = writer._fresh_token().encode()
    answer = writer._post(
        f"/discussies/{discussion.id}/antwoord",
        data=b"text=%ff%fe+mijn+woorden&client_id=geheim&csrf_token=" + token,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    assert "could not be read" in answer.text
    assert "\ufffd\ufffd mijn woorden</textarea>" in answer.text
    assert ">Your text</label>" in answer.text
    assert "client_id" not in answer.text
    assert "geheim" not in answer.text
    assert count(Post) == 1


def test_a_preview_shows_the_text_and_posts_nothing(make, browser):
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}"
    answer = browser(make.member()).send(
        path, {"text": "Zo **wordt** het", "preview": "1"}, to=f"{path}/antwoord"
    )
    assert answer.status_code == 200
    assert "Zo <strong>wordt</strong> het" in answer.text
    assert "Zo **wordt** het" in answer.text
    assert count(Post) == 1


def test_a_closed_discussion_gives_the_text_back(make, browser):
    author = make.member()
    discussion = make.discussion(make.list(), author)
    writer = browser(author)
    with unit_of_work() as session:
        session.execute(update(Discussion).values(closed_at=clock.now()))
    answer = writer.post(f"/discussies/{discussion.id}/antwoord", {"text": "Net te laat"})
    assert answer.status_code == 422
    assert "Net te laat" in answer.text
    assert count(Post) == 1


def test_an_answer_to_a_removed_post_is_kept_and_can_be_placed_after_all(make, browser):
    author = make.member()
    discussion = make.discussion(make.list(), author, posts=2)
    writer, path = browser(author), f"/discussies/{discussion.id}/antwoord"
    fields = {"text": "Daar zeg je wat", "in_reply_to": str(post_id(discussion, 2))}
    with unit_of_work() as session:
        session.execute(update(Post).where(Post.number == 2).values(deleted_at=clock.now()))
    refused = writer.post(path, fields)
    assert refused.status_code == 422
    assert refused.text.count("The post that you answer is gone.") == 2  # beside it, and on top
    assert "Daar zeg je wat</textarea>" in refused.text
    assert re.search(r'name="in_reply_to" type="hidden" value=""', refused.text)
    assert count(Post) == 2
    assert writer.post(path, fields | {"in_reply_to": ""}).status_code == 302
    assert count(Post) == 3


def test_an_answer_in_a_discussion_that_is_gone_gives_the_text_back(make, browser):
    writer = browser(make.member())
    answer = writer.post("/discussies/99999/antwoord", {"text": "Een lang\nverhaal"})
    assert answer.status_code == 404
    assert "Een lang\nverhaal</textarea>" in answer.text


def test_the_author_decides_about_what_a_check_finds(make, browser, monkeypatch):
    found = lambda text, *_: [checks.Concern(0, 3, "test")] if "Jan" in text else []  # noqa: E731
    monkeypatch.setattr(checks._checks, "registered", [found])
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}"
    writer = browser(make.member())
    asked = writer.send(path, {"text": "Jan woont daar"}, to=f"{path}/antwoord")
    assert asked.status_code == 422
    assert "<mark>Jan</mark>" in asked.text
    assert count(Post) == 1
    fields = {"text": "Jan woont daar", "anyway": "yes"}
    assert writer.send(path, fields, to=f"{path}/antwoord").status_code == 302
    assert count(Post) == 2


def test_words_of_crisis_show_the_writer_where_help_is(make, browser):
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}"
    writer = browser(make.member())
    answer = writer.send(path, {"text": "Ik wil niet meer leven"}, to=f"{path}/antwoord")
    assert answer.status_code == 302
    # It waits in the form, hidden, for words that are being typed; after posting it is shown.
    waiting = browser(make.member()).get(path).text.count("0800-0113")
    shown = writer.get(answer.headers["Location"]).text
    assert shown.count("0800-0113") == waiting + 1
    panel = shown.split('<section class="crisis"')[1].split("</section>")[0]
    for help_there_is in ('href="tel:113"', 'href="tel:112"', "the doctors", "/hulp"):
        assert help_there_is in panel


def test_quoting_a_post_puts_it_in_the_form(make, browser):
    author = make.member("Ruud Jansen")
    discussion = make.discussion(make.list(), author, text="Eerste regel\n\nTweede regel")
    id = post_id(discussion)
    page = browser(make.member()).get(f"/discussies/{discussion.id}?citeer={id}").text
    assert f"&gt; [Ruud Jansen](/berichten/{id}):\n&gt;\n&gt; Eerste regel" in page
    other = make.discussion(make.list(Visibility.PRIVATE), author, text="Geheim")
    page = browser(make.member()).get(f"/discussies/{discussion.id}?citeer={post_id(other)}").text
    assert "Geheim" not in page


# --- files


def _file(name="verslag.txt", data=b"Een verslag."):
    return (BytesIO(data), name)


def test_files_go_with_a_post_and_only_readers_get_them(make, browser):
    on = make.list(Visibility.CLOSED)
    author = make.member()
    make.join(author, on.circle)
    discussion = make.discussion(on, author)
    writer = browser(author)
    fields = {"text": "Zie bijlage", "attachments": [_file(), _file("foto.txt", b"Nog een.")]}
    answer = writer.post(
        f"/discussies/{discussion.id}/antwoord", fields, content_type="multipart/form-data"
    )
    assert answer.status_code == 302
    page = writer.get(f"/discussies/{discussion.id}").text
    urls = re.findall(r'href="(/bestanden/[^"]+)"', page)
    assert len(urls) == 2
    got = writer.get(urls[0])
    assert got.data == b"Een verslag."
    assert got.headers["Content-Disposition"].startswith("attachment")
    got.close()
    assert browser(make.member()).get(urls[0]).status_code == 404
    with unit_of_work() as session:
        session.execute(update(Post).values(deleted_at=clock.now()))
    assert writer.get(urls[0]).status_code == 404


def test_a_refused_file_keeps_the_text_and_the_other_files(make, browser):
    discussion = make.discussion(make.list(), make.member())
    writer = browser(make.member())
    path = f"/discussies/{discussion.id}"
    fields = {
        "text": "Kijk eens",
        "attachments": [_file("goed.txt"), _file("foto.png", b"MZ\x90\x00 geen plaatje")],
    }
    answer = writer.post(f"{path}/antwoord", fields, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Kijk eens" in answer.text
    assert "goed.txt" in answer.text
    assert "foto.png" in answer.text
    assert count(Post) == 1
    key = re.search(r'name="kept_file" value="([^"]+)"', answer.text)[1]
    fields = {"text": "Kijk eens", "listed_file": key, "kept_file": key}
    assert writer.post(f"{path}/antwoord", fields).status_code == 302
    assert f"/bestanden/{key}/" in writer.get(path).text
    assert count(Draft) == 0


def test_an_unticked_file_does_not_go_along(make, browser):
    discussion = make.discussion(make.list(), make.member())
    writer = browser(make.member())
    path = f"/discussies/{discussion.id}"
    fields = {"text": "", "attachments": [_file("weg.txt")]}
    answer = writer.post(f"{path}/antwoord", fields, content_type="multipart/form-data")
    key = re.search(r'name="kept_file" value="([^"]+)"', answer.text)[1]
    writer.post(f"{path}/antwoord", {"text": "Zonder", "listed_file": key})
    assert count(Attachment) == 0
    assert count(StoredFile) == 0


def test_a_file_of_somebody_elses_draft_cannot_be_taken(make, browser):
    discussion = make.discussion(make.list(), make.member())
    path = f"/discussies/{discussion.id}/antwoord"
    fields = {"text": "", "attachments": [_file("prive.txt")]}
    answer = browser(make.member()).post(path, fields, content_type="multipart/form-data")
    key = re.search(r'name="kept_file" value="([^"]+)"', answer.text)[1]
    thief = browser(make.member())
    thief.post(path, {"text": "Mijn", "listed_file": key, "kept_file": key})
    assert count(Attachment) == 0
    assert thief.get(f"/bestanden/{key}/prive.txt").status_code == 404


# --- drafts


def _save(browser_, place, fields):
    return browser_._post(
        f"/concepten/{place}", json=fields, headers={"X-CSRFToken": browser_._fresh_token()}
    )


def test_json_that_is_nested_too_deep_is_refused_like_any_other(make, browser):
    discussion = make.discussion(make.list(), make.member())
    writer = browser(make.member())
    headers = {"X-CSRFToken": writer._fresh_token(), "Accept": "application/json"}
    for sent in ("[" * 100_000, '{"a":' * 100_000, "[]", "niets"):
        answer = writer._post(
            f"/concepten/discussion:{discussion.id}",
            data=sent,
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == 422
        assert "could not be read" in answer.text


def test_a_draft_is_kept_encrypted_restored_and_removed_by_posting(make, browser):
    discussion = make.discussion(make.list(), make.member())
    path, place = f"/discussies/{discussion.id}", f"discussion:{discussion.id}"
    writer = browser(make.member())
    assert _save(writer, place, {"text": "Halve zin over iets"}).json["saved"] is True
    with db.engine.connect() as connection:
        stored = bytes(connection.exec_driver_sql("SELECT content FROM draft").scalar_one())
    assert b"Halve zin" not in stored
    assert "Halve zin over iets" in writer.get(path).text
    assert "Halve zin" not in browser(make.member()).get(path).text
    writer.send(path, {"text": "Hele zin"}, to=f"{path}/antwoord")
    assert count(Draft) == 0


def test_an_empty_draft_is_no_draft(make, browser):
    discussion = make.discussion(make.list(), make.member())
    writer, place = browser(make.member()), f"discussion:{discussion.id}"
    _save(writer, place, {"text": "x"})
    assert _save(writer, place, {}).json["saved"] is False
    assert count(Draft) == 0


@pytest.mark.parametrize("fields", [[], "x", 5, {"text": {"a": 1}}, {"text": "x" * 300_000}])
def test_nonsense_is_no_draft(make, browser, fields):
    discussion = make.discussion(make.list(), make.member())
    answer = _save(browser(make.member()), f"discussion:{discussion.id}", fields)
    assert answer.status_code == 422
    assert count(Draft) == 0


def test_a_draft_has_a_place_that_one_may_read(make, browser):
    hidden = make.discussion(make.list(Visibility.PRIVATE), make.member())
    writer = browser(make.member())
    for place in (f"discussion:{hidden.id}", "discussion:0", "list:99999", "x", "discussion:x"):
        assert _save(writer, place, {"text": "x"}).status_code == 404


def test_an_ended_sign_in_brings_the_text_along(make, browser):
    discussion = make.discussion(make.list(Visibility.PUBLIC), make.member())
    visitor = browser()
    answer = visitor.post(f"/discussies/{discussion.id}/antwoord", {"text": "Niet kwijt"})
    assert answer.status_code == 401
    assert "Niet kwijt" in answer.text


# --- reactions, mentions, following


def test_reactions_are_toggled_by_a_button_and_by_a_script(make, browser):
    discussion = make.discussion(make.list(), make.member())
    id = post_id(discussion)
    reader = browser(make.member())
    assert reader.post(f"/berichten/{id}/dank").status_code == 302
    page = reader.get(f"/discussies/{discussion.id}").text
    assert f'formaction="/berichten/{id}/dank" aria-pressed="true">Thanks <b>1</b>' in page
    answer = reader.post(f"/berichten/{id}/dank", headers={"Accept": "application/json"})
    assert answer.json == {"given": False, "count": 0}


def test_only_those_who_may_read_are_suggested_and_told(make, browser):
    on = make.list(Visibility.CLOSED, pseudonyms=True)
    inside, outside = (
        make.member("Ina Binnen", handle="ina"),
        make.member("Ina Buiten", handle="inb"),
    )
    hidden = make.member("Ina Geheim", handle="inc")
    author = make.member()
    for member in (inside, author):
        make.join(member, on.circle)
    pseudonym = make.pseudonym(hidden, on.circle, "Ina Meeuw")
    discussion = make.discussion(on, author)
    writer = browser(author)
    place = f"discussion:{discussion.id}"
    found = writer.get(f"/noemen/{place}?q=ina").json["people"]
    assert {p["name"] for p in found} == {"Ina Binnen", "Ina Meeuw"}
    assert browser(outside).get(f"/noemen/{place}?q=ina").status_code == 404
    text = (
        f"Dag @{make.persona(inside).handle} @{make.persona(outside).handle} "
        f"@{make.persona(hidden).handle} @{pseudonym.handle}"
    )
    writer.post(f"/discussies/{discussion.id}/antwoord", {"text": text})
    worker.run_due()
    with reading() as session:
        told = set(
            session.scalars(
                select(Notification.member_id).where(Notification.kind == "discussions.mention")
            )
        )
        post = session.scalars(select(Post).where(Post.number == 2)).one()
    assert told == {inside.id, hidden.id}
    assert post.html.count('class="mention"') == 2


def _told(member, kind=None):
    with reading() as session:
        rows = session.scalars(select(Notification).where(Notification.member_id == member.id))
        return [n.kind for n in rows if kind in (None, n.kind)]


def test_followers_hear_once_until_they_have_read(make, browser):
    author, follower, writer = make.member(), make.member(), make.member()
    discussion = make.discussion(make.list(), author, title="Slapen")
    path = f"/discussies/{discussion.id}"
    reading_browser = browser(follower)
    reading_browser.post(f"{path}/volgen")
    for _ in range(3):
        browser(writer).post(f"{path}/antwoord", {"text": "Nog een"})
        worker.run_due()
    assert _told(follower) == ["discussions.answers"]
    assert _told(author) == ["discussions.own"]
    assert _told(writer) == []
    assert "3 new answers in “Slapen”" in reading_browser.get("/meldingen").text
    assert "3 new answers to your “Slapen”" in browser(author).get("/meldingen").text
    reading_browser.get(path)
    with reading() as session:
        unread = session.scalars(
            select(Notification.id).where(
                Notification.member_id == follower.id, Notification.read_at.is_(None)
            )
        ).all()
    assert unread == []
    browser(writer).post(f"{path}/antwoord", {"text": "En weer"})
    worker.run_due()
    assert _told(follower) == ["discussions.answers"] * 2


def _unread(member):
    with reading() as session:
        return set(
            session.scalars(
                select(Notification.kind).where(
                    Notification.member_id == member.id, Notification.read_at.is_(None)
                )
            )
        )


@pytest.mark.parametrize("worker_first", [True, False])
def test_what_was_read_as_it_came_in_rings_no_more(make, browser, worker_first):
    """Whichever is first: the open page that reads it, or the worker that tells of it."""
    author, follower, named, away = (make.member() for _ in range(4))
    discussion = make.discussion(make.list(), author)
    path = f"/discussies/{discussion.id}"
    pages = {member.id: browser(member) for member in (author, follower, named)}
    pages[follower.id].post(f"{path}/volgen")
    worker.run_due()
    for page in pages.values():
        page.get(path)
    people = f"@{make.persona(named).handle} @{make.persona(away).handle}"
    browser(make.member()).post(f"{path}/antwoord", {"text": f"{people} Zie dit"})
    if worker_first:
        worker.run_due()
        assert _unread(named) == {"discussions.mention"}
        assert _unread(author) == {"discussions.own"}
        assert _unread(follower) == {"discussions.answers"}
    for page in pages.values():
        assert page.get(f"{path}/nieuw?na=1&gelezen=1").json["last"] == 2
    worker.run_due()
    for member in (author, follower, named):
        assert len(_told(member)) == 1
        assert _unread(member) == set()
    assert _unread(away) == {"discussions.mention"}


def test_who_is_named_afterwards_in_what_they_read_is_told(make, browser):
    author, named = make.member(), make.member()
    discussion = make.discussion(make.list(), author)
    path = f"/discussies/{discussion.id}"
    browser(author).post(f"{path}/antwoord", {"text": "Zie dit"})
    browser(named).get(path)
    with reading() as session:
        post = session.scalars(select(Post).where(Post.number == 2)).one()
    text = f"Zie dit @{make.persona(named).handle}"
    answer = browser(author).send(f"/berichten/{post.id}/bewerken", {"text": text})
    assert answer.status_code == 302
    worker.run_due()
    assert _unread(named) == {"discussions.mention"}


def test_muted_is_silent_even_for_mentions_and_ones_own_question(make, browser):
    author = make.member(handle="stil")
    discussion = make.discussion(make.list(), author)
    path = f"/discussies/{discussion.id}"
    browser(author).post(f"{path}/dempen")
    text = f"@{make.persona(author).handle} zie je dit?"
    browser(make.member()).post(f"{path}/antwoord", {"text": text})
    worker.run_due()
    assert _told(author) == []


def test_who_may_no_longer_read_is_not_told(make, browser):
    from sqlalchemy import delete

    from cop.spaces.circles import CircleMembership

    on = make.list(Visibility.PRIVATE)
    author, follower = make.member(), make.member()
    for member in (author, follower):
        make.join(member, on.circle)
    discussion = make.discussion(on, author)
    path = f"/discussies/{discussion.id}"
    browser(follower).post(f"{path}/volgen")
    browser(author).post(f"{path}/antwoord", {"text": "Iets"})
    with unit_of_work() as session:
        session.execute(delete(CircleMembership).where(CircleMembership.member_id == follower.id))
    worker.run_due()
    assert _told(follower) == []


def test_following_by_itself_is_a_setting(make, browser):
    member = make.member()
    own = browser(member)
    assert own.send("/ik/mail", {"follows_own": ""}).status_code == 302
    discussion = make.discussion(make.list(), make.member())
    own.post(f"/discussies/{discussion.id}/antwoord", {"text": "x"})
    assert 'aria-pressed="false"' in own.get(f"/discussies/{discussion.id}").text
    assert "You follow this" not in own.get(f"/discussies/{discussion.id}").text


def test_nothing_of_a_member_leaves_the_server(make, browser):
    """Ids of members stand in no page: personas and handles only."""
    with unit_of_work() as session:
        session.add(Persona(kind="placeholder", handle="p", name="P", sort_key="p"))
    members = [make.member() for _ in range(3)]
    on = make.list()
    discussion = make.discussion(on, members[0], posts=2)
    for path in (f"/discussies/{discussion.id}", f"/gesprekken/{on.short_name}"):
        assert "member" not in browser(members[1]).get(path).text.replace("members", "")


def test_coordinators_are_offered_what_they_may_do(make, browser):
    on = make.list()
    coordinator = make.member()
    make.join(coordinator, on.circle, Standing.COORDINATOR)
    discussion = make.discussion(on, make.member())
    id = post_id(discussion)
    shown = browser(coordinator).get(f"/discussies/{discussion.id}").text
    assert f"/berichten/{id}/verwijderen" in shown
    assert (
        f"/berichten/{id}/verwijderen"
        not in browser(make.member()).get(f"/discussies/{discussion.id}").text
    )


HUGE = 10**25


@pytest.mark.parametrize(
    "path",
    [
        f"/discussies/{HUGE}",
        f"/berichten/{HUGE}",
        f"/concepten/discussion:{HUGE}",
        f"/noemen/list:{HUGE}",
    ],
)
def test_a_number_that_no_row_can_have_is_not_found(make, browser, path):
    reader = browser(make.member())
    answer = reader.post(path) if "concepten" in path else reader.get(path)
    assert answer.status_code == 404


def test_odd_numbers_in_an_address_fall_back(make, browser):
    discussion = make.discussion(make.list(), make.member())
    reader, path = browser(make.member()), f"/discussies/{discussion.id}"
    for name in ("vanaf", "citeer", "antwoord"):
        for value in (HUGE, -HUGE, "x", "", "1e5", "٣"):
            assert reader.get(f"{path}?{name}={value}").status_code == 200
    for query in (f"na={HUGE}", f"na=-{HUGE}&tot={HUGE}", "na=x&tot=y"):
        assert reader.get(f"{path}/nieuw?{query}").status_code == 200


def test_what_may_trigger_is_folded_on_the_page_of_its_discussion(make, browser):
    """Also when only the discussion carries the note: the opening is what it is about."""
    member, on = make.member(), make.list()
    reader = browser(member)
    form = {"kind": "conversation", "title": "Zwaar", "text": "Het ergste.", "content_note": "Rouw"}
    page = reader.get(reader.send(f"/gesprekken/{on.short_name}/nieuw", form).location).text
    fold = page.split('<details class="content-note">')[1].split("</details>")[0]
    assert "Rouw" in fold.split("</summary>")[0]
    assert "Het ergste." in fold
    older = make.discussion(on, member, posts=2, text="Nog erger.", content_note="Geweld")
    page = reader.get(f"/discussies/{older.id}").text
    assert page.count('<details class="content-note">') == 1
    fold = page.split('<details class="content-note">')[1].split("</details>")[0]
    assert "Geweld" in fold
    assert "Nog erger." in fold


# --- files under a pseudonym


def _docx(who):
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("docProps/core.xml", f"<x><dc:creator>{who}</dc:creator></x>")
        made.writestr("word/document.xml", "<w:t>Mijn verhaal</w:t>")
    return out.getvalue()


def _attached():
    with reading() as session:
        files = session.scalars(
            select(StoredFile).join(Attachment, Attachment.file_id == StoredFile.id)
        ).all()
        return {file.name: storage.storage().path(file.key).read_bytes() for file in files}


def test_a_document_shared_under_a_pseudonym_loses_who_made_it(make, browser):
    member, on = make.member("Ria Bakker"), make.list(pseudonyms=True)
    make.pseudonym(member, on.circle, "Zeewind")
    form = {"kind": "conversation", "title": "Lees", "text": "Zie bijlage."}
    file = (BytesIO(_docx("Ria Bakker")), "verslag.docx")
    path = f"/gesprekken/{on.short_name}/nieuw"
    assert browser(member).send(path, form | {"attachments": file}).status_code == 302
    with zipfile.ZipFile(BytesIO(_attached()["verslag.docx"])) as found:
        assert b"Ria" not in found.read("docProps/core.xml")
        assert b"Mijn verhaal" in found.read("word/document.xml")
    # Under one's own name a document is as it was made.
    other = make.list()
    made = _docx("Ria Bakker")  # holds the time at which it was made
    mine = (BytesIO(made), "eigen.docx")
    browser(member).send(f"/gesprekken/{other.short_name}/nieuw", form | {"attachments": mine})
    assert _attached()["eigen.docx"] == made


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("geluid.mp3", b"ID3 Ria Bakker", "may say inside who made it"),
        ("verslag ria.txt", b"Tekst", "looks like your own name"),
    ],
)
def test_what_may_say_who_made_it_is_asked_about_first(make, browser, name, data, says):
    member, on = make.member("Ria Bakker"), make.list(pseudonyms=True)
    discussion = make.discussion(on, make.pseudonym(member, on.circle, "Zeewind"))
    here, page = browser(member), f"/discussies/{discussion.id}"
    form = {"text": "Zie bijlage.", "attachments": (BytesIO(data), name)}
    asked = here.send(page, form, to=f"{page}/antwoord")
    assert asked.status_code == 422
    assert says in asked.text
    assert "Zie bijlage." in asked.text
    assert _attached() == {}
    key = re.search(r'name="kept_file" value="([^"]+)"', asked.text)[1]
    again = {"text": "Zie bijlage.", "kept_file": key, "anyway": "yes"}
    assert here.send(page, again, to=f"{page}/antwoord").status_code == 302
    assert list(_attached()) == [name]


def test_a_text_that_is_refused_is_kept_as_a_draft(make, browser):
    """The page that shows it again can be lost before it saved anything."""
    member, on = make.member(), make.list()
    discussion = make.discussion(on, member)
    writer = browser(member)
    new, answer = f"/gesprekken/{on.short_name}/nieuw", f"/discussies/{discussion.id}/antwoord"
    assert writer.send(new, {"text": "Een lang verhaal", "title": ""}).status_code == 422
    assert "Een lang verhaal" in writer.get(new).text
    assert writer.send(new, {"text": "", "title": ""}).status_code == 422  # leaves it
    assert "Een lang verhaal" in writer.get(new).text
    page = f"/discussies/{discussion.id}"
    refused = {"text": "Mijn antwoord", "content_note": "x" * 500}
    assert writer.send(page, refused, to=answer).status_code == 422
    assert "Mijn antwoord" in writer.get(page).text
