"""The page 'me': everything of mine in one place. Rooms above this one add their own part."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """Something of the member's, and where it is."""

    label: str
    url: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page.

    Attributes:
        more_url: where all of it is, if the page shows only some.
    """

    title: str
    entries: list[Entry]
    more_url: str | None = None


Provider: TypeAlias = Callable[[Session, Actor], Part]


@dataclass
class _Providers:
    registered: list[Provider] = field(default_factory=list)


_providers = _Providers()


def part_of_me(provider: Provider) -> Provider:
    """Decorator: the function gives one part of the page 'me'; a fixed number of queries."""
    if provider not in _providers.registered:
        _providers.registered.append(provider)
    return provider


def parts(session: Session, actor: Actor) -> list[Part]:
    """Every part that has something in it."""
    found = [provider(session, actor) for provider in _providers.registered]
    return [part for part in found if part.entries]
