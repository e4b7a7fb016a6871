"""A mail server that refuses a recipient counts like a mail that comes back."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import deliverability
from cop.members.models import Member
from cop.platform.mail.events import MailGivenUp
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import on


@on(MailGivenUp)
def note_refusal(session: Session, event: MailGivenUp, now: datetime) -> None:
    mail = session.get(OutgoingMail, event.mail_id)
    if mail is None:
        return
    address = mail.recipient
    if address is None:
        address = session.scalar(select(Member.email).where(Member.id == mail.member_id))
    if address is not None:
        deliverability.note_failure(
            session, address, permanent=event.permanent, code=event.code, now=now
        )
