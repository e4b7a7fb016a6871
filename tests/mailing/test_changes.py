"""Choices that change at any moment, also while mail waits: nothing is lost, nothing told twice."""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import delete, select

from cop.discussions.mailing import choices
from cop.notifications import digest_planning
from cop.notifications.models import MailPreference, Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail import engine
from cop.platform.mail.models import OutgoingMail
from cop.platform.worker import run_due
from cop.spaces.circles import CircleMembership, Visibility
from tests.mailing.helping import at, next_digest, start, text_of, wants

MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)
EACH, DAILY, WEEKLY, SITE = Rhythm.EACH, Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.SITE


@pytest.fixture
def reader(make):
    member = make.member("Lezer")
    with time_machine.travel(MONDAY, tick=False), unit_of_work() as session:
        digest_planning.preference(session, member, clock.now())
    return member


def planned():
    """What is due is planned and waits: the mail server is away."""
    run_due()
    with unit_of_work() as session:
        digest_planning.plan(session, clock.now())


def told(server, before=0):
    """How often each title was told."""
    return Counter(
        title
        for mail in server.arrived[before:]
        for title in set(re.findall(r"Bericht \d+", f"{mail['Subject']} {text_of(mail)}"))
    )


def general(make, member, joined, asked=DAILY):
    with unit_of_work() as session:
        mine = session.merge(member)
        wanted = digest_planning.Wanted(hour=7, weekday=0, asked=asked, rest=asked, joined=joined)
        digest_planning.change(session, mine, wanted, clock.now())


@pytest.mark.parametrize(
    ("first", "then", "comes"),
    [
        (DAILY, (WEEKLY,), True),
        (DAILY, (EACH,), True),
        (DAILY, (WEEKLY, DAILY), True),
        (DAILY, (EACH, DAILY), True),
        (DAILY, (SITE, DAILY), True),
        (DAILY, (SITE,), False),  # whoever stops it gets nothing of it any more
        (EACH, (DAILY,), True),
        (EACH, (WEEKLY, EACH), True),
        (EACH, (SITE,), False),
    ],
)
@pytest.mark.parametrize("chosen", [True, False])
def test_what_waits_goes_by_what_counted_when_it_was_written(
    make, reader, deliver, server, first, then, comes, chosen
):
    """The mail server is away for an hour, and meanwhile the reader chooses anew."""
    on = make.list(Visibility.OPEN)
    make.join(reader, on.circle)

    def choose(rhythm):
        if chosen:
            wants(make, reader, on, rhythm)
        else:
            general(make, reader, rhythm)

    with time_machine.travel(MONDAY + timedelta(minutes=1), tick=False):
        choose(first)
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        start(make, make.member(), on, title="Bericht 1")
        if first == EACH:
            planned()
    moment = next_digest(reader)
    with at(moment):
        planned()
    for n, rhythm in enumerate(then, 1):
        with at(moment + timedelta(minutes=10 * n)):
            choose(rhythm)
    with at(moment + timedelta(hours=1)):
        deliver()
        assert told(server) == ({"Bericht 1": 1} if comes else {})
    for days in (1, 2, 8, 9):  # and no other mail tells it again
        with at(moment + timedelta(days=days)):
            deliver()
    assert told(server) == ({"Bericht 1": 1} if comes else {})


@pytest.mark.parametrize("seed", range(3))
def test_changes_at_any_moment_lose_nothing_and_tell_nothing_twice(
    make, reader, deliver, server, seed
):
    """Three weeks of posts, changes and outages, all at random moments."""
    chance = random.Random(seed)
    lists = [make.list(Visibility.OPEN) for _ in range(2)]
    for on in lists:
        make.join(reader, on.circle)
    writer = make.member()
    steps = sorted(
        (MONDAY + timedelta(seconds=chance.randrange(60, 20 * 86400)), what)
        for what in ["post"] * 60 + ["choose"] * 30 + ["general"] * 8 + ["deliver"] * 25
    )
    # Moments around the planning of a digest are where two minutes matter.
    steps += [
        (MONDAY + timedelta(days=d, hours=18, seconds=chance.randrange(-240, 240)), what)
        for d in range(18)
        for what in ("post", "choose")
    ]
    number = 0
    for moment, what in sorted(steps):
        with time_machine.travel(moment, tick=False):
            planned()
            match what:
                case "post":
                    number += 1
                    start(make, writer, chance.choice(lists), title=f"Bericht {number}")
                case "choose":
                    wants(make, reader, chance.choice(lists), chance.choice((EACH, DAILY, WEEKLY)))
                case "general":
                    general(make, reader, chance.choice((EACH, DAILY, WEEKLY)))
                case "deliver":
                    deliver()
    with time_machine.travel(MONDAY + timedelta(days=22), tick=False):
        deliver()
    with time_machine.travel(MONDAY + timedelta(days=30), tick=False):
        deliver()
    assert told(server) == {f"Bericht {n}": 1 for n in range(1, number + 1)}


def test_a_digest_that_waits_stops_with_a_press_on_the_button(make, reader, deliver, server):
    """Also of lists that come because one takes part in them, and of what is asked."""
    on = make.list(Visibility.OPEN)
    make.join(reader, on.circle)
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        start(make, make.member(), on, title="Bericht 1")
    with at(next_digest(reader)):
        planned()
        with reading() as session:
            assert session.scalars(select(OutgoingMail.member_id)).all() == [reader.id]
        with unit_of_work() as session:
            choices.stop_digest(session, make.actor(reader), clock.now())
        deliver()
    assert server.arrived == []


def test_whoever_left_a_circle_between_planning_and_sending_hears_nothing_of_it(
    make, reader, deliver, server
):
    on = make.list(Visibility.OPEN)
    make.join(reader, on.circle)
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        start(make, make.member(), on, title="Bericht 1")
    with at(next_digest(reader)):
        planned()
        with unit_of_work() as session:
            session.execute(delete(CircleMembership).where(CircleMembership.member_id == reader.id))
        deliver()
    assert server.arrived == []


def test_an_old_choice_makes_no_digest_look_back_further_than_it_tells(make, reader, monkeypatch):
    """What is read for a digest does not grow with the years since somebody chose."""
    from cop.discussions.mailing import digest_part

    on = make.list()
    with time_machine.travel(MONDAY - timedelta(days=700), tick=False):
        wants(make, reader, on, WEEKLY)
        with unit_of_work() as session:
            row = session.get_one(MailPreference, reader.id)
            before = clock.now()
            row.daily_until = row.weekly_until = row.asked_until = before
    looked = []
    real = digest_part._posts

    def posts(session, after, until):
        looked.append(until - after)
        return real(session, after, until)

    monkeypatch.setattr(digest_part, "_posts", posts)
    for days in range(9):
        with time_machine.travel(MONDAY + timedelta(days=days), tick=False):
            planned()
            engine.send_all()
    assert max(looked[1:]) <= timedelta(days=8)
