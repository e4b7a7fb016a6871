"""After a market: what stalls yielded and what comes of it, for those who were not there too."""

import re
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from cop.contacts.models import Conversation
from cop.discussions.models import Attention, Discussion, DiscussionAttention
from cop.expertise.models import CardLine, Shown
from cop.markets.after import asks, queries, taking_along, talking, telling, yielding
from cop.markets.after.models import (
    AskAfter,
    MarketEvaluation,
    MarketHarvest,
    StallYield,
    TakenAlong,
)
from cop.markets.after.permissions import HARVESTS, YIELDS, HarvestPermission, YieldPermission
from cop.markets.announcing import Terms
from cop.markets.floor_models import StallItem, StallNote, StallVisit
from cop.markets.models import Market, MarketEntry, MarketPlace, MarketState, Stall, StallHolder
from cop.members import leaving
from cop.members.actor import VISITOR
from cop.notifications.models import Notification
from cop.notifications.waits import Part, gather
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import speaking
from cop.platform.worker import run_due
from cop.practices.models import Practice
from cop.spaces.circles import Visibility
from cop.spaces.operations import Stale
from cop.spaces.origins import Origin
from tests.markets.held import LATER, NOTE, Held
from tests.support.counting import statements


def rows(model, *conditions):
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions))


def page(browser, who, path):
    answer = browser(who).get(path)
    return answer.status_code, answer.get_data(as_text=True)


# --- who reads and does what


def test_each_may_do_what_the_table_says_and_nobody_before_the_market_is_over(make, held):
    market = held(close=False)
    people = ("host", "asks", "provides", "guest", "absent", "outside")

    def may(who):
        actor = make.actor(getattr(market, who))
        with unit_of_work() as session:
            return (
                HARVESTS.held(session, actor, market.id),
                YIELDS.held(session, actor, market.stall),
            )

    assert [may(who) for who in people] == [(frozenset(), frozenset())] * 6
    with unit_of_work() as session:
        session.get_one(Market, market.id).state = MarketState.CLOSED

    whole, stall = HarvestPermission, YieldPermission
    was_there = {whole.READ, whole.BE_PART}
    assert may("host") == (
        was_there | {whole.LEAD},
        {stall.READ, stall.GO_ON, stall.WRITE, stall.READ_NOTE},
    )
    assert may("provides") == (
        was_there,
        {stall.READ, stall.GO_ON, stall.WRITE, stall.READ_NOTE},
    )
    assert may("asks") == (was_there, {stall.READ, stall.GO_ON, stall.READ_NOTE})
    assert may("guest") == (was_there, {stall.READ, stall.GO_ON})
    assert may("absent") == ({whole.READ}, {stall.READ})
    assert may("outside") == (frozenset(), frozenset())

    for who in ("asks", "provides"):
        market.remove(getattr(market, who))
        assert may(who) == ({whole.READ}, {stall.READ})


def test_who_would_have_held_a_stall_and_never_came_neither_reads_its_note_nor_writes(make, held):
    market = held()
    with unit_of_work() as session:
        persona_id = make.persona(market.absent).id
        session.add(
            StallHolder(stall_id=market.stall, member_id=market.absent.id, persona_id=persona_id)
        )

    with unit_of_work() as session:
        may = YIELDS.held(session, make.actor(market.absent), market.stall)
    assert may == {YieldPermission.READ}
    market.begin_harvest()
    market.write(market.own_stall, market.host, "Een tolk vraag je aan bij de balie.")
    market.ready()
    with unit_of_work() as session:
        waits = gather(session, make.actor(market.absent), clock.now())
    assert {line.url for lines in waits.values() for line in lines} == {f"{market.url}/oogst"}


def test_the_note_becomes_the_opbrengst_and_only_then_reaches_who_was_not_there(held, browser):
    market = held()
    market.link(market.stall, market.asks, "Folder [naasten]", "https://example.org/naasten")
    harvest = f"{market.url}/oogst"
    assert NOTE not in page(browser, market.absent, harvest)[1]
    provider = browser(market.provides)
    write = f"{harvest}/{market.stall}/opbrengst"

    form = provider.get(write).get_data(as_text=True)
    answer = provider.send(write)

    assert NOTE in form
    assert "[Folder (naasten)](https://example.org/naasten)" in form
    assert answer.status_code == 302
    status, text = page(browser, market.absent, harvest)
    assert status == 200
    assert NOTE in text
    assert 'href="https://example.org/naasten"' in text
    assert page(browser, market.outside, harvest)[0] == 404
    assert page(browser, market.absent, write)[0] == 404
    assert page(browser, market.asks, write)[0] == 404


