"""Reading what a market yielded: the harvest, for all; and the page of somebody who was there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from cop.contacts.conversations import of_two
from cop.markets import stall_queries
from cop.markets.after.models import MarketHarvest, StallYield, TakenAlong
from cop.markets.after.permissions import (
    HARVESTS,
    YIELDS,
    HarvestPermission,
    YieldPermission,
    has_note,
)
from cop.markets.company import without_screen
from cop.markets.floor_models import (
    FloorPerson,
    MarketContact,
    StallItem,
    StallNote,
    StallVisit,
)
from cop.markets.models import Market, MarketPlace, Stall, is_in_programme
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import markup
from cop.platform.errors import NotFound
from cop.platform.storage import StoredFile
from cop.spaces import origins
from cop.spaces.files import file_gate, url_of

KIND = "stall"
MOST_SHARED = 60
MOST_CONTACTS = 60


@dataclass(frozen=True, slots=True)
class Shared:
    """What somebody takes along, and shows to all."""

    action: str
    due_on: date | None
    by: Person
    done: bool
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Yielded:
    """A stall in the harvest.

    Attributes:
        html: its opbrengst; '' while nobody wrote it down.
        may: what the actor may do with it.
        made: what became of it, and what can.
        shared: what people take along from it.
        files: (title, address) of those that came along.
    """

    id: int
    number: int
    title: str
    theme: str | None
    holders: list[Person]
    html: str
    by: Person | None
    at: datetime | None
    words: int
    may: frozenset[Any]
    made: origins.Around
    shared: list[Shared]
    files: list[tuple[str, str]]

    def holds(self, permission: str) -> bool:
        return YieldPermission(permission) in self.may


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a market yielded.

    Attributes:
        may: what the actor may do with the whole of it.
        stalls: those that wrote down what they yielded; `silent`: those that did not, or not yet,
            also when they closed before the end and have a note.
        shared: what people take along from the market as a whole.
        more_shared: after which number more of what people take along follows; None when it is all.
    """

    may: frozenset[Any]
    ready_at: datetime | None
    stalls: list[Yielded]
    silent: list[Yielded]
    shared: list[Shared]
    more_shared: int | None

    def holds(self, permission: str) -> bool:
        return HarvestPermission(permission) in self.may

    @property
    def minutes(self) -> int:
        """How long reading takes."""
        return markup.reading_minutes(sum(stall.words for stall in self.stalls))


def harvest(session: Session, actor: Actor, market_id: int, after_shared: int = 0) -> Harvest:
    """The harvest of a market; a fixed number of queries.

    Args:
        after_shared: after which number what people take along begins.

    Raises:
        NotFound: the market is not over, or not for the actor.
    """
    may = HARVESTS.held(session, actor, market_id)
    if HarvestPermission.READ not in may:
        raise NotFound
    its = session.get(MarketHarvest, market_id)
    rows = session.execute(
        select(
            Stall.id,
            StallYield.html,
            StallYield.words,
            StallYield.at,
            has_note().label("has_note"),
            *YIELDS.columns(actor),
            *PERSON,
        )
        .select_from(Stall)
        .outerjoin(StallYield, StallYield.stall_id == Stall.id)
        .outerjoin(Persona, Persona.id == StallYield.by_id)
        .where(Stall.market_id == market_id)
        .order_by(Stall.number),
        actor.parameters,
    ).all()
    written = {row.id: row for row in rows}
    # Also of those that closed on the way, or went into another: what was written there stays.
    held = {row.id for row in rows if row.html or row.has_note}
    stalls = stall_queries.stalls(session, actor, market_id, closed=True)
    with_html = {row.id for row in rows if row.html}
    made = origins.around_many(session, actor, KIND, sorted(written), with_html)
    shared, more_shared = _shared(session, actor, market_id, after_shared)
    files = _items(session, sorted(with_html), StallItem.in_yield.is_(True))
    every = [
        _yielded(
            stall,
            written[stall.id],
            actor,
            made[stall.id],
            shared.pop(stall.id, []),
            files.get(stall.id, []),
        )
        for stall in stalls
        if not stall.closed or stall.id in held
    ]
    return Harvest(
        may=may,
        ready_at=its.ready_at if its is not None else None,
        stalls=[one for one in every if one.html],
        silent=[one for one in every if not one.html],
        shared=[one for rest in shared.values() for one in rest],
        more_shared=more_shared,
    )


