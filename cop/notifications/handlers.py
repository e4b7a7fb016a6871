"""What the worker does for notifications and digests; importing it registers everything."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cop.members.events import MemberLeft
from cop.notifications import asked_part, digest_mail, of_members
from cop.notifications.models import MailPreference
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import on


@on(MemberLeft)
def forget_digests(session: Session, event: MemberLeft, now: datetime) -> None:
    """Nothing more goes out, and nothing stays that says what went."""
    session.execute(delete(MailPreference).where(MailPreference.member_id == event.member_id))
    session.execute(
        delete(OutgoingMail).where(
            OutgoingMail.member_id == event.member_id, OutgoingMail.kind.is_not(None)
        )
    )


__all__ = ["asked_part", "digest_mail", "of_members"]
