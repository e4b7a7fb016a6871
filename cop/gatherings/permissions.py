"""Who may do what with gatherings.

Whoever takes part in a space plans in it, and every member plans for the community: no role tag
and no approval [A, B, D]. Organisers manage what they planned as long as they may read it, and
coordinators what is planned in their space. A moderator may cancel what they can read, no more.
What belongs to a group is managed there (see `belonging`).
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false
from sqlalchemy.orm import aliased

from cop.gatherings.models import EVENT_KINDS, Attendance, Coming, Gathering
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.policy import Policy, Predicate, among
from cop.spaces.circles import coordinates, in_circle, readable
from cop.spaces.models import Space


def _reads(actor: Actor) -> ColumnElement[bool]:
    return readable(actor, Gathering.circle_id)


def _member_reads(actor: Actor) -> ColumnElement[bool]:
    return _reads(actor) if actor.is_member else false()


def _answered(actor: Actor, *coming: Coming) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    mine = aliased(Attendance)
    return exists().where(
        mine.gathering_id == Gathering.id,
        mine.member_id == actor.member_id,
        mine.coming.in_(coming),
    )


def _is_signed_up(actor: Actor) -> ColumnElement[bool]:
    return _answered(actor, Coming.ASKED, Coming.GOING, Coming.WAITING)


def _of_group() -> ColumnElement[bool]:
    return ~among(Gathering.kind, EVENT_KINDS)


def _in_group(actor: Actor) -> ColumnElement[bool]:
    """Who is in a group knows the others."""
    return and_(_of_group(), in_circle(actor, Gathering.circle_id))


def _is_going(actor: Actor) -> ColumnElement[bool]:
    return and_(_answered(actor, Coming.GOING), _reads(actor))


def _organises(actor: Actor) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    persona = aliased(Persona)
    return and_(
        exists().where(
            persona.id == Gathering.organiser_id,
            persona.member_id == actor.member_id,
            persona.gone_at.is_(None),
        ),
        _reads(actor),
    )


def _coordinates(actor: Actor) -> ColumnElement[bool]:
    return coordinates(actor, Gathering.circle_id)


def _moderates(actor: Actor) -> ColumnElement[bool]:
    return _reads(actor) if actor.moderates else false()


def organiser_is_gone() -> ColumnElement[bool]:
    """Whoever planned it left the community."""
    persona = aliased(Persona)
    return exists().where(persona.id == Gathering.organiser_id, persona.gone_at.is_not(None))


def _may_take_over(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_signed_up(actor), _reads(actor), organiser_is_gone())


def _in_space(actor: Actor) -> ColumnElement[bool]:
    return and_(in_circle(actor, Space.circle_id), Space.archived_at.is_(None))


def _event(rule: Predicate[Actor]) -> Predicate[Actor]:
    """Only of what no group has."""
    return lambda actor: and_(among(Gathering.kind, EVENT_KINDS), rule(actor))


class GatheringPermission(StrEnum):
    CANCEL = "cancel"
    JOIN_ONLINE = "join_online"  # the address of the video meeting
    MANAGE = "manage"  # change, and write the report
    READ = "read"
    SEE_PEOPLE = "see_people"  # who comes, by name
    SIGN_OFF = "sign_off"
    SIGN_UP = "sign_up"
    TAKE_OVER = "take_over"


GATHERINGS: Policy[Actor, Gathering] = Policy(
    Gathering,
    {
        GatheringPermission.CANCEL: (_event(_organises), _event(_coordinates), _event(_moderates)),
        GatheringPermission.JOIN_ONLINE: (_is_going, _organises, _coordinates),
        GatheringPermission.MANAGE: (_event(_organises), _event(_coordinates)),
        GatheringPermission.READ: (_reads,),
        GatheringPermission.SEE_PEOPLE: (_is_going, _organises, _coordinates, _in_group),
        GatheringPermission.SIGN_OFF: (_is_signed_up,),
        GatheringPermission.SIGN_UP: (_member_reads,),
        GatheringPermission.TAKE_OVER: (_event(_may_take_over),),
    },
)


class PlanningPermission(StrEnum):
    PLAN = "plan"


PLANNING: Policy[Actor, Space] = Policy(Space, {PlanningPermission.PLAN: (_in_space,)})
