"""The plan of a market: made by the worker, moved by the host, kept when people come and go."""

import re
import threading
import time
import zlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import delete, select, text

from cop.gatherings import attending
from cop.markets import announcing, floor, known, planned, rounds, stalls, standing
from cop.markets.announcing import Terms
from cop.markets.floor_models import FloorPerson
from cop.markets.models import (
    Market,
    MarketPlace,
    MarketPlan,
    MarketState,
    PlanState,
    Stall,
    StallHolder,
)
from cop.markets.planning import Why
from cop.markets.stall_queries import explained, programme_of
from cop.members.models import MemberOrganisation
from cop.notifications.models import Notification
from cop.platform import clock, pdf
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from tests.markets import making
from tests.support.counting import statements


@pytest.fixture
def filled(make, fair):
    """Six people, each with a question that nobody answers: six stalls, three rounds."""
    market = fair(make.member())
    market.people = [make.member(f"Persoon {n}") for n in range(6)]
    for n, who in enumerate(market.people):
        market.bring(who, f"Onderwerp{n}?")
    market.lay_out()
    with unit_of_work() as session:
        for stall in session.scalars(select(Stall).where(Stall.market_id == market.id)):
            holder = session.scalar(
                select(StallHolder.member_id).where(StallHolder.stall_id == stall.id)
            )
            for who in market.people[:3]:
                if who.id != holder:
                    stalls.wish(session, make.actor(who), stall.id, True, clock.now())
    return market


def places(market, followed=False):
    """member → stall by round; in the newest plan, or in the one that people follow."""
    number = market.row().followed if followed else market.row().plan
    with unit_of_work() as session:
        rows = session.execute(
            select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id)
            .where(MarketPlace.market_id == market.id, MarketPlace.plan == number)
            .order_by(MarketPlace.member_id, MarketPlace.round)
        ).all()
    found = {}
    for who, _round, stall in rows:
        found.setdefault(who, []).append(stall)
    return found


def last(market):
    with unit_of_work() as session:
        return session.scalars(
            select(MarketPlan)
            .where(MarketPlan.market_id == market.id)
            .order_by(MarketPlan.number.desc())
        ).first()


def faults(market):
    with unit_of_work() as session:
        return standing.current(session, session.merge(market.row())).faults()


def test_a_plan_gives_everybody_a_place_in_every_round(filled):
    filled.plan()

    found, plan = places(filled), last(filled)
    assert set(found) == {who.id for who in filled.people}
    assert {len(row) for row in found.values()} == {3}
    assert faults(filled) == []
    assert (plan.state, plan.stage) == (PlanState.READY, 3)
    assert 0 < plan.met <= plan.bound <= plan.wishes


def test_two_requests_at_once_are_one_plan(make, filled):
    for _ in range(2):
        with unit_of_work() as session:
            planned.ask(session, make.actor(filled.host), filled.id, clock.now())
    run_due()

    assert last(filled).number == 1


def guest_of(market, from_round=0, to_round=99):
    """(member, round) of somebody who is at a stall that they do not hold."""
    with unit_of_work() as session:
        held = set(session.execute(select(StallHolder.stall_id, StallHolder.member_id)).all())
    return next(
        (who, round_)
        for who in market.people
        for round_, stall in enumerate(places(market)[who.id])
        if from_round <= round_ <= to_round and stall is not None and (stall, who.id) not in held
    )


def put(make, market, who, round_, stall):
    with unit_of_work() as session:
        host = make.actor(market.host)
        standing.put(session, host, market.id, who.id, round_, stall, clock.now())


def close(make, market, stall_id):
    with unit_of_work() as session:
        stall = session.get_one(Stall, stall_id)
        stalls.change(
            session,
            make.actor(market.host),
            stall_id,
            title=stall.title,
            seats=stall.seats,
            rounds=None,
            closed=True,
            now=clock.now(),
        )


def told(member, kind="markets.programme_changed"):
    with unit_of_work() as session:
        return len(
            session.scalars(
                select(Notification.id).where(
                    Notification.member_id == member.id, Notification.kind == kind
                )
            ).all()
        )


