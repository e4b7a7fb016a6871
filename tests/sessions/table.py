"""A group with a date and its session, for tests: who sits at the table, and who does not."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import guests
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Gathering
from cop.groups import outside
from cop.groups.models import Group, GroupKind
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from cop.sessions import holding, methods, stepping
from cop.sessions.models import GroupSession, SessionParticipant
from cop.spaces.circles import Visibility
from tests.support.factories import Factory


@dataclass
class Table:
    """
    Attributes:
        lead: facilitates the group; `others` are in it. All of them took part.
        absent: is in the group and did not come.
    """

    lead: Member
    others: list[Member]
    absent: Member
    group: Group
    gathering: Gathering
    id: int = 0
    make: Factory = field(repr=False, default_factory=Factory)

    def actor(self, member: Member | None = None) -> Actor:
        return self.make.actor(member or self.lead)

    def participant(self, session: Session, member: Member) -> SessionParticipant:
        return session.scalars(
            select(SessionParticipant).where(
                SessionParticipant.session_id == self.id, SessionParticipant.member_id == member.id
            )
        ).one()

    def now_held(self, session: Session) -> GroupSession:
        return session.get_one(GroupSession, self.id, populate_existing=True)


def guest(at: Table, name: str = "Greet Buiten", says: bool | None = True) -> GatheringGuest:
    """Somebody from outside who was asked to facilitate the date, and said yes, no or nothing."""
    now = clock.now()
    with unit_of_work() as session:
        email = f"{name.split()[0].lower()}@example.org"
        asked = outside.ask_guest(session, at.actor(), at.gathering.id, name, email, now)
        if says is not None:
            guests.answer_gathering(session, asked, says, True, now)
    run_due()
    return asked


def table(
    make: Factory,
    kind: str = "intervisie",
    method: str = "incident",
    others: int = 3,
    now: datetime | None = None,
    begun: bool = True,
    closed: bool = False,
    soon: bool | None = None,
) -> Table:
    """A session that all but one of the group came to, going on unless said otherwise.

    Its date is an hour from `now` when it is `soon`, as that of one that begins is; else in ten
    days.
    """
    now = now or clock.now()
    lead, absent = make.member("Fenna de Boer"), make.member("Afwezige Anna")
    members = [make.member() for _ in range(others)]
    group = make.group(lead, absent, *members, kind=GroupKind(kind), visibility=Visibility.PRIVATE)
    gathering = make.group_date(group, lead)
    if begun if soon is None else soon:
        gathering = _in_an_hour(gathering, now)
    made = Table(lead, members, absent, group, gathering, make=make)
    with unit_of_work() as session:
        chosen = methods.shipped(kind)[method]
        made.id = holding.prepare(session, made.actor(), gathering.id, chosen, now).id
        if begun:
            stepping.start(session, made.actor(), made.id, now)
        for member in members:
            holding.come_in(session, made.actor(member), made.id, now)
        if closed:
            stepping.close(session, made.actor(), made.id, now)
    return made


def _in_an_hour(gathering: Gathering, now: datetime) -> Gathering:
    """The date as long as it was, also when `now` is long ago: then it could not be planned."""
    with unit_of_work() as session:
        its = session.get_one(Gathering, gathering.id)
        length = its.ends_at - its.starts_at
        its.starts_at = now + timedelta(hours=1)
        its.ends_at = its.starts_at + length
        return its
