"""Requests to become a member: a moderator says yes or no."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members import mails, signing_up
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.members.permissions import REQUESTS, RequestPermission
from cop.members.queries import own_persona
from cop.platform import audit
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_WORDS = 1000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody who waits. `id` is of the request's page, which only moderators reach."""

    id: int
    name: str
    email: str
    motivation: str
    at: datetime


def waiting(session: Session, actor: Actor) -> list[Request]:
    """Who waits for a yes, longest first."""
    rows = session.execute(
        select(Member.id, Persona.name, Member.email, Member.motivation, Member.created_at)
        .join(Persona, (Persona.member_id == Member.id) & (Persona.kind == PersonaKind.SELF))
        .where(REQUESTS.clause(actor, RequestPermission.DECIDE))
        .order_by(Member.created_at, Member.id)
        .limit(SHOWN)
    )
    return [
        Request(row.id, row.name, row.email, row.motivation or "", row.created_at) for row in rows
    ]


def one(session: Session, actor: Actor, request_id: int) -> Request:
    """
    Raises:
        NotFound: nobody waits under this number, or the actor does not moderate.
    """
    member = REQUESTS.get(session, actor, RequestPermission.DECIDE, request_id)
    name = own_persona(session, member.id).name
    return Request(member.id, name, member.email, member.motivation or "", member.created_at)


def _held(session: Session, actor: Actor, request_id: int) -> Member:
    """The one who waits, for nobody else to answer until this is done.

    Raises:
        NotFound: as `one`, or another moderator answered at this very moment.
    """
    REQUESTS.get(session, actor, RequestPermission.DECIDE, request_id)
    member = session.get(Member, request_id, with_for_update=True, populate_existing=True)
    if member is None or member.state != MemberState.REQUESTED:
        raise NotFound
    return member


def admit(session: Session, actor: Actor, request_id: int, now: datetime) -> None:
    """Say yes: they are a member, and told so by mail."""
    member = _held(session, actor, request_id)
    signing_up.activate(session, member, now)
    mails.admitted(session, member, now)
    audit.record(
        session, "member.admitted", actor=actor.audit_id, subject=f"member:{member.id}", now=now
    )


def decline(
    session: Session,
    actor: Actor,
    request_id: int,
    words: str,
    now: datetime,
    anyway: bool = False,
) -> None:
    """Say no: they are told by mail, with the moderator's words if any, and forgotten.

    Raises:
        NotFound: nobody waits under this number, or the actor does not moderate.
        AuthorAsked: a check speaks up about the words.
    """
    member = _held(session, actor, request_id)
    words = trimmed(words)[:MOST_WORDS]
    ask_author([words], Purpose.PROFILE, anyway)
    mails.declined(session, member, words, now)
    audit.record(
        session, "member.declined", actor=actor.audit_id, subject=f"member:{member.id}", now=now
    )
    signing_up.remove_applicant(session, member)
