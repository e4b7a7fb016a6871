"""A market while it is held: its clock, where people stand, what hosts do."""

import re
import sys
import threading
import uuid
from datetime import timedelta
from io import BytesIO
from unittest.mock import patch

import pytest
from sqlalchemy import select

from cop.contacts import conversations
from cop.contacts import queries as talks
from cop.gatherings import attending
from cop.markets import (
    announcing,
    contacts,
    floor,
    floor_people,
    floor_queries,
    hosting,
    rounds,
    silence,
    stall_desk,
    stall_routes,
    stall_table,
    stall_talk,
    stalls,
)
from cop.markets.announcing import Terms
from cop.markets.floor_among import GONE_AFTER
from cop.markets.floor_handlers import cut_loose
from cop.markets.floor_models import FloorPerson, HostAct, MarketFloor, Phase, StallVisit
from cop.markets.floor_permissions import FLOORS, FloorPermission
from cop.markets.models import Market, MarketPlace, Stall
from cop.markets.silence import TOGETHER
from cop.markets.waiting import of_markets
from cop.members.blocks import Block
from cop.members.events import MemberLeft
from cop.members.models import Persona
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.live import commands, last_number, own
from cop.platform.live.flood import Flood
from cop.platform.outbox import Job
from cop.platform.worker import run_due
from cop.spaces.events import moment
from tests.markets.hall import Hall
from tests.markets.making import TERMS

flood = sys.modules["cop.platform.live.flood"]  # the package has an object of this name


@pytest.fixture
def now():
    return clock.now()


def test_rounds_begin_and_end_once_whoever_presses(make, now):
    hall = Hall(make)
    with unit_of_work() as session:
        host = hall.actor()
        assert hall.floor().phase == Phase.LOBBY
        with pytest.raises(Refused):
            rounds.begin_round(session, host, hall.id, 1, now)
        assert rounds.begin_round(session, host, hall.id, 0, now)
        assert not rounds.begin_round(session, host, hall.id, 0, now)
        with pytest.raises(Refused):
            rounds.begin_round(session, host, hall.id, 1, now)
        its = session.get_one(MarketFloor, hall.id)
        assert its.ends_at == now + timedelta(minutes=20)
        until = its.ends_at
        assert rounds.give_time(session, host, hall.id, until, 1, now)
        assert not rounds.give_time(session, host, hall.id, until, 1, now)  # the same press again
        assert its.ends_at == now + timedelta(minutes=21)
        assert rounds.give_notice(session, host, hall.id, 0, now)
        assert not rounds.give_notice(session, host, hall.id, 0, now)
        assert its.ends_at == now + rounds.NOTICE
        assert rounds.end_round(session, host, hall.id, 0, now)
        assert not rounds.end_round(session, host, hall.id, 0, now)
        assert (its.phase, its.ends_at) == (Phase.BREAK, now + timedelta(minutes=5))
        for round_ in (1, 2):
            assert rounds.begin_round(session, host, hall.id, round_, now)
            assert rounds.end_round(session, host, hall.id, round_, now)
        assert its.ends_at is None  # no round follows
        with pytest.raises(Refused):
            rounds.begin_round(session, host, hall.id, 3, now)
        rounds.close(session, host, hall.id, now)
        with pytest.raises(NotFound):
            rounds.close(session, host, hall.id, now)
        assert session.get_one(Market, hall.id).state == "closed"


def test_the_clock_leads_when_nobody_presses(make, now):
    hall = Hall(make)
    hall.begin()
    begun = hall.floor().began_at
    seen = []
    for minutes in (17.9, 18.1, 19.9, 20.1, 24.9, 25.2):
        with unit_of_work() as session:
            at = begun + timedelta(minutes=minutes)
            rounds.tick(session, {"market_id": hall.id}, at)
            its = session.get_one(MarketFloor, hall.id)
            seen.append((its.phase, its.round, its.noticed_at is not None))
    assert seen == [
        ("round", 0, False),
        ("round", 0, True),
        ("round", 0, True),
        ("break", 0, False),
        ("break", 0, False),
        ("round", 1, False),
    ]
    with unit_of_work() as session:
        rounds.lead_by_clock(session, hall.actor(), hall.id, False, now)
        its = session.get_one(MarketFloor, hall.id)
        later = its.ends_at + timedelta(minutes=30)
        for _ in range(3):
            rounds.tick(session, {"market_id": hall.id}, later)
        assert (its.phase, its.round, its.noticed_at) == ("round", 1, later)


def test_the_worker_leads_a_round_at_its_time_and_stops_where_a_host_leads(make, now):
    """Through the queue: nobody presses, and nobody calls the clock by its name."""
    hall = Hall(make)
    hall.begin()
    began, length = hall.floor().began_at, timedelta(minutes=TERMS.minutes)

    def stands(minutes):
        with patch.object(clock, "now", lambda: began + timedelta(minutes=minutes)):
            run_due()
        its = hall.floor()
        return its.phase, its.round, its.noticed_at is not None

    assert stands(17.5) == ("round", 0, False)
    assert stands(18.5) == ("round", 0, True)
    with unit_of_work() as session:
        rounds.lead_by_clock(
            session, hall.actor(), hall.id, False, began + length - timedelta(minutes=1)
        )
    assert stands(21) == ("round", 0, True)
    with unit_of_work() as session:
        rounds.lead_by_clock(
            session, hall.actor(), hall.id, True, began + length + timedelta(minutes=1)
        )
    assert stands(21.5)[:2] == ("break", 0)
    assert stands(60)[1] == 1


