"""The screens of a session that has not begun learn by themselves whether it can begin."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from cop.gatherings.models import Gathering
from cop.groups import dates, facilitating
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.live import LiveEvent
from cop.platform.worker import run_due
from cop.sessions import among
from tests.sessions.table import table


def told(at):
    """How often the screens of the session were told to look again."""
    with unit_of_work() as session:
        return session.scalar(
            select(func.count())
            .select_from(LiveEvent)
            .where(LiveEvent.audience == f"session:{at.id}", LiveEvent.kind == "people")
        )


def stop(session, at):
    facilitating.stop(session, at.actor(), at.group.id, clock.now())


def facilitate(session, at):
    handle = at.make.persona(at.lead).handle
    facilitating.ask(session, at.actor(), at.group.id, handle, "", clock.now())


def move(session, at):
    where = dates.Where(setting="on_site", place="Elders")
    start = at.gathering.starts_at + timedelta(days=1)
    dates.move(session, at.actor(), at.gathering.id, start, where, clock.now())


def cancel(session, at):
    dates.cancel(session, at.actor(), at.gathering.id, "", clock.now())


@pytest.mark.parametrize("begun", [False, True])
def test_they_are_told_when_the_date_becomes_another(make, begun):
    at = table(make, begun=begun, soon=begun)
    run_due()
    for change in (stop, facilitate, move, cancel):
        before = told(at)
        with unit_of_work() as session:
            change(session, at)
        run_due()
        assert told(at) - before == int(not begun), change.__name__


def test_a_page_knows_the_moment_from_which_it_can_begin_while_that_is_to_come(make, browser):
    at = table(make, begun=False)
    page, url, now = browser(at.lead), f"/sessies/{at.id}", clock.now()
    moment = re.search('data-opens-at="([0-9]+)"', page.get(url).text)[1]
    opens_at = at.gathering.starts_at - among.OPEN_BEFORE
    assert int(moment) == round(opens_at.timestamp() * 1000)
    with unit_of_work() as session:
        session.execute(update(Gathering).values(starts_at=now + timedelta(hours=1)))
        session.execute(update(Gathering).values(provisional=True))
    shown = page.get(url).text
    assert "not confirmed yet" in shown
    assert "data-opens-at" not in shown
