"""Looking after posts: editing, removing, putting back, notes on content."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import Session

from cop.discussions.models import (
    Attachment,
    Bookmark,
    Discussion,
    DiscussionList,
    Post,
    PostRemoval,
    PostRevision,
    Reaction,
)
from cop.discussions.operations import (
    audience,
    check_note,
    check_text,
    check_title,
    circle_id_of,
    names_here,
    persona_id_in,
)
from cop.discussions.permissions import POSTS, PostPermission
from cop.discussions.tending_events import PostEdited, PostRemoved
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform import audit, live, markup, storage
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, job
from cop.platform.storage import StoredFile
from cop.spaces import circles, mentions
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

UNDO_FOR = timedelta(hours=24)  # how long a removed post can be put back; then its words are gone
MOST_REASON = 1_000


class Stale(Refused):
    """The post was changed since the form was opened.

    Attributes:
        post: as it stands now.
    """

    def __init__(self, post: Post) -> None:
        super().__init__(
            _("This message was changed while you were writing. Both versions are below."), "text"
        )
        self.post = post


def edit(
    session: Session,
    actor: Actor,
    post_id: int,
    *,
    text: str,
    version: int,
    now: datetime,
    title: str | None = None,
    content_note: str = "",
    without_trace: bool = False,
    anyway: bool = False,
) -> Post:
    """Change the words of one's own post. Readers can see what it said before.

    Args:
        version: of the post when the form was opened.
        title: of the discussion, when the post is its opening; None leaves it.
        without_trace: the old words are not kept, because they showed who somebody is; readers
            see that the post was changed, not what it said.
        anyway: the author has seen what the text check found.

    Raises:
        NotFound: it is not the actor's, or it was removed.
        AuthorAsked: a check speaks up; nothing is stored.
        Stale: it was changed meanwhile; nothing is stored.
        Refused: a field is empty or too long.
    """
    found = POSTS.get(session, actor, PostPermission.EDIT, post_id)
    discussion, circle_id = _locked(session, found)
    if found.version != version:
        if text == found.source and trimmed(content_note) == found.content_note:
            return found  # the same form, sent twice
        raise Stale(found)
    check_text(text)
    check_note(content_note)
    if title is not None:
        title = " ".join(title.split())
        check_title(title)
    # Whoever mends a word is not asked again about what stays.
    changed = [
        new
        for new, old in (
            (title or "", discussion.title),
            (text, found.source),
            (content_note, found.content_note),
        )
        if new.split() != old.split()
    ]
    known = partial(names_here, session, found.author_id, discussion.id)
    ask_author(changed, Purpose.POST, anyway, known=known)
    if found.number == 1 and title is not None:
        discussion.title = title
    if text != found.source:
        session.add(
            PostRevision(
                post_id=found.id,
                source="" if without_trace else found.source,
                html="" if without_trace else found.html,
                at=now,
                by_id=found.author_id,
            )
        )
        words = markup.word_count(text)
        discussion.words += words - found.words
        found.source, found.words, found.edited_at = text, words, now
        found.html = (
            markup.plain_to_html(text)
            if found.plain
            else mentions.render(session, text, literal(circle_id))
        )
        found.hidden_at = None  # folded until changed: it is
        emit(session, PostEdited(discussion_id=discussion.id, post_id=found.id), now)
    if without_trace:
        session.execute(
            update(PostRevision).where(PostRevision.post_id == found.id).values(source="", html="")
        )
    found.version += 1
    _set_note(found, discussion, content_note)
    session.flush()
    _publish(session, found, now)
    return found


def set_note(
    session: Session,
    actor: Actor,
    post_id: int,
    content_note: str,
    now: datetime,
    anyway: bool = False,
) -> Post:
    """Fold what may trigger under a note: on one's own post, or as a coordinator on any.

    Raises:
        NotFound: neither.
        AuthorAsked: a check speaks up about the note.
        Refused: the note is too long.
    """
    found = to_note(session, actor, post_id)
    check_note(content_note)
    ask_author([content_note], Purpose.POST, anyway)
    discussion, _circle_id = _locked(session, found)
    found.version += 1  # an author who is editing sees that something was changed
    _set_note(found, discussion, content_note)
    session.flush()
    if actor.moderates:  # who may do so anywhere
        about = f"post:{found.id}"
        audit.record(session, "discussions.note_set", actor=actor.audit_id, subject=about, now=now)
    _publish(session, found, now)
    return found


def to_note(session: Session, actor: Actor, post_id: int) -> Post:
    """A post on which the actor may set a note on content.

    Raises:
        NotFound
    """
    held = POSTS.held(session, actor, post_id)
    found = session.get(Post, post_id)
    if found is None or found.deleted_at is not None:
        raise NotFound
    if not held & {PostPermission.EDIT, PostPermission.COORDINATE}:
        raise NotFound
    return found


def remove(session: Session, actor: Actor, post_id: int, now: datetime) -> Post:
    """Remove one's own post. A line stays that says so; its number is never used again.

    Raises:
        NotFound: it is not the actor's, or gone already.
    """
    found = POSTS.get(session, actor, PostPermission.DELETE, post_id)
    _take_away(session, found, by_moderator=False, now=now)
    return found


def remove_anothers(
    session: Session,
    actor: Actor,
    post_id: int,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> Post:
    """Remove somebody's post as coordinator, or as a moderator where they read; the author is told.

    Raises:
        NotFound: the actor does not coordinate there, or it is gone already.
        AuthorAsked: a check speaks up about the reason.
        Refused: no reason, or too long a one.
    """
    found = POSTS.get(session, actor, PostPermission.COORDINATE, post_id)
    if found.deleted_at is not None:
        raise NotFound
    reason = trimmed(reason)
    if not reason:
        raise Refused(_("Write to the author why, please."), "reason")
    if len(reason) > MOST_REASON:
        raise Refused(_("Keep it under 1,000 characters, please."), "reason")
    ask_author([reason], Purpose.POST, anyway)
    _discussion, circle_id = _locked(session, found)
    by_id = persona_id_in(session, actor, circle_id)
    _take_away(session, found, by_moderator=True, now=now)
    session.add(PostRemoval(post_id=found.id, by_id=by_id, reason=reason, at=now))
    session.flush()
    audit.record(
        session,
        "discussions.post_removed",
        actor=actor.audit_id,
        subject=f"post:{found.id}",
        now=now,
    )
    emit(session, PostRemoved(discussion_id=found.discussion_id, post_id=found.id), now)
    return found


def put_back(session: Session, actor: Actor, post_id: int, now: datetime) -> Post:
    """Undo the removal of one's own post, for as long as `UNDO_FOR`.

    Raises:
        NotFound: somebody else's, removed by somebody else, or too long ago.
    """
    found = removed_own(session, actor, post_id, now)
    discussion, _circle_id = _locked(session, found)
    if found.deleted_at is None:
        return found  # the button was pressed twice
    if found.deleted_by_moderator or found.moved_to_id is not None:
        raise NotFound
    found.deleted_at = None
    discussion.deleted_at = None
    discussion.post_count += 1
    discussion.words += found.words
    session.flush()
    set_last_post_at(session, discussion)
    _publish(session, found, now)
    return found


def removed_own(session: Session, actor: Actor, post_id: int, now: datetime) -> Post:
    """The actor's own post that they removed and can still put back.

    Raises:
        NotFound
    """
    found = session.scalar(
        select(Post)
        .join(Persona, Persona.id == Post.author_id)
        .join(Discussion, Discussion.id == Post.discussion_id)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(Post.id == post_id, Persona.member_id == actor.member_id)
        .where(Post.deleted_at > now - UNDO_FOR, Post.deleted_by_moderator.is_(False))
        .where(Post.moved_to_id.is_(None))
        .where(circles.readable(actor, DiscussionList.circle_id))
    )
    if found is None or actor.member_id is None:
        raise NotFound
    return found


def hide(session: Session, post_id: int, now: datetime) -> Post | None:
    """Fold a post away until its author has changed it, as moderators decided."""
    found = session.get(Post, post_id, with_for_update=True)
    if found is None or found.deleted_at is not None or found.hidden_at is not None:
        return found
    found.hidden_at = now
    session.flush()
    _publish(session, found, now)
    return found


def remove_decided(session: Session, post_id: int, now: datetime) -> Post | None:
    """Remove a post, as moderators decided; they do not know which one it is."""
    found = session.get(Post, post_id)
    if found is None or found.deleted_at is not None:
        return found
    _take_away(session, found, by_moderator=True, now=now)
    return found


@job("discussions.erase_removed", every=900)
def erase_removed(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """What was removed and can no longer be put back is destroyed: words, history and files."""
    old = session.scalars(
        select(Post)
        .where(Post.deleted_at < now - UNDO_FOR, Post.source != "")
        .order_by(Post.id)
        .limit(200)
    ).all()
    ids = [post.id for post in old]
    if not ids:
        return
    attached = session.scalars(
        select(StoredFile)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .where(Attachment.post_id.in_(ids))
    ).all()
    for table in (Attachment, Reaction, Bookmark, PostRevision):
        session.execute(delete(table).where(table.post_id.in_(ids)))
    for file in attached:
        storage.remove(session, file)
    for post in old:
        post.source = post.html = post.content_note = ""
        post.words = post.thanks = post.recognised = post.learned = 0
    session.flush()


def _take_away(session: Session, post: Post, *, by_moderator: bool, now: datetime) -> None:
    discussion, _circle_id = _locked(session, post)
    if post.deleted_at is not None:
        raise NotFound
    post.deleted_at = now
    post.deleted_by_moderator = by_moderator
    discussion.post_count -= 1
    discussion.words -= post.words
    if discussion.answer_number == post.number:
        discussion.answer_number = None
    session.flush()
    set_last_post_at(session, discussion)
    if discussion.post_count == 0:
        discussion.deleted_at = now  # nothing is left to read
        session.flush()
    _publish(session, post, now)


def set_last_post_at(session: Session, discussion: Discussion) -> None:
    """By the latest post that stands: a discussion does not stay 'new' for one that was removed.

    The latest is not always the one with the highest number: an archive that was brought in later
    is older than what it joins.
    """
    last = session.scalar(
        select(func.max(Post.created_at)).where(
            Post.discussion_id == discussion.id, Post.deleted_at.is_(None)
        )
    )
    discussion.last_post_at = last or discussion.created_at
    session.flush()


def _locked(session: Session, post: Post) -> tuple[Discussion, int]:
    """The post's discussion, its row locked as writers do, and the circle it is in.

    The post is read again: while this waited it may have been changed, or split off.
    """
    while True:
        discussion = session.scalars(
            select(Discussion)
            .where(Discussion.id == post.discussion_id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        ).one()
        session.refresh(post)
        if post.discussion_id == discussion.id:
            return discussion, circle_id_of(session, discussion)


def _set_note(post: Post, discussion: Discussion, content_note: str) -> None:
    post.content_note = trimmed(content_note)
    if post.number == 1:
        discussion.content_note = post.content_note


def _publish(session: Session, post: Post, now: datetime) -> None:
    live.publish(session, audience(post.discussion_id), "changed", post.number, now)
