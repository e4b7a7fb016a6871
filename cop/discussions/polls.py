"""Polls in discussions: asking, voting, closing, and what came of it.

Who may answer in the discussion may vote, one member one vote, changed as often as one likes until
it closes. Only numbers are shown, to nobody whose vote is whose.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, null, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList
from cop.discussions.operations import circle_id_of, persona_id_in
from cop.discussions.permissions import DISCUSSIONS, DiscussionPermission
from cop.discussions.poll_models import Choice, ChoiceAnswer, ChoicePoll, ChoiceVoter
from cop.gatherings.poll_queries import last_day
from cop.gatherings.voting import Ballots, end_of, refuse_if_closed
from cop.members.actor import Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.platform.blank import one_line
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on
from cop.spaces import events as spaces
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

BALLOTS = Ballots(ChoicePoll, ChoiceVoter, ChoiceAnswer)

LEAST, MOST = 2, 20  # choices
LONGEST_QUESTION, LONGEST_CHOICE = 200, 120
FURTHEST = timedelta(days=366)
EVERY = 60.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a poll's form says."""

    question: str
    choices: Iterable[str]
    several: bool
    hidden: bool
    closes_on: date


def ask(
    session: Session,
    actor: Actor,
    discussion_id: int,
    asked: Question,
    now: datetime,
    anyway: bool = False,
) -> ChoicePoll:
    """Put a poll at the top of a discussion.

    Raises:
        NotFound: the actor neither started it nor coordinates its list.
        Refused: there is one, the discussion is closed, or something cannot be.
    """
    DISCUSSIONS.get(session, actor, DiscussionPermission.TEND, discussion_id)
    discussion = session.get_one(
        Discussion, discussion_id, with_for_update=True, populate_existing=True
    )
    if discussion.closed_at is not None:
        raise Refused(_("This conversation is closed."))
    if of(session, discussion_id) is not None:
        raise Refused(_("There is a poll here already."))
    question, labels, closes_at = _checked(asked, now)
    ask_author([question, *labels], Purpose.POST, anyway)
    poll = ChoicePoll(
        discussion_id=discussion_id,
        question=question,
        several=asked.several,
        hidden=asked.hidden,
        created_at=now,
        closes_at=closes_at,
    )
    session.add(poll)
    session.flush()
    session.add_all(
        Choice(poll_id=poll.id, position=n, label=label) for n, label in enumerate(labels, 1)
    )
    session.flush()
    return poll


def vote(
    session: Session, actor: Actor, discussion_id: int, chosen: Collection[int], now: datetime
) -> None:
    """Vote; a second time replaces the first.

    Args:
        chosen: ids of choices; those of other polls are not counted.

    Raises:
        NotFound: the actor may not answer there, or there is no poll.
        Refused: it is closed, nothing was chosen, or more than one where one may.
    """
    discussion = DISCUSSIONS.get(session, actor, DiscussionPermission.ANSWER, discussion_id)
    found = of(session, discussion_id)
    if found is None:
        raise NotFound
    poll: ChoicePoll = BALLOTS.locked(session, found.id)
    refuse_if_closed(poll, now)
    known = set(session.scalars(select(Choice.id).where(Choice.poll_id == poll.id)))
    wanted = sorted(known & set(chosen))
    if not wanted:
        raise Refused(_("Choose something first."))
    if len(wanted) > 1 and not poll.several:
        raise Refused(_("Choose one of these, please."))
    voter = BALLOTS.of(session, poll.id, actor.member_id)
    if voter is None:
        persona_id = persona_id_in(session, actor, circle_id_of(session, discussion))
        voter = ChoiceVoter(poll_id=poll.id, member_id=actor.member_id, persona_id=persona_id)
    BALLOTS.put(session, voter, [ChoiceAnswer(choice_id=id) for id in wanted], now)


def close(session: Session, actor: Actor, discussion_id: int, now: datetime) -> None:
    """Take no more votes; closed already, nothing changes.

    Raises:
        NotFound: the actor does not tend the discussion, or there is no poll.
    """
    DISCUSSIONS.get(session, actor, DiscussionPermission.TEND, discussion_id)
    found = of(session, discussion_id)
    if found is None:
        raise NotFound
    poll = BALLOTS.locked(session, found.id)
    poll.closed_at = poll.closed_at or now
    session.flush()


def take_away(session: Session, actor: Actor, discussion_id: int) -> None:
    """Take a poll away that nobody voted in yet.

    Raises:
        NotFound: the actor does not tend the discussion, or there is no poll.
        Refused: somebody voted.
    """
    DISCUSSIONS.get(session, actor, DiscussionPermission.TEND, discussion_id)
    found = of(session, discussion_id)
    if found is None:
        raise NotFound
    BALLOTS.locked(session, found.id)
    if BALLOTS.number(session, found.id):
        raise Refused(_("People have voted already; you can close it."))
    session.execute(delete(Choice).where(Choice.poll_id == found.id))
    session.delete(found)
    session.flush()


