"""Reading a session: what its page shows, to those who take part in it."""

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
from cop.sessions.among import AWAY_AFTER, gives_signs, sits_at_table
from cop.sessions.methods import Method, Mode
from cop.sessions.models import (
    FollowUp,
    GroupMethod,
    GroupSession,
    SessionEntry,
    SessionEvaluation,
    SessionParticipant,
    SessionReading,
    SessionState,
    SpeakingTurn,
)
from cop.sessions.permissions import (
    ENTRIES,
    FOLLOW_UPS,
    EntryPermission,
    FollowUpPermission,
    is_me,
)
from cop.sessions.words import ENTRIES as KINDS
from cop.sessions.words import ENTRY_ICONS
from cop.spaces.circles import CircleMembership, Standing

MOST_OPEN = 60  # things from earlier sessions on one page, the latest
READERS = 20
USUAL_WEEKS = 6  # a group's rhythm, when it has none of its own [domain, Intervisie]
SHOWN_FROM = 3  # answers; fewer would say whose they are


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who takes part, as the page shows them.

    Attributes:
        screen: they have one of their own; others sit at the table.
        turns: how often they had the floor; None for all but the facilitator.
    """

    id: int
    person: Person
    mine: bool
    leads: bool
    may_lead: bool
    presents: bool
    is_there: bool
    screen: bool
    hand_at: datetime | None
    speaks: bool
    turns: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A contribution; `text` is None when its author took it back."""

    id: int
    kind: str
    icon: str
    text: str | None
    at: datetime
    changed: bool
    hidden: bool  # from all but its author, until it is opened
    mine: bool
    who: Person
    round: int
    step: int


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


@dataclass(frozen=True, slots=True)
class PathStep:
    """A step on the path of the page."""

    number: int
    name: str
    minutes: int
    state: str  # 'done', 'now', 'todo'


def seats(session: Session, actor: Actor, session_id: int, now: datetime) -> list[Seat]:
    """Everybody who takes part, as they came. Two queries for who leads, one for others."""
    rows = session.execute(
        select(SessionParticipant, is_me(actor).label("mine"), *PERSON)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(
            SessionParticipant.session_id == session_id,
            SessionParticipant.removed_at.is_(None),
        )
        .order_by(SessionParticipant.id)
    ).all()
    mine = next((r[0] for r in rows if r.mine), None)
    turns: Counter[int] | None = None
    if mine is not None and mine.leads:
        counted = session.execute(
            select(SpeakingTurn.participant_id, func.count())
            .where(SpeakingTurn.session_id == session_id)
            .group_by(SpeakingTurn.participant_id)
        )
        turns = Counter({row[0]: row[1] for row in counted})
    return [
        Seat(
            id=one.id,
            person=person(row, actor),
            mine=one is mine,
            leads=one.leads,
            may_lead=one.may_lead,
            presents=one.presents,
            is_there=_is_there(one, now),
            screen=one.seen_at is not None,
            hand_at=one.hand_at,
            speaks=one.speaking_since is not None,
            turns=turns[one.id] if turns is not None else None,
        )
        for row in rows
        for one in (row[0],)
    ]


def _is_there(one: SessionParticipant, now: datetime) -> bool:
    """Around the table or at a screen: whoever sat down at the table gives no sign of their own."""
    if one.left_at is not None:
        return False
    return one.seen_at is None or one.seen_at > now - AWAY_AFTER


def at_table_too(session: Session, actor: Actor, its: GroupSession, now: datetime) -> list[Person]:
    """Who else of the group could sit at the table: also who only prepared, on a screen at home."""
    one = SessionParticipant
    counted = or_(one.there_at.is_not(None), gives_signs(now), sits_at_table())
    here = select(one.persona_id).where(
        one.session_id == its.id,
        or_(one.removed_at.is_not(None), and_(one.left_at.is_(None), counted)),
    )
    rows = session.execute(
        select(*PERSON)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == its.circle_id, Persona.id.not_in(here))
        .where(CircleMembership.standing != Standing.REQUESTED, Persona.gone_at.is_(None))
        .order_by(Persona.sort_key, Persona.id)
        .limit(100)
    )
    return [person(row, actor) for row in rows]


