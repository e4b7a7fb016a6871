"""The pages on which posts, discussions and lists are looked after."""

import re
from contextvars import Context
from io import BytesIO

import pytest
from sqlalchemy import select

from cop.discussions import tending_closing, tending_posts
from cop.discussions.models import (
    Attachment,
    Bookmark,
    Discussion,
    DiscussionKind,
    DiscussionList,
    Post,
)
from cop.members.models import SiteRole
from cop.moderation.models import Report, ReportFile
from cop.platform import clock, storage
from cop.platform.audit import AuditEntry
from cop.platform.db import unit_of_work
from cop.platform.storage import StoredFile
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from tests.support.client import _Forms
from tests.support.counting import statements


def post_of(discussion, number):
    with unit_of_work() as session:
        return session.scalars(
            select(Post).where(Post.discussion_id == discussion.id, Post.number == number)
        ).one()


def again(row):
    with unit_of_work() as session:
        return session.get_one(type(row), row.id)


@pytest.fixture
def scene(make):
    class Scene:
        author = make.member("Anna Schrijver")
        reader = make.member("Bram Lezer")
        coordinator = make.member("Cor Zorgt")
        moderator = make.member("Mo Derator", site_role=SiteRole.MODERATOR)
        on = make.list(Visibility.OPEN, coordinator=coordinator, name="Herstel")
        discussion = make.discussion(
            on, author, posts=3, kind=DiscussionKind.QUESTION, title="Hoe begin je?"
        )

    Scene.opening = post_of(Scene.discussion, 1)
    Scene.second = post_of(Scene.discussion, 2)
    return Scene


# --- editing


def test_an_author_changes_a_message_and_readers_see_what_it_said(scene, browser):
    path = f"/berichten/{scene.second.id}/bewerken"
    assert browser(scene.author).send(path, {"text": "Nu anders."}).status_code == 302
    page = browser(scene.reader).get(f"/berichten/{scene.second.id}/geschiedenis")
    assert "Nu anders." in page.text
    assert "Wie heeft hier ervaring mee?" in page.text


def test_the_form_of_an_opening_has_the_title_and_others_have_not(scene, browser):
    author = browser(scene.author)
    assert 'name="title"' in author.get(f"/berichten/{scene.opening.id}/bewerken").text
    assert 'name="title"' not in author.get(f"/berichten/{scene.second.id}/bewerken").text


def test_a_stale_edit_shows_the_other_change_and_keeps_what_was_typed(scene, browser):
    author, path = browser(scene.author), f"/berichten/{scene.second.id}/bewerken"
    assert author.send(path, {"text": "Van de telefoon"}).status_code == 302
    answer = author.send(path, {"text": "Van de laptop", "version": "1"})
    assert answer.status_code == 422
    assert "Van de telefoon" in answer.text
    assert "Van de laptop" in answer.text
    assert again(scene.second).source == "Van de telefoon"
    # Sent again from the page that came back, it is a choice that was made knowingly.
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert author.send(path, {"text": "Van de laptop", "version": "2"}).status_code == 302
    assert again(scene.second).source == "Van de laptop"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("   ", "Write something first."),
        ("a" * 60_001, "A post has at most 60,000 characters; this one has 60,001."),
        ("b" * 1_000_000, "this one has 1,000,000."),
    ],
)
def test_a_bad_edit_says_so_in_one_sentence_and_keeps_what_was_typed(
    scene, browser, text, sentence
):
    answer = browser(scene.author).send(f"/berichten/{scene.second.id}/bewerken", {"text": text})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert text.strip() in answer.text


def test_a_title_of_five_thousand_characters_is_kept_and_refused(scene, browser):
    answer = browser(scene.author).send(
        f"/berichten/{scene.opening.id}/bewerken", {"title": "t" * 5000}
    )
    assert answer.status_code == 422
    assert "A title has at most 200 characters; this one has 5,000." in answer.text
    assert "t" * 5000 in answer.text


