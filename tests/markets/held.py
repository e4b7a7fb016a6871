"""A market that was held, with what a floor leaves behind: visits, notes, contacts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from cop.markets.after import telling, yielding
from cop.markets.floor_models import (
    FloorPerson,
    MarketContact,
    MarketFloor,
    Phase,
    StallItem,
    StallNote,
    StallVisit,
)
from cop.markets.models import Market, MarketState, Stall
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from tests.markets.making import Fair

NOTE = "Begin klein: één naaste aan tafel, en vraag wat diegene nodig heeft."


class Held:
    """A fair whose rounds were held; who came and where they stood is said by the test."""

    def __init__(self, fair: Fair, **named: Any) -> None:
        self.fair, self.make, self.id, self.url = fair, fair.make, fair.id, fair.url
        self._people: dict[int, int] = {}
        self.__dict__ |= named

    def stall_of(self, entry_id: int) -> int:
        with unit_of_work() as session:
            return session.scalars(select(Stall.id).where(Stall.entry_id == entry_id)).one()

    def hold(self, places: Mapping[int, list[Member]], *, close: bool = True) -> None:
        """One round: stall → who stood there. Whoever stands nowhere can be given under 0."""
        now = clock.now()
        with unit_of_work() as session:
            session.get_one(Market, self.id).state = (
                MarketState.CLOSED if close else MarketState.RUNNING
            )
            session.add(
                MarketFloor(
                    market_id=self.id,
                    phase=Phase.CLOSED if close else Phase.ROUND,
                    round=0,
                    began_at=now,
                    opened_at=now,
                    closed_at=now if close else None,
                )
            )
            for stall_id, people in places.items():
                for who in people:
                    person = FloorPerson(
                        market_id=self.id,
                        member_id=who.id,
                        persona_id=self.make.persona(who).id,
                        came_at=now,
                        seen_at=now,
                    )
                    session.add(person)
                    session.flush()
                    self._people[who.id] = person.id
                    if stall_id:
                        session.add(
                            StallVisit(
                                stall_id=stall_id,
                                person_id=person.id,
                                round=0,
                                came_at=now,
                                left_at=now,
                            )
                        )

    def person(self, who: Member) -> int:
        return self._people[who.id]

    def remove(self, who: Member) -> None:
        with unit_of_work() as session:
            session.get_one(FloorPerson, self.person(who)).removed_at = clock.now()

    def note(self, stall_id: int, by: Member, text: str) -> None:
        with unit_of_work() as session:
            session.add(
                StallNote(stall_id=stall_id, by_id=self.person(by), text=text, at=clock.now())
            )

    def link(self, stall_id: int, by: Member, title: str, url: str) -> None:
        with unit_of_work() as session:
            session.add(
                StallItem(
                    stall_id=stall_id,
                    person_id=self.person(by),
                    title=title,
                    url=url,
                    key=f"link-{stall_id}",
                    at=clock.now(),
                )
            )

    def meet(self, one: Member, other: Member, words: tuple[str, str], agreed: bool) -> None:
        with unit_of_work() as session:
            session.add(
                MarketContact(
                    market_id=self.id,
                    from_id=self.person(one),
                    to_id=self.person(other),
                    from_words=words[0],
                    to_words=words[1] if agreed else None,
                    at=clock.now(),
                    agreed_at=clock.now() if agreed else None,
                )
            )

    def write(self, stall_id: int, by: Member, text: str, version: int = 0) -> None:
        with unit_of_work() as session:
            yielding.write(
                session, self.make.actor(by), stall_id, text, version, clock.now(), anyway=True
            )

    def begin_harvest(self, at: datetime | None = None) -> None:
        """What the worker does once a market is over."""
        with unit_of_work() as session:
            telling.gather(session, {}, at or clock.now())
        run_due()

    def ready(self) -> None:
        with unit_of_work() as session:
            yielding.say_ready(session, self.make.actor(self.fair.host), self.id, clock.now())
        run_due()


LATER = timedelta(days=8)