def test_what_changes_while_a_plan_is_made_is_kept(make, filled, monkeypatch):
    """The host's hand, and who signs off, after the first stage: the planning begins anew."""
    plans, begun, done = making.plans, [], {}

    def disturbed(known, **more):
        begun.append(known)
        for plan in plans(known, **more):
            yield plan
            if not done:
                done["put"] = moved, round_ = guest_of(filled)
                put(make, filled, moved, round_, None)
                gone = done["gone"] = next(who for who in filled.people if who.id != moved.id)
                with unit_of_work() as session:
                    at = filled.row().gathering_id
                    attending.sign_off(session, make.actor(gone), at, clock.now())
                    standing.keep_up(session, filled.id, clock.now())

    monkeypatch.setattr(making, "plans", disturbed)
    filled.plan()

    found, (moved, round_) = places(filled), done["put"]
    assert len(begun) == 2
    assert found[moved.id][round_] is None
    assert done["gone"].id not in found
    assert (last(filled).state, last(filled).stage) == (PlanState.READY, 3)
    assert faults(filled) == []


def test_a_market_that_never_rests_keeps_what_stands(make, filled, monkeypatch):
    plans = making.plans

    def disturbed(known, **more):
        for plan in plans(known, **more):
            yield plan
            put(make, filled, *guest_of(filled), None)

    monkeypatch.setattr(making, "plans", disturbed)
    filled.plan()

    assert (last(filled).state, last(filled).stage) == (PlanState.READY, 1)
    assert faults(filled) == []


@pytest.mark.parametrize("database", ["postgresql"])  # the other lets one write at a time
def test_a_host_who_stops_the_plan_while_it_is_stored_waits_for_nothing(app, make, filled):
    with unit_of_work() as session:
        plan_id = planned.ask(session, make.actor(filled.host), filled.id, clock.now()).id
    trouble = []

    def work():
        with app.app_context():
            try:
                planned.make({"plan_id": plan_id}, clock.now())
            except Exception as error:
                trouble.append(error)

    worker = threading.Thread(target=work)
    with unit_of_work() as session:
        session.get_one(Market, filled.id, with_for_update=True)
        worker.start()
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        for _ in range(1200):
            if session.scalar(waits) or not worker.is_alive():
                break
            time.sleep(0.05)
        planned.stop(session, make.actor(filled.host), filled.id, clock.now())
    worker.join(60)

    assert (trouble, worker.is_alive()) == ([], False)
    assert last(filled).state == PlanState.STOPPED
    assert places(filled) == {}


def test_a_plan_that_was_called_off_stores_nothing_more(make, filled):
    with unit_of_work() as session:
        planned.ask(session, make.actor(filled.host), filled.id, clock.now())
        planned.stop(session, make.actor(filled.host), filled.id, clock.now())
    run_due()

    assert last(filled).state == PlanState.STOPPED
    assert places(filled) == {}


def test_the_figures_are_of_the_plan_that_stands_and_say_when_wishes_changed(make, filled, browser):
    """Whatever became of a planning after it."""
    filled.plan()
    host, page, changed = browser(filled.host), f"{filled.url}/indeling", "has changed since this"
    stands = last(filled)
    its = f"{stands.met} / {stands.wishes}"
    assert its in host.get(page).text
    for button in ({}, {"stop": "1"}):
        host.send(page, button)
        assert its in host.get(page).text
    run_due()
    html = host.get(page).text
    assert its in html
    assert (last(filled).number, last(filled).wishes, changed in html) == (2, 0, False)

    with unit_of_work() as session:
        stall_id = session.scalars(
            select(StallHolder.stall_id).where(StallHolder.member_id == filled.people[5].id)
        ).one()
        stalls.wish(session, make.actor(filled.people[4]), stall_id, True, clock.now())

    html = host.get(page).text
    assert its in html
    assert changed in html
    filled.plan()
    assert changed not in host.get(page).text


def test_without_stalls_there_is_nothing_to_plan(make, fair):
    market = fair(make.member())
    with pytest.raises(Refused), unit_of_work() as session:
        planned.ask(session, make.actor(market.host), market.id, clock.now())


