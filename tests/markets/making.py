"""Markets for tests, made by the operations that members use."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from unittest.mock import patch

from cop.gatherings.operations import Details
from cop.markets import announcing, entries, matching, planned, stalls
from cop.markets.announcing import Terms
from cop.markets.entries import Wanted
from cop.markets.models import Market, MarketEntry, Side
from cop.markets.planning import plans
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from tests.support.factories import Factory

MOVES = 20_000
TERMS = Terms(rounds=3, minutes=20, pause=5)


def details(**changes: object) -> Details:
    day = clock.now() + timedelta(days=10)
    # Never past midnight; and no two alike, which would be one form that was sent twice.
    starts_at = day.replace(hour=12, minute=0)
    return Details(
        **{
            "kind": "market",
            "title": "Markt over herstel",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(hours=3),
            "setting": "online",
            "link": "https://video.example.org/markt",
            "source": "Neem een vraag mee.",
        }
        | changes  # type: ignore[arg-type]  # a test's own
    )


def work() -> None:
    """What the worker does; plans are mixed for a moment only, which has tests of its own."""
    with patch.object(planned, "plans", partial(plans, moves=MOVES)):
        run_due()


class Fair:
    """One market, with what people do in it."""

    def __init__(self, make: Factory, host: Member, terms: Terms = TERMS, **changes: object):
        self.make, self.host = make, host
        with unit_of_work() as session:
            self.id = announcing.announce(
                session, make.actor(host), details(**changes), terms, clock.now(), True
            ).id
        self._keys = 0

    @property
    def url(self) -> str:
        return f"/markten/{self.id}"

    def row(self) -> Market:
        with unit_of_work() as session:
            market = session.get_one(Market, self.id)
            assert market.gathering
            return market

    def bring(self, who: Member, *lines: str, side: Side = Side.ASK) -> list[int]:
        """Take part with these asks (or offers); their ids."""
        wanted = []
        for line in lines:
            self._keys += 1
            wanted.append(
                Wanted(side=side, line=line, key=f"key-{self.id}-{who.id}-{self._keys:04d}")
            )
        with unit_of_work() as session:
            actor = self.make.actor(who)
            entries.register(session, actor, self.id, wanted, clock.now(), True)
            made = session.query(MarketEntry).filter(
                MarketEntry.key.in_([one.key for one in wanted])
            )
            ids = [entry.id for entry in made.order_by(MarketEntry.id)]
        run_due()
        return ids

    def offer(self, who: Member, *lines: str) -> list[int]:
        return self.bring(who, *lines, side=Side.OFFER)

    def match(self, *pairs: Sequence[int]) -> None:
        with unit_of_work() as session:
            for ask, offer in pairs:
                matching.decide(
                    session, self.make.actor(self.host), self.id, ask, offer, True, clock.now()
                )

    def lay_out(self) -> None:
        with unit_of_work() as session:
            stalls.lay_out(session, self.make.actor(self.host), self.id, clock.now())

    def plan(self, out: bool = False) -> None:
        with unit_of_work() as session:
            planned.ask(session, self.make.actor(self.host), self.id, clock.now())
        work()
        if out:
            with unit_of_work() as session:
                announcing.bring_out(session, self.make.actor(self.host), self.id, clock.now())
            run_due()
