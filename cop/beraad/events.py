"""What happens to reports of a beraad, as data: ids only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(Event):
    """Everybody who was there is asked for their approval of this version."""

    name = "beraad.approval_asked"
    report_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class ReportChanged(Event):
    """What somebody approved changed since: they are asked again."""

    name = "beraad.report_changed"
    report_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class ReportApproved(Event):
    """All approved: its audience reads it from now on."""

    name = "beraad.report_approved"
    report_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class DilemmaPublished(Event):
    """A dilemma in general words, approved by all who wrote it, is there for everybody.

    Whoever makes something of it (a practice) reads it by `published.dilemma`.
    """

    name = "beraad.dilemma_published"
    report_id: int
    version: int