def test_files_of_a_stall_come_along_into_its_opbrengst_as_chosen(held, browser):
    market = held()
    kept = market.file(market.stall, market.asks, "folder.txt")
    left = market.file(market.stall, market.asks, "lijst.txt")
    harvest, write = f"{market.url}/oogst", f"{market.url}/oogst/{market.stall}/opbrengst"
    provider, absent = browser(market.provides), browser(market.absent)

    def opened(who, file):
        with closing(browser(who).get(file.url)) as answer:
            return answer.status_code

    assert opened(market.absent, kept) == 404

    form = provider.get(write).text
    assert form.count('name="files" type="checkbox"') == form.count("checked") == 2
    assert provider.send(write, {"files": [str(kept.item_id)]}).status_code == 302

    text = absent.get(harvest).text
    assert f'href="{kept.url}"' in text
    assert left.url not in text
    assert opened(market.absent, kept) == 200
    assert opened(market.absent, left) == 404
    assert opened(market.outside, kept) == 404
    for there in (market.asks, market.provides):  # whoever was there has both on their own page
        own = browser(there).get(f"{market.url}/mijn").text
        assert f'href="{left.url}"' in own
        assert opened(there, left) == 200
    assert provider.get(write).text.count("checked") == 1
    # A host who was not at the stall sees no files, and leaves them as they are.
    market.file(market.own_stall, market.guest, "stil.txt")
    host = browser(market.host)
    own_write = f"{harvest}/{market.own_stall}/opbrengst"
    assert "stil.txt" not in host.get(own_write).text
    assert host.send(own_write, {"source": "Van de host."}).status_code == 302
    assert "stil.txt" not in absent.get(harvest).text
    assert provider.send(write, {"files": []}).status_code == 302
    assert opened(market.absent, kept) == 404


def test_a_host_who_was_not_at_a_stall_writes_without_seeing_its_note(held, browser):
    market = held()
    market.note(market.own_stall, market.guest, "Alleen voor wie er stond.")

    status, text = page(browser, market.host, f"{market.url}/oogst/{market.own_stall}/opbrengst")

    assert status == 200
    assert "Alleen voor wie er stond." not in text


def test_two_who_change_an_opbrengst_do_not_overwrite_each_other(make, held):
    market = held()
    market.write(market.stall, market.provides, "Eerste")
    market.write(market.stall, market.host, "Tweede", version=1)

    actor = make.actor(market.provides)
    with unit_of_work() as session, pytest.raises(Stale) as stale:
        yielding.write(session, actor, market.stall, "Derde", 1, clock.now(), anyway=True)

    assert stale.value.version == 2
    for wrong in ("", "  \n", "x" * 200_000):
        with unit_of_work() as session, pytest.raises(Refused):
            yielding.write(
                session, make.actor(market.host), market.stall, wrong, 2, clock.now(), anyway=True
            )


def test_who_writes_what_may_tell_of_a_client_is_asked_first(held, browser):
    market = held()
    host = browser(market.host)
    write = f"{market.url}/oogst/{market.stall}/opbrengst"
    text = "Cliënt Piet de Vries (43, Zwolle) drinkt weer, bel 06-12345678."

    asked = host.send(write, {"source": text})
    anyway = host.send(write, {"source": text, "anyway": "yes"})

    assert asked.status_code == 422
    assert text in asked.get_data(as_text=True)
    assert anyway.status_code == 302
    assert rows(StallYield) == 1


def test_the_harvest_says_who_wrote_and_nothing_that_was_said_at_a_stall(held, browser, make):
    market = held()
    market.meet(market.asks, market.provides, ("bel mij op 1", "mail mij op 2"), agreed=True)
    market.write(market.stall, market.provides, "Samen eten helpt.")

    text = page(browser, market.absent, f"{market.url}/oogst")[1]

    assert make.persona(market.provides).name in text
    for private in (NOTE, "bel mij op 1", "mail mij op 2"):
        assert private not in text
    for who in (market.asks, market.provides, market.guest):
        assert who.email not in text


# --- one step further


def test_a_stall_becomes_a_draft_practice_in_one_step_with_the_way_back(held, browser):
    market = held()
    asker = browser(market.asks)
    step = f"/oogst/stall/{market.stall}/practice"
    assert asker.post(step).status_code == 404  # nothing is written down yet
    market.write(market.stall, market.provides, "Samen eten helpt.")
    assert f'formaction="{step}"' in asker.get(f"{market.url}/oogst").get_data(as_text=True)

    made = asker.post(step)

    assert made.status_code == 302
    with unit_of_work() as session:
        practice = session.scalars(select(Practice)).one()
        assert practice.space_id == market.space.id
    shown = asker.get(f"/praktijken/{practice.id}").get_data(as_text=True)
    assert f"{market.url}/oogst#kraam-{market.stall}" in shown
    assert f"/praktijken/{practice.id}" in asker.get(f"{market.url}/oogst").get_data(as_text=True)
    # A draft is its maker's: nobody else sees that there is one.
    others = page(browser, market.absent, f"{market.url}/oogst")[1]
    assert f"/praktijken/{practice.id}" not in others
    assert browser(market.absent).post(step).status_code == 404


