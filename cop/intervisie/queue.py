"""The queue of cases of a session, with one active, and asking for one, fairly."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cop.cases.models import Case
from cop.cases.permissions import CASES, CasePermission
from cop.intervisie import fairness, undoing
from cop.intervisie.fairness import Turn
from cop.intervisie.models import AskAnswer, CaseAsk, CaseOffer, CaseTurn, OfferState, Pressed
from cop.intervisie.permissions import ASKS, OFFERS, AskPermission, OfferPermission
from cop.members.actor import Actor
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.sessions import holding, seating, stepping
from cop.sessions.among import gives_signs, good_key, held, me, tell
from cop.sessions.models import GroupSession, SessionParticipant, SessionState
from cop.sessions.permissions import SessionPermission
from cop.sessions.writing import checked
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_QUESTION = 500
MOST_OFFERS = 3  # of one participant that wait


def own_cases(session: Session, actor: Actor, circle_id: int) -> list[tuple[int, str]]:
    """The actor's own cases that are shared with this group."""
    rows = session.execute(
        select(Case.id, Case.title)
        .where(Case.circle_id == circle_id, CASES.clause(actor, CasePermission.CLOSE))
        .order_by(Case.shared_at.desc())
        .limit(20)
    )
    return [(row.id, row.title or "") for row in rows]


def offer(
    session: Session,
    actor: Actor,
    session_id: int,
    key: str,
    now: datetime,
    *,
    case_id: int | None = None,
    question: str = "",
    anyway: bool = False,
    who: int | None = None,
) -> CaseOffer:
    """Put a case into the queue; under the same key it is the same one.

    Args:
        case_id: one of the actor's own that is shared with the group; None for one that they will
            tell, of which only the learning question is written.
        who: the participant at the table without a screen who will tell it, noted by who leads;
            None for the actor's own.

    Raises:
        NotFound: the actor takes no part, or does not lead and brings it for somebody else.
        Refused: no such case, no question, too long, several wait already, or whose it is has a
            screen now.
    """
    its = held(session, actor, SessionPermission.PREPARE, session_id)
    mine = me(session, actor, session_id)
    author = seating.whose(session, mine, who)
    own = session.scalars(select(CaseOffer).where(CaseOffer.participant_id == author.id)).all()
    for made in own:
        if made.key == good_key(key):
            return made
    seating.must_sit(session, author, mine)
    if sum(made.state == OfferState.OFFERED for made in own) >= MOST_OFFERS:
        raise Refused(_("Three of your cases wait already."), "question")
    if case_id is not None:
        if author is not mine:
            raise Refused(_("Whoever brings it tells it: write down their question."), "case")
        if case_id not in dict(own_cases(session, actor, its.circle_id)):
            raise Refused(_("Choose one of your own cases that this group can read."), "case")
        if any(o.case_id == case_id and o.state != OfferState.TAKEN_BACK for o in own):
            raise Refused(_("This case is in the queue already."), "case")
    else:
        question = checked(question, MOST_QUESTION, "question")
        ask_author([question], Purpose.SESSION, anyway)
    made = CaseOffer(
        session_id=session_id,
        participant_id=author.id,
        case_id=case_id,
        question=None if case_id is not None else question,
        key=good_key(key),
        at=now,
    )
    session.add(made)
    _answer(session, session_id, author.id, AskAnswer.BRINGS)
    session.flush()
    tell(session, session_id, "queue", made.id, now)
    return made


def take_back(session: Session, actor: Actor, offer_id: int, now: datetime) -> CaseOffer:
    """Take one's own case out of the queue, before it is its turn.

    Raises:
        NotFound: neither the actor's own nor noted for who has no screen, or it is active or done.
    """
    made = _held(session, actor, OfferPermission.TAKE_BACK, offer_id)
    made.state, made.question = OfferState.TAKEN_BACK, None
    session.flush()
    tell(session, made.session_id, "queue", offer_id, now)
    return made


def activate(session: Session, actor: Actor, offer_id: int, now: datetime) -> CaseOffer:
    """Turn to this case: the one before is done, who brings it presents.

    When a case was active while the session goes on, the steps begin anew. The active case again
    changes nothing.

    Raises:
        NotFound: the actor does not lead it, or it does not wait.
    """
    found = OFFERS.get(session, actor, OfferPermission.ACTIVATE, offer_id)
    its = held(session, actor, SessionPermission.LEAD, found.session_id)
    found = _held(session, actor, OfferPermission.ACTIVATE, offer_id)
    if found.state == OfferState.ACTIVE:
        return found
    was, one = active(session, its.id), session.get_one(SessionParticipant, found.participant_id)
    before = undoing.before_case(session, its, was, one)
    if was is not None:
        was.state = OfferState.DONE
        session.flush()
        if its.state == SessionState.RUNNING:
            stepping.begin_again(session, actor, its.id, its.round, now)
    found.state = OfferState.ACTIVE
    session.flush()
    holding.presents(session, its.id, one, now)
    if one.member_id is not None:
        turns = turns_of(session, its.circle_id)
        _keep(session, its.circle_id, one.member_id, fairness.brought(turns, one.member_id, now))
    undoing.note(session, its, Pressed.CASE, offer_id, one, before, now)
    tell(session, its.id, "queue", offer_id, now)
    return found


