"""Who is told of what stands in a space: whoever a logbook entry mentions, as in a post."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, literal, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces import events, mentions
from cop.spaces.circles import reading_members
from cop.spaces.models import LogbookEntry, Space
from cop.spaces.permissions import ENTRIES, PartPermission

MENTION = "spaces.mention"


@on(events.LogbookEntryAdded)
def tell_mentioned(session: Session, event: events.LogbookEntryAdded, now: datetime) -> None:
    _tell_mentioned(session, event.entry_id, now)


@on(events.LogbookEntryChanged)
def tell_newly_mentioned(
    session: Session, event: events.LogbookEntryChanged, now: datetime
) -> None:
    """Whoever was mentioned before is not told again."""
    _tell_mentioned(session, event.entry_id, now)


def _tell_mentioned(session: Session, entry_id: int, now: datetime) -> None:
    row = session.execute(
        select(LogbookEntry.source, LogbookEntry.author_id, Persona.member_id, Space.circle_id)
        .join(Space, Space.id == LogbookEntry.space_id)
        .join(Persona, Persona.id == LogbookEntry.author_id)
        .where(LogbookEntry.id == entry_id)
    ).one_or_none()
    if row is None:
        return
    circle_id = literal(row.circle_id)
    personas = mentions.mentioned(session, row.source, circle_id).values()
    if not personas:
        return
    named = exists().where(Persona.member_id == Member.id, Persona.id.in_(personas))
    told = session.scalars(
        select(Member.id).where(
            reading_members(circle_id), named, Member.id != func.coalesce(row.member_id, 0)
        )
    ).all()
    notify(
        session,
        member_ids=told,
        kind=MENTION,
        key=f"mention:entry:{entry_id}",
        subject_id=entry_id,
        by_id=row.author_id,
        now=now,
    )


@sentences(MENTION)
def word_mentions(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    rows = session.execute(
        select(LogbookEntry.id, LogbookEntry.title, Persona.name, Space.slug)
        .join(Space, Space.id == LogbookEntry.space_id)
        .join(Persona, Persona.id == LogbookEntry.author_id)
        .where(LogbookEntry.id.in_({n.subject_id for n in notifications}))
        .where(ENTRIES.clause(actor, PartPermission.READ))
    )
    entries = {row.id: row for row in rows}
    return {
        n.id: Line(
            _("%(name)s mentioned you in “%(title)s”", name=entry.name, title=entry.title),
            f"/proeftuinen/{entry.slug}/logboek/{entry.id}",
        )
        for n in notifications
        if (entry := entries.get(n.subject_id)) is not None
    }
