"""What waits for a member, gathered from the capabilities: a fixed number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    Draft,
    ReadMark,
)
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.discussions.queries import is_new
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.markup import reading_minutes
from cop.spaces.circles import Circle, Visibility, in_circle
from cop.spaces.models import Space

NEW = 8
OWN = 3
LACKING_AFTER = timedelta(days=14)  # a conversation that is still warm needs no reminder
LOOK_BACK = timedelta(days=60)  # what nobody read for two months is no news


@dataclass(frozen=True, slots=True)
class Item:
    """A discussion in one line."""

    title: str
    url: str
    list_name: str
    at: datetime
    minutes: int
    to_do: str  # the address of what one could do with it


@dataclass(frozen=True, slots=True)
class DraftItem:
    title: str
    url: str
    saved_at: datetime


def _items(rows: object, at_new: bool = False, to_do: str = "#antwoord") -> list[Item]:
    return [
        Item(
            row.title,
            f"/discussies/{row.id}{'#nieuw' if at_new else ''}",
            row.list_name,
            row.at,
            reading_minutes(row.words),
            f"/discussies/{row.id}{to_do}",
        )
        for row in rows  # type: ignore[attr-defined]  # rows of the selects below
    ]


_COLUMNS = (
    Discussion.id,
    Discussion.title,
    Discussion.words,
    Discussion.last_post_at.label("at"),
    DiscussionList.name.label("list_name"),
)


def new_for_me(session: Session, actor: Actor, now: datetime) -> list[Item]:
    """What is new on the lists and in the spaces that the actor joined, and in what they follow."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .outerjoin(
            ReadMark,
            and_(ReadMark.discussion_id == Discussion.id, ReadMark.member_id == actor.member_id),
        )
        .outerjoin(
            DiscussionAttention,
            and_(
                DiscussionAttention.discussion_id == Discussion.id,
                DiscussionAttention.member_id == actor.member_id,
            ),
        )
        .where(DISCUSSIONS.clause(actor, DiscussionPermission.READ))
        .where(
            or_(
                in_circle(actor, DiscussionList.circle_id),
                DiscussionAttention.attention == Attention.FOLLOW,
            ),
            or_(
                DiscussionAttention.attention.is_(None),
                DiscussionAttention.attention != Attention.MUTE,
            ),
            is_new(Discussion, ReadMark, Discussion.list_id),
        )
        .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
        .limit(bindparam("most", NEW)),
        {"me": actor.member_id, "since": now - LOOK_BACK},
    )
    return _items(rows, at_new=True)


def lacking_outcome(session: Session, actor: Actor, now: datetime) -> list[Item]:
    """Discussions that the actor started, that fell silent, and whose opbrengst is not written."""
    rows = session.execute(
        select(*_COLUMNS)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Persona, Persona.id == Discussion.author_id)
        .where(
            Persona.member_id == actor.member_id,
            DISCUSSIONS.clause(actor, DiscussionPermission.TEND),
            Discussion.outcome_at.is_(None),
            Discussion.closed_at.is_(None),
            Discussion.announcement.is_(False),
            Discussion.post_count > 2,
            Discussion.last_number > Discussion.imported_number,
            Discussion.last_post_at < now - LACKING_AFTER,
        )
        .order_by(Discussion.last_post_at.desc())
        .limit(OWN)
    )
    return _items(rows, to_do="/opbrengst")


def drafts(session: Session, actor: Actor) -> list[DraftItem]:
    """What the actor was writing; places that they may no longer read are left out."""
    found = session.execute(
        select(Draft.place, Draft.saved_at)
        .where(Draft.member_id == actor.member_id)
        .order_by(Draft.saved_at.desc())
        .limit(OWN)
    ).all()
    ids = [int(row.place.split(":")[1]) for row in found if row.place.startswith("discussion:")]
    titles = {
        row.id: row.title
        for row in session.execute(
            select(Discussion.id, Discussion.title).where(
                Discussion.id.in_(ids), DISCUSSIONS.clause(actor, DiscussionPermission.READ)
            )
        )
    }
    return [
        DraftItem(titles[place], f"/discussies/{place}#antwoord", row.saved_at)
        for row in found
        if row.place.startswith("discussion:") and (place := int(row.place.split(":")[1])) in titles
    ]


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
        select(*_COLUMNS)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(DISCUSSIONS.clause(actor, DiscussionPermission.READ))
        .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
        .limit(4)
    )
    return _items(rows)
