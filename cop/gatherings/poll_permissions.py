"""Who may do what where a date is looked for: as with gatherings, but members only."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false
from sqlalchemy.orm import aliased

from cop.gatherings.poll_models import DatePoll
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.policy import Policy
from cop.spaces.circles import coordinates, readable


def _reads(actor: Actor) -> ColumnElement[bool]:
    return readable(actor, DatePoll.circle_id) if actor.is_member else false()


def _organises(actor: Actor) -> ColumnElement[bool]:
    persona = aliased(Persona)
    mine = exists().where(
        persona.id == DatePoll.organiser_id,
        persona.member_id == actor.member_id,
        persona.gone_at.is_(None),
    )
    return and_(mine, _reads(actor)) if actor.is_member else false()


def _coordinates(actor: Actor) -> ColumnElement[bool]:
    return coordinates(actor, DatePoll.circle_id)


class PollPermission(StrEnum):
    ANSWER = "answer"
    MANAGE = "manage"  # see who can when, remind, close, choose
    READ = "read"


POLLS: Policy[Actor, DatePoll] = Policy(
    DatePoll,
    {
        PollPermission.ANSWER: (_reads,),
        PollPermission.MANAGE: (_organises, _coordinates),
        PollPermission.READ: (_reads,),
    },
)
