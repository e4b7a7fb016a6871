"""Invitations: for one address or several people, until a date, and taken back at any moment."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from cop.members import invitations
from cop.members.actor import SYSTEM
from cop.members.invitations import Wanted
from cop.members.models import Invitation, Member, MemberState, SignUp, SiteSettings
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from tests.members.helping import BASE, link_to, mails, sign_up


def invite(make, email=None, uses=1, days=14, actor=SYSTEM):
    with unit_of_work() as session:
        return invitations.make(session, actor, Wanted(email, uses, days), "nl", clock.now())


def state_of(address):
    with reading() as session:
        return session.scalar(select(Member.state).where(Member.email == address))


@pytest.fixture(autouse=True)
def closed_site(make):
    return make.save(SiteSettings(id=1, name="Proefplaats", sign_up="invitation"))


def test_whoever_has_one_joins_at_once(make, browser):
    _made, path = invite(make)
    answer, visitor = sign_up(browser, path=path)
    assert answer.status_code == 302
    visitor.send(link_to("nieuw@example.org"))
    assert state_of("nieuw@example.org") == MemberState.ACTIVE


def test_one_for_an_address_is_mailed_and_works_for_that_address_only(make, browser):
    _made, path = invite(make, "Nieuw@Example.org")
    mail = mails("nieuw@example.org")[0]
    assert f"{BASE}{path}" in mail.text
    answer, visitor = sign_up(browser, "ander@example.org", path=path)
    assert answer.status_code == 422
    assert "for another e-mail address" in answer.text
    assert "ander@example.org" in answer.text
    answer, visitor = sign_up(browser, path=path)
    visitor.send(link_to("nieuw@example.org"))
    assert state_of("nieuw@example.org") == MemberState.ACTIVE
    assert "has been used" in browser().get(path).text


def test_a_twin_of_one_that_still_works_is_the_same_and_mails_nobody_again(make, browser):
    member = make.member(site_role="moderator")
    inviter = browser(member)
    for _ in range(2):
        page = inviter.send("/ik/uitnodigingen", {"email": "Nieuw@example.org", "days": "9"})
        assert page.status_code == 200
    assert "You invited nieuw@example.org already" in page.text
    assert len(mails("nieuw@example.org")) == 1
    with reading() as session:
        made = session.scalars(select(Invitation)).one()
    inviter.post(f"/ik/uitnodigingen/{made.id}/intrekken")
    inviter.send("/ik/uitnodigingen", {"email": "nieuw@example.org", "days": "9"})
    assert len(mails("nieuw@example.org")) == 2


def test_one_that_no_longer_works_locks_nobody_out_of_an_open_site(make, browser):
    made, path = invite(make, "nieuw@example.org")
    sign_up(browser, path=path)
    link_to("nieuw@example.org")  # never followed
    with unit_of_work() as session:
        session.get(Invitation, made.id).expires_at = clock.now()
        session.get(SiteSettings, 1).sign_up = "open"
    _answer, visitor = sign_up(browser)
    assert visitor.send(link_to("nieuw@example.org")).status_code == 302
    assert state_of("nieuw@example.org") == MemberState.ACTIVE


def test_its_page_does_not_show_for_whom_it_is(make, browser):
    _made, path = invite(make, "geheim@example.org")
    assert "geheim@example.org" not in browser().get(path).text


def test_a_shared_one_works_so_many_times(make, browser):
    _made, path = invite(make, uses=2)
    confirm = []
    for n in range(3):  # three fill in the form, two can come in
        _answer, visitor = sign_up(browser, f"n{n}@example.org", path=path)
        confirm.append((visitor, link_to(f"n{n}@example.org")))
    for visitor, link in confirm[:2]:
        assert visitor.send(link).status_code == 302
    visitor, link = confirm[2]
    answer = visitor.send(link)
    assert answer.status_code == 422
    assert "has been used" in answer.text
    assert [state_of(f"n{n}@example.org") for n in range(3)] == ["active", "active", "unverified"]


def test_each_reason_why_one_does_not_work_is_one_clear_sentence(make, browser):
    old, used, back, good = (invite(make) for _ in range(4))
    with unit_of_work() as session:
        session.get(Invitation, old[0].id).expires_at = clock.now() - timedelta(minutes=1)
        session.get(Invitation, used[0].id).uses = 1
        session.get(Invitation, back[0].id).revoked_at = clock.now()
    for path, words in (
        (old[1], "too old"),
        (used[1], "has been used"),
        (back[1], "taken back"),
        (f"{invitations.PATH}{'x' * 43}", "does not exist"),
    ):
        answer = browser().get(path)
        assert answer.status_code == 410
        assert words in answer.text
        assert 'name="email"' not in answer.text
    assert browser().get(good[1]).status_code == 200


def test_one_that_is_taken_back_stops_who_has_not_confirmed(make, browser):
    made, path = invite(make)
    _answer, visitor = sign_up(browser, path=path)
    with unit_of_work() as session:
        invitations.revoke(
            session, make.actor(make.member(site_role="moderator")), made.id, clock.now()
        )
    answer = visitor.send(link_to("nieuw@example.org"))
    assert answer.status_code == 422
    assert "taken back" in answer.text


def test_nobody_else_takes_an_invitation_away_by_typing_the_address(make, browser):
    _made, path = invite(make)
    _answer, visitor = sign_up(browser, path=path, name="Wie Gevraagd Is")
    mine = link_to("nieuw@example.org")
    with unit_of_work() as session:
        session.get_one(SiteSettings, 1).sign_up = SignUp.REQUEST
    sign_up(browser, name="Iemand Anders", motivation="Ik wil er graag bij")
    assert visitor.send(mine).status_code == 302
    with reading() as session:
        member = session.scalars(select(Member).filter_by(email="nieuw@example.org")).one()
        assert member.state == MemberState.ACTIVE
        assert [p.name for p in member.personas] == ["Wie Gevraagd Is"]


def test_it_ends_on_its_date(make, browser):
    _made, path = invite(make, days=3)
    with time_machine.travel(clock.now() + timedelta(days=2, hours=23)):
        assert browser().get(path).status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=3, minutes=1)):
        assert browser().get(path).status_code == 410


@pytest.mark.parametrize(
    ("role", "allowed", "may"),
    [
        ("member", False, False),
        ("member", True, True),
        ("moderator", False, True),
        ("administrator", False, True),
    ],
)
def test_who_may_invite(make, browser, session, now, role, allowed, may):
    with unit_of_work() as own:
        own.get(SiteSettings, 1).members_may_invite = allowed
    member = make.member(site_role=role)
    page = browser(member).get("/ik/uitnodigingen")
    assert page.status_code == 200
    assert ('name="days"' in page.text) is may
    made = browser(member).post("/ik/uitnodigingen", {"days": "5", "uses": "1"})
    assert (f"{BASE}{invitations.PATH}" in made.text) is may
    if not may:
        with pytest.raises(NotFound):
            invitations.make(session, make.actor(member), Wanted(None, 1, 5), "nl", now)


def test_its_link_is_shown_once_and_kept_nowhere(make, browser):
    moderator = browser(make.member(site_role="moderator"))
    made = moderator.send("/ik/uitnodigingen", {"note": "Voor de studiedag", "uses": "20"})
    token = made.text.split(invitations.PATH)[1][:43]
    page = moderator.get("/ik/uitnodigingen").text
    assert token not in page
    assert "Voor de studiedag" in page
    with reading() as session:
        assert token not in session.scalars(select(Invitation.token_hash)).all()


def test_members_see_and_take_back_their_own_moderators_everybodys(make, browser):
    with unit_of_work() as own:
        own.get(SiteSettings, 1).members_may_invite = True
    one, two = make.member(), make.member()
    made, path = invite(make, actor=make.actor(one), email="gast@example.org")
    moderator = make.member(site_role="moderator")
    assert "gast@example.org" in browser(one).get("/ik/uitnodigingen").text
    assert "gast@example.org" not in browser(two).get("/ik/uitnodigingen").text
    assert "gast@example.org" in browser(moderator).get("/ik/uitnodigingen").text
    assert browser(two).post(f"/ik/uitnodigingen/{made.id}/intrekken").status_code == 404
    assert browser().get(path).status_code == 200
    assert browser(one).post(f"/ik/uitnodigingen/{made.id}/intrekken").status_code == 302
    assert browser().get(path).status_code == 410


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"days": "0"}, "days"),
        ({"days": "91"}, "days"),
        ({"days": "veel"}, "days"),
        ({"uses": "0"}, "uses"),
        ({"uses": "501"}, "uses"),
        ({"email": "geen adres"}, "email"),
        ({"note": "x" * 201}, "note"),
    ],
)
def test_numbers_and_addresses_out_of_bounds_are_refused(make, browser, values, field):
    moderator = browser(make.member(site_role="moderator"))
    answer = moderator.send("/ik/uitnodigingen", {"days": "14", "uses": "1"} | values)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    with reading() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_members_invite_ten_at_most_and_not_without_end(make, session, now):
    actor = make.actor(make.member())
    session.get(SiteSettings, 1).members_may_invite = True
    with pytest.raises(Refused):
        invitations.make(session, actor, Wanted(None, 11, 5), "nl", now)
    for _turn in range(invitations.MOST_OPEN_OF_MEMBERS):
        invitations.make(session, actor, Wanted(None, 1, 5), "nl", now)
    with pytest.raises(Refused):
        invitations.make(session, actor, Wanted(None, 1, 5), "nl", now)


@pytest.mark.parametrize("path", ["/aanmelden/uitnodiging/bestaat-niet", "old"])
def test_a_member_who_opens_one_that_does_not_work_is_told_so(make, browser, path):
    if path == "old":
        with time_machine.travel(clock.now() - timedelta(days=9)):
            _made, path = invite(make, days=1)
    answer = browser(make.member()).get(path)
    assert answer.status_code == 410
    assert "This link does not work" in answer.text
    assert 'href="/aanmelden"' not in answer.text  # who is a member already need not join


def test_a_member_who_opens_one_that_works_is_told_that_they_are_in(make, browser):
    _made, path = invite(make)
    member = browser(make.member())
    assert member.get(path).headers["Location"] == "/"
    assert "You are a member already." in member.get("/").text
