"""Starting a discussion, answering, reacting."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import delete, insert, literal, or_, select, update
from sqlalchemy.orm import Session

from cop.discussions import attending
from cop.discussions.events import DiscussionStarted, PostAdded
from cop.discussions.models import (
    Attachment,
    Discussion,
    DiscussionKind,
    DiscussionList,
    DiscussionTheme,
    Post,
    Reaction,
    ReactionKind,
)
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    POSTS,
    DiscussionPermission,
    ListPermission,
    PostPermission,
)
from cop.discussions.queries import audience as audience  # for whoever publishes
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.platform import live, markup
from cop.platform.blank import is_blank, one_line, trimmed
from cop.platform.db import insert_unless_there
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.platform.storage import MOST_AT_ONCE, StoredFile
from cop.spaces import mentions
from cop.spaces.circles import persona_in
from cop.spaces.files import telling
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

Sent = TypeVar("Sent", Discussion, Post)

MOST_TITLE = 200
LAST_WRITERS = 200  # posts whose authors a text check takes for members
MOST_NOTE = 120
MOST_FILES = MOST_AT_ONCE
MOST_THEMES = 5


def start(
    session: Session,
    actor: Actor,
    *,
    list_id: int,
    kind: str,
    title: str,
    text: str,
    now: datetime,
    theme_ids: Sequence[int] = (),
    content_note: str = "",
    files: Sequence[StoredFile] = (),
    client_id: str | None = None,
    anyway: bool = False,
) -> Discussion:
    """Start a discussion; its opening is post 1.

    Args:
        client_id: made with the form; a form that is sent twice gives the same discussion.
        anyway: the author saw what the checks found and shares the text as it is.

    Raises:
        NotFound: the actor may not start one there.
        AuthorAsked: a check speaks up about the title or the text.
        Refused: a field is empty, too long or not one of the choices.
    """
    on_list = LISTS.get(session, actor, ListPermission.START, list_id)
    if client_id:
        # Writers take turns at the list, so that the second of two equal forms finds the first.
        session.execute(
            select(DiscussionList.id)
            .where(DiscussionList.id == list_id)
            .with_for_update(key_share=True)
        )
        before = _sent_before(session, actor, Discussion, client_id)
        if before is not None:
            return before
    title = one_line(title)
    check_title(title)
    check_text(text)
    check_note(content_note)
    if kind not in list(DiscussionKind):
        raise Refused(_("Choose what kind of conversation it is."), "kind")
    author_id = persona_id_in(session, actor, on_list.circle_id)
    known = partial(names_here, session, author_id)
    more = telling(session, actor, author_id, files)
    ask_author([title, text, content_note], Purpose.POST, anyway, more, known)
    discussion = Discussion(
        list_id=on_list.id,
        kind=kind,
        title=title,
        author_id=author_id,
        content_note=trimmed(content_note),
        created_at=now,
        last_post_at=now,
        client_id=client_id or None,
    )
    session.add(discussion)
    session.flush()
    _set_themes(session, discussion.id, theme_ids)
    post = _add_post(
        session,
        actor,
        discussion,
        on_list.circle_id,
        author_id,
        text,
        now,
        files,
        content_note=discussion.content_note,
    )
    emit(session, DiscussionStarted(discussion_id=discussion.id, post_id=post.id), now)
    return discussion


def answer(
    session: Session,
    actor: Actor,
    *,
    discussion_id: int,
    text: str,
    now: datetime,
    content_note: str = "",
    files: Sequence[StoredFile] = (),
    in_reply_to_id: int | None = None,
    client_id: str | None = None,
    anyway: bool = False,
) -> Post:
    """Add a post to a discussion.

    Args:
        in_reply_to_id: the post in the same discussion that this one answers.
        client_id: made with the form; a form that is sent twice gives the same post.
        anyway: the author saw what the checks found and shares the text as it is.

    Raises:
        NotFound: the actor may not answer there, for instance because it was closed.
        AuthorAsked: a check speaks up about the text.
        ParentGone: the post that this one answers was removed, or moved elsewhere.
        Refused: the text is empty or too long, or there are too many files.
    """
    # The discussion's row orders its writers: numbers have no gaps and no doubles.
    session.execute(
        select(Discussion.id).where(Discussion.id == discussion_id).with_for_update(key_share=True)
    )
    if client_id:
        before = _sent_before(session, actor, Post, client_id)
        if before is not None and before.discussion_id == discussion_id:
            return before
        if before is not None:
            client_id = None
    discussion = DISCUSSIONS.get(session, actor, DiscussionPermission.ANSWER, discussion_id)
    session.refresh(discussion)
    circle_id = circle_id_of(session, discussion)
    check_text(text)
    check_note(content_note)
    if in_reply_to_id is not None:
        _check_parent(session, discussion_id, in_reply_to_id)
    author_id = persona_id_in(session, actor, circle_id)
    known = partial(names_here, session, author_id, discussion_id)
    more = telling(session, actor, author_id, files)
    ask_author([text, content_note], Purpose.POST, anyway, more, known)
    post = _add_post(
        session,
        actor,
        discussion,
        circle_id,
        author_id,
        text,
        now,
        files,
        content_note=trimmed(content_note),
        in_reply_to_id=in_reply_to_id,
        client_id=client_id or None,
    )
    emit(session, PostAdded(discussion_id=discussion_id, post_id=post.id), now)
    return post


class ParentGone(Refused):
    """The post that somebody answers is not there; they may still answer the conversation."""


def _check_parent(session: Session, discussion_id: int, post_id: int) -> None:
    found = session.scalar(
        select(Post.id).where(
            Post.id == post_id, Post.discussion_id == discussion_id, Post.deleted_at.is_(None)
        )
    )
    if found is None:
        raise ParentGone(
            _(
                "The post that you answer is gone. Your text is kept: post it once more, and it "
                "stands here as an answer to the whole conversation."
            ),
            "text",
        )


def _add_post(
    session: Session,
    actor: Actor,
    discussion: Discussion,
    circle_id: int,
    author_id: int,
    text: str,
    now: datetime,
    files: Sequence[StoredFile],
    **values: Any,
) -> Post:
    if len(files) > MOST_FILES:
        raise Refused(_("Add at most %(most)s files.", most=MOST_FILES), "attachments")
    number = discussion.last_number + 1
    words = markup.word_count(text)
    post = Post(
        discussion_id=discussion.id,
        number=number,
        author_id=author_id,
        source=text,
        html=mentions.render(session, text, literal(circle_id)),
        words=words,
        created_at=now,
        **values,
    )
    session.add(post)
    discussion.last_number = number
    discussion.post_count += 1
    discussion.words += words
    discussion.last_post_at = max(discussion.last_post_at, now)
    session.flush()
    for file in files:
        session.add(Attachment(post_id=post.id, file_id=file.id))
    attending.follow_own(session, actor, discussion.id)
    attending.read_upto(session, actor, discussion.id, number)
    live.publish(session, audience(discussion.id), "post", number, now)
    session.flush()
    return post


def _sent_before(session: Session, actor: Actor, model: type[Sent], client_id: str) -> Sent | None:
    """What this form made when it was sent before; a foreign one is as good as none."""
    found: Sent | None = session.scalar(select(model).where(model.client_id == client_id))
    if found is None:
        return None
    mine = session.scalar(
        select(Persona.id).where(
            Persona.id == found.author_id, Persona.member_id == actor.member_id
        )
    )
    if mine is None:
        raise Refused(_("This form was open for too long. Send it once more, please."))
    return found


def circle_id_of(session: Session, discussion: Discussion) -> int:
    """The circle that a discussion's list is for."""
    return session.scalars(
        select(DiscussionList.circle_id).where(DiscussionList.id == discussion.list_id)
    ).one()


