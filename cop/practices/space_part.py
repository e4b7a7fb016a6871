"""The practices of a space, on its page."""

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.platform import clock
from cop.practices import listing, queries
from cop.spaces import parts
from cop.spaces.models import Space

LATEST = 3


def latest(session: Session, actor: Actor, space: Space) -> parts.Part | None:
    """The last few; whoever takes part can begin one."""
    rows, more = listing.published(session, actor, clock.now(), space_id=space.id, most=LATEST)
    may_start = queries.may_start_in(session, actor, space)
    if not rows and not may_start:
        return None
    return parts.Part(
        "practices/_of_space.html",
        {"rows": rows, "more": more is not None, "may_start": may_start},
    )


parts.register("practices", 30, latest)
