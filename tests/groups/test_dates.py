"""Dates that come back, moving and cancelling them, and what there is on a day."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from dateutil.easter import easter
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from cop.gatherings import free_days, reminders, when
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.groups import recurrence
from cop.groups.models import Group
from cop.members import leaving
from cop.platform.db import unit_of_work
from cop.platform.errors import Refused
from cop.platform.worker import run_due
from cop.spaces import joining

ZONE = ZoneInfo("Europe/Amsterdam")
FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
NOVEMBER = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

days = st.dates(FIRST, LAST)
times = st.times().map(lambda t: t.replace(second=0, microsecond=0, fold=0))


def last_sunday(year, month):
    day = date(year, month, 31)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def is_skipped(day, at):
    return day == last_sunday(day.year, 3) and time(2) <= at < time(3)


@settings(max_examples=300, deadline=None)
@given(first=days, every=st.integers(1, 26), number=st.integers(1, 26), at=times)
def test_a_recurrence_never_shifts_by_an_hour(first, every, number, at):
    found = recurrence.days(first, every, number)
    assert [(b - a).days for a, b in pairwise(found)] == [7 * every] * (number - 1)
    for day in found:
        if is_skipped(day, at):
            with pytest.raises(Refused):
                recurrence.moments([day], at)
            continue
        (moment,) = recurrence.moments([day], at)
        there = moment.astimezone(ZONE)
        assert (there.date(), there.time(), there.fold) == (day, at, 0)


@settings(max_examples=300, deadline=None)
@given(day=days, at=times, before=st.sampled_from([reminders.WEEK, reminders.DAY]))
def test_a_reminder_is_at_the_same_time_on_the_clock(day, at, before):
    if is_skipped(day, at):
        return
    due = reminders.due_before(when.moment(day, at), before).astimezone(ZONE)
    wanted = day - timedelta(days=before)
    if is_skipped(wanted, at):  # the clocks skip it: an hour later they show it
        assert due.date() == wanted
        assert due.hour == 3
    else:
        assert (due.date(), due.time()) == (wanted, at)


def all_of(group):
    with unit_of_work() as session:
        return session.scalars(
            select(Gathering).where(Gathering.circle_id == group.circle_id).order_by(Gathering.id)
        ).all()


def local(gathering):
    return f"{gathering.starts_at.astimezone(ZONE):%Y-%m-%d %H:%M}"


FORM = {
    "days": ["2027-03-25", "2027-04-01"],
    "another": "2027-10-28",
    "begins": "16:00",
    "minutes": "90",
    "setting": "on_site",
    "place": "Buurthuis De Linde",
}


def test_dates_are_proposed_planned_and_asked_of_everybody(make, browser, set_clock):
    set_clock(NOVEMBER)
    organiser, member = make.member(), make.member()
    group = make.group(organiser, member)
    path = f"/groepen/{group.id}/data/nieuw"
    page = browser(organiser)
    text = page.get(f"{path}?first=2027-03-25&every=6&number=3").text
    for expected in ("25 March 2027", "6 May 2027", "17 June 2027", "Ascension Day"):
        assert expected in text
    for _ in range(2):  # the same form twice plans once
        page.post(path, FORM)
    assert [local(g) for g in all_of(group)] == [
        "2027-03-25 16:00",
        "2027-04-01 16:00",  # the clocks have gone forward between these
        "2027-10-28 16:00",
    ]
    assert not any(g.provisional for g in all_of(group))
    run_due()
    with unit_of_work() as session:
        asked = session.execute(
            select(Attendance.member_id, Attendance.coming).where(
                Attendance.gathering_id == all_of(group)[0].id
            )
        ).all()
    assert sorted(asked) == sorted([(organiser.id, Coming.ASKED), (member.id, Coming.ASKED)])
    assert browser(member).get(path).status_code == 404


WRONG = [
    ({"days": [], "another": ""}, "at least one date"),
    ({"days": ["2026-11-20"]}, "passed already"),
    ({"days": ["2027-03-28"], "begins": "02:30"}, "does not exist"),
    ({"days": ["2031-01-01"]}, "three years"),
    ({"days": ["nooit"]}, "days"),
    ({"place": ""}, "Where do you meet?"),
    ({"begins": "25:00"}, "begins"),
    ({"minutes": "7"}, "minutes"),
    ({"days": ["2027-01-14"]}, "meets at that time already"),
    ({"days": [f"2027-06-{n:02}" for n in range(1, 28)]}, "more than 26"),
]


def test_dates_that_cannot_be_are_refused_and_none_is_planned(make, browser, set_clock):
    set_clock(NOVEMBER)
    organiser = make.member()
    group = make.group(organiser)
    make.group_date(group, organiser, datetime(2027, 1, 14, 14, 30, tzinfo=UTC))
    page, failed = browser(organiser), []
    for wrong, sentence in WRONG:
        answer = page.post(f"/groepen/{group.id}/data/nieuw", FORM | wrong)
        if answer.status_code != 422 or sentence not in answer.text:
            failed.append((wrong, answer.status_code))
    assert failed == []
    assert len(all_of(group)) == 1


def test_moving_one_or_the_rest_keeps_the_time_on_the_clock(make, browser, set_clock, mails):
    set_clock(NOVEMBER)
    organiser = make.member()
    group = make.group(organiser)
    page = browser(organiser)
    page.post(f"/groepen/{group.id}/data/nieuw", FORM)
    run_due()
    first, second, third = all_of(group)
    moved = {"day": "2027-03-26", "begins": "17:30", "minutes": "90"}
    page.send(f"/groepen/data/{first.id}/verzetten", moved)
    assert [local(g) for g in all_of(group)] == [
        "2027-03-26 17:30",
        "2027-04-01 16:00",
        "2027-10-28 16:00",
    ]
    moved = {"day": "2027-04-02", "begins": "10:00", "minutes": "60", "rest": "y"}
    page.send(f"/groepen/data/{second.id}/verzetten", moved)
    assert [local(g) for g in all_of(group)] == [
        "2027-03-26 17:30",
        "2027-04-02 10:00",
        "2027-10-29 10:00",
    ]
    assert {g.ends_at - g.starts_at for g in all_of(group)[1:]} == {timedelta(minutes=60)}
    run_due()
    assert len([m for m in mails(organiser) if m.subject.startswith(("Changed", "Gewijzigd"))]) == 3
    gap = {"day": "2027-03-28", "begins": "02:30", "minutes": "60", "rest": ""}
    answer = page.send(f"/groepen/data/{third.id}/verzetten", gap)
    assert answer.status_code == 422
    over = {"day": "2027-04-02", "begins": "10:30", "minutes": "60"}
    assert page.send(f"/groepen/data/{third.id}/verzetten", over).status_code == 422


def test_cancelling_one_or_the_rest(make, browser, set_clock, mails):
    set_clock(NOVEMBER)
    organiser = make.member()
    group = make.group(organiser)
    page = browser(organiser)
    page.post(f"/groepen/{group.id}/data/nieuw", FORM)
    other = make.group_date(group, organiser, datetime(2027, 12, 2, 15, tzinfo=UTC))
    run_due()
    first, second, third, _other = all_of(group)
    page.send(f"/groepen/data/{second.id}/afzeggen", {"why": "Ziek", "rest": "y"})
    run_due()
    off = {g.id for g in all_of(group) if g.cancelled_at is not None}
    assert off == {second.id, third.id}
    assert other.id not in off  # of another series
    # Of a group that ended dates are called off still; nothing else is done with them.
    assert f"/groepen/data/{first.id}" in page.get(f"/groepen/{group.id}/archiveren").text
    page.post(f"/groepen/{group.id}/archiveren")
    shown = page.get(f"/groepen/data/{first.id}").text
    assert (f"{first.id}/afzeggen" in shown, f"{first.id}/verzetten" in shown) == (True, False)
    page.send(f"/groepen/data/{first.id}/afzeggen", {"why": ""})
    assert {g.id for g in all_of(group) if g.cancelled_at} == {first.id, second.id, third.id}


def test_somebody_new_is_asked_and_who_leaves_is_not(make, browser, set_clock):
    set_clock(NOVEMBER)
    organiser, member = make.member(), make.member()
    group = make.group(organiser)
    gathering = make.group_date(group, organiser)
    run_due()
    with unit_of_work() as session:
        joining.ask(session, make.actor(member), group.circle_id, "", NOVEMBER)
        handle = make.persona(member).handle
        joining.answer(session, make.actor(organiser), group.circle_id, handle, True, NOVEMBER)
    run_due()

    def coming():
        with unit_of_work() as session:
            return session.scalar(
                select(Attendance.coming).where(
                    Attendance.gathering_id == gathering.id, Attendance.member_id == member.id
                )
            )

    assert coming() == Coming.ASKED
    text = browser(member).get(f"/agenda/{gathering.id}").text
    assert "Do you come?" in text
    browser(member).post(f"/agenda/{gathering.id}/afmelden")
    assert coming() == Coming.OFF
    make.agree(member, group)
    browser(member).post(f"/agenda/{gathering.id}/aanmelden")
    assert coming() == Coming.GOING
    with unit_of_work() as session:
        leaving.leave(session, make.actor(member), True, NOVEMBER)
    run_due()
    assert coming() is None


def test_a_date_poll_of_a_group_asks_its_members_and_its_choice_is_a_date(make, browser, set_clock):
    set_clock(NOVEMBER)
    organiser, member, stranger = make.member(), make.member(), make.member()
    group, other = make.group(organiser, member), make.group(organiser)
    make.join(newcomer := make.member(), group.circle)  # has not agreed to its rules yet
    ask = {
        "days": ["2026-12-10", "2026-12-17"],
        "first": "16:00",
        "minutes": "90",
        "closes_on": "2026-12-01",
    }
    page = browser(organiser)
    with unit_of_work() as session:
        session.get_one(Group, other.id).name = group.name
    elsewhere = page.send(f"/groepen/{other.id}/prikker", ask).headers["Location"]
    poll = page.send(f"/groepen/{group.id}/prikker", ask).headers["Location"]
    assert poll != elsewhere, "another group of the same name has a poll of its own"
    assert page.send(f"/groepen/{group.id}/prikker", ask).headers["Location"] == poll
    run_due()
    assert "asks when you can" in browser(member).get("/meldingen").text
    assert browser(stranger).get(poll).status_code == 404
    assert group.name in page.get(poll).text
    said = browser(member).get(poll).text
    option = said.split('name="datum-')[1].split('"')[0]
    for each in (member, newcomer):
        browser(each).send(poll, {f"datum-{option}": "yes", "comes": "y"})
    chosen = {"place": "Zaal", "setting": "on_site", "link": ""}
    answer = page.send(f"{poll}/kiezen/{option}", chosen)
    assert answer.status_code == 302
    (gathering,) = all_of(group)
    assert (gathering.kind, gathering.provisional) == ("intervisie", False)
    run_due()
    with unit_of_work() as session:
        rows = dict(session.execute(select(Attendance.member_id, Attendance.coming)).all())
    asked = {organiser.id: Coming.ASKED, newcomer.id: Coming.ASKED}
    assert rows == asked | {member.id: Coming.GOING}


def test_public_and_school_holidays_stand_beside_a_day(app):
    assert free_days.notes(date(2027, 4, 27)) == ["Koningsdag", "meivakantie"]
    assert free_days.notes(date(2027, 2, 15)) == ["voorjaarsvakantie: zuid"]
    assert free_days.notes(date(2027, 2, 20)) == ["voorjaarsvakantie"]
    assert free_days.notes(date(2027, 3, 11)) == []
    for year in range(2026, 2031):
        assert free_days.notes(easter(year) + timedelta(days=39))[0] == "Hemelvaartsdag"
    assert free_days.unknown([date(2030, 9, 1)]) is None
    assert "niet gepubliceerd" in free_days.unknown([date(2030, 9, 2)])


def test_published_school_holidays_are_whole_weeks_that_do_not_overlap():
    known, rows = free_days._published()
    for region in free_days.REGIONS:
        mine = sorted((row for row in rows if region in row.regions), key=lambda row: row.first)
        assert len(mine) == 5 * 4  # five a year, four school years
        for row, following in pairwise(mine):
            assert row.last < following.first
        assert all(row.first.weekday() == 5 and row.last.weekday() == 6 for row in mine)
        assert mine[-1].last <= known