def test_a_discussion_about_a_stall_is_followed_by_who_asked_and_who_provides(make, held, browser):
    market = held()
    market.write(market.stall, market.provides, "Samen eten helpt.")
    on = make.list(space=market.space)
    path = f"{market.url}/oogst/{market.stall}/gesprek"
    host = browser(market.host)
    assert "Samen eten helpt." in host.get(path).get_data(as_text=True)

    first = host.send(path, {"on_list": str(on.id)})

    with unit_of_work() as session:
        made = session.scalars(select(Discussion)).one()
        follows = set(
            session.scalars(
                select(DiscussionAttention.member_id).where(
                    DiscussionAttention.discussion_id == made.id,
                    DiscussionAttention.attention == Attention.FOLLOW,
                )
            )
        )
        linked = session.scalars(select(Origin).where(Origin.into_kind == "discussion")).one()
    assert first.headers["Location"] == f"/discussies/{made.id}"
    assert {market.asks.id, market.provides.id} <= follows
    assert market.guest.id not in follows
    assert (linked.from_kind, linked.from_id, linked.into_id) == ("stall", market.stall, made.id)
    assert f"/discussies/{made.id}" in page(browser, market.absent, f"{market.url}/oogst")[1]
    assert browser(market.absent).get(path).status_code == 404


def test_who_cannot_read_the_list_does_not_follow_there(make, held):
    market = held()
    small = make.space(Visibility.PRIVATE, coordinator=market.host)
    on = make.list(space=small)

    with unit_of_work() as session:
        made = talking.from_stall(
            session,
            make.actor(market.host),
            market.stall,
            on.id,
            "Verder praten",
            "Waar begin je?",
            "key-1",
            clock.now(),
            anyway=True,
        )
        follows = session.scalars(
            select(DiscussionAttention.member_id).where(
                DiscussionAttention.discussion_id == made.id
            )
        ).all()

    assert market.asks.id not in follows
    assert market.provides.id not in follows


def test_a_form_sent_twice_begins_one_discussion(make, held):
    market = held()
    on = make.list(space=market.space)
    for _ in range(2):
        with unit_of_work() as session:
            talking.from_stall(
                session,
                make.actor(market.asks),
                market.stall,
                on.id,
                "Verder praten",
                "Waar begin je?",
                "key-1",
                clock.now(),
                anyway=True,
            )

    assert rows(Discussion) == 1
    assert rows(Origin) == 1


# --- the asks


def outcomes(market, who=None):
    with unit_of_work() as session:
        counted = asks.counts(session, market.id)
    return tuple(counted[name] for name in asks.Outcome)  # answered, met, open


def test_an_ask_is_met_when_its_asker_stood_at_its_stall_with_somebody(make, held):
    market = held()
    assert outcomes(market) == (0, 1, 2)

    with unit_of_work() as session:
        asks.answered(session, make.actor(market.guest), market.id, market.lost, True, clock.now())
        asks.answered(session, make.actor(market.asks), market.id, market.ask, False, clock.now())
    assert outcomes(market) == (1, 0, 2)

    with unit_of_work() as session, pytest.raises(NotFound):
        asks.answered(session, make.actor(market.host), market.id, market.ask, True, clock.now())


@pytest.mark.parametrize(
    ("came", "left", "met"),
    [
        (1, 9, True),
        (1, 2, False),  # passed by
        (5, 9, True),  # who came later still met who was there
        (-9, 0, False),  # was gone before anybody else came
    ],
)
def test_who_passes_by_a_stall_or_stands_there_alone_meets_nobody(held, came, left, met):
    market = held()
    with unit_of_work() as session:
        visits = session.scalars(select(StallVisit).where(StallVisit.stall_id == market.stall))
        for visit in visits:
            began = visit.came_at
            if visit.person_id == market.person(market.asks):
                visit.came_at = began + timedelta(minutes=came)
                visit.left_at = began + timedelta(minutes=left)

    assert outcomes(market) == ((0, 1, 2) if met else (0, 0, 3))
    with unit_of_work() as session:
        left_open, _more = asks.still_open(session, VISITOR, market.id)
    assert (market.ask in {ask.id for ask in left_open}) is not met


def test_in_a_hall_the_plan_says_which_asks_were_met(make, fair):
    host, one, other, alone = (make.member() for _ in range(4))
    hall = Held(fair(host))
    (ask,) = hall.fair.bring(one, "Hoe begin je met naasten?")
    hall.fair.bring(alone, "Wie werkt er met een tolk?")
    (offer,) = hall.fair.offer(other, "Naasten aan tafel")
    hall.fair.match((ask, offer))
    hall.fair.lay_out()
    hall.fair.plan(out=True)
    with unit_of_work() as session:
        market = session.get_one(Market, hall.id)
        over = market.gathering.ends_at + telling.NEVER_OPENED

    hall.begin_harvest(over)
    assert rows(Market, Market.state == MarketState.CLOSED) == 0
    hall.begin_harvest(over + LATER)

    assert rows(Market, Market.state == MarketState.CLOSED) == 1
    met = outcomes(hall)
    assert met[0] == 0
    assert met[1] >= 1
    assert sum(met) == 2
    with unit_of_work() as session:
        may = HARVESTS.held(session, make.actor(one), hall.id)
    assert HarvestPermission.BE_PART in may


def plan_has(market, *places):
    """The programme that is out has these (member, stall) there, in the first round."""
    with unit_of_work() as session:
        found = session.get_one(Market, market.id)
        found.plan = found.told = 1
        for who, stall in places:
            session.add(
                MarketPlace(market_id=market.id, plan=1, member_id=who.id, round=0, stall_id=stall)
            )


