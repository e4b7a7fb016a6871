"""Signing in and out: sessions that live on the server."""

import re
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, SignIn
from cop.members.tokens import hash_token, new_token

LASTS = timedelta(days=60)

_BROWSERS = (("Firefox", "Firefox"), ("Edg", "Edge"), ("OPR", "Opera"), ("Chrome", "Chrome"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"))


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
    """End one of the actor's own sign-ins; another's id does nothing."""
    session.execute(
        delete(SignIn).where(SignIn.id == sign_in_id, SignIn.member_id == actor.member_id)
    )


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
