"""What waits for a member, for the home page: features offer it, the page asks all of them.

A feature registers a provider with `waits`. It asks its own permissions, runs a fixed number of
queries whatever the amount of data, and gives at most some lines of each part. Words of a case or
of a session never stand in a line: it says that something is asked, and where.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor

QUARTER = 15  # minutes


class Part(StrEnum):
    """Under which heading of the home page a line stands, in the order of the page."""

    ASKED = "asked"  # somebody asks it of me
    DUE = "due"  # what I said that I would do, and when
    COMING = "coming"  # where I go, with what to prepare
    ANNOUNCED = "announced"
    DRAFT = "draft"  # what I was writing
    NEW = "new"  # in what I joined and follow
    THEMES = "themes"  # on the themes and searches that I chose
    YIELD = "yield"  # what I started and that lacks its opbrengst
    SUGGESTION = "suggestion"  # only shown when nothing else is


MOST = {Part.COMING: 3, Part.DRAFT: 3, Part.YIELD: 3, Part.NEW: 8, Part.SUGGESTION: 1}
USUAL = 10
NEWEST_FIRST = (Part.ANNOUNCED, Part.DRAFT, Part.NEW, Part.THEMES, Part.YIELD)


@dataclass(frozen=True, slots=True)
class Wait:
    """One line.

    Attributes:
        title: what it is, in the reader's language.
        minutes: how long it takes; None where one cannot say (a meeting has its own hours).
        at: when it came, or begins.
        due: until when it is wanted; None when there is no such moment.
        where: the list, the space or the kind of thing it is.
        note: one sentence more: 'answer until Friday', what to prepare.
        mark: a short tag: 'you come'.
        act: what one could do with it ('Answer'), with its address in `act_url`.
        leaf: day, month and weekday to show as a leaf of a calendar.
        struck: it is off.
    """

    part: Part
    title: str
    url: str
    minutes: int | None
    at: datetime
    due: datetime | None = None
    where: str = ""
    note: str = ""
    mark: str = ""
    act: str = ""
    act_url: str = ""
    leaf: tuple[int, str, str] | None = None
    struck: bool = False


Provider: TypeAlias = Callable[[Session, Actor, datetime], Iterable[Wait]]

_providers: list[Provider] = []


def waits(provider: Provider) -> Provider:
    """Decorator: the function says what waits for this member now."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def gather(session: Session, actor: Actor, now: datetime) -> dict[Part, list[Wait]]:
    """Everything that waits for a member, by part, in the order in which to show it."""
    found: defaultdict[Part, list[Wait]] = defaultdict(list)
    for provider in _providers:
        for wait in provider(session, actor, now):
            found[wait.part].append(wait)
    # Nothing stands on the page twice: what is asked, due or new is no news on a theme as well.
    # What is suggested stands there only when nothing else does.
    others = found.keys() - {Part.THEMES, Part.SUGGESTION}
    told = {place_of(wait.url) for part in others for wait in found[part]}
    news = {place_of(w.url): w for w in reversed(found[Part.THEMES])}
    found[Part.THEMES] = [w for place, w in news.items() if place not in told]
    return {part: _ordered(part, found[part]) for part in Part if found[part]}


def place_of(url: str) -> str:
    """An address without where on its page it leads."""
    return url.partition("#")[0].partition("?")[0]


def _ordered(part: Part, lines: list[Wait]) -> list[Wait]:
    if part in NEWEST_FIRST:
        lines.sort(key=lambda wait: wait.at, reverse=True)
    else:  # what is wanted soonest, then what has waited longest
        lines.sort(key=lambda wait: (wait.due is None, wait.due or wait.at, wait.at))
    return lines[: MOST.get(part, USUAL)]


# What fits into a short while, the most wanted first; a meeting is no such thing.
_FITS = (Part.ASKED, Part.DUE, Part.DRAFT, Part.ANNOUNCED, Part.NEW, Part.THEMES, Part.YIELD)


def fitting(found: dict[Part, list[Wait]], minutes: int = QUARTER) -> list[Wait]:
    """What can be done in so many minutes: what is asked first, then what fills the rest."""
    chosen: list[Wait] = []
    left = minutes
    for part in _FITS:
        for wait in found.get(part, ()):
            if wait.minutes is not None and wait.minutes <= left:
                chosen.append(wait)
                left -= wait.minutes
    return chosen
