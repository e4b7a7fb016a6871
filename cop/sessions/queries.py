"""Reading a session: what its page shows, to those who take part in it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.groups.models import Group, GroupAgreement
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.sessions.among import AWAY_AFTER, gives_signs, sits_at_table
from cop.sessions.methods import Method, Mode
from cop.sessions.models import (
    GroupMethod,
    GroupSession,
    SessionEntry,
    SessionParticipant,
    SessionState,
    SpeakingTurn,
)
from cop.sessions.permissions import (
    ENTRIES,
    EntryPermission,
    is_me,
    types_for,
)
from cop.sessions.words import ENTRIES as KINDS
from cop.sessions.words import ENTRY_ICONS
from cop.spaces.circles import CircleMembership, Standing


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who takes part, as the page shows them.

    Attributes:
        seen_at: the last sign of a screen of their own; who has none sits at the table.
        turns: how often they had the floor; None for all but the facilitator.
    """

    id: int
    person: Person
    mine: bool
    leads: bool
    may_lead: bool
    presents: bool
    takes_notes: bool
    observes: bool
    is_there: bool
    seen_at: datetime | None
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
    mine: bool  # to change: the actor's own, or typed by them at the table
    who: Person
    round: int
    step: int


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
            takes_notes=one.takes_notes,
            observes=one.observes,
            is_there=_is_there(one, now),
            seen_at=one.seen_at,
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


@dataclass(frozen=True, slots=True)
class AtTableToo:
    """Who else of the group could sit at the table.

    Attributes:
        agreed: those who agreed to its rules as they are now; `asked` are the others.
        rules: HTML, to read aloud to these, and the version; None when all agreed.
    """

    agreed: list[Person]
    asked: list[Person]
    rules: tuple[str, int] | None


def at_table_too(session: Session, actor: Actor, its: GroupSession, now: datetime) -> AtTableToo:
    """Also who only prepared, on a screen at home; one query, or two."""
    one = SessionParticipant
    counted = or_(one.there_at.is_not(None), gives_signs(now), sits_at_table())
    here = select(one.persona_id).where(
        one.session_id == its.id,
        or_(one.removed_at.is_not(None), and_(one.left_at.is_(None), counted)),
    )
    agreed = exists().where(
        Group.circle_id == its.circle_id,
        GroupAgreement.group_id == Group.id,
        GroupAgreement.member_id == CircleMembership.member_id,
        GroupAgreement.version == Group.rules_version,
    )
    rows = session.execute(
        select(agreed.label("agreed"), *PERSON)
        .join(CircleMembership, CircleMembership.persona_id == Persona.id)
        .where(CircleMembership.circle_id == its.circle_id, Persona.id.not_in(here))
        .where(CircleMembership.standing != Standing.REQUESTED, Persona.gone_at.is_(None))
        .order_by(Persona.sort_key, Persona.id)
        .limit(100)
    ).all()
    asked = [person(row, actor) for row in rows if not row.agreed]
    rules = select(Group.rules_html, Group.rules_version).where(Group.circle_id == its.circle_id)
    agreed_to = session.execute(rules).one() if asked else None
    return AtTableToo(
        agreed=[person(row, actor) for row in rows if row.agreed],
        asked=asked,
        rules=(agreed_to.rules_html, agreed_to.rules_version) if agreed_to else None,
    )


def entries(session: Session, actor: Actor, its: GroupSession) -> list[Entry]:
    """Every contribution that the actor may see, oldest first; `writing` bounds how many."""
    rows = session.execute(
        select(SessionEntry, or_(is_me(actor), types_for(actor)).label("mine"), *PERSON)
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
        select(SessionEntry, or_(is_me(actor), types_for(actor)).label("mine"), *PERSON)
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
