"""Who moderates and who administers the site.

Nobody is given a task by somebody else [A, D]: an administrator asks, and the role holds once the
member says yes. To take a role away needs no yes; the member is told. The site is never left
without an administrator.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from cop.members.account import myself
from cop.members.actor import Actor
from cop.members.events import RoleAnswered, RoleAsked, RoleEnded
from cop.members.models import Member, MemberState, Persona, PersonaKind, RoleOffer, SiteRole
from cop.members.people import PERSON, Person, person
from cop.members.queries import among_members, name_begins, own_persona
from cop.members.site import hold_administrators
from cop.platform import audit
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.i18n import sort_key
from cop.platform.outbox import emit

ROLE_NAMES = {
    SiteRole.MEMBER: _l("Member"),
    SiteRole.MODERATOR: _l("Moderator"),
    SiteRole.ADMINISTRATOR: _l("Administrator"),
}
_ORDER = list(SiteRole)  # each may do what those before it may
SHOWN = 200
FOUND = 10


@dataclass(frozen=True, slots=True)
class Holder:
    """A member with the role they have; `asked` is the role they have not answered about."""

    person: Person
    role: SiteRole
    asked: SiteRole | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A role that the actor is asked to take."""

    role: SiteRole
    by: str
    at: datetime


def holders(session: Session, actor: Actor) -> list[Holder]:
    """Everybody with a role of the site, and who is asked for one; by name.

    Raises:
        NotFound: the actor is no administrator.
    """
    holds = or_(Member.site_role != SiteRole.MEMBER, RoleOffer.member_id.is_not(None))
    return _holders(session, actor, holds, SHOWN)


def found(session: Session, actor: Actor, words: str) -> list[Holder]:
    """Members whose name begins with the words, to choose one.

    Raises:
        NotFound: the actor is no administrator.
    """
    key = sort_key(words)
    return _holders(session, actor, name_begins(key), FOUND) if key else []


def one(session: Session, actor: Actor, handle: str) -> Holder:
    """
    Raises:
        NotFound: no member has this handle, or the actor is no administrator.
    """
    rows = _holders(session, actor, Persona.handle == handle, 1)
    if not rows:
        raise NotFound
    return rows[0]


def _holders(session: Session, actor: Actor, which: ColumnElement[bool], most: int) -> list[Holder]:
    _administrator(actor)
    rows = session.execute(
        select(*PERSON, Member.site_role, RoleOffer.role.label("asked"))
        .join(Member, Member.id == Persona.member_id)
        .outerjoin(RoleOffer, RoleOffer.member_id == Member.id)
        .where(among_members(), which)
        .order_by(Persona.sort_key, Persona.id)
        .limit(most)
    )
    return [
        Holder(
            person(row, actor), SiteRole(row.site_role), SiteRole(row.asked) if row.asked else None
        )
        for row in rows
    ]


def choose(session: Session, actor: Actor, handle: str, role: str, now: datetime) -> bool:
    """Ask a member to take a role that lets them do more, or give them one with less at once.

    Choosing the role that they have takes back what they were asked.

    Returns:
        whether they have to say yes first.

    Raises:
        NotFound: no member has this handle, or the actor is no administrator.
        Refused: no such role, or it is the only administrator.
    """
    _administrator(actor)
    if role not in set(SiteRole):
        raise Refused(_("Choose one of the list, please."), "role")
    member = session.scalar(
        select(Member)
        .join(Persona, Persona.member_id == Member.id)
        .where(Persona.handle == handle, Persona.kind == PersonaKind.SELF)
        .where(Member.state == MemberState.ACTIVE)
    )
    if member is None:
        raise NotFound
    hold_administrators(session)
    session.refresh(member, with_for_update=True)
    if _ORDER.index(SiteRole(role)) > _ORDER.index(SiteRole(member.site_role)):
        _ask(session, actor, member, SiteRole(role), now)
        return True
    if role == member.site_role:
        gone = delete(RoleOffer).where(RoleOffer.member_id == member.id)
        if session.execute(gone.returning(RoleOffer.member_id)).first() is not None:
            _note(session, "member.role_taken_back", actor, member, now)
        return False
    give(session, member, SiteRole(role), actor.audit_id, now)
    if member.id != actor.member_id:
        emit(session, RoleEnded(member_id=member.id, at=_moment(now)), now)
    return False


