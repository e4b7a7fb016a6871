"""Who may do what with groups and their dates.

Whoever is in a group reads it; taking part in what it does asks that one agreed to its rules as
they are now. Nothing comes from a site role: administrators and moderators find and read no more
than other members.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupAgreement,
    GroupDate,
    GroupFacilitator,
    GroupKind,
    TrainedFacilitator,
)
from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.platform.policy import Policy, Predicate
from cop.spaces.circles import CircleColumn, coordinates, findable, in_circle

# --- predicates that take columns, so that rooms above can ask about their own rows ---


def agreed(actor: Actor, group_id: CircleColumn) -> ColumnElement[bool]:
    """The actor agreed to the rules of the group as they are now."""
    if not actor.is_member:
        return false()
    agreement, group = aliased(GroupAgreement), aliased(Group)
    return exists().where(
        group.id == group_id,
        agreement.group_id == group.id,
        agreement.member_id == actor.member_id,
        agreement.version == group.rules_version,
    )


def in_group(actor: Actor, group_id: CircleColumn) -> ColumnElement[bool]:
    """The actor is in the group; agreed or not."""
    group = aliased(Group)
    return exists().where(group.id == group_id, in_circle(actor, group.circle_id))


def facilitates(
    actor: Actor, group_id: CircleColumn, gathering_id: CircleColumn | None = None
) -> ColumnElement[bool]:
    """The actor facilitates the group and is in it; or, with `gathering_id`, that one date.

    Somebody from outside facilitates the one date that they were asked for.
    """
    if actor.guest_id is not None and gathering_id is not None:
        guest = aliased(GroupFacilitator)
        return (
            exists()
            .where(
                guest.group_id == group_id,
                guest.gathering_id == gathering_id,
                guest.guest_id == actor.guest_id,
                guest.state == FacilitatorState.ACCEPTED,
            )
            .correlate_except(guest)  # the columns may be of a select further out
        )
    if not actor.is_member:
        return false()
    mine = aliased(GroupFacilitator)
    which: ColumnElement[bool] = mine.gathering_id.is_(None)
    if gathering_id is not None:
        which = or_(which, mine.gathering_id == gathering_id)
    return and_(
        exists()
        .where(
            mine.group_id == group_id,
            mine.member_id == actor.member_id,
            mine.state == FacilitatorState.ACCEPTED,
            which,
        )
        .correlate_except(mine),
        in_group(actor, group_id),
    )


def has_facilitator(
    group_id: CircleColumn, gathering_id: CircleColumn | None = None
) -> ColumnElement[bool]:
    """Somebody facilitates the group; or, with `gathering_id`, at least that date."""
    one = aliased(GroupFacilitator)
    which: ColumnElement[bool] = one.gathering_id.is_(None)
    if gathering_id is not None:
        which = or_(which, one.gathering_id == gathering_id)
    there = exists().where(one.group_id == group_id, one.state == FacilitatorState.ACCEPTED, which)
    return there.correlate_except(one)


def _trained_for(actor: Actor, kind: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    mine = aliased(TrainedFacilitator)
    return exists().where(
        mine.member_id == actor.member_id,
        or_(
            and_(kind == GroupKind.INTERVISIE, mine.intervisie),
            and_(kind == GroupKind.BERAAD, mine.beraad),
        ),
    )


# --- groups ---


def _finds(actor: Actor) -> ColumnElement[bool]:
    """Members only: groups are nothing for visitors."""
    if not actor.is_member and not actor.is_system:
        return false()
    return or_(findable(actor, Group.circle_id), _was_asked(actor))


def _was_asked(actor: Actor) -> ColumnElement[bool]:
    """Somebody whom they did not block asked the actor to facilitate, and waits."""
    if not actor.is_member:
        return false()
    mine = aliased(GroupFacilitator)
    return exists().where(
        mine.group_id == Group.id,
        mine.member_id == actor.member_id,
        mine.state == FacilitatorState.ASKED,
        ~blocked_by(actor, mine.by_id),
    )


def _in_it(actor: Actor) -> ColumnElement[bool]:
    return in_circle(actor, Group.circle_id)


def _takes_part(actor: Actor) -> ColumnElement[bool]:
    return and_(_in_it(actor), agreed(actor, Group.id))


def _organises(actor: Actor) -> ColumnElement[bool]:
    return coordinates(actor, Group.circle_id)


def _facilitates(actor: Actor) -> ColumnElement[bool]:
    return facilitates(actor, Group.id)


def _may_offer(actor: Actor) -> ColumnElement[bool]:
    """Whoever is in it, or is trained and can find it; while nobody facilitates."""
    if not actor.is_member:
        return false()
    mine = aliased(GroupFacilitator)
    waits = exists().where(
        mine.group_id == Group.id,
        mine.member_id == actor.member_id,
        mine.state.in_((FacilitatorState.ASKED, FacilitatorState.OFFERED)),
    )
    trained = and_(_trained_for(actor, Group.kind), _finds(actor))
    return and_(~has_facilitator(Group.id), ~waits, or_(_in_it(actor), trained))


def _while_it_runs(rule: Predicate[Actor]) -> Predicate[Actor]:
    return lambda actor: and_(Group.archived_at.is_(None), rule(actor))


class GroupPermission(StrEnum):
    AGREE = "agree"  # to the rules
    ANSWER = "answer"  # to being asked to facilitate
    CANCEL = "cancel"  # its dates, also when it has ended
    FACILITATE = "facilitate"
    FIND = "find"
    LEAVE = "leave"
    MANAGE = "manage"  # what it is, who facilitates
    OFFER = "offer"  # to facilitate
    PLAN = "plan"  # its dates
    READ = "read"
    REOPEN = "reopen"
    TAKE_PART = "take_part"  # in what it does: in it, and agreed


GROUPS: Policy[Actor, Group] = Policy(
    Group,
    {
        GroupPermission.AGREE: (_in_it,),
        GroupPermission.ANSWER: (_while_it_runs(_was_asked),),
        GroupPermission.CANCEL: (_organises, _facilitates),
        GroupPermission.FACILITATE: (_facilitates,),
        GroupPermission.FIND: (_finds,),
        GroupPermission.LEAVE: (_in_it,),
        GroupPermission.MANAGE: (_while_it_runs(_organises),),
        GroupPermission.OFFER: (_while_it_runs(_may_offer),),
        GroupPermission.PLAN: (_while_it_runs(_organises), _while_it_runs(_facilitates)),
        GroupPermission.READ: (_in_it,),
        GroupPermission.REOPEN: (_organises,),
        GroupPermission.TAKE_PART: (_takes_part,),
    },
)


# --- their dates ---


def _of_group(permission: GroupPermission) -> Predicate[Actor]:
    # Not correlated: a query that has groups among its own tables must not lend them here.
    return lambda actor: GroupDate.group_id.in_(
        select(Group.id).where(GROUPS.clause(actor, permission)).correlate(None)
    )


def _facilitates_date(actor: Actor) -> ColumnElement[bool]:
    return facilitates(actor, GroupDate.group_id, GroupDate.gathering_id)


def _is_its_guest(actor: Actor) -> ColumnElement[bool]:
    return _facilitates_date(actor) if actor.guest_id is not None else false()


class DatePermission(StrEnum):
    CANCEL = "cancel"
    FACILITATE = "facilitate"
    PLAN = "plan"  # move, confirm
    READ = "read"
    TAKE_PART = "take_part"


DATES: Policy[Actor, GroupDate] = Policy(
    GroupDate,
    {
        DatePermission.CANCEL: (_of_group(GroupPermission.CANCEL),),
        DatePermission.FACILITATE: (_facilitates_date,),
        DatePermission.PLAN: (_of_group(GroupPermission.PLAN),),
        DatePermission.READ: (_of_group(GroupPermission.READ),),
        DatePermission.TAKE_PART: (_of_group(GroupPermission.TAKE_PART), _is_its_guest),
    },
)
