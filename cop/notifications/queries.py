"""Reading notifications."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.notifications.models import Notification
from cop.notifications.operations import Line, lines

PAGE = 40
LOOKED_AT = 100  # of those that wait; not all of them may still be shown


@dataclass(frozen=True, slots=True)
class NotificationsPage:
    """One page, newest first.

    Attributes:
        items: each notification with its line.
        older_than: key of the next page, None when this is the last.
        newest: up to which all can be marked as read, also what says nothing any more.
    """

    items: list[tuple[Notification, Line]]
    older_than: int | None
    newest: int | None


def page(session: Session, actor: Actor, before_id: int | None = None) -> NotificationsPage:
    """The actor's notifications, newest first, by key."""
    wanted = (
        select(Notification)
        .where(Notification.member_id == actor.member_id)
        .order_by(Notification.id.desc())
        .limit(PAGE + 1)
    )
    if before_id is not None:
        wanted = wanted.where(Notification.id < before_id)
    found = list(session.scalars(wanted))
    shown, more = found[:PAGE], len(found) > PAGE
    worded = lines(session, actor, shown)
    return NotificationsPage(
        items=[(n, worded[n.id]) for n in shown if n.id in worded],
        older_than=shown[-1].id if more else None,
        newest=shown[0].id if shown else None,
    )


# Built once: the home page asks it of everybody.
_UNREAD = (
    select(Notification)
    .where(Notification.member_id == bindparam("me"), Notification.read_at.is_(None))
    .order_by(Notification.id.desc())
    .limit(bindparam("most"))
)


def unread(
    session: Session,
    actor: Actor,
    most: int = 5,
    besides: Callable[[Notification, Line], bool] = lambda _notification, _line: False,
) -> list[tuple[Notification, Line]]:
    """The newest of the actor's notifications that were not read yet and may still be shown.

    Args:
        besides: which of them are left out.
    """
    shown: list[tuple[Notification, Line]] = []
    for many in (most, LOOKED_AT):  # the second time only where some of them say nothing any more
        found = list(session.scalars(_UNREAD, {"me": actor.member_id, "most": many}))
        worded = lines(session, actor, found)
        worded_ones = [(n, worded[n.id]) for n in found if n.id in worded]
        shown = [(n, line) for n, line in worded_ones if not besides(n, line)][:most]
        if len(shown) == most or len(found) < many:
            break
    return shown


def get(session: Session, actor: Actor, notification_id: int) -> tuple[Notification, Line] | None:
    """One of the actor's own notifications, if it still leads somewhere."""
    found = session.scalar(
        select(Notification).where(
            Notification.id == notification_id, Notification.member_id == actor.member_id
        )
    )
    if found is None:
        return None
    line = lines(session, actor, [found]).get(found.id)
    return (found, line) if line else None
