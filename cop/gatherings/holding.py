"""Gatherings in the circles of others (see `cop.spaces.holders`)."""

from sqlalchemy import and_
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering, GatheringKind
from cop.gatherings.poll_models import DatePoll
from cop.spaces import holders


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """What somebody else planned, or looked for a date for, whether it is over or not.

    What a market says of itself is its hosts'; what others bring to it, markets know.
    """
    planned = and_(Gathering.circle_id == circle_id, Gathering.kind != GatheringKind.MARKET)
    return holders.any_by_others(
        session,
        member_id,
        (planned, Gathering.organiser_id),
        (DatePoll.circle_id == circle_id, DatePoll.organiser_id),
    )


holders.register("gathering", holders.Holder(written_by_others))