@pytest.mark.parametrize("setting", ["on_site", "mixed", "online"])
def test_who_walks_through_a_hall_without_a_phone_was_there_as_the_plan_says(
    make, held, browser, setting
):
    """Though others are on the floor; online there is nobody whom the floor does not know."""
    market = held(setting=setting, close=False)
    asks_too, holds = make.member(), make.member()
    in_hall = setting != "online"
    for who in (asks_too, holds):
        make.join(who, market.space.circle)
    (ask,) = market.fair.bring(asks_too, "Hoe begin je met een gast aan tafel?")
    market.fair.bring(market.absent, "Wie weet iets over wonen?")
    (offer,) = market.fair.offer(holds, "Gast aan tafel: zo doen wij het")
    market.fair.match((ask, offer))
    market.fair.lay_out()
    stall = market.stall_of(offer)
    plan_has(market, (asks_too, stall), (holds, stall), (market.guest, stall))
    with unit_of_work() as session:
        session.get_one(Market, market.id).state = MarketState.CLOSED
    market.begin_harvest()

    answered, met, left_open = outcomes(market)
    assert (answered, met, left_open) == ((0, 2, 3) if in_hall else (0, 1, 4))
    assert page(browser, asks_too, f"{market.url}/mijn")[0] == (200 if in_hall else 404)
    with unit_of_work() as session:
        waits = gather(session, make.actor(holds), clock.now())
        may = YIELDS.held(session, make.actor(holds), stall)
    asked = {line.url for lines in waits.values() for line in lines}
    assert (f"{market.url}/mijn" in asked) is in_hall
    assert (YieldPermission.WRITE in may) is in_hall
    if in_hall:
        assert "Gast aan tafel" in page(browser, asks_too, f"{market.url}/mijn")[1]
    # Who came with a screen is where it was, whatever the plan said.
    assert "Gast aan tafel" not in page(browser, market.guest, f"{market.url}/mijn")[1]


def test_whom_a_host_showed_out_of_a_hall_was_not_there(make, held):
    market = held(setting="on_site")
    market.remove(market.guest)

    with unit_of_work() as session:
        may = HARVESTS.held(session, make.actor(market.guest), market.id)
    assert may == {HarvestPermission.READ}


def test_rounds_that_the_market_has_no_more_count_for_nobody(make, fair, browser):
    host, one, other = (make.member() for _ in range(3))
    hall = Held(fair(host))
    (ask,) = hall.fair.bring(one, "Hoe begin je met naasten?")
    (offer,) = hall.fair.offer(other, "Naasten aan tafel")
    hall.fair.match((ask, offer))
    hall.fair.lay_out()
    hall.fair.plan(out=True)
    mine = f"{hall.url}/mijn"
    with unit_of_work() as session:
        market = session.get_one(Market, hall.id)
        over = market.gathering.ends_at + telling.NEVER_OPENED + LATER
        later = {"round": MarketPlace.round + market.rounds}
        session.execute(update(MarketPlace).where(MarketPlace.market_id == hall.id).values(later))
    hall.begin_harvest(over)

    assert outcomes(hall)[1] == 0
    assert "Naasten aan tafel" not in page(browser, one, mine)[1]
    with unit_of_work() as session:
        session.execute(
            update(MarketPlace)
            .where(MarketPlace.market_id == hall.id)
            .values(round=MarketPlace.round - session.get_one(Market, hall.id).rounds)
        )
    assert "Naasten aan tafel" in page(browser, one, mine)[1]


def test_a_stall_at_which_nothing_was_left_asks_for_nothing_once_the_market_is_over(held, browser):
    market = held()
    with unit_of_work() as session:
        session.execute(delete(StallNote).where(StallNote.stall_id == market.stall))
        session.execute(delete(StallItem).where(StallItem.stall_id == market.stall))
    table = page(browser, market.asks, f"{market.url}/kraam/{market.stall}")[1]
    for said in ("typed. What was said", "asked anything here", "written down here", "left on the"):
        assert said in table
    assert "type what others" not in table


def test_what_was_written_at_a_stall_that_closed_on_the_way_waits_for_its_opbrengst_too(
    make, held, browser
):
    market = held(close=False)
    with unit_of_work() as session:
        for stall_id in (market.stall, market.own_stall):  # at the other one nothing was written
            session.get_one(Stall, stall_id).closed_at = clock.now()
        session.get_one(Market, market.id).state = MarketState.CLOSED
    market.begin_harvest()

    for who in (market.host, market.provides):
        harvest = browser(who).get(f"{market.url}/oogst").text
        assert f'href="{market.url}/oogst/{market.stall}/opbrengst"' in harvest
        assert f"/oogst/{market.own_stall}/" not in harvest
    with unit_of_work() as session, speaking("en", "Europe/Amsterdam"):
        waits = [
            gather(session, make.actor(who), clock.now())[Part.ASKED]
            for who in (market.provides, market.guest)
        ]
    assert [[line.title.partition(" ")[0] for line in asked] for asked in waits] == [
        ["Write"],
        ["Look"],
    ]