def test_whose_turn_it_is_has_one_answer(make, now):
    """The next takes it from who had it; who is muted or elsewhere is given none."""
    hall = Hall(make, visitors=6)
    stall, holder = hall.stalls[0], hall.visitors[0]
    one, two, muted, elsewhere = hall.visitors[2:6]
    for member in (holder, one, two, muted):
        hall.walk(member, stall)
    hall.walk(elsewhere, hall.stalls[1])
    ids = {member: hall.person(member).id for member in hall.visitors}
    with unit_of_work() as session:
        hosting.mute(session, hall.actor(), hall.id, ids[muted], True, "Rust.", now)
        stall_talk.want_to_talk(session, hall.actor(two), stall, True, now)

    def give(who):
        with unit_of_work() as session:
            stall_talk.give_turn(session, hall.actor(holder), stall, who, now)

    def talking():
        return [hall.person(m) for m in hall.visitors if hall.person(m).talks_since is not None]

    for member in (one, two, two):
        give(ids[member])
        assert [person.id for person in talking()] == [ids[member]]
    assert talking()[0].talk_at is None  # waits no more
    for who in (ids[muted], ids[elsewhere], 987_654):
        with pytest.raises(NotFound):
            give(who)
    assert [person.id for person in talking()] == [ids[two]]
    give(None)
    assert talking() == []


def test_doors_open_on_the_day_alone_and_only_for_who_comes(make, now, fair):
    host, other, late = make.member(), make.member(), make.member()
    far = fair(host)
    far.bring(other, "Wie weet dit?")
    with unit_of_work() as session, pytest.raises(Refused):
        rounds.open_doors(session, make.actor(host), far.id, now)
    hall = Hall(make, inside=False)
    comes = hall.visitors[0]
    for member, may in ((comes, True), (hall.host, True), (other, False), (late, False)):
        with unit_of_work() as session:
            held = FLOORS.held(session, make.actor(member), hall.id)
            assert (FloorPermission.ENTER in held) is may
        if not may:
            with unit_of_work() as session, pytest.raises(NotFound):
                floor.enter(session, make.actor(member), hall.id, now)
    hall.enter(comes)
    hall.enter(comes)
    with unit_of_work() as session:
        there = session.scalars(
            select(FloorPerson.member_id).where(FloorPerson.market_id == hall.id)
        )
        assert sorted(there) == sorted([hall.host.id, comes.id])


def test_a_round_takes_who_follows_the_programme_to_their_stall(make, now):
    hall = Hall(make, visitors=6, stalls=3, planned=True)
    follows, walks = hall.visitors[4], hall.visitors[5]
    with unit_of_work() as session:
        rows = session.execute(
            select(MarketPlace.member_id, MarketPlace.round, MarketPlace.stall_id).where(
                MarketPlace.market_id == hall.id
            )
        )
        planned = {(who, round_): stall for who, round_, stall in rows}
    hall.begin()
    assert hall.person(follows).stall_id == planned[follows.id, 0]
    assert hall.person(walks).stall_id == planned[walks.id, 0]
    elsewhere = next(
        stall for stall in hall.stalls if stall not in (planned[walks.id, 0], planned[walks.id, 1])
    )
    hall.walk(walks, elsewhere)
    with unit_of_work() as session:
        rounds.end_round(session, hall.actor(), hall.id, 0, now)
        rounds.begin_round(session, hall.actor(), hall.id, 1, now)
    assert hall.person(follows).stall_id == planned[follows.id, 1]
    assert hall.person(walks).stall_id == elsewhere
    with unit_of_work() as session:
        floor.follow(session, hall.actor(walks), hall.id, now)
    one = hall.person(walks)
    assert (one.stall_id, one.follows) == (planned[walks.id, 1], True)
    with unit_of_work() as session:  # each visit ended when the next began
        visits = session.scalars(
            select(StallVisit.left_at).where(StallVisit.person_id == one.id).order_by(StallVisit.id)
        ).all()
    assert sum(left is None for left in visits) == (planned[walks.id, 1] is not None)
    assert visits[-1] is None or planned[walks.id, 1] is None


def test_without_a_programme_everybody_stays_where_they_walked(make, now):
    hall = Hall(make)
    member = hall.visitors[2]
    hall.walk(member, hall.stalls[0])
    hall.begin()
    assert hall.person(member).stall_id == hall.stalls[0]
    with unit_of_work() as session:
        floor.follow(session, hall.actor(member), hall.id, now)
    assert hall.person(member).stall_id == hall.stalls[0]


def test_a_stall_keeps_to_its_seats_but_for_holders_hosts_and_the_programme(make, now):
    hall = Hall(make, visitors=5)
    stall_id, holder = hall.stalls[0], hall.visitors[0]
    one, two = hall.visitors[3:]
    with unit_of_work() as session:
        session.get_one(Stall, stall_id).seats = 1
    hall.walk(holder, stall_id)
    hall.walk(one, stall_id)
    with unit_of_work() as session, pytest.raises(floor.Full):
        floor.walk(session, hall.actor(two), hall.id, stall_id, now)
    hall.walk(hall.host, stall_id)
    silent = [hall.person(one).id, hall.person(hall.host).id]
    with unit_of_work() as session:  # whoever gave no sign for long has freed their seat
        for who in silent:
            session.get_one(FloorPerson, who).seen_at = now - timedelta(minutes=21)
    hall.walk(two, stall_id)
    with unit_of_work() as session:
        spots = floor_queries.spots(session, hall.actor(two), hall.id, clock.now())
    spot = next(spot for spot in spots if spot.id == stall_id)
    assert (spot.guests, spot.full, spot.here) == (1, True, True)
    for forged in (999_999, 2**31 - 1):
        with unit_of_work() as session, pytest.raises(NotFound):
            floor.walk(session, hall.actor(two), hall.id, forged, now)


