"""What of cases waits for a member on the home page: never a word of the case itself."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from cop.cases import queries
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.i18n import gettext as _

WRITING = 10  # minutes
READING = 10  # minutes; a second reading takes longer than reading once


@waits
def in_cases(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Two queries."""
    for each in queries.waiting(session, actor):
        part, takes = (Part.DRAFT, WRITING) if each.is_draft else (Part.ASKED, READING)
        yield Wait(part, each.text, each.url, takes, each.at)
    # One line however many there are: withdrawing them can be needed, and is asked by nobody.
    newest = queries.newest_left_behind(session, actor)
    if newest is not None:
        text = _("The author of a case is gone: you can withdraw it.")
        yield Wait(Part.ANNOUNCED, text, "/casussen/achtergebleven", None, newest)
