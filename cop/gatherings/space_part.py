"""What is planned in a space, on its page."""

from sqlalchemy.orm import Session

from cop.gatherings import poll_queries, queries
from cop.members.actor import Actor
from cop.platform import clock
from cop.spaces import parts
from cop.spaces.models import Space


def planned(session: Session, actor: Actor, space: Space) -> parts.Part | None:
    """The next gatherings of the space; whoever takes part can plan one."""
    now = clock.now()
    found, more = queries.coming(session, actor, now, space_id=space.id, most=queries.NEXT)
    may_plan = queries.may_plan_in(session, actor, space)
    polls = poll_queries.open_polls(session, actor, now, space_id=space.id)
    if not found and not polls and not may_plan:
        return None
    return parts.Part(
        "gatherings/_space.html",
        {"rows": found, "more": more is not None, "may_plan": may_plan, "polls": polls},
    )


parts.register("gatherings", 15, planned)
