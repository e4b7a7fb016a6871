"""Killed at any moment, mail goes on: nothing is lost, and only what was in flight comes again."""

import dataclasses
import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from cop.discussions.models import Post
from cop.members import deliverability
from cop.members.models import AddressTrouble
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail import connecting, engine, outcomes, sending
from cop.platform.mail.models import MailContent, OutgoingMail
from cop.platform.worker import run_due
from tests.mailing.helping import at, start, wants


class Killed(BaseException):
    """As if the process had ended: no `except Exception` and no clean-up of ours hears of it."""


@pytest.fixture
def waiting(make):
    """Five deliveries of one post; the readers."""
    on = make.list()
    readers = [make.member() for _ in range(5)]
    for reader in readers:
        wants(make, reader, on)
    start(make, make.member(), on)
    run_due()
    return readers


def kill_at(monkeypatch, place, when):
    """Make a function of the engine the moment of the kill, the `when`-th time it is called."""
    owner, name = place
    original, calls = getattr(owner, name), [0]

    def killed(*arguments, **named):
        calls[0] += 1
        if calls[0] == when:
            raise Killed
        return original(*arguments, **named)

    monkeypatch.setattr(owner, name, killed)


def drain(mailer):
    while mailer.step():
        pass


def die(monkeypatch, place, when):
    """A mailer is killed: what it would tidy up on its way out stays as it was."""
    with monkeypatch.context() as during:
        kill_at(during, place, when)
        during.setattr(engine.Mailer, "_put_back", lambda self: None)
        mailer = engine.Mailer("worker-1")
        with pytest.raises(Killed):
            drain(mailer)
        if mailer._server is not None:
            mailer._server.close()


PLACES = {
    "claiming": (engine.Mailer, "_claim"),
    "composing": (engine.Mailer, "_compose_batch"),
    "fixing": (engine.Mailer, "_fix"),
    "connecting": (connecting, "connect"),
    "before the message": (connecting, "transfer"),
    "storing the outcome": (outcomes, "store"),
}


# What happens once for a batch is met the first time only.
MOMENTS = [*((place, 1) for place in PLACES), ("before the message", 3), ("storing the outcome", 3)]


@pytest.mark.parametrize(("place", "when"), MOMENTS)
def test_killed_at_any_moment_it_goes_on(waiting, server, monkeypatch, place, when):
    die(monkeypatch, PLACES[place], when)
    before = len(server.arrived)
    again = engine.Mailer("worker-1")  # comes back under its name: no lease to wait for
    again.take_over()
    while again.step():
        pass
    again.close()
    addresses = [mail["To"].addresses[0].addr_spec for mail in server.arrived]
    assert set(addresses) == {reader.email for reader in waiting}
    in_flight = 1 if place == "storing the outcome" else 0
    assert len(addresses) == 5 + in_flight
    if in_flight:
        assert len(set(server.raw)) == 5  # the repeat is the same to the byte
    assert before < len(server.arrived)


def test_what_was_in_flight_comes_again_unchanged_also_when_it_was_edited(
    waiting, server, monkeypatch
):
    die(monkeypatch, PLACES["storing the outcome"], 1)
    with unit_of_work() as session:
        session.execute(update(Post).values(html="<p>Anders</p>", version=2))
    again = engine.Mailer("worker-1")
    again.take_over()
    while again.step():
        pass
    again.close()
    assert server.raw[0] in server.raw[1:]


def test_another_worker_waits_for_the_lease(waiting, server, monkeypatch):
    die(monkeypatch, PLACES["before the message"], 1)
    assert engine.send_all("worker-2") == 0
    with at(clock.now() + engine.LEASE + timedelta(seconds=1)):
        assert engine.send_all("worker-2") == 5
    assert len(server.arrived) == 5


def test_two_workers_share_the_work_and_send_nothing_twice(waiting, server):
    now = clock.now()
    one, two = engine.Mailer("one"), engine.Mailer("two")
    settings = sending.current_app.extensions["cop_mail"]
    with unit_of_work() as session:
        ids, *_rest = one._claim(session, now, settings)
    assert len(ids) == 5
    assert two.step() == 0
    one.take_over()
    assert two.step() == 5
    two.close()
    assert len(server.arrived) == 5


def test_a_server_that_goes_away_in_the_middle(waiting, server, monkeypatch):
    """As if it was killed: the connection ends, nobody knows what became of the message."""
    original, calls = connecting.transfer, [0]

    def breaking(*arguments):
        calls[0] += 1
        found = original(*arguments)
        if calls[0] == 2:
            raise smtplib.SMTPServerDisconnected("gone")
        return found

    monkeypatch.setattr(connecting, "transfer", breaking)
    engine.send_all()
    engine.send_all()
    whose = [mail["To"].addresses[0].addr_spec for mail in server.arrived]
    assert len(whose) == 6  # the one in flight twice, and no other
    assert len(set(whose)) == 5
    assert len(set(server.raw)) == 5


def test_one_connection_for_all_and_again_for_the_next(waiting, server, make):
    mailer = engine.Mailer("one")
    while mailer.step():
        pass
    with unit_of_work() as session:
        session.execute(update(OutgoingMail).values(sent_at=None))
    while mailer.step():
        pass
    mailer.close()
    assert len(server.arrived) == 10
    assert server.connections == 1


