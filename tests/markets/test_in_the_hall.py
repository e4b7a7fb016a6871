"""A market in a real hall and its edges: signs, where they lead, the video link, forgotten ends."""

import re
from datetime import timedelta

import pytest
import segno
from sqlalchemy import select

from cop.gatherings.models import Gathering
from cop.markets import contacts, programme_routes, rounds
from cop.markets.floor_models import Phase
from cop.markets.models import Stall
from cop.platform import clock, pdf
from cop.platform.db import unit_of_work
from cop.platform.errors import Refused
from tests.markets.hall import Hall


def test_a_market_that_nobody_closed_is_closed_half_a_day_after_its_end(make):
    hall = Hall(make)
    with unit_of_work() as session:
        over = session.get_one(Gathering, hall.fair.row().gathering_id).ends_at
        rounds.close_forgotten(session, {}, over + rounds.FORGOTTEN)
    assert hall.floor().phase == Phase.LOBBY

    with unit_of_work() as session:
        rounds.close_forgotten(session, {}, over + rounds.FORGOTTEN + timedelta(seconds=1))

    assert hall.floor().phase == Phase.CLOSED
    assert hall.fair.row().state == "closed"


def test_a_sign_leads_through_the_door_to_its_stall(make, browser):
    hall = Hall(make, inside=False)
    guest, stall_id = browser(hall.visitors[3]), hall.stalls[0]
    sign = f"{hall.fair.url}/kraam/{stall_id}"
    door = f"{hall.fair.url}/binnen?kraam={stall_id}"

    assert guest.get(sign).location == door
    assert guest.send(door).location == sign
    at = guest.get(sign).text
    assert "I am here" in at
    here = guest.send(sign, {"stall": str(stall_id)}, to=f"{hall.fair.url}/vloer/lopen")
    assert here.location == f"{hall.fair.url}/kraam"
    assert guest.get(sign).location == f"{hall.fair.url}/kraam"
    assert hall.person(hall.visitors[3]).stall_id == stall_id


def test_the_code_on_a_sign_holds_the_address_of_its_stall(make, browser, monkeypatch):
    drawn, made = [], segno.make

    def make_code(address, **how):
        drawn.append(address)
        return made(address, **how)

    hall = Hall(make)
    monkeypatch.setattr(programme_routes.segno, "make", make_code)
    monkeypatch.setattr(pdf, "available", lambda: True)
    monkeypatch.setattr(pdf, "make", lambda html, _style: html.encode())

    paper = browser(hall.host).get(f"{hall.fair.url}/kraambordjes/pdf")

    assert paper.status_code == 200
    with unit_of_work() as session:
        stalls = session.scalars(
            select(Stall.id)
            .where(Stall.market_id == hall.id, Stall.closed_at.is_(None))
            .order_by(Stall.number)
        ).all()
    assert [re.sub(r"^https?://[^/]+", "", one) for one in drawn] == [
        f"{hall.fair.url}/kraam/{stall_id}" for stall_id in stalls
    ]


def test_the_video_link_of_a_stall_comes_first_and_only_for_who_stands_there(make, browser):
    hall = Hall(make)
    one, other = hall.stalls[:2]
    with unit_of_work() as session:
        session.get_one(Stall, one).link = "https://video.example.org/kraam"
    there, elsewhere = hall.visitors[2:4]
    hall.walk(there, one)
    hall.walk(elsewhere, other)

    at, away = (browser(who).get(f"{hall.fair.url}/kraam").text for who in (there, elsewhere))

    assert 'href="https://video.example.org/kraam"' in at
    assert 'href="https://video.example.org/markt"' not in at
    assert 'href="https://video.example.org/markt"' in away
    assert "video.example.org/kraam" not in away
    assert (
        "video.example.org/kraam" not in browser(elsewhere).get(f"{hall.fair.url}/kraam/{one}").text
    )


def test_questions_stand_before_offers(make, fair, browser):
    market, member = fair(make.member()), make.member()
    market.offer(member, "Tien jaar nazorg")
    market.bring(member, "Hoe begin je een groep?")

    page = browser(make.member()).get(market.url).text

    assert 0 < page.index("Hoe begin je een groep?") < page.index("Tien jaar nazorg")


def test_nobody_asks_the_whole_hall_to_stay_in_touch(make, monkeypatch):
    monkeypatch.setattr(contacts, "MOST_ASKED", 2)
    hall, now = Hall(make), clock.now()
    asks, *others = hall.visitors

    def ask(other):
        with unit_of_work() as session:
            contacts.ask(session, hall.actor(asks), hall.id, hall.person(other).id, "", now)

    ask(others[0])
    ask(others[1])
    ask(others[1])  # again is no more
    with pytest.raises(Refused):
        ask(others[2])
