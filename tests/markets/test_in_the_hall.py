"""A market in a real hall and its edges: signs, where they lead, the video link, forgotten ends."""

import re
from datetime import timedelta

import pytest
import segno
from sqlalchemy import select

from cop.gatherings.models import Gathering
from cop.markets import contacts, programme_routes, rounds, stall_table, stall_talk
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


def test_what_was_said_before_the_last_part_is_reached_by_who_reads_the_table(
    make, browser, monkeypatch
):
    monkeypatch.setattr(stall_table, "MOST_MESSAGES", 3)
    monkeypatch.setattr(stall_table, "MOST_QUESTIONS", 2)
    hall, now = Hall(make), clock.now()
    stall_id = hall.stalls[0]
    holder, guest, elsewhere = hall.visitors[0], hall.visitors[2], hall.visitors[3]
    hall.walk(holder, stall_id)
    hall.walk(guest, stall_id)

    with unit_of_work() as session:
        who = hall.actor(guest)
        for n in range(8):
            stall_talk.say(session, who, stall_id, f"Gezegd {n}", f"key-of-message-{n}", now)
        for n in range(3):
            stall_talk.ask(
                session, who, stall_id, f"Vraag {n}?", False, f"key-of-question-{n}", now
            )

    def read(who):
        """What each page says, from the last part back, by the links on them."""
        address, pages = f"{hall.fair.url}/kraam/{stall_id}", []
        visit = browser(who)
        if (answer := visit.get(address)).location:
            answer = visit.get(answer.location)
        pages.append(answer.text)
        link = r'href="(?:/markten[/\w]+/gesprek)?(\?voor=\d+)"'
        while (further := re.search(link, pages[-1])) and len(pages) < 5:
            address = f"/markten/kramen/{stall_id}/gesprek{further[1]}"
            pages.append(visit.get(address).text)
        return address, pages

    said = [[5, 6, 7], [2, 3, 4], [0, 1]]
    first, pages = read(holder)
    assert [[int(n) for n in re.findall(r"<p>Gezegd (\d)</p>", page)] for page in pages] == said
    # Who tends the stall takes back what others said, long ago as well.
    assert all("/markten/kramen/terugnemen/bericht/" in page for page in pages)
    assert "Only 2 questions are shown" in pages[0]
    assert "Vraag 2?" not in pages[0]
    # Who does not stand there reads none of it.
    assert browser(elsewhere).get(first).status_code == 404
    assert browser(hall.host).get(first).status_code == 404
    # Walking on ends it, and once the market is over it is there for who was at the stall.
    hall.walk(guest, None)
    assert browser(guest).get(first).status_code == 404
    with unit_of_work() as session:
        rounds.close(session, hall.actor(), hall.id, clock.now())
    _, pages = read(guest)
    assert [[int(n) for n in re.findall(r"<p>Gezegd (\d)</p>", page)] for page in pages] == said
    assert browser(elsewhere).get(first).status_code == 404


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
