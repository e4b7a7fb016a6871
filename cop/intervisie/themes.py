"""One theme for a session: proposed by who takes part, each with one vote [E]."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.intervisie.models import ThemeProposal, ThemeVote
from cop.intervisie.permissions import PROPOSALS, ProposalPermission
from cop.members.actor import Actor
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.sessions.among import good_key, held, me, tell
from cop.sessions.events import SessionStarted
from cop.sessions.models import GroupSession, SessionState
from cop.sessions.permissions import SessionPermission
from cop.sessions.writing import checked
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_THEME = 160
MOST_PROPOSALS = 5  # of one participant


def propose(
    session: Session,
    actor: Actor,
    session_id: int,
    text: str,
    key: str,
    now: datetime,
    anyway: bool = False,
) -> ThemeProposal:
    """Propose a theme and vote for it; under the same key it is the same one.

    Raises:
        NotFound: the actor takes no part.
        Refused: no words, too many, or more than a few proposals.
    """
    held(session, actor, SessionPermission.PREPARE, session_id)
    mine = me(session, actor, session_id)
    own = session.scalars(
        select(ThemeProposal).where(ThemeProposal.participant_id == mine.id)
    ).all()
    for made in own:
        if made.key == good_key(key):
            return made
    if sum(made.text is not None for made in own) >= MOST_PROPOSALS:
        raise Refused(_("Five proposals are enough; take one back first."), "theme")
    text = checked(text, MOST_THEME, "theme")
    ask_author([text], Purpose.SESSION, anyway)
    made = ThemeProposal(
        session_id=session_id, participant_id=mine.id, text=text, key=good_key(key), at=now
    )
    session.add(made)
    session.flush()
    if session.get(ThemeVote, mine.id) is None:
        session.add(ThemeVote(participant_id=mine.id, proposal_id=made.id))
        session.flush()
    tell(session, session_id, "theme", made.id, now)
    return made


def vote(session: Session, actor: Actor, proposal_id: int, now: datetime) -> None:
    """Give one's one vote to this theme; it moves when it was elsewhere.

    Raises:
        NotFound: there is no such proposal, or the actor takes no part.
    """
    proposal = PROPOSALS.get(session, actor, ProposalPermission.VOTE, proposal_id)
    held(session, actor, SessionPermission.PREPARE, proposal.session_id)
    mine = me(session, actor, proposal.session_id)
    given = session.get(ThemeVote, mine.id)
    if given is None:
        session.add(ThemeVote(participant_id=mine.id, proposal_id=proposal_id))
    else:
        given.proposal_id = proposal_id
    session.flush()
    tell(session, proposal.session_id, "theme", proposal_id, now)


def strike(session: Session, actor: Actor, proposal_id: int, now: datetime) -> ThemeProposal:
    """Take one's own proposal back, with the votes for it; settled before it began, it is not.

    Raises:
        NotFound: not the actor's own.
    """
    proposal = PROPOSALS.get(session, actor, ProposalPermission.STRIKE, proposal_id)
    its = held(session, actor, SessionPermission.PREPARE, proposal.session_id)
    if its.state == SessionState.PREPARED and its.theme == proposal.text:
        its.theme = None
    proposal.text = None
    for given in session.scalars(select(ThemeVote).where(ThemeVote.proposal_id == proposal_id)):
        session.delete(given)
    session.flush()
    tell(session, proposal.session_id, "theme", proposal_id, now)
    return proposal


def choose(session: Session, actor: Actor, proposal_id: int, now: datetime) -> GroupSession:
    """Settle the theme of the session.

    Raises:
        NotFound: the actor does not lead it.
    """
    proposal = PROPOSALS.get(session, actor, ProposalPermission.CHOOSE, proposal_id)
    its = held(session, actor, SessionPermission.LEAD, proposal.session_id)
    its.theme = proposal.text
    session.flush()
    tell(session, its.id, "theme", proposal_id, now)
    return its


def leading(session: Session, session_id: int) -> ThemeProposal | None:
    """The theme with the most votes, of several the one proposed first."""
    votes = (
        select(ThemeVote.proposal_id, func.count().label("votes"))
        .group_by(ThemeVote.proposal_id)
        .subquery()
    )
    return session.scalar(
        select(ThemeProposal)
        .outerjoin(votes, votes.c.proposal_id == ThemeProposal.id)
        .where(ThemeProposal.session_id == session_id, ThemeProposal.text.is_not(None))
        .order_by(func.coalesce(votes.c.votes, 0).desc(), ThemeProposal.id)
        .limit(1)
    )


@on(SessionStarted)
def settle(session: Session, event: SessionStarted, now: datetime) -> None:
    """Where nobody settled it, the votes do when the session begins."""
    its = session.get(GroupSession, event.session_id, with_for_update=True)
    if its is None or its.theme is not None:
        return
    found = leading(session, its.id)
    if found is not None:
        its.theme = found.text
        tell(session, its.id, "theme", found.id, now)
