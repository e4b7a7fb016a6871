"""Events, jobs and the worker."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.exc import ProgrammingError

from cop.platform import clock, worker
from cop.platform.db import db, reading, unit_of_work
from cop.platform.outbox import (
    MAX_ATTEMPTS,
    Event,
    Job,
    emit,
    enqueue,
    job,
    long_job,
    on,
    registry,
)
from cop.platform.worker import LEASE, Worker, claim, run_due, run_job

heard: list[int] = []
failing: set[int] = set()


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    """A bell rang, in these tests."""

    name = "tests.rang"
    bell: int


@on(Rang)
def first_hears(session, event, now):
    if event.bell in failing:
        raise ValueError("secret words of a member")
    heard.append(event.bell)


@on(Rang)
def second_hears(session, event, now):
    heard.append(event.bell + 100)


@job("tests.note")
def note(session, payload, now):
    session.add(
        Job(kind="tests.mark", payload=payload, run_at=now + timedelta(days=9), created_at=now)
    )


@long_job("tests.think")
def think(payload, now):
    thinking.set()
    if payload.get("fails"):
        raise ValueError("secret words of a member")
    assert enough.wait(20)
    with unit_of_work() as session:
        enqueue(session, "tests.note", payload, now=now)


@job("tests.slow")
def slow(session, payload, now):
    thinking_aloud.append(1)
    thinking.set()
    assert enough.wait(20)


thinking, enough = threading.Event(), threading.Event()
thinking_aloud: list[int] = []


def a_fault():
    try:
        raise ValueError("secret words of a member")
    except ValueError as error:
        return error


@pytest.fixture(autouse=True)
def silence():
    heard.clear()
    failing.clear()
    thinking.clear()
    enough.clear()


def ring(bell):
    with unit_of_work() as session:
        emit(session, Rang(bell=bell), clock.now())


def waiting():
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Job))


def test_every_handler_hears_an_event_once(app):
    ring(1)
    run_due()
    run_due()
    assert sorted(heard) == [1, 101]
    assert waiting() == 0


def test_what_is_rolled_back_was_never_said(app, session):
    emit(session, Rang(bell=1), clock.now())
    session.rollback()
    run_due()
    assert heard == []


def test_one_handler_that_fails_does_not_stop_the_other_and_is_tried_again(app):
    failing.add(1)
    ring(1)
    run_due()
    assert heard == [101]
    failing.clear()
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        run_due()
    assert heard == [101, 1]


def test_the_reason_of_a_failure_holds_no_words(app):
    failing.add(1)
    ring(1)
    run_due()
    with reading() as session:
        error = session.scalars(select(Job.error)).one()
    assert error.startswith("ValueError at test_outbox.py")
    assert "secret" not in error


def test_a_job_that_keeps_failing_is_given_up_and_kept(app):
    failing.add(1)
    ring(1)
    for hours in range(MAX_ATTEMPTS + 2):
        with time_machine.travel(clock.now() + timedelta(hours=2 * hours), tick=False):
            run_due()
    with reading() as session:
        dead = session.scalars(select(Job)).one()
    assert dead.dead_at is not None
    assert dead.attempts == MAX_ATTEMPTS


def test_a_worker_that_died_keeps_a_job_no_longer_than_its_lease(app):
    ring(1)
    with unit_of_work() as session:
        taken = claim(session, "dead-worker", clock.now())
    assert len(taken) == 2
    assert run_due("other") == 0
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=False):
        assert run_due("other") == 2
    assert sorted(heard) == [1, 101]


def test_a_worker_that_lost_its_lease_does_nothing(app):
    ring(1)
    with unit_of_work() as session:
        job_id = claim(session, "slow", clock.now())[0]
    with (
        time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=False),
        unit_of_work() as session,
    ):
        claim(session, "quick", clock.now())
    assert run_job(job_id, "slow") is False
    assert heard == []


def test_who_takes_over_while_a_job_is_under_way_passes_by(app, now, database):
    """Its lease ran out in the middle of it; on SQLite nobody gets that far."""
    if database == "sqlite":
        return
    thinking_aloud.clear()
    with unit_of_work() as session:
        enqueue(session, "tests.slow", {}, now=now)
    with unit_of_work() as session:
        job_id = claim(session, "slow", clock.now())[0]

    def slowly():
        with app.app_context():
            done.append(run_job(job_id, "slow"))

    done: list[bool] = []
    thread = threading.Thread(target=slowly)
    thread.start()
    assert thinking.wait(20)
    with time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=False):
        with unit_of_work() as session:
            assert claim(session, "quick", clock.now()) == []
        assert run_job(job_id, "quick") is False
    enough.set()
    thread.join(20)
    assert done == [True]
    assert thinking_aloud == [1]
    assert waiting() == 0


def test_a_job_at_which_another_worker_looks_is_done_all_the_same(app, now, database):
    """It claimed at the same moment; on SQLite they come one after the other."""
    if database == "sqlite":
        return
    with unit_of_work() as session:
        enqueue(session, "tests.note", {}, now=now)
    with unit_of_work() as session:
        job_id = claim(session, "w", clock.now())[0]
    looks, looked = threading.Event(), threading.Event()

    def look():
        with app.app_context(), unit_of_work() as session:
            session.get(Job, job_id, with_for_update=True)
            looks.set()
            looked.wait(0.5)

    thread = threading.Thread(target=look)
    thread.start()
    assert looks.wait(20)
    assert run_job(job_id, "w") is True
    thread.join(20)


def test_who_fails_late_takes_nothing_away_from_who_took_over(app):
    failing.add(1)
    ring(1)
    with unit_of_work() as session:
        ids = claim(session, "slow", clock.now())
    with (
        time_machine.travel(clock.now() + LEASE + timedelta(seconds=1), tick=False),
        unit_of_work() as session,
    ):
        taken = claim(session, "quick", clock.now())
    assert taken == ids[:1]
    worker._failed(taken[0], "slow", a_fault())
    with reading() as session:
        assert session.get(Job, taken[0]).claimed_by == "quick"


def test_a_job_that_ends_its_worker_is_given_up_and_its_neighbours_are_not(app):
    """What no `except` sees: the process is killed, comes back and takes its own over."""
    for bell in (1, 2):
        ring(bell)
    with reading() as session:
        killer = session.scalars(select(Job.id).order_by(Job.id)).first()
    for _start in range(MAX_ATTEMPTS + 1):
        worker.take_over("w")
        with unit_of_work() as session:
            ids = claim(session, "w", clock.now())
        if killer not in ids:
            break
        assert ids[0] == killer
    with reading() as session:
        rows = session.scalars(select(Job).order_by(Job.id)).all()
        assert [row.dead_at is not None for row in rows] == [True, False, False, False]
        assert max(row.attempts for row in rows[1:]) <= 2
    worker.take_over("w")
    assert run_due("w") == 3


def test_a_job_with_a_key_that_was_given_up_is_tried_anew_when_it_is_wanted_again(app, now):
    with unit_of_work() as session:
        enqueue(session, "tests.note", {"n": 1}, now=now, key="once")
        given_up = session.scalars(select(Job)).one()
        given_up.dead_at, given_up.attempts, given_up.error = now, MAX_ATTEMPTS, "ValueError"
    with unit_of_work() as session:
        enqueue(session, "tests.note", {"n": 2}, now=now, key="once")
    assert run_due() == 1
    with reading() as session:
        assert session.scalars(select(Job.payload)).all() == [{"n": 2}]


def test_a_fault_that_passes_leaves_no_half_of_a_worker(app, monkeypatch):
    """A table that is put back under a running worker, say: all of it goes on afterwards."""
    real, faults = worker.claim, set()

    def fails_once(session, name, now, limit=20, long=False):
        if long not in faults:
            faults.add(long)
            raise ProgrammingError("SELECT", {}, ValueError("secret words of a member"))
        return real(session, name, now, limit, long)

    monkeypatch.setattr(worker, "claim", fails_once)
    enough.set()
    with unit_of_work() as session:
        enqueue(session, "tests.think", {}, now=clock.now())
    one = Worker(app, "w")
    thread = threading.Thread(target=one.run)
    thread.start()
    for _ in range(300):
        with reading() as session:
            left = set(session.scalars(select(Job.kind)))
        if left == {"tests.mark"}:
            break
        threading.Event().wait(0.1)
    one.stop()
    thread.join(20)
    assert faults == {True, False}
    assert left == {"tests.mark"}
    db.session.remove()


def test_a_job_with_a_key_waits_only_once(app, now):
    with unit_of_work() as session:
        for _ in range(3):
            enqueue(session, "tests.note", {}, now=now, key="once")
    assert waiting() == 1


@pytest.mark.parametrize("kind", ["tests.slow", "tests.think"])
def test_a_wish_made_while_its_job_is_done_is_done_after_it_once(app, now, database, kind):
    """What it read may be old by then. On SQLite nobody writes beside a job but a long one."""
    if kind == "tests.slow" and database == "sqlite":
        return
    thinking_aloud.clear()
    long = kind == "tests.think"
    run = worker.run_long_job if long else run_job

    def wish(n):
        with unit_of_work() as session:
            enqueue(session, kind, {"n": n}, now=now, key="once")

    def take():
        with unit_of_work() as session:
            return claim(session, "w", clock.now(), long=long)

    def does(job_id):
        with app.app_context():
            done.append(run(job_id, "w"))

    done: list[bool] = []
    wish(1)
    (first,) = take()
    thread = threading.Thread(target=does, args=(first,))
    thread.start()
    assert thinking.wait(20)
    wish(2)  # waits for nobody
    wish(3)
    assert take() == []  # not before the first is done
    enough.set()
    thread.join(20)
    (second,) = take()
    assert run(second, "w")
    assert done == [True]
    assert take() == []
    with reading() as session:
        left = session.scalars(select(Job.payload).where(Job.kind == kind)).all()
        made = session.scalars(select(Job.payload).where(Job.kind == "tests.note")).all()
    assert left == []
    assert sorted(payload["n"] for payload in made) == ([1, 2] if long else [])


def test_a_job_is_begun_when_the_one_who_wished_for_it_has_written(app, now, database):
    """On SQLite nobody gets that far."""
    if database == "sqlite":
        return
    with unit_of_work() as session:
        enqueue(session, "tests.note", {}, now=now, key="once")
    with unit_of_work() as one, unit_of_work() as other:
        for session in (one, other):
            enqueue(session, "tests.note", {}, now=now, key="once")
        with unit_of_work() as session:
            assert claim(session, "w", clock.now()) == []
    with unit_of_work() as session:
        assert len(claim(session, "w", clock.now())) == 1


def test_a_job_with_a_key_that_fails_waits_for_its_next_try_alone(app, now):
    def wish():
        with unit_of_work() as session:
            enqueue(session, "tests.think", {"fails": 1}, now=now, key="once")

    wish()
    run_due()
    wish()
    assert waiting() == 1
    for hours in range(MAX_ATTEMPTS + 2):
        with time_machine.travel(clock.now() + timedelta(hours=2 * hours), tick=False):
            run_due()
    with reading() as session:
        dead = session.scalars(select(Job)).one()
        assert (dead.key, dead.dead_at is not None) == ("once", True)
    wish()
    with reading() as session:
        assert session.scalars(select(Job.dead_at)).all() == [None]


def test_a_handlers_writes_and_the_end_of_its_job_are_one(app, now, monkeypatch):
    with unit_of_work() as session:
        enqueue(session, "tests.note", {"n": 1}, now=now)
    run_due()
    with reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["tests.mark"]


def test_two_workers_share_the_work_and_repeat_nothing(app):
    for bell in range(1, 41):
        ring(bell)
    workers = [Worker(app, f"w{n}") for n in range(2)]
    threads = [threading.Thread(target=w.run) for w in workers]
    for thread in threads:
        thread.start()
    deadline = threading.Event()
    for _ in range(200):
        if len(heard) >= 80:
            break
        deadline.wait(0.1)
    for each in workers:
        each.stop()
    for thread in threads:
        thread.join(10)
    assert sorted(heard) == sorted([*range(1, 41), *range(101, 141)])
    db.session.remove()


def test_nobody_waits_for_a_long_job(app, now):
    with unit_of_work() as session:
        enqueue(session, "tests.think", {"n": 1}, now=now)
    worker = Worker(app, "w")
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert thinking.wait(10)
        ring(1)  # a write, and two jobs, while it goes on
        for _ in range(100):
            if len(heard) >= 2:
                break
            threading.Event().wait(0.1)
        assert sorted(heard) == [1, 101]
    finally:
        enough.set()
        worker.stop()
        thread.join(10)
    run_due()
    with reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["tests.mark"]


def test_what_a_worker_claimed_and_did_not_begin_waits_for_no_lease(app, now, monkeypatch):
    worker = Worker(app, "w")
    monkeypatch.setitem(registry.jobs, "tests.slow", lambda *_: worker.stop())
    with unit_of_work() as session:
        enqueue(session, "tests.slow", {}, now=now)
        enqueue(session, "tests.note", {}, now=now)
    worker.run()
    assert waiting() == 1
    run_due("another")
    with reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["tests.mark"]


def test_a_long_job_that_fails_is_tried_again_and_says_no_words(app, now):
    with unit_of_work() as session:
        enqueue(session, "tests.think", {"fails": True}, now=now)
    assert run_due() == 0
    with reading() as session:
        failed = session.scalars(select(Job)).one()
    assert failed.attempts == 1
    assert failed.run_at > failed.created_at
    assert "secret" not in (failed.error or "")
