"""Who may do what where a date is looked for: as with gatherings, but members only."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from cop.gatherings.poll_models import DatePoll, PollVoter
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.policy import Policy
from cop.spaces.circles import coordinates, in_circle, readable


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


def _is_asked(actor: Actor) -> ColumnElement[bool]:
    mine = aliased(PollVoter)
    voted = exists().where(mine.poll_id == DatePoll.id, mine.member_id == actor.member_id)
    return or_(voted, in_circle(actor, DatePoll.circle_id)) if actor.is_member else false()


def _may_take_over(actor: Actor) -> ColumnElement[bool]:
    """Whoever looked for a date left the community, and none was chosen."""
    persona = aliased(Persona)
    orphaned = exists().where(persona.id == DatePoll.organiser_id, persona.gone_at.is_not(None))
    return and_(DatePoll.gathering_id.is_(None), orphaned, _is_asked(actor), _reads(actor))


class PollPermission(StrEnum):
    ANSWER = "answer"
    MANAGE = "manage"  # see who can when, remind, close, choose
    READ = "read"
    TAKE_OVER = "take_over"


POLLS: Policy[Actor, DatePoll] = Policy(
    DatePoll,
    {
        PollPermission.ANSWER: (_reads,),
        PollPermission.MANAGE: (_organises, _coordinates),
        PollPermission.READ: (_reads,),
        PollPermission.TAKE_OVER: (_may_take_over,),
    },
)
