"""What the worker does for discussions; importing it registers everything."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.discussions import drafts, live, space_part, telling
from cop.discussions.models import (
    Bookmark,
    DiscussionAttention,
    DiscussionPreference,
    ListChoice,
    ListVisit,
    ReadMark,
)
from cop.members.events import MemberLeft
from cop.platform.outbox import job, on


@job("discussions.forget_drafts", every=6 * 3600)
def forget_drafts(session: Session, _payload: dict[str, object], now: datetime) -> None:
    drafts.forget_old(session, now)


@on(MemberLeft)
def forget_what_they_kept(session: Session, event: MemberLeft, now: datetime) -> None:
    """What is for oneself alone goes; some of it would tell who wrote under a pseudonym."""
    for kept in (
        Bookmark,
        DiscussionAttention,
        DiscussionPreference,
        ListChoice,
        ListVisit,
        ReadMark,
    ):
        session.execute(delete(kept).where(kept.member_id == event.member_id))
    drafts.forget_of(session, event.member_id)


__all__ = ["live", "space_part", "telling"]
