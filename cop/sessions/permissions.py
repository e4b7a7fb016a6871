"""Who may do what with a session: those who take part in it, and nobody else.

Being in the group, and having agreed to its rules, lets one come in while it is prepared or held.
Once it is over, only those who were there reach it. A facilitator from outside comes in by their
own link, to this one session, until it is closed. No site role grants anything, and
neither does organising the group; to all others a session does not exist.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cop.groups import permissions as groups
from cop.groups.models import Group
from cop.members.actor import Actor
from cop.platform.policy import Policy, among
from cop.sessions.models import (
    FollowUp,
    GroupMethod,
    GroupSession,
    SessionEntry,
    SessionParticipant,
    SessionState,
)
from cop.spaces.circles import CircleColumn, CircleMembership, in_circle

Rule: TypeAlias = Callable[[Actor], ColumnElement[bool]]

AHEAD = (SessionState.PREPARED, SessionState.RUNNING)


def facilitates(actor: Actor) -> ColumnElement[bool]:
    """The actor facilitates the group of the session, or its date."""
    group = aliased(Group)
    return exists().where(
        group.circle_id == GroupSession.circle_id,
        groups.facilitates(actor, group.id, GroupSession.gathering_id),
    )


def _in_group(actor: Actor) -> ColumnElement[bool]:
    return in_circle(actor, GroupSession.circle_id)


def _agreed(actor: Actor) -> ColumnElement[bool]:
    """In the group, and agreed to its rules as they are now."""
    group = aliased(Group)
    agreed = exists().where(
        group.circle_id == GroupSession.circle_id, groups.agreed(actor, group.id)
    )
    return and_(_in_group(actor), agreed)


def is_me(actor: Actor, one: Any = SessionParticipant) -> ColumnElement[bool]:
    """The actor is this participant: as a member, or as a guest who facilitates."""
    if actor.is_member:
        mine: ColumnElement[bool] = one.member_id == actor.member_id
        return mine
    if actor.guest_id is not None:
        its_guest: ColumnElement[bool] = one.guest_id == actor.guest_id
        return its_guest
    return false()


def without_screen(one: Any = SessionParticipant) -> ColumnElement[bool]:
    """This participant is there, at the table, without a screen: who leads can type for them."""
    there = and_(one.there_at.is_not(None), one.left_at.is_(None), one.removed_at.is_(None))
    return and_(there, one.seen_at.is_(None), one.leads.is_(False))


def _may_still(actor: Actor) -> ColumnElement[bool]:
    """A member is still in the group; a guest is still the one who facilitates this date."""
    return facilitates(actor) if actor.guest_id is not None else _in_group(actor)


def _among_them(actor: Actor, *more: Callable[..., ColumnElement[bool]]) -> ColumnElement[bool]:
    """The actor takes part, was not shown out, is still in the group, and `more` of the row.

    Still, and under that name: whoever left and is back under another begins anew. Reading on as
    who they were would tie the two names.
    """
    mine = aliased(SessionParticipant)
    takes_part = exists().where(
        mine.session_id == GroupSession.id,
        is_me(actor, mine),
        mine.removed_at.is_(None),
        *(condition(mine) for condition in more),
    )
    if actor.is_member:
        there = aliased(CircleMembership)
        takes_part = takes_part.where(
            there.circle_id == GroupSession.circle_id,
            there.member_id == mine.member_id,
            there.persona_id == mine.persona_id,
        )
    return and_(takes_part, _may_still(actor))


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    return and_(among(GroupSession.state, AHEAD), _among_them(actor))


def _was_there(actor: Actor) -> ColumnElement[bool]:
    if actor.guest_id is not None:
        return false()  # what was said stays with the group: a guest is gone when it is over
    there = _among_them(actor, lambda mine: mine.there_at.is_not(None))
    return and_(GroupSession.state == SessionState.CLOSED, there)


def _leads(actor: Actor) -> ColumnElement[bool]:
    return _among_them(actor, lambda mine: mine.leads)


def _while_in(rule: Rule, *states: SessionState) -> Rule:
    return lambda actor: and_(among(GroupSession.state, states), rule(actor))


def _not_shown_out(actor: Actor) -> ColumnElement[bool]:
    mine = aliased(SessionParticipant)
    shown_out = exists().where(
        mine.session_id == GroupSession.id, is_me(actor, mine), mine.removed_at.is_not(None)
    )
    # A guest agreed to the rules when they said yes.
    comes = facilitates(actor) if actor.guest_id is not None else _agreed(actor)
    return and_(comes, ~shown_out)


class SessionPermission(StrEnum):
    COME_IN = "come_in"
    LEAD = "lead"  # steps, timer, floor, who is there
    LOOK_BACK = "look_back"  # evaluate
    PREPARE = "prepare"  # propose, vote, offer
    READ = "read"
    TAKE_ALONG = "take_along"
    TAKE_PART = "take_part"  # contribute, raise a hand, keep notes


SESSIONS: Policy[Actor, GroupSession] = Policy(
    GroupSession,
    {
        SessionPermission.COME_IN: (_while_in(_not_shown_out, *AHEAD),),
        SessionPermission.LEAD: (_while_in(_leads, *AHEAD),),
        SessionPermission.LOOK_BACK: (_was_there,),
        SessionPermission.PREPARE: (_takes_part,),
        SessionPermission.READ: (_takes_part, _was_there),
        SessionPermission.TAKE_ALONG: (
            _while_in(_among_them, SessionState.RUNNING),
            _was_there,
        ),
        SessionPermission.TAKE_PART: (_while_in(_among_them, SessionState.RUNNING),),
    },
)


def readable_session(actor: Actor, session_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The actor reads the session with this id."""
    return session_id.in_(
        select(GroupSession.id)
        .where(SESSIONS.clause(actor, SessionPermission.READ))
        .correlate(None)
    )


