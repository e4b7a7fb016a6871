"""The yearly note: what those who use a practice told, gathered and given back to them.

It evaluates the way of working, never a person: institutions are named, nobody is counted [A].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta
from sqlalchemy import exists, literal, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, Persona
from cop.notifications.operations import notify
from cop.platform.errors import NotFound
from cop.platform.outbox import enqueue, job
from cop.practices import beside
from cop.practices.models import (
    Practice,
    PracticeEditor,
    PracticeExperience,
    PracticeState,
    PracticeUse,
    Verdict,
)
from cop.spaces.circles import reading_members

EVERY = 6 * 3600.0  # seconds
SHORTEST_YEAR = timedelta(days=364)
KEY = "practices.year:"  # of a notification, then the practice and the number of the year


@dataclass(frozen=True, slots=True)
class Note:
    """One year of a practice, since it was published."""

    number: int
    since: datetime
    until: datetime
    worked: list[beside.Experience]
    did_not: list[beside.Experience]
    users: list[tuple[str, datetime]]

    @property
    def new_users(self) -> list[str]:
        return [name for name, begun in self.users if self.since < begun <= self.until]


def span(practice: Practice, number: int) -> tuple[datetime, datetime]:
    """From when until when year `number` runs; the first is 1."""
    assert practice.published_at is not None
    begun = practice.published_at
    return begun + relativedelta(years=number - 1), begun + relativedelta(years=number)


def key_of(practice_id: int, number: int) -> str:
    """The key of the notifications that tell of this year."""
    return f"{KEY}{practice_id}:{number}"


def number_of(key: str) -> int:
    """Which year the notification with this key tells of."""
    return int(key.rpartition(":")[2])


def years(practice: Practice) -> list[int]:
    """The years of which a note went out, the last first."""
    return list(range(practice.years_told, 0, -1))


def note(session: Session, actor: Actor, practice: Practice, number: int, now: datetime) -> Note:
    """
    Raises:
        NotFound: this year is not over, or there was nothing to tell of it.
    """
    if not 1 <= number <= practice.years_told or practice.published_at is None:
        raise NotFound
    since, until = span(practice, number)
    told = beside.told_between(session, actor, practice.id, since, until)
    return Note(
        number,
        since,
        until,
        [each for each in told if each.verdict == Verdict.WORKED],
        [each for each in told if each.verdict == Verdict.DID_NOT],
        beside.users(session, practice.id),
    )


@job("practices.years", every=EVERY)
def look_for_years(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Find the practices that have become a year older; each is done in a job of its own."""
    for id, published_at, told in session.execute(
        select(Practice.id, Practice.published_at, Practice.years_told)
        .where(Practice.state == PracticeState.PUBLISHED)
        .where(Practice.published_at < now - SHORTEST_YEAR)
    ).all():
        if published_at is not None and published_at + relativedelta(years=told + 1) <= now:
            enqueue(
                session,
                "practices.year",
                {"practice_id": id},
                now=now,
                key=key_of(id, told + 1),
            )


@job("practices.year")
def send_note(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Give back what the year brought; a year in which nobody told anything passes silently."""
    practice = session.get(Practice, payload["practice_id"], with_for_update={"of": Practice})
    if practice is None or practice.state != PracticeState.PUBLISHED:
        return
    number = practice.years_told + 1
    since, until = span(practice, number)
    if until > now:
        return
    practice.years_told = number
    session.flush()
    happened = session.scalar(
        select(PracticeExperience.id)
        .where(PracticeExperience.practice_id == practice.id)
        .where(PracticeExperience.at > since, PracticeExperience.at <= until)
        .limit(1)
    )
    if happened is not None:
        notify(
            session,
            member_ids=concerned(session, practice),
            kind="practices.year",
            key=key_of(practice.id, number),
            subject_id=practice.id,
            now=now,
        )


def concerned(session: Session, practice: Practice) -> Sequence[int]:
    """Members who use it, told how it went, or write it, and may read it."""
    personas = [
        exists().where(
            model.persona_id == Persona.id, model.practice_id == practice.id, *conditions
        )
        for model, conditions in (
            (PracticeUse, ()),
            (PracticeExperience, ()),
            (PracticeEditor, (PracticeEditor.accepted_at.is_not(None),)),
        )
    ]
    return session.scalars(
        select(Member.id)
        .join(Persona, Persona.member_id == Member.id)
        .where(Persona.gone_at.is_(None), or_(*personas))
        .where(reading_members(literal(practice.circle_id)))
        .distinct()
    ).all()
