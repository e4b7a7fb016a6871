"""Signing in and out: sessions that live on the server.

With a link by mail (the simple way in) or with a password. The page that takes an address does the
same work for every address: the worker finds out whose it is.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members import addresses, links, mails, passwords, placeholders
from cop.members.actor import Actor
from cop.members.models import LinkPurpose, Member, MemberState, SignIn
from cop.members.queries import own_persona
from cop.members.sealing import seal, unseal
from cop.members.tokens import hash_token, new_token
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import enqueue, job

LASTS = timedelta(days=60)

_BROWSERS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("OPR", "Opera"), ("Chrome", "Chrome"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))


def with_password(session: Session, email: str, password: str) -> Member:
    """The member whose address and password these are.

    Raises:
        Refused: they are nobody's; one sentence for an unknown address and a wrong password.
    """
    member = session.scalar(select(Member).where(Member.email == addresses.normal(email)))
    fits = passwords.matches(member.password_hash if member else None, password)
    if member is None or not fits:
        raise Refused(_("This address and password do not belong together."), "password")
    if member.state == MemberState.REQUESTED:  # whoever knows the password may know this
        raise Refused(_("Your request to join is waiting for a moderator's yes."), "email")
    if member.state != MemberState.ACTIVE:
        raise Refused(_("This address and password do not belong together."), "password")
    if member.password_hash and passwords.is_dated(member.password_hash):
        member.password_hash = passwords.hash_password(password)
    return member


def ask_link(
    session: Session, email: str, now: datetime, purpose: LinkPurpose = LinkPurpose.SIGN_IN
) -> None:
    """Have a link mailed to the address, if it has an account; the page never says whether.

    Args:
        purpose: to sign in, or to choose a new password.

    Raises:
        Refused: this cannot be an address.
    """
    values = {"email": addresses.valid(email), "purpose": purpose, "at": now.isoformat()}
    enqueue(session, "members.mail_link", seal(values), now=now)


@job("members.mail_link")
def mail_link(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Mail the link that was asked for, or what stands in its way; nothing to a stranger."""
    asked = unseal(payload)
    member = session.scalar(select(Member).where(Member.email == asked["email"]))
    if member is None:
        return
    if member.state == MemberState.REQUESTED:
        mails.still_waiting(session, member, f"members.waiting:{asked['at']}:{member.id}", now)
    elif member.state == MemberState.UNVERIFIED:
        path = links.make(session, member, LinkPurpose.CONFIRM, now)
        mails.confirm_address(session, member, own_persona(session, member.id).name, path, now)
    elif member.state == MemberState.ACTIVE:
        purpose = LinkPurpose(asked["purpose"])
        path = links.make(session, member, purpose, now)
        if purpose == LinkPurpose.PASSWORD:
            mails.new_password(session, member, path, now)
        else:
            mails.sign_in_link(session, member, path, now)


def with_link(session: Session, token: str, now: datetime) -> Member:
    """The member whose link this is; it is used up.

    Raises:
        LinkRefused: it does not work (any more).
    """
    member, _email = links.use(session, token, LinkPurpose.SIGN_IN, now)
    if member.state != MemberState.ACTIVE:
        raise links.LinkRefused
    got_mail(session, member, now)
    return member


def got_mail(session: Session, member: Member, now: datetime) -> None:
    """A link that went to the member's address was used, so it is theirs.

    Whoever became a member another way (the first administrator) has it verified by this, and
    what the address wrote in an imported archive becomes theirs.
    """
    if member.verified_at is None:
        member.verified_at = now
        session.flush()
        placeholders.claim(session, member.email, own_persona(session, member.id), now)


def start(session: Session, member: Member, user_agent: str, now: datetime) -> str:
    """Begin a sign-in; the token for the browser's cookie."""
    token = new_token()
    session.add(
        SignIn(
            token_hash=hash_token(token),
            member_id=member.id,
            device=device(user_agent),
            created_at=now,
            seen_at=now,
            expires_at=now + LASTS,
        )
    )
    session.flush()
    return token


def own(session: Session, actor: Actor, now: datetime) -> list[SignIn]:
    """The actor's sign-ins that still work, last used first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(SignIn.member_id == actor.member_id, SignIn.expires_at > now)
            .order_by(SignIn.seen_at.desc())
        )
    )


def end(session: Session, actor: Actor, sign_in_id: int) -> None:
    """End one of the actor's own sign-ins.

    Raises:
        NotFound: it has ended already, or is not the actor's.
    """
    ended = session.execute(
        delete(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.member_id == actor.member_id)
        .returning(SignIn.id)
    ).first()
    if ended is None:
        raise NotFound


def end_all(session: Session, member_id: int, but: int | None = None) -> None:
    """End every sign-in of a member, except one."""
    gone = delete(SignIn).where(SignIn.member_id == member_id)
    session.execute(gone.where(SignIn.id != but) if but is not None else gone)


def device(user_agent: str) -> str:
    """'Firefox, Android': enough for the member to recognise, too little to follow anybody."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), None)
    if browser is None and re.search(r"Version/[\d.]+.*Safari", user_agent):
        browser = "Safari"
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    if system is None:
        system = "macOS" if "Mac OS" in user_agent else "Linux" if "Linux" in user_agent else None
    return ", ".join(part for part in (browser, system) if part) or "?"


@job("members.forget_sign_ins", every=3600)
def forget_ended(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Remove sign-ins that ran out."""
    session.execute(delete(SignIn).where(SignIn.expires_at < now))
