"""Reading cards: the list by topic, one card, one's own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from cop.expertise import words as labels
from cop.expertise.models import (
    Card,
    CardKeeper,
    CardKind,
    CardLine,
    DeclinedSuggestion,
)
from cop.expertise.permissions import (
    CARDS,
    LINES,
    CardPermission,
    LinePermission,
    keeps,
    seen,
)
from cop.members.actor import Actor
from cop.members.known import Done, doings
from cop.members.models import Member, Organisation, Persona, Theme
from cop.members.people import PERSON, Person, person
from cop.members.queries import theme_name
from cop.platform.numbers import whole_number
from cop.platform.search.asking import Group
from cop.platform.search.indexing import said
from cop.platform.search.models import SearchEntry
from cop.platform.search.scoring import weight_in
from cop.platform.search.searching import Narrowed, Who, search
from cop.platform.search.sources import Audience

KIND = "card"  # in search
PAGE = 20
MOST_KEPT = 40  # cards of one keeper that are shown
SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Topic:
    id: int
    name: str
    slug: str  # of a theme, else ''
    knowledge: str
    ask: str
    shown: str

    @property
    def knowledge_label(self) -> str:
        return str(labels.KNOWLEDGE[self.knowledge])

    @property
    def shown_label(self) -> str:
        return str(labels.SHOWN[self.shown])


@dataclass(frozen=True, slots=True)
class Row:
    """A card in a list."""

    id: int
    kind: str
    name: str
    person: Person | None
    organisation: str
    region: str
    full: bool
    topics: list[Topic]

    @property
    def kind_label(self) -> str:
        return str(labels.KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed to; empty is not at all."""

    theme: str = ""  # slug
    words: str = ""
    kind: str = ""
    knowledge: str = ""
    region: str = ""

    @property
    def any(self) -> bool:
        return any((self.theme, self.words, self.kind, self.knowledge, self.region))


@dataclass(frozen=True, slots=True)
class Page:
    """One card as its reader sees it."""

    row: Row
    card: Card
    may: frozenset[StrEnum]
    keepers: list[Person]
    asked: list[Person] = field(default_factory=list)
    contact: str = ""  # '' also when it is not for the reader

    def holds(self, permission: str) -> bool:
        return permission in self.may

    @property
    def often_label(self) -> str:
        return str(labels.OFTEN[self.card.often])


def region_of_card() -> ColumnElement[str]:
    """A person's region as far as they show it; `Persona` and `Member` are joined."""
    return case(
        (Card.kind != CardKind.PERSON, Card.region),
        (Member.region_shown, Member.region),
        else_=literal(""),
    )


def _name() -> ColumnElement[str]:
    return func.coalesce(Persona.sort_key, Card.sort_key)


_ROW = (Card.id.label("card_id"), Card.kind.label("card_kind"), Card.name.label("card_name"))


def _rows(actor: Actor) -> Any:
    """Regions are for members: where somebody works is not for everybody on the internet."""
    region = literal("") if not actor.is_member else region_of_card()
    return (
        select(
            *_ROW,
            *(Card.full, Organisation.name.label("organisation"), _name().label("sort")),
            region.label("region"),
            Card.persona_id,
            *PERSON,
        )
        .outerjoin(Persona, Persona.id == Card.persona_id)
        .outerjoin(Member, Member.id == Persona.member_id)
        .outerjoin(Organisation, Organisation.id == Card.organisation_id)
    )


