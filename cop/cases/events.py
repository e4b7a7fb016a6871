"""What happens to cases, as data: ids only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class SecondReadingAsked(Event):
    name = "cases.second_reading_asked"
    case_id: int
    round: str  # the moment at which it was asked: a case can be sent more than once


@dataclass(frozen=True, kw_only=True)
class SecondReadingDone(Event):
    """The second reader approved, sent it back with marks, or has no time for it."""

    name = "cases.second_reading_done"
    case_id: int
    round: str


@dataclass(frozen=True, kw_only=True)
class CaseShared(Event):
    name = "cases.shared"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class CaseClosed(Event):
    name = "cases.closed"
    case_id: int


@dataclass(frozen=True, kw_only=True)
class ContributionAdded(Event):
    name = "cases.contribution_added"
    contribution_id: int


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Event):
    name = "cases.question_answered"
    contribution_id: int


@dataclass(frozen=True, kw_only=True)
class CaseWithdrawn(Event):
    """By the person whom it is about, or because its author is gone; the author is told."""

    name = "cases.withdrawn"
    case_id: int
