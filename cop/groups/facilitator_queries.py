"""Reading who facilitates a group, who can be asked, and what one agreed to."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupAgreement,
    GroupFacilitator,
    GroupKind,
    TrainedFacilitator,
)
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona
from cop.members.people import PERSON, Person, person
from cop.spaces.circles import CircleMembership
from cop.spaces.joining import IN_IT

MOST_PEOPLE = 60


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
