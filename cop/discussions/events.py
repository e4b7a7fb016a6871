"""What happened in discussions, as data."""

from dataclasses import dataclass
from typing import ClassVar

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class DiscussionStarted(Event):
    """Somebody started a discussion; `post_id` is its opening."""

    name: ClassVar[str] = "discussions.started"
    discussion_id: int
    post_id: int


@dataclass(frozen=True, kw_only=True)
class PostAdded(Event):
    """Somebody answered in a discussion."""

    name: ClassVar[str] = "discussions.post_added"
    discussion_id: int
    post_id: int
