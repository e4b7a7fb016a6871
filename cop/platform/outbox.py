"""Events and jobs, written in the same transaction as what caused them.

An operation calls `emit` with what happened; every handler that a capability registered for that
event gets a `Job` row of its own, in the caller's transaction: either the change and all that
follows from it are stored, or none of it. The worker (`cop.platform.worker`) claims jobs and runs
each in one transaction that also removes the job, so a handler that only writes to the database
takes effect exactly once, however often a worker is killed.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeAlias

from sqlalchemy import JSON, Index, String, Text, and_, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cop.platform.db import Base, UtcDateTime, insert_into

MAX_ATTEMPTS = 12
LONGEST_KIND = 80  # characters


class Job(Base):
    """Work to be done once. Gone when done; `dead_at` set when it was given up."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "dead_at", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)  # ids only, never words of members
    key: Mapped[str | None] = mapped_column(String(200), unique=True)  # at most one such job waits
    # Its key from when it is begun: another wish can be kept meanwhile, and is done after it.
    running_key: Mapped[str | None] = mapped_column(String(200), index=True)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str | None] = mapped_column(Text)  # the exception's type and place, no values


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened, as data: ids and moments only. Subclasses set `name`."""

    name: ClassVar[str]


EventHandler: TypeAlias = Callable[[Session, Any, datetime], None]
# A recurring one that answers True has more to do: it runs again at once.
JobHandler: TypeAlias = Callable[[Session, dict[str, Any], datetime], bool | None]
# One that computes for seconds, beside the others and without a transaction around it.
LongJobHandler: TypeAlias = Callable[[dict[str, Any], datetime], None]


@dataclass
class Registry:
    """Which handlers hear which event, and which function does which job."""

    events: dict[str, type[Event]] = field(default_factory=dict)
    handlers: dict[str, list[str]] = field(default_factory=dict)
    jobs: dict[str, JobHandler] = field(default_factory=dict)
    long_jobs: dict[str, LongJobHandler] = field(default_factory=dict)
    recurring: dict[str, float] = field(default_factory=dict)  # kind → seconds between runs

    def on(self, event: type[Event]) -> Callable[[EventHandler], EventHandler]:
        """Decorator: the function hears the event, in the worker, in a transaction of its own."""

        def register(handler: EventHandler) -> EventHandler:
            kind = f"{event.name}>{handler.__module__.removeprefix('cop.')}.{handler.__name__}"
            if len(kind) > LONGEST_KIND:  # SQLite would take it, PostgreSQL would not
                raise ValueError(f"{kind}: too long for a job's kind; shorten the handler's name")

            def run(session: Session, payload: dict[str, Any], now: datetime) -> None:
                handler(session, event(**payload), now)

            self.events[event.name] = event
            self.jobs[kind] = run
            kinds = self.handlers.setdefault(event.name, [])
            if kind not in kinds:
                kinds.append(kind)
            return handler

        return register

    def job(self, kind: str, every: float | None = None) -> Callable[[JobHandler], JobHandler]:
        """Decorator: the function does jobs of this kind; `every` so many seconds by itself."""

        def register(handler: JobHandler) -> JobHandler:
            self.jobs[kind] = handler
            if every is not None:
                self.recurring[kind] = every
            return handler

        return register

    def long_job(self, kind: str) -> Callable[[LongJobHandler], LongJobHandler]:
        """Decorator: the function does jobs of this kind, which take seconds and no lock.

        It opens units of work of its own, each short, and ends within a worker's lease. A worker
        that is killed leaves the job to be done again, so doing it twice must do no harm.
        """

        def register(handler: LongJobHandler) -> LongJobHandler:
            self.long_jobs[kind] = handler
            return handler

        return register


registry = Registry()
on = registry.on
job = registry.job
long_job = registry.long_job


def emit(session: Session, event: Event, now: datetime) -> None:
    """Store one job per handler of the event, in the caller's transaction."""
    payload = asdict(event)
    json.dumps(payload)  # an event holds plain data only; anything else fails here, at once
    kinds = registry.handlers.get(event.name, ())
    if kinds:
        session.execute(
            insert(Job),
            [
                {"kind": kind, "payload": payload, "run_at": now, "created_at": now}
                for kind in kinds
            ],
        )


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    now: datetime,
    run_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Store a job to be done at `run_at` (default: at once).

    With a `key` nothing is added while a job with that key still waits, and it goes on waiting
    until the caller's transaction has ended, so that it sees what the caller wrote. While one is
    being done, another is added, which is done after it. One that was given up is tried anew.
    """
    if kind not in registry.jobs and kind not in registry.long_jobs:
        raise LookupError(f"no handler for job {kind!r}")
    values = {"payload": payload, "run_at": run_at or now}
    wish = insert_into(session, Job).values(kind=kind, created_at=now, key=key, **values)
    if key is not None:
        failed = and_(Job.running_key == key, Job.claimed_by.is_(None))  # it is tried again
        waits = select(Job.id).where(or_(Job.key == key, failed), Job.dead_at.is_(None)).limit(1)
        # No worker takes what is held here; several can hold it.
        if session.scalar(waits.with_for_update(read=True, skip_locked=True)) is not None:
            return
        wish = wish.on_conflict_do_update(
            index_elements=["key"],
            set_={**values, "dead_at": None, "error": None, "attempts": 0},
            where=Job.dead_at.is_not(None),
        )
    session.execute(wish)
