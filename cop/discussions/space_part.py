"""The conversations of a space, on its page: its lists, with what is new on them."""

from sqlalchemy.orm import Session

from cop.discussions import browsing
from cop.members.actor import Actor
from cop.platform import clock
from cop.spaces import parts
from cop.spaces.models import Space
from cop.spaces.permissions import SPACES, SpacePermission


def lists(session: Session, actor: Actor, space: Space) -> parts.Part | None:
    """The lists of the space that the actor may find; whoever manages it can add one."""
    found = browsing.lists_of_space(session, actor, space.id, clock.now())
    manages = SpacePermission.MANAGE in SPACES.held(session, actor, space.id)
    if not found and not manages:
        return None
    shown = {"lists": found, "manages": manages and space.archived_at is None}
    ask_url = next((f"{each.url}/nieuw" for each in found if each.may_start), "")
    return parts.Part("discussions/_space_lists.html", shown, ask_url)


parts.register("lists", 20, lists)
