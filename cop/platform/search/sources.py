"""What can be found: every capability tells what it offers to the index.

A `Source` makes `Document`s of its things, says which changes touch which of them, and who may
find them. It is asked in the transaction of the change. Nothing here knows what the things are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import inspect
from sqlalchemy.orm import Session

LABEL = "="
OF_ALL = -1  # a line of everybody whom the labels of its document name


class Audience(StrEnum):
    """Who may find a document; asked in the query, at the moment of searching."""

    ALL = "all"  # visitors as well
    MEMBERS = "members"
    READERS = "readers"  # whoever reads its circle
    READING = "reading"  # members who read its circle
    INSIDE = "inside"  # whoever is in its circle


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text within a document that can be shown by itself: a post.

    Attributes:
        number: names it within its thing, from 1; 0 is the title's.
        by: the author's persona, 0 for none, or `OF_ALL`; whoever narrows to an author sees no
            other lines.
    """

    number: int
    text: str
    by: int = 0


# Which thing, and which part of it: a long discussion has many.
Key: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """What is stored of (a part of) a thing.

    Attributes:
        circle_id: whose readers may find it, for the audiences READERS, READING and INSIDE.
        at: when it was last added to.
        labels: what one can narrow to, made by `label`.
        by: whose title it is, a persona; 0 for nobody's.
    """

    key: Key
    title: str
    lines: Sequence[Line]
    audience: Audience
    circle_id: int | None
    at: datetime
    labels: Iterable[str] = ()
    by: int = 0


def label(name: str, value: object) -> str:
    """'=theme:12': a term that no text contains."""
    return f"{LABEL}{name}:{value}"


def author(persona_id: int, to_visitors: bool = True) -> str:
    """Of a document that says whose it is, if need be to members only."""
    return label("by", persona_id if to_visitors else f"{persona_id}m")


def authors(personas: Iterable[int], is_member: bool) -> list[str]:
    """What whoever looks for things of these personas may find them by."""
    found = [author(id) for id in personas]
    return found + [f"{each}m" for each in found] if is_member else found


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that answers a question.

    Attributes:
        line: the number of the line that answers best.
    """

    thing_id: int
    line: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a result says; made with permission asked once more.

    Attributes:
        where: the list, the space, the kind of thing.
        words: how long reading takes.
        text: of what a sentence is shown; '' for what must not be read in passing.
        note: in the place of the text, why it is folded away.
        message_id: of the mail that began it, if one did.
    """

    title: str
    url: str
    where: str = ""
    at: datetime | None = None
    words: int = 0
    text: str = ""
    note: str = ""
    by: str = ""
    message_id: str | None = None


# Given (session, actor, hits): what each says, by thing; those that the actor may not see left out.
Presenter: TypeAlias = Callable[[Session, Any, Sequence[Hit]], Mapping[int, Shown]]


Wrote: TypeAlias = Callable[
    [Session, Any, Sequence[int], Sequence[int], datetime, datetime], Mapping[int, datetime]
]

Added: TypeAlias = Callable[
    [Session, Any, datetime, datetime], Mapping[Key, Mapping[int, datetime]]
]


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing that can be found.

    Attributes:
        kind: its name in addresses and answers.
        label: its name on pages.
        present: what results of this kind say; a fixed number of queries.
        documents: the documents of these keys; those that should not be found are left out. A
            fixed number of queries.
        keys: all keys of the things after an id, in order: (session, after, how many things).
        watches: model → the keys that a change of such a row touches: (session, row) → keys.
        aside: documents that the actor may find and that the index never holds, since they are
            encrypted where they are kept: (session, actor) → documents.
        naming: the same of which things lead to an address: (session, actor, address) → results,
            the newest first.
        weight: how much a result of this kind counts beside others.
        version: raised when the same thing gives another document than before.
        wrote: for a kind to which many add, when one of these personas last added to a thing what
            the actor has not read: (session, actor, ids, personas, since, until) → moments. None:
            whoever is named by its label `by` wrote all of it.
        came: when things of these ids came here, for a kind whose documents carry another moment,
            as when it will be or when it was last added to; those that are no news are left out.
            None: the documents say it.
        known: those of these ids that are over at a moment, or that the actor planned or answered:
            the home page tells of them no more: (session, actor, ids, now) → ids. None: there are
            none such.
        added: for a kind of which `came` says when a thing came, which lines of its documents
            others than the actor added since, up to a moment: (session, actor, since, until) →
            document → number of the line → when. None: what is added is news of the thing.
    """

    kind: str
    label: Any
    present: Presenter
    documents: Callable[[Session, Sequence[Key]], Iterable[Document]] = lambda _s, _k: ()
    keys: Callable[[Session, int, int], Sequence[Key]] = lambda _s, _a, _m: ()
    watches: Mapping[type[Any], Callable[[Session, Any], Iterable[Key]]] = field(
        default_factory=dict
    )
    aside: Callable[[Session, Any], Iterable[Document]] | None = None
    naming: Callable[[Session, Any, str], Sequence[Shown]] | None = None
    weight: float = 1.0
    version: int = 1
    came: Callable[[Session, Sequence[int]], Mapping[int, datetime]] | None = None
    known: Callable[[Session, Any, Sequence[int], datetime], Iterable[int]] | None = None
    wrote: Wrote | None = None
    added: Added | None = None


# Given (session, row): the keys of what a change of the row touches.
Keys: TypeAlias = Callable[[Session, Any], Iterable[Key]]

_sources: dict[str, Source] = {}
_watching: dict[type[Any], dict[str, Keys]] = {}


def offer(source: Source) -> None:
    """Make a kind of thing findable; again under the same name replaces it."""
    for kinds in _watching.values():
        kinds.pop(source.kind, None)
    _sources[source.kind] = source
    for model, keys in source.watches.items():
        _watching.setdefault(model, {})[source.kind] = keys


def watching(model: type[Any]) -> Mapping[str, Keys]:
    """The kinds that a row of this model may be about, each with how to know which."""
    return _watching.get(model, {})


def sources() -> Mapping[str, Source]:
    return _sources


def changed(row: Any, *names: str) -> bool:
    """A row of a session is new, or goes, or one of these attributes of it changes now."""
    state = inspect(row)
    session = state.session
    if session is None or row in session.new or row in session.deleted:
        return True
    return any(state.attrs[name].history.has_changes() for name in names)


def values_of(row: Any, name: str) -> set[Any]:
    """What an attribute is now and, if it changes, what it was."""
    history = inspect(row).attrs[name].history
    return {*history.deleted, *history.added, *history.unchanged} or {getattr(row, name)}
