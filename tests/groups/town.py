"""Groups with everything on their pages, for the walks (tests/support/town.py)."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from cop.gatherings.models import Gathering
from cop.groups import facilitating, presence
from cop.groups.models import GroupPresence
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import Visibility
from tests.support.factories import Factory

PRIVATE = Visibility.PRIVATE


def groups(make: Factory, owner: Member, other: Member) -> dict[str, Any]:
    """What addresses of groups stand for; nobody but the owner and two others know of them."""
    trained = make.member("Toos Begeleider")
    with unit_of_work() as session:
        facilitating.stand_ready(
            session,
            make.actor(trained),
            intervisie=True,
            beraad=True,
            training="Een opleiding van een jaar.",
            now=clock.now(),
        )
    running = make.group(owner, other, visibility=PRIVATE)
    gathering = make.group_date(running, owner)
    make.group_date(running, owner, clock.now() + timedelta(days=52))
    seeks = make.group(owner, other, visibility=PRIVATE, facilitates=False)
    waits = make.group_date(seeks, owner)
    with unit_of_work() as session:
        offered = facilitating.offer(session, make.actor(other), seeks.id, "Graag!", clock.now()).id
        facilitating.ask(
            session, make.actor(owner), seeks.id, make.persona(trained).handle, "", clock.now()
        )
    been = make.group(owner, visibility=PRIVATE)
    held = make.group_date(been, owner)
    with unit_of_work() as session:
        kept = session.get_one(Gathering, held.id)
        kept.starts_at, kept.ends_at = (
            at - timedelta(days=20) for at in (kept.starts_at, kept.ends_at)
        )
        session.flush()
        handle = make.persona(owner).handle
        presence.confirm(session, make.actor(owner), held.id, [handle], 90, clock.now())
        presence_id = session.scalars(select(GroupPresence.id)).one()
    asks = make.group(other, visibility=PRIVATE, facilitates=False)
    make.join(owner, asks.circle)
    make.group(owner, visibility=PRIVATE)
    return {
        "group_id": running.id,
        "groups.facilitator.group_id": seeks.id,
        "groups.answer_offer.group_id": seeks.id,
        "groups.take_back_question.group_id": seeks.id,
        "groups.offer.group_id": asks.id,
        "facilitator_id": offered,
        "groups.confirm_date.gathering_id": waits.id,
        "groups.presence_of_date.gathering_id": held.id,
        "presence_id": presence_id,
        **{
            f"groups.{name}.gathering_id": gathering.id
            for name in ("show_date", "move_date", "cancel_date", "guest_facilitator")
        },
    }