def test_the_picture_counts_asks_and_stands_in_a_table_too(held, browser):
    market = held()

    text = page(browser, market.absent, f"{market.url}/oogst")[1]

    assert '<svg class="makeup" viewBox="0 0 600 1"' in text
    assert 'x="0.0" y="0" width="200.0"' in text
    assert 'x="200.0" y="0" width="400.0"' in text
    assert "3 questions were asked. 1 of them was met." in " ".join(text.split())
    for share in ("0%", "33%", "67%"):
        assert text.count(f'<td class="num">{share}</td>') == 1


def test_asks_that_nobody_met_go_to_a_list_and_their_askers_follow(make, held, browser):
    market = held()
    on = make.list(space=market.space)
    path = f"{market.url}/oogst/open-vragen"
    assert browser(market.asks).get(path).status_code == 404
    host = browser(market.host)
    form = host.get(path).get_data(as_text=True)
    assert "Wie werkt er met een tolk?" in form
    assert "Hoe betrek je naasten" not in form

    host.send(path, {"on_list": str(on.id)})

    with unit_of_work() as session:
        made = session.scalars(select(Discussion)).one()
        after = session.get_one(AskAfter, market.lost)
        assert (after.went, after.discussion_id) == ("list", made.id)
        assert session.get(DiscussionAttention, (market.guest.id, made.id)) is not None
        assert session.get(AskAfter, market.ask) is None
    assert f"/discussies/{made.id}" in page(browser, market.absent, f"{market.url}/oogst")[1]
    assert host.get(path).status_code == 302  # nothing is left


def test_open_asks_beyond_a_page_go_to_a_list_next(held, browser, make, monkeypatch):
    monkeypatch.setattr(asks, "PAGE", 1)
    market = held()
    on = make.list(space=market.space)
    host, path = browser(market.host), f"{market.url}/oogst/open-vragen"

    for line in ("Wie kookt er samen?", "Wie werkt er met een tolk?"):
        assert line in host.get(path).text
        host.send(path, {"on_list": str(on.id)})

    assert host.get(path).status_code == 302
    assert rows(AskAfter, AskAfter.went == "list") == 2


def test_an_asker_brings_an_open_ask_to_the_next_market_or_a_list(make, held, fair, browser):
    market = held()
    ahead = fair(market.host, Terms(rounds=2, minutes=20, space_ids=[market.space.id]))
    guest = browser(market.guest)
    to = f"{market.url}/mijn/vragen/{market.lost}"
    assert f'value="{ahead.id}"' in guest.get(f"{market.url}/mijn").get_data(as_text=True)

    for _ in range(2):
        assert guest.post(to, {"markt": str(ahead.id)}).status_code == 302

    lines = select(MarketEntry.line).where(MarketEntry.market_id == ahead.id)
    with unit_of_work() as session:
        assert session.scalars(lines).all() == ["Wie werkt er met een tolk?"]
        assert session.get_one(AskAfter, market.lost).into_id == ahead.id
    assert guest.post(to, {"markt": str(market.id)}).status_code == 404
    assert browser(market.asks).post(to, {"markt": str(ahead.id)}).status_code == 404
    on = make.list(space=market.space)
    guest.send(f"{to}/gesprek", {"on_list": str(on.id)})
    with unit_of_work() as session:
        assert session.get_one(AskAfter, market.lost).went == "list"
    assert browser(market.asks).get(f"{to}/gesprek").status_code == 404


@pytest.mark.parametrize("to_market", [True, False])
def test_who_asked_and_could_not_come_brings_their_open_ask_further(
    make, held, fair, browser, to_market
):
    """From the harvest, since they have no page of their own there."""
    market = held(close=False)
    (ask,) = market.fair.bring(market.absent, "Wie heeft er een moestuin?")
    ahead = fair(market.host, Terms(rounds=2, minutes=20, space_ids=[market.space.id]))
    on = make.list(space=market.space)
    with unit_of_work() as session:
        session.get_one(Market, market.id).state = MarketState.CLOSED
    who, to = browser(market.absent), f"{market.url}/mijn/vragen/{ask}"
    harvest = who.get(f"{market.url}/oogst").text
    assert harvest.count(f'href="{market.url}/mijn/vragen/') == 1  # their own alone
    assert f'href="{to}/gesprek"' in harvest

    if to_market:
        done = who.send(to, {"markt": str(ahead.id)}, follow_redirects=True)
        assert done.status_code == 200
        assert "is asked again at another market" in done.text
    else:
        assert f'href="{market.url}/oogst#open"' in who.get(f"{to}/gesprek").text
        assert who.send(f"{to}/gesprek", {"on_list": str(on.id)}).status_code == 302

    with unit_of_work() as session:
        assert session.get_one(AskAfter, ask).went == ("market" if to_market else "list")
    assert to not in who.get(f"{market.url}/oogst").text
    assert browser(market.outside).get(f"{to}/gesprek").status_code == 404


# --- one's own page