def test_the_host_sees_what_a_move_costs_and_later_plans_keep_to_it(make, filled, browser):
    filled.plan()
    who, round_ = guest_of(filled)
    was_at = places(filled)[who.id][round_]
    host = browser(filled.host)
    page = f"{filled.url}/indeling/verplaatsen"
    fields = {"who": make.persona(who).handle, "round": str(round_), "stall": ""}

    looked = host.send(page, fields)
    assert looked.status_code == 200
    assert "What it does" in looked.get_data(as_text=True)
    assert places(filled)[who.id][round_] == was_at
    assert host.send(page, fields | {"zeker": "1"}).status_code == 302
    assert places(filled)[who.id][round_] is None
    filled.plan()
    assert places(filled)[who.id][round_] is None
    assert faults(filled) == []


def test_what_the_host_did_by_hand_can_be_let_go(make, filled, browser):
    filled.plan()
    who, round_ = guest_of(filled)
    host, handle = browser(filled.host), make.persona(who).handle
    path = f"{filled.url}/indeling/verplaatsen"
    at = f"{path}?wie={handle}&ronde={round_}"
    assert 'name="los"' not in host.get(at).text
    put(make, filled, who, round_, None)
    assert 'name="los"' in host.get(at).text
    changes = filled.row().changes

    host.send(path, {"who": handle, "round": str(round_), "stall": "", "los": "1"})

    assert filled.row().changes > changes  # a planning that goes on begins anew
    assert places(filled)[who.id][round_] is None
    assert 'name="los"' not in host.get(at).text
    with unit_of_work() as session:
        assert known.problem(session, session.merge(filled.row())).pins == {}


def test_what_a_move_costs_tells_nobodys_hidden_employer(make, filled):
    """Only institutions that people show count, and all of these."""
    first, second = make.organisation(), make.organisation()
    hides, shows, both = filled.people[:3]
    for who, works, shown in (
        (hides, first, False),
        (shows, second, True),
        (both, first, True),
        (both, second, True),
    ):
        make.save(MemberOrganisation(member_id=who.id, organisation_id=works.id, shown=shown))

    with unit_of_work() as session:
        takers = known.problem(session, session.merge(filled.row())).taker

    assert takers[hides.id].organisations == frozenset()
    assert takers[shows.id].organisations & takers[both.id].organisations == {second.id}


def change_rounds(make, market, count, **terms):
    with unit_of_work() as session:
        row = session.get_one(Market, market.id)
        announcing.change(
            session,
            make.actor(market.host),
            market.id,
            making.details(starts_at=row.gathering.starts_at, ends_at=row.gathering.ends_at),
            replace(making.TERMS, rounds=count, **terms),
            row.version,
            clock.now(),
            anyway=True,
        )


def test_a_planned_market_gets_fewer_rounds_but_for_those_that_have_begun(make, filled, set_clock):
    filled.plan(out=True)
    before, met = places(filled), last(filled).met

    change_rounds(make, filled, 2)

    with unit_of_work() as session:
        plan = standing.current(session, session.merge(filled.row()))
    assert {who: list(row) for who, row in plan.places.items()} == {
        who: row[:2] for who, row in before.items()
    }
    assert last(filled).met == plan.wishes_met <= met
    set_clock(filled.row().gathering.starts_at + timedelta(minutes=26))
    with pytest.raises(Refused):
        change_rounds(make, filled, 1)


@pytest.mark.parametrize(("rounds", "minutes"), [(2, 20), (3, 15)])
def test_who_knows_a_programme_hears_that_its_rounds_are_others(
    make, filled, set_clock, rounds, minutes
):
    """Once, and not where a host puts it back within some minutes."""
    filled.plan(out=True)
    someone, at = filled.people[0], clock.now()

    change_rounds(make, filled, rounds, minutes=minutes)
    change_rounds(make, filled, 3, minutes=20)
    set_clock(at + 2 * standing.TELL_AFTER)
    run_due()
    assert told(someone) == 0

    change_rounds(make, filled, rounds, minutes=minutes)
    set_clock(at + 4 * standing.TELL_AFTER)
    run_due()
    assert [told(who) for who in filled.people] == [1] * len(filled.people)


