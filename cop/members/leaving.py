"""Leaving the community: always possible, and no reason is asked [A, D].

Sign-ins, profile and address go at once. Posts stay where they are, under the name or as those of
a former member, as whoever leaves wishes. A pseudonym keeps its posts and is cut loose; it ends at
a random later moment of its own, so that nobody can tie it to the leaving.
"""

import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cop.members import deliverability, names, roles
from cop.members.account import myself
from cop.members.actor import Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import (
    Invitation,
    Member,
    MemberState,
    OneTimeLink,
    Persona,
    PersonaKind,
    SignIn,
    SiteRole,
)
from cop.members.queries import own_persona
from cop.members.site import administrators, hold_administrators
from cop.platform import audit, live, storage
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.outbox import emit, enqueue, job
from cop.platform.storage import StoredFile

FORMER = "Oud-lid"  # stored as a name, so in the language of the community
SOONEST, LATEST = timedelta(days=3), timedelta(days=45)

_dice = random.SystemRandom()


Farewell: TypeAlias = Callable[[Session, Member, datetime], None]

_farewells: list[Farewell] = []


def before_leaving(farewell: Farewell) -> Farewell:
    """Decorator: the function is called when a member is about to leave, for what can be done only
    while their address is known. Nothing it does may show to others that a pseudonym was theirs."""
    if farewell not in _farewells:
        _farewells.append(farewell)
    return farewell


def hindrance(
    session: Session, actor: Actor, count: Callable[[Session], int] = administrators
) -> str | None:
    """Why the actor cannot leave yet, in a sentence, or None.

    Args:
        count: counts the administrators; whoever acts on the answer holds them.
    """
    member = myself(session, actor)
    if member.site_role == SiteRole.ADMINISTRATOR and count(session) == 1:
        return _(
            "You are the only administrator. Make somebody else an administrator first, "
            "so that the site is not left alone."
        )
    return None


def leave(session: Session, actor: Actor, keep_name: bool, now: datetime) -> None:
    """End the actor's membership of the whole community.

    Args:
        keep_name: whether posts keep the name; else they are those of a former member.

    Raises:
        Refused: the site would have no administrator.
    """
    stays = hindrance(session, actor, hold_administrators)
    if stays is not None:
        raise Refused(stays)
    member = myself(session, actor)
    persona = own_persona(session, member.id)
    for farewell in _farewells:
        farewell(session, member, now)
    _forget(session, member, now)
    _retire(session, persona, keep_name, now)
    _cut_pseudonyms_loose(session, member, now)
    emit(session, MemberLeft(member_id=member.id, persona_id=persona.id), now)
    audit.record(
        session, "member.left", actor=actor.audit_id, subject=f"member:{member.id}", now=now
    )


def _forget(session: Session, member: Member, now: datetime) -> None:
    """Everything about the person; the row itself stays, since others' rows point to it."""
    session.execute(delete(SignIn).where(SignIn.member_id == member.id))
    session.execute(delete(OneTimeLink).where(OneTimeLink.member_id == member.id))
    session.execute(
        update(Invitation)
        .where(Invitation.invited_by_id == member.id, Invitation.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    roles.forget_offers(session, member.id)
    deliverability.forget(session, member.email)
    live.forget_person(session, f"member:{member.id}")
    member.state = MemberState.LEFT
    member.left_at = now
    member.email = f"{member.id}@left.invalid"  # RFC 2606: no mail can ever go there
    member.site_role = SiteRole.MEMBER
    member.password_hash = member.language = member.time_zone = member.colour_scheme = None
    member.profession = member.region = member.about = ""
    member.cluster = member.motivation = member.demo_hint = None
    member.invitation_id = member.verified_at = member.agreed_rules_at = None
    member.role_tags, member.organisations, member.themes = [], [], []
    session.flush()


def _retire(session: Session, persona: Persona, keep_name: bool, now: datetime) -> None:
    picture = session.get(StoredFile, persona.picture_id) if persona.picture_id else None
    persona.picture_id = None
    persona.roles = []
    persona.gone_at = now
    if not keep_name:
        persona.name = FORMER
        persona.sort_key = sort_key(FORMER)
        persona.name_key = names.look_alike_key(FORMER)
        persona.handle = f"{names.handle_from(FORMER)}-{secrets.token_hex(5)}"
    session.flush()
    if picture is not None:
        storage.remove(session, picture)
        session.flush()


def _cut_pseudonyms_loose(session: Session, member: Member, now: datetime) -> None:
    for persona in session.scalars(
        select(Persona).where(Persona.member_id == member.id, Persona.kind == PersonaKind.PSEUDONYM)
    ).all():
        persona.member_id = None
        if persona.gone_at is None:
            seconds = _dice.uniform(SOONEST.total_seconds(), LATEST.total_seconds())
            enqueue(
                session,
                "members.end_pseudonym",
                {"persona_id": persona.id},
                now=now,
                run_at=now + timedelta(seconds=seconds),
            )
    session.flush()


def stand_in(session: Session, now: datetime) -> Member:
    """Somebody who is nobody, in whose place rows about a pseudonym stand that was cut loose."""
    nobody = Member(
        email=f"{secrets.token_hex(8)}@left.invalid",
        state=MemberState.LEFT,
        created_at=now,
        left_at=now,
    )
    session.add(nobody)
    session.flush()
    return nobody


@job("members.end_pseudonym")
def end_pseudonym(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A pseudonym nobody is behind any more ends; its posts stay."""
    persona = session.get(Persona, payload["persona_id"])
    if persona is None or persona.gone_at is not None:
        return
    persona.gone_at = now
    session.flush()
    emit(session, PseudonymEnds(persona_id=persona.id), now)
