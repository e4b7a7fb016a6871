"""What came before a mail: the same message, and how many of one sender or for one reader."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from cop.incoming.envelope import Incoming, digest
from cop.incoming.models import IncomingMail, Outcome
from cop.members.models import Member
from cop.platform.mail.addresses import addresses

PER_HOUR, PER_DAY = 30, 150  # mails of one sender
TAKEN = (
    Outcome.POSTED,
    Outcome.WAITS_SENDER,
    Outcome.WAITS_MODERATOR,
    Outcome.DISCARDED,
    Outcome.ANSWERED,
)


def target_of(mail: Incoming) -> str:
    """Stands for its Message-ID and its place: the same mail to two lists is two."""
    to = addresses().read(mail.recipient)
    place = repr(to) if to is not None else mail.recipient.lower()
    return digest(mail.message_id.encode("utf-8", "replace"), place.encode())


def is_double(session: Session, log: IncomingMail) -> bool:
    """The same Message-ID came for the same place before."""
    found = exists().where(
        IncomingMail.target_key == log.target_key,
        IncomingMail.id != log.id,
        IncomingMail.outcome.in_(TAKEN),
    )
    return session.scalar(select(found)) is True


def is_placed(session: Session, log: IncomingMail) -> bool:
    """The same message of the same sender is in this discussion, by another of its addresses."""
    if log.discussion_id is None or not log.sender_mark:
        return False
    found = exists().where(
        IncomingMail.message_key == log.message_key,
        IncomingMail.discussion_id == log.discussion_id,
        IncomingMail.sender_mark == log.sender_mark,
        IncomingMail.id != log.id,
        IncomingMail.outcome == Outcome.POSTED,
    )
    return session.scalar(select(found)) is True


def too_many(session: Session, log: IncomingMail, now: datetime) -> bool:
    """More of one sender than a person writes; what is given back for now comes again."""
    if not log.sender_mark:
        return False
    return any(
        _count(
            session,
            IncomingMail.sender_mark == log.sender_mark,
            IncomingMail.received_at > now - span,
            IncomingMail.id != log.id,
            IncomingMail.outcome != Outcome.FAILED,
        )
        >= most
        for most, span in ((PER_HOUR, timedelta(hours=1)), (PER_DAY, timedelta(days=1)))
    )


def fill_the_page(session: Session, member: Member, now: datetime) -> bool:
    """So many wait for a member that one more would only bury the others."""
    waiting = _count(
        session,
        IncomingMail.member_id == member.id,
        IncomingMail.outcome == Outcome.WAITS_SENDER,
        IncomingMail.received_at > now - timedelta(days=1),
    )
    return waiting >= PER_HOUR


def fill_the_list(session: Session, log: IncomingMail) -> bool:
    """The same of strangers' mails that wait for those who look after a list."""
    waiting = _count(
        session,
        IncomingMail.list_id == log.list_id,
        IncomingMail.outcome == Outcome.WAITS_MODERATOR,
    )
    return waiting >= PER_DAY


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(IncomingMail).where(*conditions)) or 0
