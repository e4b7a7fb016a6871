"""Before a market: announcing, taking part, matching, stalls."""

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from cop.gatherings import attending
from cop.gatherings.models import Attendance, Coming
from cop.markets import announcing, entries, matching, stalls
from cop.markets.after import asks as asks_after
from cop.markets.after import talking
from cop.markets.announcing import Terms
from cop.markets.entries import Wanted
from cop.markets.models import (
    Market,
    MarketEntry,
    MarketMatch,
    MatchState,
    Side,
    Stall,
    StallDeclined,
    StallHolder,
    StallWish,
)
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members import leaving
from cop.members.blocks import Block
from cop.members.models import MemberOrganisation, MemberTheme, SiteRole, Theme
from cop.notifications.models import Notification
from cop.notifications.waits import Part, gather
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from tests.gatherings.conftest import FEBRUARY
from tests.markets.making import TERMS, details
from tests.support.counting import statements

FORM = {
    "title": "Markt over herstel",
    "day": "2027-03-10",
    "begins": "13:00",
    "until": "15:30",
    "rounds": "4",
    "minutes": "20",
    "pause": "5",
    "setting": "online",
    "stall_seats": "8",
    "seats": "",
}


@pytest.fixture
def in_february(set_clock):
    set_clock(FEBRUARY)


def count(model, *conditions):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def told(member, kind):
    return count(Notification, Notification.member_id == member.id, Notification.kind == kind)


def held(make, member, fair):
    with unit_of_work() as session:
        return MARKETS.held(session, make.actor(member), fair.id)


# --- announcing


@pytest.mark.usefixtures("in_february")
def test_any_member_announces_a_market_and_the_same_form_twice_is_one(make, browser):
    member = make.member()
    space = make.space(Visibility.PRIVATE, coordinator=member)
    host = browser(member)
    assert space.name in host.get("/markten/nieuw").get_data(as_text=True)

    first = host.send("/markten/nieuw", FORM)
    again = host.send("/markten/nieuw", FORM)

    assert first.status_code == 302
    assert again.location == first.location
    assert count(Market) == 1
    page = host.get(first.location).get_data(as_text=True)
    assert "You host this market." not in page  # the next step is to take part
    assert "Take part" in page