def _yielded(
    stall: stall_queries.StallRow,
    row: Any,
    actor: Actor,
    made: origins.Around,
    shared: list[Shared],
    files: list[tuple[str, str]],
) -> Yielded:
    may = YIELDS.from_row(row)
    if YieldPermission.GO_ON not in may:
        made = origins.Around(made.came_from, made.became, [])
    return Yielded(
        id=stall.id,
        number=stall.number,
        title=stall.title,
        theme=stall.theme,
        holders=stall.holders,
        html=row.html or "",
        by=person(row, actor) if row.html else None,
        at=row.at,
        words=row.words or 0,
        may=may,
        made=made,
        shared=shared,
        files=files,
    )


def _shared(
    session: Session, actor: Actor, market_id: int, after: int
) -> tuple[defaultdict[int | None, list[Shared]], int | None]:
    """Stall (None: none) → what people take along from it and show; after which more follows."""
    found: defaultdict[int | None, list[Shared]] = defaultdict(list)
    rows = session.execute(
        select(
            *(TakenAlong.id, TakenAlong.stall_id, TakenAlong.action, TakenAlong.due_on),
            *(TakenAlong.done_at, TakenAlong.outcome),
            *PERSON,
        )
        .join(Persona, Persona.id == TakenAlong.persona_id)
        .where(TakenAlong.market_id == market_id, TakenAlong.shared.is_(True))
        .where(TakenAlong.dropped_at.is_(None), TakenAlong.id > after)
        .order_by(TakenAlong.id)
        .limit(MOST_SHARED + 1)
    ).all()
    for row in rows[:MOST_SHARED]:
        found[row.stall_id].append(
            Shared(
                action=row.action,
                due_on=row.due_on,
                by=person(row, actor),
                done=row.done_at is not None,
                outcome=row.outcome,
            )
        )
    return found, rows[MOST_SHARED - 1].id if len(rows) > MOST_SHARED else None


def stall_to_write(
    session: Session, actor: Actor, market_id: int, stall_id: int, permission: YieldPermission
) -> tuple[Stall, StallYield | None]:
    """A stall on which the actor holds this, with what it yielded so far.

    Raises:
        NotFound: it is of another market, or not for the actor.
    """
    stall = YIELDS.get(session, actor, permission, stall_id)
    if stall.market_id != market_id:
        raise NotFound
    return stall, session.get(StallYield, stall_id)


# --- one's own page


@dataclass(frozen=True, slots=True)
class Visited:
    """A stall where one was, with what was written and left there.

    Attributes:
        note: the note as HTML; for those who were there.
        items: (title, address) of links and files that were left there.
    """

    id: int
    number: int
    title: str
    note: str
    items: list[tuple[str, str]]
    may_write: bool
    has_yield: bool


def visited(session: Session, actor: Actor, market_id: int) -> list[Visited]:
    """The stalls where the actor was, or was planned where they walked without a screen; three
    queries."""
    me, visit, place = aliased(FloorPerson), aliased(StallVisit), aliased(MarketPlace)
    market = aliased(Market)
    rows = session.execute(
        select(
            Stall.id,
            Stall.number,
            Stall.title,
            StallNote.text,
            StallYield.stall_id.label("written"),
            *YIELDS.columns(actor),
        )
        .select_from(Stall)
        .outerjoin(StallNote, StallNote.stall_id == Stall.id)
        .outerjoin(StallYield, StallYield.stall_id == Stall.id)
        .where(Stall.market_id == market_id)
        .where(
            or_(
                YIELDS.clause(actor, YieldPermission.READ_NOTE),
                exists().where(
                    visit.stall_id == Stall.id,
                    visit.person_id == me.id,
                    me.member_id == actor.member_id,
                ),
                and_(
                    exists().where(
                        place.stall_id == Stall.id,
                        is_in_programme(place),
                        place.member_id == actor.member_id,
                    ),
                    exists().where(market.id == market_id, without_screen(market)),
                    ~exists().where(
                        FloorPerson.market_id == market_id,
                        FloorPerson.member_id == actor.member_id,
                    ),
                ),
            )
        )
        .order_by(Stall.number),
        actor.parameters,
    ).all()
    may = {row.id: YIELDS.from_row(row) for row in rows}
    open_to = [row.id for row in rows if YieldPermission.READ_NOTE in may[row.id]]
    items = _items(session, open_to)
    return [
        Visited(
            id=row.id,
            number=row.number,
            title=row.title,
            note=markup.render(row.text) if row.text and row.id in open_to else "",
            items=items.get(row.id, []),
            may_write=YieldPermission.WRITE in may[row.id],
            has_yield=row.written is not None,
        )
        for row in rows
    ]


