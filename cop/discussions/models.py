"""Lists, discussions, posts and what members do with them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cop.members.models import Persona, Theme
from cop.platform.db import Base, UtcDateTime
from cop.platform.keys import EncryptedText
from cop.platform.storage import StoredFile
from cop.spaces.circles import Circle
from cop.spaces.models import Space


class DiscussionKind(StrEnum):
    QUESTION = "question"
    CONVERSATION = "conversation"
    SIGNAL = "signal"
    EXPERIENCE_STORY = "experience_story"
    CONSULTATION = "consultation"


class WhoMay(StrEnum):
    """Who may start or answer on a list, among those who may read it."""

    READERS = "readers"  # every member who may read
    JOINED = "joined"
    COORDINATORS = "coordinators"


class ReactionKind(StrEnum):
    THANKS = "thanks"
    RECOGNISED = "recognised"
    LEARNED = "learned"


class Attention(StrEnum):
    """What a member wants to hear of one discussion."""

    FOLLOW = "follow"
    MUTE = "mute"


class DiscussionList(Base):
    """A list of the site or of a space. Shares its space's circle, or has one of its own."""

    __tablename__ = "discussion_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    short_name: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    sort_key: Mapped[str] = mapped_column(String(200), index=True)
    description: Mapped[str] = mapped_column(String(1000), default="")
    circle_id: Mapped[int] = mapped_column(ForeignKey("circle.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    start_by: Mapped[str] = mapped_column(String(12), default=WhoMay.READERS)
    answer_by: Mapped[str] = mapped_column(String(12), default=WhoMay.READERS)
    holds_strangers: Mapped[bool] = mapped_column(default=False)  # their mails, for a coordinator
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    circle: Mapped[Circle] = relationship()
    space: Mapped[Space | None] = relationship()


class Discussion(Base):
    """A thread. Its posts are numbered from 1; numbers are never used again."""

    __tablename__ = "discussion"
    __table_args__ = (
        Index("ix_discussion_list_recent", "list_id", "pinned", "last_post_at", "id"),
        Index("ix_discussion_recent", "last_post_at", "id"),
        Index("ix_discussion_lacking_outcome", "list_id", "closed_at", "outcome_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("discussion_list.id"))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"), index=True)
    content_note: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_post_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_number: Mapped[int] = mapped_column(default=0)  # the highest number given out
    imported_number: Mapped[int] = mapped_column(default=0)  # up to here from an archive: not new
    post_count: Mapped[int] = mapped_column(default=0)  # posts that stand, without deleted ones
    words: Mapped[int] = mapped_column(default=0)  # of all posts, for the reading minutes
    pinned: Mapped[bool] = mapped_column(default=False)
    announcement: Mapped[bool] = mapped_column(default=False)
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    answer_number: Mapped[int | None]  # which post answers the question
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(Text, default="")
    outcome_html: Mapped[str] = mapped_column(Text, default="")
    outcome_by_id: Mapped[int | None] = mapped_column(ForeignKey("persona.id"))
    outcome_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("discussion.id"))
    client_id: Mapped[str | None] = mapped_column(String(40), unique=True)

    on_list: Mapped[DiscussionList] = relationship()
    author: Mapped[Persona] = relationship(foreign_keys=[author_id])
    outcome_by: Mapped[Persona | None] = relationship(foreign_keys=[outcome_by_id])
    themes: Mapped[list[Theme]] = relationship(
        secondary="discussion_theme", order_by=Theme.position
    )


class DiscussionTheme(Base):
    __tablename__ = "discussion_theme"

    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"), primary_key=True)
    theme_id: Mapped[int] = mapped_column(ForeignKey("theme.id"), primary_key=True, index=True)


class Post(Base):
    """A message. Keeps its Markdown and the HTML made of it."""

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("discussion_id", "number"),
        Index("ix_post_author", "author_id", "id"),
        Index("ix_post_deleted_at", "deleted_at"),
        Index("ix_post_created_at", "created_at"),  # digests ask for what is new
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    discussion_id: Mapped[int] = mapped_column(ForeignKey("discussion.id"))
    number: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    plain: Mapped[bool] = mapped_column(default=False)  # plain text of a mail, not Markdown
    words: Mapped[int] = mapped_column(default=0)
    content_note: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by_moderator: Mapped[bool] = mapped_column(default=False)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # folded after a report
    thanks: Mapped[int] = mapped_column(default=0)
    recognised: Mapped[int] = mapped_column(default=0)
    learned: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    client_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    message_id: Mapped[str | None] = mapped_column(String(250), index=True)  # RFC 5322, imported
    in_reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    date_guessed: Mapped[bool] = mapped_column(default=False)  # the mail had no possible date
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))  # what stood here

    discussion: Mapped[Discussion] = relationship(foreign_keys=[discussion_id])
    author: Mapped[Persona] = relationship()


