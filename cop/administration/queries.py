"""What administrators look at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.members.models import Organisation, Theme
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.platform.worker import Heartbeat

ALIVE = timedelta(seconds=30)
MOST = 100  # rows of each kind on the worker's page
COUNTED = 1000  # counting stops here: 'more than a thousand' says enough


@dataclass(frozen=True, slots=True)
class Work:
    """What the worker does.

    Attributes:
        workers: those seen lately, with whether each is alive.
        waiting: jobs that are due or will be, at most `COUNTED`.
        mails: mails waiting to be handed over, at most `COUNTED`.
        dead_jobs, dead_mails: given up, newest first.
    """

    workers: list[tuple[Heartbeat, bool]]
    waiting: int
    mails: int
    dead_jobs: list[Job]
    dead_mails: list[OutgoingMail]


def work(session: Session, now: datetime) -> Work:
    seen = session.scalars(select(Heartbeat).order_by(Heartbeat.name)).all()
    waiting = select(Job.id).where(Job.dead_at.is_(None)).limit(COUNTED).subquery()
    mails = (
        select(OutgoingMail.id)
        .where(OutgoingMail.sent_at.is_(None), OutgoingMail.dead_at.is_(None))
        .limit(COUNTED)
        .subquery()
    )
    return Work(
        workers=[(beat, now - beat.seen_at < ALIVE) for beat in seen],
        waiting=session.scalar(select(func.count()).select_from(waiting)) or 0,
        mails=session.scalar(select(func.count()).select_from(mails)) or 0,
        dead_jobs=list(
            session.scalars(
                select(Job).where(Job.dead_at.is_not(None)).order_by(Job.dead_at.desc()).limit(MOST)
            )
        ),
        dead_mails=list(
            session.scalars(
                select(OutgoingMail)
                .where(OutgoingMail.dead_at.is_not(None))
                .order_by(OutgoingMail.dead_at.desc())
                .limit(MOST)
            )
        ),
    )


def organisations(session: Session) -> list[Organisation]:
    return list(session.scalars(select(Organisation).order_by(Organisation.sort_key)))


def themes(session: Session) -> list[Theme]:
    return list(session.scalars(select(Theme).order_by(Theme.position, Theme.id)))
