"""Reminders: a week and a day before on the clock, once, as each chose."""

from datetime import UTC, datetime, timedelta

import pytest

from cop.gatherings import reminders
from cop.gatherings.models import Coming, Gathering
from cop.platform.db import unit_of_work
from cop.platform.outbox import registry
from cop.platform.worker import run_due

# A Tuesday at three in the afternoon; summer time begins on the Sunday before.
STARTS = datetime(2027, 3, 30, 13, 0, tzinfo=UTC)
WEEK = datetime(2027, 3, 23, 14, 0, tzinfo=UTC)
DAY = datetime(2027, 3, 29, 13, 0, tzinfo=UTC)
LONG_BEFORE = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("in_february")


@pytest.fixture
def work(set_clock):
    """`work(moment)`: the worker runs at that moment."""

    def at(moment):
        set_clock(moment)
        with unit_of_work() as session:
            registry.jobs["gatherings.remind"](session, {}, moment)
        run_due()

    return at


@pytest.fixture
def scene(make):
    """Somebody who signed up long before for something of theirs: (gathering, guest)."""
    gathering = make.gathering(make.member(), starts_at=STARTS, moved_at=LONG_BEFORE)
    guest = make.member()
    make.attendance(gathering, guest, since=LONG_BEFORE)
    return gathering, guest


def test_a_week_and_a_day_before_on_the_clock_also_over_summer_time():
    assert reminders.due_before(STARTS, 7) == WEEK
    assert reminders.due_before(STARTS, 1) == DAY


def test_each_reminder_comes_once_and_says_no_title(scene, work, mails, browser):
    gathering, guest = scene
    for moment, expected in (
        (WEEK - timedelta(minutes=1), 0),
        (WEEK, 1),
        (WEEK + timedelta(minutes=5), 1),
        (DAY - timedelta(minutes=1), 1),
        (DAY, 2),
        (DAY + timedelta(minutes=5), 2),
        (STARTS + timedelta(minutes=1), 2),
    ):
        work(moment)
        assert len(mails(guest)) == expected, moment
    assert all(gathering.title not in m.subject + m.text + m.html for m in mails(guest))
    assert all(m.calendar is None for m in mails(guest))
    assert browser(guest).get("/meldingen").text.count("Soon: ") == 2


def test_a_worker_that_was_away_reminds_late_and_only_of_what_is_next(scene, work, mails):
    _gathering, guest = scene
    work(DAY + timedelta(hours=6))
    assert len(mails(guest)) == 1
    work(DAY + timedelta(hours=7))
    assert len(mails(guest)) == 1


def test_everybody_chooses(scene, make, work, mails, browser):
    gathering, _guest = scene
    choices = (({}, [0, 0]), ({"week_before": "y"}, [1, 1]), ({"day_before": "y"}, [0, 1]))
    guests = [make.member() for _ in choices]
    for guest, (chosen, _expected) in zip(guests, choices, strict=True):
        make.attendance(gathering, guest, since=LONG_BEFORE)
        browser(guest).post("/ik/agenda", chosen)
    found = []
    for moment in (WEEK, DAY):
        work(moment)
        found.append([len(mails(guest)) for guest in guests])
    assert [list(each) for each in zip(*found, strict=True)] == [e for _chosen, e in choices]


def test_who_signed_up_within_it_is_not_reminded_of_that(make, work, mails):
    gathering = make.gathering(make.member(), starts_at=STARTS, moved_at=LONG_BEFORE)
    late = make.member()
    make.attendance(gathering, late, since=WEEK + timedelta(hours=1))
    work(WEEK + timedelta(hours=2))
    assert mails(late) == []
    work(DAY)
    assert len(mails(late)) == 1


def test_after_a_move_the_new_day_is_reminded_of(scene, work, mails, make, browser, set_clock):
    gathering, guest = scene
    work(WEEK)
    assert len(mails(guest)) == 1
    with unit_of_work() as session:
        moved = session.get_one(Gathering, gathering.id)
        moved.starts_at, moved.ends_at = (
            STARTS + timedelta(days=21),
            STARTS + timedelta(days=21, hours=2),
        )
        moved.moved_at = WEEK + timedelta(hours=1)
    work(STARTS + timedelta(days=13))
    assert len(mails(guest)) == 1
    work(STARTS + timedelta(days=14))
    assert len(mails(guest)) == 2


def test_who_does_not_come_is_not_reminded(make, work, mails):
    coordinator, reminded = make.member(), {}
    for why in ("cancelled", "waits", "signed off", "left the space"):
        space = make.space("closed" if why == "left the space" else "open", coordinator=coordinator)
        gathering = make.gathering(
            coordinator,
            space,
            starts_at=STARTS,
            moved_at=LONG_BEFORE,
            cancelled_at=LONG_BEFORE if why == "cancelled" else None,
        )
        make.attendance(gathering, comes := make.member(), since=LONG_BEFORE)
        coming = {"waits": Coming.WAITING, "signed off": Coming.OFF}.get(why, Coming.GOING)
        make.attendance(gathering, guest := make.member(), coming, since=LONG_BEFORE)
        reminded[why] = (comes, guest)
    work(WEEK)
    for why, (comes, guest) in reminded.items():
        assert mails(guest) == [], why
        assert len(mails(comes)) == (why in ("waits", "signed off")), why
