"""'Perhaps X knows this': who has an ask's theme on their card is asked, and listed nowhere."""

import pytest
from sqlalchemy import select

from cop.expertise.models import Card, CardKind, CardLine, Shown
from cop.gatherings.models import Attendance
from cop.markets import may_know
from cop.markets.announcing import Terms
from cop.markets.models import MarketEntry
from cop.members.blocks import Block
from cop.members.models import MemberOrganisation, SiteRole, Theme
from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.errors import NotFound
from cop.spaces.circles import Visibility
from tests.support.counting import statements


def themes():
    with unit_of_work() as session:
        return list(session.scalars(select(Theme.id).order_by(Theme.id).limit(2)))


@pytest.fixture
def knows(make):
    """`knows(member)`: they have the first theme on their card; `shown`, `full` change it."""

    def knows(member, shown=Shown.MEMBERS, full=False, theme=None):
        now = clock.now()
        card = make.save(
            Card(
                kind=CardKind.PERSON,
                persona_id=make.persona(member).id,
                full=full,
                created_at=now,
                changed_at=now,
            )
        )
        line = CardLine(card_id=card.id, theme_id=theme or themes()[0], shown=shown, at=now)
        make.save(line)
        return member

    return knows


def asked_with_theme(market, member, line="Hoe begin je?"):
    (ask,) = market.bring(member, line)
    with unit_of_work() as session:
        session.get_one(MarketEntry, ask).theme_id = themes()[0]
    return ask


def who(make, host, market, ask):
    with unit_of_work() as session:
        found = may_know.people(session, make.actor(host), market.id, [ask])[ask]
        return {each.who.handle for each in found}


def handles(make, *members):
    return {make.persona(member).handle for member in members}


def test_those_with_the_theme_on_their_card_may_know_but_for_who_cannot_be_asked(make, fair, knows):
    host, asker = make.member(), make.member()
    market = fair(host)
    ask = asked_with_theme(market, knows(asker))
    good = knows(make.member())
    knows(make.member(), full=True)
    knows(make.member(), shown=Shown.OWN)
    knows(make.member(), theme=themes()[1])
    shunned, shuns = knows(make.member()), knows(make.member())
    make.save(Block(member_id=asker.id, persona_id=make.persona(shunned).id, at=clock.now()))
    make.save(Block(member_id=shuns.id, persona_id=make.persona(asker).id, at=clock.now()))

    assert who(make, host, market, ask) == handles(make, good)


def test_a_suggestion_tells_nobody_s_place_that_they_do_not_show(make, fair, knows):
    host, asker = make.member(), make.member()
    space = make.space(Visibility.CLOSED, coordinator=host)
    work = make.organisation()
    inside, hidden, works, hides, outside = (knows(make.member()) for _ in range(5))
    for member in (inside, asker):
        make.join(member, space.circle)
    make.pseudonym(hidden, space.circle)
    make.save(MemberOrganisation(member_id=host.id, organisation_id=work.id))
    make.save(MemberOrganisation(member_id=works.id, organisation_id=work.id))
    make.save(MemberOrganisation(member_id=hides.id, organisation_id=work.id, shown=False))
    market = fair(
        host, Terms(rounds=2, minutes=20, space_ids=[space.id], organisation_ids=[work.id])
    )
    ask = asked_with_theme(market, asker)

    assert who(make, host, market, ask) == handles(make, inside, works)
    assert outside.id


def test_the_host_asks_once_and_whoever_is_asked_stands_nowhere(make, fair, knows, browser):
    host, asker, member = make.member(), make.member(), knows(make.member())
    market = fair(host)
    ask = asked_with_theme(market, asker, "Hoe zeg je nee?")
    handle, url = make.persona(member).handle, f"{market.url}/koppelen"
    page = browser(host)
    assert "Perhaps they know this" in page.get(url).get_data(as_text=True)

    for _ in range(2):
        page.send(url, {"vraag": str(ask), "wie": handle})

    assert "Ask whether they know it" not in page.get(url).get_data(as_text=True)
    told = browser(member).get("/meldingen").get_data(as_text=True)
    assert told.count("“Hoe zeg je nee?”. Perhaps you know this?") == 1
    address = told.split('href="/meldingen/')[1].split('"')[0]
    assert browser(member).get(f"/meldingen/{address}").location == f"{market.url}/meedoen"
    with unit_of_work() as session:
        theirs = Attendance.member_id == member.id
        assert session.scalars(select(Attendance).where(theirs)).all() == []
    assert make.persona(member).name not in browser(asker).get(market.url).get_data(as_text=True)


def test_nobody_but_the_host_asks_and_only_who_may_know(make, fair, knows):
    host, asker, member = make.member(), make.member(), knows(make.member())
    market = fair(host)
    ask = asked_with_theme(market, asker)
    other = make.member()
    boss = make.member(site_role=SiteRole.ADMINISTRATOR)
    tries = [(by, member) for by in (asker, member, boss)] + [(host, other), (host, asker)]

    for by, whom in tries:
        handle = make.persona(whom).handle
        with pytest.raises(NotFound), unit_of_work() as session:
            may_know.ask(session, make.actor(by), market.id, ask, handle, clock.now())

    with unit_of_work() as session:
        kinds = session.scalars(select(Notification.kind)).all()
        assert may_know.KIND not in kinds


def test_at_most_three_are_found_for_an_ask_in_one_statement(make, fair, knows):
    host = make.member()
    market = fair(host)
    asks = [asked_with_theme(market, make.member(), f"Vraag {n}") for n in range(3)]
    for _ in range(5):
        knows(make.member())

    with unit_of_work() as session, statements() as run:
        found = may_know.people(session, make.actor(host), market.id, asks)
        assert [len(found[ask]) for ask in asks] == [3, 3, 3]
    assert len(run) == 1
