"""The posts of one page of a discussion: a window of thirty numbers.

As in `queries`, columns rather than objects are selected and the statements are built once.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    bindparam,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from cop.discussions.models import (
    Attachment,
    Bookmark,
    DiscussionTheme,
    Post,
    Reaction,
)
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.people import PERSON
from cop.platform.db import named, rows
from cop.platform.storage import StoredFile

_ID: Any = bindparam("id")

# In this order in every row of `posts`; the author's `PERSON` follows.
_POST_COLUMNS = (
    Post.id,
    Post.number,
    Post.html,
    Post.content_note,
    Post.created_at,
    Post.edited_at,
    Post.deleted_at,
    Post.deleted_by_moderator,
    Post.hidden_at,
    Post.thanks,
    Post.recognised,
    Post.learned,
    Post.in_reply_to_id,
    Post.date_guessed,
    Post.moved_to_id,
    (Persona.member_id == bindparam("me")).label("own"),
)

_posts = (
    select(*_POST_COLUMNS, *PERSON)
    .join(Persona, Persona.id == Post.author_id)
    .where(Post.discussion_id == _ID, Post.number.between(bindparam("first"), bindparam("last")))
    .order_by(Post.number)
)


def posts(
    session: Session, actor: Actor, discussion_id: int, first: int, last: int
) -> Sequence[Any]:
    """Rows of the posts with these numbers; the caller has the discussion from its head."""
    asked = {"id": discussion_id, "first": first, "last": last, "me": actor.member_id}
    return named(rows(session, _posts, asked))


_on_page = select(Post.id).where(
    Post.discussion_id == _ID, Post.number.between(bindparam("first"), bindparam("last"))
)
_own_marks = union_all(
    select(Reaction.post_id, Reaction.kind).where(
        Reaction.member_id == bindparam("me"), Reaction.post_id.in_(_on_page)
    ),
    select(Bookmark.post_id, literal("bookmark")).where(
        Bookmark.member_id == bindparam("me"), Bookmark.post_id.in_(_on_page)
    ),
)


def own_marks(
    session: Session, actor: Actor, discussion_id: int, first: int, last: int
) -> set[tuple[int, str]]:
    """(post id, kind) of the actor's reactions on a page; kind 'bookmark' for what they keep."""
    if not actor.is_member:
        return set()
    marks = rows(
        session,
        _own_marks,
        {"id": discussion_id, "first": first, "last": last, "me": actor.member_id},
    )
    return {(row[0], row[1]) for row in marks}


_files = (
    select(
        Attachment.post_id,
        StoredFile.key,
        StoredFile.name,
        StoredFile.size,
        StoredFile.width,
        StoredFile.height,
    )
    .join(StoredFile, StoredFile.id == Attachment.file_id)
    .where(Attachment.post_id.in_(_on_page))
    .order_by(Attachment.post_id, StoredFile.id)
)


def files(session: Session, discussion_id: int, first: int, last: int) -> dict[int, list[Any]]:
    """What is attached to the posts of a page, by post id."""
    found: dict[int, list[Any]] = {}
    for row in rows(session, _files, {"id": discussion_id, "first": first, "last": last}):
        found.setdefault(row.post_id, []).append(row)
    return found


_themes = (
    select(Theme.slug, Theme.name_nl, Theme.name_en)
    .join(DiscussionTheme, DiscussionTheme.theme_id == Theme.id)
    .where(DiscussionTheme.discussion_id == _ID)
    .order_by(Theme.position, Theme.id)
)


def themes(session: Session, discussion_id: int) -> Sequence[Any]:
    """(slug, name_nl, name_en) of a discussion's themes."""
    return rows(session, _themes, {"id": discussion_id}).all()


def post_to_quote(
    session: Session, actor: Actor, discussion_id: int, post_id: int
) -> tuple[str, str] | None:
    """(the writer's name, the source) of a post of this discussion that still stands, or None.

    The caller has checked that the actor may read the discussion.
    """
    row = session.execute(
        select(Persona.name, Post.source)
        .join(Persona, Persona.id == Post.author_id)
        .where(
            Post.id == post_id,
            Post.discussion_id == discussion_id,
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1]) if row is not None else None
