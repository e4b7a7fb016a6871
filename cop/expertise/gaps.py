"""What is missing: themes that are asked for, against cards, by region [A].

Themes only, and only what at least three different members looked for, in the whole community and
in each region by itself. The words of a search are never stored: they become themes first, in
memory, and what is no theme is forgotten.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, literal, select
from sqlalchemy.orm import Session

from cop.expertise.models import Card, CardLine, TopicSought
from cop.expertise.permissions import has_keeper, seen
from cop.expertise.queries import region_of_card
from cop.members.actor import Actor
from cop.members.known import seekers
from cop.members.models import Member, Persona, Theme
from cop.members.queries import theme_name
from cop.members.regions import REGIONS
from cop.platform.db import upsert
from cop.platform.search import asking, searching
from cop.platform.web import settings

LEAST = 3  # different members
KEPT = timedelta(days=365)
ENOUGH = 0.6  # of a word of the theme's name, as search weighs it
FEW = 2  # cards


@dataclass(frozen=True, slots=True)
class Cell:
    """Attributes: asked — at least three different members looked for it; level — of cards."""

    asked: bool
    level: str  # 'none', 'few', 'more'; '' where the reader sees no cards by region

    @property
    def lacks(self) -> bool:
        return self.asked and self.level == "none"


@dataclass(frozen=True, slots=True)
class Row:
    slug: str
    name: str
    whole: Cell
    cells: Sequence[Cell]  # by region, in the order of `REGIONS`


def themes_in(session: Session, words: str) -> list[int]:
    """The themes that a question names, inflections and synonyms included; words are dropped."""
    groups = asking.understood(words, searching.synonyms(session)).groups
    held = {t for g in groups for t, weight in g.terms.items() if weight >= ENOUGH}
    held |= {t for g in groups for t in g.phrase}
    held |= {t for g in groups for several, weight in g.joint if weight >= ENOUGH for t in several}
    found = []
    for id, nl, en in session.execute(
        select(Theme.id, Theme.name_nl, Theme.name_en)
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    ):
        for name in (nl, en):
            terms = set(asking.own_terms(name))
            if terms and terms <= held:
                found.append(id)
                break
    return found


def themes_called(session: Session, slug: str) -> list[int]:
    """The theme with this slug, or none."""
    return list(session.scalars(select(Theme.id).where(Theme.slug == slug)))


def slugs(session: Session, theme_ids: Sequence[int]) -> list[str]:
    """How addresses name these themes, in the administrators' order."""
    rows = session.scalars(
        select(Theme.slug).where(Theme.id.in_(theme_ids)).order_by(Theme.position, Theme.id)
    )
    return list(rows)


def note(session: Session, actor: Actor, theme_ids: Iterable[int], now: datetime) -> None:
    """The actor looked for these themes and found nothing."""
    wanted = sorted(set(theme_ids))
    if actor.member_id is None or not wanted:
        return
    region = session.scalar(select(Member.region).where(Member.id == actor.member_id)) or ""
    for theme_id in wanted:
        key = {"theme_id": theme_id, "token": _token(theme_id, actor.member_id)}
        upsert(session, TopicSought, key, {"region": region, "month": now.date().replace(day=1)})


def _token(theme_id: int, member_id: int) -> str:
    said = f"cop.expertise.sought|{theme_id}|{member_id}".encode()
    return hmac.new(settings().secret_key.encode(), said, hashlib.sha256).hexdigest()[:32]


def forget(session: Session, member_id: int) -> None:
    """Whoever left looks for nothing."""
    ids = session.scalars(select(Theme.id)).all()
    session.execute(
        delete(TopicSought).where(TopicSought.token.in_([_token(id, member_id) for id in ids]))
    )


def purge(session: Session, today: date) -> None:
    """After a year it says nothing any more."""
    session.execute(delete(TopicSought).where(TopicSought.month < today - KEPT))


def grid(session: Session, actor: Actor, now: datetime) -> list[Row]:
    """Every theme that is asked for or that somebody knows of; what lacks most first.

    Of each theme and region a few who looked for it are read, whatever the history: more than
    `LEAST` say nothing more. Visitors see of the cards what the list shows them: public topics,
    and nothing by region.
    """
    sought: defaultdict[tuple[int, str], set[str]] = defaultdict(set)
    place = func.row_number().over(
        partition_by=(TopicSought.theme_id, TopicSought.region), order_by=TopicSought.token
    )
    numbered = (
        select(TopicSought.theme_id, TopicSought.region, TopicSought.token, place.label("place"))
        .where(TopicSought.month >= (now - KEPT).date())
        .subquery()
    )
    for row in session.execute(select(numbered).where(numbered.c.place <= LEAST)):
        for region in {row.region, ""}:
            sought[row.theme_id, region].add(row.token)
    for each in seekers(session, now - KEPT, LEAST):
        for region in {each.region, ""}:
            sought[each.theme_id, region].add(_token(each.theme_id, each.member_id))
    cards = _cards(session, actor)
    rows = []
    for id, slug, name in session.execute(
        select(Theme.id, Theme.slug, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    ):
        whole, *cells = (
            Cell(
                len(sought[id, region]) >= LEAST,
                _level(cards[id, region]) if actor.is_member or not region else "",
            )
            for region in ("", *REGIONS)
        )
        if whole.asked or whole.level != "none":
            rows.append(Row(slug, name, whole, cells))
    rows.sort(key=lambda row: (not row.whole.lacks, -sum(c.lacks for c in row.cells)))
    return rows


def _cards(session: Session, actor: Actor) -> defaultdict[tuple[int, str], int]:
    """(theme, region) → how many cards whoever looks finds there; '' is everywhere."""
    found: defaultdict[tuple[int, str], int] = defaultdict(int)
    region = literal("") if not actor.is_member else region_of_card()
    each = (
        select(CardLine.theme_id, region.label("region"), Card.id)
        .join(Card, Card.id == CardLine.card_id)
        .outerjoin(Persona, Persona.id == Card.persona_id)
        .outerjoin(Member, Member.id == Persona.member_id)
        .where(CardLine.theme_id.is_not(None), seen(actor, CardLine.shown), has_keeper())
        .distinct()
        .subquery()
    )
    rows = session.execute(
        select(each.c.theme_id, each.c.region, func.count()).group_by(
            each.c.theme_id, each.c.region
        )
    )
    for theme_id, region, count in rows:
        for name in {region or "", ""}:
            found[theme_id, name] += count
    return found


def _level(cards: int) -> str:
    return "none" if cards == 0 else "few" if cards <= FEW else "more"
