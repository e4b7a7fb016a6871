"""What members did with themes, and what they look for: rooms above say it, the kenniskaart asks.

Of own names only: what a pseudonym wrote is tied to nobody, and one person never counts twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor


@dataclass(frozen=True, slots=True)
class Done:
    """What a member did with a theme.

    Attributes:
        sentence: in the member's language: 'You answered four questions on GHB.'
        weight: the higher, the earlier it is offered.
    """

    theme_id: int
    sentence: str
    weight: int


@dataclass(frozen=True, slots=True)
class Sought:
    """A member looks for somebody who knows of a theme."""

    theme_id: int
    region: str
    member_id: int


Doings: TypeAlias = Callable[[Session, Actor], Iterable[Done]]
Seekers: TypeAlias = Callable[[Session, datetime, int], Iterable[Sought]]

_doings: list[Doings] = []
_seekers: list[Seekers] = []


def did(provider: Doings) -> Doings:
    """Decorator: the function says what a member did, by theme; a fixed number of queries."""
    if provider not in _doings:
        _doings.append(provider)
    return provider


def seeks(provider: Seekers) -> Seekers:
    """Decorator: the function says who asked for what and got no answer, since a moment.

    Of each theme and region a number of members is enough.
    """
    if provider not in _seekers:
        _seekers.append(provider)
    return provider


def few_of_each(asked: Select[*tuple[Any, ...]], most: int) -> Select[*tuple[Any, ...]]:
    """Of these different (theme, region, member) at most so many of each theme and region."""
    each = asked.subquery()
    theme, region, member = each.c
    place = func.row_number().over(partition_by=(theme, region), order_by=member)
    numbered = select(theme, region, member, place.label("place")).subquery()
    return select(*list(numbered.c)[:3]).where(numbered.c.place <= most)


def doings(session: Session, actor: Actor) -> list[Done]:
    """What the member did, what tells most first; one line a theme."""
    best: dict[int, Done] = {}
    for provider in _doings:
        for done in provider(session, actor):
            have = best.get(done.theme_id)
            if have is None or done.weight > have.weight:
                best[done.theme_id] = done
    return sorted(best.values(), key=lambda d: (-d.weight, d.theme_id))


def seekers(session: Session, since: datetime, most: int) -> Iterable[Sought]:
    """Different members, at most so many of each theme and region from each room."""
    for provider in _seekers:
        yield from provider(session, since, most)
