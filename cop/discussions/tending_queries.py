"""What the pages of tending read: history, what lacks an opbrengst, what was kept, what is new."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select, tuple_
from sqlalchemy.orm import Session

from cop.discussions.browsing import QUIET_AFTER, lacks_outcome
from cop.discussions.models import (
    Attachment,
    Bookmark,
    Discussion,
    DiscussionList,
    Post,
    PostRemoval,
    PostRevision,
)
from cop.discussions.permissions import (
    DISCUSSIONS,
    POSTS,
    DiscussionPermission,
    PostPermission,
)
from cop.discussions.tending_closing import ANNOUNCED_FOR
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import markup
from cop.platform.db import rows
from cop.platform.errors import NotFound
from cop.platform.storage import StoredFile
from cop.spaces import circles

PER_PAGE = 30
MOST_REVISIONS = 100
MOST_TO_CHOOSE = 60

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page goes on: a moment and an id, '1795262400000000-12' in an address."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def read(cls, text: str | None) -> "Key | None":
        """None for anything that is not a key."""
        found = re.fullmatch(r"([0-9]{1,17})-([0-9]{1,15})", text or "", re.ASCII)
        if found is None:
            return None
        return cls(_EPOCH + timedelta(microseconds=int(found[1])), int(found[2]))


@dataclass(frozen=True, slots=True)
class Version:
    """What a post said until a moment; `html` is empty where the author left it out."""

    html: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    post: Post
    title: str
    author: Person
    versions: list[Version]  # newest first; the first is how it stands


def history(session: Session, actor: Actor, post_id: int) -> History:
    """What a post said before, for whoever may read it.

    Raises:
        NotFound: also when it was removed, or is folded away and not the actor's own.
    """
    post = POSTS.get(session, actor, PostPermission.READ, post_id)
    own = PostPermission.EDIT in POSTS.held(session, actor, post_id)
    if post.deleted_at is not None or (post.hidden_at is not None and not own):
        raise NotFound
    row = session.execute(
        select(Discussion.title, *PERSON)
        .join(Post, Post.discussion_id == Discussion.id)
        .join(Persona, Persona.id == Post.author_id)
        .where(Post.id == post_id)
    ).one()
    revisions = session.scalars(
        select(PostRevision)
        .where(PostRevision.post_id == post_id)
        .order_by(PostRevision.id.desc())
        .limit(MOST_REVISIONS)
    )
    versions = [Version(post.html, None), *(Version(r.html, r.at) for r in revisions)]
    return History(post, row.title, person(row, actor), versions)


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post in a list to choose from."""

    number: int
    author: Person
    excerpt: str


