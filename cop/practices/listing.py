"""Lists of practices: what one may read, what one writes, what is new on one's themes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, exists, select, tuple_
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import MemberTheme, Theme
from cop.members.queries import theme_name
from cop.notifications import wishes
from cop.platform import markup
from cop.platform.db import UtcDateTime, rows
from cop.platform.errors import NotFound
from cop.practices import words
from cop.practices.models import (
    Knowledge,
    Practice,
    PracticeKind,
    PracticeState,
    PracticeTheme,
)
from cop.practices.permissions import editing
from cop.practices.publishing import today
from cop.spaces.circles import readable
from cop.spaces.models import Space

PAGE = 20
MINE = 20

Place = tuple[datetime, int]  # where a page of the list begins or ends


@dataclass(frozen=True, slots=True)
class Row:
    """A practice in a list."""

    id: int
    title: str
    summary: str
    kind: str
    is_draft: bool
    minutes: int
    knowledge: list[str]
    themes: list[str]
    space_name: str | None
    review_passed: bool
    at: datetime


_ROW = (
    Practice.id,
    Practice.title,
    Practice.summary,
    Practice.kind,
    Practice.state,
    Practice.words,
    Practice.knowledge,
    Practice.review_on,
    Practice.published_at,
    Practice.changed_at,
    Practice.space_id,
)


def knowledge_labels(kinds: Sequence[str]) -> list[str]:
    """Side by side in one fixed order, whoever wrote them down how: never ranked."""
    return [str(words.KNOWLEDGE[kind]) for kind in Knowledge if kind in kinds]


def review_passed(review_on: date | None, now: datetime) -> bool:
    return review_on is not None and review_on <= today(now)


def published(
    session: Session,
    actor: Actor,
    now: datetime,
    *,
    theme: str = "",
    kind: str = "",
    knowledge: str = "",
    space_id: int | None = None,
    before: Place | None = None,
    most: int = PAGE,
) -> tuple[list[Row], Place | None]:
    """What the actor may read, the newest first, and where the next page begins; two queries."""
    asked = (
        select(*_ROW)
        .where(Practice.state == PracticeState.PUBLISHED)
        .where(readable(actor, Practice.circle_id))
        .order_by(Practice.published_at.desc(), Practice.id.desc())
        .limit(most + 1)
    )
    if theme:
        asked = asked.where(
            exists().where(
                PracticeTheme.practice_id == Practice.id,
                PracticeTheme.theme_id == Theme.id,
                Theme.slug == theme,
            )
        )
    if kind in set(PracticeKind):
        asked = asked.where(Practice.kind == kind)
    if knowledge in set(Knowledge):
        asked = asked.where(cast(Practice.knowledge, Text).contains(f'"{knowledge}"'))
    if space_id is not None:
        asked = asked.where(Practice.space_id == space_id)
    if before is not None:
        asked = asked.where(tuple_(Practice.published_at, Practice.id) < before)
    rows = session.execute(asked).all()
    shown = rows[:most]
    more = (shown[-1].published_at, shown[-1].id) if len(rows) > most else None
    return _rows(session, actor, shown, now), more


def mine(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """What the actor writes, what was changed last first."""
    rows = session.execute(
        select(*_ROW)
        .where(editing(actor))
        .order_by(Practice.changed_at.desc(), Practice.id.desc())
        .limit(MINE)
    ).all()
    return _rows(session, actor, rows, now)


def _rows(session: Session, actor: Actor, rows: Sequence[Any], now: datetime) -> list[Row]:
    ids = [row.id for row in rows]
    themes: defaultdict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(PracticeTheme.practice_id, theme_name())
        .join(Theme, Theme.id == PracticeTheme.theme_id)
        .where(PracticeTheme.practice_id.in_(ids))
        .order_by(Theme.position, Theme.id)
    ):
        themes[row.practice_id].append(row.name)
    # The name of a space stands there only for who may know of it.
    spaces = session.execute(
        select(Space.id, Space.name)
        .where(Space.id.in_({row.space_id for row in rows}))
        .where(readable(actor, Space.circle_id))
    )
    names = {row.id: row.name for row in spaces}
    return [
        Row(
            id=row.id,
            title=row.title,
            summary=row.summary,
            kind=str(words.KINDS[row.kind]),
            is_draft=row.state == PracticeState.DRAFT,
            minutes=markup.reading_minutes(row.words),
            knowledge=knowledge_labels(row.knowledge),
            themes=themes[row.id],
            space_name=names.get(row.space_id),
            review_passed=review_passed(row.review_on, now),
            at=row.published_at or row.changed_at,
        )
        for row in rows
    ]


def on_my_themes(
    session: Session, actor: Actor, since: datetime, now: datetime, most: int
) -> Sequence[Any]:
    """What was published lately on the actor's themes by others, if they want to hear of it."""
    asked = {"me": actor.member_id, "since": since, "now": now}
    return rows(session, _on_my_themes(actor.left_open, most), asked).all()


@cache
def _on_my_themes(kind: Actor, most: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Practice.id, Practice.title, Practice.words, Practice.published_at)
        .where(Practice.state == PracticeState.PUBLISHED)
        .where(Practice.published_at > bindparam("since"))
        .where(readable(kind, Practice.circle_id), ~editing(kind))
        .where(
            exists().where(
                PracticeTheme.practice_id == Practice.id,
                MemberTheme.theme_id == PracticeTheme.theme_id,
                MemberTheme.member_id == kind.member_id,
                wishes.on_site(MemberTheme.member_id, MemberTheme.theme_id),
                wishes.tells(MemberTheme.member_id, bindparam("now", type_=UtcDateTime())),
            )
        )
        .order_by(Practice.published_at.desc(), Practice.id.desc())
        .limit(most)
    )


def space_of_list(session: Session, actor: Actor, slug: str) -> Space:
    """
    Raises:
        NotFound: no such space that the actor may read.
    """
    found = session.scalar(
        select(Space).where(Space.slug == slug, readable(actor, Space.circle_id))
    )
    if found is None:
        raise NotFound
    return found
