"""What a member wrote in conversations and how they follow them, for them to take along."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.discussions.models import (
    Attachment,
    Bookmark,
    Discussion,
    DiscussionAttention,
    DiscussionPreference,
    Draft,
    ListChoice,
    ListVisit,
    Post,
    PostRevision,
    Reaction,
    ReadMark,
)
from cop.discussions.poll_models import ChoiceAnswer, ChoiceVoter
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.own_data import Room, Rows, exports
from cop.platform.i18n import lazy as _l
from cop.platform.storage import StoredFile


def _attached(session: Session, actor: Actor) -> Iterable[StoredFile]:
    return session.scalars(
        select(StoredFile)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .join(Post, Post.id == Attachment.post_id)
        .join(Persona, Persona.id == Post.author_id)
        .where(Persona.member_id == actor.member_id)
        .order_by(StoredFile.id)
    )


exports(
    Room(
        "conversations",
        _l("Conversations"),
        [
            Rows(
                "begun",
                _l("Conversations that you began"),
                [Discussion.author_id],
                [
                    *(Discussion.id, Discussion.kind, Discussion.title),
                    *(Discussion.content_note, Discussion.created_at, Discussion.closed_at),
                ],
                under=Discussion.author_id,
            ),
            Rows(
                "yields",
                _l("What you wrote of what they yielded"),
                [Discussion.outcome_by_id],
                [Discussion.id, Discussion.outcome, Discussion.outcome_at],
                under=Discussion.outcome_by_id,
            ),
            Rows(
                "posts",
                _l("What you wrote"),
                [Post.author_id],
                [
                    *(Post.discussion_id, Post.number, Post.source, Post.content_note),
                    *(Post.created_at, Post.edited_at, Post.deleted_at),
                ],
                under=Post.author_id,
            ),
            Rows(
                "earlier_versions",
                _l("Earlier versions of what you wrote"),
                [PostRevision.post_id],
                [PostRevision.post_id, PostRevision.source, PostRevision.at],
            ),
            Rows(
                "drafts",
                _l("What you were writing"),
                [Draft.member_id],
                [Draft.place, Draft.content, Draft.saved_at],
            ),
            Rows(
                "reactions",
                _l("How you reacted"),
                [Reaction.member_id],
                [Reaction.post_id, Reaction.kind],
            ),
            Rows(
                "saved", _l("What you saved"), [Bookmark.member_id], [Bookmark.post_id, Bookmark.at]
            ),
            Rows(
                "followed",
                _l("What you follow or muted"),
                [DiscussionAttention.member_id],
                [DiscussionAttention.discussion_id, DiscussionAttention.attention],
            ),
            Rows(
                "lists",
                _l("How you get lists by mail"),
                [ListChoice.member_id],
                [ListChoice.list_id, ListChoice.rhythm, ListChoice.changed_at],
            ),
            Rows(
                "preference",
                _l("Whether you follow what you write in"),
                [DiscussionPreference.member_id],
                [DiscussionPreference.follows_own],
            ),
            Rows(
                "visited",
                _l("When you read which list"),
                [ListVisit.member_id],
                [ListVisit.list_id, ListVisit.read_before],
            ),
            Rows(
                "read",
                _l("How far you read"),
                [ReadMark.member_id],
                [ReadMark.discussion_id, ReadMark.number],
            ),
            Rows(
                "polls",
                _l("Polls that you answered"),
                [ChoiceVoter.member_id, ChoiceVoter.persona_id],
                [ChoiceVoter.poll_id, ChoiceVoter.answered_at],
                under=ChoiceVoter.persona_id,
            ),
            Rows(
                "votes",
                _l("What you chose"),
                [ChoiceAnswer.voter_id],
                [ChoiceAnswer.choice_id],
            ),
        ],
        files=_attached,
        left={
            "post_revision.by_id": "given with the post, to its author",
            "post_removal.by_id": "what a coordinator did in office, to somebody else's words",
        },
    )
)
