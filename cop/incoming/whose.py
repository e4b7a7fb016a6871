"""Which member a mail may be of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.incoming.envelope import Incoming
from cop.members.addresses import normal
from cop.members.models import Member, MemberState
from cop.platform.mail.addresses import Read, ToDigest, ToDiscussion, ToStart
from cop.platform.web import settings


def author(session: Session, mail: Incoming) -> Member | None:
    """The member whose address stands in From, believed or not."""
    return session.scalar(
        select(Member).where(
            Member.email == normal(mail.address), Member.state == MemberState.ACTIVE
        )
    )


def active(session: Session, member_id: int) -> Member | None:
    member = session.get(Member, member_id)
    return member if member is not None and member.state == MemberState.ACTIVE else None


def heard(mail: Incoming) -> bool:
    """What a From says counts: the own mail server vouches for it, or there is none that could.
    Then whatever it does waits for the yes of whose address it is."""
    return mail.vouched or not settings().mail_authserv


def meant(session: Session, mail: Incoming, to: Read) -> Member | None:
    """For whom it may wait: whose own address it came to, else whose address stands in From."""
    match to:
        case ToDiscussion(member_id) | ToStart(member_id) | ToDigest(member_id):
            return active(session, member_id)
        case _:
            return author(session, mail) if heard(mail) else None
