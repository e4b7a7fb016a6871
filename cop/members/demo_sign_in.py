"""Signing in as an invented member of the demo, on this machine only."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.errors import NotFound
from cop.platform.loopback import is_from_here
from cop.platform.web import settings

DOMAIN = "@example.org"  # RFC 2606: nobody's real address


@dataclass(frozen=True, slots=True)
class DemoMember:
    handle: str
    name: str
    hint: str


def exists_here() -> bool:
    """Whether there are demo sign-ins at all for this request: never in production."""
    return settings().demo_sign_in and not settings().production and is_from_here()


def offered(session: Session) -> list[DemoMember]:
    """Whom one can sign in as; nobody when there are no demo sign-ins."""
    if not exists_here():
        return []
    rows = session.execute(_demo_members().order_by(Member.id))
    return [
        DemoMember(persona.handle, persona.name, member.demo_hint or "") for member, persona in rows
    ]


def member(session: Session, handle: str) -> Member:
    """The demo member of this handle.

    Raises:
        NotFound: there are no demo sign-ins here, or this is no demo member.
    """
    row = (
        session.execute(_demo_members().where(Persona.handle == handle)).one_or_none()
        if exists_here()
        else None
    )
    if row is None:
        raise NotFound
    found: Member = row[0]
    return found


def _demo_members() -> Select[Member, Persona]:
    return (
        select(Member, Persona)
        .join(Persona, (Persona.member_id == Member.id) & (Persona.kind == PersonaKind.SELF))
        .where(
            Member.demo_hint.is_not(None),
            Member.email.endswith(DOMAIN),
            Member.state == MemberState.ACTIVE,
        )
    )