def test_contacts_are_shown_to_the_two_who_agreed_and_to_nobody_else(held, browser):
    market = held()
    market.meet(market.asks, market.provides, ("bel mij op 1", "mail mij op 2"), agreed=True)
    market.meet(market.guest, market.asks, ("bel mij op 3", ""), agreed=False)
    own = f"{market.url}/mijn"
    with unit_of_work() as session:
        talk = f"/contact/gesprekken/{session.scalars(select(Conversation.id)).one()}"

    for who in (market.asks, market.provides):
        assert f'href="{talk}"' in page(browser, who, own)[1]
        said = page(browser, who, talk)[1]
        assert "bel mij op 1" in said
        assert "mail mij op 2" in said
        assert "bel mij op 3" not in said
    for other in (market.host, market.guest):
        assert talk not in page(browser, other, own)[1]
        assert page(browser, other, talk)[0] == 404
    assert page(browser, market.absent, own)[0] == 404
    assert page(browser, market.outside, own)[0] == 404


def test_the_note_stays_with_who_was_at_the_stall(held, browser):
    market = held()

    assert NOTE in page(browser, market.asks, f"{market.url}/mijn")[1]
    assert NOTE not in page(browser, market.guest, f"{market.url}/mijn")[1]


def test_what_one_takes_along_is_ones_own_until_one_shares_it(make, held, browser):
    market = held()
    asker = browser(market.asks)
    own, harvest = f"{market.url}/mijn", f"{market.url}/oogst"
    to = f"{own}/meenemen"
    for wrong in (
        {"action": ""},
        {"action": "x" * 501},
        {"action": "Iets", "due_on": "2020-01-01"},
    ):
        assert asker.send(own, wrong, to=to).status_code == 422

    asker.send(own, {"action": "Ik bel de familie eerst", "stall": str(market.stall)}, to=to)
    shared = {"action": "Ik plan een tafelgesprek", "shared": "y", "stall": str(market.stall)}
    asker.send(own, shared, to=to)

    mine = asker.get(own).get_data(as_text=True)
    assert "Ik bel de familie eerst" in mine
    theirs = page(browser, market.absent, harvest)[1]
    assert "Ik plan een tafelgesprek" in theirs
    assert make.persona(market.asks).name in theirs
    assert "Ik bel de familie eerst" not in theirs
    with unit_of_work() as session:
        first, second = session.scalars(select(TakenAlong).order_by(TakenAlong.id))
    came = f"{market.url}/meegenomen/{second.id}"
    asker.send(came, {"outcome": "Het werkte."})
    assert "Het werkte." in page(browser, market.absent, harvest)[1]
    assert browser(market.host).get(came).status_code == 404
    assert browser(market.host).post(came, {"weg": "1"}).status_code == 404
    asker.send(came, {"weg": "1"})
    assert rows(TakenAlong) == 1
    assert "Ik plan een tafelgesprek" not in page(browser, market.absent, harvest)[1]
    assert asker.send(f"{market.url}/meegenomen/{first.id}", {"laat": "1"}).status_code == 302


def test_all_that_people_take_along_and_show_stands_in_the_harvest(
    make, held, browser, monkeypatch
):
    monkeypatch.setattr(queries, "MOST_SHARED", 2)
    market = held()
    with unit_of_work() as session:
        actor, now = make.actor(market.asks), clock.now()
        for n in range(5):
            taking_along.take_along(
                session, actor, market.id, f"Stap nummer {n}", None, f"k-{n}", now, shared=True
            )
    found, address = [], f"{market.url}/oogst"
    while address:
        text = page(browser, market.absent, address)[1]
        found.append(re.findall(r"Stap nummer \d", text))
        more = re.search(r'href="([^"#]*\?meegenomen=\d+)#', text)
        address = more[1] if more else ""
    assert [len(each) for each in found] == [2, 2, 1]
    assert len({each for some in found for each in some}) == 5


def test_one_takes_along_from_a_stall_that_one_only_read_of(held, browser):
    market = held()
    market.write(market.stall, market.provides, "Samen eten helpt.")
    guest, own = browser(market.guest), f"{market.url}/mijn"
    its = f"{own}?kraam={market.stall}"
    assert f'href="{its}#meenemen"' in guest.get(f"{market.url}/oogst").text

    assert f'<option selected value="{market.stall}">' in guest.get(its).text
    form = {"action": "Ik dek een keer voor zes", "stall": str(market.stall)}
    guest.send(its, form, to=f"{own}/meenemen")

    with unit_of_work() as session:
        assert session.scalars(select(TakenAlong.stall_id)).all() == [market.stall]


def test_one_is_reminded_once_on_the_day_that_one_chose(make, held):
    market = held()
    now = clock.now()
    with unit_of_work() as session:
        actor = make.actor(market.asks)
        day = (now + LATER).date()
        made = taking_along.take_along(
            session, actor, market.id, "Ik bel", day, "key-1", now, stall_id=market.stall
        )
        again = taking_along.take_along(session, actor, market.id, "Ik bel", day, "key-1", now)
        assert made.id == again.id
        with pytest.raises(NotFound):
            taking_along.take_along(
                session, actor, market.id, "Iets", None, "key-2", now, stall_id=10_000
            )
    for at in (now, now + LATER, now + 2 * LATER):
        with unit_of_work() as session:
            telling.remind(session, {}, at)
    assert rows(Notification, Notification.kind == "markets.taken_along") == 1
    with unit_of_work() as session:
        lines = gather(session, make.actor(market.asks), now + LATER)
        others = gather(session, make.actor(market.provides), now + LATER)
    assert [w.url for w in lines[Part.DUE]] == [f"{market.url}/mijn#meegenomen-{made.id}"]
    assert Part.DUE not in others


