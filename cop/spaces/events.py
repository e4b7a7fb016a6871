"""What happened to circles and spaces. Ids and moments only; `at` is microseconds since 1970."""

from dataclasses import dataclass
from datetime import datetime

from cop.platform.outbox import Event


def moment(now: datetime) -> int:
    """A moment as events hold it; tells two causes of the same kind apart."""
    return int(now.timestamp() * 1_000_000)


@dataclass(frozen=True, kw_only=True)
class CircleEvent(Event):
    circle_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class Joined(CircleEvent):
    name = "circles.joined"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class JoinAsked(CircleEvent):
    name = "circles.join_asked"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class JoinTakenBack(CircleEvent):
    name = "circles.join_taken_back"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class JoinAnswered(CircleEvent):
    name = "circles.join_answered"
    member_id: int
    admitted: bool


@dataclass(frozen=True, kw_only=True)
class Left(CircleEvent):
    """Somebody is no longer in it, of their own will or not: what they heard from it ends."""

    name = "circles.left"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class Removed(CircleEvent):
    name = "circles.removed"
    member_id: int
    removal_id: int


@dataclass(frozen=True, kw_only=True)
class Invited(CircleEvent):
    """Asked in, or asked to coordinate."""

    name = "circles.invited"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(CircleEvent):
    name = "circles.invitation_answered"
    member_id: int
    accepted: bool


@dataclass(frozen=True, kw_only=True)
class CoordinatorMade(CircleEvent):
    name = "circles.coordinator_made"
    member_id: int


@dataclass(frozen=True, kw_only=True)
class CoordinatorEnded(CircleEvent):
    """`by_id` is the persona who ended it; None when the coordinator stepped down."""

    name = "circles.coordinator_ended"
    member_id: int
    by_id: int | None


@dataclass(frozen=True, kw_only=True)
class LastCoordinatorGone(CircleEvent):
    """Nobody coordinates it any more."""

    name = "circles.last_coordinator_gone"


@dataclass(frozen=True, kw_only=True)
class LastMemberGone(CircleEvent):
    """Nobody is in it any more."""

    name = "circles.last_member_gone"


@dataclass(frozen=True, kw_only=True)
class WideningAnnounced(CircleEvent):
    name = "circles.widening_announced"


@dataclass(frozen=True, kw_only=True)
class WideningEnded(CircleEvent):
    """It stays as it was: others wrote in it since it was announced."""

    name = "circles.widening_ended"


@dataclass(frozen=True, kw_only=True)
class VisibilityChanged(CircleEvent):
    name = "circles.visibility_changed"
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class SpaceStarted(Event):
    name = "spaces.started"
    space_id: int


@dataclass(frozen=True, kw_only=True)
class SpaceChanged(Event):
    name = "spaces.changed"
    space_id: int


@dataclass(frozen=True, kw_only=True)
class SpaceArchived(Event):
    name = "spaces.archived"
    space_id: int


@dataclass(frozen=True, kw_only=True)
class SpaceReopened(Event):
    name = "spaces.reopened"
    space_id: int


@dataclass(frozen=True, kw_only=True)
class LogbookEntryAdded(Event):
    name = "spaces.logbook_entry_added"
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class LogbookEntryChanged(Event):
    name = "spaces.logbook_entry_changed"
    entry_id: int


@dataclass(frozen=True, kw_only=True)
class LogbookEntryDeleted(Event):
    name = "spaces.logbook_entry_deleted"
    entry_id: int
    space_id: int


@dataclass(frozen=True, kw_only=True)
class FileAdded(Event):
    name = "spaces.file_added"
    space_file_id: int


@dataclass(frozen=True, kw_only=True)
class MeasureChanged(Event):
    """A measure or its values: added, changed or taken away."""

    name = "spaces.measure_changed"
    space_id: int
    measure_id: int
