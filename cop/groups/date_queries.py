"""Reading the dates of a group, one of them, and where a date is looked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal, null, or_, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings import when
from cop.gatherings import words as gathering_words
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.gatherings.poll_models import DatePoll
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupDate,
    GroupFacilitator,
)
from cop.groups.permissions import (
    DATES,
    GROUPS,
    DatePermission,
    GroupPermission,
    has_facilitator,
)
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.errors import NotFound
from cop.spaces.circles import in_circle

MOST_DATES = 40


@dataclass(frozen=True, slots=True)
class DateRow:
    """A date of a group, as its page shows it."""

    id: int
    starts_at: datetime
    ends_at: datetime
    where: str
    provisional: bool
    cancelled: bool
    coming: str | None
    going: int
    series: int

    @property
    def when(self) -> str:
        return when.spoken(self.starts_at, self.ends_at)


def dates(
    session: Session, actor: Actor, group_id: int, now: datetime, *, past: bool = False
) -> list[DateRow]:
    """The dates of a group that the actor is in, to come or past; one query."""
    order = Gathering.starts_at.desc() if past else Gathering.starts_at
    rows = session.execute(
        select(Gathering, GroupDate.series, Attendance.coming)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .outerjoin(
            Attendance,
            and_(
                Attendance.gathering_id == Gathering.id,
                Attendance.member_id == (actor.member_id if actor.is_member else null()),
            ),
        )
        .where(GroupDate.group_id == group_id, DATES.clause(actor, DatePermission.READ))
        .where(Gathering.ends_at <= now if past else Gathering.ends_at > now)
        .order_by(order, Gathering.id)
        .limit(MOST_DATES)
    )
    return [_date_row(r) for r in rows]


def _date_row(r: Any) -> DateRow:
    gathering: Gathering = r.Gathering
    return DateRow(
        id=gathering.id,
        starts_at=gathering.starts_at,
        ends_at=gathering.ends_at,
        where=gathering_words.where(gathering.setting, gathering.place),
        provisional=gathering.provisional,
        cancelled=gathering.cancelled_at is not None,
        coming=r.coming if r.coming != Coming.OFF else "off",
        going=gathering.going,
        series=r.series,
    )


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who facilitates a date, or was asked to."""

    facilitator_id: int
    state: str
    name: str
    from_outside: bool

    @property
    def accepted(self) -> bool:
        return self.state == FacilitatorState.ACCEPTED

    @property
    def asked(self) -> bool:
        return self.state == FacilitatorState.ASKED


@dataclass(frozen=True, slots=True)
class DatePage:
    """What the page on which a date is managed shows.

    Attributes:
        facilitators, asked: names of who facilitates it, and of guests who have not answered.
        outside: for organisers: who was asked by mail, and says yes or nothing yet.
        rest: how many dates of the same series come after it.
    """

    group: Group
    gathering: Gathering
    may: frozenset[Any]
    when: str
    where: str
    covered: bool
    facilitators: list[str]
    asked: list[str]
    outside: list[Lead]
    rest: int
    has_begun: bool
    is_over: bool
    organises: bool

    def holds(self, permission: str) -> bool:
        return DatePermission(permission) in self.may


def date(session: Session, actor: Actor, gathering_id: int, now: datetime) -> DatePage:
    """One date of a group; two queries.

    Raises:
        NotFound: it is not there, or the actor is not in the group.
    """
    later, other = aliased(GroupDate), aliased(Gathering)
    rest = (
        select(func.count())
        .select_from(later)
        .join(other, other.id == later.gathering_id)
        .where(later.group_id == GroupDate.group_id, later.series == GroupDate.series)
        .where(other.starts_at > Gathering.starts_at, other.cancelled_at.is_(None))
        .correlate(GroupDate, Gathering)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Group,
            Gathering,
            *DATES.columns(actor),
            has_facilitator(GroupDate.group_id, GroupDate.gathering_id).label("covered"),
            rest.label("rest"),
            GROUPS.clause(actor, GroupPermission.MANAGE).label("organises"),
        )
        .select_from(GroupDate)
        .join(Group, Group.id == GroupDate.group_id)
        .join(Gathering, Gathering.id == GroupDate.gathering_id)
        .where(GroupDate.gathering_id == gathering_id)
        .where(DATES.clause(actor, DatePermission.READ)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    gathering: Gathering = row.Gathering
    leads = _leads(session, row.Group.id, gathering.id)
    return DatePage(
        group=row.Group,
        gathering=gathering,
        may=DATES.from_row(row),
        when=when.spoken(gathering.starts_at, gathering.ends_at),
        where=gathering_words.where(gathering.setting, gathering.place),
        covered=bool(row.covered),
        facilitators=[lead.name for lead in leads if lead.accepted],
        asked=[lead.name for lead in leads if lead.asked],
        outside=[
            lead
            for lead in leads
            if row.organises and lead.from_outside and (lead.accepted or lead.asked)
        ],
        rest=row.rest,
        has_begun=gathering.starts_at <= now,
        is_over=gathering.ends_at <= now,
        organises=bool(row.organises),
    )


def _leads(session: Session, group_id: int, gathering_id: int) -> list[Lead]:
    """Who facilitates a date or was asked by mail to."""
    rows = session.execute(
        select(GroupFacilitator.id, GroupFacilitator.state, Persona.name, GatheringGuest)
        .outerjoin(Persona, Persona.id == GroupFacilitator.persona_id)
        .outerjoin(GatheringGuest, GatheringGuest.id == GroupFacilitator.guest_id)
        .where(GroupFacilitator.group_id == group_id)
        .where(
            or_(
                GroupFacilitator.gathering_id == gathering_id,
                and_(
                    GroupFacilitator.gathering_id.is_(None),
                    GroupFacilitator.state == FacilitatorState.ACCEPTED,
                ),
            )
        )
        .order_by(GroupFacilitator.at, GroupFacilitator.id)
    )
    return [
        Lead(
            row.id,
            row.state,
            row.GatheringGuest.name if row.GatheringGuest is not None else row.name,
            row.GatheringGuest is not None,
        )
        for row in rows
        if row.GatheringGuest is not None or row.name is not None
    ]


def last_date(session: Session, group_id: int) -> Gathering | None:
    """The date of a group that was planned last: the next is often at the same place."""
    return session.scalar(
        select(Gathering)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .where(GroupDate.group_id == group_id)
        .order_by(Gathering.starts_at.desc(), Gathering.id.desc())
        .limit(1)
    )


def open_polls(
    session: Session, actor: Actor, group: Group, now: datetime
) -> list[tuple[int, datetime]]:
    """Dates that are looked for in a group that the actor is in: number, and when it closes."""
    rows = session.execute(
        select(DatePoll.id, DatePoll.closes_at)
        .where(DatePoll.circle_id == group.circle_id, in_circle(actor, literal(group.circle_id)))
        .where(DatePoll.gathering_id.is_(None))
        .order_by(DatePoll.closes_at, DatePoll.id)
        .limit(5)
    )
    return [(row.id, row.closes_at) for row in rows]
