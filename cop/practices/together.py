"""Writing a practice together: who is asked, who says yes, who stops, and who takes over."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.practices import events, publishing, writing
from cop.practices.models import Practice, PracticeEditor, PracticeState
from cop.practices.permissions import PRACTICES, PracticePermission
from cop.spaces.circles import CircleMembership, Visibility, reading_members
from cop.spaces.coordinating import NobodyCalledSo
from cop.spaces.events import moment
from cop.spaces.joining import IN_IT

MOST = 20  # who write one practice


def ask(
    session: Session, actor: Actor, practice_id: int, handle: str, now: datetime
) -> PracticeEditor:
    """Ask somebody to write along, by their own name or the one they have in its space.

    Where only those in its space read, by the name that they have there: whether somebody is in it
    under another one stays between them and the space.

    Raises:
        NotFound: the actor does not write it.
        NobodyCalledSo: there is no such member.
        Refused: they are not in it under that name, write it already, were asked, or there are too
            many.
    """
    practice = writing.written(session, actor, practice_id)
    handle = handle.strip().removeprefix("@").lower()
    inside = exists().where(
        CircleMembership.circle_id == practice.circle_id,
        CircleMembership.persona_id == Persona.id,
        CircleMembership.standing.in_(IN_IT),
    )
    found = session.execute(
        select(Persona, inside.label("inside"))
        .join(Member, Member.id == Persona.member_id)
        .where(Persona.handle == handle, Persona.gone_at.is_(None))
        .where(Member.state == MemberState.ACTIVE)
        .where(or_(Persona.kind == PersonaKind.SELF, inside))
    ).one_or_none()
    if found is None:
        raise NobodyCalledSo(_("There is no member of that name."), "handle")
    persona: Persona = found.Persona
    wide = practice.circle.visibility in (Visibility.PUBLIC, Visibility.OPEN)
    if not wide and not found.inside:
        raise Refused(_("Ask somebody of its space: others cannot read it."), "handle")
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
    if not _others(session, practice_id, persona_id) and practice.state == PracticeState.DRAFT:
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


def remove(session: Session, actor: Actor, practice_id: int, handle: str, now: datetime) -> None:
    """Let somebody else write along no longer. What they wrote stays, and they hear of it.

    Raises:
        NotFound: the actor neither writes it nor coordinates its space, or nobody of that name
            writes it.
        Refused: it is the actor themselves.
    """
    practice = writing.written(session, actor, practice_id, PracticePermission.END_WRITING)
    persona = session.scalar(
        select(Persona)
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .where(PracticeEditor.practice_id == practice_id, Persona.handle == handle)
        .where(PracticeEditor.accepted_at.is_not(None))
    )
    if persona is None:
        raise NotFound
    if persona.member_id == actor.member_id:
        raise Refused(_("This is you. Choose “Stop writing along” instead."))
    end_persona(session, practice, persona.id, now)
    emit(
        session,
        events.WritingEnded(practice_id=practice_id, persona_id=persona.id, at=moment(now)),
        now,
    )


def drop(session: Session, circle_id: int, member_id: int, now: datetime) -> None:
    """Who is in a space no longer writes nothing of it any more, and is asked nothing."""
    _drop(
        session,
        now,
        Practice.circle_id == circle_id,
        Persona.member_id == member_id,
        ~exists().where(
            CircleMembership.circle_id == circle_id,
            CircleMembership.member_id == member_id,
            CircleMembership.standing.in_(IN_IT),
        ),
    )


def drop_who_may_not_read(session: Session, circle_id: int, now: datetime) -> None:
    """The circle became smaller: who cannot read what is in it does not write it."""
    out = ~reading_members(literal(circle_id))
    _drop(session, now, Practice.circle_id == circle_id, out)


def _drop(session: Session, now: datetime, *conditions: ColumnElement[bool]) -> None:
    """End this writing; but what nobody else has read, and nobody else writes, waits for them."""
    for practice_id, persona_id in session.execute(
        select(Practice.id, Persona.id)
        .join(PracticeEditor, PracticeEditor.practice_id == Practice.id)
        .join(Persona, Persona.id == PracticeEditor.persona_id)
        .join(Member, Member.id == Persona.member_id)
        .where(*conditions)
        .order_by(Practice.id, Persona.id)
    ).all():
        practice = session.get_one(
            Practice, practice_id, with_for_update={"of": Practice}, populate_existing=True
        )
        row = session.get(PracticeEditor, (practice_id, persona_id))
        others = _others(session, practice_id, persona_id)
        if row is not None and row.accepted_at is None:
            session.delete(row)
            session.flush()
        elif row is not None and (others or practice.state != PracticeState.DRAFT):
            end_persona(session, practice, persona_id, now)


def _others(session: Session, practice_id: int, persona_id: int) -> bool:
    """Somebody else writes it as well."""
    return (
        session.scalar(
            select(PracticeEditor.persona_id)
            .join(Persona, Persona.id == PracticeEditor.persona_id)
            .where(PracticeEditor.practice_id == practice_id, Persona.gone_at.is_(None))
            .where(PracticeEditor.accepted_at.is_not(None), PracticeEditor.persona_id != persona_id)
            .limit(1)
        )
        is not None
    )


def end_persona(session: Session, practice: Practice, persona_id: int, now: datetime) -> None:
    """Somebody writes it no longer: another is the contact, or it is left, or it is gone.

    A draft of somebody who is gone was read by nobody else, so nothing of it is kept.
    """
    row = session.get(PracticeEditor, (practice.id, persona_id))
    if row is not None:
        session.delete(row)  # not by a statement in bulk: the search index follows what is flushed
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