def persona_id_in(session: Session, actor: Actor, circle_id: int) -> int:
    """The name under which the actor takes part in a circle."""
    found: int = session.scalars(select(persona_in(actor, literal(circle_id)))).one()
    return found


def names_here(
    session: Session, author_id: int, discussion_id: int | None = None
) -> Collection[str]:
    """The names of who writes and of who wrote last in a discussion: no concern of a text check."""
    who = Persona.id == author_id
    if discussion_id is not None:
        last = (
            select(Post.author_id)
            .where(Post.discussion_id == discussion_id)
            .order_by(Post.number.desc())
            .limit(LAST_WRITERS)
            .subquery()
        )
        who = or_(who, Persona.id.in_(select(last.c.author_id)))
    return set(session.scalars(select(Persona.name).where(who)))


def check_title(title: str) -> None:
    """Refuse a title that is empty or too long."""
    if not title:
        raise Refused(_("Give it a title."), "title")
    if len(title) > MOST_TITLE:
        raise Refused(
            _(
                "A title has at most %(most)s characters; this one has %(have)s.",
                most=MOST_TITLE,
                have=len(title),
            ),
            "title",
        )


def check_text(text: str) -> None:
    """Refuse a text that is empty or too long."""
    if is_blank(text):
        raise Refused(_("Write something first."), "text")
    if len(text) > markup.MAX_LENGTH:
        raise Refused(
            _(
                "A post has at most %(most)s characters; this one has %(have)s.",
                most=markup.MAX_LENGTH,
                have=len(text),
            ),
            "text",
        )


def check_note(note: str) -> None:
    """Refuse a note on content that is too long."""
    if len(note.strip()) > MOST_NOTE:
        raise Refused(
            _("A note on content has at most %(most)s characters.", most=MOST_NOTE),
            "content_note",
        )


def _set_themes(session: Session, discussion_id: int, theme_ids: Sequence[int]) -> None:
    if not theme_ids:
        return
    known = session.scalars(
        select(Theme.id).where(Theme.id.in_(set(theme_ids)), Theme.retired_at.is_(None))
    ).all()
    if len(known) > MOST_THEMES:
        raise Refused(_("Choose at most %(most)s themes.", most=MOST_THEMES), "themes")
    if known:
        session.execute(
            insert(DiscussionTheme),
            [{"discussion_id": discussion_id, "theme_id": id} for id in known],
        )


# --- reactions


def react(session: Session, actor: Actor, *, post_id: int, kind: str) -> tuple[Post, bool]:
    """Give a reaction, or take it back when it was given before; the post, and whether it stands.

    Raises:
        NotFound: no such reaction, or not the actor's to give.
    """
    if kind not in list(ReactionKind):
        raise Refused(_("There is no such reaction."))
    post = POSTS.get(session, actor, PostPermission.REACT, post_id)
    gone = session.execute(
        delete(Reaction)
        .where(
            Reaction.post_id == post_id,
            Reaction.member_id == actor.member_id,
            Reaction.kind == kind,
        )
        .returning(Reaction.post_id)
    ).first()
    change = -1
    if gone is None:
        change = int(
            insert_unless_there(
                session, Reaction, post_id=post_id, member_id=actor.member_id, kind=kind
            )
        )
    column = getattr(Post, kind)
    if change:
        session.execute(update(Post).where(Post.id == post_id).values({kind: column + change}))
    session.refresh(post)
    return post, gone is None
