"""What can be reported. The capability that keeps it says where its own people find it, and what
moderators can decide about it.

The address is only ever shown to somebody who was there: the reporter, or the author of the text.
A moderator never gets it.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.moderation.models import CHOICES, Decision
from cop.platform.numbers import whole_number

Place: TypeAlias = Callable[[Session, Actor, int], str | None]

_places: dict[str, Place] = {}
_decisions: dict[str, Sequence[Decision]] = {}


def subject(kind: str, decisions: Sequence[Decision] = CHOICES) -> Callable[[Place], Place]:
    """Decorator: the function gives the address of subject 'kind:id' for whoever may see it.

    Args:
        decisions: what the capability can carry out.
    """

    def register(place: Place) -> Place:
        _places[kind], _decisions[kind] = place, decisions
        return place

    return register


def place(session: Session, actor: Actor, name: str) -> str | None:
    """Where the actor finds the subject, or None when it is gone or not for them."""
    kind, _, figures = name.partition(":")
    found, number = _places.get(kind), whole_number(figures)
    return found(session, actor, number) if found and number is not None else None


def decisions(name: str) -> Sequence[Decision]:
    """What can be decided about a subject."""
    return _decisions.get(name.partition(":")[0], CHOICES)
