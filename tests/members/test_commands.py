"""`cop members` and the first run: how a site gets its first people."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from cop import cli
from cop.administration import announce
from cop.members import commands, first_run
from cop.members.models import Member, SiteSettings
from cop.platform.db import reading, unit_of_work
from tests.members.helping import GOOD, mails


@pytest.fixture
def run(commands_here):
    """Run `cop members …` on this test's site."""
    commands_here(commands)

    def call(*words):
        return CliRunner().invoke(commands.members, words)

    return call


def test_invite_prints_a_link_that_works(run, browser):
    said = run("invite", "--uses", "3", "--days", "2")
    assert said.exit_code == 0
    path = said.output.strip().removeprefix("http://127.0.0.1:8000")
    assert browser().get(path).status_code == 200


def test_invite_mails_an_address_and_speaks_json(run):
    said = json.loads(run("invite", "Nieuw@example.org", "--json").output)
    assert (said["email"], said["uses"]) == ("nieuw@example.org", 1)
    assert said["link"] in mails("nieuw@example.org")[0].text


def test_promote_gives_a_role(run, make):
    member = make.member()
    said = run("promote", member.email.upper())
    assert said.output == f"{member.email}: administrator\n"
    for role in ("moderator", "member"):
        make.member(site_role="administrator")
        run("promote", member.email, "--role", role)
        with reading() as session:
            assert session.get(Member, member.id).site_role == role


def test_promote_lets_in_who_asked_and_confirmed(run, make):
    """On a new site nobody else can say yes."""
    asked = make.member(state="requested")
    assert run("promote", asked.email).exit_code == 0
    with reading() as session:
        member = session.get(Member, asked.id)
        assert (member.state, member.site_role) == ("active", "administrator")


def test_what_is_printed_when_the_site_opens_makes_the_first_administrator(app, make, browser):
    settings = app.config["SETTINGS"]
    said = announce.words(settings)
    path = next(w for w in said.split() if "/eerste-keer/" in w).removeprefix(settings.base_url)
    assert browser().get(path).status_code == 200
    make.member(site_role="administrator")
    assert "/eerste-keer/" not in announce.words(settings)


@pytest.mark.parametrize("state", [None, "unverified", "left"])
def test_an_address_without_account_is_one_clear_line(run, make, monkeypatch, capsys, state):
    address = make.member(state=state).email if state else "niemand@example.org"
    monkeypatch.setattr("sys.argv", ["cop", "members", "promote", address])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert error.startswith("cop: ")


def test_the_last_administrator_is_not_taken_away(run, make):
    admin = make.member(site_role="administrator")
    assert run("promote", admin.email, "--role", "member").exit_code != 0
    with reading() as session:
        assert session.get(Member, admin.id).site_role == "administrator"


def test_list_shows_members_only(run, make):
    member = make.member("Ria Bakker")
    make.member(state="left")
    lines = run("list", "--json").output.splitlines()
    assert [json.loads(line)["email"] for line in lines] == [member.email]
    assert "Ria Bakker" in run("list").output


# --- the first run ---

BEGIN = {
    "site_name": "Leren van elkaar",
    "name": "Eva van Dijk",
    "email": "eva@example.org",
    "password": GOOD,
}


def first_address():
    with unit_of_work() as session:
        url = first_run.first_run_url(session)
    return url and url.removeprefix("http://127.0.0.1:8000")


def test_the_printed_address_makes_the_first_administrator_and_names_the_site(app, browser):
    path = first_address()
    visitor = browser()
    assert visitor.send(path, BEGIN).headers["Location"] == "/beheer/"
    assert visitor.get("/beheer/").status_code == 200
    with reading() as session:
        member = session.scalars(select(Member)).one()
        assert (member.email, member.site_role) == ("eva@example.org", "administrator")
        assert session.get(SiteSettings, 1).name == "Leren van elkaar"
    assert browser().get(path).status_code == 404
    assert first_address() is None


def test_no_other_address_does_and_a_new_one_ends_the_old_one(app, browser):
    old, new = first_address(), first_address()
    assert browser().get(old).status_code == 404
    assert browser().post(old, BEGIN).status_code == 404
    assert browser().get(first_run.PATH + "x" * 43).status_code == 404
    assert browser().get(new).status_code == 200


def test_it_is_gone_when_there_is_an_administrator(make, browser):
    path = first_address()
    make.member(site_role="administrator")
    assert browser().get(path).status_code == 404
    assert browser().post(path, BEGIN).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("site_name", ""),
        ("name", ""),
        ("email", "geen adres"),
        ("password", "kort"),
        ("password", "Leren van elkaar 1"),
        ("password", ""),
    ],
)
def test_what_is_not_right_is_said_and_nothing_begins(app, browser, field, value):
    answer = browser().send(first_address(), BEGIN | {field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with reading() as session:
        assert session.scalars(select(Member)).all() == []
