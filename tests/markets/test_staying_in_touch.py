"""Who is asked to stay in touch hears of it, wherever they are by then."""

import pytest
from sqlalchemy import select

from cop.markets import contacts, floor, rounds
from cop.members.blocks import Block
from cop.notifications.models import Notification
from cop.notifications.operations import lines
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from tests.markets.hall import Hall


class Meeting(Hall):
    """A market at which people ask each other; what each was told of it."""

    def ask(self, asks, other):
        them = self.person(other).id
        with unit_of_work() as session:
            made = contacts.ask(session, self.actor(asks), self.id, them, "bel mij", clock.now())
        run_due()
        return made.id

    def told(self, member):
        """How often, what it says now, and how many of them were not read."""
        with reading() as session:
            found = session.scalars(
                select(Notification).where(
                    Notification.member_id == member.id, Notification.kind == "markets.contact"
                )
            ).all()
            said = lines(session, self.actor(member), found)
            assert not any(line.in_mail for line in said.values())
            texts = sorted((line.text, line.url) for line in said.values())
            return len(found), texts, sum(each.read_at is None for each in found)


@pytest.fixture
def meeting(make):
    return Meeting(make)


def test_who_is_asked_is_told_once_of_each_who_asks_until_they_see_or_answer_it(
    meeting, make, browser
):
    one, third, asked = meeting.visitors[1:4]
    first, second = (
        (f"{make.persona(who).name} wil contact met je houden.", f"{meeting.fair.url}/contacten")
        for who in (one, third)
    )
    meeting.ask(one, asked)
    assert meeting.told(asked) == (1, [first], 1)
    number = meeting.ask(one, asked)  # changed words
    with unit_of_work() as session:
        contacts.take_back(session, meeting.actor(one), number, clock.now())
    assert meeting.told(asked) == (1, [], 1)
    number = meeting.ask(one, asked)
    assert meeting.told(asked) == (1, [first], 1)

    meeting.ask(third, asked)
    assert meeting.told(asked) == (2, [first, second], 2)
    meeting.ask(asked, third)  # which is agreeing
    assert meeting.told(asked) == (2, [first], 1)
    assert browser(asked).get(f"{meeting.fair.url}/contacten").status_code == 200
    assert meeting.told(asked) == (2, [first], 0)

    with unit_of_work() as session:
        contacts.answer(session, meeting.actor(asked), number, False, "", clock.now())
        contacts.take_back(session, meeting.actor(one), number, clock.now())
    meeting.ask(one, asked)
    assert meeting.told(asked) == (2, [], 0)
    assert [meeting.told(who)[0] for who in (one, third)] == [0, 0]


def test_nobody_is_told_of_who_they_blocked_or_of_what_was_taken_back_by_then(meeting, browser):
    one, blocks, asked = meeting.visitors[1:4]
    theirs, now = meeting.person(one).persona_id, clock.now()
    ids = {who: meeting.person(who).id for who in (blocks, asked)}
    with unit_of_work() as session:
        session.add(Block(member_id=blocks.id, persona_id=theirs, at=now))
        session.flush()
        contacts.ask(session, meeting.actor(one), meeting.id, ids[blocks], "", now)
        made = contacts.ask(session, meeting.actor(one), meeting.id, ids[asked], "", now)
        contacts.take_back(session, meeting.actor(one), made.id, now)
    run_due()
    for who in (blocks, asked):
        assert meeting.told(who) == (0, [], 0)
        assert "stay in touch with you" not in browser(who).get(meeting.fair.url).text

    meeting.ask(one, asked)
    with unit_of_work() as session:
        session.add(Block(member_id=asked.id, persona_id=theirs, at=now))
    assert meeting.told(asked)[1] == []


def test_how_many_ask_stands_at_the_stall_on_the_floor_and_after_one_left(meeting, browser):
    asked, *others = meeting.visitors
    meeting.walk(asked, meeting.stalls[1])
    url, page = meeting.fair.url, browser(asked)

    def says(path):
        shown = page.get(f"{url}{path}").text
        for words in ("1 person wants to", "2 people want to"):
            if f'<a href="{url}/contacten">{words} stay in touch with you</a>' in shown:
                return int(words[0])
        assert "in touch with you" not in shown
        return 0

    assert [says(path) for path in ("/kraam", "/vloer", "")] == [0, 0, 0]
    meeting.ask(others[0], asked)
    assert [says(path) for path in ("/kraam", "/vloer", "")] == [1, 1, 1]
    meeting.ask(others[1], asked)
    assert [says(path) for path in ("/kraam", "/vloer")] == [2, 2]
    with unit_of_work() as session:
        floor.leave(session, meeting.actor(asked), meeting.id, clock.now())
    assert says("") == 2  # they went home
    with unit_of_work() as session:
        rounds.close(session, meeting.actor(), meeting.id, clock.now())
    run_due()
    assert [says(path) for path in ("", "/mijn")] == [2, 2]
    meeting.ask(asked, others[0])  # which is agreeing
    assert [says(path) for path in ("", "/mijn")] == [1, 1]


def test_a_yes_from_a_window_that_does_not_know_of_the_no_leads_back(meeting, browser):
    one, asked = meeting.visitors[1], meeting.visitors[3]
    number = meeting.ask(one, asked)
    page = browser(asked)
    page.post(f"/markten/contacten/{number}", data={"do": "nee"})
    answer = page.post(f"/markten/contacten/{number}", data={"do": "ja"}, follow_redirects=True)
    assert answer.request.path == f"{meeting.fair.url}/contacten"
    assert "You answered before that you would rather not." in answer.text
