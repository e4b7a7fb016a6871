"""What programs report about mail of ours: that it came back, and answers to invitations."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from cop.incoming import bounces
from cop.incoming.envelope import Incoming
from cop.incoming.models import IncomingMail, Outcome, Reason
from cop.members import deliverability
from cop.members.models import Member
from cop.platform.mail.addresses import ToBounces, addresses
from cop.platform.mail.calendar_answers import CalendarAnswer, hand_over
from cop.platform.mail.reading.parts import body

LARGEST_CALENDAR = 100_000  # bytes
MOST_PARTS = 200
_REPLY = re.compile(rb"^METHOD[^:\r\n]{0,40}:\s*REPLY\s*$", re.IGNORECASE | re.MULTILINE)


def bounce(
    session: Session, mail: Incoming, log: IncomingMail, to: ToBounces, now: datetime
) -> tuple[Outcome, Reason]:
    """A mail to an envelope sender of ours: counted for the address that it was sent to."""
    found = bounces.read(mail.message, mail.subject)
    if found is None:
        return Outcome.DROPPED, Reason.AUTOMATIC
    log.detail = found.code
    if found.action == "delayed":
        return Outcome.DROPPED, Reason.DELAYED
    if found.action != "failed":
        return Outcome.DROPPED, Reason.DELIVERED
    member = session.get(Member, to.member_id) if to.member_id else None
    if member is None or addresses().mark(member.email) != to.mark:
        return Outcome.DROPPED, Reason.OTHER_ADDRESS
    deliverability.note_failure(
        session, member.email, permanent=found.permanent, code=found.code, now=now
    )
    return Outcome.COUNTED, Reason.PERMANENT if found.permanent else Reason.TEMPORARY


def calendar_answer(mail: Incoming) -> bytes | None:
    """The calendar object of an answer to an invitation, if the mail is one."""
    for n, part in enumerate(mail.message.walk()):
        if n > MOST_PARTS:
            return None
        if part.get_content_type().lower() not in ("text/calendar", "application/ics"):
            continue
        data = body(part, is_text=False)[:LARGEST_CALENDAR]
        if _REPLY.search(data):
            return data
    return None


def answered(
    session: Session, mail: Incoming, ics: bytes, author: Member | None, now: datetime
) -> Reason:
    """Hand an answer to whichever feature sent the invitation.

    Args:
        author: the member who sent it, when the own mail server vouches for them.
    """
    answer = CalendarAnswer(
        ics, author.id if author else None, mail.address, mail.recipient, mail.vouched
    )
    return Reason.NONE if hand_over(session, answer, now) else Reason.NO_HANDLER