def test_only_the_host_plans_and_moves(make, filled):
    filled.plan()
    guest = make.actor(filled.people[0])
    for act in (
        lambda s: planned.ask(s, guest, filled.id, clock.now()),
        lambda s: planned.stop(s, guest, filled.id, clock.now()),
        lambda s: standing.put(s, guest, filled.id, filled.people[0].id, 0, None, clock.now()),
        lambda s: standing.look(s, guest, filled.id, filled.people[0].id, 0, None, clock.now()),
    ):
        with pytest.raises(NotFound), unit_of_work() as session:
            act(session)


def test_who_comes_late_gets_seats_and_moves_nobody(make, filled):
    filled.plan(out=True)
    before = places(filled)
    late = make.member()

    filled.bring(late, "Nog een vraag?")

    after = places(filled)
    assert {who: after[who] for who in before} == before
    assert any(after[late.id])
    assert faults(filled) == []


def test_who_signs_off_frees_seats_and_moves_only_their_guests(make, filled):
    filled.plan(out=True)
    before = places(filled)
    gone = filled.people[0]
    with unit_of_work() as session:
        mine = set(
            session.scalars(select(StallHolder.stall_id).where(StallHolder.member_id == gone.id))
        )
    with unit_of_work() as session:
        attending.sign_off(session, make.actor(gone), filled.row().gathering_id, clock.now())
    run_due()

    after = places(filled)
    assert gone.id not in after
    for who, row in after.items():
        for round_, stall in enumerate(row):
            if before[who][round_] not in mine:
                assert stall == before[who][round_]
    assert faults(filled) == []


def test_who_was_to_go_to_a_stall_that_closed_or_was_merged_goes_elsewhere_and_hears_of_it_once(
    make, filled, browser, mails, set_clock
):
    filled.plan(out=True)
    before = places(filled)
    who, round_ = guest_of(filled)
    closed = before[who.id][round_]
    title = next(row.title for row in _stalls(filled) if row.id == closed)

    close(make, filled, closed)
    busy = [stall for row in places(filled).values() for stall in row if stall is not None]
    other = min(busy)
    into = next(stall for stall in _open_stalls(filled) if stall != other)
    to_other = {
        (member, round_)
        for member, row in places(filled).items()
        for round_, stall in enumerate(row)
        if stall == other
    }
    with unit_of_work() as session:
        stalls.merge(session, make.actor(filled.host), other, into, clock.now())

    after = places(filled)
    assert not {closed, other} & {stall for row in after.values() for stall in row}
    assert all(after[member][at] == into for member, at in to_other)
    assert faults(filled) == []
    run_due()
    assert not any(told(each) for each in filled.people)  # there may be more to come
    elsewhere = {member for member in before if after[member] != before[member]}
    assert who.id in elsewhere
    set_clock(clock.now() + standing.TELL_AFTER)
    run_due()
    run_due()
    assert {each.id: told(each) for each in filled.people} == {
        each.id: int(each.id in elsewhere) for each in filled.people
    }
    assert len([mail for mail in mails(who) if "is veranderd" in mail.text]) == 1
    page = browser(who)
    assert title not in page.get(f"{filled.url}/programma").get_data(as_text=True)
    assert "has changed" in page.get("/meldingen").get_data(as_text=True)


def test_who_is_moved_after_the_programme_is_out_hears_of_it_unless_they_are_back(
    make, filled, set_clock
):
    filled.plan(out=True)
    (who, round_), late = guest_of(filled), make.member()
    was_at = places(filled)[who.id][round_]
    filled.bring(late, "Nog een vraag?")
    assert (told(late, "markets.programme"), told(late)) == (1, 0)

    put(make, filled, who, round_, None)
    put(make, filled, who, round_, was_at)
    set_clock(clock.now() + standing.TELL_AFTER)
    run_due()
    assert not any(told(each) for each in (*filled.people, late))

    put(make, filled, who, round_, None)
    set_clock(clock.now() + standing.TELL_AFTER)
    run_due()
    assert [told(each) for each in filled.people] == [int(each is who) for each in filled.people]


@pytest.mark.parametrize("goes_on", [False, True])
def test_a_programme_that_changed_comes_by_mail_until_the_market_goes_on(
    make, filled, mails, set_clock, goes_on
):
    """Once it goes on, the floor says where to go."""
    filled.plan(out=True)
    who, round_ = guest_of(filled, 1)
    if goes_on:
        set_clock(filled.row().gathering.starts_at)
    put(make, filled, who, round_, None)
    set_clock(clock.now() + standing.TELL_AFTER)
    run_due()

    changed = [mail.text for mail in mails(who) if "is veranderd" in mail.text]
    assert len(changed) == (0 if goes_on else 1)
    assert told(who) == 1


