"""What the worker does for lists by mail; importing it registers everything."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.discussions.mailing import digest_part, single
from cop.discussions.models import ListChoice
from cop.members.events import MemberLeft
from cop.platform.outbox import on


@on(MemberLeft)
def forget_choices(session: Session, event: MemberLeft, now: datetime) -> None:
    session.execute(delete(ListChoice).where(ListChoice.member_id == event.member_id))


__all__ = ["digest_part", "single"]
