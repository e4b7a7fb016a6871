"""Spaces as holders of circles."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform.db import AnySelect, rows
from cop.spaces import holders
from cop.spaces.models import LogbookEntry, Measure, MeasureValue, Space, SpaceFile
from cop.spaces.permissions import SPACES, SpacePermission


@cache
def _places(kind: Actor) -> AnySelect:
    return (
        select(Space.circle_id, Space.name, Space.slug, Space.archived_at)
        .where(Space.circle_id.in_(bindparam("circles", expanding=True)))
        .where(SPACES.clause(kind, SpacePermission.FIND))
    )


def places(session: Session, actor: Actor, circle_ids: Collection[int]) -> dict[int, holders.Place]:
    asked = actor.parameters | {"circles": list(circle_ids)}
    return {
        row.circle_id: holders.Place(
            circle_id=row.circle_id,
            name=row.name,
            url=f"/proeftuinen/{row.slug}",
            members_url=f"/proeftuinen/{row.slug}/leden",
            archived=row.archived_at is not None,
        )
        for row in rows(session, _places(actor.left_open), asked)
    }


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """What somebody else brought, whether still in it or not: an entry, a file, a measure, a value.

    A measure or value of which nobody knows whose it is counts as another's.
    """
    here = Space.circle_id == circle_id
    measured = and_(here, Measure.space_id == Space.id)
    valued = and_(measured, MeasureValue.measure_id == Measure.id)
    nobodys = session.scalar(
        select(
            or_(
                exists().where(measured, Measure.added_by_id.is_(None)),
                exists().where(valued, MeasureValue.added_by_id.is_(None)),
            )
        )
    )
    return bool(nobodys) or holders.any_by_others(
        session,
        member_id,
        (and_(here, LogbookEntry.space_id == Space.id), LogbookEntry.author_id),
        (and_(here, SpaceFile.space_id == Space.id), SpaceFile.added_by_id),
        (measured, Measure.added_by_id),
        (valued, MeasureValue.added_by_id),
    )


# Nothing stands within a space that is its own: the lists in it are held by the discussions.
holders.register("space", holders.Holder(written_by_others, places))