# --- looking back


def test_averages_come_from_five_answers_on_and_move_in_steps(make, fair):
    people = [make.member() for _ in range(11)]
    away = make.member()
    market = Held(fair(make.member()))
    market.hold({0: people})
    given = [1, 1, 1, 1, 5, 5, 5, 5, 5, 5, 5]
    seen = []
    for who, answer in zip(people, given, strict=True):
        with unit_of_work() as session:
            said = {"got": answer, "met": 3, "again": None}
            taking_along.evaluate(session, make.actor(who), market.id, said, clock.now())
            seen.append(taking_along.averages(session, market.id))

    assert seen[:4] == [(0, {})] * 4
    assert seen[4:9] == [(5, {"got": 2.0, "met": 3.0})] * 5
    assert seen[9:] == [(10, {"got": 3.5, "met": 3.0})] * 2
    with unit_of_work() as session:
        for wrong in ({"got": 6}, {"got": 0}, {}):
            with pytest.raises(Refused):
                taking_along.evaluate(session, make.actor(people[0]), market.id, wrong, clock.now())
        with pytest.raises(NotFound):
            taking_along.evaluate(session, make.actor(away), market.id, {"got": 3}, clock.now())


def test_looking_back_again_replaces_what_one_said(held, browser):
    market = held()
    asker = browser(market.asks)
    own, to = f"{market.url}/mijn", f"{market.url}/mijn/terugblik"
    assert asker.send(own, {"got": ""}, to=to).status_code == 422
    assert asker.send(own, {"got": "9"}, to=to).status_code == 422

    asker.send(own, {"got": "4", "met": "5"}, to=to)
    asker.send(own, {"got": "2"}, to=to)

    with unit_of_work() as session:
        said = session.scalars(select(MarketEvaluation)).one()
        assert (said.got, said.met, said.again) == (2, 5, None)
    host = page(browser, market.host, f"{market.url}/oogst")[1]
    assert "There are averages when five people have looked back." in host


# --- who hears of it


def told(kind):
    with unit_of_work() as session:
        return set(
            session.scalars(
                select(Notification.member_id).where(Notification.kind == f"markets.{kind}")
            )
        )


def test_who_came_is_asked_to_look_back_and_hears_when_the_harvest_is_ready(make, held):
    market = held()
    market.begin_harvest()
    market.begin_harvest()
    there = {w.id for w in (market.host, market.asks, market.provides, market.guest)}
    assert told("look_back") == there
    with unit_of_work() as session, pytest.raises(Refused):
        yielding.say_ready(session, make.actor(market.host), market.id, clock.now())
    market.write(market.stall, market.provides, "Samen eten helpt.")
    with unit_of_work() as session, pytest.raises(NotFound):
        yielding.say_ready(session, make.actor(market.provides), market.id, clock.now())

    market.ready()

    assert told("harvest") == there
    assert rows(Notification, Notification.kind == "markets.harvest") == len(there)


def test_a_harvest_is_ready_after_a_week_by_itself_once_something_is_written(held):
    market = held()
    market.begin_harvest()
    market.begin_harvest(clock.now() + LATER)
    assert rows(MarketHarvest, MarketHarvest.ready_at.is_not(None)) == 0

    market.write(market.stall, market.provides, "Samen eten helpt.")
    market.begin_harvest(clock.now() + LATER)

    assert rows(MarketHarvest, MarketHarvest.ready_at.is_not(None)) == 1


def test_the_home_page_says_what_is_asked_and_what_is_there_to_read(make, held):
    market = held()
    market.begin_harvest()

    def lines(who):
        with unit_of_work() as session, speaking("en", "Europe/Amsterdam"):
            found = gather(session, make.actor(getattr(market, who)), clock.now())
        asked = [w for w in found.get(Part.ASKED, []) if w.url.startswith(market.url)]
        news = [w for w in found.get(Part.NEW, []) if w.url.startswith(market.url)]
        return [w.title.split()[0] for w in asked], [w.url for w in news]

    assert lines("provides") == (["Write"], [])
    assert lines("asks") == (["Look"], [])
    assert lines("absent") == ([], [])
    with unit_of_work() as session:
        actor = make.actor(market.asks)
        taking_along.evaluate(session, actor, market.id, {"got": 4}, clock.now())
    market.write(market.stall, market.provides, "Samen eten helpt.")
    market.ready()

    ready = [f"{market.url}/oogst"]
    assert lines("provides") == (["Look"], ready)
    assert lines("asks") == ([], ready)
    assert lines("absent") == ([], ready)
    assert lines("outside") == ([], [])


# --- leaving, and one's own data