def test_scripts_and_tracking_pixels_are_only_text(scene, browser):
    text = '<script>alert(1)</script> ![](https://volg.example/p.gif) <img src="https://x/y.png">'
    browser(scene.author).send(f"/berichten/{scene.second.id}/bewerken", {"text": text})
    html = again(scene.second).html
    assert "<script" not in html
    assert "<img" not in html


def test_bytes_that_are_no_text_are_refused(scene, browser):
    answer = browser(scene.author).post(
        f"/berichten/{scene.second.id}/bewerken", {"text": b"\xff\xfe\x00"}
    )
    assert answer.status_code == 400


def test_an_edit_that_is_sent_twice_is_stored_once(scene, browser):
    author, path = browser(scene.author), f"/berichten/{scene.second.id}/bewerken"
    for _time in range(2):
        sent = author.post(path, {"text": "Eén keer", "version": "1"})
        assert sent.status_code == 302
    assert again(scene.second).version == 2


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_broken_version_is_a_stale_edit(scene, browser, version):
    answer = browser(scene.author).send(
        f"/berichten/{scene.second.id}/bewerken", {"text": "Bewaar mij", "version": version}
    )
    assert answer.status_code == 422
    assert "Bewaar mij" in answer.text


def test_an_edit_that_points_to_a_crisis_shows_its_writer_where_help_is(scene, browser):
    author = browser(scene.author)
    answer = author.send(
        f"/berichten/{scene.second.id}/bewerken", {"text": "Ik wil niet meer leven."}
    )
    page = answer.headers["Location"].split("#")[0]
    assert page == f"/discussies/{scene.discussion.id}"  # an address stands in logs
    assert 'class="crisis"' in author.get(page).text
    shown = author.get(page).text.split("data-help")[0]
    assert 'class="crisis"' not in shown  # once
    assert 'class="crisis"' not in browser(scene.reader).get(page).text.split("data-help")[0]


# --- removing


def test_removing_asks_first_and_can_be_taken_back(scene, browser):
    author, path = browser(scene.author), f"/berichten/{scene.second.id}"
    assert "Remove your message?" in author.get(f"{path}/verwijderen").text
    assert author.send(f"{path}/verwijderen").status_code == 302
    assert again(scene.second).deleted_at is not None
    assert browser(scene.reader).get(f"{path}/terugzetten").status_code == 404
    assert author.send(f"{path}/terugzetten").status_code == 302
    assert again(scene.second).deleted_at is None


def test_a_message_that_is_removed_twice_is_removed_once_and_its_author_told_so(scene, browser):
    author, path = browser(scene.author), f"/berichten/{scene.second.id}/verwijderen"
    first, again = author.post(path), author.post(path)
    assert first.status_code == again.status_code == 302
    assert again.location == first.location
    assert "You sent this already." in author.get(again.location).text
    assert browser(scene.author).post(path).status_code == 404  # nobody sent it from there


def test_the_last_message_takes_the_conversation_along(scene, make, browser):
    alone = make.discussion(scene.on, scene.author, posts=1)
    post = post_of(alone, 1)
    answer = browser(scene.author).send(f"/berichten/{post.id}/verwijderen")
    assert answer.headers["Location"] == f"/gesprekken/{scene.on.short_name}"


def test_a_coordinator_says_why_and_the_author_reads_it(scene, browser):
    path = f"/berichten/{scene.second.id}"
    coordinator = browser(scene.coordinator)
    refused = coordinator.send(f"{path}/verwijderen", {"reason": " "})
    assert refused.status_code == 422
    assert coordinator.send(f"{path}/verwijderen", {"reason": "Te herkenbaar."}).status_code == 302
    run_due()
    author = browser(scene.author)
    assert "Cor Zorgt removed a message of yours." in author.get("/meldingen").text
    assert "Te herkenbaar." in author.get(f"{path}/weggehaald").text
    assert browser(scene.reader).get(f"{path}/weggehaald").status_code == 404


# --- notes, keeping


