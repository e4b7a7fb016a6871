"""Who may find a row of the index: the column 'in search and digest' of 'Who sees what'."""

from functools import cache

from sqlalchemy import ColumnElement, and_, false, or_

from cop.members.actor import Actor, left_open
from cop.platform.search.models import SearchEntry
from cop.platform.search.retrieving import May
from cop.platform.search.searching import Who
from cop.platform.search.sources import Audience
from cop.spaces.circles import in_circle, readable


def finder(actor: Actor) -> ColumnElement[bool]:
    """Asked of the circle as it is now: nothing is found that could not be read."""
    circle: ColumnElement[int] = SearchEntry.circle_id  # type: ignore[assignment]  # may be none
    members = SearchEntry.audience == Audience.MEMBERS if actor.is_member else false()
    return or_(
        SearchEntry.audience == Audience.ALL,
        members,
        and_(SearchEntry.audience == Audience.READERS, readable(actor, circle)),
        and_(SearchEntry.audience == Audience.INSIDE, in_circle(actor, circle)),
    )


@cache
def _may(kind: Actor) -> May:
    """One per kind of actor, with the member left open."""
    return lambda: finder(kind)


def searcher(actor: Actor) -> Who:
    return Who(_may(left_open(actor)), {"me": actor.member_id} if actor.is_member else {}, actor)
