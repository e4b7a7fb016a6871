"""What follows from tending: who hears of it, and what moderators decided is carried out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from cop.discussions import queries, telling, tending_posts
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    Post,
    PostRemoval,
)
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.discussions.tending_events import (
    Announced,
    AnswerMarked,
    DiscussionClosed,
    DiscussionMoved,
    DiscussionSplit,
    PostEdited,
    PostRemoved,
)
from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.moderation import operations as moderation
from cop.moderation.events import ReportDecided
from cop.moderation.models import Decision
from cop.moderation.subjects import subject
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces.circles import reading_members


@on(ReportDecided)
def carry_out(session: Session, event: ReportDecided, now: datetime) -> None:
    """Fold or remove the post that the moderators decided about without knowing which it is."""
    kind, _colon, number = event.subject.partition(":")
    if kind != "post":
        return
    if event.decision == Decision.HIDE:
        tending_posts.hide(session, int(number), now)
    elif event.decision == Decision.REMOVE:
        tending_posts.remove_decided(session, int(number), now)


@on(PostEdited)
def tell_moderation(session: Session, event: PostEdited, now: datetime) -> None:
    """Whoever reported the post hears that it was changed."""
    moderation.subject_changed(session, f"post:{event.post_id}", now)


@on(PostEdited)
def tell_newly_mentioned(session: Session, event: PostEdited, now: datetime) -> None:
    """Whoever was mentioned before is not told again."""
    telling.tell_mentioned(session, event.post_id, now)


@subject("post")
def place_of_post(session: Session, actor: Actor, post_id: int) -> str | None:
    """Where a reporter or an author finds the post."""
    try:
        discussion_id, number = queries.place_of_post(session, actor, post_id)
    except NotFound:
        return None
    return queries.url_of_post(discussion_id, post_id, number)


@on(PostRemoved)
def tell_author_of_removal(session: Session, event: PostRemoved, now: datetime) -> None:
    found = session.get(PostRemoval, event.post_id)
    if found is None:
        return
    notify(
        session,
        member_ids=_member_of(session, Post.id == event.post_id),
        kind="discussions.removed",
        key=f"removed:{event.post_id}",
        subject_id=event.post_id,
        by_id=found.by_id,
        now=now,
    )


@on(AnswerMarked)
def tell_who_answered(session: Session, event: AnswerMarked, now: datetime) -> None:
    """Somebody's message helped: they hear it, while they can read there."""
    discussion, post = (
        session.get(Discussion, event.discussion_id),
        session.get(Post, event.post_id),
    )
    if discussion is None or post is None or discussion.answer_number != post.number:
        return
    notify(
        session,
        member_ids=_reading(
            session, discussion, _member_of(session, Post.id == post.id), event.by_id
        ),
        kind="discussions.marked",
        key=f"marked:{post.id}",
        subject_id=discussion.id,
        by_id=event.by_id,
        now=now,
    )


@on(DiscussionClosed)
def tell_followers(session: Session, event: DiscussionClosed, now: datetime) -> None:
    discussion = session.get(Discussion, event.discussion_id)
    if discussion is None or not event.with_outcome or discussion.outcome_at is None:
        return
    notify(
        session,
        member_ids=_reading(session, discussion, _followers(session, discussion.id), event.by_id),
        kind="discussions.outcome",
        key=f"outcome:{discussion.id}",
        subject_id=discussion.id,
        by_id=event.by_id,
        now=now,
    )


@on(DiscussionMoved)
def tell_of_move(session: Session, event: DiscussionMoved, now: datetime) -> None:
    """Its author and those who follow it, as far as they can read where it went."""
    discussion = session.get(Discussion, event.discussion_id)
    if discussion is None:
        return
    who = {*_followers(session, discussion.id), *_author(session, discussion)}
    notify(
        session,
        member_ids=_reading(session, discussion, who, event.by_id),
        kind="discussions.moved",
        key=f"moved:{discussion.id}:{event.to_list_id}",
        subject_id=discussion.id,
        by_id=event.by_id,
        now=now,
    )