def test_a_note_on_content_by_a_coordinator(scene, browser):
    path = f"/berichten/{scene.second.id}/waarschuwing"
    assert browser(scene.coordinator).send(path, {"content_note": "Geweld"}).status_code == 302
    assert again(scene.second).content_note == "Geweld"
    assert browser(scene.reader).get(path).status_code == 404


def test_kept_messages_are_seen_by_nobody_else(scene, browser):
    reader = browser(scene.reader)
    reader.post(f"/berichten/{scene.second.id}/bewaren")
    assert "Hoe begin je?" in reader.get("/ik/bewaard").text
    assert "Hoe begin je?" not in browser(scene.author).get("/ik/bewaard").text
    reader.post(f"/berichten/{scene.second.id}/bewaren?terug=bewaard")
    assert "Nothing saved yet" in reader.get("/ik/bewaard").text


def test_kept_messages_go_on_over_pages_and_leave_out_what_is_gone(
    scene, make, browser, monkeypatch
):
    from cop.discussions import tending_queries

    monkeypatch.setattr(tending_queries, "PER_PAGE", 2)
    with unit_of_work() as session:
        for n in range(5):
            made = make_discussion(session, scene, n)
            session.add(Bookmark(member_id=scene.reader.id, post_id=made, at=clock.now()))
    reader, seen, path = browser(scene.reader), [], "/ik/bewaard"
    while path:
        text = reader.get(path).text
        seen += [n for n in range(5) if f"Bewaard {n}" in text]
        more = re.search(r'href="(/ik/bewaard\?voor=[^"]+)"', text)
        path = more and more[1]
    assert sorted(seen) == [0, 1, 2, 3, 4]
    with unit_of_work() as session:
        session.get_one(DiscussionList, scene.on.id).circle.visibility = Visibility.PRIVATE
    assert "Bewaard" not in reader.get("/ik/bewaard").text


def make_discussion(session, scene, n):
    made = Discussion(
        list_id=scene.on.id,
        kind="question",
        title=f"Bewaard {n}",
        author_id=scene.second.author_id,
        created_at=clock.now(),
        last_post_at=clock.now(),
    )
    session.add(made)
    session.flush()
    post = Post(
        discussion_id=made.id,
        number=1,
        author_id=scene.second.author_id,
        source="x",
        html="x",
        created_at=clock.now(),
    )
    session.add(post)
    session.flush()
    return post.id


# --- reporting


def test_reporting_encloses_what_is_left_of_the_message(scene, browser):
    reader, path = browser(scene.reader), f"/berichten/{scene.second.id}/melden"
    assert "Wie heeft hier ervaring mee?" in reader.get(path).text
    sent = reader.send(path, {"reason": "recognisable", "passage": "ervaring mee?"})
    assert sent.status_code == 302
    assert "The moderators look at it." in reader.get(sent.headers["Location"]).text
    again_ = reader.get(path)
    assert again_.headers["Location"].startswith("/moderatie/antwoord/")
    with unit_of_work() as session:
        report = session.scalars(select(Report)).one()
        assert report.passage == "ervaring mee?"
        assert report.concerned_id == scene.author.id


def test_a_report_never_says_whose_words_were_quoted_or_where_they_stand(scene, browser):
    """The form offers the words without it, and what is put back by hand is refused."""
    writer, reader = browser(scene.author), browser(scene.reader)
    page, quoted = f"/discussies/{scene.discussion.id}", scene.opening.id
    sent = writer.send(f"{page}?citeer={quoted}", {}, to=f"{page}/antwoord")
    with unit_of_work() as session:
        post = session.scalars(select(Post).order_by(Post.id.desc()).limit(1)).one()
    assert sent.status_code == 302
    assert f"](/berichten/{quoted}):" in post.source
    path = f"/berichten/{post.id}/melden"
    offered = reader.get(path).text.split("<textarea")[1].split("</textarea>")[0]
    assert "/berichten/" not in offered
    name = re.search(r"> \[(.+?)\]", post.source)[1]
    assert name not in offered
    refused = reader.send(path, {"reason": "hurtful", "passage": post.source})
    assert refused.status_code == 422
    note = f"Zie http://127.0.0.1:8000/berichten/{post.id} hier"
    assert reader.send(path, {"reason": "hurtful", "note": note}).status_code == 302
    with unit_of_work() as session:
        report = session.scalars(select(Report)).one()
    assert report.note == "Zie … hier"
    assert name not in report.passage
    assert "/berichten/" not in report.passage