def _ask(session: Session, actor: Actor, member: Member, role: SiteRole, now: datetime) -> None:
    offer = session.get(RoleOffer, member.id)
    if offer is not None and offer.role == role:
        return  # the form was sent twice, or another administrator was first
    if offer is None:
        offer = RoleOffer(member_id=member.id)
        session.add(offer)
    assert actor.member_id is not None
    offer.role, offer.by_id, offer.at = role, actor.member_id, now
    session.flush()
    _note(session, "member.role_asked", actor, member, now, role=str(role))
    emit(session, RoleAsked(member_id=member.id, at=_moment(now)), now)


def asked(session: Session, actor: Actor) -> Offer | None:
    """The role that the actor is asked to take, if there is one."""
    row = session.execute(
        select(RoleOffer.role, RoleOffer.at, Persona.name)
        .join(Persona, Persona.member_id == RoleOffer.by_id)
        .where(RoleOffer.member_id == actor.member_id, Persona.kind == PersonaKind.SELF)
    ).one_or_none()
    return Offer(SiteRole(row.role), row.name, row.at) if row is not None else None


def answer(session: Session, actor: Actor, yes: bool, now: datetime) -> None:
    """The actor says yes or no to the role they are asked to take.

    Raises:
        Refused: it is not asked any more.
    """
    member = myself(session, actor)
    hold_administrators(session)  # first, as whoever changes roles does
    offer = session.get(RoleOffer, member.id, with_for_update=True, populate_existing=True)
    if offer is None:
        raise Refused(_("This is not asked of you any more."))
    role, by_id = SiteRole(offer.role), offer.by_id
    session.delete(offer)
    session.flush()
    if yes:
        give(session, member, role, actor.audit_id, now)
    else:
        _note(session, "member.role_turned_down", actor, member, now, role=str(role))
    emit(
        session,
        RoleAnswered(
            persona_id=own_persona(session, member.id).id,
            asked_by_id=by_id,
            yes=yes,
            at=_moment(now),
        ),
        now,
    )


def step_down(session: Session, actor: Actor, now: datetime) -> None:
    """Be a member as any other from now on; needs no reason.

    Raises:
        Refused: it is the only administrator.
    """
    member = myself(session, actor)
    if member.site_role != SiteRole.MEMBER:
        give(session, member, SiteRole.MEMBER, actor.audit_id, now)


def give(session: Session, member: Member, role: SiteRole, by: str, now: datetime) -> None:
    """The role holds from now on; what the member was asked, or may no longer ask, lapses.

    Args:
        by: who did it, as the audit trail names them.

    Raises:
        Refused: it is the only administrator.
    """
    last = hold_administrators(session) == 1
    session.refresh(member, with_for_update=True)
    if last and member.site_role == SiteRole.ADMINISTRATOR and role != SiteRole.ADMINISTRATOR:
        raise Refused(_("This is the only administrator. Make somebody else one first."), "role")
    member.site_role = role
    forget_offers(session, member.id, made=role != SiteRole.ADMINISTRATOR)
    session.flush()
    audit.record(
        session,
        "member.role_given",
        actor=by,
        subject=f"member:{member.id}",
        now=now,
        role=str(role),
    )


def forget_offers(session: Session, member_id: int, made: bool = True) -> None:
    """What a member is asked, and with `made` what they asked others, is not asked any more."""
    session.execute(delete(RoleOffer).where(RoleOffer.member_id == member_id))
    if made:
        session.execute(delete(RoleOffer).where(RoleOffer.by_id == member_id))


def _note(
    session: Session, action: str, actor: Actor, member: Member, now: datetime, **details: str
) -> None:
    about = f"member:{member.id}"
    audit.record(session, action, actor=actor.audit_id, subject=about, now=now, **details)


def _administrator(actor: Actor) -> None:
    if not actor.administers:
        raise NotFound


def _moment(now: datetime) -> int:
    return int(now.timestamp() * 1_000_000)
