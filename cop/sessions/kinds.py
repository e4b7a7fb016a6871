"""What a kind of session adds to the page of one: intervisie its queue, a beraad its boards.

The kinds stand above this room and register themselves; the page asks for what there is to show.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.sessions.models import GroupSession, SessionParticipant


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page of a session.

    Attributes:
        template: included with `part` and what the page itself has.
        context: what the template reads, as `part.context`.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


# Only asked for a session that the actor reads; runs a fixed number of queries.
Provider: TypeAlias = Callable[[Session, Actor, GroupSession, SessionParticipant], list[Part]]

_providers: dict[str, Provider] = {}


def register(kind: str, provider: Provider) -> None:
    """Say what this kind adds; again replaces it."""
    _providers[kind] = provider


def parts(
    session: Session, actor: Actor, its: GroupSession, mine: SessionParticipant
) -> list[Part]:
    """What the kind of this session shows on its page, in its present state."""
    provider = _providers.get(its.kind)
    return provider(session, actor, its, mine) if provider is not None else []
