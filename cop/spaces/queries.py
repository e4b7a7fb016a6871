"""Reading spaces: the index, and the page of one."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, tuple_
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Organisation, Persona, PersonaKind, RoleTag, Theme
from cop.members.people import ROLES, Person
from cop.members.queries import theme_name
from cop.platform import markup
from cop.platform.errors import NotFound
from cop.platform.i18n import sort_key
from cop.spaces import participation, parts
from cop.spaces.circles import Circle, CircleMembership, in_circle, readable
from cop.spaces.joining import IN_IT
from cop.spaces.models import Space, SpaceKind, SpaceOrganisation, SpaceTheme, Stage
from cop.spaces.permissions import SPACES, SpacePermission

PAGE = 24
FEW = 5  # fewer people than this are never drawn or counted: one could be picked out
WANTED_COORDINATORS = 3  # of different kinds, for a regional network [A]


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the index is narrowed to; empty means everything.

    Attributes:
        theme, organisation: slugs.
        mine: only those that the actor takes part in.
        archived: the archived ones instead of those that run.
    """

    kind: str = ""
    stage: str = ""
    theme: str = ""
    region: str = ""
    organisation: str = ""
    text: str = ""
    mine: bool = False
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A space in the index. Of a closed one that the actor is not in: name and kind, no more."""

    slug: str
    name: str
    kind: str
    visibility: str
    is_readable: bool
    stage: str | None
    summary: str
    place: str
    region: str
    themes: list[Any]
    organisations: list[str]


def index(
    session: Session, actor: Actor, filters: Filters, after: tuple[str, int] | None = None
) -> tuple[list[Row], tuple[str, int] | None]:
    """The spaces that the actor may find, by name; and where the next page begins. Three queries.

    Filters on what a space says look at what the actor may read only: what a closed space says
    about itself cannot be found out by trying.
    """
    can_read = readable(actor, Space.circle_id)
    query = (
        select(
            *(Space.id, Space.slug, Space.name, Space.sort_key, Space.kind, Space.stage),
            *(Space.summary, Space.place, Space.region, Circle.visibility),
            can_read.label("can_read"),
        )
        .join(Circle, Circle.id == Space.circle_id)
        .where(SPACES.clause(actor, SpacePermission.FIND), *_conditions(actor, filters, can_read))
        .order_by(Space.sort_key, Space.id)
        .limit(PAGE + 1)
    )
    if after:
        query = query.where(tuple_(Space.sort_key, Space.id) > after)
    rows = session.execute(query).all()
    shown = rows[:PAGE]
    more = (shown[-1].sort_key, shown[-1].id) if len(rows) > PAGE else None
    ids = [r.id for r in shown if r.can_read]
    themes, organisations = _themes_of(session, ids), _organisations_of(session, ids)
    return [
        Row(
            slug=r.slug,
            name=r.name,
            kind=r.kind,
            visibility=r.visibility,
            is_readable=r.can_read,
            stage=r.stage if r.can_read else None,
            summary=r.summary if r.can_read else "",
            place=r.place if r.can_read else "",
            region=r.region if r.can_read else "",
            themes=themes[r.id],
            organisations=organisations[r.id],
        )
        for r in shown
    ], more


def _conditions(
    actor: Actor, filters: Filters, can_read: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    said: list[ColumnElement[bool]] = []  # about what a space says: of readable ones only
    if filters.stage:
        said.append(Space.stage == filters.stage)
    if filters.region:
        said.append(Space.region == filters.region)
    if filters.theme:
        said.append(
            exists().where(
                SpaceTheme.space_id == Space.id,
                SpaceTheme.theme_id == Theme.id,
                Theme.slug == filters.theme,
            )
        )
    if filters.organisation:
        said.append(
            exists().where(
                SpaceOrganisation.space_id == Space.id,
                SpaceOrganisation.organisation_id == Organisation.id,
                Organisation.slug == filters.organisation,
            )
        )
    conditions = [and_(can_read, *said)] if said else []
    if filters.kind:
        conditions.append(Space.kind == filters.kind)
    for word in filters.text.split()[:6]:
        in_name = Space.sort_key.contains(sort_key(word) or word, autoescape=True)
        in_words = or_(
            *(
                column.icontains(word, autoescape=True)
                for column in (Space.summary, Space.aim, Space.for_whom, Space.place)
            )
        )
        conditions.append(or_(in_name, and_(can_read, in_words)))
    if filters.mine:
        conditions.append(in_circle(actor, Space.circle_id))
    if filters.archived:
        conditions.append(and_(can_read, Space.archived_at.is_not(None)))
    else:
        conditions.append(Space.archived_at.is_(None))
    return conditions


def _themes_of(session: Session, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in session.execute(
        select(SpaceTheme.space_id, Theme.slug, theme_name())
        .join(Theme, Theme.id == SpaceTheme.theme_id)
        .where(SpaceTheme.space_id.in_(ids))
        .order_by(Theme.position)
    ):
        found[row.space_id].append(row)
    return found


def _organisations_of(session: Session, ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(
        select(SpaceOrganisation.space_id, Organisation.name)
        .join(Organisation, Organisation.id == SpaceOrganisation.organisation_id)
        .where(SpaceOrganisation.space_id.in_(ids))
        .order_by(Organisation.sort_key)
    ):
        found[row.space_id].append(row.name)
    return found


def themes(session: Session) -> list[Any]:
    """Themes to choose from, in the reader's language: (id, slug, group, name)."""
    return list(
        session.execute(
            select(Theme.id, Theme.slug, Theme.group, theme_name())
            .where(Theme.retired_at.is_(None))
            .order_by(Theme.position, Theme.id)
        )
    )


