"""A market with everything on its pages, for the walks (tests/support/town.py)."""

from typing import Any

from cop.markets import stalls
from cop.markets.announcing import Terms
from cop.markets.models import Stall
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import Visibility
from tests.markets.making import Fair
from tests.support.factories import Factory


def markets(make: Factory, owner: Member, other: Member) -> dict[str, Any]:
    """What addresses of markets stand for; nobody outside one private space knows of it."""
    space = make.space(Visibility.PRIVATE, coordinator=owner)
    make.join(other, space.circle)
    fair = Fair(make, owner, Terms(rounds=2, minutes=20, space_ids=[space.id]))
    mine, *_rest = fair.bring(owner, "Hoe betrek je naasten bij herstel?")
    theirs, unanswered = fair.bring(other, "Wie werkt er met GHB?", "Hoe begin je een groep?")
    offer, *_more = fair.offer(owner, "Vijf jaar ervaring met GHB en nazorg")
    fair.match((theirs, offer))
    fair.lay_out()
    fair.plan(out=True)
    gathering_id = fair.row().gathering_id
    with unit_of_work() as session:
        stall = session.query(Stall).filter(Stall.entry_id == unanswered).one()
        stalls.wish(session, make.actor(owner), stall.id, True, clock.now())
        return {
            "market_id": fair.id,
            "markets.entry.entry_id": mine,
            "markets.withdraw.entry_id": mine,
            "markets.second.entry_id": theirs,
            "stall_id": stall.id,
            "markets.of_gathering.gathering_id": gathering_id,
        }
