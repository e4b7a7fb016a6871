"""Following and muting, and what a member has read."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    DiscussionPreference,
    ListVisit,
    ReadMark,
)
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    DiscussionPermission,
    ListPermission,
)
from cop.discussions.queries import follows_own
from cop.members.actor import Actor
from cop.notifications import operations as notifications
from cop.platform.db import insert_into, insert_unless_there, upsert


def set_attention(
    session: Session, actor: Actor, *, discussion_id: int, attention: Attention | None
) -> None:
    """Follow or mute a discussion; None: neither.

    Raises:
        NotFound: the actor may not read it.
    """
    DISCUSSIONS.get(session, actor, DiscussionPermission.FOLLOW, discussion_id)
    if attention is None:
        session.execute(
            delete(DiscussionAttention).where(
                DiscussionAttention.discussion_id == discussion_id,
                DiscussionAttention.member_id == actor.member_id,
            )
        )
        return
    upsert(
        session,
        DiscussionAttention,
        {"member_id": actor.member_id, "discussion_id": discussion_id},
        {"attention": attention},
    )


def set_follows_own(session: Session, actor: Actor, follows: bool) -> None:
    """Whether the actor follows by themselves what they start or answer."""
    upsert(session, DiscussionPreference, {"member_id": actor.member_id}, {"follows_own": follows})


def follow_own(session: Session, actor: Actor, discussion_id: int) -> None:
    """Whoever starts or answers follows, unless they muted it or chose otherwise."""
    if follows_own(session, actor):
        insert_unless_there(
            session,
            DiscussionAttention,
            member_id=actor.member_id,
            discussion_id=discussion_id,
            attention=Attention.FOLLOW,
        )


# --- what was read


def read_upto(session: Session, actor: Actor, discussion_id: int, number: int) -> None:
    """The actor has seen the discussion up to this number; never moves back."""
    session.execute(
        insert_into(session, ReadMark)
        .values(member_id=actor.member_id, discussion_id=discussion_id, number=number)
        .on_conflict_do_update(
            index_elements=["member_id", "discussion_id"],
            set_={"number": number},
            where=ReadMark.number < number,
        )
    )


def note_read(
    session: Session,
    actor: Actor,
    *,
    discussion_id: int,
    number: int,
    post_ids: Sequence[int],
    now: datetime,
) -> None:
    """What a page showed is read, and what the site told about it is no longer news."""
    read_upto(session, actor, discussion_id, number)
    notifications.mark_subject_read(
        session, actor, ("discussions.answers", "discussions.own"), [discussion_id], now
    )
    notifications.mark_subject_read(session, actor, ("discussions.mention",), post_ids, now)


def mark_all_read(
    session: Session, actor: Actor, *, now: datetime, list_id: int | None = None
) -> None:
    """Everything on one list, or everywhere, counts as read.

    Raises:
        NotFound: the actor may not read the list.
    """
    if list_id is not None:
        LISTS.get(session, actor, ListPermission.READ, list_id)
        lists = select(DiscussionList.id).where(DiscussionList.id == list_id)
    else:
        lists = select(DiscussionList.id).where(LISTS.clause(actor, ListPermission.READ))
    ids = list(session.scalars(lists))
    latest = (
        select(Discussion.last_number)
        .where(Discussion.id == ReadMark.discussion_id)
        .scalar_subquery()
    )
    session.execute(
        update(ReadMark)
        .where(
            ReadMark.member_id == actor.member_id,
            ReadMark.number < latest,
            ReadMark.discussion_id.in_(select(Discussion.id).where(Discussion.list_id.in_(ids))),
        )
        .values(number=latest)
        .execution_options(synchronize_session=False)
    )
    if ids:
        wish = insert_into(session, ListVisit).values(
            [{"member_id": actor.member_id, "list_id": id, "read_before": now} for id in ids]
        )
        session.execute(
            wish.on_conflict_do_update(
                index_elements=["member_id", "list_id"],
                set_={"read_before": wish.excluded.read_before},
            )
        )
