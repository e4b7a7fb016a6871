"""Mails of lists as a real SMTP server gets them."""

import dataclasses

import pytest

from cop.notifications import digest_planning
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.mail import engine
from cop.platform.worker import run_due
from tests.support.smtp import smtp_server


@pytest.fixture
def server(app):
    """The application sends through this server during the test."""
    with smtp_server() as (smtp, catcher):
        before = app.extensions["cop_mail"]
        app.extensions["cop_mail"] = dataclasses.replace(before, smtp=smtp)
        yield catcher
        app.extensions["cop_mail"] = before


@pytest.fixture
def deliver(server):
    """Let the worker do everything that is due; what arrived since, by recipient."""

    def run():
        before = len(server.arrived)
        run_due()
        with unit_of_work() as session:
            digest_planning.plan_due(session, {}, clock.now())
        engine.send_all()
        return {m["To"].addresses[0].addr_spec: m for m in server.arrived[before:]}

    return run
