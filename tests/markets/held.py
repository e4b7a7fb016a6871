"""A market that was held, with what a floor leaves behind: visits, notes, contacts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, NamedTuple

from sqlalchemy import select

from cop.markets import contacts
from cop.markets.after import telling, yielding
from cop.markets.floor_models import (
    FloorPerson,
    MarketFloor,
    Phase,
    StallItem,
    StallNote,
    StallVisit,
)
from cop.markets.models import Market, MarketState, Stall
from cop.members.models import Member
from cop.platform import clock, storage
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from cop.spaces.files import url_of
from tests.markets.making import Fair

NOTE = "Begin klein: één naaste aan tafel, en vraag wat diegene nodig heeft."


class Left(NamedTuple):
    """A file at a stall, and where it is read."""

    item_id: int
    url: str


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
        """One round of ten minutes: stall → who stood there; nowhere: under 0."""
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
                                came_at=now - timedelta(minutes=10),
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

    def file(self, stall_id: int, by: Member, name: str) -> Left:
        """A file that was left at a stall; it says its own name."""
        with unit_of_work() as session:
            kept = storage.keep(session, BytesIO(name.encode()), name, clock.now())
            item = StallItem(
                stall_id=stall_id,
                person_id=self.person(by),
                title=name,
                file_id=kept.id,
                key=name,
                at=clock.now(),
            )
            session.add(item)
            session.flush()
            return Left(item.id, url_of(kept.key, kept.name))

    def meet(self, one: Member, other: Member, words: tuple[str, str], agreed: bool) -> None:
        """One asked the other to stay in touch, on the floor; and they agreed."""
        with unit_of_work() as session:
            actor, now = self.make.actor(one), clock.now()
            made = contacts.ask(session, actor, self.id, self.person(other), words[0], now, True)
            if agreed:
                actor = self.make.actor(other)
                contacts.answer(session, actor, made.id, True, words[1], now, True)

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