def test_a_changed_programme_of_a_market_that_was_called_off_is_not_told(make, filled, set_clock):
    filled.plan(out=True)
    who, round_ = guest_of(filled)
    put(make, filled, who, round_, None)
    with unit_of_work() as session:
        announcing.cancel(session, make.actor(filled.host), filled.id, "Ziek", clock.now())
    set_clock(clock.now() + standing.TELL_AFTER)
    run_due()

    assert told(who) == 0


def test_who_signs_up_again_hears_of_their_new_programme(make, filled, mails, set_clock):
    filled.plan(out=True)
    who, at = filled.people[0], filled.row().gathering_id
    for do in (attending.sign_off, attending.sign_up):
        set_clock(clock.now() + timedelta(minutes=1))
        with unit_of_work() as session:
            do(session, make.actor(who), at, clock.now())
        run_due()

    assert [told(each, "markets.programme") for each in filled.people] == [2, 1, 1, 1, 1, 1]
    assert len([mail for mail in mails(who) if "/programma" in mail.text]) == 2


def test_a_new_plan_is_brought_out_again(make, filled, browser):
    host, button = browser(filled.host), f"{filled.url}/indeling/klaar"
    filled.plan(out=True)
    assert button not in host.get(f"{filled.url}/indeling").get_data(as_text=True)
    with unit_of_work() as session:
        planned.ask(session, make.actor(filled.host), filled.id, clock.now())
    with pytest.raises(Refused), unit_of_work() as session:
        announcing.bring_out(session, make.actor(filled.host), filled.id, clock.now())
    run_due()

    assert button in host.get(f"{filled.url}/indeling").get_data(as_text=True)
    assert host.send(button, {}).status_code == 302
    run_due()

    assert [told(who, "markets.programme") for who in filled.people] == [2] * 6
    assert button not in host.get(f"{filled.url}/indeling").get_data(as_text=True)


def walks(make, filled, who, round_):
    """Where the floor takes somebody in the round that begins now."""
    with unit_of_work() as session:
        host = make.actor(filled.host)
        if round_:
            rounds.end_round(session, host, filled.id, round_ - 1, clock.now())
        rounds.begin_round(session, host, filled.id, round_, clock.now())
    with unit_of_work() as session:
        return session.scalars(
            select(FloorPerson.stall_id).where(FloorPerson.member_id == who.id)
        ).one()


def test_a_host_who_opens_the_doors_reads_that_a_plan_is_not_out(make, filled, browser, set_clock):
    host, doors = browser(filled.host), f"{filled.url}/vloer/openen"
    set_clock(filled.row().gathering.starts_at)
    said = "You have not brought the newest plan out"
    read = [said in host.get(doors).text]  # none was made
    for out in (False, True, False):
        filled.plan(out=out)
        read.append(said in host.get(doors).text)

    assert read == [False, True, False, True]


def test_a_new_plan_is_followed_by_nobody_before_it_is_brought_out(
    make, filled, browser, set_clock
):
    """Also when it is made while the market goes on: what has begun stays, in both."""
    filled.plan(out=True)
    first, _round = guest_of(filled, 0, 0)
    was_at = places(filled)[first.id][0]
    put(make, filled, first, 0, None)
    who, round_ = guest_of(filled, 1)
    before = places(filled)
    filled.plan()
    put(make, filled, first, 0, was_at)
    put(make, filled, who, round_, None)
    late = make.member()
    filled.bring(late, "Nog een vraag?")

    followed, newest = places(filled, followed=True), places(filled)
    assert {each: followed[each] for each in before} == before
    assert (newest[first.id][0], newest[who.id][round_]) == (was_at, None)
    assert any(followed[late.id])
    assert any(newest[late.id])
    assert told(late, "markets.programme") == 1
    with unit_of_work() as session:
        market = session.merge(filled.row())
        turns = programme_of(session, market, who.id)
        assert [turn.stall_id for turn in turns] == before[who.id]
    set_clock(filled.row().gathering.starts_at)
    with unit_of_work() as session:
        rounds.open_doors(session, make.actor(filled.host), filled.id, clock.now())
        for each in {first.id: first, who.id: who}.values():
            floor.enter(session, make.actor(each), filled.id, clock.now())
    assert walks(make, filled, first, 0) is None

    with unit_of_work() as session:
        announcing.bring_out(session, make.actor(filled.host), filled.id, clock.now())

    after = places(filled, followed=True)
    assert {each: row[:1] for each, row in after.items()} == {
        each: row[:1] for each, row in followed.items()
    }
    assert {each: row[1:] for each, row in after.items()} == {
        each: row[1:] for each, row in newest.items()
    }
    for number in range(1, round_ + 1):
        assert walks(make, filled, who, number) == after[who.id][number]
    with unit_of_work() as session:
        plans = session.scalars(select(MarketPlace.plan).distinct()).all()
    assert plans == [filled.row().told]


