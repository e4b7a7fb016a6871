"""The cases of a space, on its page, for those who are in it."""

from sqlalchemy.orm import Session

from cop.cases import queries
from cop.members.actor import Actor
from cop.spaces import parts
from cop.spaces.models import Space

LATEST = 3


def latest(session: Session, actor: Actor, space: Space) -> parts.Part | None:
    """The last few that were shared with everybody in it; nothing for who may not read them."""
    items, more = queries.for_circles(session, actor, circle_id=space.circle_id, most=LATEST)
    if not items:
        return None
    return parts.Part("cases/_of_space.html", {"items": items, "more": more is not None})


parts.register("cases", 40, latest)
