"""On which themes a member hears news, and whether they want quiet.

The room in which members choose that says it, as conditions of a statement: whoever brings news
asks them in the one that finds it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, true

Id: TypeAlias = SQLColumnExpression[int]
Moment: TypeAlias = SQLColumnExpression[datetime] | SQLColumnExpression[datetime | None]


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    Attributes:
        tells: given a member and a moment: they wanted no quiet then.
        on_site, by_mail: given a member and a theme: they hear of it there.
    """

    tells: Callable[[Id, Moment], ColumnElement[bool]]
    on_site: Callable[[Id, Id], ColumnElement[bool]]
    by_mail: Callable[[Id, Id], ColumnElement[bool]]


_chosen: list[Chosen] = []


def chosen(room: Chosen) -> None:
    """From now on this is asked."""
    _chosen.append(room)


def tells(member_id: Id, at: Moment) -> ColumnElement[bool]:
    """The member wanted no quiet at that moment."""
    return and_(true(), *(room.tells(member_id, at) for room in _chosen))


def on_site(member_id: Id, theme_id: Id) -> ColumnElement[bool]:
    """The member hears of the theme on the home page."""
    return and_(true(), *(room.on_site(member_id, theme_id) for room in _chosen))


def by_mail(member_id: Id, theme_id: Id) -> ColumnElement[bool]:
    """The member hears of the theme by mail."""
    return and_(true(), *(room.by_mail(member_id, theme_id) for room in _chosen))
