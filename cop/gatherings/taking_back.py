"""Guests who are asked no longer: who counted on it is told, and everything about them goes."""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.gatherings import guest_mails, guests
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Coming
from cop.gatherings.poll_permissions import POLLS, PollPermission
from cop.members.actor import Actor
from cop.platform.errors import NotFound


def take_back(session: Session, actor: Actor, poll_id: int, guest_id: int, now: datetime) -> None:
    """Ask a guest of a date poll no longer, also after its date was chosen.

    Raises:
        NotFound: the actor does not manage the poll, or it has no such guest.
    """
    POLLS.get(session, actor, PollPermission.MANAGE, poll_id)
    guest = session.get(GatheringGuest, guest_id)
    if guest is None or guest.poll_id != poll_id:
        raise NotFound
    let_go(session, guest, now)


def let_go(session: Session, guest: GatheringGuest, now: datetime) -> None:
    """Their link leads nowhere, and what they said goes.

    Whoever was asked for a date and never opened their page may be an address that was mistyped,
    and hears nothing; neither does who said no, once it is out of their calendar.
    """
    gathering = guest.gathering
    goes_on = gathering is not None and gathering.cancelled_at is None and gathering.ends_at > now
    counts_on_it = guest.coming != Coming.OFF or guest.in_calendar
    if goes_on and guest.agreed_at is not None and counts_on_it:
        guest_mails.tell_of_taking_back(session, guest, now)
    guests.erase(session, guest, now)
