"""Cards for tests."""

from datetime import datetime

from sqlalchemy import select

from cop.expertise import cards
from cop.expertise.models import Card, Shown
from cop.members.models import Member, Theme
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from tests.support.factories import Factory


def theme(slug: str = "alcohol") -> int:
    """The id of a seeded theme."""
    with reading() as session:
        return session.scalars(select(Theme.id).where(Theme.slug == slug)).one()


def card(
    make: Factory,
    member: Member,
    slug: str = "alcohol",
    *,
    shown: str = Shown.MEMBERS,
    often: str | None = None,
    now: datetime | None = None,
    ask: str = "",
) -> Card:
    """A person's own card with one theme."""
    at = now or clock.now()
    with unit_of_work() as session:
        actor = make.actor(member)
        made = cards.own_or_new(session, actor, at)
        topic = cards.Topic(theme_id=theme(slug), shown=shown, ask=ask)
        cards.add_line(session, actor, made.id, topic, at)
        if often is not None:
            made.often = often
    return made


def team(
    make: Factory, keeper: Member, name: str = "Team Noord", shown: str = Shown.MEMBERS
) -> tuple[int, int]:
    """A team's card with one theme: (card, line)."""
    now = clock.now()
    with unit_of_work() as session:
        actor = make.actor(keeper)
        made = cards.start(session, actor, "team", cards.Settings(name=name), now)
        topic = cards.Topic(theme_id=theme("ghb"), ask="hoe je begint", shown=shown)
        line = cards.add_line(session, actor, made.id, topic, now)
        return made.id, line.id
