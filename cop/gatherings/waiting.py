"""Where a member goes, and the dates that they are asked about, on the home page."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import belonging, poll_queries, queries
from cop.gatherings.models import EVENT_KINDS, Coming
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.i18n import format_date, ngettext
from cop.platform.i18n import gettext as _

ANSWERING = 1  # minute


@waits
def in_the_calendar(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Two queries, and one for each kind of gathering that one prepares for."""
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
    rows = queries.my_next(session, actor, now)
    going = [row for row in rows if row.coming == Coming.GOING and not row.cancelled]
    prepare = belonging.to_prepare(session, actor, ((row.id, row.of_kind) for row in going))
    for row in rows:
        yield Wait(
            Part.COMING,
            row.title,
            f"/agenda/{row.id}",
            None,
            row.starts_at,
            due=row.starts_at,
            where=" · ".join(filter(None, (row.where, row.space_name))),
            note=_note(row, prepare.get(row.id)),
            mark=_mark(row),
            leaf=row.leaf,
            struck=row.cancelled,
        )


def _note(row: queries.Row, prepare: str | None) -> str:
    """What and when, and what to do beforehand: of an ordinary event, to read what it is about."""
    said = f"{row.kind}, {row.when}"
    if prepare is None and row.of_kind in EVENT_KINDS and row.minutes:
        prepare = ngettext("%(num)s minute to read", "%(num)s minutes to read", row.minutes)
    return f"{said} · {prepare}" if prepare else said


def _mark(row: queries.Row) -> str:
    if row.cancelled:
        return _("cancelled")
    if row.provisional:
        return _("not certain yet")
    if row.coming == Coming.ASKED:
        return _("do you come?")
    return _("on the waiting list") if row.coming == Coming.WAITING else _("you come")
