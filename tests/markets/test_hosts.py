"""Who hosts a market: asked before its doors open, and taken over when nobody does any more."""

import pytest
from sqlalchemy import func, select

from cop.gatherings.models import Gathering
from cop.markets import handing_over, queries
from cop.markets.announcing import Terms
from cop.markets.permissions import MARKETS, MarketPermission
from cop.members import leaving
from cop.members.blocks import Block
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.worker import run_due
from cop.spaces.circles import Visibility
from tests.support.counting import statements


def hosts(make, member, market) -> bool:
    with unit_of_work() as session:
        return MarketPermission.HOST in MARKETS.held(session, make.actor(member), market.id)


def told(member, kind) -> int:
    with unit_of_work() as session:
        return session.scalar(
            select(func.count())
            .select_from(Notification)
            .where(Notification.member_id == member.id, Notification.kind == kind)
        )


def leave(make, member) -> None:
    with unit_of_work() as session:
        leaving.leave(session, make.actor(member), False, clock.now())
    run_due()


@pytest.mark.parametrize("visibility", [Visibility.OPEN, Visibility.PRIVATE])
def test_a_market_whose_only_host_left_is_taken_over_by_who_comes(make, fair, browser, visibility):
    host, comes, other, reads = (make.member() for _ in range(4))
    terms = Terms(rounds=2, minutes=20)
    if visibility == Visibility.PRIVATE:
        space = make.space(visibility, coordinator=reads)
        for who in (host, comes, other):
            make.join(who, space.circle)
        terms = Terms(rounds=2, minutes=20, space_ids=[space.id])
    market = fair(host, terms)
    for who in (comes, other):
        market.bring(who, "Hoe begin je een herstelgroep?")
    take_over = f"{market.url}/overnemen"
    assert take_over not in browser(comes).get(market.url).text

    leave(make, host)

    asked = "markets.host_wanted" if visibility == Visibility.OPEN else "circles.take_over"
    assert [told(who, asked) for who in (comes, other, reads)] == [1, 1, 0]
    assert told(comes, "gatherings.take_over") == 0
    first = browser(comes)
    news = first.get("/meldingen").text
    assert "Will you" in news
    assert browser(reads).post(take_over).status_code == 404
    assert take_over not in browser(reads).get(market.url).text
    assert first.send(market.url, to=take_over).location == market.url
    assert first.post(take_over).status_code == 302  # pressed twice

    assert hosts(make, comes, market)
    assert browser(other).post(take_over).status_code == 404
    with unit_of_work() as session:
        gathering = session.get_one(Gathering, market.row().gathering_id)
        assert gathering.organiser_id == make.persona(comes).id
    assert first.get(f"{market.url}/koppelen").status_code == 200
    assert "Will you" not in browser(other).get("/meldingen").text


def test_hosting_is_handed_over_before_the_doors_open_to_who_says_yes(make, fair, browser):
    market, comes, away = fair(make.member()), make.member(), make.member()
    market.bring(comes, "Hoe begin je een herstelgroep?")
    circle_id, page = market.row().gathering.circle_id, f"{market.url}/gastheren"
    host, guest = browser(market.host), browser(comes)
    handle = make.persona(comes).handle
    assert guest.get(page).status_code == 404
    assert f'value="{handle}"' in host.get(page).text

    for _ in range(2):
        assert host.post(page, {"handle": handle}).status_code == 302
    run_due()

    assert told(comes, "circles.asked_to_coordinate") == 1
    assert "asked to host" in host.get(page).text
    assert not hosts(make, comes, market)
    answer = f"/kringen/{circle_id}/uitnodiging"
    assert answer in guest.get(market.url).text
    assert guest.post(f"{answer}?als=coordinator", {"antwoord": "ja"}).location == market.url
    assert hosts(make, comes, market)
    assert answer not in guest.get(market.url).text
    assert host.post(page, {"handle": make.persona(away).handle}).status_code == 404
    with pytest.raises(Refused), unit_of_work() as session:
        handing_over.ask(session, make.actor(market.host), market.id, handle, clock.now())

    mine = make.persona(market.host).handle
    stop = f"/kringen/{circle_id}/leden/{mine}/coordinator-af"
    assert stop in host.get(page).text
    assert host.send(stop).status_code == 302
    assert not hosts(make, market.host, market)
    assert hosts(make, comes, market)


def test_who_blocked_a_host_sees_no_question_of_theirs(make, fair, browser):
    market, comes = fair(make.member()), make.member()
    market.bring(comes, "Hoe begin je een herstelgroep?")
    make.save(Block(member_id=comes.id, persona_id=make.persona(market.host).id, at=clock.now()))
    with unit_of_work() as session:
        handle = make.persona(comes).handle
        handing_over.ask(session, make.actor(market.host), market.id, handle, clock.now())
    run_due()

    assert told(comes, "circles.asked_to_coordinate") == 0
    assert "/uitnodiging" not in browser(comes).get(market.url).text


def test_only_a_host_asks_others_and_the_page_reads_as_much_for_many(make, fair, monkeypatch):
    monkeypatch.setattr(handing_over, "PAGE", 3)
    market = fair(make.member())
    people = [make.member("Anna Zelfde") for _ in range(5)]
    for who in people:
        market.bring(who, "Hoe?")
    handle = make.persona(people[1]).handle
    with pytest.raises(NotFound), unit_of_work() as session:
        handing_over.ask(session, make.actor(people[0]), market.id, handle, clock.now())

    with unit_of_work() as session:
        actor = make.actor(market.host)
        page = queries.one(session, actor, market.id, clock.now())
        first, more = handing_over.visitors(session, actor, page)
        with statements() as ran:
            rest, end = handing_over.visitors(session, actor, page, more)
    found = [one.person.handle for one in (*first, *rest)]
    assert len(first) == 3
    assert end is None
    assert set(found) == {make.persona(who).handle for who in people}
    assert len(found) == 5
    assert len(ran) <= 2
