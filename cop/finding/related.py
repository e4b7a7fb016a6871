"""What is akin to a thing: by the words of its title and by its themes, for who may see both."""

import re
from collections import Counter
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.finding.permissions import searcher
from cop.finding.queries import Result, find, result, shown
from cop.members.actor import Actor
from cop.notifications.waits import place_of
from cop.platform.errors import NotFound
from cop.platform.search import links, retrieving, scoring
from cop.platform.search.models import SearchEntry
from cop.platform.search.scoring import Candidate
from cop.platform.search.sources import LABEL, Hit, Shown, sources

MOST = 8
MOST_NAMING = 20
MOST_THEMES = 4
BY_THEMES_ALONE = ("card",)  # of a person the name says nothing about what they know
KINDS = ("discussion", "space", "gathering", "case")  # later features stand in `sources` as well
NOT = ("member", "theme")
_THEME = re.compile(rf"{LABEL}theme:\d+")


def related(
    session: Session, actor: Actor, kind: str, thing_id: int, now: datetime
) -> tuple[Shown, list[Shown], list[Result]]:
    """The thing, what leads to it, and what answers the question that its title is.

    Raises:
        NotFound: the actor may not see it, or there is no such thing.
    """
    source = sources().get(kind)
    if source is None or kind in NOT:
        raise NotFound
    own = source.present(session, actor, [Hit(thing_id, 1)]).get(thing_id)
    if own is None:
        raise NotFound
    found: list[Result] = []
    if kind not in BY_THEMES_ALONE:
        found = find(session, actor, own.title, now, most=MOST + len(NOT) + 1, as_title=True).items
    naming = _naming(session, actor, own, (kind, thing_id))
    there = {place_of(said.url) for said in (own, *naming)}
    others: list[Result] = []
    for item in [*found, *_on_its_themes(session, actor, (kind, thing_id))]:
        itself = item.key.endswith(f"-{kind}-{thing_id}")
        if item.kind not in NOT and not itself and place_of(item.shown.url) not in there:
            there.add(place_of(item.shown.url))
            others.append(item)
    return own, naming, others[:MOST]


def _on_its_themes(session: Session, actor: Actor, itself: tuple[str, int]) -> list[Result]:
    """What is on most of the themes of a thing, the newest first: what is meant by other words."""
    kind, thing_id = itself
    rows = select(SearchEntry.lexemes).where(
        SearchEntry.kind == kind, SearchEntry.thing_id == thing_id
    )
    themes = sorted({m for terms in session.scalars(rows) for m in _THEME.findall(terms)})
    shared: Counter[tuple[str, int]] = Counter()
    things: dict[tuple[str, int], Candidate] = {}
    who = searcher(actor)
    for theme in themes[:MOST_THEMES]:
        on_it = retrieving.labelled(session, who.may, who.values, [theme], retrieving.LONG_AGO)
        for thing in scoring.newest(on_it):
            shared[thing.kind, thing.thing_id] += 1
            things[thing.kind, thing.thing_id] = thing
    order = sorted(things, key=lambda key: (-shared[key], -things[key].score, key))
    best = [things[key] for key in order if key[0] not in NOT][: MOST + 1]
    said = shown(session, actor, best)
    return [
        result(thing, said[key], [])
        for thing in best
        if (key := (thing.kind, thing.thing_id)) in said
    ]


def _naming(session: Session, actor: Actor, own: Shown, itself: tuple[str, int]) -> list[Shown]:
    """What leads to it, the newest first, for who may read that."""
    label = links.to(own.url)
    if label is None:
        return []
    who = searcher(actor)
    rows = retrieving.labelled(session, who.may, who.values, [label], retrieving.LONG_AGO)
    things = [t for t in scoring.newest(rows) if (t.kind, t.thing_id) != itself][:MOST_NAMING]
    said = shown(session, actor, things)
    found = [said[key] for thing in things if (key := (thing.kind, thing.thing_id)) in said]
    for source in sources().values():
        if source.naming is not None:
            found += source.naming(session, actor, own.url)
    return found
