"""A member's own calendar: which reminders, and the secret address of the feed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.gatherings import ics
from cop.gatherings.models import Attendance, Coming, Gathering, OwnCalendar
from cop.gatherings.permissions import GATHERINGS, GatheringPermission
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.members.site import name_of
from cop.members.tokens import hash_token, new_token
from cop.platform import i18n
from cop.platform.errors import NotFound
from cop.platform.mail.composing import absolute

WEEK, DAY = timedelta(days=7), timedelta(days=1)
LOOK_BACK = timedelta(days=90)
MOST = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """How a member hears of dates.

    Attributes:
        by_mail: an invitation by mail puts each date into their calendar.
        feed: the secret address, None until one is made.
    """

    week_before: bool = True
    day_before: bool = True
    by_mail: bool = True
    feed: str | None = None


def choices(session: Session, member_id: int) -> Choices:
    """What the member chose, or what holds for whoever chose nothing."""
    row = session.get(OwnCalendar, member_id)
    if row is None:
        return Choices()
    feed = absolute(f"/agenda/feed/{row.token}.ics") if row.token else None
    return Choices(row.week_before, row.day_before, row.by_mail, feed)


def choose(
    session: Session, actor: Actor, *, week_before: bool, day_before: bool, by_mail: bool
) -> None:
    """Store the actor's choices."""
    row = _row(session, actor)
    row.week_before, row.day_before, row.by_mail = week_before, day_before, by_mail
    session.flush()


def renew_feed(session: Session, actor: Actor) -> None:
    """Give the actor's feed an address, or a new one: the old one leads nowhere from now on."""
    row = _row(session, actor)
    row.token = new_token()
    row.token_hash = hash_token(row.token)
    session.flush()


def end_feed(session: Session, actor: Actor) -> None:
    """No address leads to the actor's dates any more."""
    row = _row(session, actor)
    row.token = row.token_hash = None
    session.flush()


def feed(session: Session, token: str, now: datetime) -> str:
    """What the holder of the address comes to, from three months ago on, as iCalendar text.

    Written in the member's own language, whoever fetches it.

    Raises:
        NotFound: no member has this address.
    """
    row = session.execute(
        select(Member, OwnCalendar)
        .join(OwnCalendar, OwnCalendar.member_id == Member.id)
        .where(OwnCalendar.token_hash == hash_token(token), Member.state == MemberState.ACTIVE)
    ).one_or_none()
    if row is None:
        raise NotFound
    member, own = row
    actor = Actor(member.id, SiteRole(member.site_role))
    gatherings = session.scalars(
        select(Gathering)
        .join(Attendance, Attendance.gathering_id == Gathering.id)
        .where(Attendance.member_id == member.id)
        .where(Attendance.coming.in_((Coming.ASKED, Coming.GOING)))
        .where(or_(~Gathering.provisional, Attendance.told != ""))
        .where(Gathering.cancelled_at.is_(None), Gathering.ends_at > now - LOOK_BACK)
        .where(GATHERINGS.clause(actor, GatheringPermission.READ))
        .order_by(Gathering.starts_at, Gathering.id)
        .limit(MOST)
    ).all()
    alarms = [time for time, wanted in ((WEEK, own.week_before), (DAY, own.day_before)) if wanted]
    with i18n.speaking(member.language or i18n.DEFAULT_LANGUAGE, i18n.DEFAULT_ZONE):
        return ics.feed(gatherings, alarms, name_of(session), now)


def _row(session: Session, actor: Actor) -> OwnCalendar:
    if actor.member_id is None:
        raise NotFound
    row = session.get(OwnCalendar, actor.member_id)
    if row is None:
        row = OwnCalendar(member_id=actor.member_id)
        session.add(row)
        session.flush()
    return row
