"""Whether a date goes on: while somebody facilitates it; and who hears when that changes."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cop.gatherings import guests
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Gathering
from cop.gatherings.poll_models import PollOption
from cop.groups import facilitating, outside
from cop.groups.certainty import OPEN_AFTER
from cop.groups.models import GroupFacilitator
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from cop.sessions import stepping
from cop.sessions.models import SessionState
from tests.sessions.table import guest, table

MINUTE = timedelta(minutes=1)


def is_provisional(gathering):
    with unit_of_work() as session:
        return session.get_one(Gathering, gathering.id).provisional


def stop(make, member, group):
    with unit_of_work() as session:
        facilitating.stop(session, make.actor(member), group.id, clock.now())
    run_due()


def facilitate(make, member, group):
    with unit_of_work() as session:
        facilitating.ask(
            session, make.actor(member), group.id, make.persona(member).handle, "", clock.now()
        )
    run_due()


def sought(member):
    """How often somebody heard that their group seeks a facilitator."""
    with unit_of_work() as session:
        kinds = session.scalars(
            select(Notification.kind).where(Notification.member_id == member.id)
        ).all()
    return kinds.count("groups.seeks")


@pytest.mark.parametrize(
    ("ago", "waits"),
    [(-MINUTE, False), (OPEN_AFTER - MINUTE, False), (OPEN_AFTER + MINUTE, True)],
    ids=["it has begun", "it is just over", "long over"],
)
def test_who_comes_to_facilitate_after_the_beginning_lets_the_session_begin(make, ago, waits):
    at = table(make, begun=False, soon=True)
    stop(make, at.lead, at.group)
    assert is_provisional(at.gathering)
    ended = clock.now() - ago
    with unit_of_work() as session:
        session.execute(
            update(Gathering).values(starts_at=ended - timedelta(hours=1), ends_at=ended)
        )
    facilitate(make, at.lead, at.group)
    assert is_provisional(at.gathering) == waits
    if not waits:
        with unit_of_work() as session:
            stepping.start(session, at.actor(), at.id, clock.now())
            assert at.now_held(session).state == SessionState.RUNNING


def test_who_goes_from_a_group_that_has_ended_leaves_its_dates_uncertain(make, browser):
    organiser, member = make.member(), make.member()
    group = make.group(organiser, member)
    gathering = make.group_date(group, organiser)
    page = browser(organiser)
    page.post(f"/groepen/{group.id}/archiveren")
    run_due()
    assert not is_provisional(gathering)
    stop(make, organiser, group)
    assert is_provisional(gathering)
    page.post(f"/groepen/{group.id}/heropenen")
    facilitate(make, organiser, group)
    assert not is_provisional(gathering)


@pytest.mark.parametrize("way", ["forgotten", "taken back"])
@pytest.mark.parametrize("cancelled", [True, False])
def test_nobody_is_missed_at_a_date_that_was_cancelled(make, way, cancelled):
    at = table(make, begun=False)
    asked = guest(at)
    stop(make, at.lead, at.group)
    before = sought(at.others[0])
    with unit_of_work() as session:
        if cancelled:
            session.get_one(Gathering, at.gathering.id).cancelled_at = clock.now()
        row = session.scalars(
            select(GroupFacilitator.id).where(GroupFacilitator.guest_id == asked.id)
        ).one()
    with unit_of_work() as session:
        if way == "taken back":
            outside.take_back_guest(session, at.actor(), at.gathering.id, row, clock.now())
        else:
            guests.erase(session, session.get_one(GatheringGuest, asked.id), clock.now())
    run_due()
    assert sought(at.others[0]) - before == int(not cancelled)


def test_guests_who_come_hear_whether_a_date_is_certain_also_in_their_calendar(
    make, browser, mails
):
    organiser = make.member()
    group = make.group(organiser, facilitates=False)
    with unit_of_work() as session:
        circle = {"circle_id": group.circle_id, "kind": group.kind}
    poll = make.date_poll(organiser, **circle)
    page = browser(organiser)
    theirs = {}
    for name in ("komt", "stil"):
        email = f"{name}@example.org"
        page.send(f"/agenda/prikker/{poll.id}/gasten", {"name": name, "email": email})
        run_due()
        (asked,) = [m for m in mails() if m.recipient == email]
        theirs[name] = re.search(r"/gast/[\w-]+", asked.text)[0]
    with unit_of_work() as session:
        first = session.scalars(select(PollOption.id).order_by(PollOption.id)).first()
    for own in theirs.values():
        browser().send(own, {f"datum-{first}": "yes", "agrees": "y"})
    page.send(f"/agenda/prikker/{poll.id}/kiezen/{first}", {"place": "De Linde"})
    run_due()
    browser().send(theirs["komt"], {"antwoord": "ja"})
    run_due()
    facilitate(make, organiser, group)
    stop(make, organiser, group)
    told = [m for m in mails() if m.recipient == "komt@example.org" and m.calendar]
    assert [re.search("STATUS:([A-Z]+)", m.calendar)[1] for m in told] == [
        "TENTATIVE",
        "CONFIRMED",
        "TENTATIVE",
    ]
    assert [int(re.search(r"SEQUENCE:(\d+)", m.calendar)[1]) for m in told] == [1, 2, 3]
    assert "Het is nu zeker" in told[1].text
    assert "niet zeker" in told[2].text
    assert not any(m.calendar for m in mails() if m.recipient == "stil@example.org")
