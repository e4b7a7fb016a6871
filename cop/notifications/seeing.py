"""What a page showed rings no more, for pages that only read."""

from collections.abc import Sequence

from sqlalchemy import select

from cop.members.current import actor
from cop.notifications.models import Notification
from cop.notifications.operations import mark_subject_read
from cop.platform import clock
from cop.platform.db import db, unit_of_work


def note_seen(kinds: Sequence[str], *subject_ids: int, key: str | None = None) -> None:
    """The actor of this request has just seen these subjects, whatever way they came to them.

    A page of which they were told nothing costs one query and never waits for a writer.

    Args:
        key: of the one notice that the page answers, where a subject has several of a kind.
    """
    if not actor().is_member or not subject_ids:
        return
    unread = select(Notification.id).where(
        Notification.member_id == actor().member_id,
        Notification.read_at.is_(None),
        Notification.kind.in_(kinds),
        Notification.subject_id.in_(subject_ids),
    )
    if key is not None:
        unread = unread.where(Notification.key == key)
    if db.session().scalar(unread.limit(1)) is not None:
        with unit_of_work() as session:
            mark_subject_read(session, actor(), kinds, subject_ids, clock.now(), key)
