"""Writing and reading notifications.

A capability registers the sentences of its kinds with `sentences`: given the notifications that a
member is looking at, it says what each one reads and where it leads, asking its own permissions.
One that the member may no longer see gets no line and is not shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from cop.members.actor import Actor
from cop.members.blocks import who_blocked
from cop.notifications.models import Notification
from cop.platform.db import insert_into


@dataclass(frozen=True, slots=True)
class Line:
    """What a notification reads and where it leads.

    Attributes:
        in_mail: it may stand in a mail as well; what is of a private circle may not.
        discussion_id: what it is about can be answered there, by whoever reads it.
    """

    text: str
    url: str
    in_mail: bool = False
    discussion_id: int | None = None


Sentences: TypeAlias = Callable[[Session, Actor, Sequence[Notification]], dict[int, Line]]

_sentences: dict[str, Sentences] = {}


def sentences(*kinds: str) -> Callable[[Sentences], Sentences]:
    """Decorator: the function words notifications of these kinds, all of a page at once."""

    def register(function: Sentences) -> Sentences:
        for kind in kinds:
            _sentences[kind] = function
        return function

    return register


def notify(
    session: Session,
    *,
    member_ids: Sequence[int],
    kind: str,
    key: str,
    subject_id: int,
    now: datetime,
    by_id: int | None = None,
) -> set[int]:
    """Tell each member once; a second call with the same key adds nothing.

    Whoever blocked the one who caused it is not told. Returns who is told, now or before.

    Args:
        kind: says which sentence, 'discussions.mention'.
        key: unique per cause, 'mention:post:12'.
        by_id: the persona who caused it, if one.
    """
    wanted = set(member_ids)
    if by_id is not None and wanted:
        wanted -= who_blocked(session, wanted, by_id)
    if not wanted:
        return wanted
    have = session.scalars(
        select(Notification.member_id).where(
            Notification.key == key, Notification.member_id.in_(wanted)
        )
    )
    missing = sorted(wanted - set(have))
    if missing:
        common = {"kind": kind, "key": key, "subject_id": subject_id, "by_id": by_id, "at": now}
        # Another worker may be telling them at this moment.
        wish = insert_into(session, Notification).on_conflict_do_nothing()
        session.execute(wish, [common | {"member_id": m} for m in missing])
    return wanted


def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """What each notification reads, by its id; those the actor may not see are left out."""
    found: dict[int, Line] = {}
    by_function: dict[Sentences, list[Notification]] = {}
    for notification in notifications:
        function = _sentences.get(notification.kind)
        if function is not None:
            by_function.setdefault(function, []).append(notification)
    for function, group in by_function.items():
        found |= function(session, actor, group)
    return found


def mark_read(session: Session, actor: Actor, now: datetime, upto_id: int | None = None) -> None:
    """Mark the actor's notifications as read, up to one's id or all of them."""
    change = update(Notification).where(
        Notification.member_id == actor.member_id, Notification.read_at.is_(None)
    )
    if upto_id is not None:
        change = change.where(Notification.id <= upto_id)
    session.execute(change.values(read_at=now))


def mark_one_read(session: Session, actor: Actor, notification_id: int, now: datetime) -> None:
    """Mark one of the actor's own notifications as read."""
    session.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.member_id == actor.member_id)
        .values(read_at=now)
    )


def is_told(
    actor: Actor, kinds: Sequence[str], subject_id: ColumnElement[int] | InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """The actor has unread notices of these kinds about a subject: a column of its page's query."""
    return exists().where(
        Notification.member_id == actor.member_id,
        Notification.read_at.is_(None),
        Notification.kind.in_(kinds),
        Notification.subject_id == subject_id,
    )


def mark_subject_read(
    session: Session,
    actor: Actor,
    kinds: Sequence[str],
    subject_ids: Sequence[int],
    now: datetime,
    key: str | None = None,
) -> None:
    """Mark what the actor was told about these subjects as read: they have just seen them.

    Args:
        key: of the one notice meant, where a subject has several of a kind.
    """
    if kinds and subject_ids:
        change = update(Notification).where(
            Notification.member_id == actor.member_id,
            Notification.read_at.is_(None),
            Notification.kind.in_(kinds),
            Notification.subject_id.in_(subject_ids),
        )
        if key is not None:
            change = change.where(Notification.key == key)
        change = change.values(read_at=now)
        session.execute(change.execution_options(synchronize_session=False))


def mark_settled(
    session: Session, kind: str, subject_id: int, members: Select[Any], now: datetime
) -> None:
    """Mark what was asked about a subject as read for all who were asked: nobody has to answer it
    any more, so that it rings for nobody either.

    Args:
        members: the ids of those who can have been asked; all notices are too many to look through.
    """
    session.execute(
        update(Notification)
        .where(
            Notification.member_id.in_(members),
            Notification.read_at.is_(None),
            Notification.kind == kind,
            Notification.subject_id == subject_id,
        )
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )
