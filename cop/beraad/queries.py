"""What the boards of a beraad show, each to who takes part."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cop.beraad import places, seats
from cop.beraad.deliberating import may_change
from cop.beraad.models import Beraad, Entry, OwnPerspective, Weighing
from cop.beraad.weighing import ANSWERS
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person


@dataclass(frozen=True, slots=True)
class Written:
    """An entry as the table shows it; `mine` is one that the actor can change."""

    id: int
    text: str
    who: Person
    mine: bool


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell with what stands in it.

    Attributes:
        id: names it on the page.
        place: what a form sends.
    """

    id: str
    place: str
    side: str
    label: str
    entries: list[Written]


@dataclass(frozen=True, slots=True)
class TableRow:
    kind: str
    label: str
    cells: list[TableCell]


@dataclass(frozen=True, slots=True)
class Perspective:
    """Somebody concerned, with a row for values and one for norms.

    Attributes:
        own_id: of one that the participants added; None for the six.
        removable: the actor added it, and nothing stands in it.
    """

    label: str
    own_id: int | None
    removable: bool
    rows: list[TableRow]

    @property
    def count(self) -> int:
        return sum(len(cell.entries) for row in self.rows for cell in row.cells)


def beraad_of(session: Session, session_id: int) -> Beraad | None:
    """The beraad of a session, whose reader was let in already; None before anybody wrote."""
    return session.scalar(select(Beraad).where(Beraad.session_id == session_id))


def table(
    session: Session, actor: Actor, seat: seats.Seat, beraad: Beraad | None
) -> list[Perspective]:
    """The whole value table; two queries."""
    own: list[OwnPerspective] = []
    by_cell: dict[tuple[str, int | None], list[Written]] = {}
    if beraad is not None:
        own = list(
            session.scalars(
                select(OwnPerspective)
                .where(OwnPerspective.beraad_id == beraad.id)
                .order_by(OwnPerspective.id)
            )
        )
        rows = session.execute(
            select(
                Entry.id,
                Entry.place,
                Entry.perspective_id,
                may_change(seat).label("mine"),
                Entry.text,
                *PERSON,
            )
            .join(Persona, Persona.id == Entry.author_id)
            .where(Entry.beraad_id == beraad.id)
            .order_by(Entry.id)
        )
        for row in rows:
            if row.text is not None:
                by_cell.setdefault((row.place, row.perspective_id), []).append(
                    Written(row.id, row.text, person(row, actor), bool(row.mine))
                )
    made = [
        _perspective(who, str(label), None, by_cell) for who, label in places.PERSPECTIVES.items()
    ]
    for each in own:
        one = _perspective(places.OWN, each.name, each.id, by_cell)
        mine = each.author_id == seat.persona_id and not one.count
        made.append(Perspective(one.label, one.own_id, mine, one.rows))
    return made


def _perspective(
    who: str,
    label: str,
    own_id: int | None,
    by_cell: dict[tuple[str, int | None], list[Written]],
) -> Perspective:
    rows = []
    for kind, kind_label in places.KINDS.items():
        cells = []
        for side, side_label in places.SIDES.items():
            place = places.Cell(who, kind, side).place
            name = place.replace(".", "-") + (f"-{own_id}" if own_id is not None else "")
            cells.append(
                TableCell(
                    f"cel-{name}", place, side, str(side_label), by_cell.get((place, own_id), [])
                )
            )
        rows.append(TableRow(kind, str(kind_label), cells))
    return Perspective(label, own_id, False, rows)


@dataclass(frozen=True, slots=True)
class Weighed:
    """Somebody's answer, side by side with the others."""

    who: Person
    mine: bool
    choice: str
    answers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Weighings:
    """What the actor sees of all weighings.

    Attributes:
        own: the actor's, done or not; None when they wrote none.
        open: everybody's that was handed in, once opened; empty before.
        done, of: how many are done, of how many who weigh; not who.
        counts: how many chose what, once opened.
    """

    own: Weighing | None
    opened_at: datetime | None
    open: list[Weighed] = field(default_factory=list)
    done: int = 0
    of: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def is_weighed(session: Session, beraad: Beraad) -> bool:
    """Whether the answers are open, or somebody handed one in."""
    handed_in = Weighing.beraad_id == beraad.id, Weighing.done_at.is_not(None)
    return bool(session.scalar(select(exists().where(*handed_in)))) or beraad.opened_at is not None


def weighings(session: Session, actor: Actor, seat: seats.Seat, beraad: Beraad | None) -> Weighings:
    """The weighings as far as the actor may see them: before the opening, their own alone.

    What others wrote is not even read from the database before that.
    """
    wanted = seats.weighing(session, seat.session_id)
    if beraad is None:
        return Weighings(None, None, of=len(wanted))
    own = session.scalar(
        select(Weighing).where(
            Weighing.beraad_id == beraad.id, Weighing.author_id == seat.persona_id
        )
    )
    done = set(
        session.scalars(
            select(Weighing.author_id).where(
                Weighing.beraad_id == beraad.id, Weighing.done_at.is_not(None)
            )
        )
    )
    if beraad.opened_at is None:
        return Weighings(own, None, done=len(done), of=len(wanted | done))
    rows = session.execute(
        select(Weighing, *PERSON)
        .join(Persona, Persona.id == Weighing.author_id)
        .where(Weighing.beraad_id == beraad.id, Weighing.done_at.is_not(None))
        .order_by(Persona.sort_key, Weighing.id)
    ).all()
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.Weighing.choice] = counts.get(row.Weighing.choice, 0) + 1
    return Weighings(
        own,
        beraad.opened_at,
        [
            Weighed(
                person(row, actor),
                row.Weighing.author_id == seat.persona_id,
                row.Weighing.choice,
                {name: getattr(row.Weighing, name) for name in ANSWERS},
            )
            for row in rows
        ],
        len(done),
        len(wanted | done),
        counts,
    )
