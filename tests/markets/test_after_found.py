"""Markets in search, digests and calendars: for whom they are, and no more than they may say."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cop.finding.models import ByMail, InterestProfile
from cop.finding.queries import Filters, find
from cop.gatherings import own_calendar
from cop.gatherings.models import Gathering, OwnCalendar
from cop.markets import announcing
from cop.markets.after import digest_part
from cop.markets.models import Market, MarketTheme
from cop.members.actor import VISITOR
from cop.members.models import MemberTheme, Theme
from cop.notifications.digests import Reader
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.i18n import speaking
from cop.platform.search import indexing
from cop.spaces.circles import Circle, Visibility


def addresses(actor, words):
    """What is found of markets: address → the words that are shown."""
    with reading() as session:
        found = find(session, actor, words, clock.now(), Filters(kind="market"))
    return {
        item.shown.url.partition("#")[0]: "".join(text for text, _hit in item.text.pieces)
        for item in found.items
    }


def test_open_asks_are_found_while_a_market_is_to_come_by_whom_it_is_for(make, fair):
    host, inside, outside = (make.member() for _ in range(3))
    space = make.space(Visibility.PRIVATE, coordinator=host)
    make.join(inside, space.circle)
    small = fair(host, announcing.Terms(rounds=2, minutes=20, space_ids=[space.id]))
    wide = fair(host)
    small.bring(host, "Hoe maak je kweepeergelei met een groep?")
    wide.bring(host, "Wie kookt er met kweepeer?")

    assert set(addresses(make.actor(inside), "kweepeer")) == {small.url, wide.url}
    assert set(addresses(make.actor(outside), "kweepeer")) == {wide.url}
    assert addresses(VISITOR, "kweepeer") == {}

    with unit_of_work() as session:
        announcing.cancel(session, make.actor(host), wide.id, "", clock.now(), True)
    assert set(addresses(make.actor(inside), "kweepeer")) == {small.url}


def test_an_index_made_anew_is_the_same_as_one_that_was_kept_up(make, held):
    market = held()
    market.write(market.stall, market.provides, "Samen kweepeergelei maken helpt.")
    kept = addresses(make.actor(market.absent), "kweepeergelei")
    indexing.rebuild()
    assert kept == addresses(make.actor(market.absent), "kweepeergelei")
    assert list(kept) == [f"{market.url}/oogst"]


def test_afterwards_the_harvest_is_found_and_no_note_and_no_ask(make, held):
    market = held()
    market.note(market.own_stall, market.guest, "Alleen hier staat kumquat.")
    market.write(market.stall, market.provides, "Samen kweepeergelei maken helpt.")
    absent, outside = make.actor(market.absent), make.actor(market.outside)

    assert "kweepeergelei" in addresses(absent, "kweepeergelei")[f"{market.url}/oogst"]
    for actor, words in ((outside, "kweepeergelei"), (absent, "kumquat"), (absent, "tolk")):
        assert addresses(actor, words) == {}


def reader(member):
    until = clock.now() + timedelta(minutes=1)
    return Reader(
        delivery_id=member.id,
        member_id=member.id,
        role="member",
        language="en",
        zone="Europe/Amsterdam",
        planned_at=until,
        until=until,
        daily_from=clock.now() - timedelta(days=1),
        weekly_from=None,
        asked_from=None,
        rest_from=clock.now() - timedelta(days=1),
        joined=None,
        held={},
    )


def test_a_digest_tells_who_could_not_come_that_there_is_a_harvest_and_no_more(held):
    market = held()
    market.write(market.stall, market.provides, "Samen kweepeergelei maken helpt.")
    people = [market.absent, market.outside, market.asks]

    def said():
        with reading() as session:
            found = digest_part.from_harvests(session, [reader(who) for who in people])
        with speaking("en", "Europe/Amsterdam"):
            return [
                [p.render(True).text for p in found[who.id].pieces] if who.id in found else []
                for who in people
            ]

    assert said() == [[], [], []]
    market.ready()

    absent, outside, asks = said()
    assert (outside, asks) == ([], [])  # not for them; told by name already
    assert len(absent) == 1
    assert "A market in a small circle yielded something." in " ".join(absent[0].split())
    for word in ("kweepeer", "Markt over herstel", "naasten"):
        assert word not in absent[0]


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({}, True),
        ({"by_mail": ByMail.NOT}, False),
        ({"quiet_until": clock.now() + timedelta(days=365)}, False),
    ],
)
def test_a_harvest_on_ones_themes_comes_by_mail_where_one_wants(make, held, chosen, told):
    market = held()
    with reading() as session:
        theme_id = session.scalars(select(Theme.id).limit(1)).one()
    with unit_of_work() as session:
        gathering = session.get_one(Gathering, session.get_one(Market, market.id).gathering_id)
        session.get_one(Circle, gathering.circle_id).visibility = Visibility.OPEN
    wants = make.member()
    make.save(MarketTheme(market_id=market.id, theme_id=theme_id))
    make.save(MemberTheme(member_id=wants.id, theme_id=theme_id))
    if chosen:
        make.save(InterestProfile(member_id=wants.id, **chosen))
    market.write(market.stall, market.provides, "Samen kweepeergelei maken helpt.")
    market.ready()
    with reading() as session:
        found = digest_part.from_harvests(session, [reader(wants)])
    assert bool(found[wants.id].pieces) == told


def test_a_calendar_says_when_and_what_kind_and_gives_nothing_away(make, fair):
    host = make.member()
    market = fair(host, title="Markt over kweepeer")
    market.bring(host, "Hoe maak je kumquatgelei?")
    with unit_of_work() as session:
        own_calendar.renew_feed(session, make.actor(host))
        token = session.get_one(OwnCalendar, host.id).token
        where = session.get_one(Gathering, session.get_one(Market, market.id).gathering_id).link
        text = own_calendar.feed(session, token or "", clock.now())

    assert text.count("BEGIN:VEVENT") == 1
    assert where
    for secret in ("kweepeer", "kumquatgelei", where, "Neem een vraag"):
        assert secret not in text
