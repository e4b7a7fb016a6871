"""One's own account: password, address, how one reads the site."""

import pytest
from sqlalchemy import select

from cop.members import placeholders
from cop.members.models import Member, Persona
from cop.platform.audit import AuditEntry
from cop.platform.db import reading
from tests.members.helping import GOOD, link_to, mails
from tests.support.factories import PASSWORD


def kept(member):
    with reading() as session:
        return session.get(Member, member.id)


def test_a_new_password_needs_the_old_one_and_ends_other_devices(make, browser):
    member = make.member()
    here, there = browser(member), browser(member)
    wrong = here.send("/ik/wachtwoord", {"current": "x" * 12, "password": GOOD})
    assert wrong.status_code == 422
    assert "not your password" in wrong.text
    right = here.send("/ik/wachtwoord", {"current": PASSWORD, "password": GOOD})
    assert right.status_code == 302
    assert here.get("/ik").status_code == 200
    assert there.get("/ik").status_code == 302
    assert "password has changed" in mails(member.email)[-1].subject
    with reading() as session:
        entry = session.scalars(select(AuditEntry)).one()
        assert (entry.action, entry.subject) == ("member.password_changed", f"member:{member.id}")
    assert browser().send("/inloggen", {"email": member.email, "password": GOOD}).status_code == 302


def test_a_password_can_be_given_up_and_chosen_later(make, browser):
    member = make.member()
    here = browser(member)
    assert here.send("/ik/wachtwoord", {"current": PASSWORD, "password": ""}).status_code == 302
    assert kept(member).password_hash is None
    form = {"email": member.email, "password": PASSWORD}
    assert browser().send("/inloggen", form).status_code == 422
    assert 'name="current"' not in here.get("/ik/wachtwoord").text
    assert here.send("/ik/wachtwoord", {"password": GOOD}).status_code == 302
    assert kept(member).password_hash is not None


def test_a_new_address_counts_when_confirmed_there_and_the_old_one_is_told(make, browser):
    member = make.member()
    old = member.email
    archive = make.save(
        Persona(
            kind="placeholder",
            handle="oud",
            name="Oud",
            sort_key="oud",
            claim_hash=placeholders.claim_hash("anders@example.org"),
        )
    )
    here = browser(member)
    form = {"email": "Anders@example.org", "current": PASSWORD}
    assert here.send("/ik/e-mailadres", form | {"current": "nee"}).status_code == 422
    assert here.send("/ik/e-mailadres", form).headers["Location"] == "/kijk-in-je-mail"
    path = link_to("anders@example.org")
    browser().get(path)
    assert kept(member).email == old
    assert browser().send(path).status_code == 302
    assert kept(member).email == "anders@example.org"
    assert "address has changed" in mails(old)[-1].subject
    assert "anders@example.org" not in mails(old)[-1].text
    assert browser().get(path).status_code == 410
    with reading() as session:
        assert session.get(Persona, archive.id).gone_at is not None


def test_an_address_in_use_is_told_to_that_address_only(make, browser):
    member, other = make.member(), make.member()
    answers = []
    for address in (other.email, "vrij@example.org"):
        answer = browser(member).send("/ik/e-mailadres", {"email": address, "current": PASSWORD})
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    assert "in use already" in mails(other.email)[0].subject
    assert kept(member).email == member.email


def test_an_address_taken_meanwhile_is_not_taken_over(make, browser):
    member = make.member()
    browser(member).send("/ik/e-mailadres", {"email": "vrij@example.org", "current": PASSWORD})
    path = link_to("vrij@example.org")
    make.member(email="vrij@example.org")
    assert browser().post(path).status_code == 410
    assert kept(member).email == member.email


def test_an_account_that_never_confirmed_its_address_gives_way(make, browser):
    squatter = make.member(email="vrij@example.org", state="unverified")
    member = make.member()
    browser(member).send("/ik/e-mailadres", {"email": "vrij@example.org", "current": PASSWORD})
    assert browser().send(link_to("vrij@example.org")).status_code == 302
    assert kept(member).email == "vrij@example.org"
    assert kept(squatter) is None


def test_language_zone_and_colours_are_kept(make, browser):
    member = make.member()
    here = browser(member)
    form = {"language": "nl", "time_zone": "America/Curacao", "colour_scheme": "dark"}
    assert here.send("/ik/instellingen", form).status_code == 302
    page = here.get("/ik/instellingen").text
    assert '<html lang="nl" data-theme="dark">' in page
    assert kept(member).time_zone == "America/Curacao"


@pytest.mark.parametrize(
    "values",
    [{"language": "xx"}, {"time_zone": "Mars/Base"}, {"colour_scheme": "pink"}],
)
def test_what_is_not_in_the_list_is_refused(make, browser, values):
    form = {"language": "nl", "time_zone": "Europe/Amsterdam", "colour_scheme": ""}
    assert browser(make.member()).send("/ik/instellingen", form | values).status_code == 422


def test_an_old_name_of_a_zone_is_offered_to_who_has_it_only(make, browser):
    settled, other = make.member(time_zone="Asia/Calcutta"), make.member()
    form = {"language": "nl", "time_zone": "Asia/Calcutta", "colour_scheme": ""}
    assert 'value="Asia/Calcutta"' in browser(settled).get("/ik/instellingen").text
    assert browser(settled).send("/ik/instellingen", form).status_code == 302
    assert kept(settled).time_zone == "Asia/Calcutta"
    assert 'value="Asia/Calcutta"' not in browser(other).get("/ik/instellingen").text
    assert browser(other).send("/ik/instellingen", form).status_code == 422
    assert kept(other).time_zone is None
