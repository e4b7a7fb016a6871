"""Leaving is always possible, takes everything along, and ties no pseudonym to whoever leaves."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.members import leaving
from cop.members.models import (
    Invitation,
    Member,
    MemberRoleTag,
    MemberState,
    OneTimeLink,
    Persona,
    SignIn,
    SiteRole,
)
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import Refused
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.spaces.circles import CircleMembership
from tests.members.helping import link_to
from tests.support.factories import PASSWORD
from tests.support.meeting import at_once


def leave(make, browser, member, posts="name"):
    return browser(member).send("/ik/vertrekken", {"posts": posts})


def memberships(member):
    with reading() as session:
        return session.scalars(
            select(CircleMembership.persona_id).where(CircleMembership.member_id == member.id)
        ).all()


def test_everything_about_the_person_is_gone_at_once(make, browser):
    member = make.member(
        "Ria Bakker",
        profession="Verpleegkundige",
        region="Drenthe",
        about="Over mij",
        cluster="nursing",
        language="en",
    )
    address = member.email
    make.save(MemberRoleTag(member_id=member.id, tag="client"))
    browser().send("/inloggen", {"email": address})
    link = link_to(address)
    elsewhere = browser(member)
    answer = leave(make, browser, member)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert elsewhere.get("/ik").status_code == 302
    assert browser().get(link).status_code == 410
    assert browser().send("/inloggen", {"email": address, "password": PASSWORD}).status_code == 422
    with reading() as session:
        found = session.get(Member, member.id)
        assert found.state == MemberState.LEFT
        assert address not in str(vars(found))
        assert (found.profession, found.region, found.about) == ("", "", "")
        assert (found.cluster, found.password_hash, found.language) == (None, None, None)
        assert found.role_tags == []
        for table in (SignIn, OneTimeLink):
            assert session.scalars(select(table).where(table.member_id == member.id)).all() == []


def test_the_address_is_free_for_a_new_beginning(make, browser):
    member = make.member()
    address = member.email
    leave(make, browser, member)
    assert make.member(email=address).id != member.id


def test_posts_keep_the_name_and_its_page_says_that_they_left(make, browser):
    member = make.member("Ria Bakker")
    leave(make, browser, member, "name")
    reader = browser(make.member())
    page = reader.get(f"/leden/{make.persona(member).handle}")
    assert "Ria Bakker" in page.text
    assert "no longer a member" in page.text
    assert "Ria Bakker" not in reader.get("/leden").text


def test_or_they_are_those_of_a_former_member(make, browser):
    member = make.member("Ria Bakker")
    leave(make, browser, member, "former")
    with reading() as session:
        persona = session.get(Persona, make.persona(member).id)
    assert persona.name == "Oud-lid"
    for value in (persona.handle, persona.sort_key, persona.name_key):
        assert "ria" not in value
        assert "bakker" not in value
    assert browser(make.member()).get(f"/leden/{make.persona(member).handle}").status_code == 404


def test_two_former_members_cannot_be_told_apart_by_order_or_name(make, browser):
    for name in ("Aad", "Zoë"):
        leave(make, browser, make.member(name), "former")
    with reading() as session:
        handles = session.scalars(select(Persona.handle).where(Persona.name == "Oud-lid")).all()
    assert len(set(handles)) == 2


def test_a_choice_has_to_be_made(make, browser):
    member = make.member()
    answer = browser(member).send("/ik/vertrekken")
    assert answer.status_code == 422
    assert browser(member).get("/ik").status_code == 200


def test_the_last_administrator_stays_until_there_is_another(make, browser):
    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    make.member(site_role=SiteRole.ADMINISTRATOR, state="left")
    page = browser(admin).get("/ik/vertrekken").text
    assert "only administrator" in page
    assert 'name="posts"' not in page
    assert browser(admin).post("/ik/vertrekken", {"posts": "name"}).status_code == 422
    make.member(site_role=SiteRole.ADMINISTRATOR)
    assert leave(make, browser, admin).status_code == 302


def test_no_other_way_in_leaves_the_site_without_administrator(make, session, now):
    last = make.member(site_role=SiteRole.ADMINISTRATOR)
    with pytest.raises(Refused):
        leaving.leave(session, make.actor(last), True, now)


def test_the_last_two_administrators_cannot_leave_at_once(app, make, now):
    def leaves(member):
        return lambda session: leaving.leave(session, make.actor(member), True, now)

    first, second = (make.member(site_role=SiteRole.ADMINISTRATOR) for _ in range(2))
    assert isinstance(at_once(app, leaves(first), leaves(second)), Refused)
    with reading() as session:
        assert session.get_one(Member, second.id).state == MemberState.ACTIVE


def test_a_pseudonym_is_cut_loose_at_once_and_ends_at_a_moment_of_its_own(make, browser):
    member = make.member("Ria Bakker")
    own = make.circle()
    make.join(member, own)
    hidden = [
        make.pseudonym(member, make.circle(pseudonyms=True), name)
        for name in ("Zeewind", "Landwind", "Duinpan")
    ]
    reader = browser(make.member())
    before = [reader.get(f"/leden/{p.handle}").text for p in hidden]
    leave(make, browser, member, "former")
    run_due()
    # The own name has left its circles; the pseudonyms look to everybody as they did before.
    assert memberships(member) == []  # no row says whose they were
    with reading() as session:
        rows = select(CircleMembership).where(
            CircleMembership.persona_id.in_([p.id for p in hidden])
        )
        assert len({row.member_id for row in session.scalars(rows)}) == 3  # nor that they are one
    after = [reader.get(f"/leden/{p.handle}").text for p in hidden]
    assert [_body(text) for text in after] == [_body(text) for text in before]
    with reading() as session:
        assert [session.get(Persona, p.id).member_id for p in hidden] == [None] * 3
        assert [session.get(Persona, p.id).name for p in hidden] == [
            "Zeewind",
            "Landwind",
            "Duinpan",
        ]
        jobs = session.scalars(select(Job).where(Job.kind == "members.end_pseudonym")).all()
    moments = sorted(job.run_at for job in jobs)
    assert len(set(moments)) == 3
    assert moments[0] > clock.now() + leaving.SOONEST - timedelta(minutes=5)
    assert moments[-1] < clock.now() + leaving.LATEST
    assert all("member" not in str(job.payload) for job in jobs)
    with unit_of_work() as session:
        for job in session.scalars(select(Job).where(Job.kind == "members.end_pseudonym")):
            job.run_at = clock.now() - timedelta(seconds=1)
    run_due()
    with reading() as session:
        assert session.scalars(rows).all() == []
        assert all(session.get(Persona, p.id).gone_at for p in hidden)
        assert session.scalars(select(Job).where(Job.dead_at.is_not(None))).all() == []


def _body(text):
    return text.split('<main class="main"')[1].split("</main>")[0]


def test_what_was_thrown_differs_each_time(make, browser):
    moments = []
    for n in range(6):
        member = make.member(f"Lid {n}")
        make.pseudonym(member, make.circle(pseudonyms=True))
        leave(make, browser, member)
    with reading() as session:
        for job in session.scalars(select(Job).where(Job.kind == "members.end_pseudonym")):
            moments.append(job.run_at - job.created_at)
    assert len(set(moments)) == 6
    assert max(moments) - min(moments) > timedelta(days=1)


def test_invitations_of_whoever_left_no_longer_work(make, browser):
    member = make.member(site_role="moderator")
    browser(member).send("/ik/uitnodigingen", {"uses": "5"})
    leave(make, browser, member)
    with reading() as session:
        assert session.scalars(select(Invitation)).one().revoked_at is not None


def test_somebody_is_asked_to_take_over_a_circle_that_lost_its_last_coordinator(make, browser):
    coordinator, other = make.member("Ria Bakker"), make.member("Kees Smit")
    space = make.space(coordinator=coordinator)
    make.join(other, space.circle)
    leave(make, browser, coordinator)
    run_due()
    assert "take over" in browser(other).get("/meldingen").text
