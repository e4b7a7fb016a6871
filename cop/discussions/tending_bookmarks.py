"""Keeping a post for oneself. Nobody else can see who kept what."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.discussions.models import Bookmark
from cop.discussions.permissions import POSTS, PostPermission
from cop.members.actor import Actor
from cop.platform.db import insert_unless_there


def toggle(session: Session, actor: Actor, post_id: int, now: datetime) -> bool:
    """Keep a post, or no longer; True when it is kept now.

    Raises:
        NotFound: the actor may not read it.
    """
    if let_go(session, actor, post_id):
        return False
    POSTS.get(session, actor, PostPermission.BOOKMARK, post_id)
    insert_unless_there(session, Bookmark, member_id=actor.member_id, post_id=post_id, at=now)
    return True


def let_go(session: Session, actor: Actor, post_id: int) -> bool:
    """Stop keeping a post, also one that can no longer be read; True when it was kept."""
    gone = session.execute(
        delete(Bookmark)
        .where(Bookmark.member_id == actor.member_id, Bookmark.post_id == post_id)
        .returning(Bookmark.post_id)
    ).first()
    return gone is not None
