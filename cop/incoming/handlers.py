"""What the worker does about mail that came in; importing it registers everything."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from cop.incoming import posting, telling, waiting
from cop.incoming.models import CutText, IncomingMail, Outcome
from cop.incoming.posting import Letter
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.mine import Entry, Part, part_of_me
from cop.platform import clock
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on

KEEP_LOG = timedelta(days=90)
__all__ = ["telling"]  # registers itself

WAITS = (Outcome.WAITS_SENDER, Outcome.WAITS_MODERATOR)


@job("incoming.forget", every=6 * 3600)
def forget(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """What was cut and what waited for thirty days, and the log of a quarter ago."""
    session.execute(delete(CutText).where(CutText.kept_until <= now))
    for mail in session.scalars(
        select(IncomingMail)
        .where(
            IncomingMail.outcome.in_(WAITS),
            IncomingMail.received_at < now - waiting.KEPT_FOR,
        )
        .limit(500)
    ):
        posting.drop_files(session, Letter.opened(mail.content))
        mail.outcome, mail.decided_at, mail.content = Outcome.DISCARDED, now, None
    session.execute(delete(IncomingMail).where(IncomingMail.received_at < now - KEEP_LOG))


@on(MemberLeft)
def forget_member(session: Session, event: MemberLeft, _now: datetime) -> None:
    """Nothing of theirs stays: neither what waited nor what was cut, nor that it was theirs."""
    session.execute(delete(CutText).where(CutText.member_id == event.member_id))
    for mail in session.scalars(
        select(IncomingMail).where(IncomingMail.member_id == event.member_id)
    ):
        if mail.content is not None:
            posting.drop_files(session, Letter.opened(mail.content))
            mail.content = None
            mail.outcome = Outcome.DISCARDED
        mail.member_id = None
    session.flush()


@part_of_me
def mail_that_waits(session: Session, actor: Actor) -> Part:
    waits = session.scalar(
        select(
            exists().where(
                IncomingMail.member_id == actor.member_id,
                IncomingMail.outcome == Outcome.WAITS_SENDER,
            )
        )
    )
    cut = session.scalar(
        select(
            exists().where(CutText.member_id == actor.member_id, CutText.kept_until > clock.now())
        )
    )
    entries = []
    if waits:
        entries.append(Entry(_("Messages by mail that wait for your yes"), "/ik/mail-wacht"))
    if cut:
        entries.append(Entry(_("What was left out of your mails"), "/ik/mail-wacht#weggelaten"))
    return Part(_("Your mail"), entries)
