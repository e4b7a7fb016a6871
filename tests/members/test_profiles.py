"""Profiles: each thing shown or hidden as its member wishes; pictures written anew."""

import io
import re
import struct
import zlib

import pytest
from PIL import Image, ImageFile
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import select

from cop.members import profiles
from cop.members.actor import VISITOR
from cop.members.models import Member, Organisation, Persona, RoleTag, Theme
from cop.members.profiles import Filled
from cop.platform import clock
from cop.platform.db import db, reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.storage import StoredFile, clean_picture, storage
from cop.platform.worker import run_due
from cop.textcheck import checks

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'></textarea>&lt;b&gt;"

VERSION = re.compile(r'name="version" type="hidden" value="([^"]+)"')
FULL = {
    "about": "Ik werk graag met naasten.",
    "profession": "Verpleegkundige",
    "cluster": "nursing",
    "region": "Drenthe",
}


def change(make, member, **values):
    with unit_of_work() as session:
        name = make.persona(member).name
        profiles.change(session, make.actor(member), Filled(**{"name": name} | values), clock.now())


def page(make, browser, member):
    return browser(make.member()).get(f"/leden/{make.persona(member).handle}").text


def test_two_windows_of_ones_own_profile_do_not_overwrite_each_other(make, browser):
    member = make.member("Ria Bakker")
    with reading() as session:
        theme = session.scalar(select(Theme.id).limit(1))
    window = browser(member)
    opened = VERSION.search(window.get("/ik/profiel").text)[1]
    theirs = {"about": "Ik werk graag met naasten.", "theme": [str(theme)]}
    assert window.send("/ik/profiel", theirs).status_code == 302
    mine = {"about": "", "theme": [], "profession": "Verpleegkundige"}
    late = window.send("/ik/profiel", mine | {"version": opened})
    assert late.status_code == 422
    assert "You changed this in another window meanwhile." in late.text
    assert "Ik werk graag met naasten." in late.text  # what stands there
    assert 'value="Verpleegkundige"' in late.text  # what was typed
    with reading() as session:
        stands = profiles.filled(session, make.actor(member))
    assert (stands.about, stands.profession) == (theirs["about"], "")
    assert set(stands.themes) == {theme}
    seen = VERSION.search(late.text)[1]
    assert window.send("/ik/profiel", mine | {"version": seen}).status_code == 302
    with reading() as session:
        stands = profiles.filled(session, make.actor(member))
    assert (stands.about, stands.profession) == ("", "Verpleegkundige")


@pytest.mark.parametrize("field", ["profession", "cluster", "region"])
def test_a_field_is_shown_or_hidden(make, browser, field):
    member = make.member("Ria Bakker")
    words = {"profession": "Verpleegkundige", "cluster": "Nursing", "region": "Drenthe"}
    for shown in (True, False):
        change(make, member, **FULL, **{f"{field}_shown": shown})
        text = page(make, browser, member)
        for name, word in words.items():
            assert (word in text) is (shown or name != field)


def test_each_tag_organisation_and_theme_is_shown_or_hidden(make, browser):
    member = make.member("Ria Bakker")
    open_, secret = make.organisation("Zichtbare Zorg"), make.organisation("Stille Zorg")
    with reading() as session:
        (one, one_id), (two, two_id) = session.execute(select(Theme.slug, Theme.id).limit(2))
    change(
        make,
        member,
        tags={"professional": True, "client": False},
        organisations={open_.id: True, secret.id: False},
        themes={one_id: True, two_id: False},
    )
    text = page(make, browser, member)
    assert "Professional" in text
    assert "Client" not in text
    assert "Zichtbare Zorg" in text
    assert "Stille Zorg" not in text
    assert f"thema={one}" in text
    assert f"thema={two}" not in text
    with reading() as session:  # what others' pages show beside posts mirrors it
        persona = session.get(Persona, make.persona(member).id)
        assert persona.roles == ["professional"]


def test_the_form_shows_what_was_chosen_and_keeps_it(make, browser):
    member = make.member("Ria Bakker")
    organisation = make.organisation("Zichtbare Zorg")
    change(make, member, **FULL, tags={"client": False}, organisations={organisation.id: True})
    here = browser(member)
    assert here.send("/ik/profiel", {"profession_shown": []}).status_code == 302
    with reading() as session:
        found = session.get(Member, member.id)
        assert (found.profession, found.profession_shown) == ("Verpleegkundige", False)
        assert {(t.tag, t.shown) for t in found.role_tags} == {("client", False)}
        assert [o.organisation_id for o in found.organisations] == [organisation.id]


