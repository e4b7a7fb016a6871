"""The first administrator: made by a page that only the address printed by `cop serve` opens."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import addresses, names, passwords
from cop.members.events import MemberJoined
from cop.members.handles import free_handle
from cop.members.models import Member, MemberState, Persona, PersonaKind, SiteRole
from cop.members.site import administrators, settings_of, settings_to_change
from cop.members.tokens import hash_token, new_token
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.mail.composing import absolute
from cop.platform.outbox import emit

PATH = "/eerste-keer/"
LONGEST_SITE_NAME = 80


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is needed to begin: the site's name and its first administrator."""

    site_name: str
    name: str
    email: str
    password: str
    language: str


def first_run_url(session: Session) -> str | None:
    """An address that makes the first administrator, or None when there is one.

    Each call makes a new address and ends the one before. The caller commits.
    """
    if administrators(session):
        return None
    token = new_token()
    settings_to_change(session).first_run_token_hash = hash_token(token)
    session.flush()
    return absolute(PATH + token)


def check(session: Session, token: str) -> None:
    """
    Raises:
        NotFound: another address was printed since, or there is an administrator.
    """
    stored = settings_of(session).first_run_token_hash or ""
    if administrators(session) or not hmac.compare_digest(stored, hash_token(token)):
        raise NotFound


def begin(session: Session, token: str, wanted: Beginning, now: datetime) -> Member:
    """Name the site and make its first administrator.

    Raises:
        NotFound: as `check`.
        Refused: a field is not right.
    """
    check(session, token)
    site_name = " ".join(wanted.site_name.split())
    if not site_name or len(site_name) > LONGEST_SITE_NAME:
        raise Refused(_("Give the site a name of at most 80 characters."), "site_name")
    name, email = names.clean(wanted.name), addresses.valid(wanted.email)
    passwords.check(wanted.password, (name, email, site_name))
    if session.scalar(select(Member.id).where(Member.email == email)) is not None:
        raise Refused(
            _("This address has an account. Run `cop members promote` for it instead."), "email"
        )
    site = settings_to_change(session)
    site.name = site_name
    site.first_run_token_hash = None
    site.changed_at = now
    member = Member(
        email=email,
        password_hash=passwords.hash_password(wanted.password),
        site_role=SiteRole.ADMINISTRATOR,
        state=MemberState.ACTIVE,
        language=wanted.language,
        created_at=now,
        agreed_rules_at=now,
    )
    session.add(member)
    session.flush()
    persona = Persona(
        member_id=member.id,
        kind=PersonaKind.SELF,
        handle=free_handle(session, name),
        name=name,
        sort_key=sort_key(name),
        roles=[],
    )
    session.add(persona)
    session.flush()
    emit(session, MemberJoined(member_id=member.id, persona_id=persona.id), now)
    audit.record(
        session, "site.begun", actor=f"member:{member.id}", subject=f"member:{member.id}", now=now
    )
    return member