def _held(session: Session, actor: Actor, permission: OfferPermission, offer_id: int) -> CaseOffer:
    """The offer, its row held until the end of the transaction, as it is now.

    Raises:
        NotFound: the actor does not hold the permission, also when that just changed.
    """
    session.get(CaseOffer, offer_id, with_for_update=True, populate_existing=True)
    return OFFERS.get(session, actor, permission, offer_id)


def active(session: Session, session_id: int) -> CaseOffer | None:
    """The case that the session is about now."""
    return session.scalar(
        select(CaseOffer).where(
            CaseOffer.session_id == session_id, CaseOffer.state == OfferState.ACTIVE
        )
    )


def ask_first(session: Session, actor: Actor, session_id: int, now: datetime) -> CaseAsk | None:
    """Ask whoever has brought none for longest; None when everybody was asked.

    While somebody is being asked nobody else is: pressed twice it asks one.

    Raises:
        NotFound: the actor does not lead it.
    """
    its = held(session, actor, SessionPermission.LEAD, session_id)
    asks = session.scalars(select(CaseAsk).where(CaseAsk.session_id == session_id)).all()
    people = _can_be_asked(session, its, now)
    waiting = next((ask for ask in asks if ask.answer is None), None)
    passed = None
    if waiting is not None:
        if waiting.participant_id in {one.id for one in people}:
            return waiting
        waiting.answer, passed = AskAnswer.PASSES, waiting.id  # they left, or did not come
    by_member = {one.member_id: one for one in people if one.member_id is not None}
    offered = select(CaseOffer.participant_id).where(
        CaseOffer.session_id == session_id, CaseOffer.state != OfferState.TAKEN_BACK
    )
    done = {ask.participant_id for ask in asks} | set(session.scalars(offered))
    turns = turns_of(session, its.circle_id)
    member_id = fairness.next_to_ask(
        turns, list(by_member), {m for m, one in by_member.items() if one.id in done}
    )
    if member_id is None:
        return None
    one = by_member[member_id]
    before = undoing.before_ask(session, its, passed, one)
    made = CaseAsk(session_id=session_id, participant_id=one.id, at=now)
    session.add(made)
    _keep(session, its.circle_id, member_id, fairness.was_asked(turns, member_id))
    session.flush()
    undoing.note(session, its, Pressed.ASK, made.id, one, before, now)
    tell(session, session_id, "ask", made.id, now)
    return made


def pass_on(session: Session, actor: Actor, ask_id: int, now: datetime) -> CaseAsk:
    """Not this time; no reason is asked. Who leads writes it down for who has no screen.

    Raises:
        NotFound: it was not the actor who was asked, and they do not lead.
    """
    ask = ASKS.get(session, actor, AskPermission.ANSWER, ask_id)
    # Held as by who takes the question back, so that it is not answered while it goes.
    session.get(GroupSession, ask.session_id, with_for_update=True, populate_existing=True)
    ask = ASKS.get_for_change(session, actor, AskPermission.ANSWER, ask_id)
    if ask.answer is None:
        ask.answer = AskAnswer.PASSES
        session.flush()
        tell(session, ask.session_id, "ask", ask.id, now)
    return ask


def turns_of(session: Session, circle_id: int) -> dict[int, Turn]:
    """Everybody's turn in a group, by member."""
    rows = session.scalars(select(CaseTurn).where(CaseTurn.circle_id == circle_id))
    return {row.member_id: Turn(row.asked_round, row.brought_at) for row in rows}


def _keep(session: Session, circle_id: int, member_id: int, turn: Turn) -> None:
    row = session.get(CaseTurn, (circle_id, member_id))
    if row is None:
        row = CaseTurn(circle_id=circle_id, member_id=member_id)
        session.add(row)
    row.asked_round, row.brought_at = turn.asked_round, turn.brought_at
    session.flush()


def _can_be_asked(
    session: Session, its: GroupSession, now: datetime
) -> Sequence[SessionParticipant]:
    """Who could bring a case: while it is held only who came, whatever they prepared at home."""
    one = SessionParticipant
    could = select(one).where(
        one.session_id == its.id,
        one.removed_at.is_(None),
        one.left_at.is_(None),
        one.member_id.is_not(None),
        one.leads.is_(False),
    )
    if its.state == SessionState.RUNNING:
        could = could.where(or_(one.there_at.is_not(None), gives_signs(now)))
    return session.scalars(could.order_by(one.id)).all()


def _answer(session: Session, session_id: int, participant_id: int, answer: AskAnswer) -> None:
    ask = session.scalar(
        select(CaseAsk).where(
            CaseAsk.session_id == session_id,
            CaseAsk.participant_id == participant_id,
            CaseAsk.answer.is_(None),
        )
    )
    if ask is not None:
        ask.answer = answer
