"""What the worker does for discussions; importing it registers everything."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.discussions import drafts, live, space_part, telling
from cop.platform.outbox import job


@job("discussions.forget_drafts", every=6 * 3600)
def forget_drafts(session: Session, _payload: dict[str, object], now: datetime) -> None:
    drafts.forget_old(session, now)


__all__ = ["live", "space_part", "telling"]
