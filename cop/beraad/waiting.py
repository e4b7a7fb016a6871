"""What of a beraad waits for a member on the home page: never a word of it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from cop.beraad import reading
from cop.beraad.models import Form
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.i18n import gettext as _

READING = 10  # minutes


@waits
def in_beraad(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """One query."""
    for each in reading.asked(session, actor):
        yield Wait(Part.ASKED, sentence(each.form), address(each), READING, each.at)


def sentence(form: str) -> str:
    if form == Form.GENERAL:
        return _("A dilemma in general words waits for your approval.")
    return _("A report of a moral deliberation waits for your approval.")


def address(asked: reading.Asked) -> str:
    page = "algemeen" if asked.form == Form.GENERAL else "verslag"
    return f"/sessies/{asked.session_id}/beraad/{page}"
