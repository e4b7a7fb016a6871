"""Signing in with a link by mail or a password, and ending it."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from cop.members import links, signing_in
from cop.members.models import LinkPurpose, Member, OneTimeLink, SignIn
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.outbox import Job
from tests.members.helping import GOOD, link_to, mails
from tests.support.factories import PASSWORD


def is_signed_in(visitor):
    return visitor.get("/ik").status_code == 200


def is_verified(member):
    with reading() as session:
        return session.get_one(Member, member.id).verified_at is not None


def test_signs_in_with_the_password_and_out_again(make, browser):
    member = make.member()
    visitor = browser()
    answer = visitor.send("/inloggen", {"email": f" {member.email.upper()}", "password": PASSWORD})
    assert answer.status_code == 302
    assert is_signed_in(visitor)
    assert visitor.post("/uitloggen").status_code == 302
    assert not is_signed_in(visitor)


def test_on_to_the_page_that_asked_and_never_to_another_site(make, browser):
    member = make.member()
    for target, goes in (
        ("/leden?zoek=a", "/leden?zoek=a"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
    ):
        answer = browser().send(
            "/inloggen", {"email": member.email, "password": PASSWORD, "next": target}
        )
        assert answer.headers["Location"] == goes


@pytest.mark.parametrize("state", ["active", "unverified", "requested", "left", None])
def test_a_wrong_password_and_an_unknown_address_read_the_same(make, browser, state):
    address = make.member(state=state).email if state else "niemand@example.org"
    answer = browser().send("/inloggen", {"email": address, "password": "x" * 12})
    assert answer.status_code == 422
    assert "do not belong together" in answer.text
    assert address in answer.text


@pytest.mark.parametrize("state", ["unverified", "requested", "left"])
def test_only_members_get_in_with_the_right_password(make, browser, state):
    member = make.member(state=state)
    visitor = browser()
    assert (
        visitor.send("/inloggen", {"email": member.email, "password": PASSWORD}).status_code == 422
    )
    assert not is_signed_in(visitor)


def test_a_link_by_mail_signs_in_once_and_only_by_its_button(make, browser):
    member = make.member(verified_at=None)  # as the first administrator
    visitor = browser()
    answer = visitor.send("/inloggen", {"email": member.email, "next": "/leden"})
    assert answer.headers["Location"] == "/kijk-in-je-mail"
    path = link_to(member.email)
    assert visitor.get(path).status_code == 200  # a mail scanner follows links
    assert not is_signed_in(visitor)
    assert visitor.send(path).headers["Location"] == "/leden"
    assert is_signed_in(visitor)
    assert is_verified(member)  # the address is theirs, or the link had not come
    other = browser()
    again = other.get(path)
    assert again.status_code == 410
    assert "used already or is too old" in again.text
    assert other.post(path).status_code == 410
    assert not is_signed_in(other)


def test_a_link_works_for_half_an_hour(make, browser):
    member = make.member()
    browser().send("/inloggen", {"email": member.email})
    path = link_to(member.email)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert browser().get(path).status_code == 410
        assert browser().post(path).status_code == 410


def test_a_link_does_one_thing_only(make, browser):
    member = make.member()
    with unit_of_work() as session:
        token = links.make(session, member, LinkPurpose.SIGN_IN, clock.now()).rsplit("/", 1)[1]
    for path in ("/wachtwoord/nieuw/", "/aanmelden/bevestigen/", "/e-mailadres/bevestigen/"):
        assert browser().get(path + token).status_code == 410


def test_of_two_uses_at_once_one_wins(make, session, now):
    member = make.member()
    with unit_of_work() as own:
        token = links.make(own, member, LinkPurpose.SIGN_IN, now).rsplit("/", 1)[1]
    found = links.look(session, token, LinkPurpose.SIGN_IN, now)
    assert found.used_at is None
    session.rollback()
    with unit_of_work() as own:
        links.use(own, token, LinkPurpose.SIGN_IN, now)
    with unit_of_work() as own, pytest.raises(links.LinkRefused):
        links.use(own, token, LinkPurpose.SIGN_IN, now)


def test_the_database_holds_no_token(make, browser):
    member = make.member()
    browser().send("/inloggen", {"email": member.email})
    token = link_to(member.email).rsplit("/", 1)[1]
    with reading() as session:
        assert token not in session.scalars(select(OneTimeLink.token_hash)).all()
        assert all(token not in hash_ for hash_ in session.scalars(select(SignIn.token_hash)))


@pytest.mark.parametrize("path", ["/inloggen", "/wachtwoord-vergeten"])
def test_the_page_does_the_same_for_every_address(make, browser, path):
    """Same answer, same work: one sealed job each, in which the address cannot be read."""
    known = make.member()
    left = make.member(state="left")
    seen = []
    for address in (known.email, left.email, "niemand@example.org"):
        visitor = browser()
        answer = visitor.send(path, {"email": address})
        page = visitor.get(answer.headers["Location"])
        with unit_of_work() as session:
            jobs = session.scalars(select(Job).where(Job.kind == "members.mail_link")).all()
            assert len(jobs) == 1
            assert address not in str(jobs[0].payload)
            session.delete(jobs[0])
        seen.append((answer.status_code, answer.headers["Location"], page.status_code))
        assert address not in page.text
    assert len(set(seen)) == 1
    assert mails() == []


def test_strangers_get_no_mail(make, browser):
    make.member(state="left", email="weg@example.org")
    for address in ("niemand@example.org", "weg@example.org"):
        browser().send("/inloggen", {"email": address})
    assert mails() == []


def test_whoever_waits_or_never_confirmed_gets_what_helps_them(make, browser):
    waiting, unconfirmed = make.member(state="requested"), make.member(state="unverified")
    for member in (waiting, unconfirmed):
        browser().send("/inloggen", {"email": member.email})
    assert "moderator still has to say yes" in " ".join(mails(waiting.email)[0].text.split())
    assert link_to(unconfirmed.email).startswith("/aanmelden/bevestigen/")


@pytest.mark.parametrize("address", ["geen adres", "a@b", "a@@example.org", "", "x" * 300])
def test_what_is_no_address_is_said_so_and_kept(browser, address):
    answer = browser().send("/inloggen", {"email": address})
    assert answer.status_code == 422
    assert address[:200] in answer.text


def test_a_forgotten_password_is_chosen_anew_and_ends_every_sign_in(make, browser):
    member = make.member(verified_at=None)
    elsewhere = browser(member)
    browser().send("/wachtwoord-vergeten", {"email": member.email})
    path = link_to(member.email)
    visitor = browser()
    assert visitor.send(path, {"password": "wachtwoord123456"}).status_code == 422
    assert visitor.send(path, {"password": GOOD}).status_code == 302
    assert is_signed_in(visitor)
    assert is_verified(member)
    assert not is_signed_in(elsewhere)
    assert browser().get(path).status_code == 410
    assert "password has changed" in mails(member.email)[-1].subject
    again = browser()
    assert again.send("/inloggen", {"email": member.email, "password": GOOD}).status_code == 302


def test_own_devices_are_listed_and_ended(make, browser):
    member, other = make.member(), make.member()
    here, there, third = browser(member), browser(member), browser(member)
    stranger = browser(other)
    page = here.get("/ik/instellingen").text
    assert page.count("/beeindigen") == 3
    with reading() as session:
        ids = list(session.scalars(select(SignIn.id).where(SignIn.member_id == member.id)))
    assert stranger.post(f"/ik/sessies/{ids[1]}/beeindigen").status_code == 404
    assert is_signed_in(there)
    assert here.post(f"/ik/sessies/{ids[1]}/beeindigen").status_code == 302
    assert not is_signed_in(there)
    assert is_signed_in(third)
    assert here.post("/ik/sessies/andere-beeindigen").status_code == 302
    assert not is_signed_in(third)
    assert is_signed_in(here)
    assert is_signed_in(stranger)


def test_a_sign_in_ends_after_two_months(make, browser):
    member = make.member()
    visitor = browser(member)
    with time_machine.travel(clock.now() + signing_in.LASTS + timedelta(minutes=1)):
        assert not is_signed_in(visitor)
        with unit_of_work() as session:
            signing_in.forget_ended(session, {}, clock.now())
        with reading() as session:
            assert session.scalars(select(SignIn)).all() == []


def test_signing_in_takes_a_new_session(make, browser):
    """What somebody put into the cookie before is gone (fixation)."""
    member = make.member()
    visitor = browser()
    with visitor.client.session_transaction() as cookie:
        cookie["planted"] = "x"
    visitor.send("/inloggen", {"email": member.email, "password": PASSWORD})
    with visitor.client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_guessing_is_slowed_down_per_address_and_per_account(make, browser, limits):
    member = make.member()
    visitor = browser()
    codes = [
        visitor.post("/inloggen", {"email": member.email, "password": "x" * 12}).status_code
        for _ in range(11)
    ]
    assert codes == [422] * 10 + [429]
    elsewhere = browser()  # another address on the internet, the same account
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    form = {"email": f"  {member.email.upper()} ", "password": PASSWORD}
    assert elsewhere.post("/inloggen", form).status_code == 429
    form["email"] = make.member().email
    assert elsewhere.post("/inloggen", form).status_code == 302


def test_mails_to_one_address_are_limited_for_strangers_and_members_alike(make, browser, limits):
    for number, address in enumerate((make.member().email, "niemand@example.org")):
        codes = []
        for turn in range(9):
            visitor = browser()
            visitor.client.environ_base["REMOTE_ADDR"] = f"192.0.{number}.{turn}"
            codes.append(visitor.post("/wachtwoord-vergeten", {"email": address}).status_code)
        assert codes == [302] * 8 + [429]


def test_the_language_is_changed_by_visitors_and_members(make, browser):
    visitor = browser()
    assert visitor.post("/taal", {"language": "nl", "next": "/inloggen"}).status_code == 302
    assert '<html lang="nl"' in visitor.get("/inloggen").text
    assert visitor.post("/taal", {"language": "xx", "next": "//evil"}).headers["Location"] == "/"
    member = make.member()
    browser(member).post("/taal", {"language": "nl"})
    assert '<html lang="nl"' in browser(member).get("/ik").text
    with reading() as session:
        assert session.get(Member, member.id).language == "nl"


def test_wrong_passwords_leave_the_way_in_by_mail_open(make, browser, limits):
    """Whoever guesses at somebody's password, even from the same place, does not shut them out."""
    email = make.member().email
    guesser = browser()
    wrong = {"email": email, "password": "x" * 12}
    codes = [guesser.post("/inloggen", wrong).status_code for _ in range(12)]
    assert codes[-1] == 429
    assert browser().post("/inloggen", {"email": email}).status_code == 302
    elsewhere = browser()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    assert elsewhere.post("/inloggen", {"email": email}).status_code == 302
    # And links asked for do not use up the tries with a password.
    codes = [elsewhere.post("/inloggen", {"email": email}).status_code for _ in range(8)]
    assert codes[-1] == 429
    third = browser()
    third.client.environ_base["REMOTE_ADDR"] = "192.0.2.10"
    fresh = make.member().email
    assert third.post("/inloggen", {"email": fresh, "password": PASSWORD}).status_code == 302


def test_a_room_of_people_behind_one_address_signs_in(make, browser, limits):
    """At a kennismarkt all come at once; only who fails may be guessing."""
    for _ in range(12):
        form = {"email": make.member().email, "password": PASSWORD}
        assert browser().post("/inloggen", form).status_code == 302
    for _ in range(12):
        member = make.member()
        with unit_of_work() as session:
            path = links.make(session, member, LinkPurpose.SIGN_IN, clock.now())
        assert browser().post(path).status_code == 302
    codes = [browser().post("/inloggen/link/nergens").status_code for _ in range(11)]
    assert codes == [410] * 10 + [429]


def test_links_by_mail_are_limited_for_a_place_that_tries_many_addresses(browser, limits):
    """Looser than for one account: a room of people may ask, each for their own."""
    codes = [
        browser().post("/inloggen", {"email": f"lid{n}@example.org"}).status_code for n in range(61)
    ]
    assert codes == [302] * 60 + [429]