def test_where_the_floor_is_late_the_plan_is_set_right_from_its_own_round_on(
    make, filled, set_clock
):
    filled.plan(out=True)
    set_clock(filled.row().gathering.starts_at + timedelta(hours=2))  # by the clock all is over
    with unit_of_work() as session:
        rounds.open_doors(session, make.actor(filled.host), filled.id, clock.now())
        rounds.begin_round(session, make.actor(filled.host), filled.id, 0, clock.now())
    before = places(filled)
    who, round_ = guest_of(filled, from_round=1)
    with unit_of_work() as session:
        holder = session.scalars(
            select(StallHolder.member_id).where(StallHolder.stall_id == before[who.id][round_])
        ).one()
    gone = next(each for each in filled.people if each.id == holder)
    with unit_of_work() as session:
        attending.sign_off(session, make.actor(gone), filled.row().gathering_id, clock.now())
    run_due()

    after = places(filled)
    assert after[gone.id] == before[gone.id][:1]  # what had begun stays
    assert after[who.id][round_] != before[who.id][round_]
    assert {row[0] == before[member][0] for member, row in after.items()} == {True}


def together(rows, rounds, but):
    """Two people → how often the plan has them at one stall in the first rounds."""
    return Counter(
        (one, other)
        for round_ in range(rounds)
        for one, other in combinations(sorted(rows), 2)
        if rows[one][round_] is not None and rows[one][round_] == rows[other][round_]
        if but.id not in (one, other)
    )


def test_planning_anew_while_it_goes_on_leaves_what_has_begun(
    make, filled, browser, set_clock, monkeypatch
):
    """Also a round that begins while it is planned. Who met in what was held meets others then; who
    came and walked on at once met nobody, and still wishes for where the plan had them."""
    filled.plan(out=True)
    set_clock(filled.row().gathering.starts_at)
    host, plans, left, begun = make.actor(filled.host), making.plans, [], []

    def turn(do, *more):
        with unit_of_work() as session:
            return do(session, host, filled.id, *more, clock.now())

    def disturbed(known, **more):
        left.append(known)
        for plan in plans(known, **more):
            yield plan
            if not begun:
                turn(rounds.end_round, 0)
                turn(rounds.begin_round, 1)
                begun.append(places(filled, followed=True))

    turn(rounds.open_doors)
    turn(rounds.begin_round, 0)
    before = places(filled)
    who = filled.people[0]
    with unit_of_work() as session:
        known = standing.current(session, session.merge(filled.row())).market.taker
        asked = known[who.id].wishes
        late = next(one for one in filled.people[1:] if before[one.id][0] in known[one.id].wishes)
        floor.enter(session, make.actor(late), filled.id, clock.now())
        floor.walk(session, make.actor(late), filled.id, None, clock.now())
    monkeypatch.setattr(making, "plans", disturbed)
    filled.plan()

    after, plan = places(filled), last(filled)
    assert [known.rounds for known in left] == [2, 1]
    assert left[0].met == together(before, 1, but=late)
    assert left[1].met == together(begun[0], 2, but=late)
    assert left[0].taker[late.id].wishes == known[late.id].wishes
    assert set(left[1].taker[who.id].wishes) == set(asked) - set(begun[0][who.id][:2])
    assert {each: row[:1] for each, row in after.items()} == {e: r[:1] for e, r in before.items()}
    assert {each: row[:2] for each, row in after.items()} == {
        each: row[:2] for each, row in begun[0].items()
    }
    assert (plan.state, faults(filled)) == (PlanState.READY, [])
    assert plan.met <= plan.bound <= plan.wishes
    with pytest.raises(Refused):
        put(make, filled, who, 1, None)
    html = browser(filled.host).get(f"{filled.url}/indeling").get_data(as_text=True)
    assert set(re.findall(r"ronde=(\d)", html)) == {"2"}
    turn(rounds.end_round, 1)
    turn(rounds.begin_round, 2)
    with pytest.raises(Refused):
        turn(planned.ask)
    html = browser(filled.host).get(f"{filled.url}/indeling").get_data(as_text=True)
    assert "data-who" not in html


