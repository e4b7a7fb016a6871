"""Who may do what with practices.

A draft is read by those who write it and nobody else; they are among those who may read in its
circle, and write it as long as they do. Once it is published its circle reads it, and every member
among them can say how it went, compare, and name the institution that uses it: no role tag and no
approval [B, D]. Moderators, and coordinators of its space, may take back what they can read, no
more.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import aliased

from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.members.models import Persona
from cop.platform.policy import Policy
from cop.practices.models import (
    Practice,
    PracticeComparison,
    PracticeEditor,
    PracticeExperience,
    PracticeState,
)
from cop.spaces.circles import coordinates, in_circle, readable, under_own_name
from cop.spaces.models import Space


def _is_published() -> ColumnElement[bool]:
    return Practice.state == PracticeState.PUBLISHED


def editing(actor: Actor, *, accepted: bool = True) -> ColumnElement[bool]:
    """The actor writes the practice; or is asked to, and has not answered."""
    if not actor.is_member:
        return false()
    editor, persona = aliased(PracticeEditor), aliased(Persona)
    answered = (
        editor.accepted_at.is_not(None)
        if accepted
        else and_(editor.accepted_at.is_(None), ~blocked_by(actor, editor.asked_by_id))
    )
    mine = exists().where(
        editor.practice_id == Practice.id,
        editor.persona_id == persona.id,
        persona.member_id == actor.member_id,
        persona.gone_at.is_(None),
        answered,
    )
    return and_(mine, readable(actor, Practice.circle_id))


def has_editor() -> ColumnElement[bool]:
    """Somebody looks after it."""
    editor, persona = aliased(PracticeEditor), aliased(Persona)
    return exists().where(
        editor.practice_id == Practice.id,
        editor.accepted_at.is_not(None),
        persona.id == editor.persona_id,
        persona.gone_at.is_(None),
    )


def _asked(actor: Actor) -> ColumnElement[bool]:
    return and_(editing(actor, accepted=False), ~editing(actor))


def _reads(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_published(), readable(actor, Practice.circle_id))


def _member_reads(actor: Actor) -> ColumnElement[bool]:
    return _reads(actor) if actor.is_member else false()


def _edits_draft(actor: Actor) -> ColumnElement[bool]:
    return and_(Practice.state == PracticeState.DRAFT, editing(actor))


def _edits_new_draft(actor: Actor) -> ColumnElement[bool]:
    """What was published once has readers' words beside it: it is taken back, not destroyed."""
    return and_(_edits_draft(actor), Practice.published_at.is_(None))


def _edits_published(actor: Actor) -> ColumnElement[bool]:
    return and_(_is_published(), editing(actor))


def _coordinates(actor: Actor) -> ColumnElement[bool]:
    """Of its space, and once it is published: a draft is its writers' own."""
    space = aliased(Space)
    return and_(
        _reads(actor),
        exists().where(space.id == Practice.space_id, coordinates(actor, space.circle_id)),
    )


def _tends(actor: Actor) -> ColumnElement[bool]:
    """Coordinators of its space, and moderators who read it."""
    mine = _coordinates(actor)
    if not actor.moderates:
        return mine
    # What only a moderator can do would say who is behind a pseudonym.
    return or_(mine, and_(_reads(actor), under_own_name(actor, Practice.circle_id)))


def _may_take_over(actor: Actor) -> ColumnElement[bool]:
    return and_(_member_reads(actor), ~has_editor())


class PracticePermission(StrEnum):
    ANSWER = "answer"  # an invitation to write along
    COMPARE = "compare"
    DELETE = "delete"
    END_WRITING = "end_writing"  # of somebody else
    PUBLISH = "publish"
    READ = "read"
    RESPOND = "respond"  # say how it went, and which institution uses it
    TAKE_BACK = "take_back"
    TAKE_OVER = "take_over"
    WRITE = "write"


PRACTICES: Policy[Actor, Practice] = Policy(
    Practice,
    {
        PracticePermission.ANSWER: (_asked,),
        PracticePermission.COMPARE: (_member_reads,),
        PracticePermission.DELETE: (_edits_new_draft,),
        PracticePermission.END_WRITING: (editing, _coordinates),
        PracticePermission.PUBLISH: (_edits_draft,),
        PracticePermission.READ: (_reads, editing),
        PracticePermission.RESPOND: (_member_reads,),
        PracticePermission.TAKE_BACK: (_edits_published, _tends),
        PracticePermission.TAKE_OVER: (_may_take_over,),
        PracticePermission.WRITE: (editing,),
    },
)


def _mine(actor: Actor, persona_id: Any) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    mine = select(Persona.id).where(Persona.member_id == actor.member_id)
    found: ColumnElement[bool] = persona_id.in_(mine.correlate(None))
    return found


def _under(actor: Actor, practice_id: Any, permission: PracticePermission) -> ColumnElement[bool]:
    found: ColumnElement[bool] = practice_id.in_(
        select(Practice.id).where(PRACTICES.clause(actor, permission)).correlate(None)
    )
    return found


def _for_members(model: Any) -> Any:
    """What members wrote beside a practice is for members, also where visitors read the practice.

    And for the circle that its writer had before them, whatever became of the practice since.
    """

    def rule(actor: Actor) -> ColumnElement[bool]:
        if not actor.is_member:
            return false()
        return and_(
            _under(actor, model.practice_id, PracticePermission.READ),
            or_(readable(actor, model.circle_id), _mine(actor, model.persona_id)),
        )

    return rule


class BesidePermission(StrEnum):
    CHANGE = "change"
    DELETE = "delete"
    READ = "read"


EXPERIENCES: Policy[Actor, PracticeExperience] = Policy(
    PracticeExperience,
    {
        BesidePermission.CHANGE: (
            lambda actor: and_(
                _mine(actor, PracticeExperience.persona_id),
                _under(actor, PracticeExperience.practice_id, PracticePermission.RESPOND),
            ),
        ),
        BesidePermission.DELETE: (
            lambda actor: _mine(actor, PracticeExperience.persona_id),
            lambda actor: and_(
                _for_members(PracticeExperience)(actor),
                PracticeExperience.practice_id.in_(
                    select(Practice.id).where(_tends(actor)).correlate(None)
                ),
            ),
        ),
        BesidePermission.READ: (_for_members(PracticeExperience),),
    },
)

COMPARISONS: Policy[Actor, PracticeComparison] = Policy(
    PracticeComparison,
    {
        BesidePermission.CHANGE: (lambda actor: _mine(actor, PracticeComparison.persona_id),),
        BesidePermission.DELETE: (lambda actor: _mine(actor, PracticeComparison.persona_id),),
        BesidePermission.READ: (
            lambda actor: _mine(actor, PracticeComparison.persona_id),
            lambda actor: and_(
                PracticeComparison.shared_at.is_not(None),
                _for_members(PracticeComparison)(actor),
            ),
        ),
    },
)


class StartPermission(StrEnum):
    START = "start"


def _in_space(actor: Actor) -> ColumnElement[bool]:
    return and_(in_circle(actor, Space.circle_id), Space.archived_at.is_(None))


STARTING: Policy[Actor, Space] = Policy(Space, {StartPermission.START: (_in_space,)})