def test_an_organisation_that_is_not_listed_is_proposed(make, browser):
    member, admin = make.member("Ria Bakker"), make.member(site_role="administrator")
    here = browser(member)
    assert here.send("/ik/profiel", {"new_organisation": "De  Nieuwe Zorg"}).status_code == 302
    assert "De Nieuwe Zorg" in page(make, browser, member)
    with reading() as session:
        made = session.scalars(select(Organisation)).one()
    assert made.proposed_at is not None
    assert "De Nieuwe Zorg" not in browser(make.member()).get("/ik/profiel").text
    assert "De Nieuwe Zorg</option>" not in browser(make.member()).get("/leden").text
    run_due()
    assert "De Nieuwe Zorg" in browser(admin).get("/meldingen").text
    browser(make.member()).send("/ik/profiel", {"new_organisation": "de nieuwe zorg"})
    with reading() as session:
        assert len(session.scalars(select(Organisation)).all()) == 1
    where = f"/beheer/organisaties/{made.id}"
    assert browser(admin).send(where).status_code == 302
    assert "De Nieuwe Zorg" in browser(make.member()).get("/ik/profiel").text


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "<b>"},
        {"about": "x" * 2001},
        {"profession": "x" * 121},
        {"cluster": "plumbing"},
        {"region": "Atlantis"},
        {"new_organisation": "x" * 121},
        {"tag": "boss"},
    ],
)
def test_what_is_not_right_is_refused_and_kept(make, browser, values):
    member = make.member("Ria Bakker")
    answer = browser(member).send("/ik/profiel", {"about": "Iets over mij"} | values)
    assert answer.status_code == 422
    if "about" not in values:
        assert "Iets over mij" in answer.text
    with reading() as session:
        assert session.get(Member, member.id).about == ""


def test_things_of_others_cannot_be_chosen(make, session, now):
    proposed = make.save(
        Organisation(slug="x", name="Van een ander", sort_key="van een ander", proposed_at=now)
    )
    member = make.member()
    profiles.change(
        session,
        make.actor(member),
        Filled(name="Ria", organisations={proposed.id: True, 999999: True}, themes={999999: True}),
        now,
    )
    found = session.get(Member, member.id)
    assert (found.organisations, found.themes) == ([], [])


def test_the_address_follows_the_name(make, browser):
    member = make.member("Jan Visser", handle="jan-visser")
    change(make, member, name="Johanna Visser")
    reader = browser(make.member())
    assert reader.get("/leden/jan-visser").status_code == 404
    assert "Johanna Visser" in reader.get("/leden/johanna-visser").text


def test_the_author_decides_on_what_the_text_check_finds(make, browser, monkeypatch):
    def finds_jan(text, _purpose, _known):
        at = text.find("Jan")
        return [checks.Concern(at, at + 3, "name")] if at >= 0 else []

    monkeypatch.setattr(checks._checks, "registered", [finds_jan])
    here = browser(make.member("Ria Bakker"))
    asked = here.send("/ik/profiel", {"about": "Ik begeleid Jan."})
    assert asked.status_code == 422
    assert "<mark>Jan</mark>" in asked.text
    assert 'name="anyway"' in asked.text
    kept = here.send("/ik/profiel", {"about": "Ik begeleid Jan.", "anyway": "yes"})
    assert kept.status_code == 302


def test_about_is_shown_as_text(make, browser):
    member = make.member("Ria Bakker")
    change(make, member, about="<script>alert(1)</script> **vet**\n\ntweede")
    text = page(make, browser, member)
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


def test_visitors_are_asked_to_sign_in_and_strangers_have_no_page(make, browser):
    member = make.member("Ria Bakker")
    handle = make.persona(member).handle
    assert browser().get(f"/leden/{handle}").status_code == 302
    for state in ("unverified", "requested"):
        other = make.member(state=state)
        answer = browser(member).get(f"/leden/{make.persona(other).handle}")
        assert answer.status_code == 404


# --- pictures ---


def png(width=300, height=200, **info):
    out = io.BytesIO()
    marks = PngInfo()
    for key, value in info.items():
        marks.add_text(key, value)
    Image.new("RGB", (width, height), "teal").save(out, "PNG", pnginfo=marks)
    return out.getvalue()


