"""Killed at any moment, mail goes on: nothing is lost, and only what was in flight comes again."""

import dataclasses
import smtplib
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from cop.discussions.models import Post
from cop.members import deliverability
from cop.members.models import AddressTrouble
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail import connecting, engine, kinds, outcomes, sending
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


@pytest.mark.parametrize(("place", "when"), [("storing the outcome", 1), ("connecting", 1)])
def test_what_was_edited_goes_out_in_its_new_words_but_for_what_was_in_flight(
    waiting, server, monkeypatch, place, when
):
    die(monkeypatch, PLACES[place], when)
    in_flight = list(server.raw)
    with unit_of_work() as session:
        session.execute(update(Post).values(html="<p>Anders</p>", version=2))
    again = engine.Mailer("worker-1")
    again.take_over()
    while again.step():
        pass
    again.close()
    came = server.raw[len(in_flight) :]
    assert len(came) == 5
    assert came.count(in_flight[0] if in_flight else b"") == len(in_flight)
    # Nobody knows of the one at hand whether it had begun: it is the same. All others say anew.
    assert sum(b"Anders" in raw for raw in came) == 4
    assert all((b"Anders" in raw) != (b"raad" in raw) for raw in came)


def test_another_worker_waits_for_the_lease(waiting, server, monkeypatch):
    """Of the message at hand as long as a server may take for it."""
    die(monkeypatch, PLACES["before the message"], 2)
    assert engine.send_all("worker-2") == 0
    with at(clock.now() + engine.LEASE + timedelta(seconds=1)):
        assert engine.send_all("worker-2") == 3
    with at(clock.now() + connecting.LONGEST + timedelta(seconds=1)):
        assert engine.send_all("worker-2") == 1
    assert len(server.arrived) == 5


def test_whoever_was_slow_sends_nothing_that_another_worker_took_over(waiting, server, monkeypatch):
    """One holds a batch, and stands still for longer than its lease before the second message."""
    slow, now = engine.Mailer("slow"), clock.now()
    original = connecting.transfer

    def meanwhile(*arguments):
        found = original(*arguments)
        monkeypatch.setattr(connecting, "transfer", original)
        with at(now + engine.LEASE + timedelta(seconds=1)):
            engine.send_all("fast")
        return found

    monkeypatch.setattr(connecting, "transfer", meanwhile)
    slow.step()
    slow.close()
    whose = [mail["To"].addresses[0].addr_spec for mail in server.arrived]
    assert sorted(whose) == sorted(reader.email for reader in waiting)
    assert engine.send_all("fast") == 0


def test_a_server_may_take_ten_minutes_for_a_message(waiting, server, monkeypatch):
    """RFC 5321 4.5.3.2: whoever hangs up earlier has it twice."""
    allowed = {}

    def noting(name):
        original = getattr(smtplib.SMTP, name)

        def called(self, *arguments):
            allowed.setdefault(name, self.sock.gettimeout())
            return original(self, *arguments)

        return called

    for name in ("mail", "rcpt", "data", "quit"):
        monkeypatch.setattr(smtplib.SMTP, name, noting(name))
    engine.send_all()
    assert allowed == {"mail": 300, "rcpt": 300, "data": 600, "quit": 30}
    assert timedelta(seconds=2 * 300 + 600) < connecting.LONGEST
    assert len(server.arrived) == 5


def test_a_message_at_which_the_server_hangs_up_holds_up_nobody(waiting, server, make):
    """It counts against the one at hand, which goes again as it was, ever later."""
    on, reader = make.list(), make.member()
    wants(make, reader, on)
    with unit_of_work() as session:  # before all others
        session.execute(update(OutgoingMail).values(try_at=clock.now() + timedelta(seconds=1)))
    server.refuses["breekpunt"] = ""
    start(make, make.member(), on, text="Hier is het breekpunt.")
    run_due()
    mailer, now = engine.Mailer("one"), clock.now()
    with at(now + timedelta(seconds=1)):
        for _step in range(4):
            mailer.step()
            mailer._wait_until = 0.0  # nobody waits for the pause
    assert len(server.arrived) == 5
    with reading() as session:
        lost = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).one()
        assert (lost.attempts, lost.claimed_by, lost.dead_at) == (2, None, None)
        assert lost.try_at == now + timedelta(seconds=61)
        assert lost.content_id is not None
    with unit_of_work() as session:
        session.execute(update(Post).values(html="<p>Anders</p>", version=2))
    server.refuses.clear()
    with at(now + timedelta(minutes=5)):
        mailer.step()
    mailer.close()
    assert "breekpunt" in server.arrived[-1].get_body(("plain",)).get_content()
    assert len(server.arrived) == 6


