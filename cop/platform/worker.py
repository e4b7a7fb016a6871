"""The worker: claims due jobs and runs them, one transaction each; beside them a mailer, and one
that does what takes seconds.

A claim is a lease: a worker that dies keeps nothing longer than `LEASE`, and one that comes back
under the same name takes its own claims over at once. A name belongs to one process at a time: it
holds a lock that the kernel gives back however the process ends. On PostgreSQL several workers
skip each other's rows (SKIP LOCKED); on SQLite a claim is one short immediate transaction.
"""

import fcntl
import hashlib
import logging
import socket
import threading
import time
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO

from flask import Flask
from sqlalchemy import String, delete, exists, func, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from cop.platform import clock
from cop.platform.db import Base, UtcDateTime, db, reading, unit_of_work
from cop.platform.errors import kind_and_place
from cop.platform.mail.engine import Mailer
from cop.platform.outbox import MAX_ATTEMPTS, Job, registry

LEASE = timedelta(seconds=60)
BATCH = 20
IDLE_SECONDS = 0.4
LONG_IDLE_SECONDS = 2.0  # somebody waits for a plan, but seconds
MOST_WORKERS = 64  # on one machine

log = logging.getLogger("cop.worker")


class Heartbeat(Base):
    """When a worker last showed itself; an administrator's page reads it."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class NameTaken(Exception):
    """A worker of this name is running."""


class Name:
    """A worker's name, held until the process ends.

    Args:
        folder: where the locks lie; workers that share a database share it, or have hosts of
            their own and with them other names.
        wanted: None takes the first free one of this host: a worker that was killed comes back
            under the name it had.
    """

    def __init__(self, folder: Path, wanted: str | None = None) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        host = socket.gethostname()[:40]
        names = [wanted] if wanted else [f"{host}-{n}" for n in range(1, MOST_WORKERS + 1)]
        for name in names:
            file = _locked(folder / f"{hashlib.sha256(name.encode()).hexdigest()[:32]}.lock")
            if file is not None:
                self.text, self._file = name[:64], file
                return
        raise NameTaken(names[-1])

    def release(self) -> None:
        self._file.close()


def _locked(path: Path) -> IO[bytes] | None:
    """The file, locked for this process; None when another one holds it."""
    file = open(path, "ab")  # noqa: SIM115  # held as long as the name is
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def take_over(name: str) -> None:
    """Free the jobs that a worker of this name, which does nothing any more, had claimed."""
    with unit_of_work() as session:
        session.execute(
            update(Job)
            .where(Job.claimed_by == name, Job.dead_at.is_(None))
            .values(claimed_by=None, claimed_until=None)
        )


def claim(
    session: Session, name: str, now: datetime, limit: int = BATCH, long: bool = False
) -> list[int]:
    """Take up to `limit` due jobs for this worker, long ones or the others; ids, oldest first.

    What was begun before is taken by itself: should it end the process, which nothing can catch,
    the others are not blamed for it, and at last it is given up. What waits under the key of one
    that was begun is left until that is done.
    """
    of_kind = Job.kind.in_(registry.long_jobs)
    begun = aliased(Job)
    due = (
        select(Job.id, Job.attempts)
        .where(Job.dead_at.is_(None), Job.run_at <= now, of_kind if long else ~of_kind)
        .where(or_(Job.claimed_until.is_(None), Job.claimed_until < now))
        .where(~exists().where(begun.running_key == Job.key))
        .order_by(Job.run_at, Job.id)
        .limit(limit)
        .with_for_update(of=Job, skip_locked=True)
    )
    found = list(session.execute(due))
    while found and found[0].attempts >= MAX_ATTEMPTS:
        _give_up(session, found.pop(0).id, now)
    ids = [row.id for row in takewhile(lambda row: not row.attempts, found)] or [
        row.id for row in found[:1]
    ]
    if ids:
        session.execute(
            update(Job)
            .where(Job.id.in_(ids))
            .values(
                claimed_by=name,
                claimed_until=now + LEASE,
                attempts=Job.attempts + 1,
                running_key=func.coalesce(Job.running_key, Job.key),
                key=None,
            )
        )
    return ids


def _give_up(session: Session, job_id: int, now: datetime) -> None:
    log.error("job %s ended its worker again and again; it is given up", job_id)
    job = session.get_one(Job, job_id)
    job.error = "the worker ended while doing it"
    job.claimed_by = job.claimed_until = None
    _bury(session, job, now)


def _bury(session: Session, job: Job, now: datetime) -> None:
    """It is given up. Its key is its own again, unless a later wish waits under it."""
    job.dead_at = now
    if job.running_key is not None:
        later = session.scalar(select(Job.id).where(Job.key == job.running_key))
        job.key = job.running_key if later is None else None
        job.running_key = None
    session.flush()


def run_job(job_id: int, name: str) -> bool:
    """Run one claimed job; True when it was done, False when it failed or was somebody else's."""
    try:
        with unit_of_work() as session:
            job = _held(session, job_id, name)
            if job is None:
                return False  # the lease ran out and another worker took it over
            handler = registry.jobs.get(job.kind)
            if handler is None:
                raise LookupError("no handler for this kind of job")
            handler(session, job.payload, clock.now())
            session.execute(delete(Job).where(Job.id == job_id))
        return True
    except Exception as error:
        _failed(job_id, name, error)
        return False


