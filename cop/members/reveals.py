"""Who is behind a pseudonym: two moderators and a reason, a trail, and the member is told.

One moderator asks with a reason, another agrees or refuses; when they agree, these two see the
name. A moderator whose own pseudonym it is can be neither, and is not shown that it was asked.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, select, update
from sqlalchemy.orm import Session, aliased

from cop.members import mails
from cop.members.actor import Actor
from cop.members.events import RevealAsked, RevealDecided
from cop.members.models import Member, MemberState, Persona, PersonaKind, Reveal
from cop.members.people import PERSON, Person, person
from cop.members.permissions import (
    PERSONAS,
    REVEALS,
    PersonaPermission,
    RevealPermission,
)
from cop.platform import audit
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

LEAST_REASON, MOST_REASON = 20, 2000
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to know who is behind a pseudonym, as a moderator sees it.

    Attributes:
        state: 'open', 'agreed' or 'refused'.
        mine: the actor asked it.
    """

    id: int
    pseudonym: str
    handle: str
    reason: str
    asked_by: str
    at: datetime
    state: str
    mine: bool


def ask(
    session: Session,
    actor: Actor,
    handle: str,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> Reveal:
    """Ask a second moderator to agree.

    Raises:
        NotFound: the actor does not moderate, or there is no such pseudonym.
        AuthorAsked: a check speaks up about the reason.
        Refused: no reason, the own pseudonym, or it is asked already.
    """
    if not actor.moderates:
        raise NotFound
    persona = session.scalar(
        PERSONAS.scope(actor, PersonaPermission.SEE).where(
            Persona.handle == handle, Persona.kind == PersonaKind.PSEUDONYM
        )
    )
    if persona is None:
        raise NotFound
    reason = trimmed(reason)
    if not LEAST_REASON <= len(reason) <= MOST_REASON:
        raise Refused(
            _(
                "Write the reason in %(least)s to %(most)s characters: the second moderator "
                "decides by it and the member will read it.",
                least=LEAST_REASON,
                most=MOST_REASON,
            ),
            "reason",
        )
    if persona.member_id == actor.member_id:
        raise Refused(_("This is your own pseudonym."), "reason")
    waiting = select(Reveal.id).where(Reveal.persona_id == persona.id, Reveal.decided_at.is_(None))
    if session.scalar(waiting.limit(1)) is not None:
        raise Refused(_("This was asked already and waits for a second moderator."), "reason")
    ask_author([reason], Purpose.PROFILE, anyway)
    reveal = Reveal(persona_id=persona.id, reason=reason, asked_by_id=actor.member_id, asked_at=now)
    session.add(reveal)
    session.flush()
    emit(session, RevealAsked(reveal_id=reveal.id), now)
    _record(session, "reveal.asked", actor, reveal, now)
    return reveal


def decide(session: Session, actor: Actor, reveal_id: int, agree: bool, now: datetime) -> None:
    """Agree or refuse as the second moderator; with a yes, the member is told at once.

    Raises:
        NotFound: it is decided already, or the actor cannot be the second.
    """
    reveal = REVEALS.get(session, actor, RevealPermission.DECIDE, reveal_id)
    won = session.execute(
        update(Reveal)
        .where(Reveal.id == reveal.id, Reveal.decided_at.is_(None))
        .values(agreed_by_id=actor.member_id, decided_at=now, refused=not agree)
        .returning(Reveal.id)
    ).first()
    if won is None:
        raise NotFound
    emit(session, RevealDecided(reveal_id=reveal.id, agreed=agree), now)
    _record(session, "reveal.agreed" if agree else "reveal.refused", actor, reveal, now)
    member = _member_behind(session, reveal.persona_id)
    if agree and member is not None:
        mails.revealed(session, member, reveal.id, now)


def asked(session: Session, actor: Actor) -> list[Asked]:
    """What waits for a moderator, then what the actor was one of the two in."""
    return [
        _asked(row, actor)
        for row in session.execute(
            _query(actor)
            .order_by(case((Reveal.decided_at.is_(None), 0), else_=1), Reveal.id.desc())
            .limit(SHOWN)
        )
    ]


def one(session: Session, actor: Actor, reveal_id: int) -> Asked:
    """
    Raises:
        NotFound: not one that the actor may see.
    """
    row = session.execute(_query(actor).where(Reveal.id == reveal_id)).one_or_none()
    if row is None:
        raise NotFound
    return _asked(row, actor)


def learnt(session: Session, actor: Actor, reveal_id: int) -> Person | None:
    """Who it is, for the two who agreed; None when they left since.

    Raises:
        NotFound: the actor is not one of the two, or it was not agreed.
    """
    reveal = REVEALS.get(session, actor, RevealPermission.LEARN, reveal_id)
    pseudonym = aliased(Persona)
    row = session.execute(
        select(*PERSON)
        .join(pseudonym, pseudonym.member_id == Persona.member_id)
        .where(pseudonym.id == reveal.persona_id, Persona.kind == PersonaKind.SELF)
    ).one_or_none()
    return person(row, actor) if row is not None else None


def of_own_pseudonyms(session: Session, actor: Actor) -> list[tuple[str, str, datetime]]:
    """(pseudonym, reason, when) of each time that two moderators looked up the actor."""
    rows = session.execute(
        select(Persona.name, Reveal.reason, Reveal.decided_at)
        .join(Persona, Persona.id == Reveal.persona_id)
        .where(Persona.member_id == actor.member_id)
        .where(Reveal.decided_at.is_not(None), Reveal.refused.is_(False))
        .order_by(Reveal.id.desc())
    )
    return [(row.name, row.reason, row.decided_at) for row in rows]


def _query(actor: Actor) -> Select[*tuple[Any, ...]]:
    asker = aliased(Persona)
    return (
        select(
            *(Reveal.id, Reveal.reason, Reveal.asked_at, Reveal.decided_at, Reveal.refused),
            Reveal.asked_by_id,
            Persona.name.label("pseudonym"),
            Persona.handle,
            asker.name.label("asked_by"),
        )
        .join(Persona, Persona.id == Reveal.persona_id)
        .join(asker, (asker.member_id == Reveal.asked_by_id) & (asker.kind == PersonaKind.SELF))
        .where(REVEALS.clause(actor, RevealPermission.SEE))
    )


def _asked(row: Any, actor: Actor) -> Asked:
    state = "open" if row.decided_at is None else "refused" if row.refused else "agreed"
    return Asked(
        id=row.id,
        pseudonym=row.pseudonym,
        handle=row.handle,
        reason=row.reason,
        asked_by=row.asked_by,
        at=row.asked_at,
        state=state,
        mine=row.asked_by_id == actor.member_id,
    )


def _member_behind(session: Session, persona_id: int) -> Member | None:
    return session.scalar(
        select(Member)
        .join(Persona, Persona.member_id == Member.id)
        .where(Persona.id == persona_id, Member.state == MemberState.ACTIVE)
    )


def _record(session: Session, action: str, actor: Actor, reveal: Reveal, now: datetime) -> None:
    # The pseudonym and the two moderators by number; never the member, who stays behind it here.
    audit.record(
        session,
        action,
        actor=actor.audit_id,
        subject=f"persona:{reveal.persona_id}",
        now=now,
        reveal=reveal.id,
    )
