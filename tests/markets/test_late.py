"""Who comes late, or goes home before the end, while a market goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.gatherings import attending
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets import floor, hosting, rounds, standing
from cop.markets.models import MarketEntry, MarketPlace
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from tests.markets.hall import Hall


def begun(hall: Hall) -> None:
    """Its announced time has come."""
    with unit_of_work() as session:
        gathering = session.get_one(Gathering, hall.fair.row().gathering_id)
        gathering.starts_at = clock.now() - timedelta(minutes=1)


def coming(hall: Hall, member) -> str | None:
    with unit_of_work() as session:
        return session.scalar(
            select(Attendance.coming).where(
                Attendance.gathering_id == hall.fair.row().gathering_id,
                Attendance.member_id == member.id,
            )
        )


def row_of(hall: Hall, member) -> dict[int, int | None]:
    """Round → the stall where the plan has somebody."""
    with unit_of_work() as session:
        return dict(
            session.execute(
                select(MarketPlace.round, MarketPlace.stall_id).where(
                    MarketPlace.market_id == hall.id, MarketPlace.member_id == member.id
                )
            ).all()
        )


def test_who_walks_in_late_signs_up_and_gets_a_seat_in_the_rounds_ahead(make, browser):
    hall, walk_in = Hall(make, planned=True), make.member()
    hall.begin()
    begun(hall)
    guest, market = browser(walk_in), hall.fair.url

    assert f'href="{market}/meedoen"' in guest.get(market).text
    assert guest.send(f"{market}/meedoen", {"ask": "Mag ik nog?"}).status_code == 302
    run_due()

    assert coming(hall, walk_in) == Coming.GOING
    row = row_of(hall, walk_in)
    assert row[0] is None  # it had begun
    assert any(row.values())
    assert f'href="{market}/vloer"' in guest.get(market).text
    assert guest.send(f"{market}/binnen").status_code == 302


def test_who_is_inside_adds_a_question(make, browser):
    hall = Hall(make)
    begun(hall)
    visitor = browser(hall.visitors[0])

    added = visitor.send(f"{hall.fair.url}/meedoen", {"ask": "En nog iets?"})

    assert added.status_code == 302
    assert "En nog iets?" in visitor.get(hall.fair.url).text


def test_what_one_brings_stays_as_it_is_while_it_goes_on_and_that_is_said(make, browser):
    hall = Hall(make)
    begun(hall)
    guest, line = browser(hall.visitors[0]), "Hoe begin je met herstel, vraag 1?"
    with unit_of_work() as session:
        entry = session.scalars(select(MarketEntry.id).where(MarketEntry.line == line)).one()
    its = f"{hall.fair.url}/inbreng/{entry}"

    assert line in guest.get(hall.fair.url).text
    assert f'href="{its}"' not in guest.get(hall.fair.url).text
    changed = guest.send(its, {"line": "Iets anders", "expects": ""})
    taken_back = guest.send(f"{its}/intrekken", follow_redirects=True)

    assert changed.status_code == 422
    for answer in (changed, taken_back):
        assert "what you ask and bring stays as it is" in answer.text
    assert line in guest.get(hall.fair.url).text


def test_a_place_that_is_given_up_while_it_goes_on_is_for_who_waits(make):
    hall = Hall(make, seats=6)  # all of them are taken
    begun(hall)
    waits = make.member()
    hall.fair.bring(waits, "Is er nog plek?")
    assert coming(hall, waits) == Coming.WAITING

    with unit_of_work() as session:
        gathering_id = hall.fair.row().gathering_id
        attending.sign_off(session, hall.actor(hall.late), gathering_id, clock.now())

    assert coming(hall, waits) == Coming.GOING


def test_nobody_comes_to_a_market_that_was_closed_or_whose_time_is_over(make):
    hall = Hall(make)
    begun(hall)
    gathering_id, again = hall.fair.row().gathering_id, hall.actor(hall.late)
    with unit_of_work() as session:
        attending.sign_off(session, again, gathering_id, clock.now())
        over = session.get_one(Gathering, gathering_id).ends_at

    with pytest.raises(Refused, match="begonnen"), unit_of_work() as session:
        attending.sign_up(session, again, gathering_id, over)
    with unit_of_work() as session:
        rounds.close(session, hall.actor(), hall.id, clock.now())
    with pytest.raises(Refused, match="begonnen"), unit_of_work() as session:
        attending.sign_up(session, again, gathering_id, clock.now())
    with pytest.raises(NotFound):
        hall.fair.bring(make.member(), "Te laat")
    assert coming(hall, hall.late) == Coming.OFF


def test_nobody_signs_off_from_a_market_that_its_host_closed_early(make, browser):
    hall = Hall(make)  # its announced hour has not even come
    guest = browser(hall.visitors[0])
    sign_off = f'action="{hall.fair.url}/afmelden"'
    assert sign_off in guest.get(hall.fair.url).text
    with unit_of_work() as session:
        rounds.close(session, hall.actor(), hall.id, clock.now())

    assert sign_off not in guest.get(hall.fair.url).text
    answer = guest.send(f"{hall.fair.url}/afmelden", follow_redirects=True)
    assert "This is over." in answer.text
    assert coming(hall, hall.visitors[0]) == Coming.GOING


def test_no_round_ahead_counts_on_a_holder_who_went_home_until_they_are_back(make):
    hall = Hall(make, visitors=5, stalls=2, planned=True)
    hall.begin()
    holder, stall = hall.visitors[0], hall.stalls[0]
    before = {member.id: row_of(hall, member) for member in hall.visitors}
    assert any(row[1] == stall or row[2] == stall for row in before.values())

    with unit_of_work() as session:
        floor.leave(session, hall.actor(holder), hall.id, clock.now())
    run_due()

    assert not {1, 2} & set(row_of(hall, holder))
    for member in hall.visitors[1:]:
        row = row_of(hall, member)
        assert row[0] == before[member.id][0]  # what had begun stays
        assert stall not in (row[1], row[2])

    hall.enter(holder)
    run_due()

    assert {1, 2} <= set(row_of(hall, holder))


def test_who_goes_home_and_comes_back_still_reads_where_they_were(make, browser):
    hall = Hall(make, visitors=5, stalls=2, planned=True)
    hall.begin()
    guest = hall.visitors[4]
    before = row_of(hall, guest)
    assert before[0] is not None
    with unit_of_work() as session:
        floor.leave(session, hall.actor(guest), hall.id, clock.now())
    run_due()
    assert row_of(hall, guest) == {0: before[0]}

    hall.enter(guest)
    run_due()

    row = row_of(hall, guest)
    assert row[0] == before[0]
    assert {1, 2} <= set(row)
    assert any(row[round_] for round_ in (1, 2))  # and has a seat in what is ahead
    with unit_of_work() as session:
        assert not standing.keep_up(session, hall.id, clock.now())  # nothing is left to set right


def test_who_is_away_while_a_plan_that_was_never_brought_out_is_made_anew_was_where_they_were(make):
    hall = Hall(make, visitors=5, stalls=2)
    hall.fair.plan()
    hall.begin()
    guest = hall.visitors[4]
    before = {member.id: row_of(hall, member)[0] for member in hall.visitors}
    assert before[guest.id] is not None
    with unit_of_work() as session:
        floor.leave(session, hall.actor(guest), hall.id, clock.now())
    run_due()

    hall.fair.plan()

    assert (hall.fair.row().plan, hall.fair.row().told) == (2, 0)
    assert row_of(hall, guest) == {0: before[guest.id]}
    for member in hall.visitors[:4]:
        assert row_of(hall, member)[0] == before[member.id]
        assert {1, 2} <= set(row_of(hall, member))


def test_who_is_shown_out_has_no_seat_in_a_new_plan_until_they_are_let_in_and_come(make):
    hall = Hall(make, visitors=5, stalls=2, planned=True)
    hall.begin()
    guest = hall.visitors[4]

    def act(do):
        with unit_of_work() as session:
            do(session, hall.actor(), hall.id, hall.person(guest).id, "Rust.", clock.now())
        run_due()

    act(hosting.remove)
    assert 1 not in row_of(hall, guest)
    hall.fair.plan()
    assert 1 not in row_of(hall, guest)
    act(hosting.readmit)
    assert 1 not in row_of(hall, guest)
    hall.enter(guest)
    run_due()
    assert 1 in row_of(hall, guest)
