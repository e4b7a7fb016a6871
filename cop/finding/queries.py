"""One page of results: found, ranked, and told with permission asked once more."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.finding.marking import Marked, marked
from cop.finding.permissions import searcher
from cop.members.actor import Actor
from cop.members.models import Persona, Theme
from cop.members.queries import theme_name
from cop.platform.i18n import sort_key
from cop.platform.markup import reading_minutes
from cop.platform.search.asking import Group
from cop.platform.search.scoring import Candidate
from cop.platform.search.searching import Answer, Narrowed, search
from cop.platform.search.sources import Hit, Shown, authors, label, sources
from cop.spaces.models import Space
from cop.spaces.permissions import SPACES, SpacePermission

PAGE = 15
MOST_AUTHORS = 50  # personas of one name


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to, as it stands in the address; empty is not at all.

    Attributes:
        kind: of `sources`.
        theme, space: slugs.
        since: a day; what came later.
        author: a name, or a handle.
    """

    kind: str = ""
    theme: str = ""
    space: str = ""
    since: datetime | None = None
    author: str = ""

    @property
    def any(self) -> bool:
        return any((self.kind, self.theme, self.space, self.since, self.author))


@dataclass(frozen=True, slots=True)
class Result:
    """One line of a page."""

    kind: str
    label: str
    title: Marked
    text: Marked
    shown: Shown
    minutes: int | None
    key: str


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results.

    Attributes:
        meant: word as typed → spellings that were looked for as well.
        after: key of the next page; None when this is the last.
    """

    items: list[Result] = field(default_factory=list)
    meant: dict[str, list[str]] = field(default_factory=dict)
    after: str | None = None


def find(
    session: Session,
    actor: Actor,
    words: str,
    now: datetime,
    filters: Filters = Filters(),  # frozen
    after: str = "",
    most: int = PAGE,
    as_title: bool = False,
) -> Results:
    """What the actor may find, best first; a fixed number of queries for a number of words.

    Args:
        as_title: the words are those of a title: only what few have is marked in what is found.
    """
    narrowed = narrowed_to(session, actor, filters)
    if narrowed is None:
        return Results()
    answer = search(session, words, searcher(actor), now, narrowed)
    things = _after(answer.things, after)
    groups = _telling(answer) if as_title else answer.groups
    items: list[Result] = []
    some = things[: most + 1]
    told = shown(session, actor, some)
    for thing in some[:most]:
        said = told.get((thing.kind, thing.thing_id))
        if said is None:
            continue  # it went, or was closed, between the two questions
        items.append(
            Result(
                kind=thing.kind,
                label=str(sources()[thing.kind].label),
                title=marked(said.title, groups, whole=True),
                text=marked(said.text, groups),
                shown=said,
                minutes=reading_minutes(said.words) if said.words else None,
                key=_key(thing),
            )
        )
    more = _key(some[most - 1]) if len(some) > most else None
    return Results(items, answer.meant, more)


def _telling(answer: Answer) -> list[Group]:
    """Those that at most a third of what was found has; if there are none, all."""
    found = [
        group
        for n, group in enumerate(answer.groups)
        if 3 * sum(1 for t in answer.things if t.strength[n]) <= len(answer.things)
    ]
    return found or list(answer.groups)


def shown(session: Session, actor: Actor, things: list[Candidate]) -> dict[tuple[str, int], Shown]:
    """What these things say, by (kind, id); permission is asked once more."""
    hits: defaultdict[str, list[Hit]] = defaultdict(list)
    for thing in things:
        hits[thing.kind].append(Hit(thing.thing_id, thing.line))
    return {
        (kind, thing_id): said
        for kind, group in hits.items()
        for thing_id, said in sources()[kind].present(session, actor, group).items()
    }


def _key(thing: Candidate) -> str:
    """Where a page ends: the score, and the thing among those of the same score."""
    return f"{thing.score:.6f}-{thing.kind}-{thing.thing_id}"


def _after(things: list[Candidate], after: str) -> list[Candidate]:
    """What comes after a key; also when the thing itself is no longer there."""
    if not after:
        return things
    for place, thing in enumerate(things):
        if _key(thing) == after:
            return things[place + 1 :]
    try:
        score = float(after.split("-", 1)[0])
    except ValueError:
        return things
    return [thing for thing in things if thing.score < score]


def narrowed_to(session: Session, actor: Actor, filters: Filters) -> Narrowed | None:
    """The filters as labels; None when one of them names nothing, so that nothing is found."""
    labels: list[str] = []
    if filters.kind and filters.kind not in sources():
        return None
    if filters.theme:
        theme_id = session.scalar(select(Theme.id).where(Theme.slug == filters.theme))
        if theme_id is None:
            return None
        labels.append(label("theme", theme_id))
    if filters.space:
        space_id = session.scalar(
            select(Space.id).where(
                Space.slug == filters.space, SPACES.clause(actor, SpacePermission.READ)
            )
        )
        if space_id is None:
            return None
        labels.append(label("space", space_id))
    by: frozenset[int] = frozenset()
    if filters.author:
        by = frozenset(
            session.scalars(
                select(Persona.id)
                .where(
                    or_(
                        Persona.handle == filters.author.strip().lstrip("@").lower(),
                        Persona.sort_key == sort_key(filters.author.strip()),
                    )
                )
                .order_by(Persona.id)
                .limit(MOST_AUTHORS)
            )
        )
        if not by:
            return None
        labels += authors(sorted(by), actor.is_member)
    return Narrowed(
        kinds=(filters.kind,) if filters.kind else (),
        labels=tuple(labels),
        since=filters.since,
        by=by,
    )


def themes(session: Session) -> list[tuple[str, str]]:
    """(slug, name) of every theme, for choosing one."""
    rows = session.execute(
        select(Theme.slug, theme_name())
        .where(Theme.retired_at.is_(None))
        .order_by(Theme.position, Theme.id)
    )
    return [(row[0], row[1]) for row in rows]


def spaces(session: Session, actor: Actor, most: int = 200) -> list[tuple[str, str]]:
    """(slug, name) of the spaces that the actor may read, for choosing one."""
    rows = session.execute(
        select(Space.slug, Space.name)
        .where(SPACES.clause(actor, SpacePermission.READ))
        .order_by(Space.sort_key, Space.id)
        .limit(most)
    )
    return [(row.slug, row.name) for row in rows]
