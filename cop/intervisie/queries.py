"""Reading what intervisie adds to a session, and a group's overview over time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.cases.models import Case
from cop.cases.permissions import CASES, CasePermission
from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.intervisie.models import (
    AskAnswer,
    CaseAsk,
    CaseOffer,
    OfferState,
    ThemeProposal,
    ThemeVote,
)
from cop.intervisie.permissions import OFFERS, OfferPermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.sessions import methods
from cop.sessions.models import FollowUp, GroupSession, SessionParticipant, SessionState
from cop.sessions.permissions import (
    FOLLOW_UPS,
    SESSIONS,
    FollowUpPermission,
    SessionPermission,
    is_me,
)

PAGE = 20
MOST_OUTCOMES = 60


@dataclass(frozen=True, slots=True)
class Proposed:
    """A theme with its votes: how many, never whose."""

    id: int
    text: str
    votes: int
    voted: bool
    mine: bool


def proposals(session: Session, actor: Actor, session_id: int) -> list[Proposed]:
    """The themes of a session that its participants proposed, most votes first; one query."""
    mine = (
        select(SessionParticipant.id)
        .where(
            SessionParticipant.session_id == session_id,
            is_me(actor),
        )
        .scalar_subquery()
    )
    votes = (
        select(func.count())
        .where(ThemeVote.proposal_id == ThemeProposal.id)
        .correlate(ThemeProposal)
        .scalar_subquery()
    )
    voted = (
        select(ThemeVote.participant_id)
        .where(ThemeVote.proposal_id == ThemeProposal.id, ThemeVote.participant_id == mine)
        .correlate(ThemeProposal)
        .exists()
    )
    rows = session.execute(
        select(
            ThemeProposal.id,
            ThemeProposal.text,
            votes.label("votes"),
            voted.label("voted"),
            (ThemeProposal.participant_id == mine).label("mine"),
        )
        .where(ThemeProposal.session_id == session_id, ThemeProposal.text.is_not(None))
        .order_by(votes.desc(), ThemeProposal.id)
        .limit(60)
    )
    return [Proposed(r.id, r.text or "", r.votes, r.voted, bool(r.mine)) for r in rows]


@dataclass(frozen=True, slots=True)
class Offered:
    """A case in the queue.

    Attributes:
        title: of a written one that can still be read; '' for one that is told.
        case_url: where it is read, and the reading written down.
        gone: it was a written one, and cannot be read any more.
        take_back: the actor can take it back, as long as it waits.
    """

    id: int
    state: str
    question: str
    title: str
    case_url: str | None
    gone: bool
    who: Person
    take_back: bool


def queue(session: Session, actor: Actor, session_id: int) -> list[Offered]:
    """The cases of a session: the active one first, then those that wait, then what is done."""
    takes_back = OFFERS.clause(actor, OfferPermission.TAKE_BACK)
    rows = session.execute(
        select(CaseOffer, Case, takes_back.label("take_back"), *PERSON)
        .join(SessionParticipant, SessionParticipant.id == CaseOffer.participant_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .outerjoin(Case, (Case.id == CaseOffer.case_id) & CASES.clause(actor, CasePermission.READ))
        .where(CaseOffer.session_id == session_id, CaseOffer.state != OfferState.TAKEN_BACK)
        .order_by(CaseOffer.id)
        .limit(60)
    ).all()
    order = [OfferState.ACTIVE, OfferState.OFFERED, OfferState.DONE]
    found = [_offered(row, actor) for row in rows]
    return sorted(found, key=lambda each: order.index(OfferState(each.state)))


def _offered(row: Any, actor: Actor) -> Offered:
    one, case = row[0], row[1]
    return Offered(
        id=one.id,
        state=one.state,
        question=(case.question if case is not None else one.question) or "",
        title=(case.title if case is not None else "") or "",
        case_url=f"/casussen/{case.id}" if case is not None else None,
        gone=case is None and one.question is None,
        who=person(row, actor),
        take_back=bool(row.take_back),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody was asked for a case in this session."""

    id: int
    who: Person
    mine: bool
    answer: str | None

    @property
    def waits(self) -> bool:
        return self.answer is None

    @property
    def passed(self) -> bool:
        return self.answer == AskAnswer.PASSES


def asks(session: Session, actor: Actor, session_id: int) -> list[Asked]:
    rows = session.execute(
        select(CaseAsk, is_me(actor).label("mine"), *PERSON)
        .join(SessionParticipant, SessionParticipant.id == CaseAsk.participant_id)
        .join(Persona, Persona.id == SessionParticipant.persona_id)
        .where(CaseAsk.session_id == session_id)
        .order_by(CaseAsk.id)
    )
    return [Asked(row[0].id, person(row, actor), bool(row.mine), row[0].answer) for row in rows]


@dataclass(frozen=True, slots=True)
class Held:
    """A session in a group's overview, and what came of what was taken along: of all together."""

    id: int
    when: str
    theme: str
    method: str
    there: int
    done: int
    dropped: int
    still_open: int
    outcomes: list[str]


def overview(
    session: Session, actor: Actor, circle_id: int, before_id: int | None = None
) -> tuple[list[Held], int | None]:
    """The group's sessions that the actor was at, latest first; two queries.

    Never who did what: it is about what the sessions yielded.
    """
    there = (
        select(func.count())
        .where(
            SessionParticipant.session_id == GroupSession.id,
            SessionParticipant.there_at.is_not(None),
            SessionParticipant.removed_at.is_(None),
        )
        .correlate(GroupSession)
        .scalar_subquery()
    )
    wanted = (
        select(GroupSession, Gathering.starts_at, Gathering.ends_at, there.label("there"))
        .join(Gathering, Gathering.id == GroupSession.gathering_id)
        .where(GroupSession.circle_id == circle_id, GroupSession.state == SessionState.CLOSED)
        .where(SESSIONS.clause(actor, SessionPermission.READ))
        .order_by(GroupSession.id.desc())
        .limit(PAGE + 1)
    )
    if before_id is not None:
        wanted = wanted.where(GroupSession.id < before_id)
    rows = session.execute(wanted).all()
    shown = rows[:PAGE]
    taken: dict[int, list[FollowUp]] = {}
    for one in session.scalars(
        select(FollowUp)
        .where(FollowUp.session_id.in_([row[0].id for row in shown]))
        .where(FOLLOW_UPS.clause(actor, FollowUpPermission.READ))
        .order_by(FollowUp.id)
    ):
        taken.setdefault(one.session_id, []).append(one)
    found = [
        _held(row[0], row.starts_at, row.ends_at, row.there, taken.get(row[0].id, []))
        for row in shown
    ]
    return found, found[-1].id if len(rows) > PAGE else None


def _held(
    its: GroupSession, starts_at: datetime, ends_at: datetime, there: int, taken: list[FollowUp]
) -> Held:
    done = sum(each.done_at is not None for each in taken)
    dropped = sum(each.dropped_at is not None for each in taken)
    return Held(
        id=its.id,
        when=when.spoken(starts_at, ends_at),
        theme=its.theme or "",
        method=str(methods.from_json(its.method).name),
        there=there,
        done=done,
        dropped=dropped,
        still_open=len(taken) - done - dropped,
        outcomes=[each.outcome for each in taken if each.outcome][:MOST_OUTCOMES],
    )