def by_slug(
    session: Session, actor: Actor, slug: str, permission: SpacePermission
) -> tuple[Space, frozenset[SpacePermission]]:
    """The space with this address, and everything the actor may do with it; one query.

    Raises:
        NotFound: it is not there, or the actor does not hold `permission` on it.
    """
    row = session.execute(
        select(Space, *SPACES.columns(actor))
        .where(Space.slug == slug)
        .where(SPACES.clause(actor, permission)),
        actor.parameters,
    ).one_or_none()
    if row is None:
        raise NotFound
    return row.Space, frozenset(SpacePermission(p) for p in SPACES.from_row(row))


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the picture of a team: one kind of people, or the rest; words and figures."""

    label: str
    people: int
    fill: int


@dataclass(frozen=True, slots=True)
class MakeUp:
    """How a team is made up, from the role tags that people show.

    Attributes:
        people: who take part, pseudonyms included.
        showing: how many of them show a tag; a pseudonym never counts.
        labels: the tags that are shown, without numbers.
        shares: for the picture, largest first; empty when fewer than `FEW` show a tag.
    """

    people: int
    showing: int
    labels: list[str]
    shares: list[Share]


def make_up(session: Session, circle_id: int) -> MakeUp:
    """How the team is made up; one query. Words only where one person could be picked out."""
    rows = session.execute(
        select(Persona.kind, Persona.roles)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == circle_id, CircleMembership.standing.in_(IN_IT))
    ).all()
    shown = [r.roles for r in rows if r.kind == PersonaKind.SELF and r.roles]
    counts = Counter(tag for tags in shown for tag in set(tags) if tag in ROLES)
    order = sorted(counts, key=lambda tag: (-counts[tag], list(RoleTag).index(RoleTag(tag))))
    labels = [str(ROLES[RoleTag(tag)]) for tag in order]
    named = [(str(ROLES[RoleTag(tag)]), counts[tag]) for tag in order]
    shares: list[Share] = []
    if len(shown) >= FEW:
        shares = [Share(f"{label}: {n}", n, fill) for fill, (label, n) in enumerate(named[:4], 1)]
        rest = named[4:]  # five colours are as many as one can tell apart
        if rest:
            words = ", ".join(f"{label}: {n}" for label, n in rest)
            shares.append(Share(words, sum(n for _label, n in rest), 5))
    return MakeUp(len(rows), len(shown), labels, shares)


def different_kinds(coordinators_tags: list[list[str]]) -> int:
    """How many of these coordinators can each stand for a kind of their own.

    The largest set of coordinators with a different shown tag each (a matching in the graph of
    people and tags); who shows no tag stands for none.
    """
    taken: dict[str, int] = {}

    def place(person: int, tried: set[str]) -> bool:
        for tag in coordinators_tags[person]:
            if tag not in tried:
                tried.add(tag)
                if tag not in taken or place(taken[tag], tried):
                    taken[tag] = person
                    return True
        return False

    return sum(place(person, set()) for person in range(len(coordinators_tags)))


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a space, as far as the actor may read it."""

    space: Space
    permissions: frozenset[SpacePermission]
    mine: participation.Participation
    contact: Person | None
    coordinators: list[Person]
    make_up: MakeUp | None
    lacks_coordinators: int
    minutes: int
    stage_index: int | None
    parts: list[parts.Part]

    def may(self, permission: str) -> bool:
        return SpacePermission(permission) in self.permissions

    @property
    def is_readable(self) -> bool:
        return SpacePermission.READ in self.permissions


def page(session: Session, actor: Actor, slug: str) -> Page:
    """Everything on the page of a space, in a fixed number of queries.

    Raises:
        NotFound: the actor may not know that it exists.
    """
    space, permissions = by_slug(session, actor, slug, SpacePermission.FIND)
    mine = participation.of(session, actor, space.circle_id)
    found = Page(
        space=space,
        permissions=permissions,
        mine=mine,
        contact=None,
        coordinators=[],
        make_up=None,
        lacks_coordinators=0,
        minutes=0,
        stage_index=None,
        parts=[],
    )
    if not found.is_readable:
        return found
    who = participation.coordinators(session, actor, space.circle_id)
    cards = [card for _id, card, _tags in who]
    chosen = next((card for id, card, _tags in who if id == space.contact_id), None)
    contact = chosen or (cards[0] if cards else None)
    lacks = 0
    if space.kind == SpaceKind.REGIONAL_NETWORK:
        kinds = different_kinds([tags for _id, _card, tags in who])
        lacks = max(0, WANTED_COORDINATORS - kinds)
    words = " ".join((space.summary, space.aim, space.for_whom, space.partners))
    return replace(
        found,
        contact=contact,
        coordinators=[c for c in cards if c is not contact] if actor.is_member else [],
        make_up=make_up(session, space.circle_id),
        lacks_coordinators=lacks,
        minutes=markup.reading_minutes(markup.word_count(words)),
        stage_index=list(Stage).index(Stage(space.stage)) if space.stage else None,
        parts=parts.of(session, actor, space),
    )