def test_who_falls_silent_is_told_of_in_one_go_once_and_after_a_closed_market_never(make, now):
    hall = Hall(make, visitors=8)
    stall = hall.stalls[0]
    for member in hall.visitors[2:7]:
        hall.walk(member, stall)
    holder, lobby = hall.visitors[0], hall.visitors[7]
    hall.walk(holder, stall)
    begun = clock.now()
    silent_from = {m: timedelta(seconds=0.3 * n) for n, m in enumerate(hall.visitors[2:7])}
    silent_from |= {lobby: timedelta(0), holder: timedelta(minutes=3)}
    ids = {member: hall.person(member).id for member in silent_from}
    with unit_of_work() as session:
        for one in session.scalars(select(FloorPerson).where(FloorPerson.market_id == hall.id)):
            one.seen_at = begun + timedelta(minutes=6)
        for member, after in silent_from.items():
            session.get_one(FloorPerson, ids[member]).seen_at = begun + after
    names = (f"stall:{stall}", f"stall:{hall.stalls[1]}", f"market-places:{hall.id}")

    def told() -> list[int]:
        with unit_of_work() as session:
            return [last_number(session, name) for name in names]

    def look(at) -> tuple[list[int], float]:
        """How many things each was told, and in how many seconds the next look is."""
        before = told()
        with unit_of_work() as session:
            job = session.scalars(select(Job).where(Job.kind == "markets.silence")).one()
            asked = job.payload
            session.delete(job)
            silence.look(session, asked, at)
            session.flush()
            run_at = session.scalars(select(Job.run_at).where(Job.kind == "markets.silence")).one()
        after = told()
        return [b - a for a, b in zip(before, after, strict=True)], (run_at - at).total_seconds()

    gone = begun + GONE_AFTER
    assert look(begun) == ([0, 0, 0], GONE_AFTER.total_seconds())
    assert look(gone) == ([1, 0, 2], 2)  # the first at the stall, and one in the lobby
    assert look(gone + timedelta(seconds=2)) == ([1, 0, 1], 178)  # four more: once
    # Whoever holds it takes no seat; on the map their place is empty as well.
    assert look(gone + timedelta(minutes=3)) == ([1, 0, 1], 180)
    # A worker that was away tells what happened meanwhile.
    assert look(gone + timedelta(minutes=60)) == ([0, 0, 1], GONE_AFTER.total_seconds())
    with unit_of_work() as session:
        late = gone + timedelta(minutes=61)
        spots = floor_queries.spots(session, hall.actor(), hall.id, late)
        assert (spots[0].count, spots[1].count, spots[1].guests) == (0, 0, 0)
        assert len(spots[1].people) + spots[1].more == 6
        rounds.close(session, hall.actor(), hall.id, late)
        spots = floor_queries.spots(session, hall.actor(), hall.id, late)
        assert (spots[1].count, spots[1].guests) == (6, 5)  # where they stood at the end
        job = session.scalars(select(Job).where(Job.kind == "markets.silence")).one()
        asked = job.payload
        session.delete(job)
        silence.look(session, asked, late + timedelta(hours=1))
        session.flush()
        assert not session.scalars(select(Job).where(Job.kind == "markets.silence")).all()


def test_what_hosts_do_has_a_reason_and_holds(make, now):
    hall = Hall(make)
    member = hall.visitors[2]
    who = hall.person(member).id
    stall = hall.stalls[0]
    host = hall.actor()
    for act in (
        lambda s, why: hosting.move(s, host, hall.id, who, stall, why, now),
        lambda s, why: hosting.mute(s, host, hall.id, who, True, why, now),
        lambda s, why: hosting.remove(s, host, hall.id, who, why, now),
    ):
        with unit_of_work() as session, pytest.raises(Refused):
            act(session, "  ")
        with unit_of_work() as session:
            act(session, "Omdat het moet.")
            act(session, "Omdat het moet.")  # again changes nothing
        if act is not None and hall.person(member).removed_at is None:
            assert hall.person(member).stall_id == stall
    one = hall.person(member)
    assert (one.stall_id, one.removed_at is None, one.left_at is None) == (None, False, False)
    with unit_of_work() as session:
        acts = session.scalars(
            select(HostAct.act).where(HostAct.person_id == who).order_by(HostAct.id)
        ).all()
        assert acts == ["move", "mute", "remove"]
        with pytest.raises(NotFound):
            floor.enter(session, hall.actor(member), hall.id, now)
    with unit_of_work() as session:
        hosting.readmit(session, host, hall.id, who, "Uitgepraat.", now)
    hall.enter(member)
    assert hall.person(member).muted_at is not None
    hall.walk(member, stall)
    with unit_of_work() as session, pytest.raises(NotFound):
        stall_talk.say(session, hall.actor(member), stall, "Hallo", "k", now)
    other_host = hall.person(hall.host).id
    with unit_of_work() as session, pytest.raises(Refused):  # hosts talk things over
        hosting.remove(session, host, hall.id, other_host, "Ruzie.", now)


def test_a_holder_who_is_muted_does_not_speak_through_the_note(make, now):
    hall = Hall(make)
    holder, stall = hall.visitors[0], hall.stalls[0]
    hall.walk(holder, stall)
    with unit_of_work() as session:
        stall_desk.write_note(session, hall.actor(holder), stall, "Een", 0, now)
    with unit_of_work() as session:
        who = hall.person(holder).id
        hosting.mute(session, hall.actor(), hall.id, who, True, "Te veel.", now)
    with unit_of_work() as session, pytest.raises(NotFound):
        stall_desk.write_note(session, hall.actor(holder), stall, "Twee", 1, now)


