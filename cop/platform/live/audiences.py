"""Audiences: who may hear them, what is told, and what is shown of it."""

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple, TypeAlias, cast

from sqlalchemy import Table, and_, bindparam, event, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cop.platform.db import is_sqlite
from cop.platform.db import rows as rows_of
from cop.platform.live.models import LONGEST_NAME, LiveAudience, LiveEvent

log = logging.getLogger("cop.live")

REPLAY_LIMIT = 200  # events; whoever missed more loads the whole state anew
TURNED_OUT = "turned-out"  # somebody may not hear this audience any more: everybody is asked again
MOST_DIGITS = 9


class Place(NamedTuple):
    """An audience's name taken apart: 'session:12' or, of one person, 'session-own:12:member:7'."""

    kind: str
    id: int
    person: str = ""

    @property
    def name(self) -> str:
        return f"{self.said}:{self.person}" if self.person else self.said

    @property
    def said(self) -> str:
        """The name as clients know it: the person never leaves the server."""
        return f"{self.kind}:{self.id}"


class Row(NamedTuple):
    """One thing that an audience was told."""

    number: int
    kind: str
    subject: int
    at: datetime


Gate: TypeAlias = Callable[[Session, Any, int], bool]
ManyGate: TypeAlias = Callable[[Session, int, Collection[Any]], Collection[Any]]
Payload: TypeAlias = Callable[[Session, Place, list[Row]], dict[int, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is known of a kind of audience (see `audience`)."""

    gate: Gate
    many: ManyGate | None
    own: bool
    fresh: float
    every: float

    def still(self, session: Session, id: int, actors: Collection[Any]) -> Collection[Any]:
        """Those of the actors who may hear it."""
        if self.many is not None:
            return self.many(session, id, actors)
        return [actor for actor in actors if self.gate(session, actor, id)]


_kinds: dict[str, Kind] = {}
_payloads: dict[str, Payload] = {}


def audience(
    kind: str,
    *,
    many: ManyGate | None = None,
    own: bool = False,
    fresh: float = 0.0,
    every: float = 0.0,
) -> Callable[[Gate], Gate]:
    """Decorator: the function `(session, actor, id)` says whether an actor may hear 'kind:id'.

    Args:
        many: the same for many actors in one query, `(session, id, actors) -> those who may`;
            worth it for audiences of more than a handful.
        own: each person has an audience of their own under this name (see `own`).
        fresh: how many seconds an answer holds while messages go out. Leave it at 0, asked before
            every message, unless whatever ends the right to hear calls `turn_out`.
    """

    def register(gate: Gate) -> Gate:
        _kinds[kind] = Kind(gate, many, own, fresh, every)
        return gate

    return register


def payload(kind: str) -> Callable[[Payload], Payload]:
    """Decorator: the function builds what is sent with new rows of the kind's audiences.

    It is called once per audience and batch, and again for every replay, and gives a dict of plain
    data per row's number. It reads what is so now: of what was struck meanwhile it says so.
    """

    def register(build: Payload) -> Payload:
        _payloads[kind] = build
        return build

    return register


def kind_of(place: Place) -> Kind:
    return _kinds[place.kind]


def own(kind: str, id: int, who: str) -> str:
    """The name of one person's own audience of a kind with `own=True`, for `publish`.

    Args:
        who: the person: of a member the actor's `audit_id`, 'member:7'.
    """
    return Place(kind, id, who).name


def parsed(name: object, who: str = "") -> Place | None:
    """A client's 'kind:id' as a place, or None; `who` asks, for kinds that are somebody's own."""
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        return None
    kind, _, number = name.partition(":")
    if kind not in _kinds or not number.isascii() or not number.isdigit():
        return None
    if len(number) > MOST_DIGITS or str(int(number)) != number:
        return None  # one audience has one name
    return Place(kind, int(number), who if _kinds[kind].own else "")


def place_of(name: str) -> Place:
    """The place of a name that stands in the database."""
    kind, id, *person = name.split(":", 2)
    return Place(kind, int(id), *person)


def publish(session: Session, name: str, kind: str, subject: int, now: datetime) -> int:
    """Tell an audience, in the caller's transaction; the number this event got."""
    told = {"its_name": name, "its_kind": kind, "its_subject": subject, "its_at": now}
    if is_sqlite(session):
        number: int = session.scalars(_numbered(sqlite.insert), {"its_name": name}).one()
        session.execute(_event(), told | {"its_number": number})
    else:
        number = session.scalars(_numbered_event(), told).one()
    if "told" not in session.info:
        session.info["told"] = set()
        event.listen(session, "after_commit", _wake)
    session.info["told"].add(name)
    return number


# The two tables as such: what is built once is not to be taken for new objects each time.
_AUDIENCE, _EVENT = cast(Table, LiveAudience.__table__), cast(Table, LiveEvent.__table__)
_COLUMNS = ("audience", "kind", "subject", "at", "number")


def _its_values() -> list[Any]:
    return [
        bindparam("its_name", type_=_EVENT.c.audience.type),
        bindparam("its_kind", type_=_EVENT.c.kind.type),
        bindparam("its_subject", type_=_EVENT.c.subject.type),
        bindparam("its_at", type_=_EVENT.c.at.type),
    ]


@cache
def _numbered(make: Any) -> Any:
    """The audience's next number; its row stays locked."""
    return (
        make(_AUDIENCE)
        .values(name=bindparam("its_name"), last_number=1)
        .on_conflict_do_update(
            index_elements=["name"], set_={"last_number": _AUDIENCE.c.last_number + 1}
        )
        .returning(_AUDIENCE.c.last_number)
    )


@cache
def _event() -> Any:
    values = [*_its_values(), bindparam("its_number")]
    return insert(_EVENT).values(dict(zip(_COLUMNS, values, strict=True)))


@cache
def _numbered_event() -> Any:
    """Both in one question, which SQLite has no words for."""
    number = _numbered(postgresql.insert).cte("numbered")
    values = select(*_its_values(), number.c.last_number)
    return insert(_EVENT).from_select(_COLUMNS, values).returning(_EVENT.c.number)


def turn_out(session: Session, name: str, now: datetime) -> int:
    """Somebody may not hear this audience any more: all its listeners are asked again at once.

    Call it in the transaction that ends the right. Nothing told after it reaches whoever may not.
    """
    return publish(session, name, TURNED_OUT, 0, now)


_wakers: list[Callable[[set[str]], None]] = []


def on_commit(waker: Callable[[set[str]], None]) -> None:
    """Have a function called with the names of the audiences that a commit told something."""
    _wakers.append(waker)


def _wake(session: Session) -> None:
    if session.in_nested_transaction() or not session.info["told"]:
        return
    names, session.info["told"] = session.info["told"], set()
    for waker in _wakers:
        waker(names)


def last_number(session: Session, name: str) -> int:
    return rows_of(session, _last(), {"its_name": name}).scalar() or 0


@cache
def _last() -> Any:
    return select(_AUDIENCE.c.last_number).where(_AUDIENCE.c.name == bindparam("its_name"))


def rows_since(session: Session, name: str, number: int, most: int = REPLAY_LIMIT) -> list[Row]:
    """What the audience was told after `number`, oldest first."""
    asked = {"its_name": name, "after": number, "most": most}
    return [Row(*row) for row in rows_of(session, _since(), asked)]


@cache
def _since() -> Any:
    at = _EVENT.c
    return (
        select(at.number, at.kind, at.subject, at.at)
        .where(at.audience == bindparam("its_name"), at.number > bindparam("after"))
        .order_by(at.number)
        .limit(bindparam("most"))
    )


def missed(session: Session, name: str, number: int | None) -> tuple[list[Row], int, bool]:
    """(what was told after `number`, the last number, whether that is too much to catch up)."""
    if number is None:
        return [], last_number(session, name), False
    number = max(0, number)
    asked = {"its_name": name, "after": number, "most": REPLAY_LIMIT + 1}
    found = rows_of(session, _missed(), asked).all()
    last = found[0][0] if found else 0
    rows = [Row(*row[1:]) for row in found if row.number is not None]
    forgotten = rows[0].number != number + 1 if rows else last != number
    if forgotten or len(rows) > REPLAY_LIMIT:
        return [], last, True
    return rows, rows[-1].number if rows else last, False


@cache
def _missed() -> Any:
    """The last number, beside every event after the one that was heard last."""
    its, at = _AUDIENCE.c, _EVENT.c
    heard = and_(at.audience == its.name, at.number > bindparam("after"))
    return (
        select(its.last_number, at.number, at.kind, at.subject, at.at)
        .select_from(_AUDIENCE.outerjoin(_EVENT, heard))
        .where(its.name == bindparam("its_name"))
        .order_by(at.number)
        .limit(bindparam("most"))
    )


def shown(session: Session, place: Place, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows as they are sent: ids, and what the kind's payload adds to them.

    A payload that fails leaves ids alone: numbers must go on, and clients fetch what is lacking.
    """
    listed: list[Row] = list(rows)
    built: dict[int, dict[str, Any]] = {}
    build = _payloads.get(place.kind)
    if build is not None and listed:
        try:
            built = build(session, place, listed)
        except SQLAlchemyError:
            raise
        except Exception as error:  # its values may be confidential
            log.error("payload of %s: %s", place.kind, type(error).__name__)
    sent = []
    for row in listed:
        item: dict[str, Any] = {"number": row.number, "kind": row.kind, "subject": row.subject}
        if row.number in built:
            item["data"] = built[row.number]
        sent.append(item)
    return sent