def test_the_programme_is_seen_when_it_is_out_by_who_comes(make, filled, browser, mails):
    filled.plan()
    member = filled.people[0]
    early = browser(member).get(f"{filled.url}/programma").get_data(as_text=True)
    assert "There is no programme yet" in early

    with unit_of_work() as session:
        announcing.bring_out(session, make.actor(filled.host), filled.id, clock.now())
    run_due()

    page = browser(member).get(f"{filled.url}/programma").get_data(as_text=True)
    assert "Round 1" in page
    assert browser(make.member()).get(f"{filled.url}/programma").status_code == 404
    with unit_of_work() as session:
        kinds = session.scalars(
            select(Notification.kind).where(Notification.member_id == member.id)
        ).all()
    assert "markets.programme" in kinds
    written = [mail for mail in mails(member) if "programma" in mail.text]
    assert len(written) == 1
    with unit_of_work() as session:
        turns = programme_of(session, session.merge(filled.row()), member.id)
    for turn in turns:  # the market is open to all members: it stands whole in the mail
        assert turn.stall_id is None or f"{turn.number}. {turn.title}" in written[0].text
    assert any(turn.stall_id for turn in turns)
    assert len(re.findall(r"\d\d[:.]\d\d–\d\d[:.]\d\d: ", written[0].text)) == len(turns)
    assert not any(f"Onderwerp{n}" in mail.subject for mail in mails(member) for n in range(6))
    assert filled.row().state == MarketState.PLANNED


def test_the_programme_of_a_market_for_some_is_not_written_in_its_mail(make, fair, mails):
    host, member, other = (make.member() for _ in range(3))
    space = make.space(Visibility.PRIVATE, coordinator=host)
    for who in (member, other):
        make.join(who, space.circle)
    market = fair(host, Terms(rounds=2, minutes=20, space_ids=[space.id]))
    for who in (member, other):
        market.bring(who, "Hoe betrek je naasten?")
    market.lay_out()

    market.plan(out=True)

    written = [mail for mail in mails(member) if "/programma" in mail.text]
    assert len(written) == 1
    assert "naasten" not in written[0].text


def test_a_wish_that_is_not_met_has_its_reason(make, filled):
    filled.plan(out=True)
    with unit_of_work() as session:
        market = session.merge(filled.row())
        for who in filled.people:
            for each in explained(session, market, who.id)[0]:
                assert each.why in set(Why) - {Why.MET}


def test_what_does_not_fit_is_explained_to_who_misses_it_and_to_the_host(make, fair, browser):
    """To the host by stall, without names; the page asks as much for many people as for few."""
    market = fair(make.member(), replace(making.TERMS, rounds=1, seats=1))
    holds, *guests = (make.member() for _ in range(6))
    market.bring(holds, "Hoe begin je een groep?")
    for who in guests:
        market.offer(who, "Ik denk mee")
    market.lay_out()
    page, said, costs = f"{market.url}/indeling", [], []
    host, title = browser(market.host), "1. Hoe begin je een groep?"
    for wishing in (guests[:1], guests[1:]):  # for the first there is a seat
        with unit_of_work() as session:
            stall_id = session.scalars(select(Stall.id)).one()
            for who in wishing:
                stalls.wish(session, make.actor(who), stall_id, True, clock.now())
        market.plan(out=True)
        host.get(page)
        with statements() as seen:
            html = host.get(page).text
        said.append(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))
        costs.append(len(seen))

    assert "What did not fit" not in said[0]
    assert f"{title} : 4 wishes are not met it is full whenever they could come (4)" in said[1]
    assert costs[0] == costs[1]
    met = [who for who in guests if places(market)[who.id] != [None]]
    assert len(met) == 1
    for who in guests:
        own = browser(who).get(f"{market.url}/programma").text
        assert (f"{title}: it is full in every round in which you could come" in own) is (
            who not in met
        )


