"""Writing a practice together: who is asked, who says yes, who stops, and who takes over."""

from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.practices import events, publishing, writing
from cop.practices.models import Practice, PracticeEditor, PracticeState
from cop.practices.permissions import PRACTICES, PracticePermission
from cop.spaces.circles import CircleMembership
from cop.spaces.coordinating import NobodyCalledSo
from cop.spaces.events import moment
from cop.spaces.joining import IN_IT

MOST = 20  # who write one practice


def ask(
    session: Session, actor: Actor, practice_id: int, handle: str, now: datetime
) -> PracticeEditor:
    """Ask somebody to write along, by their own name or the one they have in its space.

    Raises:
        NotFound: the actor does not write it.
        NobodyCalledSo: there is no such member.
        Refused: they write it already, were asked, or there are too many.
    """
    practice = writing.written(session, actor, practice_id)
    handle = handle.strip().removeprefix("@").lower()
    in_its_circle = select(CircleMembership.persona_id).where(
        CircleMembership.circle_id == practice.circle_id, CircleMembership.standing.in_(IN_IT)
    )
    persona = session.scalar(
        select(Persona)
        .join(Member, Member.id == Persona.member_id)
        .where(Persona.handle == handle, Persona.gone_at.is_(None))
        .where(Member.state == MemberState.ACTIVE)
        .where(or_(Persona.kind == PersonaKind.SELF, Persona.id.in_(in_its_circle)))
    )
    if persona is None:
        raise NobodyCalledSo(_("There is no member of that name."), "handle")
    there = session.get(PracticeEditor, (practice_id, persona.id))
    if there is not None:
        raise Refused(
            _("They write it already.") if there.accepted_at else _("They were asked already."),
            "handle",
        )
    all_of_it = session.scalars(
        select(PracticeEditor.persona_id).where(PracticeEditor.practice_id == practice_id)
    ).all()
    if len(all_of_it) >= MOST:
        raise Refused(_("With %(most)s people it is full.", most=MOST), "handle")
    made = PracticeEditor(
        practice_id=practice_id,
        persona_id=persona.id,
        asked_by_id=writing.writes_as(session, actor, practice_id),
        asked_at=now,
    )
    session.add(made)
    session.flush()
    emit(
        session,
        events.AskedToWrite(practice_id=practice_id, persona_id=persona.id, at=moment(now)),
        now,
    )
    return made


def withdraw(session: Session, actor: Actor, practice_id: int, handle: str) -> None:
    """Take back a question that was not answered yet.

    Raises:
        NotFound: the actor does not write it, or nobody of that name was asked.
    """
    writing.written(session, actor, practice_id)
    found = session.scalar(
        select(PracticeEditor)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .where(PracticeEditor.practice_id == practice_id, Persona.handle == handle)
        .where(PracticeEditor.accepted_at.is_(None))
    )
    if found is None:
        raise NotFound
    session.delete(found)
    session.flush()


def answer(session: Session, actor: Actor, practice_id: int, yes: bool, now: datetime) -> Practice:
    """Say yes or no to writing along; a no is told to nobody.

    Raises:
        NotFound: the actor was not asked.
    """
    PRACTICES.get(session, actor, PracticePermission.ANSWER, practice_id)
    practice = session.get_one(
        Practice, practice_id, with_for_update={"of": Practice}, populate_existing=True
    )
    asked = session.scalars(
        select(PracticeEditor)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .where(PracticeEditor.practice_id == practice_id, PracticeEditor.accepted_at.is_(None))
        .where(Persona.member_id == actor.member_id, Persona.gone_at.is_(None))
        .order_by(PracticeEditor.asked_at)
    ).all()
    if not asked:
        raise NotFound
    for row in asked:
        if not yes:
            session.delete(row)
            continue
        row.accepted_at = now
        emit(
            session,
            events.WritesAlong(practice_id=practice_id, persona_id=row.persona_id, at=moment(now)),
            now,
        )
    session.flush()
    return practice


def stop(session: Session, actor: Actor, practice_id: int, now: datetime) -> None:
    """Write along no longer. What one wrote stays.

    Raises:
        NotFound: the actor does not write it.
        Refused: nobody else does, and it is a draft.
    """
    practice = writing.written(session, actor, practice_id)
    persona_id = writing.writes_as(session, actor, practice_id)
    others = session.scalar(
        select(PracticeEditor.persona_id)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .where(PracticeEditor.practice_id == practice_id, Persona.gone_at.is_(None))
        .where(PracticeEditor.accepted_at.is_not(None), PracticeEditor.persona_id != persona_id)
        .limit(1)
    )
    if others is None and practice.state == PracticeState.DRAFT:
        raise Refused(_("You are the only one who writes this. You can delete the draft instead."))
    end_persona(session, practice, persona_id, now)


def take_over(session: Session, actor: Actor, practice_id: int, now: datetime) -> Practice:
    """Look after a practice that nobody looks after any more; of two at once, one is the contact.

    Raises:
        NotFound: somebody does, or the actor may not read it.
    """
    practice = writing.written(session, actor, practice_id, PracticePermission.TAKE_OVER)
    persona_id = writing.persona_of(session, actor, practice.circle_id)
    row = session.get(PracticeEditor, (practice_id, persona_id))
    if row is None:
        row = PracticeEditor(practice_id=practice_id, persona_id=persona_id, asked_at=now)
        session.add(row)
    row.accepted_at = now
    practice.contact_id = persona_id
    session.flush()
    return practice


def end_persona(session: Session, practice: Practice, persona_id: int, now: datetime) -> None:
    """Somebody writes it no longer: another is the contact, or it is left, or it is gone.

    A draft of somebody who is gone was read by nobody else, so nothing of it is kept.
    """
    session.execute(
        delete(PracticeEditor).where(
            PracticeEditor.practice_id == practice.id, PracticeEditor.persona_id == persona_id
        )
    )
    session.flush()
    remaining = session.scalars(
        select(PracticeEditor.persona_id)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .where(PracticeEditor.practice_id == practice.id, Persona.gone_at.is_(None))
        .where(PracticeEditor.accepted_at.is_not(None))
        .order_by(PracticeEditor.accepted_at, PracticeEditor.persona_id)
    ).all()
    if practice.contact_id == persona_id:
        practice.contact_id = remaining[0] if remaining else None
    session.flush()
    if remaining:
        return
    if practice.published_at is None:
        publishing.wipe(session, practice.id)
    elif practice.state == PracticeState.PUBLISHED:
        emit(session, events.Left(practice_id=practice.id, at=moment(now)), now)
