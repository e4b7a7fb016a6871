"""Where a member goes, and the dates that they are asked about, on the home page."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import poll_queries, queries
from cop.gatherings.models import Coming
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.i18n import format_date
from cop.platform.i18n import gettext as _

ANSWERING = 1  # minute


@waits
def in_the_calendar(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Two queries."""
    if not actor.is_member:
        return
    for poll in poll_queries.open_polls(session, actor, now, only_unanswered=True):
        yield Wait(
            Part.ASKED,
            poll.title,
            f"/agenda/prikker/{poll.id}",
            ANSWERING,
            poll.closes_at,
            due=poll.closes_at,
            where=poll.space_name or poll.kind,
            note=_("answer until %(day)s", day=format_date(poll.last_day)),
            mark=_("when can you?"),
        )
    for row in queries.my_next(session, actor, now):
        yield Wait(
            Part.COMING,
            row.title,
            f"/agenda/{row.id}",
            None,
            row.starts_at,
            due=row.starts_at,
            where=" · ".join(filter(None, (row.where, row.space_name))),
            note=f"{row.kind}, {row.when}",
            mark=_mark(row),
            leaf=row.leaf,
            struck=row.cancelled,
        )


def _mark(row: queries.Row) -> str:
    if row.cancelled:
        return _("cancelled")
    if row.provisional:
        return _("not certain yet")
    if row.coming == Coming.ASKED:
        return _("do you come?")
    return _("on the waiting list") if row.coming == Coming.WAITING else _("you come")
