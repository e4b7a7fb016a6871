"""Who is told on the site what happened in discussions, and what that reads.

Somebody who is mentioned hears so at once. Whoever follows a discussion gets one notification for
all answers until they have read it, and so does the author of a discussion. Muted is silent. Who
may not read the discussion any more when the worker comes to it hears nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select, update
from sqlalchemy.orm import Session

from cop.discussions import queries
from cop.discussions.events import DiscussionStarted, PostAdded
from cop.discussions.mailing.choices import BY_THEMSELVES, by_mail
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionList,
    Post,
    ReadMark,
)
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.outbox import on
from cop.platform.quotations import without_quoted
from cop.spaces import mentions
from cop.spaces.circles import Circle, Visibility, reading_members

MENTION = "discussions.mention"
ANSWERS = "discussions.answers"  # in a discussion that one follows
OWN = "discussions.own"  # in a discussion that one started


@on(DiscussionStarted)
def tell_mentioned_in_opening(session: Session, event: DiscussionStarted, now: datetime) -> None:
    told = tell_mentioned(session, event.post_id, now)
    _settle_read(session, event.post_id, told, [_mention_key(event.post_id)], now)


@on(PostAdded)
def tell_of_answer(session: Session, event: PostAdded, now: datetime) -> None:
    told = tell_mentioned(session, event.post_id, now)
    found = _standing(session, event.post_id)
    if found is None:
        return
    post, discussion, circle_id = found
    writer, starter = _member_of(session, post.author_id), _member_of(session, discussion.author_id)
    key = f"answers:{discussion.id}:{post.number}"
    others = [literal(True), Member.id.not_in([*told, writer or 0])]
    own = []
    if starter is not None:
        own = _listeners(session, discussion.id, circle_id, Member.id == starter, *others)
        _bundle(session, own, OWN, discussion.id, key, post, now)
    following = exists().where(
        DiscussionAttention.member_id == Member.id,
        DiscussionAttention.discussion_id == discussion.id,
        DiscussionAttention.attention == Attention.FOLLOW,
    )
    followers = _listeners(
        session, discussion.id, circle_id, following, Member.id != (starter or 0), *others
    )
    _bundle(session, followers, ANSWERS, discussion.id, key, post, now)
    _settle_read(session, post.id, [*told, *own, *followers], [_mention_key(post.id), key], now)


def _settle_read(
    session: Session, post_id: int, member_ids: Sequence[int], keys: Sequence[str], now: datetime
) -> None:
    """Nothing rings for what was read before this was told: as it came in, on a page that was open.

    Of what was changed meanwhile nobody knows whether they read it as it is now.
    """
    has_read = exists().where(
        ReadMark.member_id == Notification.member_id,
        ReadMark.discussion_id == Post.discussion_id,
        ReadMark.number >= Post.number,
        Post.id == post_id,
        Post.edited_at.is_(None),
    )
    if not member_ids:
        return
    session.execute(
        update(Notification)
        .where(Notification.member_id.in_(member_ids))
        .where(Notification.key.in_(keys), Notification.read_at.is_(None), has_read)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


def _mention_key(post_id: int) -> str:
    return f"mention:post:{post_id}"


def _standing(session: Session, post_id: int) -> tuple[Post, Discussion, int] | None:
    """The post with its discussion and circle, unless it was removed or folded meanwhile."""
    row = session.execute(
        select(Post, Discussion, DiscussionList.circle_id)
        .join(Discussion, Discussion.id == Post.discussion_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(
            Post.id == post_id,
            Post.deleted_at.is_(None),
            Post.hidden_at.is_(None),
            Discussion.deleted_at.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1], row[2]) if row is not None else None


def _member_of(session: Session, persona_id: int) -> int | None:
    return session.scalar(select(Persona.member_id).where(Persona.id == persona_id))


def _listeners(
    session: Session, discussion_id: int, circle_id: int, *conditions: ColumnElement[bool]
) -> list[int]:
    """Member ids of those who may read the circle, did not mute the discussion, and are meant."""
    muted = exists().where(
        DiscussionAttention.member_id == Member.id,
        DiscussionAttention.discussion_id == discussion_id,
        DiscussionAttention.attention == Attention.MUTE,
    )
    return list(
        session.scalars(
            select(Member.id).where(reading_members(literal(circle_id)), ~muted, *conditions)
        )
    )


def tell_mentioned(session: Session, post_id: int, now: datetime) -> list[int]:
    """Tell those whom a post mentions; their member ids."""
    found = _standing(session, post_id)
    if found is None:
        return []
    post, discussion, circle_id = found
    personas = _mentioned(session, post.source, circle_id)
    if not personas:
        return []
    named = exists().where(Persona.member_id == Member.id, Persona.id.in_(personas))
    writer = _member_of(session, post.author_id)
    told = _listeners(session, discussion.id, circle_id, named, Member.id != (writer or 0))
    notify(
        session,
        member_ids=told,
        kind=MENTION,
        key=_mention_key(post.id),
        subject_id=post.id,
        by_id=post.author_id,
        now=now,
    )
    return told


def _mentioned(session: Session, source: str, circle_id: int) -> Collection[int]:
    """Persona ids; who is mentioned in a quotation was told when that was written."""
    own = without_quoted(source)
    return mentions.mentioned(session, own, literal(circle_id)).values()


def _bundle(
    session: Session,
    member_ids: list[int],
    kind: str,
    discussion_id: int,
    key: str,
    post: Post,
    now: datetime,
) -> None:
    """One unread notification per discussion: a further answer adds none."""
    if not member_ids:
        return
    waits = session.scalars(
        select(Notification.member_id).where(
            Notification.member_id.in_(member_ids),
            Notification.kind == kind,
            Notification.subject_id == discussion_id,
            Notification.read_at.is_(None),
        )
    )
    notify(
        session,
        member_ids=sorted(set(member_ids) - set(waits)),
        kind=kind,
        key=key,
        subject_id=discussion_id,
        by_id=post.author_id,
        now=now,
    )


# --- what they read


def may_be_mailed(actor: Actor) -> ColumnElement[bool]:
    """Whether words of a discussion may stand in a mail to the actor, who may read it.

    Those of a public or open list may; those of a closed one only if the actor chose to get that
    list by mail; those of a private one never.
    """
    chose = by_mail(DiscussionList.id, DiscussionList.circle_id, actor.member_id)
    return (
        exists()
        .where(
            DiscussionList.id == Discussion.list_id,
            Circle.id == DiscussionList.circle_id,
            or_(
                Circle.visibility.in_(BY_THEMSELVES),
                and_(Circle.visibility == Visibility.CLOSED, chose),
            ),
        )
        .label("in_mail")
    )


@sentences(MENTION)
def word_mentions(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    rows = session.execute(
        select(
            Post.id,
            Post.discussion_id,
            Post.number,
            Discussion.title,
            Persona.name,
            may_be_mailed(actor),
            DISCUSSIONS.clause(actor, DiscussionPermission.ANSWER).label("may_answer"),
        )
        .join(Discussion, Discussion.id == Post.discussion_id)
        .join(Persona, Persona.id == Post.author_id)
        .where(
            Post.id.in_([n.subject_id for n in notifications]),
            Post.deleted_at.is_(None),
            DISCUSSIONS.clause(actor, DiscussionPermission.READ),
        )
    )
    posts = {row.id: row for row in rows}
    return {
        n.id: Line(
            _("%(name)s mentioned you in “%(title)s”", name=p.name, title=p.title),
            queries.url_of_post(p.discussion_id, p.id, p.number),
            in_mail=p.in_mail,
            discussion_id=p.discussion_id if p.may_answer else None,
        )
        for n in notifications
        if (p := posts.get(n.subject_id)) is not None
    }


@sentences(ANSWERS, OWN)
def word_answers(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    rows = session.execute(
        select(
            Discussion.id,
            Discussion.title,
            Discussion.last_number,
            may_be_mailed(actor),
            DISCUSSIONS.clause(actor, DiscussionPermission.ANSWER).label("may_answer"),
        ).where(
            Discussion.id.in_([n.subject_id for n in notifications]),
            DISCUSSIONS.clause(actor, DiscussionPermission.READ),
        )
    )
    found = {row.id: row for row in rows}
    lines = {}
    for n in notifications:
        discussion = found.get(n.subject_id)
        if discussion is not None:
            lines[n.id] = _answers_line(n, *discussion[1:])
    return lines


def _answers_line(
    n: Notification, title: str, last_number: int, in_mail: bool, may_answer: bool
) -> Line:
    number = int(n.key.rsplit(":", 1)[1])
    count = max(1, last_number - number + 1)
    if n.read_at is not None:
        text = _("New answers in “%(title)s”", title=title)
    elif n.kind == OWN:
        text = ngettext(
            "%(num)d new answer to your “%(title)s”",
            "%(num)d new answers to your “%(title)s”",
            count,
            title=title,
        )
    else:
        text = ngettext(
            "%(num)d new answer in “%(title)s”",
            "%(num)d new answers in “%(title)s”",
            count,
            title=title,
        )
    first = queries.page_of(number)
    url = f"/discussies/{n.subject_id}" + (f"?vanaf={first}" if first > 1 else "") + "#nieuw"
    return Line(text, url, in_mail, n.subject_id if may_answer else None)
