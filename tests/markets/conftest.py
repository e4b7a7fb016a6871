"""What the tests of markets share."""

import pytest

from cop.markets.announcing import Terms
from cop.spaces.circles import Visibility
from tests.gatherings.conftest import mails, set_clock
from tests.markets.held import NOTE, Held
from tests.markets.making import TERMS, Fair

__all__ = ["mails", "set_clock"]


@pytest.fixture
def fair(make):
    """`fair(host, terms)`: a market that this member announced."""

    def fair(host, terms: Terms = TERMS, **details: object) -> Fair:
        return Fair(make, host, terms, **details)

    return fair


@pytest.fixture
def held(make, fair):
    """`held()`: a market for a closed space; asked by one, provided by another, held and over.

    Its people are on it by name: host, asks, provides, guest, absent (of the space, did not come),
    outside (a member who is not in the space).
    """

    def held(
        visibility: Visibility = Visibility.CLOSED, setting: str = "online", **hold: bool
    ) -> Held:
        host, asks_, provides, guest, absent = (make.member() for _ in range(5))
        space = make.space(visibility, coordinator=host)
        for who in (asks_, provides, guest, absent):
            make.join(who, space.circle)
        market = Held(
            fair(
                host,
                Terms(rounds=2, minutes=20, space_ids=[space.id]),
                setting=setting,
                place="De Kring, zaal 2" if setting != "online" else "",
            ),
            host=host,
            asks=asks_,
            provides=provides,
            guest=guest,
            absent=absent,
            outside=make.member(),
            space=space,
        )
        (market.ask,) = market.fair.bring(asks_, "Hoe betrek je naasten bij herstel?")
        (market.unmet,) = market.fair.bring(asks_, "Wie kookt er samen?")
        (market.lost,) = market.fair.bring(guest, "Wie werkt er met een tolk?")
        (offer,) = market.fair.offer(provides, "Tien jaar ervaring met naasten aan tafel")
        market.fair.match((market.ask, offer))
        market.fair.lay_out()
        market.stall = market.stall_of(offer)
        market.own_stall = market.stall_of(market.lost)
        market.hold({market.stall: [provides, asks_, host], market.own_stall: [guest]}, **hold)
        market.note(market.stall, provides, NOTE)
        return market

    return held