def test_who_went_home_is_not_moved(make, now):
    hall = Hall(make)
    member = hall.visitors[2]
    with unit_of_work() as session:
        floor.leave(session, hall.actor(member), hall.id, now)
    who = hall.person(member).id
    with unit_of_work() as session, pytest.raises(NotFound):
        hosting.move(session, hall.actor(), hall.id, who, hall.stalls[0], "Kom terug.", now)


def test_hosts_page_through_people_of_the_same_name(make, now):
    hall = Hall(make)
    its = hall.floor()
    seen, after = [], None
    while True:
        with unit_of_work() as session:
            rows, after = floor_people.everybody(session, hall.actor(), its, after, most=2)
        seen += [row.id for row in rows]
        if after is None:
            break
    people = {hall.person(member).id for member in (hall.host, *hall.visitors)}
    assert len(seen) == len(set(seen))
    assert set(seen) == people


def test_hosting_is_handed_over_to_who_says_yes(make, now):
    hall = Hall(make)
    member, other = hall.visitors[2:4]
    who = hall.person(member).id
    with unit_of_work() as session:
        with pytest.raises(Refused):
            hosting.step_down(session, hall.actor(), hall.id, now)
        hosting.offer(session, hall.actor(), hall.id, who, now)
        with pytest.raises(NotFound):
            hosting.answer_offer(session, hall.actor(other), hall.id, True, now)
    with unit_of_work() as session:
        hosting.answer_offer(session, hall.actor(member), hall.id, True, now)
    with unit_of_work() as session:
        hosting.step_down(session, hall.actor(), hall.id, now)
    with unit_of_work() as session:
        assert rounds.begin_round(session, hall.actor(member), hall.id, 0, now)
        with pytest.raises(NotFound):
            rounds.end_round(session, hall.actor(), hall.id, 0, now)


def test_who_blocked_a_host_is_not_asked_to_host_by_them_and_the_host_sees_no_difference(
    make, browser, now
):
    hall = Hall(make)
    member, second = hall.visitors[2:4]
    who = hall.person(member).id
    floor_of = f"/markten/{hall.id}/vloer"

    def offer(by):
        with unit_of_work() as session:
            hosting.offer(session, hall.actor(by), hall.id, who, now)
        shown = "You are asked to host" in browser(member).get(floor_of).text
        return shown, "asked to host" in browser(by).get(f"{floor_of}/mensen").text

    with unit_of_work() as session:
        host = make.persona(hall.host).id
        session.add(Block(member_id=member.id, persona_id=host, at=now))
    assert offer(hall.host) == (False, True)
    with unit_of_work() as session, pytest.raises(NotFound):
        hosting.answer_offer(session, hall.actor(member), hall.id, True, now)
    with unit_of_work() as session:
        hosting.offer(session, hall.actor(), hall.id, hall.person(second).id, now)
    with unit_of_work() as session:
        hosting.answer_offer(session, hall.actor(second), hall.id, True, now)
    assert offer(second) == (True, True)  # another host can
    with unit_of_work() as session:
        hosting.answer_offer(session, hall.actor(member), hall.id, True, now)


def test_a_hosts_reason_is_looked_at_as_any_other_text(make, browser, now):
    hall = Hall(make)
    who = hall.person(hall.visitors[2]).id
    host = browser(hall.host)
    says = {"reason": "Cliënt Piet de Vries (43, Zwolle) drinkt weer, bel 06-12345678."}
    for act in ("verplaatsen", "dempen", "ontdempen", "uitzetten", "toelaten"):
        more = {"stall": str(hall.stalls[0])} if act == "verplaatsen" else {}
        path = f"/markten/{hall.id}/vloer/mensen/{who}/{act}"
        asked = host.send(path, says | more)
        assert asked.status_code == 422, act
        assert "This looks like data of a client" in asked.text, act
        assert host.send(path, says | more | {"anyway": "yes"}).status_code == 302, act
    with reading() as session:
        acts = session.scalars(select(HostAct.act).order_by(HostAct.id)).all()
    assert acts == ["move", "mute", "unmute", "remove", "readmit"]


def test_questions_are_counted_once_and_nameless_ones_have_nobody(make, now):
    hall = Hall(make)
    stall = hall.stalls[0]
    holder, asker, other = hall.visitors[0], hall.visitors[2], hall.visitors[3]
    for member in (holder, asker, other):
        hall.walk(member, stall)
    with unit_of_work() as session:
        first = stall_talk.ask(session, hall.actor(asker), stall, "Hoe?", True, "k1", now)
        again = stall_talk.ask(session, hall.actor(asker), stall, "Hoe?", True, "k1", now)
        assert first.id == again.id
        for wants, votes in ((True, 1), (True, 1), (False, 0), (True, 1)):
            stall_talk.vote(session, hall.actor(other), first.id, wants, now)
            assert first.votes == votes
        with pytest.raises(NotFound):  # one's own
            stall_talk.vote(session, hall.actor(asker), first.id, True, now)
        question_id = first.id
    who = hall.person(asker).id
    with unit_of_work() as session:
        told = stall_table.questions(session, stall, None)[0]
        assert (told.by, told.name, told.mine, told.votes) == (None, None, False, 1)
        assert stall_table.questions(session, stall, who)[0].mine
        with pytest.raises(NotFound):
            stall_talk.answered(session, hall.actor(asker), question_id, True, now)
        stall_talk.answered(session, hall.actor(holder), question_id, True, now)
        session.get_one(Market, hall.id).nameless_questions = False
        session.flush()
        with pytest.raises(Refused):
            stall_talk.ask(session, hall.actor(asker), stall, "Wie?", True, "k2", now)


