"""Asking those who are in a group whether they come to its dates; none is signed up by another."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import attending
from cop.gatherings.models import Gathering
from cop.groups.models import GroupDate
from cop.spaces.circles import CircleMembership, members_of
from cop.spaces.joining import IN_IT


def ask_everybody(session: Session, gathering: Gathering, now: datetime) -> None:
    """Ask everybody in the group whether they come; who was asked before stays as they are."""
    for member_id, persona_id in session.execute(
        select(CircleMembership.member_id, CircleMembership.persona_id)
        .where(CircleMembership.circle_id == gathering.circle_id)
        .where(CircleMembership.standing.in_(IN_IT))
        .order_by(CircleMembership.member_id)
    ).all():
        attending.ask(session, gathering, member_id, persona_id, now)


def ask_newcomer(
    session: Session, circle_id: int, member_id: int, persona_id: int, now: datetime
) -> None:
    """Ask somebody who came into the group about its dates that are certain and to come."""
    if member_id not in members_of(session, circle_id):
        return
    for gathering in session.scalars(
        select(Gathering)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .where(Gathering.circle_id == circle_id, Gathering.starts_at > now)
        .where(Gathering.cancelled_at.is_(None), ~Gathering.provisional)
        .order_by(Gathering.starts_at)
    ).all():
        attending.ask(session, gathering, member_id, persona_id, now)