def from_post_on(session: Session, actor: Actor, post: Post) -> list[PostLine]:
    """The post and those after it that stand, without the opening, to choose from for a split."""
    rows = session.execute(
        select(Post.number, Post.html, Post.hidden_at, *PERSON)
        .join(Persona, Persona.id == Post.author_id)
        .where(Post.discussion_id == post.discussion_id, Post.deleted_at.is_(None))
        .where(Post.number >= max(2, post.number))
        .order_by(Post.number)
        .limit(MOST_TO_CHOOSE)
    )
    return [
        # What is folded away is for its author only.
        PostLine(r.number, person(r, actor), "" if r.hidden_at else markup.opening(r.html, 120))
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A discussion that ended, or fell quiet, without saying what it yielded."""

    id: int
    title: str
    last_post_at: datetime
    post_count: int
    words: int
    closed_at: datetime | None
    list_name: str
    list_short_name: str
    mine: bool  # the reader can write it

    @property
    def minutes(self) -> int:
        return markup.reading_minutes(self.words)


def lacking(
    session: Session,
    actor: Actor,
    now: datetime,
    list_id: int | None = None,
    after: Key | None = None,
) -> tuple[list[Lacking], Key | None]:
    """Discussions that lack their opbrengst, longest quiet first; and where the next page begins.

    Args:
        list_id: of one list that the actor may read; None for all that they take part in, and
            what they started themselves elsewhere.
    """
    query = (
        select(
            Discussion.id,
            Discussion.title,
            Discussion.last_post_at,
            Discussion.post_count,
            Discussion.words,
            Discussion.closed_at,
            DiscussionList.name,
            DiscussionList.short_name,
            DISCUSSIONS.clause(actor, DiscussionPermission.TEND),
        )
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(
            lacks_outcome(now - QUIET_AFTER), DISCUSSIONS.clause(actor, DiscussionPermission.READ)
        )
        .order_by(Discussion.last_post_at, Discussion.id)
        .limit(PER_PAGE + 1)
    )
    if list_id is not None:
        query = query.where(Discussion.list_id == list_id)
    else:
        own = select(Persona.id).where(Persona.member_id == actor.member_id)
        query = query.where(
            or_(circles.in_circle(actor, DiscussionList.circle_id), Discussion.author_id.in_(own))
        )
    if after is not None:
        query = query.where(
            tuple_(Discussion.last_post_at, Discussion.id) > tuple_(after.at, after.id)
        )
    rows = [Lacking(*row) for row in session.execute(query)]
    more = (
        Key(rows[PER_PAGE - 1].last_post_at, rows[PER_PAGE - 1].id)
        if len(rows) > PER_PAGE
        else None
    )
    return rows[:PER_PAGE], more


@dataclass(frozen=True, slots=True)
class Kept:
    """A post that the member kept; seen by nobody else."""

    post_id: int
    at: datetime
    title: str
    list_name: str
    excerpt: str
    content_note: str
    author: Person
    created_at: datetime


def bookmarks(
    session: Session, actor: Actor, before: Key | None = None
) -> tuple[list[Kept], Key | None]:
    """What the actor kept and may still read, last kept first; and where the next page begins."""
    query = (
        select(
            Bookmark.post_id,
            Bookmark.at,
            Discussion.title,
            DiscussionList.name.label("list_name"),
            Post.html,
            Post.content_note,
            Post.created_at,
            *PERSON,
        )
        .join(Post, Post.id == Bookmark.post_id)
        .join(Discussion, Discussion.id == Post.discussion_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Persona, Persona.id == Post.author_id)
        .where(Bookmark.member_id == actor.member_id)
        .where(Post.deleted_at.is_(None), Post.hidden_at.is_(None))
        .where(DISCUSSIONS.clause(actor, DiscussionPermission.READ))
        .order_by(Bookmark.at.desc(), Bookmark.post_id.desc())
        .limit(PER_PAGE + 1)
    )
    if before is not None:
        query = query.where(tuple_(Bookmark.at, Bookmark.post_id) < tuple_(before.at, before.id))
    rows = session.execute(query).all()
    kept = [
        Kept(
            post_id=row.post_id,
            at=row.at,
            title=row.title,
            list_name=row.list_name,
            excerpt="" if row.content_note else markup.opening(row.html, 160),
            content_note=row.content_note,
            author=person(row, actor),
            created_at=row.created_at,
        )
        for row in rows[:PER_PAGE]
    ]
    more = Key(kept[-1].at, kept[-1].post_id) if len(rows) > PER_PAGE else None
    return kept, more


@dataclass(frozen=True, slots=True)
class Announcement:
    """A discussion that all members were told of, and when."""

    id: int
    title: str
    list_name: str
    at: datetime
    minutes: int

    @property
    def url(self) -> str:
        return f"/discussies/{self.id}"


@cache
def _announcements(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Discussion.id,
            Discussion.title,
            Discussion.announced_at,
            Discussion.words,
            DiscussionList.name,
        )
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(Discussion.announced_at > bindparam("since"), Discussion.announcement.is_(True))
        .where(Discussion.closed_at.is_(None))
        .where(DISCUSSIONS.clause(kind, DiscussionPermission.READ))
        .order_by(Discussion.announced_at.desc(), Discussion.id.desc())
        .limit(bindparam("most"))
    )


def current_announcements(
    session: Session, actor: Actor, now: datetime, most: int = 2
) -> list[Announcement]:
    """Announcements that are still news, newest first: open, and made in the last thirty days."""
    asked = {"since": now - ANNOUNCED_FOR, "most": most, "me": actor.member_id}
    return [
        Announcement(id, title, name, announced_at, markup.reading_minutes(words))
        for id, title, announced_at, words, name in rows(
            session, _announcements(actor.left_open), asked
        )
        if announced_at is not None
    ]


def removal(session: Session, actor: Actor, post_id: int) -> tuple[PostRemoval, Person, Post]:
    """Why a coordinator removed the actor's own post.

    Raises:
        NotFound: it is not theirs, or was not removed by somebody else.
    """
    row = session.execute(
        select(PostRemoval, Post)
        .join(Post, Post.id == PostRemoval.post_id)
        .join(Persona, Persona.id == Post.author_id)
        .where(PostRemoval.post_id == post_id, Persona.member_id == actor.member_id)
    ).first()
    if row is None or actor.member_id is None:
        raise NotFound
    return row[0], person(row[0].by, actor), row[1]


def earlier_words(session: Session, post_id: int) -> Sequence[str]:
    """What a post said before each change of which a trace was kept.

    The caller has checked that the actor may read the post.
    """
    kept = select(PostRevision.source).where(PostRevision.post_id == post_id)
    return session.scalars(kept.order_by(PostRevision.id)).all()


def files_of(session: Session, post_id: int) -> Sequence[StoredFile]:
    """What hangs on a post; the caller has checked that the actor may read it."""
    return session.scalars(
        select(StoredFile)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .where(Attachment.post_id == post_id)
        .order_by(StoredFile.id)
    ).all()
