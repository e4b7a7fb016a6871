"""Who may hear that something happened in a discussion: whoever may read it."""

from typing import Any

from sqlalchemy.orm import Session

from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.members.actor import Actor
from cop.platform.errors import NotFound
from cop.platform.live import audience


@audience("discussion")
def may_hear(session: Session, actor: Actor, discussion_id: int) -> bool:
    try:
        found: Any = DISCUSSIONS.get(session, actor, DiscussionPermission.READ, discussion_id)
    except NotFound:
        return False
    return found is not None