def test_moderators_get_the_files_that_are_enclosed_until_they_decide(scene, make, browser):
    """A copy under a name that says nothing; who opens it is recorded, and who may not does not."""
    ids = {}
    with unit_of_work() as session:
        for name in ("brief van Anna.txt", "rooster.txt"):
            kept = storage.keep(session, BytesIO(name.encode()), name, clock.now())
            session.add(Attachment(post_id=scene.second.id, file_id=kept.id))
            session.flush()
            ids[name] = kept.id
    reader, path = browser(scene.reader), f"/berichten/{scene.second.id}/melden"
    assert "brief van Anna.txt" in reader.get(path).text
    letter = [ids["brief van Anna.txt"]]
    bad = reader.send(path, {"reason": "", "files": letter})  # which ones are chosen stays
    assert bad.status_code == 422
    assert len(re.findall(r'<input checked[^>]*name="files"', bad.text)) == 1
    sent = reader.send(path, {"reason": "hurtful", "passage": "", "files": letter})
    assert sent.status_code == 302
    with unit_of_work() as session:
        report = session.scalars(select(Report)).one()
    moderator = browser(scene.moderator)
    page = moderator.get(f"/moderatie/{report.id}").text
    assert re.findall(rf"/moderatie/{report.id}/bijlage/\d+", page) == [
        f"/moderatie/{report.id}/bijlage/1"
    ]
    assert "Anna" not in page
    where = f"/moderatie/{report.id}/bijlage/1"
    opened = moderator.get(where)
    assert opened.data == b"brief van Anna.txt"
    assert "Anna" not in opened.headers["Content-Disposition"]
    assert "no-store" in opened.headers["Cache-Control"]
    opened.close()
    for who in (scene.reader, scene.author, scene.coordinator):
        assert browser(who).get(where).status_code == 404
    with unit_of_work() as session:
        kind = AuditEntry.action == "moderation.file_opened"
        entries = session.scalars(select(AuditEntry).where(kind)).all()
        assert [(e.actor, e.subject, e.details) for e in entries] == [
            (f"member:{scene.moderator.id}", f"report:{report.id}", {"number": 1})
        ]
    moderator.send(f"/moderatie/{report.id}", {"decision": "nothing"})
    assert moderator.get(where).status_code == 404
    with unit_of_work() as session:
        assert session.scalars(select(ReportFile)).all() == []
        names = sorted(session.scalars(select(StoredFile.name)))
        assert names == ["brief van Anna.txt", "rooster.txt"]  # what hangs on the message stays


def test_an_urgent_report_shows_its_reporter_where_help_is(scene, browser):
    reader = browser(scene.reader)
    sent = reader.send(f"/berichten/{scene.second.id}/melden", {"reason": "unsafe", "urgent": "y"})
    page = reader.get(sent.headers["Location"]).text
    assert 'class="crisis"' in page
    assert "113" in page


def test_nobody_reports_their_own_message(scene, browser):
    assert browser(scene.author).get(f"/berichten/{scene.second.id}/melden").status_code == 404


def test_words_that_are_not_in_the_message_are_refused_and_kept(scene, browser):
    answer = browser(scene.reader).send(
        f"/berichten/{scene.second.id}/melden",
        {"reason": "other", "passage": "Dit verzin ik", "note": "Mijn uitleg"},
    )
    assert answer.status_code == 422
    assert "Only words of the message itself" in answer.text
    assert "Dit verzin ik" in answer.text
    assert "Mijn uitleg" in answer.text


