"""A series that dries up asks its members whether to go on [D].

When a group has met, has nothing planned and looks for no date, and twice its rhythm has passed
since it met last, everybody in it is asked once. It met when a session was closed on the screen, or
when a date of it that was certain has been. What each says is counted, never named.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, case, exists, func, or_, select
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.gatherings.poll_models import DatePoll
from cop.groups.models import Group
from cop.intervisie.models import GoOn, GoOnAnswer, GoOnQuestion
from cop.members.actor import Actor
from cop.notifications.operations import notify
from cop.platform.db import rows
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job
from cop.sessions.mails import something_waits
from cop.sessions.models import GroupSession
from cop.spaces.circles import in_circle, members_of

USUAL_WEEKS = 6
RHYTHMS = 2  # so many times without a session: the series dries up
LONGEST_SINCE = timedelta(days=2 * 365)  # what ended long ago is not asked about
BATCH = 20


@job("intervisie.dries_up", every=6 * 3600)
def look_for_dry_series(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Ask every group whose series dries up, once until it meets again."""
    closed = (
        select(func.max(GroupSession.closed_at))
        .where(GroupSession.circle_id == Group.circle_id)
        .correlate(Group)
        .scalar_subquery()
    )
    met = (
        select(func.max(Gathering.ends_at))
        .where(Gathering.circle_id == Group.circle_id, Gathering.ends_at <= now)
        .where(Gathering.cancelled_at.is_(None), ~Gathering.provisional)
        .correlate(Group)
        .scalar_subquery()
    )
    last = case((closed.is_(None), met), (met.is_(None), closed), (met > closed, met), else_=closed)
    looks = exists().where(
        DatePoll.circle_id == Group.circle_id,
        DatePoll.closed_at.is_(None),
        DatePoll.closes_at > now,
    )
    planned = exists().where(
        Gathering.circle_id == Group.circle_id,
        Gathering.ends_at > now,
        Gathering.cancelled_at.is_(None),
    )
    asked = exists().where(GoOnQuestion.circle_id == Group.circle_id, GoOnQuestion.at > last)
    silent = select(Group, last.label("last")).where(
        Group.archived_at.is_(None), last.is_not(None), last > now - LONGEST_SINCE
    )
    rows = session.execute(
        silent.where(~planned, ~looks, ~asked).order_by(Group.id).with_for_update(of=Group)
    ).all()
    due = [group for group, at in rows if at is not None and at <= now - _patience(group)]
    for group in due[:BATCH]:
        question = GoOnQuestion(circle_id=group.circle_id, at=now)
        session.add(question)
        session.flush()
        _ask(session, question, now)


def _patience(group: Group) -> timedelta:
    return timedelta(weeks=RHYTHMS * (group.every_weeks or USUAL_WEEKS))


def _ask(session: Session, question: GoOnQuestion, now: datetime) -> None:
    key = f"intervisie.go_on:{question.id}"
    members = members_of(session, question.circle_id)
    notify(
        session,
        member_ids=members,
        kind="intervisie.go_on",
        key=key,
        subject_id=question.id,
        now=now,
    )
    for member_id in members:
        url = f"/intervisie/doorgaan/{question.id}"
        something_waits(session, member_id, f"{key}:{member_id}", url, now)


def question_of(session: Session, actor: Actor, question_id: int) -> GoOnQuestion:
    """The question to a group that the actor is in.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(GoOnQuestion).where(
            GoOnQuestion.id == question_id, in_circle(actor, GoOnQuestion.circle_id)
        )
    )
    if found is None:
        raise NotFound
    return found


def answer(session: Session, actor: Actor, question_id: int, says: str, now: datetime) -> None:
    """Say whether one wants to go on; again replaces it.

    Raises:
        NotFound: not asked.
        Refused: none of the answers.
    """
    question_of(session, actor, question_id)
    if says not in set(GoOn) or actor.member_id is None:
        raise Refused(_("Choose one of these."), "says")
    mine = session.get(GoOnAnswer, (question_id, actor.member_id))
    if mine is None:
        mine = GoOnAnswer(question_id=question_id, member_id=actor.member_id)
        session.add(mine)
    mine.says, mine.at = says, now
    session.flush()


def answers(session: Session, question_id: int) -> Counter[str]:
    """How many said what."""
    rows = session.execute(
        select(GoOnAnswer.says, func.count())
        .where(GoOnAnswer.question_id == question_id)
        .group_by(GoOnAnswer.says)
    )
    return Counter({row[0]: row[1] for row in rows})


def mine(session: Session, actor: Actor, question_id: int) -> str | None:
    return session.scalar(
        select(GoOnAnswer.says).where(
            GoOnAnswer.question_id == question_id, GoOnAnswer.member_id == actor.member_id
        )
    )


def unanswered(session: Session, actor: Actor) -> Sequence[Any]:
    """Questions (id, at) that the actor has not answered, for the home page; one query."""
    return rows(session, _unanswered(actor.left_open), {"me": actor.member_id}).all()


@cache
def _unanswered(kind: Actor) -> Select[*tuple[Any, ...]]:
    said = exists().where(
        GoOnAnswer.question_id == GoOnQuestion.id, GoOnAnswer.member_id == kind.member_id
    )
    later = exists().where(
        or_(
            GroupSession.closed_at > GoOnQuestion.at,
            GroupSession.created_at > GoOnQuestion.at,
        ),
        GroupSession.circle_id == GoOnQuestion.circle_id,
    )
    return (
        select(GoOnQuestion.id, GoOnQuestion.at)
        .where(in_circle(kind, GoOnQuestion.circle_id), ~said, ~later)
        .order_by(GoOnQuestion.id.desc())
        .limit(3)
    )
