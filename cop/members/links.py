"""Links by mail: each works once, for one thing, for a while.

Opening one only shows a page, since mail scanners follow links; the button there uses it.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cop.members.models import LinkPurpose, Member, MemberState, OneTimeLink
from cop.members.tokens import hash_token, new_token
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job

LASTS = {
    LinkPurpose.CONFIRM: timedelta(days=3),
    LinkPurpose.SIGN_IN: timedelta(minutes=30),
    LinkPurpose.PASSWORD: timedelta(hours=1),
    LinkPurpose.NEW_EMAIL: timedelta(days=1),
}
KEPT = timedelta(days=7)  # a used or old one says so for a while; then it is not known any more

PATHS = {
    LinkPurpose.CONFIRM: "/aanmelden/bevestigen/",
    LinkPurpose.SIGN_IN: "/inloggen/link/",
    LinkPurpose.PASSWORD: "/wachtwoord/nieuw/",  # an address, not a password
    LinkPurpose.NEW_EMAIL: "/e-mailadres/bevestigen/",
}


class LinkRefused(Refused):
    """The link was used, is too old, or never was: one sentence for all three."""

    def __init__(self) -> None:
        super().__init__(
            _("This link has been used already or is too old. Ask for a new one, please.")
        )


def make(
    session: Session, member: Member, purpose: LinkPurpose, now: datetime, email: str | None = None
) -> str:
    """A new link's path with its token; the database keeps only the token's hash.

    Args:
        email: the address it will be sent to; the member's own by default.
    """
    token = new_token()
    session.add(
        OneTimeLink(
            token_hash=hash_token(token),
            purpose=purpose,
            member_id=member.id,
            email=email or member.email,
            created_at=now,
            expires_at=now + LASTS[purpose],
        )
    )
    session.flush()
    return PATHS[purpose] + token


def look(session: Session, token: str, purpose: LinkPurpose, now: datetime) -> OneTimeLink:
    """The link, if it still works; nothing changes.

    Raises:
        LinkRefused: it does not.
    """
    found = session.scalar(
        select(OneTimeLink)
        .join(Member, Member.id == OneTimeLink.member_id)
        .where(
            OneTimeLink.token_hash == hash_token(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
            Member.state != MemberState.LEFT,
        )
    )
    if found is None:
        raise LinkRefused
    return found


def use(session: Session, token: str, purpose: LinkPurpose, now: datetime) -> tuple[Member, str]:
    """Use the link up: (its member, the address it was sent to). Of two at once, one wins.

    Raises:
        LinkRefused: used, too old, or never made for this.
    """
    link = look(session, token, purpose, now)
    won = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now)
        .returning(OneTimeLink.id)
    ).first()
    member = session.get(Member, link.member_id)
    if won is None or member is None:
        raise LinkRefused
    return member, link.email


def drop_all(session: Session, member_id: int, *purposes: LinkPurpose) -> None:
    """Make a member's open links useless: after a new password or address, and when leaving."""
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.member_id == member_id,
            OneTimeLink.purpose.in_(purposes or tuple(LinkPurpose)),
            OneTimeLink.used_at.is_(None),
        )
    )


@job("members.forget_links", every=3600)
def forget(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Remove links that ran out a while ago."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEPT))
