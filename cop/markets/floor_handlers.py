"""What the floor does when somebody leaves the community, in the worker."""

from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from cop.markets.floor_models import FloorPerson, MarketContact
from cop.members.events import MemberLeft
from cop.platform.outbox import on


@on(MemberLeft)
def cut_loose(session: Session, event: MemberLeft, now: datetime) -> None:
    """How somebody can be reached goes at once, and so does what ties their name to the member.

    What was said at a stall stays with those who were there, under the name it was said under.
    """
    mine = select(FloorPerson.id).where(FloorPerson.member_id == event.member_id)
    session.execute(
        delete(MarketContact).where(
            or_(MarketContact.from_id.in_(mine), MarketContact.to_id.in_(mine))
        )
    )
    session.execute(
        update(FloorPerson)
        .where(FloorPerson.member_id == event.member_id)
        .values(
            member_id=None, stall_id=None, left_at=now, hand_at=None, talk_at=None, talks_since=None
        )
    )