class KnownMail(Base):
    """A mail that was imported into a list, or that such a mail refers to: where it belongs.

    Stays when the post is moved or gone, so that importing an archive again brings nothing back.
    """

    __tablename__ = "known_mail"
    __table_args__ = (Index("ix_known_mail_subject", "list_id", "subject_key", "at"),)

    list_id: Mapped[int] = mapped_column(ForeignKey("discussion_list.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)  # hash of its Message-ID
    discussion_id: Mapped[int | None] = mapped_column(
        ForeignKey("discussion.id", ondelete="SET NULL"), index=True
    )
    post_id: Mapped[int | None] = mapped_column(
        ForeignKey("post.id", ondelete="SET NULL"), index=True
    )
    subject_key: Mapped[str] = mapped_column(String(32), default="")
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: only referred to so far


class PostRevision(Base):
    """What a post said before it was edited."""

    __tablename__ = "post_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), index=True)
    source: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when this version was replaced
    by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))


class PostRemoval(Base):
    """Why somebody else than its author removed a post; for the author to read."""

    __tablename__ = "post_removal"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("persona.id"))
    reason: Mapped[str] = mapped_column(EncryptedText("post_removal.reason"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    by: Mapped[Persona] = relationship()


class Attachment(Base):
    __tablename__ = "attachment"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), primary_key=True)

    file: Mapped[StoredFile] = relationship()


class Reaction(Base):
    __tablename__ = "reaction"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)


class Bookmark(Base):
    __tablename__ = "bookmark"
    __table_args__ = (Index("ix_bookmark_member_recent", "member_id", "at", "post_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReadMark(Base):
    """How far a member has read a discussion. Shown to nobody but the member."""

    __tablename__ = "read_mark"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    discussion_id: Mapped[int] = mapped_column(
        ForeignKey("discussion.id"), primary_key=True, index=True
    )
    number: Mapped[int]


class ListVisit(Base):
    """Everything on the list before this moment counts as read ('mark all as read')."""

    __tablename__ = "list_visit"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("discussion_list.id"), primary_key=True)
    read_before: Mapped[datetime] = mapped_column(UtcDateTime)


class DiscussionAttention(Base):
    """Follow or mute, per member and discussion."""

    __tablename__ = "discussion_attention"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    discussion_id: Mapped[int] = mapped_column(
        ForeignKey("discussion.id"), primary_key=True, index=True
    )
    attention: Mapped[str] = mapped_column(String(8))


class ListChoice(Base):
    """What a member wants of one list by mail, where they chose."""

    __tablename__ = "list_choice"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    list_id: Mapped[int] = mapped_column(
        ForeignKey("discussion_list.id"), primary_key=True, index=True
    )
    rhythm: Mapped[str] = mapped_column(String(6))
    before: Mapped[str] = mapped_column(String(6))  # what it was until `changed_at`
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    told_until: Mapped[datetime] = mapped_column(UtcDateTime)  # mails told of what came before


class DiscussionPreference(Base):
    """What a member chose for discussions in general."""

    __tablename__ = "discussion_preference"

    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"), primary_key=True)
    follows_own: Mapped[bool] = mapped_column(default=True)  # what one starts or answers


def place_of_discussion(discussion_id: int) -> str:
    """Where a draft of an answer stands."""
    return f"discussion:{discussion_id}"


class Draft(Base):
    """What a member was writing, per place; readable by nobody else, not even in the database."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("member_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    place: Mapped[str] = mapped_column(String(80))  # 'discussion:12', 'list:3'
    content: Mapped[str] = mapped_column(EncryptedText("draft.content"))  # JSON of the fields
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
