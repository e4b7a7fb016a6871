"""Reading groups: the list, the page of one, its dates, and who facilitates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, null, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from cop.gatherings import when
from cop.gatherings import words as gathering_words
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.gatherings.poll_models import DatePoll
from cop.groups.holding import participants
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupAgreement,
    GroupDate,
    GroupFacilitator,
    GroupKind,
    TrainedFacilitator,
)
from cop.groups.permissions import (
    DATES,
    GROUPS,
    DatePermission,
    GroupPermission,
    agreed,
    has_facilitator,
)
from cop.groups.words import KIND_LABELS, rhythm
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Organisation, Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.spaces.circles import CircleMembership, Standing, in_circle
from cop.spaces.joining import IN_IT

PAGE = 30
MOST_DATES = 40
MOST_PEOPLE = 60

Place = tuple[str, int]  # where a page of the list begins: sort key and number


@dataclass(frozen=True, slots=True)
class Row:
    """A group in a list; `next_at` only for who is in it."""

    id: int
    name: str
    kind: str
    rhythm: str
    minutes: int
    organisation: str | None
    there: int
    size: int | None
    is_in: bool
    asked: bool
    facilitated: bool
    next_at: datetime | None

    @property
    def full(self) -> bool:
        return self.size is not None and self.there >= self.size

    @property
    def when(self) -> str | None:
        return when.spoken_day(self.next_at) if self.next_at is not None else None


def index(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    which: str = "",
    kind: str = "",
    after: Place | None = None,
) -> tuple[list[Row], Place | None]:
    """Groups that the actor may find, by name; and where the next page begins. One query.

    Args:
        which: 'mijn' those that the actor is in, 'gezocht' those that look for a facilitator,
            'archief' those that ended; else all that run.
    """
    mine = aliased(CircleMembership)
    gathering = aliased(Gathering)
    next_at = (
        select(func.min(gathering.starts_at))
        .where(gathering.circle_id == Group.circle_id, gathering.cancelled_at.is_(None))
        .where(gathering.ends_at > now)
        .correlate(Group)
        .scalar_subquery()
    )
    query = (
        select(
            Group,
            Organisation.name.label("organisation"),
            mine.standing,
            participants().label("there"),
            has_facilitator(Group.id).label("facilitated"),
            next_at.label("next_at"),
        )
        .outerjoin(Organisation, Organisation.id == Group.organisation_id)
        .outerjoin(
            mine,
            and_(
                mine.circle_id == Group.circle_id,
                mine.member_id == (actor.member_id if actor.is_member else null()),
            ),
        )
        .where(GROUPS.clause(actor, GroupPermission.FIND), *_only(actor, which, kind))
        .order_by(Group.sort_key, Group.id)
        .limit(PAGE + 1)
    )
    if after is not None:
        query = query.where(tuple_(Group.sort_key, Group.id) > after)
    rows = session.execute(query).all()
    shown = rows[:PAGE]
    more = (shown[-1].Group.sort_key, shown[-1].Group.id) if len(rows) > PAGE else None
    return [
        Row(
            id=r.Group.id,
            name=r.Group.name,
            kind=str(KIND_LABELS[GroupKind(r.Group.kind)]),
            rhythm=rhythm(r.Group.every_weeks),
            minutes=r.Group.minutes,
            organisation=r.organisation,
            there=r.there,
            size=r.Group.size,
            is_in=r.standing in IN_IT,
            asked=r.standing == Standing.REQUESTED,
            facilitated=bool(r.facilitated),
            next_at=r.next_at if r.standing in IN_IT else None,
        )
        for r in shown
    ], more


def _only(actor: Actor, which: str, kind: str) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        Group.archived_at.is_not(None) if which == "archief" else Group.archived_at.is_(None)
    ]
    if which == "mijn":
        found.append(in_circle(actor, Group.circle_id))
    if which == "gezocht":
        found.append(~has_facilitator(Group.id))
    if kind:
        found.append(Group.kind == kind)
    return found


@dataclass(frozen=True, slots=True)
class GroupPage:
    """What the page of one group shows.

    Attributes:
        agreed: the actor agreed to the rules as they are now.
        facilitators: who facilitates it, for those who may find it.
        asked: who asks the actor to facilitate, and their words; None when nobody does.
    """

    group: Group
    may: frozenset[Any]
    kind: str
    rhythm: str
    organisation: str | None
    there: int
    agreed: bool
    facilitated: bool
    facilitators: list[Person]
    facilitates: bool
    offered: bool
    asked: tuple[str, str] | None

    def holds(self, permission: str) -> bool:
        return GroupPermission(permission) in self.may

    @property
    def full(self) -> bool:
        return self.group.size is not None and self.there >= self.group.size


def one(session: Session, actor: Actor, group_id: int) -> GroupPage:
    """One group; two queries.

    Raises:
        NotFound: it is not there, or not for this actor.
    """
    row = session.execute(
        select(
            Group,
            *GROUPS.columns(actor),
            Organisation.name.label("organisation"),
            participants().label("there"),
            agreed(actor, Group.id).label("agreed"),
        )
        .outerjoin(Organisation, Organisation.id == Group.organisation_id)
        .where(Group.id == group_id)
        .where(GROUPS.clause(actor, GroupPermission.FIND))
    ).one_or_none()
    if row is None:
        raise NotFound
    by = aliased(Persona)
    people = session.execute(
        select(
            GroupFacilitator.state,
            GroupFacilitator.member_id,
            GroupFacilitator.words,
            by.name.label("by_name"),
            *PERSON,
        )
        .join(Persona, Persona.id == GroupFacilitator.persona_id)
        .outerjoin(by, by.id == GroupFacilitator.by_id)
        .where(GroupFacilitator.group_id == group_id, GroupFacilitator.gathering_id.is_(None))
        .where(GroupFacilitator.state != FacilitatorState.ENDED)
        .order_by(Persona.sort_key, Persona.handle)
    ).all()
    mine = {r.state: r for r in people if r.member_id == actor.member_id}
    asked = mine.get(FacilitatorState.ASKED)
    leads = [r for r in people if r.state == FacilitatorState.ACCEPTED]
    group: Group = row.Group
    return GroupPage(
        group=group,
        may=GROUPS.from_row(row),
        kind=str(KIND_LABELS[GroupKind(group.kind)]),
        rhythm=rhythm(group.every_weeks),
        organisation=row.organisation,
        there=row.there,
        agreed=bool(row.agreed),
        facilitated=bool(leads),
        facilitators=[person(r, actor) for r in leads],
        facilitates=FacilitatorState.ACCEPTED in mine,
        offered=FacilitatorState.OFFERED in mine,
        asked=(asked.by_name or "", asked.words) if asked is not None else None,
    )


# --- dates ---


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
class DatePage:
    """What the page on which a date is managed shows.

    Attributes:
        facilitators, asked: names of who facilitates it, and of guests who have not answered.
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
        .where(DATES.clause(actor, DatePermission.READ))
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
        facilitators=[name for state, name in leads if state == FacilitatorState.ACCEPTED],
        asked=[name for state, name in leads if state == FacilitatorState.ASKED],
        rest=row.rest,
        has_begun=gathering.starts_at <= now,
        is_over=gathering.ends_at <= now,
        organises=bool(row.organises),
    )


