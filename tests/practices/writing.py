"""Practices for tests: `practice(make, owner)` is one that somebody wrote and published."""

from datetime import datetime
from typing import Any

from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.practices import publishing, together, writing
from cop.practices.models import Knowledge, Practice
from cop.practices.writing import Beginning
from cop.spaces.models import Space
from tests.support.factories import Factory

TEXTS = {
    "context": "Een kleine kliniek op het platteland, twaalf bedden.",
    "tomorrow": "Bel een van de mensen die vorige week naar huis ging.",
    "steps": "1. Spreek een tijd af.\n2. Bel.\n3. Schrijf op wat je hoort.",
    "results": "Minder mensen kwamen binnen een week terug.",
}


def draft(
    make: Factory,
    owner: Member,
    space: Space | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Practice:
    """A draft with a title, a summary and some sections."""
    with unit_of_work() as session:
        return writing.start(
            session,
            make.actor(owner),
            Beginning(
                **{
                    "title": "Bellen na ontslag",
                    "summary": "Een dag na het ontslag belt iemand die je kent.",
                    "sections": TEXTS,
                }
                | values
            ),
            at or clock.now(),
            space_id=space.id if space is not None else None,
            anyway=True,
        )


def practice(
    make: Factory,
    owner: Member,
    audience: str = "open",
    space: Space | None = None,
    at: datetime | None = None,
    **values: Any,
) -> Practice:
    """One that can be read."""
    made = draft(make, owner, space, at, **values)
    return published(make, owner, made, audience, at)


def published(
    make: Factory,
    owner: Member,
    made: Practice,
    audience: str = "open",
    at: datetime | None = None,
) -> Practice:
    with unit_of_work() as session:
        row = session.get_one(Practice, made.id)
        row.knowledge = [Knowledge.EXPERIENCE.value, Knowledge.PRACTICE.value]
        return publishing.publish(
            session, make.actor(owner), made.id, audience, at or clock.now(), anyway=True
        )


def writes_along(make: Factory, owner: Member, other: Member, made: Practice) -> None:
    """The other is asked and says yes."""
    handle = make.persona(other).handle
    with unit_of_work() as session:
        together.ask(session, make.actor(owner), made.id, handle, clock.now())
    with unit_of_work() as session:
        together.answer(session, make.actor(other), made.id, True, clock.now())
