"""Taking one's own words out of a session: they are gone at once, from its report as well."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.beraad import reporting, seats
from cop.beraad.deliberating import own_entry
from cop.beraad.models import Entry
from cop.members.actor import Actor
from cop.sessions.writing import strikes_too


def strike_entry(
    session: Session, actor: Actor, session_id: int, entry_id: int, now: datetime
) -> Entry:
    """Take out an entry of one's own (see `own_entry`), at any time, also when the session is
    over.

    Raises:
        NotFound: somebody else's, struck already, or of another session.
    """
    found = own_entry(session, actor, session_id, entry_id, lock=True)
    found.text, found.changed_at = None, now
    session.flush()
    reporting.strike_source(session, session_id, f"entry:{found.id}", now)
    seats.tell(session, session_id, "beraad.entry", found.id, now)
    return found


@strikes_too
def strike_said(session: Session, session_id: int, entry_id: int, now: datetime) -> None:
    """What somebody said in a step of the session: they took it back there."""
    reporting.strike_source(session, session_id, f"said:{entry_id}", now)