def test_words_that_the_server_refuses_hold_up_only_those_who_get_the_same(
    waiting, server, make, browser
):
    """Not the site: another message is taken."""
    on, readers = make.list(), [make.member() for _ in range(4)]
    for reader in readers:
        wants(make, reader, on)
    start(make, make.member(), on, text="Dit woord is verboden.")
    run_due()
    with unit_of_work() as session:  # before all others
        session.execute(
            update(OutgoingMail)
            .where(OutgoingMail.member_id.in_([reader.id for reader in readers]))
            .values(try_at=clock.now() - timedelta(seconds=1))
        )
    server.refuses["verboden"] = "554 5.7.1 this looks like spam"
    mailer, now = engine.Mailer("one"), clock.now()
    mailer.step()
    assert mailer.reachable
    assert len(server.arrived) == 5
    with reading() as session:
        late = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).all()
    assert sorted(mail.attempts for mail in late) == [0, 0, 1, 1]  # two were tried for all
    assert {mail.dead_at for mail in late} == {None}
    assert all(mail.try_at >= now + timedelta(minutes=1) for mail in late)
    # Refused again while others were taken: it was meant for good (RFC 5321 4.2.1), for all.
    with at(now + timedelta(minutes=2)):
        mailer.step()
    with reading() as session:
        late = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).all()
    assert [mail.dead_at is None for mail in late] == [False] * 4
    assert sorted(mail.attempts for mail in late) == [0, 0, 2, 2]
    server.refuses.clear()
    administrator = browser(make.member(site_role="administrator"))
    administrator.post("/beheer/werk/mails/opnieuw")
    drain(mailer)
    mailer.close()
    assert len(server.arrived) == 9


def test_words_refused_for_now_are_never_given_up_before_their_time(waiting, server):
    server.refuses["raad"] = "451 4.7.1 later"
    mailer, now = engine.Mailer("one"), clock.now()
    for minutes in (0, 2, 5, 10):
        mailer._heard.taken(now + timedelta(minutes=minutes))
        with at(now + timedelta(minutes=minutes, seconds=1)):
            mailer.step()
    mailer.close()
    with reading() as session:
        assert set(session.scalars(select(OutgoingMail.dead_at))) == {None}


def test_what_one_recipient_does_not_want_reaches_the_others_who_get_the_same(waiting, server):
    server.answers[f"DATA {waiting[0].email}"] = "550 5.7.1 your words are not wanted here"
    engine.send_all()
    assert len(server.arrived) == 4
    with reading() as session:
        alone = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).one()
    assert (alone.attempts, alone.dead_at) == (1, None)


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
    engine.send_all()  # the first time it goes again at once
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
        assert sorted(session.scalars(select(OutgoingMail.attempts))) == [0, 0, 0, 0, 1]


def test_temporary_refusals_back_off_and_say_the_latest(waiting, server):
    server.answers[waiting[0].email] = "451 4.7.1 later, please"
    engine.send_all()
    with reading() as session:
        row = session.scalars(select(OutgoingMail).where(OutgoingMail.sent_at.is_(None))).one()
    assert (row.attempts, row.error) == (1, "SMTP 451 4.7.1")
    assert row.try_at > clock.now()
    assert row.content_id is None  # nothing was taken: it may say what the post says by then
    assert [outcomes.backoff(n) for n in (0, 1, 2, 3, 20, 9999)] == [
        timedelta(0),
        timedelta(minutes=1),
        timedelta(minutes=2),
        timedelta(minutes=4),
        timedelta(hours=4),
        timedelta(hours=4),
    ]


def test_however_often_the_server_was_away_the_pause_stays_bounded(app):
    mailer = engine.Mailer("one")
    mailer._failures = 5000
    mailer._pause("away")
    assert mailer._wait_until - time.monotonic() <= engine.LONGEST_PAUSE


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


def test_one_that_cannot_be_made_keeps_nobody_waiting(waiting, server, monkeypatch):
    with unit_of_work() as session:
        worst = session.scalar(select(func.min(OutgoingMail.id)))
        session.execute(update(OutgoingMail).where(OutgoingMail.id == worst).values(about={}))
        session.execute(
            update(OutgoingMail).where(OutgoingMail.id == worst + 1).values(kind="unknown")
        )
    original = kinds.drafts

    def asking_wrongly(session, mails, now):
        if any(mail.id == worst + 2 for mail in mails):
            session.execute(text("SELECT nothing FROM nowhere"))  # operational, to SQLite
        return original(session, mails, now)

    monkeypatch.setattr(kinds, "drafts", asking_wrongly)
    engine.send_all()
    assert len(server.arrived) >= 2
    with reading() as session:
        row = session.get_one(OutgoingMail, worst + 1)
        assert row.attempts == 1
        assert row.error.startswith("LookupError")
        assert session.get_one(OutgoingMail, worst + 2).attempts == 1


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
