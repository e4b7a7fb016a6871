"""Facilitators from outside: asked by mail for one date, and taken back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import guests, taking_back
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Coming
from cop.groups import certainty, events
from cop.groups.models import FacilitatorState, Group, GroupDate, GroupFacilitator
from cop.groups.operations import locked
from cop.groups.permissions import DATES, GROUPS, DatePermission, GroupPermission
from cop.members.actor import Actor
from cop.platform.errors import NotFound
from cop.platform.outbox import emit
from cop.spaces.circles import standing_of
from cop.spaces.events import moment


def ask_guest(
    session: Session, actor: Actor, gathering_id: int, name: str, email: str, now: datetime
) -> GatheringGuest:
    """Ask somebody from outside, by mail, to facilitate one date.

    Raises:
        NotFound: the actor does not organise the group.
        Refused: the name or the address cannot be, the date is over, or they have said yes.
    """
    date, group = _organised(session, actor, gathering_id)
    mine = standing_of(session, actor, group.circle_id)
    assert mine is not None
    guest = guests.ask_to_facilitate(session, date.gathering, mine.persona_id, name, email, now)
    row = session.scalar(select(GroupFacilitator).where(GroupFacilitator.guest_id == guest.id))
    if row is None:
        row = GroupFacilitator(group_id=group.id, gathering_id=gathering_id, guest_id=guest.id)
        session.add(row)
    row.state, row.by_id, row.at = FacilitatorState.ASKED, mine.persona_id, now
    session.flush()
    return guest


def answered(session: Session, guest: GatheringGuest, comes: bool, now: datetime) -> None:
    """They said whether they facilitate: yes lets them lead at once, and no ends that at once."""
    row = session.scalar(select(GroupFacilitator).where(GroupFacilitator.guest_id == guest.id))
    if row is not None and guest.facilitates:
        if row.state == FacilitatorState.ACCEPTED and not comes:  # the date has nobody any more
            emit(session, events.LastFacilitatorGone(group_id=row.group_id, at=moment(now)), now)
        row.state = FacilitatorState.ACCEPTED if comes else FacilitatorState.ENDED
        session.flush()


def take_back_guest(
    session: Session, actor: Actor, gathering_id: int, facilitator_id: int, now: datetime
) -> None:
    """Somebody from outside no longer facilitates a date, whether they answered or not.

    Everything about them goes, their link leads nowhere, and a screen of theirs closes. Who said
    yes is told; who never answered may be an address that was mistyped, and hears nothing.

    Raises:
        NotFound: the actor does not organise the group, or it is nobody from outside.
    """
    _date, group = _organised(session, actor, gathering_id)
    row = session.get(GroupFacilitator, facilitator_id)
    if row is None or (row.group_id, row.gathering_id) != (group.id, gathering_id):
        raise NotFound
    guest = session.get(GatheringGuest, row.guest_id) if row.guest_id is not None else None
    if guest is None:
        raise NotFound
    if guest.coming == Coming.GOING and certainty.counts_on_somebody(guest.gathering, now):
        emit(session, events.LastFacilitatorGone(group_id=group.id, at=moment(now)), now)
    session.delete(row)
    taking_back.let_go(session, guest, now)


def _organised(session: Session, actor: Actor, gathering_id: int) -> tuple[GroupDate, Group]:
    """The date and its group, whose row is held.

    Raises:
        NotFound: the actor does not organise the group.
    """
    date = session.scalar(
        DATES.scope(actor, DatePermission.PLAN).where(GroupDate.gathering_id == gathering_id)
    )
    if date is None:
        raise NotFound
    GROUPS.get(session, actor, GroupPermission.MANAGE, date.group_id)
    return date, locked(session, date.group_id)
