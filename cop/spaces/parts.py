"""Sections that features add to the page of a space: its lists, cases, sessions and practices.

A feature registers a provider; the page asks all of them, in their order, and includes what they
give. So spaces know nothing of the features that stand in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.spaces.models import Space


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page.

    Attributes:
        template: included as a `<section class="section">` of its own, with `part` and `space`.
        context: what the template reads, as `part.context`.
        ask_url: where the actor can put a question to somebody of the space, whose handle goes
            along as `?noem=`; '' when this feature offers no such place.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    ask_url: str = ""


# Runs a fixed number of queries; None when there is nothing to show to this actor. Only asked for
# spaces that the actor may read; what it shows of them is its own to check.
Provider: TypeAlias = Callable[[Session, Actor, Space], Part | None]

_providers: dict[str, tuple[int, Provider]] = {}


def register(name: str, order: int, provider: Provider) -> None:
    """Add a section; again under the same name replaces it. Lower orders stand higher."""
    _providers[name] = (order, provider)


def of(session: Session, actor: Actor, space: Space) -> list[Part]:
    """What the features show on the page of this space."""
    made = (
        provider(session, actor, space)
        for _order, provider in sorted(_providers.values(), key=lambda pair: pair[0])
    )
    return [part for part in made if part is not None]