def test_who_leaves_takes_along_what_was_theirs_and_averages_keep_a_number(make, held):
    market = held()
    now = clock.now()
    with unit_of_work() as session:
        actor = make.actor(market.asks)
        taking_along.take_along(session, actor, market.id, "Ik bel", None, "k-1", now, shared=True)
        taking_along.evaluate(session, actor, market.id, {"got": 4}, now)
        asks.answered(session, actor, market.id, market.ask, True, now)
    market.write(market.stall, market.provides, "Samen eten helpt.")

    for who in (market.asks, market.provides):
        with unit_of_work() as session:
            leaving.leave(session, make.actor(who), True, now)
    run_due()

    assert rows(TakenAlong) == rows(AskAfter) == 0
    assert rows(MarketEvaluation, MarketEvaluation.member_id.is_(None)) == 1
    assert rows(StallYield) == 1
    with unit_of_work() as session:
        shown = queries.harvest(session, make.actor(market.absent), market.id)
    assert [stall.html for stall in shown.stalls] == ["<p>Samen eten helpt.</p>"]


def test_a_stall_that_was_held_keeps_its_title_when_who_brought_it_leaves(make, held):
    """What was said there belongs to all who were there; of one that was not held nothing stays."""
    market = held()
    with unit_of_work() as session:
        not_held = session.scalars(select(Stall).where(Stall.entry_id == market.unmet)).one().id
    for who in (market.provides, market.asks):
        with unit_of_work() as session:
            leaving.leave(session, make.actor(who), False, clock.now())
    run_due()

    with unit_of_work() as session:
        titles = {stall.id: stall.title for stall in session.scalars(select(Stall))}
        lines = session.scalars(
            select(MarketEntry.line).where(MarketEntry.member_id == market.provides.id)
        ).all()
    assert titles[market.stall] == "Tien jaar ervaring met naasten aan tafel"
    assert titles[not_held] == ""
    assert lines == [""]


@pytest.mark.parametrize("begun", [False, True])
def test_in_a_hall_without_a_floor_stalls_keep_their_title_once_it_has_begun(
    make, fair, set_clock, begun
):
    """Nobody knows which of them was held."""
    hall, who = fair(make.member(), setting="on_site", place="De Kring, zaal 2"), make.member()
    hall.bring(who, "Hoe begin je met naasten?")
    hall.lay_out()
    if begun:
        set_clock(hall.row().gathering.starts_at)
    with unit_of_work() as session:
        leaving.leave(session, make.actor(who), False, clock.now())
    run_due()

    with unit_of_work() as session:
        title = session.scalars(select(Stall.title).where(Stall.market_id == hall.id)).one()
    assert title == ("Hoe begin je met naasten?" if begun else "")


def test_ones_own_file_holds_ones_own_words_alone(held, browser):
    market = held()
    market.meet(market.asks, market.provides, ("bel mij op 1", "mail mij op 2"), agreed=True)

    answer = browser(market.provides).get("/markten/wat-van-mij-is.json")

    mine = answer.get_json()
    assert [row["line"] for row in mine["asks_and_offers"]] == [
        "Tien jaar ervaring met naasten aan tafel"
    ]
    assert [row["text"] for row in mine["notes"]] == [NOTE]
    assert mine["contacts_asked"] == []  # what was agreed on is in the conversation of the two
    (answered,) = mine["contacts_answered"]
    assert answered["market"] == market.url
    assert answered["agreed_at"]
    assert {row["stall"] for row in mine["notes"]} == {1}
    text = answer.get_data(as_text=True)
    for others in ("bel mij op 1", "Hoe betrek je naasten", "tolk", "Markt over herstel"):
        assert others not in text


# --- how much it costs


def test_the_harvest_and_ones_own_page_run_as_many_queries_whatever_was_yielded(
    make, held, browser
):
    market = held()
    asker = browser(market.asks)
    paths = (f"{market.url}/oogst", f"{market.url}/mijn")
    for path in paths:
        asker.get(path)

    def cost():
        found = []
        for path in paths:
            with statements() as seen:
                assert asker.get(path).status_code == 200
            found.append(len(seen))
        return found

    market.write(market.stall, market.provides, "Samen eten helpt.")
    before = cost()
    market.write(market.own_stall, market.guest, "Een tolk is meer dan vertalen.")
    for n in range(3):
        with unit_of_work() as session:
            taking_along.take_along(
                session,
                make.actor(market.asks),
                market.id,
                f"Stap {n}",
                None,
                f"key-{n}",
                clock.now(),
                stall_id=market.stall,
                shared=True,
            )
    assert cost() == before


def test_what_is_over_is_said_on_the_page_of_the_market(held, browser):
    market = held()
    with unit_of_work() as session:
        session.execute(update(Market).values(version=2))

    assert f"{market.url}/oogst" in page(browser, market.absent, market.url)[1]


def test_a_stall_becomes_a_line_on_ones_own_card_that_nobody_else_sees_yet(held, browser):
    market = held()
    market.write(market.stall, market.provides, "Samen eten helpt.")
    provider = browser(market.provides)
    step = f"/oogst/stall/{market.stall}/expertise"
    assert f'formaction="{step}"' in provider.get(f"{market.url}/oogst").get_data(as_text=True)

    for _ in range(2):
        assert provider.post(step).status_code == 302

    with unit_of_work() as session:
        line = session.scalars(select(CardLine)).one()
        assert (line.shown, line.ask) == (Shown.OWN, "Tien jaar ervaring met naasten aan tafel")
    assert provider.get("/kenniskaart/mijn").status_code == 200
    assert browser(market.absent).get(f"/kenniskaart/{line.card_id}").status_code == 404
