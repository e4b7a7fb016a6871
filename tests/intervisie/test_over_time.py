"""A group over time: what came of its sessions, never of a person; and whether it goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cop.gatherings.models import Gathering
from cop.intervisie import going_on
from cop.intervisie.models import GoOnQuestion
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.mail.models import OutgoingMail
from cop.sessions import afterwards
from tests.sessions.table import table


def test_the_overview_shows_what_came_of_it_to_who_was_there(make, browser, now):
    at = table(make, closed=True)
    one = at.others[0]
    with unit_of_work() as session:
        done = afterwards.take_along(session, at.actor(one), at.id, "Eerst bellen", None, "a", now)
        afterwards.say_what_came(session, at.actor(one), done.id, True, "De deur ging open.", now)
        afterwards.take_along(session, at.actor(), at.id, "Stil zijn", None, "a", now)
    url = f"/intervisie/groepen/{at.group.id}"
    page = browser(at.lead).get(url).text
    assert "De deur ging open." in page
    assert "1 action done" in page
    assert "1 still open" in page
    assert make.persona(one).name not in page
    assert "De deur" not in browser(at.absent).get(url).text
    assert browser(make.member(site_role="administrator")).get(url).status_code == 404


def long_ago(at, weeks):
    """The group's date, and with it its session, were so long ago; nothing else is planned."""
    with unit_of_work() as session:
        then = clock.now() - timedelta(weeks=weeks)
        session.execute(
            update(Gathering)
            .where(Gathering.id == at.gathering.id)
            .values(starts_at=then, ends_at=then + timedelta(hours=1))
        )


def test_a_series_that_dries_up_asks_everybody_once(make, now):
    then = clock.now() - timedelta(weeks=13)
    at = table(make, closed=True, now=then)
    long_ago(at, 13)
    for _again in range(2):
        with unit_of_work() as session:
            going_on.look_for_dry_series(session, {}, clock.now())
    with reading() as session:
        assert len(session.scalars(select(GoOnQuestion)).all()) == 1
        told = session.scalars(
            select(Notification.member_id).where(Notification.kind == "intervisie.go_on")
        ).all()
        assert set(told) == {m.id for m in (at.lead, at.absent, *at.others)}
        for mail in session.scalars(select(OutgoingMail)):
            assert at.group.name not in mail.subject + mail.text


def test_a_series_that_goes_on_is_not_asked(make):
    """Met lately, on the screen or not; or planned; or looking for a date."""
    for weeks, why in (
        (11, "screen"),
        (13, "date"),
        (13, "planned"),
        (13, "poll"),
        (13, "cancelled"),
    ):
        at = table(make, closed=True, now=clock.now() - timedelta(weeks=weeks))
        long_ago(at, weeks)
        if why == "poll":
            make.date_poll(at.lead, circle_id=at.group.circle_id, kind=at.group.kind)
        elif why != "screen":
            other = make.group_date(at.group, at.lead)
            with unit_of_work() as session:
                if why != "planned":
                    yesterday = clock.now() - timedelta(days=1)
                    row = session.get_one(Gathering, other.id)
                    row.starts_at, row.ends_at = yesterday - timedelta(hours=1), yesterday
                    row.cancelled_at = yesterday if why == "cancelled" else None
        with unit_of_work() as session:
            going_on.look_for_dry_series(session, {}, clock.now())
            asked = session.scalars(
                select(GoOnQuestion).where(GoOnQuestion.circle_id == at.group.circle_id)
            ).all()
        assert bool(asked) == (why == "cancelled"), why


def test_what_each_says_is_counted_and_not_named(session, make, now):
    at = table(make)
    stranger = make.actor(make.member())
    asked = GoOnQuestion(circle_id=at.group.circle_id, at=now)
    session.add(asked)
    session.flush()
    for who, says in zip(at.others, ("on", "on", "stop"), strict=True):
        going_on.answer(session, at.actor(who), asked.id, "pause", now)
        going_on.answer(session, at.actor(who), asked.id, says, now)
    assert going_on.answers(session, asked.id) == {"on": 2, "stop": 1}
    with pytest.raises(Refused):
        going_on.answer(session, at.actor(), asked.id, "misschien", now)
    with pytest.raises(NotFound):
        going_on.answer(session, stranger, asked.id, "on", now)
