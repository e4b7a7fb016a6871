"""One page of results: found, ranked, and told with permission asked once more."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
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
FADED = 0.001  # the share of its score that a thing loses in some days
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
        left_out: words that were not looked for, since there are so many.
    """

    items: list[Result] = field(default_factory=list)
    meant: dict[str, list[str]] = field(default_factory=dict)
    after: str | None = None
    left_out: tuple[str, ...] = ()


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
        items.append(result(thing, said, groups))
    more = _key(some[most - 1]) if len(some) > most else None
    return Results(items, answer.meant, more, answer.left_out)


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


def result(thing: Candidate, said: Shown, groups: Sequence[Group]) -> Result:
    """A line of a page, in which these groups of words are marked."""
    return Result(
        kind=thing.kind,
        label=str(sources()[thing.kind].label),
        title=marked(said.title, groups, whole=True),
        text=marked(said.text, groups),
        shown=said,
        minutes=reading_minutes(said.words) if said.words else None,
        key=_key(thing),
    )


def _key(thing: Candidate) -> str:
    """Where a page ends: the score, and the thing among those of the same score."""
    return f"{thing.score:.6f}-{_name(thing)}"


def _name(thing: Candidate) -> str:
    return f"{thing.kind}-{thing.thing_id}"


def _after(things: list[Candidate], after: str) -> list[Candidate]:
    """What comes after a key; also when the thing itself went, or stands elsewhere since."""
    said, _dash, last = after.partition("-")
    try:
        score = float(said)
    except ValueError:
        return things
    for place, thing in enumerate(things):
        # Everything fades a little while somebody reads a page.
        if _name(thing) == last and score * (1 - FADED) <= thing.score <= score + 1e-6:
            return things[place + 1 :]
    return [thing for thing in things if thing.score < score and _name(thing) != last]


def narrowed_to(session: Session, actor: Actor, filters: Filters) -> Narrowed | None:
    """The filters as labels; None when one of them names nothing, so that nothing is found."""
    return narrowed_to_each(session, actor, [filters])[0]


def narrowed_to_each(
    session: Session, actor: Actor, several: Sequence[Filters]
) -> list[Narrowed | None]:
    """The same of several; a query for each kind of filter that is used."""
    themes = {each.theme for each in several if each.theme}
    spaces = {each.space for each in several if each.space}
    of_theme = _ids(session, select(Theme.slug, Theme.id).where(Theme.slug.in_(themes)), themes)
    of_space = _ids(
        session,
        select(Space.slug, Space.id).where(
            Space.slug.in_(spaces), SPACES.clause(actor, SpacePermission.READ)
        ),
        spaces,
    )
    whose = _authors(session, {each.author for each in several if each.author})
    found: list[Narrowed | None] = []
    for each in several:
        labels: list[str] = []
        named = not each.kind or each.kind in sources()
        for name, slug, ids in (("theme", each.theme, of_theme), ("space", each.space, of_space)):
            if slug in ids:
                labels.append(label(name, ids[slug]))
            named = named and (not slug or slug in ids)
        by = whose.get(each.author, frozenset())
        named = named and (not each.author or bool(by))
        labels += authors(sorted(by), actor.is_member)
        kinds = (each.kind,) if each.kind else ()
        found.append(Narrowed(kinds, tuple(labels), each.since, by) if named else None)
    return found


def _ids(session: Session, named: Select[str, int], wanted: Collection[str]) -> dict[str, int]:
    rows: Sequence[Any] = session.execute(named).all() if wanted else ()
    return dict(rows)


def _authors(session: Session, names: Collection[str]) -> dict[str, frozenset[int]]:
    """The personas that go by each of these names or handles."""
    if not names:
        return {}
    handles = {name: name.strip().lstrip("@").lower() for name in names}
    keys = {name: sort_key(name.strip()) for name in names}
    rows = session.execute(
        select(Persona.id, Persona.handle, Persona.sort_key)
        .where(or_(Persona.handle.in_(handles.values()), Persona.sort_key.in_(keys.values())))
        .order_by(Persona.id)
        .limit(MOST_AUTHORS * len(names))
    ).all()
    return {
        name: frozenset(
            row.id for row in rows if row.handle == handles[name] or row.sort_key == keys[name]
        )
        for name in names
    }


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
