"""What happened to discussions and posts after they were written, as data."""

from dataclasses import dataclass
from typing import ClassVar

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class PostEdited(Event):
    """An author changed the words of a post."""

    name: ClassVar[str] = "discussions.post_edited"
    discussion_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostRemoved(Event):
    """Somebody else than its author removed a post."""

    name: ClassVar[str] = "discussions.post_removed"
    discussion_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerMarked(Event):
    """A post was marked as the answer to the question."""

    name: ClassVar[str] = "discussions.answer_marked"
    discussion_id: int
    post_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class DiscussionClosed(Event):
    """A discussion was closed; `with_outcome` when it says what it yielded."""

    name: ClassVar[str] = "discussions.closed"
    discussion_id: int
    by_id: int
    with_outcome: bool


@dataclass(frozen=True, kw_only=True)
class DiscussionMoved(Event):
    """A discussion went to another list."""

    name: ClassVar[str] = "discussions.moved"
    discussion_id: int
    from_list_id: int
    to_list_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class DiscussionSplit(Event):
    """Some posts of a discussion became a discussion of their own."""

    name: ClassVar[str] = "discussions.split"
    discussion_id: int
    new_id: int
    by_id: int


@dataclass(frozen=True, kw_only=True)
class Announced(Event):
    """An administrator made a discussion an announcement."""

    name: ClassVar[str] = "discussions.announced"
    discussion_id: int
