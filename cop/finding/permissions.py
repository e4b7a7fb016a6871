"""Who may find a row of the index: the column 'in search and digest' of 'Who sees what'."""

from functools import cache

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from cop.members.actor import VISITOR, Actor
from cop.platform.policy import among
from cop.platform.search.models import SearchEntry
from cop.platform.search.retrieving import May
from cop.platform.search.searching import Who
from cop.platform.search.sources import Audience
from cop.spaces.circles import Circle, Visibility, in_circle, readable


def finder(actor: Actor) -> ColumnElement[bool]:
    """Asked of the circle as it is now: nothing is found that could not be read."""
    circle: ColumnElement[int] = SearchEntry.circle_id  # type: ignore[assignment]  # may be none
    members = SearchEntry.audience == Audience.MEMBERS if actor.is_member else false()
    # Members look among more, and ask the circle once for both.
    readers = (Audience.READERS, Audience.READING) if actor.is_member else (Audience.READERS,)
    return or_(
        SearchEntry.audience == Audience.ALL,
        members,
        and_(among(SearchEntry.audience, readers), readable(actor, circle)),
        and_(SearchEntry.audience == Audience.INSIDE, in_circle(actor, circle)),
    )


@cache
def _may(kind: Actor) -> May:
    """One per kind of actor, with the member left open."""
    return lambda: finder(kind)


@cache
def _may_by_mail(kind: Actor) -> May:
    circle = aliased(Circle)
    private = exists().where(
        circle.id == SearchEntry.circle_id, circle.visibility == Visibility.PRIVATE
    )
    return lambda: and_(finder(kind), ~private)


def mailed(actor: Actor) -> Who:
    """Only what may stand in a mail: nothing of a private circle, and no case."""
    return Who(_may_by_mail(actor.left_open), {"me": actor.member_id}, VISITOR)


def searcher(actor: Actor) -> Who:
    return Who(_may(actor.left_open), {"me": actor.member_id} if actor.is_member else {}, actor)
