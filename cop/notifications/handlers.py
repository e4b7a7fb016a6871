"""What the worker does for notifications and digests; importing it registers everything."""

from datetime import datetime

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from cop.members.events import MemberLeft, ZoneChanged
from cop.members.models import Member
from cop.notifications import asked_part, digest_mail, digest_planning, of_members
from cop.notifications.models import MailPreference
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import on


@on(MemberLeft)
def forget_digests(session: Session, event: MemberLeft, now: datetime) -> None:
    """Nothing more goes out, and nothing stays that says what went.

    Letters that wait still go, what leaving cancels among them; one that was given up is not tried
    again, with their address and its words in it.
    """
    session.execute(delete(MailPreference).where(MailPreference.member_id == event.member_id))
    session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.member_id == event.member_id,
            or_(OutgoingMail.kind.is_not(None), OutgoingMail.dead_at.is_not(None)),
        )
    )


@on(ZoneChanged)
def follow_zone(session: Session, event: ZoneChanged, now: datetime) -> None:
    """The next digest comes at the member's hour where they are now."""
    member = session.get(Member, event.member_id)
    if member is not None:
        digest_planning.follow_zone(session, member.id, member.time_zone, now)


__all__ = ["asked_part", "digest_mail", "of_members"]