def of(session: Session, discussion_id: int) -> ChoicePoll | None:
    """The poll of a discussion; the caller asks who may see it."""
    return session.scalar(select(ChoicePoll).where(ChoicePoll.discussion_id == discussion_id))


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """One choice; `votes` None where the outcome is hidden."""

    id: int
    label: str
    mine: bool
    votes: int | None


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll as the top of a discussion shows it."""

    question: str
    several: bool
    hidden: bool
    is_open: bool
    last_day: datetime
    voters: int
    voted: bool
    choices: list[ChoiceView]

    @property
    def shows_outcome(self) -> bool:
        return not (self.hidden and self.is_open)


def view(session: Session, actor: Actor, discussion_id: int, now: datetime) -> PollView | None:
    """The poll of a discussion that the actor reads; one query, three when there is one."""
    poll = of(session, discussion_id)
    if poll is None:
        return None
    is_open = poll.closed_at is None and poll.closes_at > now
    mine = (
        select(ChoiceAnswer.choice_id)
        .join(ChoiceVoter, ChoiceVoter.id == ChoiceAnswer.voter_id)
        .where(ChoiceVoter.poll_id == poll.id)
        .where(ChoiceVoter.member_id == (actor.member_id if actor.is_member else null()))
        .subquery()
    )
    votes = (
        select(ChoiceAnswer.choice_id, func.count().label("votes"))
        .join(Choice, Choice.id == ChoiceAnswer.choice_id)
        .where(Choice.poll_id == poll.id)
        .group_by(ChoiceAnswer.choice_id)
        .subquery()
    )
    rows = session.execute(
        select(Choice.id, Choice.label, mine.c.choice_id.label("mine"), votes.c.votes)
        .outerjoin(mine, mine.c.choice_id == Choice.id)
        .outerjoin(votes, votes.c.choice_id == Choice.id)
        .where(Choice.poll_id == poll.id)
        .order_by(Choice.position)
    ).all()
    shown = not (poll.hidden and is_open)
    return PollView(
        question=poll.question,
        several=poll.several,
        hidden=poll.hidden,
        is_open=is_open,
        last_day=last_day(poll.closed_at or poll.closes_at),
        voters=BALLOTS.number(session, poll.id),
        voted=any(row.mine is not None for row in rows),
        choices=[
            ChoiceView(row.id, row.label, row.mine is not None, (row.votes or 0) if shown else None)
            for row in rows
        ],
    )


# --- in the worker ---


@job("discussions.close_polls", every=EVERY)
def close_due(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    BALLOTS.close_due(session, now)


@on(MemberLeft)
def forget_own_votes(session: Session, event: MemberLeft, _now: datetime) -> None:
    BALLOTS.forget_persona(session, event.persona_id)


@on(PseudonymEnds)
def forget_votes(session: Session, event: PseudonymEnds, _now: datetime) -> None:
    BALLOTS.forget_persona(session, event.persona_id)


@on(spaces.Left)
def drop_who_left(session: Session, event: spaces.Left, _now: datetime) -> None:
    _drop(session, event.circle_id)


@on(spaces.VisibilityChanged)
def drop_outsiders(session: Session, event: spaces.VisibilityChanged, _now: datetime) -> None:
    _drop(session, event.circle_id)


def _drop(session: Session, circle_id: int) -> None:
    here = select(Discussion.id).join(DiscussionList, DiscussionList.id == Discussion.list_id)
    here = here.where(DiscussionList.circle_id == circle_id)
    BALLOTS.drop_who_may_not_read(session, circle_id, ChoicePoll.discussion_id.in_(here))


def _checked(asked: Question, now: datetime) -> tuple[str, list[str], datetime]:
    question = one_line(asked.question)
    labels = list(dict.fromkeys(filter(None, map(one_line, asked.choices))))
    if not question:
        raise Refused(_("What do you ask?"), "question")
    if len(question) > LONGEST_QUESTION:
        raise Refused(
            _("Keep it to %(most)s characters, please.", most=LONGEST_QUESTION), "question"
        )
    if not LEAST <= len(labels) <= MOST:
        raise Refused(
            _(
                "Write from %(least)s to %(most)s choices, each on its own line.",
                least=LEAST,
                most=MOST,
            ),
            "choices",
        )
    if any(len(label) > LONGEST_CHOICE for label in labels):
        raise Refused(
            _("Keep each to %(most)s characters, please.", most=LONGEST_CHOICE), "choices"
        )
    closes_at = end_of(asked.closes_on)
    if closes_at <= now:
        raise Refused(_("This day has passed already."), "closes_on")
    if closes_at > now + FURTHEST:
        raise Refused(_("That is more than a year away."), "closes_on")
    return question, labels, closes_at
