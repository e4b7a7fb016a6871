"""What happened to sessions. Ids only: nothing of a session ever leaves it."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class SessionStarted(Event):
    name = "sessions.started"
    session_id: int


@dataclass(frozen=True, kw_only=True)
class SessionClosed(Event):
    name = "sessions.closed"
    session_id: int
