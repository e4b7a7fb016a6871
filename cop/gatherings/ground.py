"""What planning a gathering and looking for a date have in common."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from cop.gatherings.models import EVENT_KINDS
from cop.gatherings.permissions import PLANNING, PlanningPermission
from cop.members.actor import Actor
from cop.notifications.operations import notify
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.spaces.circles import Circle, Visibility, persona_in
from cop.spaces.models import Space


def space_to_plan_in(session: Session, actor: Actor, space_id: int | None) -> Space | None:
    """The space, if the actor takes part in it; None for the community, for members.

    Raises:
        NotFound: a visitor, or somebody who does not take part.
    """
    if actor.member_id is None:
        raise NotFound
    if space_id is None:
        return None
    return PLANNING.get(session, actor, PlanningPermission.PLAN, space_id)


def refuse_kind_of_group(kind: str) -> None:
    """
    Raises:
        Refused: it is no kind of ordinary events.
    """
    if kind not in set(EVENT_KINDS):
        raise Refused(_("Choose one of these, please."), "kind")


def refuse_too_long(*texts: tuple[str, str, int]) -> None:
    """
    Args:
        texts: what is written, its field, and the most characters.

    Raises:
        Refused: the first that is too long.
    """
    for value, field, most in texts:
        if len(value) > most:
            raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)


def circle_for_all(session: Session, visibility: str = Visibility.OPEN) -> int:
    """A circle of its own, for the community: nobody joins it, it says who may read."""
    circle = Circle(visibility=visibility)
    session.add(circle)
    session.flush()
    return circle.id


def name_in(session: Session, actor: Actor, circle_id: int) -> int:
    """The persona under which the actor does things in the circle."""
    found: int = session.scalars(select(persona_in(actor, literal(circle_id)))).one()
    return found


def tell(
    session: Session,
    what: str,
    subject_id: int,
    member_ids: Sequence[int],
    now: datetime,
    by_id: int | None = None,
) -> None:
    """Notify members, each once for a cause.

    Args:
        what: 'gatherings.moved:12': the kind of notification, and what tells causes apart.
    """
    notify(
        session,
        member_ids=member_ids,
        kind=what.partition(":")[0],
        key=f"{what}:{subject_id}",
        subject_id=subject_id,
        by_id=by_id,
        now=now,
    )