@pytest.mark.usefixtures("in_february")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "Fill this in"),
        ({"rounds": "0"}, "from 1 to 12"),
        ({"rounds": "13"}, "from 1 to 12"),
        ({"minutes": "4"}, "from 5 to 90"),
        ({"pause": "61"}, "from 0 to 60"),
        ({"stall_seats": "0"}, "from 1 to 200"),
        ({"until": "14:00"}, "The rounds and pauses take 95 minutes together"),
        ({"day": "2026-01-01"}, "passed already"),
        ({"rounds": "veel"}, "Fill in a whole number"),
        ({"day": "2027-03-28", "begins": "02:30", "until": "06:00"}, "clocks go forward"),
        ({"link": "http://x"}, "https://"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_what_cannot_be_is_said_beside_its_field_and_kept(make, browser, change, says):
    answer = browser(make.member()).send("/markten/nieuw", FORM | change)

    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert says in page
    for value in change.values():
        assert value in page
    assert count(Market) == 0


def test_a_market_is_for_all_or_for_its_spaces_and_institutions(make, fair):
    host, inside, colleague, outsider, boss = (make.member() for _ in range(5))
    space = make.space(Visibility.CLOSED, coordinator=host)
    make.join(inside, space.circle)
    work = make.organisation()
    for who in (host, colleague):
        make.save(MemberOrganisation(member_id=who.id, organisation_id=work.id))
    admin = make.member(site_role=SiteRole.ADMINISTRATOR)
    of_space = fair(host, Terms(rounds=2, minutes=20, space_ids=[space.id]))
    of_work = fair(host, Terms(rounds=2, minutes=20, organisation_ids=[work.id]), title="Werk")
    of_all = fair(host, title="Voor iedereen")
    read, host_ = MarketPermission.READ, MarketPermission.HOST

    table = {  # who → may read (space, institution, all)
        host: (True, True, True),
        inside: (True, False, True),
        colleague: (False, True, True),
        outsider: (False, False, True),
        admin: (False, False, True),
        boss: (False, False, True),
    }
    for member, may in table.items():
        got = tuple(read in held(make, member, each) for each in (of_space, of_work, of_all))
        assert got == may
        assert all(
            (host_ in held(make, member, each)) == (member is host)
            for each in (of_space, of_work, of_all)
        )


def test_nobody_announces_for_a_space_or_institution_of_others(make):
    host = make.member()
    space, work = make.space(Visibility.OPEN), make.organisation()
    for terms in (
        Terms(rounds=2, minutes=20, space_ids=[space.id]),
        Terms(rounds=2, minutes=20, organisation_ids=[work.id]),
    ):
        with pytest.raises(Refused), unit_of_work() as session:
            announcing.announce(session, make.actor(host), details(), terms, clock.now())


def test_who_takes_part_in_its_space_hears_of_it_and_its_host_does_not(make, fair):
    host, inside, outsider = (make.member() for _ in range(3))
    space = make.space(Visibility.PRIVATE, coordinator=host)
    make.join(inside, space.circle)

    fair(host, Terms(rounds=2, minutes=20, space_ids=[space.id]))
    run_due()

    assert [told(who, "markets.announced") for who in (host, inside, outsider)] == [0, 1, 0]


def test_who_works_at_its_institution_hears_of_it_and_not_who_blocked_its_host(make, fair):
    """Of a market for some its themes say nothing; of one for all they do."""
    host, colleague, apart, outsider = people = [make.member() for _ in range(4)]
    work = make.organisation()
    with unit_of_work() as session:
        theme = session.scalars(select(Theme).order_by(Theme.id).limit(1)).one()
    for who in (host, colleague, apart):
        make.save(MemberOrganisation(member_id=who.id, organisation_id=work.id))
    for who in (colleague, apart, outsider):
        make.save(MemberTheme(member_id=who.id, theme_id=theme.id))
    make.save(Block(member_id=apart.id, persona_id=make.persona(host).id, at=clock.now()))
    about = {"rounds": 2, "minutes": 20, "theme_ids": [theme.id]}

    fair(host, Terms(**about, organisation_ids=[work.id]))
    run_due()
    assert [told(who, "markets.announced") for who in people] == [0, 1, 0, 0]

    fair(host, Terms(**about), title="Voor allen")
    run_due()
    assert [told(who, "markets.announced") for who in people] == [0, 2, 0, 1]


def test_a_change_keeps_themes_and_a_stale_one_is_shown(make, fair, browser):
    market = fair(make.member())
    host = browser(market.host)
    page = f"{market.url}/wijzigen"
    with unit_of_work() as session:
        session.get_one(Market, market.id).version = 2

    stale = host._post(page, data=FORM | {"csrf_token": host._fresh_token(), "version": "1"})

    assert stale.status_code == 422
    assert "changed it meanwhile" in stale.get_data(as_text=True)
    assert host.send(page, {"title": "Anders"}).status_code == 302
    assert market.row().version == 3


# --- taking part


def test_whoever_takes_part_asks_or_offers_something(make, fair, browser):
    market, member = fair(make.member()), make.member()
    visitor = browser(member)

    empty = visitor.send(f"{market.url}/meedoen", {})
    good = visitor.send(f"{market.url}/meedoen", {"ask": "Hoe begin je een herstelgroep?"})

    assert empty.status_code == 422
    assert "what you want to get, or what you can bring" in empty.get_data(as_text=True)
    assert good.status_code == 302
    assert count(Attendance, Attendance.coming == Coming.GOING) == 1
    page = visitor.get(market.url).get_data(as_text=True)
    assert "Hoe begin je een herstelgroep?" in page
    assert "You ask this" in page


def test_an_ask_without_an_answer_leads_to_who_may_know_who_are_asked_and_not_listed(
    make, fair, browser
):
    market, member = fair(make.member()), make.member()
    question = "Wie weet raad & tijd?"
    with unit_of_work() as session:
        theme = session.scalars(select(Theme).order_by(Theme.id).limit(1)).one()
    visitor = browser(member)
    visitor.send(f"{market.url}/meedoen", {"ask": question, "ask_theme": str(theme.id)})

    page = visitor.get(market.url).get_data(as_text=True)
    (way,) = re.findall(r'href="(/kenniskaart/vraag[^"]*)"', page)
    form = visitor.get(html.unescape(way)).get_data(as_text=True)

    assert html.escape(question) in form
    assert f'selected value="{theme.slug}"' in form
    other = browser(make.member()).get(market.url).get_data(as_text=True)
    assert "/kenniskaart/vraag" not in other


def test_who_only_signs_up_in_the_calendar_is_told_to_bring_something(make, fair):
    market, member = fair(make.member()), make.member()

    with pytest.raises(Refused), unit_of_work() as session:
        attending.sign_up(session, make.actor(member), market.row().gathering_id, clock.now())


def test_home_says_what_to_prepare(make, fair, browser):
    host, member = make.member(), make.member()
    market = fair(host)
    market.bring(member, "Hoe houd je contact?")
    market.offer(make.member(), "Zo houd je contact")
    assert "look which questions you can answer" in browser(member).get("/").text

    market.lay_out()
    market.plan(out=True)
    page = browser(member).get("/").text
    assert "your programme is ready" in page
    assert "look which questions" not in page


def test_the_same_form_sent_twice_is_one_entry(make, fair):
    market, member = fair(make.member()), make.member()
    wanted = [Wanted(side=Side.ASK, line="Hoe?", key="same-key-1")]
    for _ in range(2):
        with unit_of_work() as session:
            entries.register(session, make.actor(member), market.id, wanted, clock.now())

    assert count(MarketEntry) == 1


@pytest.mark.parametrize(
    "wanted",
    [
        {"line": ""},
        {"line": "x" * 201},
        {"expects": "x" * 301},
        {"theme_id": 987_654},
        {"side": "beide"},
        {"key": "kort"},
    ],
    ids=lambda value: next(iter(value)),
)
def test_a_bad_entry_is_refused_and_nobody_is_signed_up(make, fair, wanted):
    market, member = fair(make.member()), make.member()
    one = Wanted(**{"side": Side.ASK, "line": "Hoe?", "key": "key-00001"} | wanted)

    with pytest.raises(Refused), unit_of_work() as session:
        entries.register(session, make.actor(member), market.id, [one], clock.now())

    assert count(Attendance) == 0


def test_six_questions_are_one_too_many(make, fair):
    market, member = fair(make.member()), make.member()
    market.bring(member, *(f"Vraag {n}" for n in range(5)))

    with pytest.raises(Refused):
        market.bring(member, "Nog een")


def test_the_last_entry_goes_only_by_signing_off(make, fair):
    market, member = fair(make.member()), make.member()
    first, second = market.bring(member, "Een", "Twee")
    actor = make.actor(member)
    with unit_of_work() as session:
        entries.withdraw(session, actor, first, clock.now())

    with pytest.raises(Refused), unit_of_work() as session:
        entries.withdraw(session, actor, second, clock.now())
    with unit_of_work() as session:
        attending.sign_off(session, actor, market.row().gathering_id, clock.now())

    with unit_of_work() as session:
        assert entries.standing(session, market.id, Side.ASK) == []


def test_another_wants_to_know_too_once_and_nobody_their_own(make, fair):
    market, asker, other = fair(make.member()), make.member(), make.member()
    (ask,) = market.bring(asker, "Hoe?")
    for _ in range(2):
        with unit_of_work() as session:
            entries.second(session, make.actor(other), ask, True, clock.now())
    with pytest.raises(NotFound), unit_of_work() as session:
        entries.second(session, make.actor(asker), ask, True, clock.now())

    with unit_of_work() as session:
        assert session.get_one(MarketEntry, ask).seconds == 1


def test_who_finds_no_place_waits_and_is_not_shown(make, fair, browser):
    market = fair(make.member(), seats=1)
    first, second = make.member(), make.member()
    market.bring(first, "De eerste vraag")
    market.bring(second, "De tweede vraag")

    page = browser(market.host).get(market.url).get_data(as_text=True)

    assert "De eerste vraag" in page
    assert "De tweede vraag" not in page
    assert "waiting list" in browser(second).get(market.url).get_data(as_text=True)


def test_what_looks_like_a_client_is_asked_about(make, fair, browser):
    market, member = fair(make.member()), browser(make.member())
    line = "Wie kent Fatima El Amrani (34) uit Assen, BSN 999990019?"

    asked = member.send(f"{market.url}/meedoen", {"ask": line})

    assert asked.status_code == 422
    assert "data of a client" in asked.get_data(as_text=True)
    assert count(MarketEntry) == 0
    assert member.send(f"{market.url}/meedoen", {"ask": line, "anyway": "yes"}).status_code == 302


def test_after_leaving_the_community_nothing_is_left_of_what_one_asked(make, fair):
    market, member, other = fair(make.member()), make.member(), make.member()
    (ask,) = market.bring(member, "Iets van mij")
    (theirs,) = market.bring(other, "Iets van een ander")
    with unit_of_work() as session:
        entries.second(session, make.actor(member), theirs, True, clock.now())

    with unit_of_work() as session:
        leaving.leave(session, make.actor(member), False, clock.now())
    run_due()

    with unit_of_work() as session:
        assert session.get_one(MarketEntry, ask).line == ""
        assert session.get_one(MarketEntry, theirs).seconds == 0


# --- matching


def pairs(market, state):
    with unit_of_work() as session:
        return {
            (match.ask_id, match.offer_id)
            for match in session.scalars(
                select(MarketMatch).where(
                    MarketMatch.market_id == market.id, MarketMatch.state == state
                )
            )
        }


def test_offers_are_suggested_by_words_and_never_to_oneself(make, fair):
    market, asker, knower = fair(make.member()), make.member(), make.member()
    (ask,) = market.bring(asker, "Hoe stop je met GHB na een detoxificatie?")
    market.offer(asker, "GHB en detoxificatie: wat ik weet")
    (fits,) = market.offer(knower, "Tien jaar detoxificaties begeleid bij GHB-gebruik")
    market.offer(knower, "Schilderen met een groep")

    assert pairs(market, MatchState.SUGGESTED) == {(ask, fits)}


def test_what_the_host_decided_stays_whatever_is_suggested_later(make, fair):
    market, asker, knower = fair(make.member()), make.member(), make.member()
    (ask,) = market.bring(asker, "Nazorg na detoxificatie: hoe?")
    (offer,) = market.offer(knower, "Nazorg na detoxificatie")
    with unit_of_work() as session:
        matching.decide(session, make.actor(market.host), market.id, ask, offer, False, clock.now())

    with unit_of_work() as session:
        matching.suggest(session, [ask, offer])

    assert pairs(market, MatchState.SUGGESTED) == set()
    assert pairs(market, MatchState.DROPPED) == {(ask, offer)}


def test_only_the_host_matches_and_only_within_the_market(make, fair):
    market, other_market = fair(make.member()), fair(make.member(), title="Een andere")
    asker, knower = make.member(), make.member()
    (ask,) = market.bring(asker, "Nazorg?")
    (offer,) = other_market.offer(knower, "Nazorg!")

    for who, ask_id, offer_id in (
        (asker, ask, ask),
        (market.host, ask, offer),
        (market.host, offer, ask),
    ):
        with pytest.raises(NotFound), unit_of_work() as session:
            matching.decide(
                session, make.actor(who), market.id, ask_id, offer_id, True, clock.now()
            )


# --- stalls


@pytest.fixture
def laid_out(make, fair):
    """An ask that an offer answers, with somebody who wants to know too; and one left alone."""
    market, asker, knower, curious = fair(make.member()), *(make.member() for _ in range(3))
    (ask,) = market.bring(asker, "Nazorg na detoxificatie: hoe?")
    (lonely,) = market.bring(curious, "Wie kent een herstelacademie?")
    (offer,) = market.offer(knower, "Nazorg na detoxificatie")
    with unit_of_work() as session:
        for who, entry in ((curious, ask), (asker, lonely)):
            entries.second(session, make.actor(who), entry, True, clock.now())
    market.match((ask, offer))
    market.lay_out()
    market.asker, market.knower, market.curious = asker, knower, curious
    market.offer_id, market.lonely_id = offer, lonely
    return market


def stalls_of(market):
    with unit_of_work() as session:
        found = session.scalars(select(Stall).where(Stall.market_id == market.id)).all()
        holders, wishes = (
            {
                stall.entry_id: set(
                    session.scalars(select(model.member_id).where(model.stall_id == stall.id))
                )
                for stall in found
            }
            for model in (StallHolder, StallWish)
        )
    return {stall.entry_id: stall for stall in found}, holders, wishes


def test_an_answered_question_is_a_stall_of_who_knows_another_of_who_asks(laid_out):
    found, holders, wishes = stalls_of(laid_out)

    assert set(found) == {laid_out.offer_id, laid_out.lonely_id}
    assert holders[laid_out.offer_id] == {laid_out.knower.id}
    assert wishes[laid_out.offer_id] == {laid_out.asker.id, laid_out.curious.id}
    assert holders[laid_out.lonely_id] == {laid_out.curious.id}
    assert wishes[laid_out.lonely_id] == {laid_out.asker.id}


def test_laying_out_again_keeps_what_the_host_and_others_did(make, laid_out):
    found, _holders, _wishes = stalls_of(laid_out)
    stall = found[laid_out.offer_id]
    with unit_of_work() as session:
        stalls.change(
            session,
            make.actor(laid_out.host),
            stall.id,
            title="Nazorg",
            seats=3,
            rounds=1,
            closed=False,
            now=clock.now(),
        )
        stalls.wish(
            session, make.actor(laid_out.knower), found[laid_out.lonely_id].id, True, clock.now()
        )

    laid_out.lay_out()

    again, _holders, wishes = stalls_of(laid_out)
    assert (again[laid_out.offer_id].title, again[laid_out.offer_id].seats) == ("Nazorg", 3)
    assert laid_out.knower.id in wishes[laid_out.lonely_id]
    assert len(again) == 2


def test_the_host_sees_what_came_since_and_has_no_stall_yet(make, laid_out, browser):
    """On the stalls and on the plan; what an offer answers that has a stall waits for nothing."""
    host, late = browser(laid_out.host), make.member()

    def said():
        found = re.compile(r"(\d) questions? \w+ offers? came since")
        pages = (host.get(f"{laid_out.url}/{page}").text for page in ("kramen", "indeling"))
        return [found.findall(page) for page in pages]

    assert said() == [[], []]
    asked = laid_out.bring(late, "Hoe zeg je nee?", "Wie kookt er samen?", "En nazorg?")
    laid_out.offer(late, "Iets dat niemand vraagt")
    assert said() == [["3"], ["3"]]
    laid_out.match((asked[2], laid_out.offer_id))
    assert said() == [["2"], ["2"]]
    laid_out.lay_out()
    assert said() == [[], []]


def test_who_takes_a_wish_back_is_not_sent_there_by_what_others_change(make, laid_out):
    """Until they want it again themselves, or what it becomes part of."""
    found, _holders, _wishes = stalls_of(laid_out)
    of_offer, lonely = found[laid_out.offer_id], found[laid_out.lonely_id]
    asker = make.actor(laid_out.asker)
    with unit_of_work() as session:
        for stall in (of_offer, lonely):
            stalls.wish(session, asker, stall.id, False, clock.now())
            stalls.wish(session, asker, stall.id, False, clock.now())

    laid_out.lay_out()
    _found, _holders, wishes = stalls_of(laid_out)
    assert wishes == {laid_out.offer_id: {laid_out.curious.id}, laid_out.lonely_id: set()}

    with unit_of_work() as session:
        stalls.wish(session, asker, lonely.id, True, clock.now())
        stalls.merge(session, make.actor(laid_out.host), lonely.id, of_offer.id, clock.now())
    laid_out.lay_out()
    _found, _holders, wishes = stalls_of(laid_out)
    assert laid_out.asker.id in wishes[laid_out.offer_id]


def test_who_declined_a_stall_declines_what_it_becomes_part_of(make, laid_out):
    found, _holders, _wishes = stalls_of(laid_out)
    of_offer, lonely = found[laid_out.offer_id], found[laid_out.lonely_id]
    with unit_of_work() as session:
        stalls.wish(session, make.actor(laid_out.asker), of_offer.id, False, clock.now())
        stalls.wish(session, make.actor(laid_out.asker), lonely.id, False, clock.now())
        session.execute(delete(StallDeclined).where(StallDeclined.stall_id == lonely.id))
        stalls.merge(session, make.actor(laid_out.host), of_offer.id, lonely.id, clock.now())

    laid_out.lay_out()

    _found, _holders, wishes = stalls_of(laid_out)
    assert laid_out.asker.id not in wishes[laid_out.lonely_id]


def test_who_declined_what_their_stall_becomes_part_of_goes_there_only_by_choice(make, laid_out):
    found, _holders, wishes = stalls_of(laid_out)
    into, gone = found[laid_out.offer_id], found[laid_out.lonely_id]
    asker, chooser, holder = laid_out.asker, laid_out.host, laid_out.curious
    assert asker.id in wishes[gone.entry_id]  # it is what they asked; they did not choose it
    with unit_of_work() as session:
        stalls.wish(session, make.actor(chooser), gone.id, True, clock.now())
        for member in (asker, holder):
            stalls.wish(session, make.actor(member), into.id, False, clock.now())
        session.add(StallDeclined(stall_id=into.id, member_id=chooser.id))
        session.flush()
        stalls.merge(session, make.actor(laid_out.host), gone.id, into.id, clock.now())
    _found, _holders, wishes = stalls_of(laid_out)
    assert asker.id not in wishes[into.entry_id]
    assert chooser.id in wishes[into.entry_id]
    with unit_of_work() as session:
        declined = select(StallDeclined.member_id).where(StallDeclined.stall_id == into.id)
        assert set(session.scalars(declined)) == {asker.id}


def test_two_stalls_become_one_with_both_who_hold_them(make, laid_out):
    found, _holders, _wishes = stalls_of(laid_out)
    changes = laid_out.row().changes
    with unit_of_work() as session:
        stalls.wish(
            session, make.actor(laid_out.asker), found[laid_out.lonely_id].id, True, clock.now()
        )
    assert laid_out.row().changes == changes + 1  # a plan that is being made begins anew
    with unit_of_work() as session:
        stalls.merge(
            session,
            make.actor(laid_out.host),
            found[laid_out.lonely_id].id,
            found[laid_out.offer_id].id,
            clock.now(),
        )

    again, holders, wishes = stalls_of(laid_out)
    assert again[laid_out.lonely_id].closed_at is not None
    assert holders[laid_out.offer_id] == {laid_out.knower.id, laid_out.curious.id}
    assert wishes[laid_out.offer_id] == {laid_out.asker.id}
    assert laid_out.row().changes > changes + 1


def merge(laid_out):
    """The stall of the question that nobody answers becomes part of the other one."""
    found, _holders, _wishes = stalls_of(laid_out)
    ids = found[laid_out.lonely_id].id, found[laid_out.offer_id].id
    with unit_of_work() as session:
        stalls.merge(session, laid_out.make.actor(laid_out.host), *ids, clock.now())
    return ids


def test_what_is_asked_after_a_merge_comes_to_the_stall_that_is_held(make, laid_out):
    lonely, into = merge(laid_out)
    late = make.member()
    laid_out.bring(late, "Ik kom later")
    with unit_of_work() as session:
        entries.second(session, make.actor(late), laid_out.lonely_id, True, clock.now())

    laid_out.lay_out()

    found, _holders, wishes = stalls_of(laid_out)
    assert found[laid_out.lonely_id].merged_into_id == into
    assert {laid_out.asker.id, late.id} <= wishes[laid_out.offer_id]
    assert late.id not in wishes[laid_out.lonely_id]
    with unit_of_work() as session:
        assert laid_out.curious.id in talking._concerned(session, into)
        ask = session.get_one(MarketEntry, laid_out.lonely_id)
        met = (
            select(Stall.id)
            .join(MarketEntry, MarketEntry.market_id == Stall.market_id)
            .where(MarketEntry.id == ask.id, asks_after._its_stall(Stall))
        )
        assert set(session.scalars(met)) == {lonely, into}


def test_who_asks_along_or_is_answered_later_wishes_it_without_laying_out_again(make, laid_out):
    late, changes = make.member(), laid_out.row().changes
    laid_out.offer(late, "Ik denk mee")
    with unit_of_work() as session:
        entries.second(session, make.actor(late), laid_out.lonely_id, True, clock.now())
    run_due()

    assert late.id in stalls_of(laid_out)[2][laid_out.lonely_id]
    assert laid_out.row().changes > changes  # a plan that is being made begins anew

    laid_out.match((laid_out.lonely_id, laid_out.offer_id))
    run_due()

    _found, _holders, wishes = stalls_of(laid_out)
    assert {late.id, laid_out.curious.id} <= wishes[laid_out.offer_id]
    assert wishes[laid_out.lonely_id] == set()


def comes(make, market, who, again):
    """Somebody signs off, or up again, by the calendar."""
    with unit_of_work() as session:
        do = attending.sign_up if again else attending.sign_off
        do(session, make.actor(who), market.row().gathering_id, clock.now())
    run_due()


@pytest.mark.parametrize("who", ["asker", "knower"])
def test_who_signs_up_again_finds_the_wishes_that_follow_from_asks(make, laid_out, who):
    before = stalls_of(laid_out)[2]

    comes(make, laid_out, getattr(laid_out, who), again=False)
    laid_out.bring(make.member(), "Iets anders")
    comes(make, laid_out, getattr(laid_out, who), again=True)

    assert stalls_of(laid_out)[2] == before


def test_an_ask_looks_for_an_answer_again_when_who_answers_it_stays_away(make, laid_out, browser):
    with unit_of_work() as session:
        ask = session.scalars(
            select(MarketEntry.id).where(MarketEntry.member_id == laid_out.asker.id)
        ).one()
    answer, curious = f"{laid_out.url}/meedoen?vraag={ask}", browser(laid_out.curious)
    assert answer not in curious.get(laid_out.url).text

    comes(make, laid_out, laid_out.knower, again=False)
    assert answer in curious.get(laid_out.url).text

    comes(make, laid_out, laid_out.knower, again=True)
    assert answer not in curious.get(laid_out.url).text


def test_who_says_again_that_they_want_to_know_it_changes_nothing(make, laid_out, monkeypatch):
    told = []
    monkeypatch.setattr(entries, "emit", lambda *args: told.append(args))
    with unit_of_work() as session:
        actor = make.actor(laid_out.asker)
        entries.second(session, actor, laid_out.lonely_id, True, clock.now())
        assert not told
        entries.second(session, actor, laid_out.lonely_id, False, clock.now())
        entries.second(session, actor, laid_out.lonely_id, False, clock.now())
    assert len(told) == 1


def test_the_words_of_what_is_withdrawn_stand_on_no_stall(make, laid_out, browser):
    line = "Wie kent een herstelacademie?"
    laid_out.bring(laid_out.curious, "Iets anders")
    assert line in browser(laid_out.host).get(f"{laid_out.url}/kramen").text
    with unit_of_work() as session:
        actor = make.actor(laid_out.curious)
        entries.withdraw(session, actor, laid_out.lonely_id, clock.now())
    run_due()

    stall = stalls_of(laid_out)[0][laid_out.lonely_id]
    assert (stall.title, stall.closed_at is None) == ("", False)
    assert line not in browser(laid_out.host).get(f"{laid_out.url}/kramen").text
    assert line not in browser(laid_out.asker).get(laid_out.url).text


def test_words_that_are_put_otherwise_stand_otherwise_on_their_stall_but_for_the_hosts_own(
    make, laid_out, browser
):
    """Also where it is read: nobody finds the old words any more."""
    old, new = "Wie kent een herstelacademie?", "Hoe begin je een herstelacademie?"
    with unit_of_work() as session:
        theme = session.scalars(select(Theme.id).order_by(Theme.id).limit(1)).one()
    assert f"{old}</h3>" in browser(laid_out.asker).get(laid_out.url).text
    asks, knows = browser(laid_out.curious), browser(laid_out.knower)

    form = {"line": new, "expects": "", "theme": str(theme)}
    asks.send(f"{laid_out.url}/inbreng/{laid_out.lonely_id}", form)

    stall = stalls_of(laid_out)[0][laid_out.lonely_id]
    assert (stall.title, stall.theme_id) == (new, theme)
    assert old not in browser(laid_out.asker).get(laid_out.url).text
    with unit_of_work() as session:
        session.get_one(Stall, stalls_of(laid_out)[0][laid_out.offer_id].id).title = "Nazorg"
    knows.send(f"{laid_out.url}/inbreng/{laid_out.offer_id}", {"line": "Anders gezegd"})
    found = stalls_of(laid_out)[0][laid_out.offer_id]
    assert found.title == "Nazorg"
    with unit_of_work() as session:
        assert session.get_one(MarketEntry, laid_out.offer_id).line == "Anders gezegd"


def test_a_merged_stall_goes_on_with_what_others_bring_there(make, laid_out):
    _lonely, into = merge(laid_out)
    with unit_of_work() as session:
        leaving.leave(session, make.actor(laid_out.knower), False, clock.now())
    run_due()

    found, holders, _wishes = stalls_of(laid_out)
    stall = found[laid_out.lonely_id]
    assert (stall.id, stall.title) == (into, "Wie kent een herstelacademie?")
    assert stall.closed_at is None
    assert holders[laid_out.lonely_id] == {laid_out.curious.id}
    assert found[laid_out.offer_id].title == ""


def test_a_stall_is_shown_while_somebody_comes_who_holds_it(make, laid_out, browser):
    title = "Nazorg na detoxificatie</h3>"
    assert f"1. {title}" in browser(laid_out.asker).get(laid_out.url).text
    with unit_of_work() as session:
        at = laid_out.row().gathering_id
        attending.sign_off(session, make.actor(laid_out.knower), at, clock.now())
    run_due()

    assert f"1. {title}" not in browser(laid_out.asker).get(laid_out.url).text
    laid_out.offer(laid_out.knower, "Toch wel")
    assert f"1. {title}" in browser(laid_out.asker).get(laid_out.url).text


def test_who_knows_something_about_an_ask_offers_it_for_that_ask(make, fair, browser):
    """The host still has the last word, and questions stand above stalls."""
    market, asker, knower = fair(make.member()), make.member(), make.member()
    with unit_of_work() as session:
        theme = session.scalars(select(Theme).order_by(Theme.id).limit(1)).one()
        wanted = Wanted(side=Side.ASK, line="Hoe begin je?", theme_id=theme.id, key="key-ask-1")
        entries.register(session, make.actor(asker), market.id, [wanted], clock.now(), True)
    run_due()
    market.lay_out()
    with unit_of_work() as session:
        ask = session.scalars(select(MarketEntry.id)).one()
    path = f"{market.url}/meedoen?vraag={ask}"
    who = browser(knower)
    page = who.get(market.url).text
    assert page.index('id="vraag-') < page.index('id="kraam-')
    assert path in page
    assert path not in browser(asker).get(market.url).text
    form = who.get(path).text
    assert "Hoe begin je?" in form
    assert re.search(rf'<option selected value="{theme.id}">', form)

    who.send(path, {"offer": "Wij doen dit al jaren"})
    run_due()

    with unit_of_work() as session:
        made = session.scalars(select(MarketMatch)).one()
        offer = session.get_one(MarketEntry, made.offer_id)
    assert (made.ask_id, made.state, offer.answers_id) == (ask, MatchState.SUGGESTED, ask)


def test_nobody_wishes_to_come_to_their_own_stall_or_changes_another_ones(make, laid_out):
    found, _holders, _wishes = stalls_of(laid_out)
    stall = found[laid_out.offer_id]
    with pytest.raises(NotFound), unit_of_work() as session:
        stalls.wish(session, make.actor(laid_out.knower), stall.id, True, clock.now())
    with pytest.raises(NotFound), unit_of_work() as session:
        stalls.change(
            session,
            make.actor(laid_out.knower),
            stall.id,
            title="X",
            seats=1,
            rounds=None,
            closed=True,
            now=clock.now(),
        )


def test_a_cancelled_market_takes_nobody_in(make, fair):
    market, member = fair(make.member()), make.member()
    with unit_of_work() as session:
        announcing.cancel(session, make.actor(market.host), market.id, "Ziek", clock.now())
    run_due()

    with pytest.raises(NotFound):
        market.bring(member, "Te laat")


def test_pages_run_as_many_queries_with_forty_people_as_with_four(make, fair, browser):
    market = fair(make.member(), TERMS)
    host = browser(market.host)

    def fill(people):
        for n in range(people):
            who = make.member()
            market.bring(who, f"Vraag {n} over nazorg")
            market.offer(who, f"Aanbod {n} over nazorg")
        with unit_of_work() as session:
            matching.take_all(session, make.actor(market.host), market.id, clock.now())
        market.lay_out()

    pages = [market.url, *(f"{market.url}/{page}" for page in ("koppelen", "kramen", "indeling"))]
    counts = []
    for people in (4, 16):
        fill(people)
        market.plan()
        for page in pages:
            host.get(page)
        counts.append([])
        for page in pages:
            with statements() as ran:
                assert host.get(page).status_code == 200
            counts[-1].append(len(ran))
    assert counts[0] == counts[1]


def test_the_calendar_leads_to_the_market(make, fair, browser):
    market, member = fair(make.member()), make.member()
    market.bring(member, "Hoe?")
    gathering_id = market.row().gathering_id
    page = browser(member).get(f"/agenda/{gathering_id}").get_data(as_text=True)
    assert f"/markten/van/{gathering_id}" in page
    found = browser(member).get(f"/markten/van/{gathering_id}")
    assert found.location == market.url


def test_a_market_that_comes_soon_waits_for_its_host(make, fair):
    soon = fair(make.member())
    host = soon.host
    later = fair(
        host,
        title="Later",
        starts_at=clock.now() + timedelta(days=60),
        ends_at=clock.now() + timedelta(days=60, hours=3),
    )
    with unit_of_work() as session:
        lines = gather(session, make.actor(host), clock.now()).get(Part.ASKED, [])
    assert [line.url for line in lines] == [f"{soon.url}/indeling"]
    assert later.id != soon.id
