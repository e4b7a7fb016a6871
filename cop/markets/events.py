"""What happened to markets. Ids and moments only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class Announced(Event):
    name = "markets.announced"
    market_id: int


@dataclass(frozen=True, kw_only=True)
class EntryChanged(Event):
    """An ask or an offer is there, says something else, or is gone."""

    name = "markets.entry_changed"
    entry_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class AnswersChanged(Event):
    """Another wants to know what was asked, or no longer; or another offer answers it."""

    name = "markets.answers_changed"
    market_id: int
    at: int


@dataclass(frozen=True, kw_only=True)
class StayingAsked(Event):
    """Somebody asked another whom they met to stay in touch."""

    name = "markets.staying_asked"
    contact_id: int


@dataclass(frozen=True, kw_only=True)
class ProgrammeOut(Event):
    """Who comes can see where they go.

    Attributes:
        plan: the number of the plan.
        at: when, as `moment` says; 0 where that was not said yet.
        member_ids: whom it is new to, where the others know it already; None: everybody.
    """

    name = "markets.programme_out"
    market_id: int
    plan: int
    at: int = 0
    member_ids: list[int] | None = None
