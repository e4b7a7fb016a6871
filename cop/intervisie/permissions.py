"""Who may do what with themes and the queue: whoever takes part; what is one's own, oneself."""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from cop.intervisie.models import CaseAsk, CaseOffer, OfferState, ThemeProposal
from cop.members.actor import Actor
from cop.platform.policy import Policy
from cop.sessions.models import GroupSession, SessionParticipant
from cop.sessions.permissions import (
    SESSIONS,
    SessionPermission,
    participant_is_me,
    without_screen,
)


def _in_session(
    actor: Actor, session_id: InstrumentedAttribute[int], permission: SessionPermission
) -> ColumnElement[bool]:
    held = select(GroupSession.id).where(SESSIONS.clause(actor, permission))
    return session_id.in_(held.correlate(None))


class ProposalPermission(StrEnum):
    CHOOSE = "choose"  # the facilitator settles it
    STRIKE = "strike"
    VOTE = "vote"


PROPOSALS: Policy[Actor, ThemeProposal] = Policy(
    ThemeProposal,
    {
        ProposalPermission.CHOOSE: (
            lambda actor: and_(
                ThemeProposal.text.is_not(None),
                _in_session(actor, ThemeProposal.session_id, SessionPermission.LEAD),
            ),
        ),
        ProposalPermission.STRIKE: (
            lambda actor: and_(
                participant_is_me(actor, ThemeProposal.participant_id),
                _in_session(actor, ThemeProposal.session_id, SessionPermission.PREPARE),
            ),
        ),
        ProposalPermission.VOTE: (
            lambda actor: and_(
                ThemeProposal.text.is_not(None),
                _in_session(actor, ThemeProposal.session_id, SessionPermission.PREPARE),
            ),
        ),
    },
)


class OfferPermission(StrEnum):
    ACTIVATE = "activate"
    TAKE_BACK = "take_back"


def _noted_for_them(actor: Actor) -> ColumnElement[bool]:
    """The actor leads, and whoever tells this case has no screen to take it back on."""
    author = aliased(SessionParticipant)
    return and_(
        CaseOffer.case_id.is_(None),
        exists().where(author.id == CaseOffer.participant_id, without_screen(author)),
        _in_session(actor, CaseOffer.session_id, SessionPermission.LEAD),
    )


OFFERS: Policy[Actor, CaseOffer] = Policy(
    CaseOffer,
    {
        OfferPermission.ACTIVATE: (
            lambda actor: and_(
                CaseOffer.state.in_((OfferState.OFFERED, OfferState.ACTIVE)),
                _in_session(actor, CaseOffer.session_id, SessionPermission.LEAD),
            ),
        ),
        OfferPermission.TAKE_BACK: (
            lambda actor: and_(
                or_(participant_is_me(actor, CaseOffer.participant_id), _noted_for_them(actor)),
                CaseOffer.state.in_((OfferState.OFFERED, OfferState.TAKEN_BACK)),
                _in_session(actor, CaseOffer.session_id, SessionPermission.PREPARE),
            ),
        ),
    },
)


class AskPermission(StrEnum):
    ANSWER = "answer"  # who was asked; who leads writes down what they said


ASKS: Policy[Actor, CaseAsk] = Policy(
    CaseAsk,
    {
        AskPermission.ANSWER: (
            lambda actor: and_(
                participant_is_me(actor, CaseAsk.participant_id),
                _in_session(actor, CaseAsk.session_id, SessionPermission.PREPARE),
            ),
            lambda actor: _in_session(actor, CaseAsk.session_id, SessionPermission.LEAD),
        ),
    },
)
