"""Cards in search: what all may see for visitors, what members may see for members.

Two documents a card, one for each: a line that its keeper shows to fewer is in none that more may
find, so that no ranking tells of it. The authors of a card of several are who keep it, which is
for members to see.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from cop.expertise.models import Card, CardKeeper, CardKind, CardLine, Shown
from cop.expertise.permissions import CARDS, LINES, CardPermission, LinePermission, has_keeper
from cop.expertise.queries import KIND
from cop.expertise.words import KINDS
from cop.members.actor import Actor
from cop.members.models import Organisation, Persona, Theme
from cop.members.people import PERSON, person
from cop.members.queries import theme_name
from cop.platform.i18n import lazy as _l
from cop.platform.search import links
from cop.platform.search.sources import (
    OF_ALL,
    Audience,
    Document,
    Hit,
    Key,
    Line,
    Source,
    author,
    changed,
    label,
    offer,
)
from cop.platform.search.sources import (
    Shown as ShownResult,
)

_PUBLIC, _MEMBERS = 0, 1  # parts
_PARTS = {_PUBLIC: (Shown.PUBLIC,), _MEMBERS: (Shown.PUBLIC, Shown.MEMBERS)}


def _both(card_id: int) -> Iterator[Key]:
    yield card_id, _PUBLIC
    yield card_id, _MEMBERS


def _of_card(_session: Session, card: Card) -> Iterable[Key]:
    return _both(card.id) if changed(card, "name", "about", "organisation_id") else ()


def _of_line(_session: Session, line: CardLine) -> Iterable[Key]:
    return _both(line.card_id)


def _of_keeper(_session: Session, keeper: CardKeeper) -> Iterable[Key]:
    return _both(keeper.card_id) if changed(keeper, "accepted_at") else ()


def _of_persona(session: Session, persona: Persona) -> Iterator[Key]:
    if changed(persona, "name", "gone_at"):
        kept = select(CardKeeper.card_id).where(CardKeeper.persona_id == persona.id)
        for id in session.scalars(kept.execution_options(autoflush=False)):
            yield from _both(id)


def _of_theme(session: Session, theme: Theme) -> Iterator[Key]:
    if changed(theme, "name_nl"):
        have = select(CardLine.card_id).where(CardLine.theme_id == theme.id)
        for id in session.scalars(have.execution_options(autoflush=False)):
            yield from _both(id)


def _of_organisation(session: Session, organisation: Organisation) -> Iterator[Key]:
    if changed(organisation, "name"):
        have = select(Card.id).where(Card.organisation_id == organisation.id)
        for id in session.scalars(have.execution_options(autoflush=False)):
            yield from _both(id)


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Three queries."""
    ids = {id for id, _part in keys}
    kept: defaultdict[int, list[int]] = defaultdict(list)
    for card_id, persona_id in session.execute(
        select(CardKeeper.card_id, CardKeeper.persona_id)
        .join(Card, Card.id == CardKeeper.card_id)
        .join(Persona, Persona.id == CardKeeper.persona_id)
        .where(CardKeeper.card_id.in_(ids), CardKeeper.accepted_at.is_not(None))
        .where(Card.persona_id.is_(None), Persona.gone_at.is_(None))
        .order_by(CardKeeper.persona_id)
    ):
        kept[card_id].append(persona_id)
    lines: defaultdict[int, list[tuple[CardLine, str]]] = defaultdict(list)
    for line, name in session.execute(
        select(CardLine, Theme.name_nl)
        .outerjoin(Theme, Theme.id == CardLine.theme_id)
        .where(CardLine.card_id.in_(ids))
        .order_by(CardLine.at, CardLine.id)
    ):
        lines[line.card_id].append((line, name or line.words))
    rows = session.execute(
        select(
            *(Card.id, Card.about, Card.changed_at, Card.persona_id),
            case((Card.kind == CardKind.PERSON, Persona.name), else_=Card.name).label("title"),
            Organisation.name.label("organisation"),
        )
        .outerjoin(Persona, Persona.id == Card.persona_id)
        .outerjoin(Organisation, Organisation.id == Card.organisation_id)
        .where(Card.id.in_(ids), has_keeper())
    )
    found = {row.id: row for row in rows}
    for id, part in keys:
        row = found.get(id)
        shown = [(line, name) for line, name in lines[id] if line.shown in _PARTS[part]]
        if row is None or not shown:
            continue
        texts = [f"{name}. {line.ask}" for line, name in shown]
        beside = " ".join(filter(None, (row.organisation, row.about)))
        yield Document(
            key=(id, part),
            title=row.title,
            lines=[
                *(Line(n, text, OF_ALL) for n, text in enumerate(texts, 1)),
                *([Line(len(texts) + 1, beside, OF_ALL)] if beside else []),
            ],
            audience=Audience.ALL if part == _PUBLIC else Audience.MEMBERS,
            circle_id=None,
            at=row.changed_at,
            labels=[
                label("kind", KIND),
                *(label("theme", line.theme_id) for line, _n in shown if line.theme_id),
                *([author(row.persona_id)] if row.persona_id is not None else []),
                *(author(persona_id, to_visitors=False) for persona_id in kept[id]),
                *(links.label_of(*each) for each in links.named_in("\n".join((*texts, beside)))),
            ],
            by=OF_ALL,
        )


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(select(Card.id).where(Card.id > after).order_by(Card.id).limit(most))
    return [key for id in ids for key in _both(id)]


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, ShownResult]:
    """Two queries."""
    ids = [hit.thing_id for hit in hits]
    topics: defaultdict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(CardLine.card_id, CardLine.words, CardLine.ask, theme_name())
        .outerjoin(Theme, Theme.id == CardLine.theme_id)
        .where(CardLine.card_id.in_(ids), LINES.clause(actor, LinePermission.READ))
        .order_by(CardLine.at, CardLine.id)
    ):
        topics[row.card_id].append(": ".join(filter(None, (row.name or row.words, row.ask))))
    found = {}
    for row in session.execute(
        select(Card.id.label("card_id"), Card.kind.label("card_kind"), Card.name.label("card_name"))
        .add_columns(Card.persona_id, *PERSON)
        .outerjoin(Persona, Persona.id == Card.persona_id)
        .where(Card.id.in_(ids), CARDS.clause(actor, CardPermission.READ))
    ):
        whose = person(row, actor).name if row.persona_id is not None else row.card_name
        found[row.card_id] = ShownResult(
            title=whose,
            url=f"/kenniskaart/{row.card_id}",
            where=str(KINDS[row.card_kind]),
            text=". ".join(topics[row.card_id]),
        )
    return found


offer(
    Source(
        kind=KIND,
        label=_l("Expertise card"),
        present=present,
        documents=documents,
        keys=keys,
        watches={
            Card: _of_card,
            CardLine: _of_line,
            CardKeeper: _of_keeper,
            Persona: _of_persona,
            Theme: _of_theme,
            Organisation: _of_organisation,
        },
        weight=0.6,
        version=3,
    )
)
