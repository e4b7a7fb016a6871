"""What others put on the pages of a list for whoever looks after it: a registry of links."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


Provider: TypeAlias = Callable[[Session, Actor, int], Link | None]

_providers: list[Provider] = []


def beside_list(provider: Provider) -> Provider:
    """Decorator: the function gives a link for a list (id) that the actor looks after, or None."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def links(session: Session, actor: Actor, list_id: int) -> list[Link]:
    found = (provider(session, actor, list_id) for provider in _providers)
    return [link for link in found if link is not None]