def _held(session: Session, job_id: int, name: str) -> Job | None:
    """The job, held until it is done; None when it is not this worker's any more.

    Whoever took it over while another is still doing it passes by. But on PostgreSQL a worker that
    claims at the same moment holds for an instant also what another had just claimed: for that the
    owner waits, else the job would lie until its lease runs out.
    """
    job = session.get(Job, job_id, with_for_update={"skip_locked": True})
    if job is None:
        owner = session.scalar(select(Job.claimed_by).where(Job.id == job_id))
        job = session.get(Job, job_id, with_for_update=True) if owner == name else None
    return job if job is not None and job.claimed_by == name else None


def run_long_job(job_id: int, name: str) -> bool:
    """Run one claimed long job, outside any transaction; True when it was done."""
    try:
        with reading() as session:
            job = session.get(Job, job_id)
            if job is None or job.claimed_by != name:
                return False
            kind, payload = job.kind, dict(job.payload)
        registry.long_jobs[kind](payload, clock.now())
        with unit_of_work() as session:
            session.execute(delete(Job).where(Job.id == job_id, Job.claimed_by == name))
        return True
    except Exception as error:
        _failed(job_id, name, error)
        return False


def _failed(job_id: int, name: str, error: Exception) -> None:
    """Record the failure without the values in it: they may hold what a member wrote."""
    reason, now = kind_and_place(error), clock.now()
    with unit_of_work() as session:
        job = session.get(Job, job_id, with_for_update=True)
        if job is None or job.claimed_by != name:
            return
        log.warning("job %s (%s) failed, attempt %s: %s", job.id, job.kind, job.attempts, reason)
        job.error = reason
        job.claimed_by = job.claimed_until = None
        if job.attempts >= MAX_ATTEMPTS:
            _bury(session, job, now)
        else:
            job.run_at = now + timedelta(seconds=min(2**job.attempts, 3600))


def run_due(name: str = "once") -> int:
    """Run everything that is due now; how many jobs were done. Tests and `cop` commands use it."""
    done = 0
    while True:
        with unit_of_work() as session:
            ids = claim(session, name, clock.now())
            long = claim(session, name, clock.now(), long=True)
        if not ids and not long:
            return done
        done += sum(run_job(job_id, name) for job_id in ids)
        done += sum(run_long_job(job_id, name) for job_id in long)


