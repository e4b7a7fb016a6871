"""A mail in a mailbox that is too large to be fetched: whoever sent it hears so.

A pipe or LMTP gives such a mail back to the mail server, which tells its sender. From a mailbox
nobody does; so an answer goes out, under the same rules as every answer to a mail: never to a
program, never to a sender for whom nobody vouches, and not again and again.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from cop.incoming import earlier, notices, whose
from cop.incoming.envelope import Incoming, answered_while_away, is_automatic, is_loop
from cop.incoming.models import IncomingMail, Outcome, Reason
from cop.incoming.routing import route_of
from cop.platform.mail.addresses import ToBounces, addresses
from cop.platform.mail.letters import mail_host
from cop.platform.web import settings


def answer(session: Session, mail: Incoming, log: IncomingMail, now: datetime) -> None:
    """Tell whose it is; `log` then says what became of it."""
    log.outcome, log.reason = Outcome.DROPPED, Reason.TOO_LARGE
    to = addresses().read(mail.recipient)
    if to is None or isinstance(to, ToBounces):
        return
    log.route = route_of(to)
    if is_loop(mail, mail_host(settings())) or is_automatic(mail):
        return
    if earlier.too_many(session, log, now):
        return
    member = whose.meant(session, mail, to)
    if member is not None:
        own = mail.vouched and member == whose.author(session, mail)
        seldom = not own or answered_while_away(mail) is not None
        key = notices.once_a_day(member, now) if seldom else log.target_key
        notices.too_large(session, member, key, now)
    elif mail.vouched:
        notices.strangers_too_large(session, mail.address, now)
    else:
        return
    log.outcome = Outcome.ANSWERED
