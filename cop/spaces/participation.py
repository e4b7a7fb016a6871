"""How an actor stands to a circle, and who else is in it: what pages of spaces and lists show."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import exists, null, select, true, tuple_
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform.errors import NotFound
from cop.spaces.circles import Circle, CircleInvitation, CircleMembership, Standing
from cop.spaces.joining import IN_IT
from cop.spaces.permissions import CIRCLES, CirclePermission
from cop.spaces.words import audience

PAGE = 60

Place: TypeAlias = tuple[str, str]  # where a page of participants begins: sort key and handle


def read_place(text: str | None) -> Place | None:
    """The place as an address holds it, 'anna smit~anna-smit'; None for anything else."""
    key, mark, handle = (text or "").rpartition("~")
    return (key[:200], handle[:80]) if mark and handle else None


def written_place(place: Place) -> str:
    return f"{place[0]}~{place[1]}"


@dataclass(frozen=True, slots=True)
class Participation:
    """What the actor is and may do in a circle; `_participation.html` shows it.

    Attributes:
        as_name, as_handle: under which the actor takes part or asked to, None when not at all.
        readers: who can read what is written here, in words.
        requests_wait: for coordinators: somebody asked to join.
    """

    circle_id: int
    visibility: str
    allows_pseudonyms: bool
    widens_to: str | None
    widens_at: datetime | None
    readers: str
    permissions: frozenset[Any]
    standing: str | None
    as_name: str | None
    as_handle: str | None
    as_pseudonym: bool
    requests_wait: bool

    def may(self, permission: str) -> bool:
        return CirclePermission(permission) in self.permissions

    @property
    def is_in(self) -> bool:
        return self.standing in IN_IT

    @property
    def coordinates(self) -> bool:
        return self.standing == Standing.COORDINATOR


def of(session: Session, actor: Actor, circle_id: int) -> Participation:
    """How the actor stands to the circle; one query.

    Raises:
        NotFound: the actor may not know that it exists.
    """
    mine = (
        select(
            CircleMembership.standing,
            Persona.name,
            Persona.handle,
            Persona.kind,
            CircleMembership.circle_id,
        )
        .join(Persona, Persona.id == CircleMembership.persona_id)
        .where(CircleMembership.member_id == (actor.member_id if actor.is_member else null()))
        .subquery()
    )
    waits = exists().where(
        CircleMembership.circle_id == Circle.id, CircleMembership.standing == Standing.REQUESTED
    )
    row = session.execute(
        select(
            Circle,
            *CIRCLES.columns(actor),
            mine.c.standing,
            mine.c.name.label("as_name"),
            mine.c.handle.label("as_handle"),
            mine.c.kind.label("as_kind"),
            waits.label("waits"),
        )
        .outerjoin(mine, mine.c.circle_id == Circle.id)
        .where(Circle.id == circle_id)
        .where(CIRCLES.clause(actor, CirclePermission.FIND)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    permissions = CIRCLES.from_row(row)
    circle = row.Circle
    return Participation(
        circle_id=circle.id,
        visibility=circle.visibility,
        allows_pseudonyms=circle.allows_pseudonyms,
        widens_to=circle.widens_to,
        widens_at=circle.widens_at,
        readers=audience(circle),
        permissions=permissions,
        standing=row.standing,
        as_name=row.as_name,
        as_handle=row.as_handle,
        as_pseudonym=row.as_kind == "pseudonym",
        requests_wait=bool(row.waits) and CirclePermission.MANAGE in permissions,
    )


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a circle, as the others see them."""

    who: Person
    coordinates: bool
    is_me: bool


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who asked to join, for coordinators."""

    who: Person
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked and has not answered, for coordinators."""

    who: Person
    to_coordinate: bool
    at: datetime


def participants(
    session: Session, actor: Actor, circle_id: int, after: Place | None = None
) -> tuple[list[Participant], Place | None]:
    """Who is in the circle, by the name that is shown; and where the next page begins.

    Of equal names the handle decides, never a number: it would say who was here first, and who
    made a pseudonym when.
    """
    rows = session.execute(
        select(
            Persona.sort_key,
            CircleMembership.standing,
            CircleMembership.member_id,
            *PERSON,
        )
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == circle_id, CircleMembership.standing.in_(IN_IT))
        .where(tuple_(Persona.sort_key, Persona.handle) > after if after else true())
        .order_by(Persona.sort_key, Persona.handle)
        .limit(PAGE + 1)
    ).all()
    shown = rows[:PAGE]
    more = (shown[-1].sort_key, shown[-1].handle) if len(rows) > PAGE else None
    return [
        Participant(
            person(r, actor), r.standing == Standing.COORDINATOR, r.member_id == actor.member_id
        )
        for r in shown
    ], more


def coordinators(
    session: Session, actor: Actor, circle_id: int
) -> list[tuple[int, Person, list[str]]]:
    """Persona id, card and shown role tags of everybody who coordinates it, by name."""
    rows = session.execute(
        select(Persona.id, *PERSON)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == circle_id)
        .where(CircleMembership.standing == Standing.COORDINATOR)
        .order_by(Persona.sort_key, Persona.handle)
    )
    return [(r.id, person(r, actor), r.roles or []) for r in rows]


def requests(session: Session, actor: Actor, circle_id: int) -> list[Request]:
    """Who asked to join, first come first; the caller has asked for MANAGE."""
    rows = session.execute(
        select(CircleMembership.asked, CircleMembership.since, *PERSON)
        .join(Persona, Persona.id == CircleMembership.persona_id)
        .where(CircleMembership.circle_id == circle_id)
        .where(CircleMembership.standing == Standing.REQUESTED)
        .order_by(CircleMembership.since)
        .limit(PAGE)
    )
    return [Request(person(r, actor), r.asked, r.since) for r in rows]


def asked(session: Session, actor: Actor, circle_id: int) -> list[Asked]:
    """Who was asked and has not answered; the caller has asked for MANAGE."""
    rows = session.execute(
        select(CircleInvitation.standing, CircleInvitation.at, *PERSON)
        .join(Persona, Persona.id == CircleInvitation.persona_id)
        .where(CircleInvitation.circle_id == circle_id)
        .order_by(CircleInvitation.at)
        .limit(PAGE)
    )
    return [Asked(person(r, actor), r.standing == Standing.COORDINATOR, r.at) for r in rows]


def is_alone(session: Session, actor: Actor, circle_id: int) -> bool:
    """Nobody but the actor is in the circle."""
    return not session.scalar(
        select(
            exists().where(
                CircleMembership.circle_id == circle_id,
                CircleMembership.standing.in_(IN_IT),
                CircleMembership.member_id != actor.member_id,
            )
        )
    )


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Who is in a circle, for the page of whatever it belongs to (`circles/_members.html`)."""

    participants: list[Participant]
    more: Place | None
    requests: list[Request]
    asked: list[Asked]


def members_page(
    session: Session, actor: Actor, mine: Participation, after: Place | None = None
) -> MembersPage:
    """Who is in it; with requests and open questions for those who coordinate it.

    Raises:
        NotFound: the actor may not see who is in it.
    """
    if not mine.may("see_members"):
        raise NotFound
    manages = mine.may("manage")
    people, more = participants(session, actor, mine.circle_id, after)
    return MembersPage(
        participants=people,
        more=more,
        requests=requests(session, actor, mine.circle_id) if manages else [],
        asked=asked(session, actor, mine.circle_id) if manages else [],
    )