class Worker:
    """The loop that `cop worker` runs until it is told to stop.

    Args:
        app: the application in whose context jobs run.
        name: shown to administrators; by default the first free one of this machine.

    Raises:
        NameTaken: a worker of this name is running.
    """

    def __init__(self, app: Flask, name: str | None = None) -> None:
        self.app = app
        self._name = Name(app.config["SETTINGS"].data_dir / "workers", name)
        self.name = self._name.text
        self._stop = threading.Event()
        self._last_run: dict[str, float] = {}

    def stop(self, *_signal: int | FrameType | TracebackType | None) -> None:
        """Finish the job at hand and end; usable as a signal handler."""
        self._stop.set()

    def run(self) -> None:
        log.info("worker %s started", self.name)
        started = clock.now()
        beat = 0.0
        with self.app.app_context():
            take_over(self.name)
        mailer = threading.Thread(target=self._send_mail, name="mailer")
        mailer.start()
        thinker = threading.Thread(target=self._think, name="thinker")
        thinker.start()
        while not self._stop.is_set():
            with self.app.app_context():
                try:
                    # Who reads it may believe that all three live.
                    if time.monotonic() - beat > 5 and mailer.is_alive() and thinker.is_alive():
                        self._beat(started)
                        beat = time.monotonic()
                    more = self._run_recurring()
                    done = self._run_batch() or more
                except OperationalError:
                    # The database is away or busy; nothing was claimed, so nothing is lost.
                    log.warning("the database does not answer; trying again")
                    done = False
                    self._stop.wait(2)
                except Exception as error:  # a table that is put back, say
                    log.error("taking jobs failed: %s", kind_and_place(error))
                    done = False
                    self._stop.wait(2)
                finally:
                    db.session.remove()
            if not done:
                self._stop.wait(IDLE_SECONDS)
        mailer.join()
        thinker.join()
        with self.app.app_context(), suppress(OperationalError):
            take_over(self.name)  # of its last batch: nobody waits until the lease runs out
        self._name.release()
        log.info("worker %s stopped", self.name)

    def _send_mail(self) -> None:
        """Beside the jobs, so that a slow mail server holds nothing else up."""
        with self.app.app_context():
            mailer = Mailer(self.name, self._stop)
            while not self._stop.is_set():
                try:
                    mailer.take_over()
                    mailer.run()
                except OperationalError:
                    log.warning("the database does not answer; mail waits")
                except Exception as error:
                    log.error("sending mail failed: %s", kind_and_place(error))
                finally:
                    mailer.close()
                self._stop.wait(5)

    def _think(self) -> None:
        """Beside the jobs, what takes seconds: nothing else waits for it."""
        with self.app.app_context():
            while not self._stop.is_set():
                try:
                    with unit_of_work() as session:
                        ids = claim(session, self.name, clock.now(), limit=1, long=True)
                    for job_id in ids:
                        run_long_job(job_id, self.name)
                    done = bool(ids)
                except OperationalError:
                    log.warning("the database does not answer; long jobs wait")
                    done = False
                except Exception as error:
                    log.error("taking long jobs failed: %s", kind_and_place(error))
                    done = False
                finally:
                    db.session.remove()
                if not done:
                    self._stop.wait(LONG_IDLE_SECONDS)

    def _run_batch(self) -> bool:
        """Run what is due, at most a batch; whether there was anything."""
        with unit_of_work() as session:
            ids = claim(session, self.name, clock.now())
        for job_id in ids:
            if self._stop.is_set():
                break
            run_job(job_id, self.name)
        return bool(ids)

    def _run_recurring(self) -> bool:
        """Run what comes again and again, each in its time; whether one of them has more to do."""
        more = False
        for kind, every in registry.recurring.items():
            if time.monotonic() - self._last_run.get(kind, -every) >= every:
                self._last_run[kind] = time.monotonic()
                try:
                    with unit_of_work() as session:
                        again = registry.jobs[kind](session, {}, clock.now())
                    if again:
                        more = True
                        del self._last_run[kind]
                except OperationalError:
                    raise
                except Exception as error:
                    log.warning("%s failed: %s", kind, kind_and_place(error))
        return more

    def _beat(self, started: datetime) -> None:
        now = clock.now()
        with unit_of_work() as session:
            session.merge(Heartbeat(name=self.name, started_at=started, seen_at=now))
            session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - timedelta(days=1)))