@pytest.mark.parametrize("decision", ["hide", "remove", "ask"])
def test_what_moderators_decide_reaches_the_message_and_its_author(scene, browser, decision):
    browser(scene.reader).send(f"/berichten/{scene.second.id}/melden", {"reason": "hurtful"})
    with unit_of_work() as session:
        report = session.scalars(select(Report)).one()
    browser(scene.moderator).send(
        f"/moderatie/{report.id}", {"decision": decision, "request": "Kan dit anders?"}
    )
    run_due()
    run_due()
    post = again(scene.second)
    assert (post.hidden_at is not None) is (decision == "hide")
    assert (post.deleted_at is not None) is (decision == "remove")
    page = browser(scene.author).get(f"/moderatie/besluit/{report.id}").text
    assert "Kan dit anders?" in page
    assert f"#bericht-{post.id}" in page
    assert "Bram" not in page


def test_reporters_hear_when_a_folded_message_was_changed(scene, browser):
    browser(scene.reader).send(f"/berichten/{scene.second.id}/melden", {"reason": "hurtful"})
    with unit_of_work() as session:
        report = session.scalars(select(Report)).one()
    browser(scene.moderator).send(
        f"/moderatie/{report.id}", {"decision": "hide", "request": "Kan dit anders?"}
    )
    run_due()
    browser(scene.author).send(f"/berichten/{scene.second.id}/bewerken", {"text": "Vriendelijker."})
    run_due()
    run_due()
    assert again(scene.second).hidden_at is None
    page = browser(scene.reader).get("/meldingen").text
    assert "A message that you reported was changed by its author." in page


# --- discussions


def test_marking_and_unmarking_the_answer(scene, browser):
    author = browser(scene.author)
    assert author.post(f"/berichten/{scene.second.id}/is-het-antwoord").status_code == 302
    assert again(scene.discussion).answer_number == 2
    assert author.post(f"/discussies/{scene.discussion.id}/geen-antwoord").status_code == 302
    assert again(scene.discussion).answer_number is None


def test_closing_with_an_outcome_and_opening_again(scene, browser):
    author, path = browser(scene.author), f"/discussies/{scene.discussion.id}"
    assert author.send(f"{path}/opbrengst", {"outcome": "We *weten* het."}).status_code == 302
    found = again(scene.discussion)
    assert found.closed_at is not None
    assert "<em>weten</em>" in found.outcome_html
    assert "We *weten* het." in author.get(f"{path}/opbrengst").text
    author.post(f"{path}/heropenen")
    assert again(scene.discussion).closed_at is None


def test_what_somebody_else_wrote_meanwhile_is_shown_and_not_overwritten(scene, browser):
    """Of the outcome, and of a list's settings: two pages open, the second one sent late."""
    author, coordinator = browser(scene.author), browser(scene.coordinator)
    for page, first, second in (
        (
            f"/discussies/{scene.discussion.id}/opbrengst",
            {"outcome": "Van de auteur."},
            {"outcome": "Van de coördinator."},
        ),
        (
            f"/gesprekken/{scene.on.short_name}/instellingen",
            {"description": "Van de auteur.", "start_by": "coordinators"},
            {"description": "Van de coördinator."},
        ),
    ):
        writer = author if "opbrengst" in page else coordinator
        open_page = coordinator.get(page).text
        version = re.search(r'name="version" type="hidden" value="([^"]+)"', open_page)[1]
        assert writer.send(page, first).status_code == 302
        late = coordinator.send(page, second | {"version": version})
        assert late.status_code == 422
        assert "Van de auteur." in late.text  # what stands there
        assert "Van de coördinator." in late.text  # what was typed
        assert "Somebody else changed this" in late.text
        version = re.search(r'name="version" type="hidden" value="([^"]+)"', late.text)[1]
        assert coordinator.send(page, second | {"version": version}).status_code == 302
    assert again(scene.discussion).outcome == "Van de coördinator."
    assert again(scene.on).description == "Van de coördinator."


