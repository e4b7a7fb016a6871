"""Who may do what with circles and spaces: the tables, and the predicates they are made of.

Role tags appear nowhere here: experience experts, clients, carers and volunteers have exactly the
rights of professionals [B, D]. Site roles grant no reading either; a moderator may take away what
they can read, no more.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.policy import Policy
from cop.spaces import circles
from cop.spaces.circles import Circle, CircleColumn, Standing
from cop.spaces.models import LogbookEntry, Measure, Space, SpaceFile

Rule: TypeAlias = Callable[[Actor], ColumnElement[bool]]


def of_circle(
    predicate: Callable[[Actor, CircleColumn], ColumnElement[bool]], column: CircleColumn
) -> Rule:
    """A predicate on circles, asked about the circle that a model's column names."""
    return lambda actor: predicate(actor, column)


# --- predicates on circles that the module `circles` does not have, for lists to use as well ---


def sees_members(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """Members who may read it see who is in it; visitors never do."""
    if not (actor.is_member or actor.is_system):
        return false()
    return circles.readable(actor, circle_id)


def asked_to_join(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    return circles.in_circle(actor, circle_id, (Standing.REQUESTED,))


def may_take_over(actor: Actor, circle_id: CircleColumn) -> ColumnElement[bool]:
    """Whoever is in a circle that nobody coordinates any more; at first, moderators by name."""
    orphaned = and_(circles.in_circle(actor, circle_id), circles.lacks_coordinator(circle_id))
    if actor.moderates:
        fits = or_(circles.was_coordinated(circle_id), circles.under_own_name(actor, circle_id))
        return and_(orphaned, fits)
    return and_(orphaned, circles.was_coordinated(circle_id))


class CirclePermission(StrEnum):
    ANSWER_INVITATION = "answer_invitation"
    FIND = "find"
    JOIN = "join"
    LEAVE = "leave"
    MANAGE = "manage"
    READ = "read"
    REQUEST = "request"
    SEE_MEMBERS = "see_members"
    TAKE_BACK = "take_back"
    TAKE_OVER = "take_over"


CIRCLES: Policy[Actor, Circle] = Policy(
    Circle,
    {
        CirclePermission.ANSWER_INVITATION: (of_circle(circles.invited, Circle.id),),
        CirclePermission.FIND: (of_circle(circles.findable, Circle.id),),
        CirclePermission.JOIN: (of_circle(circles.joinable, Circle.id),),
        CirclePermission.LEAVE: (of_circle(circles.in_circle, Circle.id),),
        CirclePermission.MANAGE: (of_circle(circles.coordinates, Circle.id),),
        CirclePermission.READ: (of_circle(circles.readable, Circle.id),),
        CirclePermission.REQUEST: (of_circle(circles.requestable, Circle.id),),
        CirclePermission.SEE_MEMBERS: (of_circle(sees_members, Circle.id),),
        CirclePermission.TAKE_BACK: (of_circle(asked_to_join, Circle.id),),
        CirclePermission.TAKE_OVER: (of_circle(may_take_over, Circle.id),),
    },
)


# --- spaces ---


def _while_it_runs(rule: Rule) -> Rule:
    """Only until the space is archived: then it stays to be read."""
    return lambda actor: and_(Space.archived_at.is_(None), rule(actor))


def _once_archived(rule: Rule) -> Rule:
    return lambda actor: and_(Space.archived_at.is_not(None), rule(actor))


_finds = of_circle(circles.findable, Space.circle_id)
_reads = of_circle(circles.readable, Space.circle_id)
_in_it = of_circle(circles.in_circle, Space.circle_id)
_coordinates = of_circle(circles.coordinates, Space.circle_id)


class SpacePermission(StrEnum):
    ADD_FILE = "add_file"
    ADD_MEASURE = "add_measure"
    ADD_TO_LOGBOOK = "add_to_logbook"
    ANSWER_INVITATION = "answer_invitation"
    ARCHIVE = "archive"
    EDIT = "edit"
    FIND = "find"
    JOIN = "join"
    LEAVE = "leave"
    MANAGE = "manage"  # who is in it and who may read it
    READ = "read"
    REOPEN = "reopen"
    REQUEST = "request"
    SEE_MEMBERS = "see_members"
    TAKE_BACK = "take_back"
    TAKE_OVER = "take_over"


SPACES: Policy[Actor, Space] = Policy(
    Space,
    {
        SpacePermission.ADD_FILE: (_while_it_runs(_in_it),),
        SpacePermission.ADD_MEASURE: (_while_it_runs(_in_it),),
        SpacePermission.ADD_TO_LOGBOOK: (_while_it_runs(_in_it),),
        SpacePermission.ANSWER_INVITATION: (
            _while_it_runs(of_circle(circles.invited, Space.circle_id)),
        ),
        SpacePermission.ARCHIVE: (_while_it_runs(_coordinates),),
        SpacePermission.EDIT: (_while_it_runs(_coordinates),),
        SpacePermission.FIND: (_finds,),
        SpacePermission.JOIN: (_while_it_runs(of_circle(circles.joinable, Space.circle_id)),),
        SpacePermission.LEAVE: (_in_it,),
        SpacePermission.MANAGE: (_coordinates,),
        SpacePermission.READ: (_reads,),
        SpacePermission.REOPEN: (_once_archived(_coordinates),),
        SpacePermission.REQUEST: (_while_it_runs(of_circle(circles.requestable, Space.circle_id)),),
        SpacePermission.SEE_MEMBERS: (of_circle(sees_members, Space.circle_id),),
        SpacePermission.TAKE_BACK: (of_circle(asked_to_join, Space.circle_id),),
        SpacePermission.TAKE_OVER: (of_circle(may_take_over, Space.circle_id),),
    },
)


# --- what stands in a space: its permissions follow from those on the space ---


class PartPermission(StrEnum):
    CHANGE = "change"
    DELETE = "delete"
    READ = "read"


def _in_space(space_id: InstrumentedAttribute[int], permission: SpacePermission) -> Rule:
    # Not correlated: a query that has spaces among its own tables must not lend them here.
    return lambda actor: space_id.in_(
        select(Space.id).where(SPACES.clause(actor, permission)).correlate(None)
    )


def _own(persona_id: InstrumentedAttribute[int]) -> Rule:
    def rule(actor: Actor) -> ColumnElement[bool]:
        if not actor.is_member:
            return false()
        mine = select(Persona.id).where(Persona.member_id == actor.member_id)
        return persona_id.in_(mine.correlate(None))

    return rule


def _both(one: Rule, other: Rule) -> Rule:
    return lambda actor: and_(one(actor), other(actor))


def _moderates(space_id: InstrumentedAttribute[int]) -> Rule:
    """A moderator who reads the space, and is not in it under a pseudonym."""

    def rule(actor: Actor) -> ColumnElement[bool]:
        if not actor.moderates:
            return false()
        openly = select(Space.id).where(
            SPACES.clause(actor, SpacePermission.READ),
            circles.under_own_name(actor, Space.circle_id),
        )
        return space_id.in_(openly.correlate(None))

    return rule


ENTRIES: Policy[Actor, LogbookEntry] = Policy(
    LogbookEntry,
    {
        PartPermission.CHANGE: (
            _both(
                _own(LogbookEntry.author_id),
                _in_space(LogbookEntry.space_id, SpacePermission.ADD_TO_LOGBOOK),
            ),
        ),
        PartPermission.DELETE: (
            _own(LogbookEntry.author_id),
            _in_space(LogbookEntry.space_id, SpacePermission.MANAGE),
            _moderates(LogbookEntry.space_id),
        ),
        PartPermission.READ: (_in_space(LogbookEntry.space_id, SpacePermission.READ),),
    },
)

FILES: Policy[Actor, SpaceFile] = Policy(
    SpaceFile,
    {
        PartPermission.DELETE: (
            _own(SpaceFile.added_by_id),
            _in_space(SpaceFile.space_id, SpacePermission.MANAGE),
            _moderates(SpaceFile.space_id),
        ),
        PartPermission.READ: (_in_space(SpaceFile.space_id, SpacePermission.READ),),
    },
)


class MeasurePermission(StrEnum):
    ADD_VALUE = "add_value"
    CHANGE = "change"
    DELETE = "delete"
    READ = "read"


MEASURES: Policy[Actor, Measure] = Policy(
    Measure,
    {
        MeasurePermission.ADD_VALUE: (_in_space(Measure.space_id, SpacePermission.ADD_MEASURE),),
        MeasurePermission.CHANGE: (_in_space(Measure.space_id, SpacePermission.EDIT),),
        MeasurePermission.DELETE: (_in_space(Measure.space_id, SpacePermission.EDIT),),
        MeasurePermission.READ: (_in_space(Measure.space_id, SpacePermission.READ),),
    },
)
