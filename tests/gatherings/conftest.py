"""What the tests of gatherings share."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from cop.platform.db import unit_of_work
from cop.platform.mail.models import OutgoingMail

FEBRUARY = datetime(2027, 2, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def set_clock():
    """`set_clock(moment)`: from now on it is that moment, and time goes on."""
    running = []

    def to(moment):
        stop()
        traveller = time_machine.travel(moment, tick=True)
        traveller.start()
        running.append(traveller)

    def stop():
        while running:
            running.pop().stop()

    yield to
    stop()


@pytest.fixture
def in_february(set_clock):
    set_clock(FEBRUARY)


@pytest.fixture
def mails(app):
    """`mails(member)`: what was mailed to the member, the oldest first; to everybody without."""

    def to(member=None):
        with unit_of_work() as session:
            found = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id)).all()
        return [m for m in found if member is None or m.recipient == member.email]

    return to
