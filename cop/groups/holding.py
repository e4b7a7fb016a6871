"""Groups as holders of circles (see `cop.spaces.holders`) and of kinds of gatherings."""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import ScalarSelect, and_, bindparam, exists, func, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings import belonging
from cop.gatherings.models import Gathering, GatheringKind
from cop.groups import dates, outside
from cop.groups.models import FacilitatorState, Group, GroupDate, GroupFacilitator
from cop.groups.permissions import GROUPS, GroupPermission
from cop.members.actor import Actor
from cop.platform.db import AnySelect, rows
from cop.platform.i18n import gettext as _
from cop.spaces import holders
from cop.spaces.circles import CircleMembership, Visibility
from cop.spaces.joining import IN_IT


def participants() -> ScalarSelect[int]:
    """How many are in a group, those who facilitate not counted; as a column beside `Group`."""
    inside, leads = aliased(CircleMembership), aliased(GroupFacilitator)
    facilitates = (
        exists()
        .where(
            leads.group_id == Group.id,
            leads.persona_id == inside.persona_id,
            leads.state == FacilitatorState.ACCEPTED,
        )
        .correlate_except(leads)  # this group, not any that they facilitate
    )
    return (
        select(func.count())
        .select_from(inside)
        .where(inside.circle_id == Group.circle_id, inside.standing.in_(IN_IT), ~facilitates)
        .correlate(Group)
        .scalar_subquery()
    )


@cache
def _places(kind: Actor) -> AnySelect:
    return (
        select(
            Group.id,
            Group.circle_id,
            Group.name,
            Group.archived_at,
            Group.size,
            participants().label("there"),
        )
        .where(Group.circle_id.in_(bindparam("circles", expanding=True)))
        .where(GROUPS.clause(kind, GroupPermission.FIND))
    )


def places(session: Session, actor: Actor, circle_ids: Collection[int]) -> dict[int, holders.Place]:
    asked = actor.parameters | {"circles": list(circle_ids)}
    return {
        row.circle_id: holders.Place(
            circle_id=row.circle_id,
            name=row.name,
            url=f"/groepen/{row.id}",
            members_url=f"/groepen/{row.id}/leden",
            archived=row.archived_at is not None,
            full=row.size is not None and row.there >= row.size,
        )
        for row in rows(session, _places(actor.left_open), asked)
    }


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """A date that somebody else planned."""
    planned = and_(Gathering.circle_id == circle_id, GroupDate.gathering_id == Gathering.id)
    return holders.any_by_others(session, member_id, (planned, Gathering.organiser_id))


def widest(session: Session, circle_id: int) -> str | None:
    """What is said in a group is for those in it."""
    is_group = session.scalar(select(Group.id).where(Group.circle_id == circle_id))
    return Visibility.CLOSED if is_group is not None else None


def prepare(_session: Session, _actor: Actor, ids: Sequence[int]) -> dict[int, str]:
    return dict.fromkeys(ids, _("think of what you want to bring"))


def page_url(gathering_id: int) -> str:
    return f"/groepen/data/{gathering_id}"


def held_at(gathering_id: int) -> str:
    return f"/sessies/voor/{gathering_id}"


def presence_url(token: str) -> str:
    return f"/groepen/gast/{token}/aanwezig"


holders.register("group", holders.Holder(written_by_others, places, widest=widest))
belonging.register(
    (GatheringKind.INTERVISIE, GatheringKind.BERAAD),
    belonging.Belonging(
        dates.hindrance,
        dates.planned,
        dates.chosen,
        page_url,
        dates.rules,
        presence_url,
        outside.answered,
        held_at=held_at,
        prepare=prepare,
    ),
)
