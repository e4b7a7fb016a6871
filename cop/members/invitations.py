"""Invitations: for one address, or a shared link for several people; each until a date."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from cop.members import addresses, mails
from cop.members.actor import Actor
from cop.members.models import Invitation, Persona, PersonaKind
from cop.members.permissions import INVITATIONS, InvitationPermission, may_invite
from cop.members.site import settings_of
from cop.members.tokens import hash_token, new_token
from cop.platform import audit
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

PATH = "/aanmelden/uitnodiging/"
MOST_DAYS = 90
MOST_USES = 500
MOST_USES_OF_MEMBERS = 10
MOST_OPEN_OF_MEMBERS = 20
SHOWN = 100  # on a page, newest first


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invitation as somebody fills it in.

    Attributes:
        email: for this address only; None for a link that several people may use.
        uses: how many people may use a shared link.
    """

    email: str | None
    uses: int
    days: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An invitation on its maker's page."""

    id: int
    email: str | None
    note: str
    uses: int
    most_uses: int
    by: str | None
    created_at: datetime
    expires_at: datetime
    state: str  # 'open', 'used', 'expired' or 'revoked'


class InvitationRefused(Refused):
    """The invitation cannot be used; the sentence says why and what to do."""


def make(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    language: str,
    now: datetime,
    anyway: bool = False,
) -> tuple[Invitation, str | None]:
    """Make an invitation and mail it when it is for one address.

    Whoever invites an address again while that still works gets the same one, and no second mail
    goes out.

    Args:
        language: what its mail is written in; nothing is known yet about who gets it.

    Returns:
        the invitation, and the path of its link: shown now, kept nowhere; so None for one that
        was there already.

    Raises:
        NotFound: the site does not let the actor invite.
        AuthorAsked: a check speaks up about the note.
        Refused: an address that is none, or a number out of bounds.
    """
    if not (actor.is_system or may_invite(actor, settings_of(session))):
        raise NotFound
    email = addresses.valid(wanted.email) if wanted.email else None
    most = MOST_USES if actor.moderates or actor.is_system else MOST_USES_OF_MEMBERS
    if not 1 <= wanted.days <= MOST_DAYS:
        raise Refused(_("Choose a number of days from 1 to %(most)s.", most=MOST_DAYS), "days")
    if email is None and not 1 <= wanted.uses <= most:
        raise Refused(_("Choose a number of people from 1 to %(most)s.", most=most), "uses")
    if email is not None and actor.is_member:
        there = session.scalar(
            select(Invitation)
            .where(_is_open(now), Invitation.email == email)
            .where(Invitation.invited_by_id == actor.member_id)
            .order_by(Invitation.id)
            .limit(1)
        )
        if there is not None:
            return there, None
    if most == MOST_USES_OF_MEMBERS and _open(session, actor, now) >= MOST_OPEN_OF_MEMBERS:
        raise Refused(_("You have many invitations that still work. Take some back first, please."))
    note = trimmed(wanted.note)[:200]
    ask_author([note], Purpose.PROFILE, anyway)
    token = new_token()
    invitation = Invitation(
        token_hash=hash_token(token),
        email=email,
        note=note,
        most_uses=1 if email else wanted.uses,
        invited_by_id=actor.member_id,
        created_at=now,
        expires_at=now + timedelta(days=wanted.days),
    )
    session.add(invitation)
    session.flush()
    audit.record(
        session,
        "invitation.made",
        actor=actor.audit_id,
        subject=f"invitation:{invitation.id}",
        now=now,
    )
    if email:
        mails.invitation(session, invitation, PATH + token, _name(session, actor), language, now)
    return invitation, PATH + token


def look(session: Session, token: str, now: datetime) -> Invitation:
    """The invitation behind a link, if it still works.

    Raises:
        InvitationRefused: unknown, taken back, too old or used up: one sentence for each.
    """
    found = session.scalar(select(Invitation).where(Invitation.token_hash == hash_token(token)))
    _refuse_spent(found, now)
    assert found is not None
    return found