def test_an_outcome_that_is_too_long_is_kept(scene, browser):
    answer = browser(scene.author).send(
        f"/discussies/{scene.discussion.id}/opbrengst", {"outcome": "u" * 60_001}
    )
    assert answer.status_code == 422
    assert "u" * 60_001 in answer.text


def test_pages_of_what_lacks_an_outcome(scene, browser):
    with unit_of_work() as session:
        tending_closing.close(
            session, make_actor(scene.author), scene.discussion.id, "", clock.now()
        )
    path = f"/gesprekken/{scene.on.short_name}/opbrengsten"
    assert "Hoe begin je?" in browser(scene.author).get(path).text
    assert "Hoe begin je?" in browser(scene.author).get("/opbrengsten").text
    assert "Hoe begin je?" not in browser(scene.reader).get("/opbrengsten").text


def make_actor(member):
    from cop.members.actor import Actor

    return Actor(member.id, SiteRole(member.site_role))


def test_pinning_and_announcing(scene, make, browser):
    path = f"/discussies/{scene.discussion.id}"
    assert browser(scene.coordinator).post(f"{path}/vastzetten").status_code == 302
    assert again(scene.discussion).pinned
    assert browser(scene.coordinator).post(f"{path}/losmaken").status_code == 302
    assert not again(scene.discussion).pinned
    assert browser(scene.coordinator).post(f"{path}/mededeling").status_code == 404
    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    assert browser(admin).post(f"{path}/mededeling").status_code == 302
    assert again(scene.discussion).announcement
    assert browser(admin).post(f"{path}/geen-mededeling").status_code == 302
    assert not again(scene.discussion).announcement


def test_moving_offers_only_lists_that_one_looks_after(scene, make, browser):
    mine = make.list(Visibility.OPEN, coordinator=scene.coordinator, name="Ook van mij")
    make.list(Visibility.OPEN, name="Van een ander")
    coordinator, path = browser(scene.coordinator), f"/discussies/{scene.discussion.id}/verplaatsen"
    page = coordinator.get(path).text
    assert "Ook van mij" in page
    assert "Van een ander" not in page
    assert coordinator.send(path, {"list_id": mine.id}).status_code == 302
    assert again(scene.discussion).list_id == mine.id


@pytest.mark.parametrize("value", ["", "x", "0"])
def test_moving_nowhere_is_refused_kindly(scene, make, browser, value):
    make.list(Visibility.OPEN, coordinator=scene.coordinator)
    answer = browser(scene.coordinator).send(
        f"/discussies/{scene.discussion.id}/verplaatsen", {"list_id": value}
    )
    assert answer.status_code in (404, 422)


def test_splitting_from_a_message_on(scene, browser):
    coordinator, path = browser(scene.coordinator), f"/berichten/{scene.second.id}/splitsen"
    assert 'checked id="numbers-0"' in coordinator.get(path).text
    refused = coordinator.send(path, {"title": "", "numbers": ["2", "3"]})
    assert refused.status_code == 422
    done = coordinator.send(path, {"title": "Apart", "numbers": ["2", "3"]})
    assert done.status_code == 302
    assert again(scene.second).discussion_id != scene.discussion.id


# --- lists


def test_making_a_list_of_the_site(scene, browser):
    assert browser(scene.reader).get("/lijsten/nieuw").status_code == 404
    moderator = browser(scene.moderator)
    refused = moderator.send("/lijsten/nieuw", {"name": "Werk", "short_name": "Met Hoofdletter"})
    assert refused.status_code == 422
    assert "Met Hoofdletter" in refused.text
    done = moderator.send("/lijsten/nieuw", {"name": "Werk", "short_name": "werk"})
    assert done.headers["Location"] == "/gesprekken/werk"


