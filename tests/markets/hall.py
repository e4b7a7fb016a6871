"""A market that is held, for tests: who is on its floor, at which stall, and who is not."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets import floor, rounds
from cop.markets import stalls as layout
from cop.markets.announcing import Terms
from cop.markets.floor_models import FloorPerson, MarketFloor
from cop.markets.models import Stall, StallHolder
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from tests.markets.making import TERMS, Fair
from tests.support.factories import Factory


class Hall:
    """A market of so many visitors: each stall is held by one of them, all are signed up.

    Attributes:
        stalls: their numbers in the database, in the order of their holders.
    """

    def __init__(
        self,
        make: Factory,
        visitors: int = 4,
        stalls: int = 2,
        terms: Terms = TERMS,
        inside: bool = True,
        planned: bool = False,
        **details: object,
    ) -> None:
        self.make = make
        self.host = make.member("Hanna Host")
        starts_at = clock.now() + timedelta(minutes=5)
        times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=5)}
        self.fair = Fair(make, self.host, replace(terms), **(times | details))
        self.id = self.fair.id
        self.visitors = [make.member() for _ in range(visitors)]
        self.fair.offer(self.host, "Ik leid de markt")
        for number, member in enumerate(self.visitors):
            if number < stalls:
                self.fair.bring(member, f"Hoe begin je met herstel, vraag {number + 1}?")
            else:
                self.fair.offer(member, "Ik denk mee")
        self.late = make.member()  # signed up, and never comes in
        self.fair.offer(self.late, "Ik kom later")
        self.fair.lay_out()
        with unit_of_work() as session:
            self.stalls = [self._stall_of(session, member) for member in self.visitors[:stalls]]
            for number, member in enumerate(self.visitors):
                for wanted in range(number + 1, number + 1 + min(terms.rounds, stalls - 1)):
                    stall_id = self.stalls[wanted % stalls]
                    layout.wish(session, self.actor(member), stall_id, True, clock.now())
        if planned:
            self.fair.plan(out=True)
        with unit_of_work() as session:
            rounds.open_doors(session, self.actor(), self.id, clock.now())
        if inside:
            for member in self.visitors:
                self.enter(member)

    def _stall_of(self, session: Session, member: Member) -> int:
        return session.scalars(
            select(Stall.id)
            .join(StallHolder, StallHolder.stall_id == Stall.id)
            .where(Stall.market_id == self.id, StallHolder.member_id == member.id)
            .order_by(Stall.id)
            .limit(1)
        ).one()

    def actor(self, member: Member | None = None) -> Actor:
        return self.make.actor(member or self.host)

    def enter(self, member: Member) -> None:
        with unit_of_work() as session:
            floor.enter(session, self.actor(member), self.id, clock.now())

    def walk(self, member: Member, stall_id: int | None) -> None:
        with unit_of_work() as session:
            floor.walk(session, self.actor(member), self.id, stall_id, clock.now())

    def person(self, member: Member) -> FloorPerson:
        with unit_of_work() as session:
            return session.scalars(
                select(FloorPerson).where(
                    FloorPerson.market_id == self.id, FloorPerson.member_id == member.id
                )
            ).one()

    def begin(self, round_: int = 0) -> None:
        with unit_of_work() as session:
            rounds.begin_round(session, self.actor(), self.id, round_, clock.now())

    def floor(self) -> MarketFloor:
        with unit_of_work() as session:
            return session.get_one(MarketFloor, self.id)
