"""Files: read by who may read what keeps them, and never run by a browser."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from cop.members.models import SiteRole
from cop.platform.db import unit_of_work
from cop.platform.storage import Storage, StoredFile
from cop.spaces.circles import Standing, Visibility
from cop.spaces.files import url_of
from cop.spaces.models import SpaceFile

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility


def picture(kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "green").save(out, kind)
    return out.getvalue()


def upload(page, space, data, name, title=""):
    return page.send(
        f"/proeftuinen/{space.slug}/bestanden/nieuw",
        {"file": (io.BytesIO(data), name), "title": title},
        content_type="multipart/form-data",
    )


def address(kept):
    return url_of(kept.file.key, kept.file.name)


def read(page, path, **kwargs):
    answer = page.get(path, **kwargs)
    data = answer.get_data()
    answer.close()
    return answer, data


@pytest.mark.parametrize("visibility", Visibility)
def test_who_may_read_the_space_may_read_its_files(make, browser, add_file, visibility):
    coordinator, joined, asked = make.member(), make.member(), make.member()
    space = make.space(visibility, coordinator=coordinator)
    make.join(joined, space.circle)
    make.join(asked, space.circle, Standing.REQUESTED)
    path = address(add_file(space, coordinator))
    seen = {
        who: read(page, path)[0].status_code == 200
        for who, page in (
            ("visitor", browser()),
            ("member", browser(make.member())),
            ("asked", browser(asked)),
            ("administrator", browser(make.member(site_role=SiteRole.ADMINISTRATOR))),
            ("joined", browser(joined)),
            ("coordinator", browser(coordinator)),
        )
    }
    by_role = visibility in (PUBLIC, OPEN)
    assert seen == {
        "visitor": visibility == PUBLIC,
        "member": by_role,
        "asked": by_role,
        "administrator": by_role,
        "joined": True,
        "coordinator": True,
    }


def test_a_file_that_nothing_keeps_is_for_nobody(make, browser, app, now):
    from cop.platform import storage

    with unit_of_work() as session:
        stored = storage.keep(session, io.BytesIO(b"los"), "los.txt", now)
    for page in (browser(), browser(make.member(site_role=SiteRole.ADMINISTRATOR))):
        assert page.get(url_of(stored.key, stored.name)).status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "shown"),
    [
        (b"<script>alert(1)</script>", "plan.txt", False),
        (b"%PDF-1.7 <script>", "plan.pdf", False),
        (picture(), "foto.png", True),
    ],
)
def test_a_browser_runs_nothing_of_it(make, browser, add_file, data, name, shown):
    coordinator = make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    answer, _data = read(browser(), address(add_file(space, coordinator, data, name)))
    headers = answer.headers
    kind = headers["Content-Disposition"].split(";")[0]
    assert kind == ("inline" if shown else "attachment")
    assert headers["Content-Type"].startswith("image/") == shown
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "private, no-cache"


def test_it_is_read_in_parts_and_asked_about_each_time(make, browser, add_file):
    coordinator = make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    path = address(add_file(space, coordinator, b"0123456789", "cijfers.txt"))
    part, data = read(browser(), path, headers={"Range": "bytes=2-4"})
    assert (part.status_code, data) == (206, b"234")
    assert part.headers["Content-Range"] == "bytes 2-4/10"
    none, _data = read(browser(), path, headers={"Range": "bytes=50-"})
    assert none.status_code == 416
    same, data = read(browser(), path, headers={"If-None-Match": part.headers["ETag"]})
    assert (same.status_code, data) == (304, b"")


def test_another_name_behind_the_key_is_not_found(make, browser, add_file):
    coordinator = make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    kept = add_file(space, coordinator)
    assert browser().get(f"/bestanden/{kept.file.key}/anders.exe").status_code == 404
    assert browser().get(f"/bestanden/{'A' * 43}/plan.txt").status_code == 404


def test_a_file_is_added_by_who_takes_part_and_taken_away_by_who_brought_it(make, browser):
    coordinator, member = make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    make.join(member, space.circle)
    make.join(other := make.member(), space.circle)
    page = browser(member)
    assert upload(page, space, b"Een plan.", "plan é 1.txt", "Ons plan").status_code == 302
    url = f"/proeftuinen/{space.slug}/bestanden"
    shown = page.get(url).text
    assert "Ons plan" in shown
    with unit_of_work() as session:
        kept = session.scalars(select(SpaceFile)).one()
        path = address(kept)
    assert read(page, path)[1] == b"Een plan."
    delete = f"{url}/{kept.id}/verwijderen"
    assert browser(other).post(delete).status_code == 404
    assert page.get(delete).status_code == 200
    assert page.post(delete).status_code == 302
    assert page.get(path).status_code == 404
    with unit_of_work() as session:
        assert session.scalar(select(StoredFile.id)) is None


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"MZ\x90\x00", "foto.png", "not a picture"),
        (b"MZ\x90\x00", "plan.pdf", "kind that cannot be added"),
        (b"#!/bin/sh", "plan.txt", "kind that cannot be added"),
        (b"niets", "plan.exe", "kind that cannot be added"),
        (b"<svg/>", "tekening.svg", "kind that cannot be added"),
        (b"<html>", "pagina.html", "kind that cannot be added"),
        (b"geen pdf", "plan.pdf", "not what its name says"),
        (b"", "leeg.txt", "is empty"),
        (b"x" * 2001, "groot.txt", "larger than"),
    ],
)
def test_what_is_not_accepted_is_said_and_the_title_is_kept(
    make, browser, app, monkeypatch, data, name, sentence
):
    store = app.extensions["cop_storage"]
    monkeypatch.setitem(app.extensions, "cop_storage", Storage(store.root, 2000))
    coordinator = make.member()
    space = make.space(coordinator=coordinator)
    answer = upload(browser(coordinator), space, data, name, "Mijn titel")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="Mijn titel"' in answer.text
    with unit_of_work() as session:
        assert session.scalar(select(StoredFile.id)) is None


def test_no_file_at_all_is_said(make, browser):
    coordinator = make.member()
    space = make.space(coordinator=coordinator)
    answer = browser(coordinator).send(f"/proeftuinen/{space.slug}/bestanden/nieuw", {"title": "x"})
    assert answer.status_code == 422
    assert "Choose a file" in answer.text


def test_a_file_of_another_space_does_not_exist_in_this_one(make, browser, add_file):
    coordinator = make.member()
    one, two = make.space(coordinator=coordinator), make.space(coordinator=coordinator)
    kept = add_file(one, coordinator)
    path = f"/proeftuinen/{two.slug}/bestanden/{kept.id}/verwijderen"
    assert browser(coordinator).post(path).status_code == 404


def test_a_file_under_a_pseudonym_is_asked_about_when_it_may_say_who_made_it(make, browser):
    member, space = make.member("Ria Bakker"), make.space(pseudonyms=True)
    make.pseudonym(member, space.circle, "Zeewind")
    page, path = browser(member), f"/proeftuinen/{space.slug}/bestanden/nieuw"

    def sent(**more):
        return page.send(path, {"file": (io.BytesIO(b"ID3 Ria Bakker"), "geluid.mp3")} | more)

    asked = sent()
    assert asked.status_code == 422
    assert "may say inside who made it" in asked.text
    with unit_of_work() as session:
        assert session.scalar(select(SpaceFile.id)) is None
    assert sent(anyway="yes").status_code == 302


def test_a_form_sent_twice_keeps_one_file(make, browser):
    member = make.member()
    space = make.space(OPEN, coordinator=member)
    for data, name in ((b"Een plan.", "plan.txt"), (b"Een plan.", "plan.txt"), (b"B.", "plan.txt")):
        assert upload(browser(member), space, data, name).status_code == 302
    with unit_of_work() as session:
        assert len(session.scalars(select(SpaceFile)).all()) == 2  # another text is another file
        assert len(session.scalars(select(StoredFile)).all()) == 2
