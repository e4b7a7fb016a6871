"""Composing digests from what the capabilities bring.

What a digest says is gathered when its turn has come, with permissions asked at that moment. One in
which nothing is to be said is not sent.

A capability brings `Piece`s by registering a gatherer with `brings`. Every piece has a key that
names what it says: digests of the same pieces are one content, rendered once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import SiteRole
from cop.notifications import spans
from cop.notifications.spans import Span, Wish

KIND = "digest"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody whose digest is composed.

    Attributes:
        delivery_id: of the digest.
        daily_from, weekly_from, asked_from: since when it tells of each; None leaves it out.
        rest_from: the same of what is neither a list's nor asked of them.
        until: up to when.
        planned_at: when it was planned.
        joined: what it tells of lists that they take part in and chose nothing for.
        held: the same of lists for which they have chosen anew since it was planned, by list id.
        came: subjects of which another mail tells, or a digest told, and up to when; see `comes`.
    """

    delivery_id: int
    member_id: int
    role: str
    language: str
    zone: str
    planned_at: datetime
    until: datetime
    daily_from: datetime | None
    weekly_from: datetime | None
    asked_from: datetime | None
    rest_from: datetime | None
    joined: Span | None
    held: dict[int, Span | None]
    came: Mapping[str, datetime] = field(default_factory=dict)

    def heard(self, subject: str, at: datetime) -> bool:
        """Whether they heard of what happened then to a subject: one event never rings twice."""
        told = self.came.get(subject)
        return told is not None and at <= told

    @property
    def actor(self) -> Actor:
        return Actor(self.member_id, SiteRole(self.role))

    def span(self, wish: Wish) -> Span | None:
        """What this digest tells of a list for which the reader has chosen."""
        return spans.span(wish, self.daily_from, self.weekly_from, self.until)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a piece says, in both forms; the HTML is safe."""

    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing in a digest.

    Attributes:
        group: (order, key) of the heading under which it stands.
        heading: the heading's words and address, made while the reader's language is spoken.
        key: names all that it says, its heading too; with the language it is enough to know it
            again.
        covers: ids of what it shows.
        minutes: how long reading takes.
        render: makes it, given whether it has room; called while the language is spoken.
        counts: what it adds to the first line: 'new', 'answers', 'asked' or 'private' → how many.
        subject: what it is about, 'discussion:12'; of a subject the first piece stands alone.
    """

    group: tuple[Any, ...]
    heading: Callable[[], tuple[str, str]]
    key: str
    covers: tuple[int, ...]
    words: int
    render: Callable[[bool], Rendered]
    counts: dict[str, int] = field(default_factory=dict)
    subject: str = ""


@dataclass
class Found:
    """What was found for one reader: the pieces, and the ids of all that they may see.

    Attributes:
        told: subjects of which this digest tells, or other mails told, and up to when.
    """

    pieces: list[Piece] = field(default_factory=list)
    may_see: set[int] = field(default_factory=set)
    told: dict[str, datetime] = field(default_factory=dict)


Gatherer: TypeAlias = Callable[[Session, Sequence[Reader]], dict[int, Found]]

# Also given, by delivery id, of which subjects the reader's digest tells already, and up to when.
Later: TypeAlias = Callable[
    [Session, Sequence[Reader], Mapping[int, Mapping[str, datetime]]], dict[int, Found]
]

# By delivery id: of which subjects mails other than this digest tell its reader, and up to when.
Coming: TypeAlias = Callable[[Session, Sequence[Reader]], dict[int, dict[str, datetime]]]

_comings: list[Coming] = []
_gatherers: list[Gatherer] = []
_later: list[Later] = []


def comes(coming: Coming) -> Coming:
    """Decorator: the function says what comes to these readers in other mails."""
    if coming not in _comings:
        _comings.append(coming)
    return coming


def brings(gatherer: Gatherer) -> Gatherer:
    """Decorator: the function finds what is to be said to these readers, by delivery id.

    It asks permissions, and runs a fixed number of queries for any number of readers.
    """
    if gatherer not in _gatherers:
        _gatherers.append(gatherer)
    return gatherer


def brings_besides(gatherer: Later) -> Later:
    """Decorator: the same for a function that leaves out what the others tell."""
    if gatherer not in _later:
        _later.append(gatherer)
    return gatherer


def gather(session: Session, readers: Sequence[Reader]) -> dict[int, Found]:
    """Everything for these readers, by delivery id, pieces in order."""
    readers = _who_heard(session, readers)
    found = {reader.delivery_id: Found() for reader in readers}
    for gatherer in _gatherers:
        for delivery_id, more in gatherer(session, readers).items():
            found[delivery_id].pieces += more.pieces
            found[delivery_id].may_see |= more.may_see
            found[delivery_id].told |= more.told
    until = {reader.delivery_id: reader.until for reader in readers}
    told = {
        id: each.told | {piece.subject: until[id] for piece in each.pieces}
        for id, each in found.items()
    }
    for later in _later:
        for delivery_id, more in later(session, readers, told).items():
            found[delivery_id].pieces += more.pieces
    for each in found.values():
        each.pieces.sort(key=lambda piece: piece.group)
        each.pieces = _once(each.pieces)
    return found


def _who_heard(session: Session, readers: Sequence[Reader]) -> list[Reader]:
    """The readers, each with what they hear or heard of elsewhere."""
    came: dict[int, dict[str, datetime]] = {}
    for coming in _comings:
        for delivery_id, more in coming(session, readers).items():
            known = came.setdefault(delivery_id, {})
            for subject, at in more.items():
                known[subject] = max(at, known.get(subject, at))
    return [
        replace(each, came=came[each.delivery_id]) if each.delivery_id in came else each
        for each in readers
    ]


def _once(pieces: list[Piece]) -> list[Piece]:
    """Without further pieces about the same subject: one event never rings twice."""
    first: dict[str, Piece] = {}
    for piece in pieces:
        if piece.subject:
            first.setdefault(piece.subject, piece)
    return [piece for piece in pieces if not piece.subject or first[piece.subject] is piece]
