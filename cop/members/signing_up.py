"""Becoming a member: by invitation, by request with approval, or openly, as the site decides.

The form says the same for every address. The worker finds out whether there is an account and
mails the address; only whoever reads its mail learns more. The account counts once the button
behind the link in that mail was pressed.
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members import addresses, invitations, links, mails, names, passwords, placeholders
from cop.members.events import MemberJoined, MemberRequested
from cop.members.handles import free_handle
from cop.members.models import (
    LinkPurpose,
    Member,
    MemberState,
    OneTimeLink,
    Persona,
    PersonaKind,
    SignUp,
)
from cop.members.queries import own_persona
from cop.members.sealing import seal, unseal
from cop.members.site import name_of, settings_of
from cop.platform.blank import trimmed
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import emit, enqueue, job
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_MOTIVATION = 1000
UNCONFIRMED_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody fills in to become a member.

    Attributes:
        motivation: why they want to join; asked for where moderators decide.
        agreed: to the house rules.
        token: of the invitation they follow, if any.
        language: of the page they read; their mails and pages will be in it.
    """

    name: str
    email: str
    motivation: str
    agreed: bool
    language: str
    token: str | None = None


def is_open(session: Session, token: str | None) -> bool:
    """Whether there is a form at all: not for those without invitation where one is needed."""
    return token is not None or settings_of(session).sign_up != SignUp.INVITATION


def needs_motivation(session: Session, token: str | None) -> bool:
    """Whether moderators decide; an invitation is somebody's yes already."""
    return token is None and settings_of(session).sign_up == SignUp.REQUEST


def ask(session: Session, wish: Wish, now: datetime, anyway: bool = False) -> None:
    """Take the wish down; what follows comes by mail.

    Raises:
        AuthorAsked: a check speaks up about why they want to join.
        Refused: something in it is not right, which has nothing to do with who has an account.
    """
    name, email = names.clean(wish.name), addresses.valid(wish.email)
    motivation = trimmed(wish.motivation)
    if not is_open(session, wish.token):
        raise Refused(_("You need an invitation to join."))
    if needs_motivation(session, wish.token) and not motivation:
        raise Refused(_("Write in a few words why you want to join."), "motivation")
    if len(motivation) > MOST_MOTIVATION:
        raise Refused(
            _("Use at most %(most)s characters, please.", most=MOST_MOTIVATION), "motivation"
        )
    if not wish.agreed:
        raise Refused(_("You can join when you agree to the house rules."), "agreed")
    invitation = (
        invitations.check(session, wish.token, email, now) if wish.token is not None else None
    )
    own = {name, *name.split()}  # in the words of whoever tells of themselves no concern
    ask_author([motivation], Purpose.PROFILE, anyway, known=lambda: own)
    values = asdict(wish) | {"name": name, "email": email, "motivation": motivation}
    values |= {"invitation_id": invitation.id if invitation else None, "at": now.isoformat()}
    enqueue(session, "members.sign_up", seal(values), now=now)


@job("members.sign_up")
def take_up(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Make the account, or tell its owner that there is one; in the worker."""
    wish = unseal(payload)
    member = session.scalar(select(Member).where(Member.email == wish["email"]))
    if member is not None and member.state == MemberState.ACTIVE:
        path = links.make(session, member, LinkPurpose.SIGN_IN, now)
        mails.has_account(session, member, path, now)
        return
    if member is not None and member.state == MemberState.REQUESTED:
        mails.still_waiting(session, member, f"members.waiting:{wish['at']}:{member.id}", now)
        return
    if member is None:
        member = Member(email=wish["email"], state=MemberState.UNVERIFIED, created_at=now)
        session.add(member)
        session.flush()
    elif (
        member.invitation_id is not None
        and wish["invitation_id"] is None
        and invitations.works(session, member.invitation_id, now)
    ):
        # Anybody can type this address: that takes nobody's invitation away.
        path = links.make(session, member, LinkPurpose.CONFIRM, now)
        mails.confirm_address(session, member, own_persona(session, member.id).name, path, now)
        return
    _fill_in(session, member, wish, now)
    links.drop_all(session, member.id)
    path = links.make(session, member, LinkPurpose.CONFIRM, now)
    mails.confirm_address(session, member, wish["name"], path, now)


def _fill_in(session: Session, member: Member, wish: dict[str, Any], now: datetime) -> None:
    """What was typed last counts: nobody has confirmed the address yet."""
    member.language = wish["language"]
    member.motivation = wish["motivation"] or None
    member.invitation_id = wish["invitation_id"]
    member.agreed_rules_at = datetime.fromisoformat(wish["at"])
    member.created_at = now
    session.execute(delete(Persona).where(Persona.member_id == member.id))
    session.add(
        Persona(
            member_id=member.id,
            kind=PersonaKind.SELF,
            handle=free_handle(session, wish["name"]),
            name=wish["name"],
            sort_key=sort_key(wish["name"]),
            roles=[],
        )
    )
    session.flush()


def confirm(session: Session, token: str, password: str, now: datetime) -> Member:
    """The button behind the link: the address is theirs.

    Args:
        password: chosen now, so that nobody chose it for them before; empty for none.

    Returns:
        the member: active, or with a request that moderators will answer.

    Raises:
        Refused: the link, the password or the invitation is not good.
    """
    member, _email = links.use(session, token, LinkPurpose.CONFIRM, now)
    if member.state != MemberState.UNVERIFIED:
        raise links.LinkRefused
    if password:
        own = (own_persona(session, member.id).name, member.email, name_of(session))
        passwords.check(password, own)
        member.password_hash = passwords.hash_password(password)
    member.verified_at = now
    if member.invitation_id is not None:
        invitations.redeem(session, member.invitation_id, member.email, now)
    elif settings_of(session).sign_up == SignUp.INVITATION:
        raise Refused(_("Meanwhile you need an invitation to join."))
    elif settings_of(session).sign_up == SignUp.REQUEST:
        member.state = MemberState.REQUESTED
        session.flush()
        emit(session, MemberRequested(member_id=member.id), now)
        return member
    activate(session, member, now)
    return member


def activate(session: Session, member: Member, now: datetime) -> None:
    """From now on they are a member; what they wrote in an imported archive becomes theirs."""
    member.state = MemberState.ACTIVE
    member.motivation = None
    session.flush()
    persona = own_persona(session, member.id)
    emit(session, MemberJoined(member_id=member.id, persona_id=persona.id), now)
    placeholders.claim(session, member.email, persona, now)


def remove_applicant(session: Session, member: Member) -> None:
    """Forget somebody who did not become a member, with everything they filled in."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.member_id == member.id))
    session.execute(delete(Persona).where(Persona.member_id == member.id))
    session.delete(member)
    session.flush()


@job("members.forget_unconfirmed", every=3600)
def forget_unconfirmed(session: Session, _payload: dict[str, object], now: datetime) -> None:
    """Whoever never confirmed their address is forgotten after a week."""
    for member in session.scalars(
        select(Member).where(
            Member.state == MemberState.UNVERIFIED, Member.created_at < now - UNCONFIRMED_FOR
        )
    ).all():
        remove_applicant(session, member)