@on(DiscussionSplit)
def tell_of_split(session: Session, event: DiscussionSplit, now: datetime) -> None:
    """Those whose messages went along."""
    discussion = session.get(Discussion, event.new_id)
    if discussion is None:
        return
    writers = _member_of(session, Post.discussion_id == event.new_id)
    notify(
        session,
        member_ids=_reading(session, discussion, writers, event.by_id),
        kind="discussions.split",
        key=f"split:{event.new_id}",
        subject_id=event.new_id,
        by_id=event.by_id,
        now=now,
    )


@on(Announced)
def tell_everybody(session: Session, event: Announced, now: datetime) -> None:
    discussion = session.get(Discussion, event.discussion_id)
    if discussion is None or not discussion.announcement or discussion.deleted_at is not None:
        return
    notify(
        session,
        member_ids=_reading(session, discussion, None, discussion.author_id),
        kind="discussions.announcement",
        key=f"announcement:{discussion.id}",
        subject_id=discussion.id,
        by_id=discussion.author_id,
        now=now,
    )


def _member_of(session: Session, condition: ColumnElement[bool]) -> Sequence[int]:
    """Member ids of the authors of posts."""
    found = session.scalars(
        select(Persona.member_id)
        .join(Post, Post.author_id == Persona.id)
        .where(condition)
        .distinct()
    )
    return [id for id in found if id is not None]


def _author(session: Session, discussion: Discussion) -> Sequence[int]:
    found = session.scalar(select(Persona.member_id).where(Persona.id == discussion.author_id))
    return [] if found is None else [found]


def _followers(session: Session, discussion_id: int) -> Sequence[int]:
    return session.scalars(
        select(DiscussionAttention.member_id).where(
            DiscussionAttention.discussion_id == discussion_id,
            DiscussionAttention.attention == Attention.FOLLOW,
        )
    ).all()


def _reading(
    session: Session, discussion: Discussion, among: Sequence[int] | set[int] | None, by_id: int
) -> list[int]:
    """Those of them who can read the discussion now, without whoever did it.

    Args:
        among: None for all members.
    """
    if discussion.deleted_at is not None:
        return []
    query = (
        select(Member.id)
        .join(DiscussionList, DiscussionList.id == discussion.list_id)
        .where(reading_members(DiscussionList.circle_id))
        .where(
            ~select(Persona.id).where(Persona.id == by_id, Persona.member_id == Member.id).exists()
        )
    )
    if among is not None:
        query = query.where(Member.id.in_(among))
    return list(session.scalars(query))


@sentences(
    "discussions.marked",
    "discussions.outcome",
    "discussions.moved",
    "discussions.split",
    "discussions.announcement",
)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    ids = {n.subject_id for n in notifications}
    rows = session.execute(
        select(Discussion.id, Discussion.title, telling.may_be_mailed(actor))
        .where(Discussion.id.in_(ids))
        .where(DISCUSSIONS.clause(actor, DiscussionPermission.READ))
    )
    found = {row.id: row for row in rows}
    return {
        n.id: Line(
            _sentence(n, found[n.subject_id].title),
            f"/discussies/{n.subject_id}",
            in_mail=found[n.subject_id].in_mail,
        )
        for n in notifications
        if n.subject_id in found
    }


def _sentence(notification: Notification, title: str) -> str:
    name = notification.by.name if notification.by is not None else ""
    match notification.kind:
        case "discussions.marked":
            return _(
                "%(name)s marked your message in “%(title)s” as the answer.", name=name, title=title
            )
        case "discussions.outcome":
            return _("“%(title)s” has an outcome now.", title=title)
        case "discussions.moved":
            return _("%(name)s moved “%(title)s” to another list.", name=name, title=title)
        case "discussions.split":
            return _("Your message is now in a conversation of its own: “%(title)s”.", title=title)
        case _:
            return _("Announcement: “%(title)s”.", title=title)


@sentences("discussions.removed")
def removed_lines(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    ids = {n.subject_id for n in notifications}
    own = set(
        session.scalars(
            select(Post.id)
            .join(Persona, Persona.id == Post.author_id)
            .where(Post.id.in_(ids), Persona.member_id == actor.member_id)
        )
    )
    return {
        n.id: Line(
            _("%(name)s removed a message of yours.", name=n.by.name if n.by else ""),
            f"/berichten/{n.subject_id}/weggehaald",
        )
        for n in notifications
        if n.subject_id in own
    }