def test_making_a_list_of_a_space(scene, make, browser):
    space = make.space(Visibility.OPEN, coordinator=scene.reader)
    path = f"/lijsten/nieuw?ruimte={space.slug}"
    assert browser(scene.author).get(path).status_code == 404
    done = browser(scene.reader).send(path, {"name": "Plannen", "short_name": "plannen"})
    assert done.status_code == 302
    with unit_of_work() as session:
        made = session.scalars(
            select(DiscussionList).where(DiscussionList.short_name == "plannen")
        ).one()
        assert made.circle_id == space.circle_id


def test_settings_archive_and_members_of_a_list(scene, browser):
    coordinator, path = browser(scene.coordinator), f"/gesprekken/{scene.on.short_name}"
    assert coordinator.send(f"{path}/instellingen", {"name": "Anders"}).status_code == 302
    assert again(scene.on).name == "Anders"
    assert browser(scene.reader).get(f"{path}/instellingen").status_code == 404
    assert "Archive “Anders”?" in coordinator.get(f"{path}/archiveren").text
    assert coordinator.send(f"{path}/archiveren").status_code == 302
    assert again(scene.on).archived_at is not None
    assert coordinator.post(f"{path}/heropenen").status_code == 302
    assert "Cor Zorgt" in browser(scene.reader).get(f"{path}/leden").text


# --- help


def test_the_page_with_help_is_for_everybody(scene, browser):
    for page in (browser().get("/hulp"), browser(scene.reader).get("/hulp")):
        assert page.status_code == 200
        for number in ("113", "0800-0113", "112", "huisartsenpost"):
            assert number in page.text
    assert "Mo Derator" not in browser().get("/hulp").text
    assert "Mo Derator" in browser(scene.reader).get("/hulp").text


# --- pages cost the same however much there is


@pytest.mark.parametrize("path", ["/ik/bewaard", "/opbrengsten"])
def test_lists_of_tending_run_a_fixed_number_of_queries(scene, browser, path):
    reader = browser(scene.author)
    reader.get(path)
    with statements() as few:
        reader.get(path)
    with unit_of_work() as session:
        for n in range(20):
            made = make_discussion(session, scene, n)
            session.add(Bookmark(member_id=scene.author.id, post_id=made, at=clock.now()))
            discussion = session.get_one(Post, made).discussion
            discussion.post_count, discussion.last_number = 2, 2
            discussion.closed_at = clock.now()
    with statements() as many:
        assert "Bewaard 3" in reader.get(path).text
    assert len(many) == len(few)


# --- what the page of a discussion shows of it


def test_a_removed_message_leaves_a_line_that_says_by_whom(scene, browser):
    author, page = browser(scene.author), f"/discussies/{scene.discussion.id}"
    author.send(f"/berichten/{scene.second.id}/verwijderen")
    assert "The writer removed this post." in browser(scene.reader).get(page).text
    assert "Put it back" not in browser(scene.reader).get(page).text
    assert f"/berichten/{scene.second.id}/terugzetten" in author.get(page).text
    browser(scene.coordinator).send(f"/berichten/{scene.opening.id}/verwijderen", {"reason": "x"})
    shown = author.get(page).text
    assert "A moderator removed this post." in shown
    assert f"/berichten/{scene.opening.id}/terugzetten" not in shown


def test_a_folded_message_is_seen_by_its_author_alone(scene, browser):
    with unit_of_work() as session:
        tending_posts.hide(session, scene.second.id, clock.now())
        session.get_one(Post, scene.second.id).html = "<p>Geheim voorlopig</p>"
    page = f"/discussies/{scene.discussion.id}"
    for other in (scene.reader, scene.coordinator, scene.moderator):
        shown = browser(other).get(page).text
        assert "Geheim voorlopig" not in shown
        assert "folded away until its writer has changed it" in shown
    assert "Geheim voorlopig" in browser(scene.author).get(page).text


