"""What the live part forgets."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.platform.live.models import LiveCommand, LiveEvent
from cop.platform.live.presence import forget_absent
from cop.platform.outbox import job

KEPT_FOR = timedelta(days=2)


@job("platform.forget_live_events", every=3600)
def forget_old(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Forget what no client can still need; numbers go on where they were."""
    session.execute(delete(LiveEvent).where(LiveEvent.at < now - KEPT_FOR))
    session.execute(delete(LiveCommand).where(LiveCommand.at < now - KEPT_FOR))
    forget_absent(session, now)
