"""What is akin to a thing: by the words of its title, both ways, for who may see both."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.finding.permissions import searcher
from cop.finding.queries import Result, find, shown
from cop.members.actor import Actor
from cop.platform.errors import NotFound
from cop.platform.search import links, retrieving, scoring
from cop.platform.search.sources import Hit, Shown, sources

MOST = 8
MOST_NAMING = 20
KINDS = ("discussion", "space", "gathering", "case")  # later features stand in `sources` as well
NOT = ("member", "theme")


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
    found = find(session, actor, own.title, now, most=MOST + len(NOT) + 1, as_title=True).items
    plain = own.url.partition("#")[0].partition("?")[0]
    naming = _naming(session, actor, own, (kind, thing_id))
    named = {said.url.partition("#")[0].partition("?")[0] for said in naming}
    others = [
        item
        for item in found
        if item.kind not in NOT
        and not item.key.endswith(f"-{kind}-{thing_id}")
        and item.shown.url.partition("#")[0].partition("?")[0] not in {plain, *named}
    ]
    return own, naming, others[:MOST]


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
