"""What follows when something happened to a practice, in the worker; permissions asked again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import delete, literal, select, update
from sqlalchemy.orm import Session

from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.models import Member, MemberState, Persona
from cop.notifications.operations import notify
from cop.platform.outbox import on
from cop.practices import events, opening, reviewing, together, writing, yearly
from cop.practices.models import (
    Practice,
    PracticeComparison,
    PracticeEditor,
    PracticeExperience,
    PracticeState,
    PracticeUse,
)
from cop.spaces import events as spaces
from cop.spaces.circles import members_of, reading_members
from cop.spaces.coordinating import is_wider
from cop.spaces.models import Space

__all__ = ["reviewing", "yearly"]  # what they register


@on(events.Published)
def tell_space(session: Session, event: events.Published, now: datetime) -> None:
    """Whoever takes part in its space hears of it; others meet it under their themes."""
    practice = session.get(Practice, event.practice_id)
    if practice is None or practice.state != PracticeState.PUBLISHED or practice.space_id is None:
        return
    circle_id = session.get_one(Space, practice.space_id).circle_id
    writers = set(_writers(session, practice))
    others = [member for member in members_of(session, circle_id) if member not in writers]
    _tell(session, practice, "published", _readers(session, practice, others), now)


@on(events.TakenBack)
def tell_writers(session: Session, event: events.TakenBack, now: datetime) -> None:
    _tell_other_writers(session, event, "taken_back", now)


@on(events.OpeningAsked)
def ask_about_opening(session: Session, event: events.OpeningAsked, now: datetime) -> None:
    if opening.asked(session, event.practice_id) is not None:  # or it was settled at once
        _tell_other_writers(session, event, "opening", now)


@on(events.OpenedToVisitors)
def ask_about_names(session: Session, event: events.OpenedToVisitors, now: datetime) -> None:
    _tell_other_writers(session, event, "public", now)


@on(events.AskedToWrite)
def tell_who_is_asked(session: Session, event: events.AskedToWrite, now: datetime) -> None:
    practice = session.get(Practice, event.practice_id)
    asked = session.get(PracticeEditor, (event.practice_id, event.persona_id))
    if practice is None or asked is None or asked.accepted_at is not None:
        return
    member_id = asked.persona.member_id
    if member_id is not None:
        _tell(session, practice, f"asked:{event.at}", [member_id], now, by_id=asked.asked_by_id)


@on(events.WritesAlong)
def tell_who_asked(session: Session, event: events.WritesAlong, now: datetime) -> None:
    practice = session.get(Practice, event.practice_id)
    if practice is not None:
        others = _writers(session, practice, but=event.persona_id)
        key = f"writes_along:{event.persona_id}:{event.at}"
        _tell(session, practice, key, others, now, by_id=event.persona_id)


@on(events.WritingEnded)
def tell_who_was_ended(session: Session, event: events.WritingEnded, now: datetime) -> None:
    practice, persona = (
        session.get(Practice, event.practice_id),
        session.get(Persona, event.persona_id),
    )
    if practice is not None and persona is not None and persona.member_id is not None:
        _tell(session, practice, f"ended:{event.at}", [persona.member_id], now)


@on(events.AudienceChanged)
def end_who_reads_no_more(session: Session, event: events.AudienceChanged, now: datetime) -> None:
    practice = session.get(Practice, event.practice_id)
    if practice is not None:
        together.drop_who_may_not_read(session, practice.circle_id, now)
        if event.by_id:
            _tell_other_writers(session, event, "audience", now)


@on(events.ExperienceTold)
def tell_of_experience(session: Session, event: events.ExperienceTold, now: datetime) -> None:
    said = session.get(PracticeExperience, event.experience_id)
    if said is not None:
        practice = session.get_one(Practice, said.practice_id)
        others = _writers(session, practice, but=said.persona_id)
        key = f"experience:{said.id}"
        _tell(session, practice, key, others, now, by_id=said.persona_id)


@on(events.ComparisonShared)
def tell_of_comparison(session: Session, event: events.ComparisonShared, now: datetime) -> None:
    row = session.get(PracticeComparison, event.comparison_id)
    if row is not None and row.shared_at is not None:
        practice = session.get_one(Practice, row.practice_id)
        others = _writers(session, practice, but=row.persona_id)
        key = f"comparison:{row.id}"
        _tell(session, practice, key, others, now, by_id=row.persona_id)


@on(events.Left)
def ask_to_take_over(session: Session, event: events.Left, now: datetime) -> None:
    """Nothing is orphaned: whoever uses it or told how it went is asked."""
    practice = session.get(Practice, event.practice_id)
    if practice is not None and practice.state == PracticeState.PUBLISHED:
        users = list(yearly.concerned(session, practice))
        _tell(session, practice, f"take_over:{event.at}", users, now)


# --- leaving ---


@on(spaces.Left)
def end_for_who_left(session: Session, event: spaces.Left, now: datetime) -> None:
    together.drop(session, event.circle_id, event.member_id, now)


@on(spaces.VisibilityChanged)
def end_for_outsiders(session: Session, event: spaces.VisibilityChanged, now: datetime) -> None:
    together.drop_who_may_not_read(session, event.circle_id, now)
    if is_wider(event.after, event.before):
        inside = select(Practice.id).where(Practice.circle_id == event.circle_id)
        for practice_id in session.scalars(inside.order_by(Practice.id)).all():
            writing.show_all(session, practice_id)


@on(MemberLeft)
def end_own_name(session: Session, event: MemberLeft, now: datetime) -> None:
    _end(session, event.persona_id, now)


@on(PseudonymEnds)
def end_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    _end(session, event.persona_id, now)


def _end(session: Session, persona_id: int, now: datetime) -> None:
    """What they wrote stays; what was for them alone goes, and others look after the rest."""
    session.execute(
        delete(PracticeComparison).where(
            PracticeComparison.persona_id == persona_id, PracticeComparison.shared_at.is_(None)
        )
    )
    session.execute(
        delete(PracticeEditor).where(
            PracticeEditor.persona_id == persona_id, PracticeEditor.accepted_at.is_(None)
        )
    )
    # An institution goes on working this way when somebody leaves it or the community.
    session.execute(
        update(PracticeUse).where(PracticeUse.persona_id == persona_id).values(persona_id=None)
    )
    for practice in session.scalars(
        select(Practice)
        .join(PracticeEditor, PracticeEditor.practice_id == Practice.id)
        .where(PracticeEditor.persona_id == persona_id)
    ).all():
        together.end_persona(session, practice, persona_id, now)


# --- who is told ---


def _writers(session: Session, practice: Practice, but: int | None = None) -> list[int]:
    """Members who write it, without whoever did what is told."""
    rows = session.execute(
        select(Persona.id, Member.id)
        .join(PracticeEditor, PracticeEditor.persona_id == Persona.id)
        .join(Member, Member.id == Persona.member_id)
        .where(PracticeEditor.practice_id == practice.id)
        .where(PracticeEditor.accepted_at.is_not(None), Persona.gone_at.is_(None))
        .where(Member.state == MemberState.ACTIVE)
    ).all()
    who = session.scalar(select(Persona.member_id).where(Persona.id == but)) if but else None
    return [member for _id, member in rows if member != who]


class _Done(Protocol):
    """What one of its writers did with a practice."""

    @property
    def practice_id(self) -> int: ...

    @property
    def by_id(self) -> int: ...

    @property
    def at(self) -> int: ...


def _tell_other_writers(session: Session, done: _Done, what: str, now: datetime) -> None:
    practice = session.get(Practice, done.practice_id)
    if practice is not None:
        others = _writers(session, practice, but=done.by_id)
        _tell(session, practice, f"{what}:{done.at}", others, now, by_id=done.by_id)


def _readers(session: Session, practice: Practice, member_ids: Sequence[int]) -> list[int]:
    return list(
        session.scalars(
            select(Member.id)
            .where(Member.id.in_(member_ids))
            .where(reading_members(literal(practice.circle_id)))
        )
    )


def _tell(
    session: Session,
    practice: Practice,
    what: str,
    member_ids: Sequence[int],
    now: datetime,
    by_id: int | None = None,
) -> None:
    notify(
        session,
        member_ids=member_ids,
        kind=f"practices.{what.partition(':')[0]}",
        key=f"practices.{what}:{practice.id}",
        subject_id=practice.id,
        by_id=by_id,
        now=now,
    )
