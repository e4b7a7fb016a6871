"""What was made of what, both ways: a discussion's opbrengst became a practice.

Features say how their things are named, what they give along and what they can be made into; the
top floor's `harvest` makes one into the other. A link is shown to who may read its other end.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Exists,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    exists,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from cop.members.actor import Actor
from cop.platform.db import Base, UtcDateTime
from cop.platform.errors import NotFound
from cop.platform.i18n import LazyText

MOST = 50  # links of one thing


class Origin(Base):
    """One thing was made of another. Kinds are the registered names."""

    __tablename__ = "origin"
    __table_args__ = (
        UniqueConstraint("from_kind", "from_id", "into_kind", "into_id"),
        Index("ix_origin_into_kind_into_id", "into_kind", "into_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_kind: Mapped[str] = mapped_column(String(20))
    from_id: Mapped[int]
    into_kind: Mapped[str] = mapped_column(String(20))
    into_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Thing:
    """One end of a link, for who may read it. `kind` in the reader's language."""

    kind: str
    title: str
    url: str


# Of these ids those that the actor may read; one query.
Shown: TypeAlias = Callable[[Session, Actor, Sequence[int]], Mapping[int, Thing]]


@dataclass(frozen=True, slots=True)
class Material:
    """What a thing gives along to what is made of it.

    Attributes:
        title, summary: in a few words.
        text: all of it, Markdown.
        space_id: the space in which it stands, if one.
    """

    title: str
    summary: str
    text: str
    theme_ids: Sequence[int] = field(default_factory=tuple)
    space_id: int | None = None


# Raises NotFound for who may not, and while there is nothing to make something of.
Source: TypeAlias = Callable[[Session, Actor, int], Material]


@dataclass(frozen=True, slots=True)
class Target:
    """What something can be made into.

    Attributes:
        label: of the button.
        make: makes it, for the actor alone at first; gives its id and where to go on.
    """

    label: LazyText
    make: Callable[[Session, Actor, Material, datetime], tuple[int, str]]


_shown: dict[str, Shown] = {}
_sources: dict[str, Source] = {}
_targets: dict[str, Target] = {}


def show_as(kind: str, shown: Shown) -> None:
    """Say how things of a kind are named; again under the same name replaces it."""
    _shown[kind] = shown


def gives(kind: str, source: Source) -> None:
    """Things of this kind can be made into others."""
    _sources[kind] = source


def takes(kind: str, target: Target) -> None:
    """Others can be made into things of this kind."""
    _targets[kind] = target


def material(session: Session, actor: Actor, kind: str, id: int) -> Material:
    """
    Raises:
        NotFound: nothing of this kind gives anything, or not to this actor.
    """
    source = _sources.get(kind)
    if source is None or not actor.is_member:
        raise NotFound
    return source(session, actor, id)


def target(kind: str) -> Target:
    """
    Raises:
        NotFound: nothing can be made into this.
    """
    if kind not in _targets:
        raise NotFound
    return _targets[kind]


def remember(
    session: Session, came_from: tuple[str, int], became: tuple[str, int], now: datetime
) -> None:
    """Keep the link; a second time changes nothing."""
    there = session.scalar(
        select(Origin.id).where(
            Origin.from_kind == came_from[0],
            Origin.from_id == came_from[1],
            Origin.into_kind == became[0],
            Origin.into_id == became[1],
        )
    )
    if there is None:
        session.add(
            Origin(
                from_kind=came_from[0],
                from_id=came_from[1],
                into_kind=became[0],
                into_id=became[1],
                at=now,
            )
        )
        session.flush()


@dataclass(frozen=True, slots=True)
class Around:
    """What a thing was made of, what was made of it, and what can be: (label, address)."""

    came_from: list[Thing]
    became: list[Thing]
    ways: list[tuple[str, str]]


def is_linked(kind: str, id: ColumnElement[int] | InstrumentedAttribute[int]) -> Exists:
    """The condition that a thing was made of another, or another of it."""
    link = aliased(Origin)
    return exists().where(
        or_(
            (link.from_kind == kind) & (link.from_id == id),
            (link.into_kind == kind) & (link.into_id == id),
        )
    )


_KIND: Any = bindparam("kind")
_ID: Any = bindparam("id")
_links = (
    select(Origin.from_kind, Origin.from_id, Origin.into_kind, Origin.into_id)
    .where(
        or_(
            (Origin.from_kind == _KIND) & (Origin.from_id == _ID),
            (Origin.into_kind == _KIND) & (Origin.into_id == _ID),
        )
    )
    .order_by(Origin.id)
    .limit(MOST)
)


def around(
    session: Session, actor: Actor, kind: str, id: int, ready: bool = True, linked: bool = True
) -> Around:
    """The links of one thing that the actor may follow: one query, and one for each kind met.

    Args:
        ready: it has something to give; else no ways are offered.
        linked: false when the caller knows from `is_linked` that there are none.
    """
    rows = session.execute(_links, {"kind": kind, "id": id}).all() if linked else []
    return _around(session, actor, kind, [id], {id} if ready else (), rows)[id]


def around_many(
    session: Session, actor: Actor, kind: str, ids: Collection[int], ready: Collection[int]
) -> dict[int, Around]:
    """The same of several things of a kind, in as many queries as for one.

    Args:
        ready: those that have something to give.
    """
    rows = session.execute(
        select(Origin.from_kind, Origin.from_id, Origin.into_kind, Origin.into_id)
        .where(
            or_(
                (Origin.from_kind == kind) & Origin.from_id.in_(ids),
                (Origin.into_kind == kind) & Origin.into_id.in_(ids),
            )
        )
        .order_by(Origin.id)
        .limit(MOST * max(1, len(ids)))
    ).all()
    return _around(session, actor, kind, ids, ready, rows)


def _around(
    session: Session,
    actor: Actor,
    kind: str,
    ids: Collection[int],
    ready: Collection[int],
    rows: Sequence[Any],
) -> dict[int, Around]:
    back: dict[int, list[tuple[str, int]]] = {id: [] for id in ids}
    onward: dict[int, list[tuple[str, int]]] = {id: [] for id in ids}
    ends: dict[str, set[int]] = {}
    for row in rows:
        if row.into_kind == kind and row.into_id in back:
            back[row.into_id].append((row.from_kind, row.from_id))
            ends.setdefault(row.from_kind, set()).add(row.from_id)
        if row.from_kind == kind and row.from_id in onward:
            onward[row.from_id].append((row.into_kind, row.into_id))
            ends.setdefault(row.into_kind, set()).add(row.into_id)
    seen = {
        (name, number): thing
        for name, numbers in ends.items()
        if name in _shown
        for number, thing in _shown[name](session, actor, sorted(numbers)).items()
    }
    offers = actor.is_member and kind in _sources
    return {
        id: Around(
            [seen[key] for key in back[id] if key in seen],
            [seen[key] for key in onward[id] if key in seen],
            [(str(t.label), f"/oogst/{kind}/{id}/{into}") for into, t in _targets.items()]
            if offers and id in ready
            else [],
        )
        for id in ids
    }