def bomb():
    """A PNG of a few bytes that says it is 30,000 pixels wide and high."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(head))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IEND"
        + struct.pack(">I", zlib.crc32(b"IEND"))
    )


def upload(browser, data, name="foto.png"):
    return browser.send("/ik/profiel", {"picture": (io.BytesIO(data), name)}, to="/ik/foto")


def test_a_picture_is_written_anew_square_and_without_metadata(make, browser):
    member = make.member("Ria Bakker")
    here = browser(member)
    sent = png(Comment="52.37 N 4.89 E") + b"<script>alert(1)</script>"
    assert upload(here, sent).status_code == 302
    url = f"/leden/{make.persona(member).handle}/foto"
    answer = browser(make.member()).get(url)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] in ("image/png", "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private, max-age=")
    assert b"4.89" not in answer.data
    assert b"<script>" not in answer.data
    with Image.open(io.BytesIO(answer.data)) as shown:
        assert shown.size == (profiles.PICTURE_SIDE, profiles.PICTURE_SIDE)
        assert not shown.getexif()
    again = browser(make.member()).get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert browser().get(url).status_code == 302
    assert f"{url}?v=" in page(make, browser, member)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + b"\x00" * 200, "foto.png"),
        (b"\x7fELF" + b"\x00" * 200, "foto.jpg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "foto.svg"),
        (b"<html><script>alert(1)</script>", "foto.gif"),
        (b"", "foto.png"),
        (png()[:80], "foto.png"),
        (bomb(), "foto.png"),
    ],
)
def test_what_is_no_picture_is_one_clear_sentence(make, browser, data, name):
    answer = upload(browser(make.member()), data, name)
    assert answer.status_code == 422
    assert 'id="picture-error"' in answer.text
    with reading() as session:
        assert session.scalars(select(StoredFile)).all() == []


def test_nobody_waits_at_the_database_while_a_picture_is_written_anew(make, browser, monkeypatch):
    """On SQLite a transaction of a form is the one place at which to write."""
    member, seen = make.member(), []

    def watched(*arguments, **named):
        seen.append(db.session().in_transaction())
        return clean_picture(*arguments, **named)

    monkeypatch.setattr("cop.platform.storage.clean_picture", watched)
    here, space = browser(member), make.space(coordinator=member)
    discussion = make.discussion(make.list(), member)
    assert upload(here, png()).status_code == 302
    for path, name in (
        (f"/proeftuinen/{space.slug}/bestanden/nieuw", "file"),
        (f"/discussies/{discussion.id}/antwoord", "attachments"),
    ):
        fields = {name: (io.BytesIO(png()), "foto.png"), "title": "Foto", "text": "Kijk"}
        answer = here.post(path, fields, content_type="multipart/form-data")
        assert answer.status_code == 302, path
    assert seen == [False] * 3
    with reading() as session:
        assert len(session.scalars(select(StoredFile)).all()) == 3


def test_half_a_picture_is_none_whatever_another_library_allows(make, browser, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert upload(browser(make.member()), png()[:80], "foto.png").status_code == 422


def test_no_file_at_all_is_said_too(make, browser):
    answer = browser(make.member()).send("/ik/profiel", {}, to="/ik/foto")
    assert answer.status_code == 422
    assert "Choose a picture first" in answer.text


def test_a_new_picture_replaces_the_old_one_and_none_brings_initials_back(make, browser):
    member = make.member("Ria Bakker")
    here = browser(member)
    upload(here, png())
    upload(here, png(50, 90))
    with reading() as session:
        kept = session.scalars(select(StoredFile)).one()
        assert storage().path(kept.key).exists()
    assert here.post("/ik/foto/weg").status_code == 302
    assert here.get(f"/leden/{make.persona(member).handle}/foto").status_code == 404
    with reading() as session:
        assert session.scalars(select(StoredFile)).all() == []
        assert session.get(Persona, make.persona(member).id).picture_id is None


def test_only_members_have_a_profile(make, session, now):
    with pytest.raises(NotFound):
        profiles.change(session, VISITOR, Filled(name="X"), now)
    with pytest.raises(Refused):
        profiles.change(session, make.actor(make.member()), Filled(name=""), now)
    assert set(RoleTag) >= {"client"}


def test_what_somebody_says_of_themself_is_never_a_script(make, browser):
    """Tags, addresses that would run, entities: shown as they were typed, or not at all."""
    member = make.member("Ria Bakker")
    words = f"{EVIL} [klik](javascript:alert(1)) javascript:alert(1) <a href='javascript:x'>y</a>"
    fields = {"about": words, "profession": EVIL, "new_organisation": EVIL[:100], "anyway": "yes"}
    assert browser(member).send("/ik/profiel", fields).status_code == 302
    page = browser(make.member()).get(f"/leden/{make.persona(member).handle}").text
    main = page.split("<main")[1].split("</main>")[0]
    assert "alert(1)" in main
    for bad in ("<script>alert", "<img src=x", "<a href='javascript", 'href="javascript'):
        assert bad not in main
    assert "<b>" not in main
    own = browser(member).get("/ik/profiel").text
    assert "<script>alert" not in own
    assert "</textarea>&lt;b" not in own