def test_few_wishes_leave_nobody_without_a_place_or_without_being_told_why(make, fair, browser):
    """Two stalls, two wishes, three rounds: a round is filled by theme, then nothing is left."""
    market = fair(make.member())
    one, other = make.member("Persoon Een"), make.member("Persoon Twee")
    for who in (one, other):
        market.bring(who, "Hoe begin je?")
    market.lay_out()
    market.plan(out=True)

    found = places(market)
    assert [sum(row[n] is not None for row in found.values()) for n in range(3)] == [2, 2, 0]
    page = browser(one).get(f"{market.url}/programma").text
    assert page.count("Nothing is held in this round") == 1
    host = browser(market.host).get(f"{market.url}/indeling").text
    assert "In round 3 nothing is held" in host
    assert "They have no place in any round" not in host

    with unit_of_work() as session:
        session.execute(delete(MarketPlace).where(MarketPlace.member_id == one.id))
        session.add_all(
            MarketPlace(market_id=market.id, plan=1, member_id=one.id, round=n) for n in range(3)
        )
    host = browser(market.host).get(f"{market.url}/indeling").text
    assert "They have no place in any round: Persoon Een." in host


def test_signs_and_programmes_on_paper_are_for_the_host(make, filled, browser):
    filled.plan(out=True)
    host, guest = browser(filled.host), browser(filled.people[0])

    if not pdf.available():
        assert "cannot make a PDF" in host.get(f"{filled.url}/programmas").get_data(as_text=True)
        return
    for page in ("programmas/pdf", "kraambordjes/pdf"):
        made = host.get(f"{filled.url}/{page}")
        assert made.status_code == 200
        assert made.data.startswith(b"%PDF")
        assert guest.get(f"{filled.url}/{page}").status_code == 404
    assert guest.get(f"{filled.url}/programma/pdf").data.startswith(b"%PDF")
    # On each sign a code is drawn: very many small squares, where the words need few lines.
    with unit_of_work() as session:
        for stall in session.scalars(select(Stall).where(Stall.market_id == filled.id)):
            stall.title = ("Samen beginnen met wat werkt na een terugval " * 5)[:200]
    signs = host.get(f"{filled.url}/kraambordjes/pdf").data
    sheets = sum(len(re.findall(rb"/Type\s*/Page\b", part)) for part in _streams(signs))
    assert sheets == len(_open_stalls(filled))
    assert sum(lines > 80 for lines in _lines_drawn(signs)) == len(_open_stalls(filled))


def _lines_drawn(file: bytes) -> list[int]:
    """How many lines are begun in each stream of a PDF."""
    return [len(re.findall(rb" m\s", part)) for part in _streams(file)]


def _streams(file: bytes) -> list[bytes]:
    """What a PDF holds in its streams, its pages among it."""
    found = []
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            text = zlib.decompressobj().decompress(part)  # its last byte may look like a line's end
        except zlib.error:
            text = part
        found.append(text)
    return found


def _stalls(filled) -> list[Stall]:
    with unit_of_work() as session:
        return list(
            session.scalars(
                select(Stall).where(Stall.market_id == filled.id).order_by(Stall.number)
            )
        )


def _open_stalls(filled) -> list[int]:
    return [stall.id for stall in _stalls(filled) if stall.closed_at is None]


def test_a_market_that_is_called_off_is_planned_no_further(make, filled):
    with unit_of_work() as session:
        planned.ask(session, make.actor(filled.host), filled.id, clock.now())
        announcing.cancel(session, make.actor(filled.host), filled.id, "", clock.now())
    run_due()

    with pytest.raises(NotFound):
        filled.plan()
