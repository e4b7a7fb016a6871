"""What happened with cards and questions, as data: ids and moments only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class KeeperAsked(Event):
    name = "expertise.keeper_asked"
    card_id: int
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class HandfulAsked(Event):
    """A question went to some people more."""

    name = "expertise.handful_asked"
    question_id: int
    handful: int


@dataclass(frozen=True, kw_only=True)
class AskAccepted(Event):
    name = "expertise.ask_accepted"
    question_id: int
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class Thanked(Event):
    name = "expertise.thanked"
    question_id: int
    persona_id: int


@dataclass(frozen=True, kw_only=True)
class RoundEnded(Event):
    """A question went round, and nobody said yes."""

    name = "expertise.round_ended"
    question_id: int
