"""Who may read what is attached to posts; `cop.spaces.files` serves it."""

from sqlalchemy import Select, or_, select

from cop.discussions.models import Attachment, Post
from cop.discussions.permissions import POSTS, PostPermission
from cop.members.actor import Actor
from cop.spaces.files import file_gate


@file_gate("discussions")
def readable(actor: Actor) -> Select[int]:
    """The files on posts that stand and that the actor may read.

    What hangs on a post that is folded away is for its author only, like the post.
    """
    return (
        select(Attachment.file_id)
        .join(Post, Post.id == Attachment.post_id)
        .where(
            Post.deleted_at.is_(None),
            POSTS.clause(actor, PostPermission.READ),
            or_(Post.hidden_at.is_(None), POSTS.clause(actor, PostPermission.EDIT)),
        )
    )
