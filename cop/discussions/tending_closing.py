"""The end of a discussion: its answer, its opbrengst; and pins and announcements."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionKind, DiscussionList
from cop.discussions.operations import audience, circle_id_of, names_here, persona_id_in
from cop.discussions.permissions import DISCUSSIONS, POSTS, DiscussionPermission, PostPermission
from cop.discussions.tending_events import Announced, AnswerMarked, DiscussionClosed
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform import audit, live, markup
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.platform.versions import refuse_stale
from cop.spaces import mentions
from cop.spaces.circles import Circle, Visibility, under_own_name
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

ANNOUNCED_FOR = timedelta(days=30)


def mark_answer(session: Session, actor: Actor, post_id: int, now: datetime) -> Discussion:
    """A post answers the question; the author of the question or a coordinator says so.

    Raises:
        NotFound: not theirs to say.
        Refused: it is not a question, or the post is the question itself.
    """
    post = POSTS.get(session, actor, PostPermission.READ, post_id)
    discussion = _tended(session, actor, post.discussion_id)
    if post.deleted_at is not None or post.hidden_at is not None:
        raise NotFound
    if discussion.kind not in (DiscussionKind.QUESTION, DiscussionKind.CONSULTATION):
        raise Refused(_("Only a question can have an answer."))
    if post.number == 1:
        raise Refused(_("This is the question itself. Write the answer as a message, please."))
    if discussion.answer_number == post.number:
        return discussion
    discussion.answer_number = post.number
    session.flush()
    _publish(session, discussion, now)
    by_id = _name_of(session, actor, discussion, circle_id_of(session, discussion))
    event = AnswerMarked(discussion_id=discussion.id, post_id=post.id, by_id=by_id)
    emit(session, event, now)
    return discussion


def unmark_answer(session: Session, actor: Actor, discussion_id: int, now: datetime) -> Discussion:
    """The question is open again."""
    discussion = _tended(session, actor, discussion_id)
    discussion.answer_number = None
    session.flush()
    _publish(session, discussion, now)
    return discussion


def close(
    session: Session,
    actor: Actor,
    discussion_id: int,
    outcome: str,
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> Discussion:
    """Close a discussion with what it yielded; on a closed one, write or change that.

    Args:
        outcome: Markdown; may be empty, and then the discussion stays among those that lack one.
        anyway: the author has seen what the text check found.
        version: of the outcome that they started from; None for whoever started from none.

    Raises:
        AuthorAsked: a check speaks up; nothing is stored.
        NotFound: neither its author nor a coordinator.
        Stale: somebody else wrote it meanwhile.
        Refused: the outcome is too long.
    """
    discussion = _tended(session, actor, discussion_id)
    outcome = trimmed(outcome)
    if outcome != discussion.outcome:
        refuse_stale(outcome_of(discussion), version)
    if len(outcome) > markup.MAX_LENGTH:
        raise Refused(
            _(
                "An outcome has at most %(most)s characters; this one has %(have)s.",
                most=markup.MAX_LENGTH,
                have=len(outcome),
            ),
            "outcome",
        )
    if outcome.split() != discussion.outcome.split():
        known = partial(names_here, session, discussion.author_id, discussion_id)
        ask_author((outcome,), Purpose.OUTCOME, anyway, known=known)
    circle_id = circle_id_of(session, discussion)
    by_id = _name_of(session, actor, discussion, circle_id)
    newly = discussion.closed_at is None or (outcome != "" and discussion.outcome == "")
    if discussion.closed_at is None:
        discussion.closed_at = now
    if outcome != discussion.outcome:
        discussion.outcome = outcome
        discussion.outcome_html = (
            mentions.render(session, outcome, literal(circle_id)) if outcome else ""
        )
        discussion.outcome_by_id = by_id if outcome else None
        discussion.outcome_at = now if outcome else None
    session.flush()
    _publish(session, discussion, now)
    if newly:
        event = DiscussionClosed(
            discussion_id=discussion.id, by_id=by_id, with_outcome=outcome != ""
        )
        emit(session, event, now)
    return discussion


def outcome_of(discussion: Discussion) -> dict[str, str]:
    """What the form about its outcome is opened with."""
    return {"outcome": discussion.outcome}


def reopen(session: Session, actor: Actor, discussion_id: int, now: datetime) -> Discussion:
    """Take answers again; the outcome stays at the top."""
    discussion = _tended(session, actor, discussion_id)
    discussion.closed_at = None
    session.flush()
    _note_by_role(session, actor, "discussions.reopened", discussion, now)
    _publish(session, discussion, now)
    return discussion


def pin(
    session: Session, actor: Actor, discussion_id: int, pinned: bool, now: datetime
) -> Discussion:
    """Keep a discussion at the top of its list, or no longer."""
    discussion = DISCUSSIONS.get(session, actor, DiscussionPermission.COORDINATE, discussion_id)
    discussion.pinned = pinned
    session.flush()
    action = "discussions.pinned" if pinned else "discussions.unpinned"
    _note_by_role(session, actor, action, discussion, now)
    return discussion


def may_announce(actor: Actor, visibility: str) -> bool:
    """Administrators, where every member reads."""
    return actor.administers and visibility in (Visibility.PUBLIC, Visibility.OPEN)


def announce(
    session: Session, actor: Actor, discussion_id: int, announced: bool, now: datetime
) -> Discussion:
    """Make a discussion an announcement to all members, or no longer.

    Raises:
        NotFound: the actor is no administrator, cannot read it, or is there under a pseudonym.
        Refused: not every member can read the list.
    """
    if not actor.administers:
        raise NotFound
    discussion = DISCUSSIONS.get(session, actor, DiscussionPermission.READ, discussion_id)
    visibility = session.scalar(
        select(Circle.visibility)
        .join(DiscussionList, DiscussionList.circle_id == Circle.id)
        .where(DiscussionList.id == discussion.list_id)
        .where(under_own_name(actor, Circle.id))
    )
    if visibility is None:
        raise NotFound
    if announced and not may_announce(actor, str(visibility)):
        raise Refused(_("An announcement is for everybody: only on a list that all members read."))
    if discussion.announcement == announced:
        return discussion
    discussion.announcement = announced
    discussion.announced_at = now if announced else None
    session.flush()
    audit.record(
        session,
        "discussions.announced" if announced else "discussions.announcement_ended",
        actor=actor.audit_id,
        subject=f"discussion:{discussion.id}",
        now=now,
    )
    if announced:
        emit(session, Announced(discussion_id=discussion.id), now)
    return discussion


def _note_by_role(
    session: Session, actor: Actor, action: str, discussion: Discussion, now: datetime
) -> None:
    """What a moderator may do anywhere is in the trail; others may do it where they coordinate."""
    if actor.moderates:
        about = f"discussion:{discussion.id}"
        audit.record(session, action, actor=actor.audit_id, subject=about, now=now)


def _tended(session: Session, actor: Actor, discussion_id: int) -> Discussion:
    DISCUSSIONS.get(session, actor, DiscussionPermission.TEND, discussion_id)
    return session.scalars(
        select(Discussion)
        .where(Discussion.id == discussion_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()


def _name_of(session: Session, actor: Actor, discussion: Discussion, circle_id: int) -> int:
    """The persona that tends a discussion: its author's is the one that started it.

    Somebody who joined or left since would else appear under another of their names, on a page
    where only the author can have done this: the two names would be known as one person.
    """
    author_id = session.scalar(
        select(Persona.id).where(
            Persona.id == discussion.author_id, Persona.member_id == actor.member_id
        )
    )
    return author_id or persona_id_in(session, actor, circle_id)


def _publish(session: Session, discussion: Discussion, now: datetime) -> None:
    """Whoever has it open sees that its head changed; number 0 stands for the head."""
    live.publish(session, audience(discussion.id), "changed", 0, now)
