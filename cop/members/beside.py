"""Where the page of a person leads, said by other rooms: their card, what they wrote."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor


@dataclass(frozen=True, slots=True)
class Way:
    label: str
    url: str
    icon: str


Provider: TypeAlias = Callable[[Session, Actor, str], Iterable[Way]]

_providers: list[Provider] = []


def beside_person(provider: Provider) -> Provider:
    """Decorator: the function gives ways on from the persona with a handle, for this actor.

    It is asked of pseudonyms as well: nothing that it gives may tell whose they are.
    """
    if provider not in _providers:
        _providers.append(provider)
    return provider


def ways(session: Session, actor: Actor, handle: str) -> list[Way]:
    return [way for provider in _providers for way in provider(session, actor, handle)]
