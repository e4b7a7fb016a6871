"""Reading groups: the list, and the page of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, null, select, tuple_
from sqlalchemy.orm import Session, aliased

from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.groups.holding import participants
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupFacilitator,
    GroupKind,
)
from cop.groups.permissions import (
    GROUPS,
    GroupPermission,
    agreed,
    has_facilitator,
)
from cop.groups.words import KIND_LABELS, rhythm
from cop.members.actor import Actor
from cop.members.models import Organisation, Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.spaces.circles import CircleMembership, Standing, in_circle
from cop.spaces.joining import IN_IT

PAGE = 30

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
        .where(GROUPS.clause(actor, GroupPermission.FIND)),
        actor.parameters,
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
    may = GROUPS.from_row(row)
    return GroupPage(
        group=group,
        may=may,
        kind=str(KIND_LABELS[GroupKind(group.kind)]),
        rhythm=rhythm(group.every_weeks),
        organisation=row.organisation,
        there=row.there,
        agreed=bool(row.agreed),
        facilitated=bool(leads),
        facilitators=[person(r, actor) for r in leads],
        facilitates=FacilitatorState.ACCEPTED in mine,
        offered=FacilitatorState.OFFERED in mine,
        asked=(asked.by_name or "", asked.words)
        if asked is not None and GroupPermission.ANSWER in may
        else None,
    )
