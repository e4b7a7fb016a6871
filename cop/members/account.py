"""A member's own account: password, address, language, time zone, colours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import (
    addresses,
    deliverability,
    links,
    mails,
    passwords,
    placeholders,
    signing_in,
    signing_up,
)
from cop.members.actor import Actor
from cop.members.events import ZoneChanged
from cop.members.models import LinkPurpose, Member, MemberState
from cop.members.queries import own_persona
from cop.members.sealing import seal, unseal
from cop.members.site import name_of
from cop.platform import audit, i18n
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, enqueue, job

SCHEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a member reads the site; None is 'as my device says' (or the site, for the zone)."""

    language: str | None
    time_zone: str | None
    colour_scheme: str | None


def myself(session: Session, actor: Actor) -> Member:
    """The actor's own account.

    Raises:
        NotFound: the actor is no member.
    """
    member = session.get(Member, actor.member_id) if actor.is_member else None
    if member is None or member.state != MemberState.ACTIVE:
        raise NotFound
    return member


def prefer(session: Session, actor: Actor, wanted: Preferences, now: datetime) -> None:
    """Keep the actor's preferences.

    Raises:
        Refused: a language, zone or scheme that does not exist.
    """
    if wanted.language is not None and wanted.language not in i18n.LANGUAGES:
        raise Refused(_("Choose one of the list, please."), "language")
    if wanted.colour_scheme is not None and wanted.colour_scheme not in SCHEMES:
        raise Refused(_("Choose one of the list, please."), "colour_scheme")
    member = myself(session, actor)
    if wanted.time_zone not in (None, member.time_zone, *i18n.zones()):
        raise Refused(_("Choose one of the list, please."), "time_zone")
    if member.time_zone != wanted.time_zone:
        emit(session, ZoneChanged(member_id=member.id), now)
    member.language = wanted.language
    member.time_zone = wanted.time_zone
    member.colour_scheme = wanted.colour_scheme
    session.flush()


def change_password(
    session: Session,
    actor: Actor,
    current: str,
    wanted: str,
    now: datetime,
    keep_sign_in: int | None = None,
) -> None:
    """Give the account another password, or none; every other sign-in ends.

    Args:
        current: the password until now; ignored for an account without one.
        wanted: the new one; empty for links by mail only.
        keep_sign_in: the sign-in from which this is done.

    Raises:
        Refused: `current` is wrong, or `wanted` is no good password.
    """
    member = myself(session, actor)
    if member.password_hash is not None and not passwords.matches(member.password_hash, current):
        raise Refused(_("This is not your password."), "current")
    _set_password(session, member, wanted, now)
    signing_in.end_all(session, member.id, but=keep_sign_in)


def reset_password(session: Session, token: str, wanted: str, now: datetime) -> Member:
    """Choose a new password with a link by mail; every sign-in ends.

    Raises:
        Refused: the link does not work, or this is no good password.
    """
    if not wanted:
        raise Refused(_("Fill this in, please."), "password")
    member, _email = links.use(session, token, LinkPurpose.PASSWORD, now)
    if member.state != MemberState.ACTIVE:
        raise links.LinkRefused
    signing_in.got_mail(session, member, now)
    _set_password(session, member, wanted, now)
    signing_in.end_all(session, member.id)
    return member


def _set_password(session: Session, member: Member, wanted: str, now: datetime) -> None:
    if wanted:
        own = (own_persona(session, member.id).name, member.email, name_of(session))
        passwords.check(wanted, own)
    member.password_hash = passwords.hash_password(wanted) if wanted else None
    links.drop_all(session, member.id, LinkPurpose.SIGN_IN, LinkPurpose.PASSWORD)
    session.flush()
    mails.password_changed(
        session, member, f"members.password_changed:{member.id}:{now.isoformat()}", now
    )
    audit.record(
        session,
        "member.password_changed",
        actor=f"member:{member.id}",
        subject=f"member:{member.id}",
        now=now,
    )


def ask_new_email(
    session: Session, actor: Actor, password: str, wanted: str, now: datetime
) -> None:
    """Mail a link to the new address; nothing changes before it was confirmed there.

    Args:
        password: of the account, if it has one: a browser left open must not give it away.

    Raises:
        Refused: no address, the own address, or a wrong password. Never that it is in use.
    """
    member = myself(session, actor)
    address = addresses.valid(wanted)
    if address == member.email:
        raise Refused(_("This is your address already."), "email")
    if member.password_hash is not None and not passwords.matches(member.password_hash, password):
        raise Refused(_("This is not your password."), "current")
    values = {"member_id": member.id, "email": address, "at": now.isoformat()}
    enqueue(session, "members.mail_new_address", seal(values), now=now)


@job("members.mail_new_address")
def mail_new_address(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """To the new address: a link to confirm it, or that it has an account already."""
    asked = unseal(payload)
    member = session.get(Member, asked["member_id"])
    if member is None or member.state != MemberState.ACTIVE:
        return
    if _is_taken(session, asked["email"]):
        key = f"members.address_taken:{member.id}:{asked['at']}"
        mails.address_taken(session, member, asked["email"], key, now)
        return
    links.drop_all(session, member.id, LinkPurpose.NEW_EMAIL)
    path = links.make(session, member, LinkPurpose.NEW_EMAIL, now, email=asked["email"])
    mails.confirm_new_address(session, member, asked["email"], path, now)


def confirm_new_email(session: Session, token: str, now: datetime) -> Member:
    """The button behind the link at the new address; the old one is told.

    Raises:
        Refused: the link does not work, or somebody else has the address by now.
    """
    member, address = links.use(session, token, LinkPurpose.NEW_EMAIL, now)
    if member.state != MemberState.ACTIVE or _is_taken(session, address):
        raise links.LinkRefused
    old, member.email = member.email, address
    deliverability.forget(session, old)
    deliverability.forget(session, address)  # a link arrived there a moment ago
    member.verified_at = now
    links.drop_all(session, member.id)  # what was sent to the old address no longer works
    session.flush()
    mails.address_changed(
        session, member, old, f"members.address_changed:{member.id}:{now.isoformat()}", now
    )
    audit.record(
        session,
        "member.address_changed",
        actor=f"member:{member.id}",
        subject=f"member:{member.id}",
        now=now,
    )
    placeholders.claim(session, address, own_persona(session, member.id), now)
    return member


def _is_taken(session: Session, address: str) -> bool:
    """By somebody who confirmed it; an account that never did gives way."""
    other = session.scalar(select(Member).where(Member.email == address))
    if other is not None and other.state == MemberState.UNVERIFIED:
        signing_up.remove_applicant(session, other)
        return False
    return other is not None