def test_a_server_that_closes_the_channel_is_asked_again(waiting, server):
    server.answers[waiting[2].email] = "421 4.3.2 too many messages on this connection"
    mailer = engine.Mailer("one")
    mailer.step()
    server.answers.clear()
    while mailer.step():
        pass
    mailer.close()
    assert len(server.arrived) == 5
    with reading() as session:
        assert set(session.scalars(select(OutgoingMail.attempts))) == {0}


def test_temporary_refusals_back_off_and_say_the_latest(waiting, server):
    server.answers[waiting[0].email] = "451 4.7.1 later, please"
    engine.send_all()
    with reading() as session:
        row = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).one()
    assert (row.attempts, row.error) == (1, "SMTP 451 4.7.1")
    assert row.try_at > clock.now()
    assert row.content_id is None  # nothing was taken: it may say what the post says by then
    assert [outcomes.backoff(n) for n in (1, 2, 3, 20)] == [
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(hours=4),
    ]


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        ("550 5.1.1 no such user", 2),
        ("550 no such user", 2),
        ("552 5.2.2 mailbox full", 1),
        ("554 5.7.1 we do not like you", 1),
    ],
)
def test_permanent_refusals_count_towards_bouncing(waiting, server, answer, score):
    server.answers[waiting[0].email] = answer
    engine.send_all()
    run_due()
    with reading() as session:
        trouble = session.scalars(select(AddressTrouble)).one()
        assert (trouble.address, trouble.score) == (waiting[0].email, score)
        dead = session.scalars(select(OutgoingMail).where(OutgoingMail.dead_at.is_not(None))).one()
        assert dead.member_id == waiting[0].id


def test_an_address_that_keeps_failing_gets_no_lists(waiting, server, make):
    for day in range(3):
        with unit_of_work() as session:
            deliverability.note_failure(
                session,
                waiting[0].email,
                permanent=True,
                code="5.1.1",
                now=clock.now() + timedelta(days=day),
            )
    engine.send_all()
    assert len(server.arrived) == 4


def test_an_administrator_sees_what_was_given_up_and_tries_again(waiting, server, make, browser):
    server.answers[waiting[0].email] = "550 5.1.1 no such user"
    engine.send_all()
    administrator = browser(make.member(site_role="administrator"))
    page = administrator.get("/beheer/werk").text
    assert "550 5.1.1" in page
    assert waiting[0].email not in page
    with reading() as session:
        dead = session.scalars(
            select(OutgoingMail.id).where(OutgoingMail.dead_at.is_not(None))
        ).one()
    server.answers.clear()
    administrator.post(f"/beheer/werk/mails/{dead}/opnieuw")
    engine.send_all()
    assert len(server.arrived) == 5
    with unit_of_work() as session:
        session.execute(update(OutgoingMail).values(sent_at=None, dead_at=clock.now()))
    administrator.post("/beheer/werk/mails/opnieuw")  # all at once
    engine.send_all()
    assert len(server.arrived) == 10


def test_one_that_cannot_be_made_keeps_nobody_waiting(waiting, server):
    with unit_of_work() as session:
        worst = session.scalar(select(func.min(OutgoingMail.id)))
        session.execute(update(OutgoingMail).where(OutgoingMail.id == worst).values(about={}))
        session.execute(
            update(OutgoingMail).where(OutgoingMail.id == worst + 1).values(kind="unknown")
        )
    engine.send_all()
    assert len(server.arrived) >= 3
    with reading() as session:
        row = session.get_one(OutgoingMail, worst + 1)
        assert row.attempts == 1
        assert row.error.startswith("LookupError")


def test_the_rate_of_the_site_holds_for_all_workers_together(waiting, server, app, monkeypatch):
    before = app.extensions["cop_mail"]
    app.extensions["cop_mail"] = dataclasses.replace(before, mail_per_minute=60)
    now = clock.now()
    waits = []
    monkeypatch.setattr(
        engine.Mailer, "_wait_for_turn", lambda self, moment: waits.append(moment - now)
    )
    one, two = engine.Mailer("one"), engine.Mailer("two")
    try:
        with at(now):
            assert one.step() == 2  # no more than two seconds ahead
            assert two.step() == 2
            assert two.step() == 0
        with at(now + timedelta(seconds=3)):
            assert one.step() == 1
    finally:
        one.close()
        two.close()
        app.extensions["cop_mail"] = before
    assert waits == [timedelta(seconds=n) for n in range(5)]


def test_what_is_no_longer_needed_is_forgotten(waiting, server):
    engine.send_all()
    with unit_of_work() as session:
        sending.forget_sent(session, {}, clock.now() + timedelta(hours=7))
        assert session.scalars(select(MailContent)).all() == []
        assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 5
        sending.forget_sent(session, {}, clock.now() + timedelta(days=41))
        assert session.scalars(select(OutgoingMail)).all() == []


def test_letters_go_before_lists_and_digests(waiting, server):
    with unit_of_work() as session:
        sending.queue(
            session,
            key="letter",
            recipient="iemand@example.org",
            subject="Je link",
            text="Hier.",
            html="<p>Hier.</p>",
            language="nl",
            now=clock.now() + timedelta(seconds=0),
        )
    with at(clock.now() + timedelta(minutes=1)):
        engine.send_all()
    assert server.arrived[0]["To"] == "iemand@example.org"
