"""A report put together from what was entered: nothing is added, nobody is named.

The same words of two people at one place become one piece, which stays until both have struck it.
"""

import random
from collections.abc import Sequence, Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.beraad import places, seats
from cop.beraad.items import Body, Item, look_over
from cop.beraad.models import Beraad, Choice, Entry, OwnPerspective, Weighing
from cop.beraad.weighing import ANSWERS

_DILEMMA = ("situation", "choice_a", "damage_a", "choice_b", "damage_b", "question")


def compose(session: Session, beraad: Beraad, heard: Set[int]) -> Body:
    """The report as it stands now, looked over by the finder.

    Args:
        heard: personas of `seats.heard`; what others wrote is left out, since nobody else can
            approve their words for them.
    """
    entries = [
        e
        for e in session.scalars(
            select(Entry).where(Entry.beraad_id == beraad.id).order_by(Entry.id)
        )
        if e.text is not None and e.author_id in heard
    ]
    own = session.scalars(
        select(OwnPerspective)
        .where(OwnPerspective.beraad_id == beraad.id)
        .order_by(OwnPerspective.id)
    ).all()
    body = Body()
    made = _Made(body)
    for part in _DILEMMA:
        made.add(part, getattr(beraad, part))
    said = [s for s in seats.said(session, beraad.session_id) if s.persona_id in heard]
    made.said("fact", said)
    _table(made, entries, own)
    made.said("alternative", said)
    _weighings(made, session, beraad, heard)
    made.said("argument", said)
    made.said("dialogue", said)
    made.add("conclusion", beraad.conclusion)
    for agreed in seats.agreed(session, beraad.session_id):
        if agreed.persona_id in heard:
            made.add("agreement", agreed.text, by=(agreed.persona_id, f"agreed:{agreed.id}"))
    look_over(body)
    return body


class _Made:
    """A body that is being filled."""

    def __init__(self, body: Body) -> None:
        self.body = body

    def add(
        self, part: str, text: str, who: str = "", by: tuple[int, str] | None = None
    ) -> Item | None:
        if not text:
            return None
        if by is not None:
            for twin in self.body.items:
                if (twin.part, twin.who) == (part, who) and twin.text == text and twin.by:
                    twin.by.append(by)
                    return twin
        item = Item(
            id=len(self.body.items) + 1, part=part, text=text, who=who, by=[by] if by else []
        )
        self.body.items.append(item)
        return item

    def said(self, kind: str, said: Sequence[seats.Said]) -> None:
        for each in said:
            if each.kind == kind:
                self.add(kind, each.text, by=(each.persona_id, f"said:{each.id}"))


def _table(made: _Made, entries: Sequence[Entry], own: Sequence[OwnPerspective]) -> None:
    rows: list[tuple[str, int | None]] = [(who, None) for who in places.PERSPECTIVES]
    rows += [(places.OWN, each.id) for each in own]
    names = {each.id: each.name for each in own}
    for who, perspective_id in rows:
        here = [
            (entry, at)
            for entry in entries
            if (at := places.cell(entry.place)) is not None
            and at.who == who
            and entry.perspective_id == perspective_id
        ]
        if not here:
            continue
        label = who
        if perspective_id is not None:
            named = made.add("perspective", names[perspective_id])
            assert named is not None
            label = f"own-{named.id}"
        for kind in places.KINDS:
            for side in places.SIDES:
                for entry, at in here:
                    if (at.kind, at.side) == (kind, side):
                        by = (entry.author_id, f"entry:{entry.id}")
                        made.add(f"{kind}.{side}", entry.text or "", label, by)


def _weighings(made: _Made, session: Session, beraad: Beraad, heard: Set[int]) -> None:
    """Only what was opened, and in an order that says nothing of whose it is."""
    if beraad.opened_at is None:
        return
    rows = [
        w
        for w in session.scalars(
            select(Weighing)
            .where(Weighing.beraad_id == beraad.id, Weighing.done_at.is_not(None))
            .order_by(Weighing.id)
        )
        if w.author_id in heard
    ]
    random.SystemRandom().shuffle(rows)
    for number, weighing in enumerate(rows, 1):
        by = (weighing.author_id, f"weighing:{weighing.id}")
        # A choice has no words of its own; it stands there as a code that pages have words for.
        made.body.items.append(
            Item(
                id=len(made.body.items) + 1,
                part="weighing.choice",
                text=Choice(weighing.choice).value,
                who=str(number),
                by=[by],
            )
        )
        for answer in ANSWERS:
            made.add(f"weighing.{answer}", getattr(weighing, answer), str(number), by)
