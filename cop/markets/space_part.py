"""The markets of a space, on its page."""

from sqlalchemy.orm import Session

from cop.markets import queries
from cop.members.actor import Actor
from cop.platform import clock
from cop.spaces import parts
from cop.spaces.models import Space

MOST = 3


def coming(session: Session, actor: Actor, space: Space) -> parts.Part | None:
    """The next markets that are for this space."""
    if not actor.is_member:
        return None
    rows, _more = queries.listed(session, actor, clock.now(), space_id=space.id, most=MOST)
    return parts.Part("markets/_of_space.html", {"rows": rows}) if rows else None


parts.register("markets", 16, coming)
