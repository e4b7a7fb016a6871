"""Moderators and administrators are asked, and say yes before it holds."""

import pytest
from sqlalchemy import select

from cop.members import roles
from cop.members.models import Member, RoleOffer
from cop.platform import audit, clock
from cop.platform.db import reading
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from tests.support.meeting import at_once


def role_of(member):
    with reading() as session:
        return session.get_one(Member, member.id).site_role


def choose(asking, make, member, role):
    return asking.send(f"/beheer/rollen/{make.persona(member).handle}", {"role": role})


def test_an_administrator_asks_and_it_holds_once_they_say_yes(make, browser):
    chief, member = make.member("Eva", site_role="administrator"), make.member("Ria Bakker")
    asking, theirs = browser(chief), browser(member)
    leaving = asking.get("/ik/vertrekken").text
    assert "only administrator" in leaving
    assert 'href="/beheer/rollen"' in leaving
    assert "Ria Bakker" in asking.get("/beheer/rollen?naam=ria").text
    assert choose(asking, make, member, "baas").status_code == 422
    for _ in range(2):  # a form that is sent twice asks once
        assert choose(asking, make, member, "administrator").status_code == 302
    run_due()
    assert role_of(member) == "member"
    assert theirs.get("/meldingen").text.count("Eva asks you to become an administrator.") == 1
    assert theirs.post("/ik/rol", {"answer": "yes"}).status_code == 302
    assert role_of(member) == "administrator"
    assert theirs.get("/beheer/rollen").status_code == 200
    run_due()
    assert "Ria Bakker said yes" in asking.get("/meldingen").text
    assert choose(theirs, make, chief, "moderator").status_code == 302  # less: told, not asked
    assert role_of(chief) == "moderator"
    run_due()
    assert "Your role on this site is now: Moderator." in asking.get("/meldingen").text
    last = theirs.post("/ik/rol", {"answer": "stop"})
    assert last.status_code == 422
    assert "only administrator" in last.text
    assert asking.post("/ik/rol", {"answer": "stop"}).status_code == 302
    assert role_of(chief) == "member"
    with reading() as session:
        said = session.scalars(select(audit.AuditEntry.action)).all()
    assert said.count("member.role_asked") == 1
    assert said.count("member.role_given") == 3


def test_a_no_and_a_change_of_mind_leave_all_as_it_was(make, browser):
    asking, member = browser(make.member(site_role="administrator")), make.member()
    theirs = browser(member)
    choose(asking, make, member, "moderator")
    theirs.post("/ik/rol", {"answer": "no"})
    assert theirs.post("/ik/rol", {"answer": "yes"}).status_code == 422
    choose(asking, make, member, "moderator")
    choose(asking, make, member, "member")  # taken back
    assert theirs.post("/ik/rol", {"answer": "yes"}).status_code == 422
    run_due()
    assert "asks you to become" not in theirs.get("/meldingen").text
    assert role_of(member) == "member"


@pytest.mark.parametrize("goes", ["leaves", "is lowered"])
def test_what_somebody_asked_lapses_when_they_no_longer_administer(make, browser, goes):
    chief, other = (make.member(site_role="administrator") for _ in range(2))
    member = make.member()
    asking = browser(chief)
    choose(asking, make, member, "administrator")
    if goes == "leaves":
        asking.send("/ik/vertrekken", {"posts": "name"})
    else:
        choose(browser(other), make, chief, "member")
    with reading() as session:
        assert session.scalars(select(RoleOffer)).all() == []


def test_of_two_administrators_who_lower_each_other_at_once_one_stays(app, make):
    one, other = (make.member(site_role="administrator") for _ in range(2))

    def lowers(who, whom):
        handle = make.persona(whom).handle
        return lambda session: roles.choose(session, make.actor(who), handle, "member", clock.now())

    late = at_once(app, lowers(one, other), lowers(other, one))
    assert isinstance(late, Refused)
    assert role_of(one) == "administrator"


def test_nobody_else_gives_roles_and_no_pseudonym_gets_one(make, browser, session, now):
    member, chief = make.member(), make.member(site_role="administrator")
    hidden = make.pseudonym(make.member(), make.circle(pseudonyms=True))
    moderator = make.member(site_role="moderator")
    assert browser(chief).get(f"/beheer/rollen/{hidden.handle}").status_code == 404
    for who in (member, moderator):
        with pytest.raises(NotFound):
            roles.choose(session, make.actor(who), make.persona(member).handle, "moderator", now)
    with pytest.raises(NotFound):
        roles.choose(session, make.actor(chief), hidden.handle, "moderator", now)
