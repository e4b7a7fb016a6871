"""What is akin to a thing: by the words of its title, both ways, for who may see both."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.finding.queries import Result, find
from cop.members.actor import Actor
from cop.platform.errors import NotFound
from cop.platform.search.sources import Hit, Shown, sources

MOST = 8
KINDS = ("discussion", "space", "gathering", "case")  # later features stand in `sources` as well
NOT = ("member", "theme")


def related(
    session: Session, actor: Actor, kind: str, thing_id: int, now: datetime
) -> tuple[Shown, list[Result]]:
    """The thing, and what answers the question that its title is.

    Raises:
        NotFound: the actor may not see it, or there is no such thing.
    """
    source = sources().get(kind)
    if source is None or kind in NOT:
        raise NotFound
    own = source.present(session, actor, [Hit(thing_id, 1)]).get(thing_id)
    if own is None:
        raise NotFound
    found = find(session, actor, own.title, now, most=MOST + len(NOT) + 1).items
    plain = own.url.partition("#")[0].partition("?")[0]
    others = [
        item
        for item in found
        if item.kind not in NOT and item.shown.url.partition("#")[0].partition("?")[0] != plain
    ]
    return own, others[:MOST]
