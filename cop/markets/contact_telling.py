"""What is told to somebody who is asked to stay in touch: once of each who asks, with no words."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cop.markets import floor_people
from cop.markets.contacts import TOLD, told_key
from cop.markets.events import StayingAsked
from cop.markets.floor_models import FloorPerson, MarketContact
from cop.members.actor import Actor
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on


@on(StayingAsked)
def tell_who_is_asked(session: Session, event: StayingAsked, now: datetime) -> None:
    """Unless it waits no longer, or is shown to nobody: one of the two blocked the other."""
    contact = session.get(MarketContact, event.contact_id)
    if contact is None:
        return
    asks, asked = (session.get_one(FloorPerson, id) for id in (contact.from_id, contact.to_id))
    waits = floor_people.asking(session, Actor(asked.member_id), [contact.market_id])
    if asked.member_id is not None and (contact.market_id, asks.persona_id) in waits:
        notify(
            session,
            member_ids=[asked.member_id],
            kind=TOLD,
            key=told_key(asks.id),
            subject_id=contact.market_id,
            now=now,
            by_id=asks.persona_id,
        )


@sentences(TOLD)
def say(session: Session, actor: Actor, group: Sequence[Notification]) -> dict[int, Line]:
    """With who; none of what was answered since, or taken back."""
    waits = floor_people.asking(session, actor, [n.subject_id for n in group])
    return {
        n.id: Line(
            _("%(name)s wants to stay in touch with you.", name=n.by.name),
            f"/markten/{n.subject_id}/contacten",
        )
        for n in group
        if n.by is not None and (n.subject_id, n.by_id) in waits
    }
