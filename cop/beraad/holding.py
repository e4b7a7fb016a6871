"""Reports in the circles of others (see `cop.spaces.holders`)."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cop.beraad.models import Report
from cop.spaces import holders


def written_by_others(session: Session, circle_id: int, _member_id: int) -> bool:
    """Any report for the circle: all who took part wrote it, and agreed to who reads it."""
    return bool(session.scalar(select(exists().where(Report.circle_id == circle_id))))


holders.register("beraad", holders.Holder(written_by_others))
