"""Answers that calendar programs send to an invitation (RFC 5546: METHOD:REPLY).

A feature that sends invitations registers a handler for their answers; the first that knows the
invitation takes it. Without one the answer is recorded and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class CalendarAnswer:
    """
    Attributes:
        ics: the calendar object as it came, at most a hundred kilobytes.
        member_id: whose mail it is, when the own mail server vouches for the sender; else None.
        sender: the address in From, in lower case; anybody can write one there.
        vouched: the own mail server vouches for that address.
        to: the address that it was sent to.
    """

    ics: bytes
    member_id: int | None
    sender: str
    to: str
    vouched: bool = False


Handler: TypeAlias = Callable[[Session, CalendarAnswer, datetime], bool]


@dataclass
class _Handlers:
    registered: list[Handler] = field(default_factory=list)


_handlers = _Handlers()


def takes_calendar_answers(handler: Handler) -> Handler:
    """Decorator: the function takes an answer and says whether it was for one of its invitations.

    It must bear any bytes, and the same answer twice.
    """
    if handler not in _handlers.registered:
        _handlers.registered.append(handler)
    return handler


def hand_over(session: Session, answer: CalendarAnswer, now: datetime) -> bool:
    """Whether some feature took it."""
    return any(handler(session, answer, now) for handler in _handlers.registered)