def to_take_from(
    session: Session, market_id: int, visited: Sequence[Visited]
) -> list[tuple[int, str]]:
    """(id, number and title) of the stalls where one was, and of those that have an opbrengst."""
    ids = [stall.id for stall in visited]
    rows = session.execute(
        select(Stall.id, Stall.number, Stall.title)
        .where(Stall.market_id == market_id)
        .where(or_(Stall.id.in_(ids), exists().where(StallYield.stall_id == Stall.id)))
        .order_by(Stall.number)
    )
    return [(row.id, f"{row.number}. {row.title}") for row in rows]


def _items(
    session: Session, stall_ids: Sequence[int], *conditions: ColumnElement[bool]
) -> Mapping[int, list[tuple[str, str]]]:
    """Stall → (title, address) of what lies there, links and files; one query."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in session.execute(
        select(StallItem.stall_id, StallItem.title, StallItem.url, StoredFile.key, StoredFile.name)
        .outerjoin(StoredFile, StoredFile.id == StallItem.file_id)
        .where(StallItem.stall_id.in_(stall_ids), StallItem.struck_at.is_(None), *conditions)
        .order_by(StallItem.id)
    ):
        found[row.stall_id].append((row.title, url_of(row.key, row.name) if row.key else row.url))
    return found


@file_gate("harvests")
def _of_harvests(actor: Actor) -> Select[Any]:
    """Files that came along into an opbrengst, and those of stalls whose note the actor reads."""
    return (
        select(StallItem.file_id)
        .join(Stall, Stall.id == StallItem.stall_id)
        .where(
            StallItem.file_id.is_not(None),
            or_(
                and_(StallItem.in_yield.is_(True), YIELDS.clause(actor, YieldPermission.READ)),
                YIELDS.clause(actor, YieldPermission.READ_NOTE),
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody with whom one agreed to stay in touch, and where the two write to each other."""

    who: Person
    talk_id: int | None


def contacts(session: Session, actor: Actor, market_id: int) -> list[Contact]:
    """Only what both agreed on; nobody but these two reads it."""
    me, other = aliased(FloorPerson), aliased(FloorPerson)
    rows = session.execute(
        select(of_two(me.persona_id, other.persona_id).label("talk_id"), *PERSON)
        .select_from(MarketContact)
        .join(me, or_(me.id == MarketContact.from_id, me.id == MarketContact.to_id))
        .join(
            other,
            and_(
                other.id != me.id,
                or_(other.id == MarketContact.from_id, other.id == MarketContact.to_id),
            ),
        )
        .join(Persona, Persona.id == other.persona_id)
        .where(MarketContact.market_id == market_id, me.member_id == actor.member_id)
        .where(MarketContact.agreed_at.is_not(None), MarketContact.refused_at.is_(None))
        .order_by(Persona.sort_key, Persona.id)
        .limit(MOST_CONTACTS)
    )
    return [Contact(who=person(row, actor), talk_id=row.talk_id) for row in rows]


def taken(session: Session, actor: Actor, market_id: int) -> list[TakenAlong]:
    """What the actor takes along from this market."""
    return list(
        session.scalars(
            select(TakenAlong)
            .where(TakenAlong.market_id == market_id, TakenAlong.member_id == actor.member_id)
            .order_by(TakenAlong.done_at.is_not(None), TakenAlong.due_on, TakenAlong.id)
        )
    )
