"""An address that keeps failing gets no mail until its member confirms it; nobody is removed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.members import deliverability
from cop.members.models import AddressTrouble, Member, MemberState
from cop.platform import clock
from cop.platform.db import reading, unit_of_work

DAY = timedelta(days=1)


def fail(member, times=1, permanent=True, apart=DAY, start=None):
    start = start or clock.now()
    for n in range(times):
        with unit_of_work() as session:
            deliverability.note_failure(
                session, member.email, permanent=permanent, code="5.1.1", now=start + n * apart
            )


def mailed(member):
    with reading() as session:
        both = {
            deliverability.may_be_mailed(session, member.email),
            session.scalar(
                select(Member.id).where(Member.id == member.id, deliverability.mailable())
            )
            is not None,
        }
    assert len(both) == 1
    return both.pop()


@pytest.mark.parametrize(
    ("times", "permanent", "apart", "gets_mail"),
    [
        (2, True, DAY, True),
        (3, True, DAY, False),
        (5, False, DAY, True),
        (6, False, DAY, False),
        (40, True, timedelta(minutes=10), True),  # one bad day
        (3, True, 7 * DAY, False),  # a weekly digest
        (9, True, 31 * DAY, True),  # each forgotten before the next
    ],
)
def test_three_days_of_failing_for_good_stop_the_mail(make, times, permanent, apart, gets_mail):
    member = make.member()
    fail(member, times, permanent, apart)
    assert mailed(member) == gets_mail


def test_however_the_address_is_written(make):
    member = make.member(email="lid.a@example.org")
    now = clock.now()
    for n in range(3):
        with unit_of_work() as session:
            deliverability.note_failure(
                session, " Lid.A@Example.ORG", permanent=True, code="550", now=now + n * DAY
            )
    assert not mailed(member)


def test_the_member_sees_it_and_gets_mail_again_by_confirming(make, browser):
    member, other = make.member(), make.member()
    fail(member, 3)
    site = browser(member)
    assert "keeps coming back" in site.get("/leden").text
    assert "keeps coming back" not in browser(other).get("/leden").text
    assert "5.1.1" in site.get("/ik/e-mailadres/komt-niet-aan").text
    assert not mailed(member)  # looking changes nothing
    site.send("/ik/e-mailadres/komt-niet-aan", {})
    assert mailed(member)
    assert "keeps coming back" not in site.get("/leden").text
    with reading() as session:
        assert session.get_one(Member, member.id).state == MemberState.ACTIVE


def test_another_address_begins_anew(make, browser):
    member = make.member()
    fail(member, 3)
    with unit_of_work() as session:
        session.get_one(Member, member.id).email = "nieuw@example.org"
        member.email = "nieuw@example.org"
    assert mailed(member)


def test_leaving_takes_it_along(make, browser):
    member = make.member()
    fail(member)
    browser(member).send("/ik/vertrekken", {"posts": "name"})
    with reading() as session:
        assert session.scalars(select(AddressTrouble)).all() == []


def test_old_failures_are_forgotten_but_a_stop_stays(make):
    member, other = make.member(), make.member()
    fail(member, 3)
    fail(other, 2)
    later = clock.now() + 60 * DAY
    with unit_of_work() as session:
        deliverability.forget_old(session, {}, later)
    with reading() as session:
        assert session.scalars(select(AddressTrouble.address)).all() == [member.email]