def _leads(session: Session, group_id: int, gathering_id: int) -> list[tuple[str, str]]:
    """(state, name) of who facilitates a date or was asked by mail to."""
    rows = session.execute(
        select(GroupFacilitator.state, GroupFacilitator.guest_id, Persona.name, GatheringGuest)
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
        (row.state, row.GatheringGuest.name if row.GatheringGuest is not None else row.name)
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


# --- who facilitates ---


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be asked, was asked, or offers."""

    who: Person
    training: str = ""
    words: str = ""
    facilitator_id: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """For organisers: who facilitates, who was asked, who offers, whom one can ask."""

    facilitates: list[Candidate]
    asked: list[Candidate]
    offers: list[Candidate]
    inside: list[Candidate]
    pool: list[Candidate]


def choice(session: Session, actor: Actor, group: Group) -> Choice:
    """Three queries; the caller has asked for MANAGE."""
    known = session.execute(
        select(
            GroupFacilitator.id,
            GroupFacilitator.persona_id,
            GroupFacilitator.state,
            GroupFacilitator.words,
            *PERSON,
        )
        .join(Persona, Persona.id == GroupFacilitator.persona_id)
        .where(GroupFacilitator.group_id == group.id, GroupFacilitator.gathering_id.is_(None))
        .where(GroupFacilitator.state != FacilitatorState.ENDED)
        .order_by(Persona.sort_key, Persona.handle)
    ).all()
    taken = {row.persona_id for row in known}
    by_state: dict[str, list[Candidate]] = {}
    for row in known:
        by_state.setdefault(row.state, []).append(
            Candidate(person(row, actor), words=row.words, facilitator_id=row.id)
        )
    inside = session.execute(
        select(*PERSON)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == group.circle_id)
        .where(CircleMembership.standing.in_(IN_IT), Persona.id.not_in(taken))
        .order_by(Persona.sort_key, Persona.handle)
        .limit(MOST_PEOPLE)
    )
    return Choice(
        facilitates=by_state.get(FacilitatorState.ACCEPTED, []),
        asked=by_state.get(FacilitatorState.ASKED, []),
        offers=by_state.get(FacilitatorState.OFFERED, []),
        inside=[Candidate(person(row, actor)) for row in inside],
        pool=pool(session, actor, group.kind, but=taken),
    )


def pool(
    session: Session, actor: Actor, kind: str = "", but: set[int] | None = None
) -> list[Candidate]:
    """Trained facilitators, by name; of one kind or of both."""
    query = (
        select(TrainedFacilitator.training, *PERSON)
        .join(Persona, Persona.id == TrainedFacilitator.persona_id)
        .join(Member, Member.id == TrainedFacilitator.member_id)
        .where(Member.state == MemberState.ACTIVE)
        .order_by(Persona.sort_key, Persona.handle)
        .limit(MOST_PEOPLE)
    )
    if kind == GroupKind.INTERVISIE:
        query = query.where(TrainedFacilitator.intervisie)
    elif kind == GroupKind.BERAAD:
        query = query.where(TrainedFacilitator.beraad)
    if but:
        query = query.where(Persona.id.not_in(but))
    return [Candidate(person(row, actor), training=row.training) for row in session.execute(query)]


def ready(session: Session, actor: Actor) -> TrainedFacilitator | None:
    """What the actor says of themselves in the pool."""
    if not actor.is_member:
        return None
    return session.get(TrainedFacilitator, actor.member_id)


def agreement(session: Session, actor: Actor, group_id: int) -> GroupAgreement | None:
    """What the actor agreed to, and when."""
    if not actor.is_member:
        return None
    return session.get(GroupAgreement, (group_id, actor.member_id))