def participant_is_me(actor: Actor, participant_id: CircleColumn) -> ColumnElement[bool]:
    """The actor is this participant."""
    mine = aliased(SessionParticipant)
    return exists().where(mine.id == participant_id, is_me(actor, mine))


def types_for(actor: Actor) -> ColumnElement[bool]:
    """The contribution was typed at the table, and the actor leads, as its author's hand.

    As long as the author has no screen, and not before all see it: until then nobody reads it.
    """
    author = aliased(SessionParticipant)
    led = select(GroupSession.id).where(_while_in(_leads, SessionState.RUNNING)(actor))
    return and_(
        SessionEntry.at_table,
        SessionEntry.shown_at.is_not(None),
        exists().where(author.id == SessionEntry.participant_id, without_screen(author)),
        SessionEntry.session_id.in_(led.correlate(None)),
    )


class EntryPermission(StrEnum):
    CHANGE = "change"  # the author alone, also to strike it; or who types for them
    READ = "read"


def _reads_entry(actor: Actor) -> ColumnElement[bool]:
    opened = or_(
        SessionEntry.shown_at.is_not(None), participant_is_me(actor, SessionEntry.participant_id)
    )
    return and_(readable_session(actor, SessionEntry.session_id), opened)


ENTRIES: Policy[Actor, SessionEntry] = Policy(
    SessionEntry,
    {
        EntryPermission.CHANGE: (
            lambda actor: and_(
                participant_is_me(actor, SessionEntry.participant_id),
                readable_session(actor, SessionEntry.session_id),
                SessionEntry.struck_at.is_(None),
            ),
            lambda actor: and_(types_for(actor), SessionEntry.struck_at.is_(None)),
        ),
        EntryPermission.READ: (_reads_entry,),
    },
)


class FollowUpPermission(StrEnum):
    CHANGE = "change"
    READ = "read"


FOLLOW_UPS: Policy[Actor, FollowUp] = Policy(
    FollowUp,
    {
        FollowUpPermission.CHANGE: (
            lambda actor: and_(
                participant_is_me(actor, FollowUp.participant_id),
                readable_session(actor, FollowUp.session_id),
            ),
        ),
        FollowUpPermission.READ: (lambda actor: readable_session(actor, FollowUp.session_id),),
    },
)


class MethodPermission(StrEnum):
    EDIT = "edit"


METHODS: Policy[Actor, GroupMethod] = Policy(
    GroupMethod,
    {
        MethodPermission.EDIT: (
            lambda actor: and_(
                in_circle(actor, GroupMethod.circle_id), GroupMethod.retired_at.is_(None)
            ),
        ),
    },
)