def test_a_split_leaves_a_way_to_where_the_messages_went(scene, browser):
    coordinator = browser(scene.coordinator)
    done = coordinator.send(
        f"/berichten/{scene.second.id}/splitsen", {"title": "Apart", "numbers": ["2"]}
    )
    old = coordinator.get(f"/discussies/{scene.discussion.id}").text
    assert "This post stands in a conversation of its own now." in old
    assert f'id="bericht-{scene.second.id}"' in old  # an old link finds its place
    link = coordinator.get(f"/berichten/{scene.second.id}").headers["Location"]
    assert link.split("#")[0] == done.headers["Location"]
    assert "split off from another one" in coordinator.get(done.headers["Location"]).text


def test_buttons_are_for_those_who_may_use_them(scene, make, browser):
    page = f"/discussies/{scene.discussion.id}"
    reader = browser(scene.reader).get(page).text
    for way in ("/opbrengst", "/vastzetten", "/verplaatsen", "/mededeling"):
        assert f"{page}{way}" not in reader
    for way in ("bewerken", "verwijderen", "splitsen", "waarschuwing"):
        assert f"/berichten/{scene.second.id}/{way}" not in reader
    assert f"/berichten/{scene.second.id}/melden" in reader
    coordinator = browser(scene.coordinator).get(page).text
    for way in ("/opbrengst", "/vastzetten", "/verplaatsen"):
        assert f"{page}{way}" in coordinator
    admin = browser(make.member(site_role=SiteRole.ADMINISTRATOR)).get(page).text
    assert f"{page}/mededeling" in admin


def test_an_answer_that_points_to_a_crisis_shows_help_to_its_writer_once(scene, browser):
    reader, page = browser(scene.reader), f"/discussies/{scene.discussion.id}"
    sent = reader.send(page, {"text": "ik wil nie meer leve"}, to=f"{page}/antwoord")
    assert sent.status_code == 302
    assert "?" not in sent.headers["Location"]
    before = reader.get(page).text.split("data-help")[0]
    assert 'class="crisis"' in before
    assert 'class="crisis"' not in reader.get(page).text.split("data-help")[0]
    assert 'class="crisis"' not in browser(scene.author).get(page).text.split("data-help")[0]


def test_a_draft_is_told_whether_its_words_point_to_a_crisis(scene, browser):
    reader = browser(scene.reader)
    token = reader.token(_shown(reader.get(f"/discussies/{scene.discussion.id}").text))
    for text, expected in (("Ik wil dood.", True), ("Suïcidepreventie is een vak.", False)):
        answer = Context().run(
            reader.client.post,
            f"/concepten/discussion:{scene.discussion.id}",
            json={"text": text},
            headers={"X-CSRFToken": token},
        )
        assert answer.get_json() == {"saved": True, "help": expected}


def _shown(text):
    forms = _Forms()
    forms.feed(text)
    return forms


def test_a_space_shows_its_lists_and_its_coordinator_can_make_one(scene, make, browser):
    space = make.space(Visibility.OPEN, coordinator=scene.coordinator)
    make.list(space=space, name="Over de proef")
    page = f"/proeftuinen/{space.slug}"
    reader, coordinator = browser(scene.reader).get(page).text, browser(scene.coordinator).get(page)
    assert "Over de proef" in reader
    assert "/lijsten/nieuw" not in reader
    assert f"/lijsten/nieuw?ruimte={space.slug}" in coordinator.text


def test_the_words_on_the_page_for_splitting_are_never_a_script(scene, make, browser):
    """They are cut from what was written, in labels of a form."""
    evil = "<script>alert(1)</script> <img src=x onerror=alert(2)> "
    evil += "&lt;script&gt;alert(3)&lt;/script&gt;"
    discussion = make.discussion(scene.on, scene.author, posts=3, text=f"Begin {evil}")
    second = post_of(discussion, 2)
    page = browser(scene.coordinator).get(f"/berichten/{second.id}/splitsen").text
    form = page.split("<main")[1].split("</main>")[0]
    assert form.count("Begin") == 2
    assert "alert(3)" in form
    for bad in ("<script>alert", "<img src=x", "onerror=alert(2)>"):
        assert bad not in form