def find(
    session: Session, actor: Actor, filters: Filters, now: datetime, after: str = ""
) -> tuple[list[Row], str | None]:
    """Cards that show a fitting topic, and the key of the next page; a fixed number of queries."""
    asked = _rows(actor).where(_fits(actor, filters))
    if filters.words:
        return _by_words(session, actor, asked, filters, now, after)
    name, _mark, figures = after.rpartition("~")
    number = whole_number(figures)
    if number is not None:
        asked = asked.where(or_(_name() > name, and_(_name() == name, Card.id > number)))
    rows = session.execute(asked.order_by(_name(), Card.id).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return (
        _dressed(session, actor, rows[:PAGE]),
        f"{last.sort}~{last.card_id}" if last is not None else None,
    )


def _by_words(
    session: Session, actor: Actor, asked: Any, filters: Filters, now: datetime, after: str
) -> tuple[list[Row], str | None]:
    """The same, best first; the key says how many came before."""
    found, groups = _answer(session, actor, filters.words, now)
    rows = session.execute(asked.where(Card.id.in_(found))).all()
    place = {id: n for n, id in enumerate(found)}
    rows = sorted(rows, key=lambda row: place[row.card_id])
    if filters.knowledge:  # the words and the kind of knowledge are of one topic
        say = _that_say(session, actor, found, filters.knowledge, groups)
        rows = [row for row in rows if row.card_id in say]
    first = whole_number(after) or 0
    some = rows[first : first + PAGE]
    return _dressed(session, actor, some), str(first + PAGE) if rows[first + PAGE :] else None


def _that_say(
    session: Session,
    actor: Actor,
    card_ids: Sequence[int],
    knowledge: str,
    groups: Sequence[Group],
) -> set[int]:
    """Those cards on which one topic of this kind of knowledge says some of these words."""
    lines = session.execute(
        select(CardLine.card_id, CardLine.words, CardLine.ask, Theme.name_nl)
        .outerjoin(Theme, Theme.id == CardLine.theme_id)
        .where(CardLine.card_id.in_(card_ids), CardLine.knowledge == knowledge)
        .where(LINES.clause(actor, LinePermission.READ))
    )
    return {
        line.card_id
        for line in lines
        if any(
            weight_in(group, said(f"{line.name_nl or line.words}. {line.ask}").whole)
            for group in groups
        )
    }


def _fits(actor: Actor, filters: Filters) -> ColumnElement[bool]:
    line = aliased(CardLine)
    wanted: list[ColumnElement[bool]] = [line.card_id == Card.id, seen(actor, line.shown)]
    if filters.theme:
        theme = select(Theme.id).where(Theme.slug == filters.theme)
        wanted.append(line.theme_id.in_(theme))
    if filters.knowledge:
        wanted.append(line.knowledge == filters.knowledge)
    said = [CARDS.clause(actor, CardPermission.READ), exists().where(*wanted)]
    if filters.kind:
        said.append(Card.kind == filters.kind)
    if filters.region and actor.is_member:
        said.append(region_of_card() == filters.region)
    return and_(*said)


def _for_members() -> ColumnElement[bool]:
    return and_(
        SearchEntry.kind == KIND, SearchEntry.audience.in_((Audience.ALL, Audience.MEMBERS))
    )


def _for_visitors() -> ColumnElement[bool]:
    return and_(SearchEntry.kind == KIND, SearchEntry.audience == Audience.ALL)


def found_by_words(session: Session, actor: Actor, text: str, now: datetime) -> list[int]:
    """Ids of the cards that answer best, as search finds them: inflections, compounds, errors."""
    return _answer(session, actor, text, now)[0]


def _answer(
    session: Session, actor: Actor, text: str, now: datetime
) -> tuple[list[int], Sequence[Group]]:
    """Ids, and what was looked for."""
    who = Who(_for_members if actor.is_member else _for_visitors, {}, actor)
    answer = search(session, text, who, now, Narrowed(kinds=(KIND,)))
    return [thing.thing_id for thing in answer.things if thing.kind == KIND], answer.groups


def _dressed(session: Session, actor: Actor, rows: Sequence[Any]) -> list[Row]:
    topics = _topics(session, actor, [row.card_id for row in rows])
    return [_row(row, actor, topics[row.card_id]) for row in rows]


def _row(row: Any, actor: Actor, topics: list[Topic]) -> Row:
    whose = person(row, actor) if row.persona_id is not None else None
    return Row(
        row.card_id,
        row.card_kind,
        whose.name if whose is not None else row.card_name,
        whose,
        row.organisation or "",
        row.region or "",
        row.full,
        topics,
    )


def _topics(
    session: Session, actor: Actor, card_ids: Sequence[int]
) -> defaultdict[int, list[Topic]]:
    """What of each card the actor sees, in the order in which it was put there."""
    found: defaultdict[int, list[Topic]] = defaultdict(list)
    for row in session.execute(
        select(CardLine, Theme.slug, theme_name())
        .outerjoin(Theme, Theme.id == CardLine.theme_id)
        .where(CardLine.card_id.in_(card_ids), LINES.clause(actor, LinePermission.READ))
        .order_by(CardLine.at, CardLine.id)
    ):
        line: CardLine = row.CardLine
        found[line.card_id].append(
            Topic(
                line.id,
                row.name or line.words,
                row.slug or "",
                line.knowledge,
                line.ask,
                line.shown,
            )
        )
    return found


def one(
    session: Session,
    actor: Actor,
    card_id: int,
    permission: CardPermission = CardPermission.READ,
) -> Page:
    """
    Raises:
        NotFound: not for the actor.
    """
    card = CARDS.get(session, actor, permission, card_id)
    row = session.execute(
        _rows(actor).add_columns(*CARDS.columns(actor)).where(Card.id == card_id),
        actor.parameters,
    ).one()
    keepers: list[Person] = []
    asked: list[Person] = []
    people = (
        select(CardKeeper.accepted_at, *PERSON)
        .join(Persona, Persona.id == CardKeeper.persona_id)
        .where(CardKeeper.card_id == card_id, Persona.gone_at.is_(None))
        .order_by(Persona.sort_key, Persona.id)
    )
    # A public line makes the topic public, not who keeps the card.
    for each in [] if not actor.is_member else session.execute(people):
        (keepers if each.accepted_at is not None else asked).append(person(each, actor))
    may = CARDS.from_row(row)
    visible = session.scalar(
        select(or_(seen(actor, Card.contact_shown), keeps(actor, Card.id))).where(
            Card.id == card_id
        )
    )
    return Page(
        _row(row, actor, _topics(session, actor, [card_id])[card_id]),
        card,
        may,
        keepers,
        asked if CardPermission.CHANGE in may else [],
        card.contact if visible else "",
    )


@dataclass(frozen=True, slots=True)
class Mine:
    """Cards that the actor keeps, or is asked to keep along."""

    id: int
    kind: str
    name: str
    full: bool

    @property
    def kind_label(self) -> str:
        return str(labels.KINDS[self.kind])


def mine(session: Session, actor: Actor, *, accepted: bool = True) -> list[Mine]:
    """Of several together; the own card of a person stands by itself."""
    rows = session.execute(
        select(Card.id, Card.kind, Card.name, Card.full)
        .where(Card.kind != CardKind.PERSON, keeps(actor, Card.id, accepted=accepted))
        .order_by(Card.sort_key, Card.id)
        .limit(MOST_KEPT)
    )
    return [Mine(row.id, row.kind, row.name, row.full) for row in rows]


@dataclass(frozen=True, slots=True)
class Suggestion:
    slug: str
    name: str
    sentence: str


def suggestions(session: Session, actor: Actor, card: Card | None) -> list[Suggestion]:
    """What the actor did that their card does not tell, and that they did not say no to."""
    if not actor.is_member:
        return []
    done: list[Done] = doings(session, actor)
    if not done:
        return []
    there = select(CardLine.theme_id).where(
        CardLine.card_id == (card.id if card is not None else 0), CardLine.theme_id.is_not(None)
    )
    no = select(DeclinedSuggestion.theme_id).where(DeclinedSuggestion.member_id == actor.member_id)
    rows = session.execute(
        select(Theme.id, Theme.slug, theme_name()).where(
            Theme.id.in_([d.theme_id for d in done]),
            Theme.id.not_in(there),
            Theme.id.not_in(no),
            Theme.retired_at.is_(None),
        )
    )
    names = {row.id: row for row in rows}
    return [
        Suggestion(names[d.theme_id].slug, names[d.theme_id].name, d.sentence)
        for d in done
        if d.theme_id in names
    ][:SUGGESTED]