def entries(session: Session, actor: Actor, its: GroupSession) -> list[Entry]:
    """Every contribution that the actor may see, oldest first; `writing` bounds how many."""
    rows = session.execute(
        select(SessionEntry, is_me(actor).label("mine"), *PERSON)
        .join(SessionParticipant, SessionParticipant.id == SessionEntry.participant_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(SessionEntry.session_id == its.id)
        .where(ENTRIES.clause(actor, EntryPermission.READ))
        .order_by(SessionEntry.id)
    ).all()
    return [_entry(row[0], row, actor) for row in rows]


def entry(session: Session, actor: Actor, entry_id: int) -> Entry | None:
    """One contribution, when the actor may see it: for what is sent live."""
    row = session.execute(
        select(SessionEntry, is_me(actor).label("mine"), *PERSON)
        .join(SessionParticipant, SessionParticipant.id == SessionEntry.participant_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(SessionEntry.id == entry_id, ENTRIES.clause(actor, EntryPermission.READ))
    ).one_or_none()
    return _entry(row[0], row, actor) if row is not None else None


def _entry(one: SessionEntry, row: Any, actor: Actor) -> Entry:
    return Entry(
        id=one.id,
        kind=str(KINDS.get(one.kind, one.kind)),
        icon=ENTRY_ICONS.get(one.kind, "circle"),
        text=one.text,
        at=one.at,
        changed=one.changed_at is not None,
        hidden=one.shown_at is None,
        mine=bool(row.mine),
        who=person(row, actor),
        round=one.round,
        step=one.step,
    )


def how_many_wrote(session: Session, its: GroupSession) -> int:
    """How many participants wrote something in this step, opened or not."""
    return (
        session.scalar(
            select(func.count(SessionEntry.participant_id.distinct())).where(
                SessionEntry.session_id == its.id,
                SessionEntry.round == its.round,
                SessionEntry.step == its.step,
                SessionEntry.struck_at.is_(None),
            )
        )
        or 0
    )


def taken_along(session: Session, actor: Actor, its: GroupSession, now: datetime) -> list[Taken]:
    """What was taken along from this session; `afterwards` bounds how much."""
    return _taken(session, actor, now, FollowUp.session_id == its.id)


def from_before(session: Session, actor: Actor, its: GroupSession, now: datetime) -> list[Taken]:
    """What is still open from earlier sessions of the group that the actor was at."""
    return _taken(
        session,
        actor,
        now,
        and_(
            FollowUp.session_id.in_(
                select(GroupSession.id).where(
                    GroupSession.circle_id == its.circle_id, GroupSession.id != its.id
                )
            ),
            or_(
                and_(FollowUp.done_at.is_(None), FollowUp.dropped_at.is_(None)),
                FollowUp.done_at > its.created_at,
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


def path(its: GroupSession) -> list[PathStep]:
    """The steps with the current one lit."""
    running = its.state == SessionState.RUNNING

    def state(number: int) -> str:
        if its.state == SessionState.CLOSED or (running and number < its.step):
            return "done"
        return "now" if running and number == its.step else "todo"

    return [
        PathStep(n, str(step.name), step.minutes, state(n))
        for n, step in enumerate(its.its_method.steps)
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
        when=spoken_date(gathering) if gathering is not None else None,
        gathering_id=gathering.id if gathering is not None else None,
        proposed=proposed,
        plan_url=f"/groepen/{row.id}/data/nieuw?first={proposed}&every={weeks}&number=1"
        if row.may_plan
        else None,
    )


READ_AGAIN = timedelta(hours=1)


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


def own_methods(session: Session, circle_id: int, kind: str) -> list[tuple[int, dict[str, Any]]]:
    """The group's own methods of a kind; the caller knows that the actor is in the group."""
    rows = session.execute(
        select(GroupMethod.id, GroupMethod.body)
        .where(
            GroupMethod.circle_id == circle_id,
            GroupMethod.kind == kind,
            GroupMethod.retired_at.is_(None),
        )
        .order_by(GroupMethod.id)
        .limit(30)
    )
    return [(row.id, row.body) for row in rows]


def spoken_date(gathering: Gathering) -> str:
    return when.spoken(gathering.starts_at, gathering.ends_at)


def is_silent(method: Method, step: int) -> bool:
    return method.steps[step].mode == Mode.SILENT
