"""What the community shows a visitor on the home page: a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.members.actor import Actor
from cop.platform.markup import reading_minutes
from cop.spaces.circles import Circle, Visibility
from cop.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Item:
    """A discussion in one line."""

    title: str
    url: str
    list_name: str
    at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class SpaceItem:
    name: str
    url: str
    summary: str


def public_spaces(session: Session) -> list[SpaceItem]:
    """A few spaces that visitors may read, the newest first."""
    rows = session.execute(
        select(Space.name, Space.slug, Space.summary)
        .join(Circle, Circle.id == Space.circle_id)
        .where(Circle.visibility == Visibility.PUBLIC, Space.archived_at.is_(None))
        .order_by(Space.created_at.desc(), Space.id.desc())
        .limit(3)
    )
    return [SpaceItem(row.name, f"/proeftuinen/{row.slug}", row.summary) for row in rows]


def public_discussions(session: Session, actor: Actor) -> list[Item]:
    """The most recent discussions that the actor may read, for the first look of a visitor."""
    rows = session.execute(
        select(
            Discussion.id,
            Discussion.title,
            Discussion.words,
            Discussion.last_post_at,
            DiscussionList.name,
        )
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(DISCUSSIONS.clause(actor, DiscussionPermission.READ))
        .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
        .limit(4)
    )
    return [
        Item(title, f"/discussies/{id}", name, at, reading_minutes(words))
        for id, title, words, at, name in rows
    ]
