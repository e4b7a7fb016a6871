"""A line on one's own card, made of what one helped to find out: at a stall, in a conversation."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.expertise import cards
from cop.expertise.models import CardLine, Shown
from cop.expertise.words import LONGEST
from cop.members.actor import Actor
from cop.members.models import Theme
from cop.platform.i18n import lazy as _l
from cop.platform.i18n import sort_key
from cop.spaces import origins

KIND = "expertise"


def make(session: Session, actor: Actor, given: origins.Material, now: datetime) -> tuple[int, str]:
    """A line that only the actor sees, until they say otherwise: its first theme, else its title.

    What stands on the card already stays as it is.
    """
    card = cards.own_or_new(session, actor, now)
    lines = session.execute(
        select(CardLine.theme_id, CardLine.words).where(CardLine.card_id == card.id)
    ).all()
    have = {row.theme_id for row in lines}
    known = session.scalars(
        select(Theme.id).where(Theme.id.in_(given.theme_ids), Theme.retired_at.is_(None))
    ).all()
    theme_id = next((id for id in given.theme_ids if id in known and id not in have), None)
    words = "" if theme_id is not None else given.title[: LONGEST["words"]].strip()
    is_new = sort_key(words) not in {sort_key(row.words) for row in lines if row.words}
    if len(lines) < cards.MOST_LINES and (theme_id is not None or is_new):
        ask = given.title[: LONGEST["ask"]]
        topic = cards.Topic(theme_id=theme_id, words=words, ask=ask, shown=Shown.OWN)
        cards.add_line(session, actor, card.id, topic, now, anyway=True)
    return card.id, "/kenniskaart/mijn"


origins.takes(KIND, origins.Target(_l("Put it on my expertise card"), make))
