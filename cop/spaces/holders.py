"""What stands in circles. A capability whose things have circles registers a `Holder`.

The operations on circles (joining, leaving, who coordinates, who may read) know no spaces or
lists: they ask the holders what a circle belongs to, whether others wrote in it, and which other
circles stand within it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.errors import NotFound


@dataclass(frozen=True, slots=True)
class Place:
    """What a circle belongs to, as far as the actor may know of it.

    Attributes:
        name: of the space or list.
        url: its page.
        members_url: the page with who is in it.
        archived: nobody joins any more, and nothing is changed.
        full: nobody is let in until somebody goes; who asks waits for a place.
    """

    circle_id: int
    name: str
    url: str
    members_url: str
    archived: bool = False
    full: bool = False


def _no_places(_session: Session, _actor: Actor, _ids: Collection[int]) -> dict[int, Place]:
    return {}


def _nothing_within(_session: Session, _circle_id: int) -> Collection[int]:
    return ()


@dataclass(frozen=True, slots=True)
class Holder:
    """One kind of thing that has circles, or that is brought to the circle of another (a case).

    Attributes:
        written_by_others: whether anything stands in the circle that somebody other than this
            member wrote or added, or agreed to for this circle. A circle in which others wrote is
            never made wider.
        places: of these circles, the places that the actor may find, by circle id; circles of
            other kinds are left out. None for what is only brought to a circle.
        within: circles of things that stand inside this one; who leaves it leaves them as well.
        widest: the visibility of what this circle's thing stands in, which it never exceeds; None
            when it stands in nothing.
    """

    written_by_others: Callable[[Session, int, int], bool]
    places: Callable[[Session, Actor, Collection[int]], dict[int, Place]] = _no_places
    within: Callable[[Session, int], Collection[int]] = _nothing_within
    widest: Callable[[Session, int], str | None] = lambda _session, _circle_id: None


_holders: dict[str, Holder] = {}


# What is written (a condition that ties it to the circle) and the column with whose it is.
Written: TypeAlias = tuple[
    ColumnElement[bool], InstrumentedAttribute[int] | InstrumentedAttribute[int | None]
]


def any_by_others(session: Session, member_id: int, *texts: Written) -> bool:
    """Whether somebody other than this member is behind any of these; who is gone is another."""
    others = func.coalesce(Persona.member_id, 0) != member_id
    found = (exists().where(stands, Persona.id == by, others) for stands, by in texts)
    return bool(session.scalar(select(or_(*found))))


def register(kind: str, holder: Holder) -> None:
    """Make a kind of thing known ('space'); again under the same name replaces it."""
    _holders[kind] = holder


def places(session: Session, actor: Actor, circle_ids: Collection[int]) -> dict[int, Place]:
    """The places of these circles that the actor may find."""
    found: dict[int, Place] = {}
    if circle_ids:
        for holder in _holders.values():
            found = holder.places(session, actor, circle_ids) | found
    return found


def place(session: Session, actor: Actor, circle_id: int) -> Place:
    """What the circle belongs to.

    Raises:
        NotFound: nothing that this actor may find.
    """
    found = places(session, actor, [circle_id]).get(circle_id)
    if found is None:
        raise NotFound
    return found


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """Whether anything in the circle is by somebody other than this member."""
    return any(h.written_by_others(session, circle_id, member_id) for h in _holders.values())


def within(session: Session, circle_id: int) -> set[int]:
    return {id for holder in _holders.values() for id in holder.within(session, circle_id)}


def widest(session: Session, circle_id: int) -> str | None:
    """The visibility that the circle may not exceed, if there is one."""
    limits = (holder.widest(session, circle_id) for holder in _holders.values())
    return next((limit for limit in limits if limit is not None), None)
