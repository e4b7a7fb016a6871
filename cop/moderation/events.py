"""What happened in moderation, as data."""

from dataclasses import dataclass
from typing import ClassVar

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class Reported(Event):
    """A passage was sent to the moderators."""

    name: ClassVar[str] = "moderation.reported"
    report_id: int


@dataclass(frozen=True, kw_only=True)
class ReportDecided(Event):
    """A moderator decided; whoever keeps the subject carries it out.

    `subject` is what was given when it was reported, 'post:12'.
    """

    name: ClassVar[str] = "moderation.decided"
    report_id: int
    subject: str
    decision: str


@dataclass(frozen=True, kw_only=True)
class ReportOver(Event):
    """What it was about is gone; nobody decided."""

    name: ClassVar[str] = "moderation.over"
    report_id: int


@dataclass(frozen=True, kw_only=True)
class SubjectChanged(Event):
    """An author changed what they had been asked to change."""

    name: ClassVar[str] = "moderation.subject_changed"
    subject: str
