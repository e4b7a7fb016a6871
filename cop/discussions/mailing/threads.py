"""The thread in which a mail program shows a post: its Message-ID, and those above it (JWZ)."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.discussions.models import Post
from cop.platform.mail import letters
from cop.platform.web import settings

MOST_REFERENCES = 20  # RFC 5322 sets no limit; the first and the latest are what programs need


def message_id(post_id: int) -> str:
    """The same for everybody: threads hang on it."""
    return letters.new_message_id(settings(), f"post-{post_id}")


def references(session: Session, posts: dict[int, Any]) -> dict[int, list[int]]:
    """The ids of the posts above each post in its thread, the opening first, its parent last.

    Args:
        posts: rows by post id, each with discussion_id and in_reply_to_id.
    """
    discussion_ids = {post.discussion_id for post in posts.values()}
    openings = session.execute(
        select(Post.discussion_id, func.min(Post.id))
        .where(Post.discussion_id.in_(discussion_ids), Post.number == 1)
        .group_by(Post.discussion_id)
    )
    roots = {row[0]: row[1] for row in openings}
    parents: dict[int, int] = {}
    asked = {p.in_reply_to_id for p in posts.values() if p.in_reply_to_id is not None}
    asked -= set(roots.values())
    for _step in range(MOST_REFERENCES):  # one query per level of answers to answers
        if not asked:
            break
        rows = session.execute(
            select(Post.id, Post.in_reply_to_id).where(
                Post.id.in_(asked), Post.discussion_id.in_(discussion_ids)
            )
        )
        level = {row.id: row.in_reply_to_id for row in rows}
        parents |= {id: parent for id, parent in level.items() if parent is not None}
        asked = set(parents.values()) - parents.keys() - set(roots.values())
        asked -= {id for id, parent in level.items() if parent is None}
    return {
        post.id: _thread(post, roots.get(post.discussion_id), parents) for post in posts.values()
    }


def _thread(post: Any, root: int | None, parents: dict[int, int]) -> list[int]:
    if post.id == root:
        return []
    above: list[int] = []
    parent = post.in_reply_to_id
    while parent is not None and parent != root and parent not in above:
        above.append(parent)
        parent = parents.get(parent)
    above = above[: MOST_REFERENCES - 1]
    return ([root] if root is not None else []) + above[::-1]
