"""`cop digest`: what it sends, what it says, and how it ends."""

import dataclasses
import json
from datetime import UTC, datetime

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import select

from cop.cli import cop
from cop.members.models import Member, MemberState
from cop.notifications import commands
from cop.notifications.models import MailPreference, Rhythm
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from tests.mailing.helping import at, start, wants
from tests.support.smtp import smtp_server

MONDAY = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


@pytest.fixture
def run(app, commands_here, monkeypatch):
    """The command, on the test's own site; exit code, standard output, standard error."""
    commands_here(commands)
    monkeypatch.setattr(commands.time, "sleep", lambda _seconds: None)

    def given(smtp, *arguments):
        before = app.extensions["cop_mail"], app.config["SETTINGS"]
        app.extensions["cop_mail"] = dataclasses.replace(before[0], smtp=smtp)
        app.config["SETTINGS"] = dataclasses.replace(before[1], smtp=smtp)
        try:
            done = CliRunner().invoke(commands.digest, arguments)
        finally:
            app.extensions["cop_mail"], app.config["SETTINGS"] = before
        return done.exit_code, done.stdout, done.stderr

    return given


def due(make, readers, without_news):
    """Members whose hour comes, and a discussion that is news to the first so many; when."""
    with time_machine.travel(MONDAY, tick=False):
        on = make.list()
        members = [make.member() for _ in range(readers + without_news)]
        for member in members:
            wants(make, member, on, Rhythm.DAILY)
        for member in members[readers:]:
            wants(make, member, on, Rhythm.SITE)
        left = make.member()
        wants(make, left, on, Rhythm.DAILY)
        with unit_of_work() as session:
            session.merge(left).state = MemberState.LEFT
    with time_machine.travel(MONDAY.replace(hour=13), tick=False):
        start(make, make.member(), on, title="Nieuws")
    with reading() as session:
        return session.scalar(select(MailPreference.next_at).limit(1))


def test_it_sends_what_is_due_once_and_says_what_became_of_it(make, run):
    moment = due(make, readers=3, without_news=2)
    with smtp_server() as (smtp, server), at(moment):
        assert run(smtp, "--dry-run") == (0, "5 digests are due.\n", "")
        assert server.arrived == []
        code, said, aside = run(smtp)
        assert (code, said) == (0, "3 digests sent, 2 without news, 0 refused, 0 left.\n")
        assert "digests" in aside  # the progress bar, out of the way of what programs read
        assert len(server.arrived) == 3
        assert json.loads(run(smtp, "--json")[1]) == {
            "due": 0,
            "sent": 3,  # at this very moment, by the command before
            "without_news": 0,
            "refused": 0,
            "left": 0,
        }
        assert len(server.arrived) == 3


def test_what_is_refused_for_now_is_said_and_comes_later(make, run):
    moment = due(make, readers=2, without_news=0)
    with smtp_server() as (smtp, server), at(moment):
        with reading() as session:
            server.answers = {
                session.scalar(select(Member.email).order_by(Member.id).limit(1)): "451 later"
            }
        assert run(smtp)[:2] == (0, "1 digests sent, 0 without news, 1 refused, 0 left.\n")


def test_a_server_that_is_not_there_ends_it_with_one_clear_line(make, run, monkeypatch):
    moment = due(make, readers=2, without_news=0)
    with smtp_server() as (smtp, _server):
        pass
    monkeypatch.setattr(commands, "TRIES", 2)
    with at(moment):
        code, said, aside = run(smtp)
        assert (code, said) == (1, "0 digests sent, 0 without news, 0 refused, 2 left.\n")
        assert "the mail server does not answer" in aside
        # Without one they wait for the mailbox page, and that is said.
        code, said, aside = run(None)
        assert (code, said) == (1, "0 digests sent, 0 without news, 0 refused, 2 left.\n")
        assert "COP_SMTP_URL is not set" in aside
    with reading() as session:
        assert all(session.scalars(select(OutgoingMail.content_id)))


def test_its_help_says_what_it_does():
    done = CliRunner().invoke(cop, ["digest", "--help"])
    assert done.exit_code == 0
    for word in ("due now", "--dry-run", "--json"):
        assert word in done.stdout
