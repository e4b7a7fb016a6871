"""Whether mail reaches a member's address: a score per address, and what follows from it.

A mail that comes back counts for the address it went to, once a day at most, double when the
failure is for good. At six, so after three such days, the platform sends no more lists,
digests and notifications there; the member reads so on every page of the site and gets mail again
after they confirmed the address or chose another. Nobody is removed for it. Links that sign in or
confirm something, which somebody asked for a moment ago, are sent all the same: without them
nobody could come and confirm.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import InstrumentedAttribute

from cop.members.actor import Actor
from cop.members.addresses import normal
from cop.members.models import AddressTrouble, Member
from cop.platform.db import insert_unless_there
from cop.platform.outbox import job

STOP_AT = 6
FOR_GOOD, FOR_NOW = 2, 1
ONE_PER = timedelta(hours=20)  # a day's mails fail together: that is one failure
FORGOTTEN_AFTER = timedelta(days=30)  # longer than a weekly digest needs to fail three times


def note_failure(
    session: Session, address: str, *, permanent: bool, code: str, now: datetime
) -> None:
    """A mail to this address failed: refused by the mail server, or it came back.

    Call it once per message, when the message is given up; not for every try of it.

    Args:
        permanent: the address itself does not work (no such mailbox or domain), as against a full
            mailbox, a refusal of what the mail holds, or a server that could not be reached.
        code: the status, '5.1.1' or '550'; never the server's words, which may hold personal data.
    """
    address = normal(address)
    first = insert_unless_there(
        session, AddressTrouble, address=address, score=0, failures=0, last_at=now
    )
    trouble = session.scalars(
        select(AddressTrouble).where(AddressTrouble.address == address).with_for_update()
    ).one()
    since = now - trouble.last_at
    if not first and since < ONE_PER:
        return
    if since > FORGOTTEN_AFTER and trouble.stopped_at is None:
        trouble.score, trouble.failures = 0, 0
    trouble.score += FOR_GOOD if permanent else FOR_NOW
    trouble.failures += 1
    trouble.last_at = now
    trouble.last_code = code[:12]
    if trouble.score >= STOP_AT and trouble.stopped_at is None:
        trouble.stopped_at = now
    session.flush()


def mailable(email: InstrumentedAttribute[str] = Member.email) -> ColumnElement[bool]:
    """The condition under which an address gets lists, digests and notifications."""
    return ~exists().where(AddressTrouble.address == email, AddressTrouble.stopped_at.is_not(None))


def may_be_mailed(session: Session, address: str) -> bool:
    """Whether lists, digests and notifications go to this address."""
    stopped = session.scalar(
        select(AddressTrouble.address).where(
            AddressTrouble.address == normal(address), AddressTrouble.stopped_at.is_not(None)
        )
    )
    return stopped is None


def trouble_of(session: Session, actor: Actor) -> AddressTrouble | None:
    """What is wrong with the actor's own address, when mail to it was stopped; else None."""
    return session.scalar(
        select(AddressTrouble)
        .join(Member, Member.email == AddressTrouble.address)
        .where(Member.id == actor.member_id, AddressTrouble.stopped_at.is_not(None))
    )


def confirm(session: Session, actor: Actor) -> None:
    """The member says that the address works: it counts as new, and mail goes there again."""
    address = session.scalar(select(Member.email).where(Member.id == actor.member_id))
    if address is not None:
        forget(session, address)


def forget(session: Session, address: str) -> None:
    """Nothing is remembered of an address; for one that is confirmed, replaced or left."""
    session.execute(delete(AddressTrouble).where(AddressTrouble.address == normal(address)))


@job("members.forget_trouble", every=6 * 3600)
def forget_old(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Failures of long ago, and addresses that no account has any more."""
    before = AddressTrouble.last_at < now - FORGOTTEN_AFTER
    ours = exists().where(Member.email == AddressTrouble.address)
    session.execute(
        delete(AddressTrouble).where(before, (AddressTrouble.stopped_at.is_(None)) | ~ours)
    )
