"""Mail that goes out, through a real SMTP server."""

import dataclasses
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail import engine, sending
from cop.platform.mail.models import OutgoingMail
from tests.support.meeting import at_once
from tests.support.smtp import smtp_server


@pytest.fixture
def server(app):
    """The application sends through this server during the test."""
    with smtp_server() as (smtp, catcher):
        before = app.extensions["cop_mail"]
        app.extensions["cop_mail"] = dataclasses.replace(before, smtp=smtp)
        yield catcher
        app.extensions["cop_mail"] = before


def write(key="k1", recipient="lid@example.org", **values):
    with unit_of_work() as session:
        sending.queue(
            session,
            **{
                "key": key,
                "recipient": recipient,
                "subject": "Een vraag\r\nBcc: iedereen@example.org",
                "text": "Dag allemaal, café",
                "html": "<p>Dag allemaal, café</p>",
                "language": "nl",
                "sender_name": "De Lange Tafel",
                "now": clock.now(),
            }
            | values,
        )


def send():
    return engine.send_all()


def kept():
    with reading() as session:
        return session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()


def test_a_mail_arrives_once_whole_and_in_both_forms(server):
    write()
    send()
    send()
    (message,) = server.arrived
    assert message["To"] == "lid@example.org"
    assert message["From"].addresses[0].display_name == "De Lange Tafel"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None  # a line break in a subject is no new header
    assert message.get_body(("plain",)).get_content().strip() == "Dag allemaal, café"
    assert "<p>Dag allemaal, café</p>" in message.get_body(("html",)).get_content()


def test_the_same_cause_is_written_once(server):
    write(key="same")
    write(key="same")
    send()
    assert len(server.arrived) == 1


def test_the_same_cause_at_the_same_moment_is_no_error(app):
    def queue(session):
        sending.queue(
            session,
            key="same",
            recipient="lid@example.org",
            subject="x",
            text="x",
            html="x",
            language="nl",
            now=clock.now(),
        )

    assert at_once(app, queue, queue) is None
    assert len(kept()) == 1


def test_many_go_over_one_connection(server):
    for n in range(10):
        write(key=f"k{n}")
    send()
    assert len(server.arrived) == 10
    assert server.connections == 1


def test_a_temporary_refusal_is_tried_again_later_under_the_same_message_id(server):
    server.answers["lid@example.org"] = "451 later"
    write()
    send()
    (mail,) = kept()
    assert (mail.sent_at, mail.dead_at, mail.error) == (None, None, "SMTP 451")
    server.answers.clear()
    send()
    assert server.arrived == []  # not before its time
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        send()
    assert [m["Message-ID"] for m in server.arrived] == [mail.message_id]


def test_a_permanent_refusal_ends_it_and_spares_the_rest(server):
    server.answers["weg@example.org"] = "550 unknown"
    write(key="k1", recipient="weg@example.org")
    write(key="k2")
    send()
    dead, sent = kept()
    assert dead.dead_at is not None
    assert sent.sent_at is not None
    assert len(server.arrived) == 1


def test_a_server_that_takes_nothing_from_the_site_loses_no_mail(server, monkeypatch):
    """Wrong settings are mended by an administrator; what was due by then still goes."""
    monkeypatch.setattr(engine, "MOST_DOUBTS", 2)
    refusals = {
        "MAIL": ("550 5.7.1 sender rejected", "530 5.7.0 Authentication required"),
        "DATA": ("554 5.7.60 no permission to send as this sender",) * 3,
        "lid@example.org": (
            "554 5.7.1 <lid>: Relay access denied",
            "550 Relaying denied",
        ),
    }
    for n in range(3):
        write(key=f"k{n}")
    at = clock.now()
    for hour, (where, answer) in enumerate((w, a) for w, all in refusals.items() for a in all):
        server.answers = {where: answer}
        mailer = engine.Mailer("once")
        with time_machine.travel(at + timedelta(hours=5 * hour), tick=False):
            # What may be for the message's sake or the recipient's: others tell, two of them here.
            assert mailer.step() == (where != "MAIL")
        mailer.close()
        assert not mailer.reachable  # it pauses
        states = [(mail.sent_at, mail.dead_at, mail.claimed_by) for mail in kept()]
        assert states == [(None, None, None)] * 3, answer
    assert sum(mail.attempts for mail in kept()) == 2 + 2 * 5
    server.answers = {}
    with time_machine.travel(at + timedelta(hours=40), tick=False):
        send()
    assert len(server.arrived) == 3


def test_many_messages_with_the_same_refused_words_keep_the_others_a_moment(server):
    """Each says something else, as digests do that hold the same post."""
    server.refuses["verboden"] = "554 5.7.1 this looks like spam"
    for n in range(30):
        write(key=f"k{n}", text=f"Dit is verboden ({n})")
    for n in range(3):
        write(key=f"goed{n}")
    mailer, begun, waited = engine.Mailer("one"), time.monotonic(), 0.0
    for _step in range(20):
        mailer.step()
        waited += max(0.0, mailer._wait_until - begun)
        mailer._wait_until = 0.0  # nobody waits for the pause
    assert len(server.arrived) == 3
    assert mailer.reachable
    assert waited < 11 * (engine.LONGEST_DOUBT + 20)
    assert {mail.dead_at for mail in kept()} == {None}
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        for _step in range(20):
            mailer.step()
            mailer._wait_until = 0.0
    mailer.close()
    # Refused twice, and others were taken meanwhile: an administrator may try them again.
    assert sum(mail.dead_at is not None for mail in kept()) == 30


def test_an_address_that_holds_the_word_relay_says_nothing_about_the_site(server):
    server.answers["relay@example.org"] = "550 5.1.1 <relay@example.org>: no such relay user"
    write(key="k1", recipient="relay@example.org")
    server.answers["b@example.org"] = "550 relay@b.example.org: user unknown"
    write(key="k2", recipient="b@example.org")
    write(key="k3")
    send()
    assert [mail.dead_at is not None for mail in kept()] == [True, True, False]
    assert len(server.arrived) == 1


def test_a_message_that_is_too_large_is_given_up_alone(server):
    server.answers["MAIL"] = "552 5.3.4 too big"
    write()
    send()
    assert kept()[0].dead_at is not None


def test_without_a_server_that_answers_everything_waits(app):
    with smtp_server() as (smtp, _catcher):
        gone = smtp
    before = app.extensions["cop_mail"]
    app.extensions["cop_mail"] = dataclasses.replace(before, smtp=gone)
    write()
    send()
    app.extensions["cop_mail"] = before
    (mail,) = kept()
    assert mail.sent_at is None
    assert mail.dead_at is None
    assert (mail.claimed_by, mail.attempts) == (None, 0)  # nothing is held against the mail


def test_without_settings_mail_stays_here(app):
    write()
    send()
    assert kept()[0].sent_at is None


def test_a_mail_is_given_up_after_some_days_of_trying(server):
    server.answers["lid@example.org"] = "451 later"
    write()
    for day in range(6):
        with time_machine.travel(clock.now() + timedelta(days=day), tick=False):
            send()
    assert kept()[0].dead_at is not None


def test_what_was_sent_is_forgotten_after_a_week(server):
    write()
    send()
    with unit_of_work() as session:
        sending.forget_sent(session, {}, clock.now() + timedelta(days=8))
    assert kept() == []


def test_the_settings_can_be_tried(server):
    assert sending.try_settings("lid@example.org", "nl", clock.now()) is None
    server.answers["lid@example.org"] = "550 no"
    assert "550" in (sending.try_settings("lid@example.org", "nl", clock.now()) or "")
