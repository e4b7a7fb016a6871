"""What of cases waits for a member on the home page: never a word of the case itself."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from cop.cases import queries
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits

READING = 10  # minutes; a second reading takes longer than reading once


@waits
def in_cases(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """One query."""
    for each in queries.waiting(session, actor):
        yield Wait(Part.ASKED, each.text, each.url, READING, each.at)