@pytest.mark.parametrize("database", ["postgresql"])  # the other lets one write at a time
def test_of_all_who_press_at_the_same_moment_nobody_waits_for_each_other(app, make, now):
    times = 4
    hall = Hall(make, terms=Terms(rounds=times, minutes=20, pause=5, seats=6))
    stall, other = hall.stalls
    for member in hall.visitors:
        hall.walk(member, stall)
    holder, *guests = hall.visitors
    ids = [hall.person(member).id for member in hall.visitors]

    def stalls_change(session, n):
        title = session.get_one(Stall, other).title
        seats, closed = 6 + n, n % 2 == 1
        stalls.change(
            session,
            hall.actor(),
            other,
            title=title,
            seats=seats,
            rounds=None,
            closed=closed,
            now=now,
        )

    def meet(one, them):
        def asks(session, n):
            made = contacts.ask(session, hall.actor(one), hall.id, hall.person(them).id, "", now)
            if n % 2:
                contacts.take_back(session, hall.actor(one), made.id, now)

        return asks

    presses = [
        lambda session, n: rounds.begin_round(session, hall.actor(), hall.id, n, now),
        lambda session, n: rounds.end_round(session, hall.actor(), hall.id, n, now),
        lambda session, n: rounds.open_doors(session, hall.actor(), hall.id, now),
        lambda session, n: stall_talk.give_turn(
            session, hall.actor(holder), stall, ids[-1 - n % len(ids)], now
        ),
        *(
            lambda session, n, one=one: stall_talk.want_to_talk(
                session, hall.actor(one), stall, n % 2 == 0, now
            )
            for one in guests
        ),
        stalls_change,
        lambda session, n: silence.look(
            session,
            {"market_id": hall.id, "looked": moment(now)},
            now + GONE_AFTER + timedelta(seconds=n),
        ),
        lambda session, n: silence.seen(
            session, hall.actor(guests[0]), hall.id, now + (n + 1) * (GONE_AFTER + TOGETHER)
        ),
        lambda session, n: stalls.wish(session, hall.actor(guests[0]), other, n % 2 == 0, now),
        meet(guests[0], guests[1]),
        meet(guests[1], guests[0]),
    ]
    ready, trouble = threading.Barrier(len(presses)), []

    def press(do):
        with app.app_context():
            for n in range(times):
                ready.wait(60)
                try:
                    with unit_of_work() as session:
                        do(session, n)
                except (NotFound, Refused):  # another was first
                    pass
                except Exception as error:
                    trouble.append(error)

    threads = [threading.Thread(target=press, args=(do,)) for do in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    assert trouble == []


def test_nobody_writes_or_connects_without_end(make, now, monkeypatch):
    """So many things a minute, as on forms; so much at a stall; so many screens."""
    hall = Hall(make)
    stall, one, other = hall.stalls[0], hall.visitors[2], hall.visitors[3]
    for member in (one, other):
        hall.walk(member, stall)

    def said(member):
        data = {"stall": stall, "text": "Nog iets.", "key": str(uuid.uuid4())}
        try:
            with unit_of_work() as session:
                who = hall.actor(member)
                asked = (session, who, who.audit_id, "stall.say", data["key"], data, now)
                commands.carry_out(*asked)
        except Refused:
            return False
        return True

    monkeypatch.setattr(commands, "flood", Flood())
    monkeypatch.setattr(flood, "WORDS", 4.0)
    monkeypatch.setattr(flood, "WORDS_RATE", 0.0)
    assert [said(one) for _ in range(6)] == [True] * 4 + [False] * 2
    assert said(other)  # others do not notice
    monkeypatch.setattr(commands, "flood", Flood())
    monkeypatch.setattr(stall_talk, "MOST_MESSAGES", 5)
    assert [said(one), said(one), said(other)] == [True, False, True]
    screens = Flood()
    assert [screens.may_connect("a") for _ in range(21)] == [True] * 20 + [False]
    assert screens.may_connect("b")
    screens.gone("a")
    assert screens.may_connect("a")


def test_the_note_is_the_holders_and_a_stale_change_is_noticed(make, now):
    hall = Hall(make)
    stall = hall.stalls[0]
    holder, guest = hall.visitors[0], hall.visitors[2]
    hall.walk(holder, stall)
    hall.walk(guest, stall)
    with unit_of_work() as session:
        who = hall.actor(holder)
        assert stall_desk.write_note(session, who, stall, "Een", 0, now).version == 1
        assert stall_desk.write_note(session, who, stall, "Een\nTwee", 1, now).version == 2
        assert stall_desk.write_note(session, who, stall, "Een\nTwee", 1, now).version == 2
        with pytest.raises(stall_desk.Changed):
            stall_desk.write_note(session, who, stall, "Drie", 1, now)
        with pytest.raises(NotFound):
            stall_desk.write_note(session, hall.actor(guest), stall, "Vier", 2, now)
        for url in ("http://example.org", "javascript:alert(1)", "https://", "https://a b", ""):
            with pytest.raises(Refused):
                stall_desk.leave_link(session, hall.actor(guest), stall, "", url, "k", now)
        item = stall_desk.leave_link(
            session, hall.actor(guest), stall, "", "https://example.org/x", "k", now
        )
        assert item.title == "example.org"


def test_nothing_is_exchanged_before_both_agreed(make, now):
    hall = Hall(make)
    one, other, third = hall.visitors[1:4]
    ids = {member: hall.person(member).id for member in (one, other, third)}
    both = [hall.person(member).persona_id for member in (one, other)]
    with unit_of_work() as session:
        contacts.ask(session, hall.actor(one), hall.id, ids[other], "bel mij", now)
        contacts.ask(session, hall.actor(one), hall.id, ids[third], "bel mij", now)

    def seen(member):
        with unit_of_work() as session:
            rows = floor_people.contacts(session, hall.actor(member), hall.id, ids[member])
            return [(row.asked, row.agreed, row.talk_id) for row in rows]

    def said(member, talk_id):
        with unit_of_work() as session:
            page = talks.page(session, hall.actor(member), talk_id)
            return [re.sub("<.*?>", "", str(one.html)) for one in page.said]

    assert seen(other) == [(False, False, None)]
    with unit_of_work() as session:
        known = contacts.between(session, ids[one], ids[other])
        no = contacts.between(session, ids[one], ids[third])
        with pytest.raises(NotFound):
            contacts.answer(session, hall.actor(third), known.id, True, "x", now)
        contacts.answer(session, hall.actor(other), known.id, True, "mail mij", now)
        contacts.answer(session, hall.actor(third), no.id, False, "", now)
        assert (known.from_words, no.from_words) == (None, "bel mij")  # as while it waits
        number, no = known.id, no.id
        talk = conversations.between(session, *both)
    run_due()
    assert seen(other) == [(False, True, talk)]
    assert seen(one) == [(True, False, None), (True, True, talk)]  # a no is not told
    assert seen(third) == []
    assert said(one, talk) == said(other, talk) == ["bel mij", "mail mij"]
    with reading() as session:
        told = select(Notification.kind).where(Notification.member_id == one.id)
        assert "contacts.accepted" in session.scalars(told).all()
    # It is a conversation as any other: nothing is asked while it goes on, all can be after.
    with unit_of_work() as session, pytest.raises(Refused):
        contacts.ask(session, hall.actor(other), hall.id, ids[one], "nog eens", now)
    with unit_of_work() as session, pytest.raises(NotFound):
        contacts.take_back(session, hall.actor(one), number, now)
    with unit_of_work() as session:
        conversations.end(session, hall.actor(other), talk, now)
    with unit_of_work() as session:
        contacts.ask(session, hall.actor(other), hall.id, ids[one], "nog eens", now)
    assert (seen(one)[0], seen(other)) == ((False, False, None), [(True, False, None)])

    # A no holds, also when the request is taken back and made again; nobody hears of it.
    with unit_of_work() as session:
        contacts.take_back(session, hall.actor(one), no, now)
    assert seen(one) == [(False, False, None)]
    with unit_of_work() as session:
        assert contacts.between(session, ids[one], ids[third]).from_words is None
        contacts.ask(session, hall.actor(one), hall.id, ids[third], "toe nou", now)
    assert (seen(one)[0], seen(third)) == ((True, False, None), [])  # where a new one stands
    # Who said no can come back to it: then it is they who ask, and the other agrees or not.
    with unit_of_work() as session:
        contacts.ask(session, hall.actor(third), hall.id, ids[one], "mail mij", now)
    assert (seen(one)[0], seen(third)) == ((False, False, None), [(True, False, None)])


def test_a_no_a_block_and_no_answer_yet_look_the_same_to_who_asked(make, now, browser, monkeypatch):
    """Whatever they do with it: on the page, in their own file, at the bound and on the screen."""
    monkeypatch.setattr(contacts, "MOST_ASKED", 3)
    hall = Hall(make, visitors=5)
    asks, no, blocks, waits, fourth = hall.visitors
    page, later = browser(asks), now + timedelta(minutes=1)
    theirs = hall.person(asks).persona_id

    def ask(member, said="bel mij", at=now):
        them = hall.person(member).id
        with unit_of_work() as session:
            return contacts.ask(session, hall.actor(asks), hall.id, them, said, at).id

    def take_back(number, at):
        with unit_of_work() as session:
            contacts.take_back(session, hall.actor(asks), number, at)

    def told(member):
        with reading() as session:
            who = hall.actor(member).audit_id
            return last_number(session, own("market-own", hall.id, who))

    def on_file():
        mine = page.get("/markten/wat-van-mij-is.json").get_json()["contacts_asked"]
        return [(row["said"], row["at"]) for row in mine]

    def on_page():
        html = page.get(f"/markten/{hall.id}/contacten").text
        assert html.count("You asked; there is no answer yet.") == html.count('id="contact-')
        return [int(number) for number in re.findall(r'id="contact-(\d+)"', html)]

    numbers = [ask(member) for member in (no, blocks, waits)]
    with unit_of_work() as session:
        contacts.answer(session, hall.actor(no), numbers[0], False, "", now)
        session.add(Block(member_id=blocks.id, persona_id=theirs, at=now))
    rung = told(no), told(blocks)

    assert (on_page(), on_file()) == (numbers[::-1], [("bel mij", now.isoformat())] * 3)
    assert [ask(member, "mail mij") for member in (no, blocks, waits)] == numbers
    assert (on_page(), on_file()) == (numbers[::-1], [("mail mij", now.isoformat())] * 3)

    for member, number in zip((no, blocks, waits), numbers, strict=True):
        heard, others = told(asks), [each for each in on_page() if each != number]
        take_back(number, now)
        with pytest.raises(NotFound):  # asked no longer
            take_back(number, now)
        assert told(asks) == heard + 1
        assert (on_page(), len(on_file())) == (others, 2)
        instead = ask(fourth, at=later)  # for which there is room now, and for no more
        with pytest.raises(Refused):
            ask(member, at=later)
        take_back(instead, later)
        new = ask(member, "nog eens", later)
        assert new > instead
        assert (on_page(), on_file()[-1]) == ([new, *others], ("nog eens", later.isoformat()))
    assert (told(no), told(blocks)) == rung


def test_a_block_lets_nothing_through_at_a_market_and_shows_itself_nowhere(make, now):
    """Whichever of the two asked before, and whichever asks after."""
    hall = Hall(make)
    one, other, third = hall.visitors[1:4]
    person = {member: hall.person(member) for member in (one, other, third)}

    def seen(member):
        with unit_of_work() as session:
            at = person[member].id
            rows = floor_people.contacts(session, hall.actor(member), hall.id, at)
            return sorted((row.asked, row.agreed) for row in rows)

    with unit_of_work() as session:
        asked = contacts.ask(session, hall.actor(one), hall.id, person[other].id, "bel", now)
        contacts.ask(session, hall.actor(third), hall.id, person[one].id, "bel", now)
        for theirs in (person[other], person[third]):
            session.add(Block(member_id=one.id, persona_id=theirs.persona_id, at=now))
    assert [seen(member) for member in (one, other, third)] == [
        [(True, False)],
        [],
        [(True, False)],
    ]
    with unit_of_work() as session, pytest.raises(NotFound):
        contacts.answer(session, hall.actor(other), asked.id, True, "mail", now)
    with unit_of_work() as session, pytest.raises(Refused):
        contacts.ask(session, hall.actor(one), hall.id, person[third].id, "bel", now)
    with unit_of_work() as session:  # it agrees to nothing, and looks as any that waits
        made = contacts.ask(session, hall.actor(other), hall.id, person[one].id, "mail", now)
        assert made.agreed_at is None
    assert [seen(member) for member in (one, other)] == [[], [(True, False)]]


def test_who_leaves_the_community_leaves_no_way_to_be_reached(make, now):
    hall = Hall(make)
    one, other = hall.visitors[1:3]
    hall.walk(one, hall.stalls[0])
    who, theirs = hall.person(one).id, hall.person(other).id
    with unit_of_work() as session:
        contacts.ask(session, hall.actor(one), hall.id, theirs, "mijn nummer", now)
        hosting.mute(session, hall.actor(), hall.id, who, True, "Te druk.", now)
        hosting.offer(session, hall.actor(), hall.id, who, now)
    with unit_of_work() as session:
        persona = session.scalars(
            select(Persona.id).where(Persona.member_id == one.id).order_by(Persona.id)
        ).first()
        event = MemberLeft(member_id=one.id, persona_id=persona)
        cut_loose(session, event, now)
    with unit_of_work() as session:
        gone = session.get_one(FloorPerson, who)
        assert (gone.member_id, gone.stall_id) == (None, None)
        assert session.scalars(select(HostAct).where(HostAct.person_id == who)).all() == []
        assert session.get_one(MarketFloor, hall.id).offered_id is None
        open_visits = select(StallVisit).where(
            StallVisit.person_id == who, StallVisit.left_at.is_(None)
        )
        assert session.scalars(open_visits).all() == []
        rows = floor_people.contacts(session, hall.actor(other), hall.id, theirs)
        assert rows == []


def test_who_signs_off_and_what_is_called_off_ends_on_the_floor(make, now):
    hall = Hall(make)
    gone, stays = hall.visitors[2:4]
    gathering_id = hall.fair.row().gathering_id
    with unit_of_work() as session:
        attending.sign_off(session, hall.actor(gone), gathering_id, now)
    run_due()
    assert hall.person(gone).left_at is not None
    assert hall.person(stays).left_at is None
    with unit_of_work() as session:
        announcing.cancel(session, hall.actor(), hall.id, "De zaal is dicht.", now, True)
    run_due()
    assert hall.floor().phase == Phase.CLOSED
    with unit_of_work() as session:
        assert session.get_one(Market, hall.id).state == "closed"


def test_a_market_that_goes_on_stands_on_the_home_page_of_who_comes(make, now):
    hall = Hall(make, visitors=3, inside=False)
    other = make.member()
    for member, wanted in ((hall.visitors[0], 1), (hall.host, 1), (other, 0)):
        with unit_of_work() as session:
            found = [one.url for one in of_markets(session, hall.actor(member), now)]
        assert found == [f"/markten/{hall.id}/vloer"] * wanted


def test_whom_a_host_moved_muted_or_showed_out_reads_why(make, browser):
    hall = Hall(make)
    member = hall.visitors[2]
    who, page = hall.person(member).id, browser(member)
    address = f"/markten/{hall.id}"
    with unit_of_work() as session:
        hosting.move(
            session, hall.actor(), hall.id, who, hall.stalls[0], "Daar is plek.", clock.now()
        )
    assert "Daar is plek." in page.get(f"{address}/kraam").get_data(as_text=True)
    with unit_of_work() as session:
        hosting.mute(session, hall.actor(), hall.id, who, True, "Even luisteren.", clock.now())
    assert "Even luisteren." in page.get(f"{address}/kraam").get_data(as_text=True)
    with unit_of_work() as session:
        hosting.remove(session, hall.actor(), hall.id, who, "Tot later.", clock.now())
    assert page.get(f"{address}/vloer").status_code == 404
    assert "Tot later." in page.get(address).get_data(as_text=True)


def test_who_is_moved_while_their_page_is_made_gets_a_page(make, browser, monkeypatch):
    """A screen that is told 'not found' closes for good: a round that begins is no reason to."""
    hall = Hall(make)
    member, (stall, other) = hall.visitors[2], hall.stalls
    hall.walk(member, stall)
    page, address, frame = browser(member), f"/markten/{hall.id}/kraam", stall_routes.frame

    def while_a_round_begins(market_id: int):
        monkeypatch.setattr(stall_routes, "frame", frame)
        hall.walk(member, other)
        return frame(market_id)

    monkeypatch.setattr(stall_routes, "frame", while_a_round_begins)
    for stands in (stall, other):
        made = page.get(address)
        assert made.status_code == 200
        assert f'data-stall="{stands}"' in made.get_data(as_text=True)


def test_both_pages_show_the_market_in_every_state_and_forms_that_were_refused(make, browser):
    hall = Hall(make, planned=True)
    stall, holder, guest = hall.stalls[0], hall.visitors[0], hall.visitors[2]
    ids = {member: hall.person(member).id for member in (holder, guest)}
    pages = {member: browser(member) for member in (hall.host, holder, guest)}
    address, now = f"/markten/{hall.id}", clock.now()

    def looked_at() -> None:
        for member in pages:
            hall.walk(member, stall)
        for page in pages.values():
            for path in ("vloer", "kraam", f"kraam/{hall.stalls[1]}", "contacten"):
                assert page.get(f"{address}/{path}").status_code == 200, path

    def do(run) -> None:
        with unit_of_work() as session:
            run(session, hall.actor(), hall.id)

    looked_at()
    for round_ in range(3):
        do(lambda s, who, id, n=round_: rounds.begin_round(s, who, id, n, now))
        if round_ != 1:  # the one between is as the first
            looked_at()
        do(lambda s, who, id, n=round_: rounds.give_notice(s, who, id, n, now))
        do(lambda s, who, id: hosting.offer(s, who, id, ids[guest], now))
        if round_ == 0:
            looked_at()
        do(lambda s, who, id, n=round_: rounds.end_round(s, who, id, n, now))
        if round_ != 1:
            looked_at()
    do(lambda s, who, id: hosting.mute(s, who, id, ids[guest], True, "Even niet.", now))
    looked_at()
    do(lambda s, who, id: hosting.mute(s, who, id, ids[guest], False, "Weer wel.", now))
    with unit_of_work() as session:
        stall_desk.write_note(session, hall.actor(holder), stall, "Staat er al", 0, now)
    # What is wrong is said beside its field, and nothing that was typed is lost.
    at = f"/markten/kramen/{stall}"
    long = "Woord " * 4_000
    for member, path, typed, shown in (
        (guest, f"{at}/zeggen", {"text": long, "key": "k"}, "Woord Woord"),
        (guest, f"{at}/zeggen", {"text": " ", "key": "k"}, "Write something"),
        (guest, f"{at}/vragen", {"question": "", "key": "k"}, "Write something"),
        (guest, f"{at}/links", {"url": "http://x.example.org", "key": "k"}, "x.example.org"),
        (guest, f"{at}/bestanden", {"key": "k"}, "Choose a file"),
        (holder, f"{at}/notitie", {"note": "Iets anders", "version": "0"}, "Staat er al"),
        (hall.host, f"{address}/vloer/omroepen", {"text": "", "key": "k"}, "Write something"),
        (hall.host, f"{address}/vloer/mensen/{ids[guest]}/dempen", {"reason": ""}, "Write"),
        (guest, f"{address}/contacten/{ids[holder]}", {"said": "x" * 301}, "Keep it to 300"),
        (
            guest,
            f"{at}/zeggen",
            {"text": "BSN 111222333, weer opgenomen.", "key": "k"},
            "111222333",
        ),
    ):
        answer = pages[member].post(path, data=typed)
        assert answer.status_code == 422, path
        assert shown in answer.get_data(as_text=True), path
    # Every form works without scripts.
    for member, path, typed in (
        (guest, f"{at}/zeggen", {"text": "Hallo.", "key": "a"}),
        (guest, f"{at}/vragen", {"question": "Hoe?", "nameless": "y", "key": "a"}),
        (guest, f"{at}/links", {"url": "https://example.org", "title": "Meer", "key": "a"}),
        (guest, f"{at}/beurt", {"talk": "1"}),
        (holder, f"{at}/beurt", {"who": str(ids[guest])}),
        (holder, f"{at}/notitie", {"note": "Meer", "version": "1"}),
        (guest, f"{address}/vloer/hulp", {"up": "1"}),
        (hall.host, f"{address}/vloer/mensen", {"do": f"helped:{ids[guest]}"}),
        (hall.host, f"{address}/vloer/omroepen", {"text": "Bijna klaar.", "key": "a"}),
        (hall.host, f"{address}/vloer/tijd", {"clock": "0"}),
        (guest, f"{address}/contacten/{ids[holder]}", {"said": "bel mij"}),
    ):
        assert pages[member].post(path, data=typed).status_code == 302, path
    # Other words under a key that was used are not taken for the first ones: they get a fresh key.
    for member, path, typed in (
        (guest, f"{at}/zeggen", {"text": "Anders.", "key": "a"}),
        (guest, f"{at}/vragen", {"question": "Anders?", "key": "a"}),
        (guest, f"{at}/links", {"url": "https://anders.example.org", "key": "a"}),
        (hall.host, f"{address}/vloer/omroepen", {"text": "Anders.", "key": "a"}),
    ):
        answer = pages[member].post(path, data=typed)
        html = answer.get_data(as_text=True)
        assert answer.status_code == 422, path
        assert "sent before with other words" in html, path
        assert "nders" in html, path
        assert 'name="key" value="a"' not in html, path
    # A file sent twice lies there once, and another one under its key is not lost without a word.
    for words, status in (("Een", 302), ("Een", 302), ("Twee", 422)):
        sent = {"key": "f", "file": (BytesIO(words.encode()), "blad.txt")}
        answer = pages[guest].post(f"{at}/bestanden", data=sent)
        assert answer.status_code == status, words
    html = answer.get_data(as_text=True)
    assert "sent before with another file" in html
    assert 'name="key" value="f"' not in html
    with reading() as session:
        left = [one.title for one in stall_table.items(session, stall)]
    assert left == ["Meer", "blad.txt"]
    looked_at()
    do(lambda s, who, id: rounds.close(s, who, id, now))
    for page in pages.values():
        for path in ("vloer", "kraam", "contacten"):
            assert page.get(f"{address}/{path}").status_code == 200, path
