"""Reading what came of a session: what each takes along, how it was, who read it, what is next."""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.groups.models import Group
from cop.groups.permissions import GROUPS, GroupPermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.sessions.afterwards import CHOICES, FIRST, QUESTIONS
from cop.sessions.models import (
    FollowUp,
    GroupSession,
    SessionEvaluation,
    SessionParticipant,
    SessionReading,
)
from cop.sessions.permissions import FOLLOW_UPS, FollowUpPermission, is_me

MOST_OPEN = 60  # things from earlier sessions on one page, the latest
READERS = 20
USUAL_WEEKS = 6  # a group's rhythm, when it has none of its own [domain, Intervisie]
SHOWN_FROM = 3  # answers; fewer would say whose they are
READ_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """What somebody takes along."""

    id: int
    action: str
    due_on: date | None
    done: bool
    dropped: bool
    outcome: str | None
    mine: bool
    who: Person
    late: bool


def taken_along(session: Session, actor: Actor, its: GroupSession, now: datetime) -> list[Taken]:
    """What was taken along from this session; `afterwards` bounds how much."""
    return _taken(session, actor, now, FollowUp.session_id == its.id)


def from_before(session: Session, actor: Actor, its: GroupSession, now: datetime) -> list[Taken]:
    """What the actor's group took along from earlier sessions, as far as the actor was there.

    What is open, and what was done or let go since the session before: it comes back here
    [domain, Intervisie: follow-ups return at the next session].
    """
    others = GroupSession.circle_id == its.circle_id, GroupSession.id != its.id
    last = (
        select(func.max(GroupSession.closed_at))
        .where(*others, GroupSession.closed_at < (its.started_at or now))
        .scalar_subquery()
    )
    return _taken(
        session,
        actor,
        now,
        and_(
            FollowUp.session_id.in_(select(GroupSession.id).where(*others)),
            or_(
                and_(FollowUp.done_at.is_(None), FollowUp.dropped_at.is_(None)),
                FollowUp.done_at >= last,
                FollowUp.dropped_at >= last,
            ),
        ),
        MOST_OPEN,
    )


def _taken(
    session: Session, actor: Actor, now: datetime, condition: Any, most: int | None = None
) -> list[Taken]:
    """In order; of more than `most` the latest."""
    rows = session.execute(
        select(FollowUp, is_me(actor).label("mine"), *PERSON)
        .join(SessionParticipant, SessionParticipant.id == FollowUp.participant_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(condition, FOLLOW_UPS.clause(actor, FollowUpPermission.READ))
        .order_by(FollowUp.id.desc())
        .limit(most)
    ).all()
    today = when.local(now).date()
    return [
        Taken(
            id=one.id,
            action=one.action,
            due_on=one.due_on,
            done=one.done_at is not None,
            dropped=one.dropped_at is not None,
            outcome=one.outcome,
            mine=bool(row.mine),
            who=person(row, actor),
            late=one.due_on is not None
            and one.due_on < today
            and one.done_at is None
            and one.dropped_at is None,
        )
        for row in reversed(rows)
        for one in (row[0],)
    ]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was said to one question of an evaluation: never by whom."""

    question: str
    texts: list[str]
    counts: list[tuple[str, int]]


def evaluations(
    session: Session, its: GroupSession, turn: int = FIRST
) -> tuple[int, list[Answers]]:
    """How many looked back, and what they said, once enough did for it not to say who."""
    said = [
        json.loads(answers)
        for answers in session.scalars(
            select(SessionEvaluation.answers)
            .where(SessionEvaluation.session_id == its.id, SessionEvaluation.turn == turn)
            .order_by(SessionEvaluation.participant_id)
        )
    ]
    if len(said) < SHOWN_FROM:
        return len(said), []
    found = []
    for name, question, chooses in QUESTIONS[turn]:
        given = sorted(each[name] for each in said if name in each)  # in no one's order
        counts = Counter(given)
        found.append(
            Answers(
                str(question),
                [] if chooses else given,
                [(str(label), counts[key]) for key, label in CHOICES.items()] if chooses else [],
            )
        )
    return len(said), found


def my_answers(session: Session, mine: SessionParticipant, turn: int) -> dict[str, str]:
    """What one said oneself, to change it."""
    found = session.scalar(
        select(SessionEvaluation.answers).where(
            SessionEvaluation.participant_id == mine.id, SessionEvaluation.turn == turn
        )
    )
    return dict(json.loads(found)) if found else {}


def readers(session: Session, actor: Actor, its: GroupSession) -> list[tuple[Person, datetime]]:
    """Who read the session since it was over, latest first."""
    rows = session.execute(
        select(SessionReading.at, *PERSON)
        .join(SessionParticipant, SessionParticipant.id == SessionReading.participant_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(SessionReading.session_id == its.id)
        .order_by(SessionReading.id.desc())
        .limit(READERS)
    )
    return [(person(row, actor), row.at) for row in rows]


@dataclass(frozen=True, slots=True)
class Next:
    """When the group meets again: `when` what is planned, else `proposed`, in its rhythm."""

    group_id: int
    when: str | None
    gathering_id: int | None
    proposed: date
    plan_url: str | None  # for who may plan


def what_next(session: Session, actor: Actor, its: GroupSession, now: datetime) -> Next | None:
    """The group's next date, or the one that its rhythm proposes; one query."""
    coming = aliased(Gathering)
    row = session.execute(
        select(
            Group.id,
            Group.every_weeks,
            coming,
            GROUPS.clause(actor, GroupPermission.PLAN).label("may_plan"),
        )
        .outerjoin(
            coming,
            and_(
                coming.circle_id == Group.circle_id,
                coming.starts_at > now,
                coming.id != its.gathering_id,
                coming.cancelled_at.is_(None),
            ),
        )
        .where(Group.circle_id == its.circle_id)
        .order_by(coming.starts_at, coming.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    gathering = row[2]
    weeks = row.every_weeks or USUAL_WEEKS
    held_on = when.local(its.gathering.starts_at).date()
    proposed = max(held_on + timedelta(weeks=weeks), when.local(now).date() + timedelta(days=7))
    return Next(
        group_id=row.id,
        when=when.spoken(gathering.starts_at, gathering.ends_at) if gathering is not None else None,
        gathering_id=gathering.id if gathering is not None else None,
        proposed=proposed,
        plan_url=f"/groepen/{row.id}/data/nieuw?first={proposed}&every={weeks}&number=1"
        if row.may_plan
        else None,
    )


def note_reading(
    session: Session, its: GroupSession, mine: SessionParticipant, now: datetime
) -> None:
    """Write down that somebody reads a session that is over; within the hour it is one reading."""
    lately = session.scalar(
        select(SessionReading.id)
        .where(SessionReading.participant_id == mine.id, SessionReading.at > now - READ_AGAIN)
        .limit(1)
    )
    if lately is None:
        session.add(SessionReading(session_id=its.id, participant_id=mine.id, at=now))
        session.flush()
