"""What the live part forgets."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.platform.live.models import LiveAudience, LiveCommand, LiveEvent
from cop.platform.live.presence import forget_absent
from cop.platform.outbox import job

KEPT_FOR = timedelta(days=2)


@job("platform.forget_live_events", every=3600)
def forget_old(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Forget what no client can still need; numbers go on where they were."""
    session.execute(delete(LiveEvent).where(LiveEvent.at < now - KEPT_FOR))
    session.execute(delete(LiveCommand).where(LiveCommand.at < now - KEPT_FOR))
    forget_absent(session, now)


def forget_person(session: Session, who: str) -> None:
    """Forget what is kept under somebody's name: their commands' keys, their own audiences."""
    session.execute(delete(LiveCommand).where(LiveCommand.who == who))
    session.execute(delete(LiveEvent).where(LiveEvent.audience.endswith(f":{who}")))
    session.execute(delete(LiveAudience).where(LiveAudience.name.endswith(f":{who}")))