def check(session: Session, token: str, email: str, now: datetime) -> Invitation:
    """The invitation, if it works for this address.

    Raises:
        InvitationRefused: as `look`, or it was made for another address.
    """
    found = look(session, token, now)
    _refuse_foreign(found, email)
    return found


def works(session: Session, invitation_id: int, now: datetime) -> bool:
    """Whether somebody can still join with it."""
    found = session.get(Invitation, invitation_id)
    return found is not None and _state(found, now) == "open"


def redeem(session: Session, invitation_id: int, email: str, now: datetime) -> None:
    """Count one use. Of two people at once for the last place, one gets it.

    Raises:
        InvitationRefused: it no longer works.
    """
    found = session.get(Invitation, invitation_id, populate_existing=True)
    _refuse_spent(found, now)
    assert found is not None
    _refuse_foreign(found, email)
    counted = session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.uses < Invitation.most_uses)
        .values(uses=Invitation.uses + 1)
        .returning(Invitation.id)
    ).first()
    if counted is None:
        raise _used_up()


def revoke(session: Session, actor: Actor, invitation_id: int, now: datetime) -> None:
    """Take an invitation back; it stops working at once."""
    found = INVITATIONS.get(session, actor, InvitationPermission.REVOKE, invitation_id)
    if found.revoked_at is None:
        found.revoked_at = now
        session.flush()
        audit.record(
            session,
            "invitation.revoked",
            actor=actor.audit_id,
            subject=f"invitation:{found.id}",
            now=now,
        )


def shown(session: Session, actor: Actor, now: datetime) -> list[Shown]:
    """The actor's own invitations; moderators see everybody's."""
    rows = session.execute(
        select(Invitation, Persona.name)
        .outerjoin(
            Persona,
            (Persona.member_id == Invitation.invited_by_id) & (Persona.kind == PersonaKind.SELF),
        )
        .where(INVITATIONS.clause(actor, InvitationPermission.REVOKE))
        .order_by(Invitation.id.desc())
        .limit(SHOWN)
    )
    return [
        Shown(
            id=row.id,
            email=row.email,
            note=row.note,
            uses=row.uses,
            most_uses=row.most_uses,
            by=name,
            created_at=row.created_at,
            expires_at=row.expires_at,
            state=_state(row, now),
        )
        for row, name in rows
    ]


def _state(invitation: Invitation, now: datetime) -> str:
    if invitation.revoked_at:
        return "revoked"
    if invitation.uses >= invitation.most_uses:
        return "used"
    return "expired" if invitation.expires_at <= now else "open"


def _refuse_spent(invitation: Invitation | None, now: datetime) -> None:
    if invitation is None:
        raise InvitationRefused(_("This invitation does not exist. Is the whole link there?"))
    match _state(invitation, now):
        case "revoked":
            raise InvitationRefused(_("This invitation was taken back. Ask for a new one, please."))
        case "used":
            raise _used_up()
        case "expired":
            raise InvitationRefused(_("This invitation is too old. Ask for a new one, please."))


def _used_up() -> InvitationRefused:
    return InvitationRefused(_("This invitation has been used. Ask for a new one, please."))


def _refuse_foreign(invitation: Invitation, email: str) -> None:
    if invitation.email is not None and invitation.email != email:
        raise InvitationRefused(_("This invitation is for another e-mail address."), "email")


def _open(session: Session, actor: Actor, now: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Invitation)
            .where(
                Invitation.invited_by_id == actor.member_id,
                _is_open(now),
            )
        )
        or 0
    )


def _is_open(now: datetime) -> ColumnElement[bool]:
    """`_state` as a condition."""
    return and_(
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
        Invitation.uses < Invitation.most_uses,
    )


def _name(session: Session, actor: Actor) -> str | None:
    return session.scalar(
        select(Persona.name).where(
            Persona.member_id == actor.member_id, Persona.kind == PersonaKind.SELF
        )
    )
