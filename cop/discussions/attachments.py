"""Serving what is attached to posts: to whoever may read the post, and never to be run.

Pictures were decoded and written anew when they came in and are shown; everything else is a
download. The answer is sandboxed all the same.
"""

from flask import send_file
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from cop.discussions.models import Attachment, Post
from cop.discussions.permissions import POSTS, PostPermission
from cop.members.actor import Actor
from cop.platform.errors import NotFound
from cop.platform.storage import StoredFile, storage


def readable(session: Session, actor: Actor, key: str) -> StoredFile:
    """The file with this key, if it hangs on a post that stands and that the actor may read.

    What hangs on a post that is folded away is for its author only, like the post.

    Raises:
        NotFound
    """
    file = session.scalar(
        select(StoredFile)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .join(Post, Post.id == Attachment.post_id)
        .where(
            StoredFile.key == key,
            Post.deleted_at.is_(None),
            POSTS.clause(actor, PostPermission.READ),
            or_(Post.hidden_at.is_(None), POSTS.clause(actor, PostPermission.EDIT)),
        )
        .limit(1)
    )
    if file is None:
        raise NotFound
    return file


def send(file: StoredFile) -> Response:
    """The file's bytes, with headers under which a browser shows a picture or saves a file.

    Raises:
        NotFound: its bytes are gone.
    """
    path = storage().path(file.key)
    if not path.is_file():
        raise NotFound
    response: Response = send_file(
        path,
        mimetype=file.media_type,
        as_attachment=not file.is_picture,
        download_name=file.name,
        conditional=True,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
