"""The administrators' pages."""

import re

import pytest
from sqlalchemy import select

from cop.members.models import Organisation, SiteRole, Theme
from cop.platform import audit
from cop.platform.db import reading
from cop.platform.outbox import Job

PAGES = ("", "instellingen", "organisaties", "organisaties/nieuw", "themas", "mail", "werk")


@pytest.fixture
def administrator(make, browser):
    return browser(make.member(site_role=SiteRole.ADMINISTRATOR))


@pytest.mark.parametrize("page", PAGES)
def test_only_administrators_find_these_pages(make, browser, administrator, page):
    assert administrator.get(f"/beheer/{page}").status_code == 200
    for role in (SiteRole.MEMBER, SiteRole.MODERATOR):
        assert browser(make.member(site_role=role)).get(f"/beheer/{page}").status_code == 404
    assert browser().get(f"/beheer/{page}").status_code == 302


def test_the_site_gets_its_name_and_words(browser, administrator):
    words = {
        "name": "De Tafel",
        "tagline": "Samen",
        "welcome": "Dag **allemaal**",
        "house_rules": "Vraag eerst **waarom**",
    }
    answer = administrator.send("/beheer/instellingen", words | {"sign_up": "open"})
    assert answer.status_code == 302
    home = browser().get("/").text
    assert "De Tafel" in home
    assert "<strong>allemaal</strong>" in home
    assert "Vraag eerst <strong>waarom</strong>" in browser().get("/huisregels").text
    assert 'href="/huisregels"' in browser().get("/aanmelden").text
    with reading() as session:
        assert session.scalar(select(audit.AuditEntry.action)) == "site.changed"


def test_settings_that_another_changed_meanwhile_are_shown_and_not_overwritten(administrator):
    page = "/beheer/instellingen"
    version = re.search(r'name="version"[^>]* value="([^"]+)"', administrator.get(page).text)[1]
    words = {"name": "Naam", "sign_up": "open"}
    assert administrator.send(page, words | {"tagline": "Eerst"}).status_code == 302
    late = administrator.send(page, words | {"tagline": "Dan", "version": version})
    assert late.status_code == 422
    assert "Eerst" in late.text
    assert 'value="Dan"' in late.text
    assert "Eerst" in administrator.get(page).text


def test_a_name_is_needed_and_the_rest_stays_typed(administrator):
    answer = administrator.send("/beheer/instellingen", {"name": " ", "tagline": "Wat ik typte"})
    assert answer.status_code == 422
    assert "Wat ik typte" in answer.text


def test_organisations_are_added_changed_and_taken_out(administrator):
    values = {"name": "Stichting Het Lantaarntje", "kind": "other", "region": "Drenthe"}
    assert administrator.send("/beheer/organisaties/nieuw", values).status_code == 302
    twin = administrator.send(
        "/beheer/organisaties/nieuw", values | {"name": "stichting het lantaarntje"}
    )
    assert twin.status_code == 422
    with reading() as session:
        row = session.scalars(select(Organisation)).one()
    assert row.slug == "stichting-het-lantaarntje"
    refuses_what_is_stale(administrator, f"/beheer/organisaties/{row.id}", "name")
    administrator.post(f"/beheer/organisaties/{row.id}/uit-de-lijst")
    with reading() as session:
        assert session.get(Organisation, row.id).retired_at is not None
        done = session.scalars(select(audit.AuditEntry.action).order_by(audit.AuditEntry.id)).all()
    assert done == [*["organisation.saved"] * 2, "organisation.retired"]


def refuses_what_is_stale(administrator, page, field):
    version = re.search(r'name="version"[^>]* value="([^"]+)"', administrator.get(page).text)[1]
    assert administrator.send(page, {field: "Eerst"}).status_code == 302
    late = administrator.send(page, {field: "Dan", "version": version})
    assert late.status_code == 422
    assert "<dd>Eerst</dd>" in late.text
    assert 'value="Dan"' in late.text


def test_themes_are_added(administrator):
    values = {"name_nl": "Slaap", "name_en": "Sleep", "group": "theme", "position": "3"}
    assert administrator.send("/beheer/themas/nieuw", values).status_code == 302
    with reading() as session:
        row = session.scalars(select(Theme).filter_by(slug="slaap")).one()
    assert row.name_en == "Sleep"
    refuses_what_is_stale(administrator, f"/beheer/themas/{row.id}", "name_en")
    with reading() as session:
        done = session.scalars(select(audit.AuditEntry.action)).all()
    assert done == ["theme.saved"] * 2


def test_a_job_that_was_given_up_can_be_tried_again_or_removed(make, administrator, now):
    for _ in range(2):
        make.save(
            Job(kind="x", payload={}, run_at=now, created_at=now, dead_at=now, error="ValueError")
        )
    with reading() as session:
        again, gone = session.scalars(select(Job.id).order_by(Job.id))
    assert "ValueError" in administrator.get("/beheer/werk").text
    administrator.post(f"/beheer/werk/taken/{again}/opnieuw")
    administrator.post(f"/beheer/werk/taken/{gone}/weg")
    with reading() as session:
        assert session.scalars(select(Job)).one().dead_at is None


def test_without_a_mail_server_the_mail_test_says_so(administrator):
    answer = administrator.send("/beheer/mail", {"recipient": "lid@example.org"})
    assert answer.status_code == 422
    assert "COP_SMTP_URL" in answer.text


@pytest.mark.parametrize("page", ["organisaties/999999", "themas/999999"])
def test_unknown_rows_are_not_found(administrator, page):
    assert administrator.get(f"/beheer/{page}").status_code == 404


@pytest.mark.parametrize(
    "website",
    [
        "javascript:alert(1)",
        "JavaScript://example.org/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript://example.org/x",
        "//example.org",
        "example.org",
        " https://",
    ],
)
def test_a_website_is_an_address_of_the_web(administrator, website):
    values = {"name": "Stichting Echt", "kind": "other", "region": "", "website": website}
    answer = administrator.send("/beheer/organisaties/nieuw", values)
    assert answer.status_code == 422
    assert "Write the whole address, beginning with https://." in answer.text
    assert 'href="javascript' not in answer.text.lower()
    with reading() as session:
        assert session.scalars(select(Organisation)).all() == []
    values["website"] = "https://echt.example.org/over"
    assert administrator.send("/beheer/organisaties/nieuw", values).status_code == 302


@pytest.mark.parametrize("position", ["-1", "10000", "9" * 30, "1,5", "x"])
def test_a_place_in_the_list_that_cannot_be_is_said_in_one_sentence(administrator, position):
    values = {"name_nl": "Slaap", "name_en": "Sleep", "group": "theme", "position": position}
    answer = administrator.send("/beheer/themas/nieuw", values)
    assert answer.status_code == 422
    assert 'id="position-error"' in answer.text
    assert "Slaap" in answer.text
