"""What happened to groups. Ids and moments only; `at` is microseconds since 1970."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class RulesChanged(Event):
    """Everybody in the group is asked to agree anew."""

    name = "groups.rules_changed"
    group_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class FacilitatorAsked(Event):
    name = "groups.facilitator_asked"
    facilitator_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class FacilitatorOffered(Event):
    """Somebody offers to facilitate."""

    name = "groups.facilitator_offered"
    facilitator_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class FacilitatorFound(Event):
    """Asked and said yes, or offered and taken."""

    name = "groups.facilitator_found"
    facilitator_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class FacilitatorDeclined(Event):
    """Asked and said no, or offered and not taken."""

    name = "groups.facilitator_declined"
    facilitator_id: int
    at: int
    by_group: bool


@dataclass(frozen=True, kw_only=True)
class LastFacilitatorGone(Event):
    """Nobody facilitates the group any more."""

    name = "groups.last_facilitator_gone"
    group_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class DatesPlanned(Event):
    """One or more dates, each a gathering; all in one series when there are several."""

    name = "groups.dates_planned"
    group_id: int
    series: int


@dataclass(frozen=True, kw_only=True)
class DateConfirmed(Event):
    """It goes on: everybody in the group is asked whether they come."""

    name = "groups.date_confirmed"
    gathering_id: int
