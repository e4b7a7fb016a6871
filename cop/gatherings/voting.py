"""What looking for a date and a poll in a discussion share: one ballot for each who votes.

A second answer replaces the first; a poll closes itself at a date; a name that is given up takes
its answers along, and who may no longer read does not count. The tables are each room's own: with
`poll.closes_at` and `closed_at`, `voter.poll_id`, `member_id` and `persona_id`, and
`answer.voter_id`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, literal, select
from sqlalchemy.orm import Session

from cop.gatherings import when
from cop.members.models import Member
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.spaces.circles import reading_members


@dataclass(frozen=True, slots=True)
class Ballots:
    """The three tables of one kind of poll."""

    poll: Any
    voter: Any
    answer: Any

    def locked(self, session: Session, poll_id: int) -> Any:
        """The poll's row as it is now, held until the end of the transaction."""
        return session.get_one(self.poll, poll_id, with_for_update=True, populate_existing=True)

    def of(self, session: Session, poll_id: int, member_id: int | None) -> Any | None:
        """The ballot of a member; None when they have not voted."""
        return session.scalar(
            select(self.voter).where(
                self.voter.poll_id == poll_id, self.voter.member_id == member_id
            )
        )

    def put(self, session: Session, voter: Any, answers: Iterable[Any], now: datetime) -> None:
        """Store a ballot with these answers, whose `voter_id` is still to be filled in, instead of
        those before."""
        voter.answered_at = now
        session.add(voter)
        session.flush()
        session.execute(delete(self.answer).where(self.answer.voter_id == voter.id))
        for answer in answers:
            answer.voter_id = voter.id
            session.add(answer)
        session.flush()

    def number(self, session: Session, poll_id: int) -> int:
        """How many voted."""
        return (
            session.scalar(
                select(func.count()).select_from(self.voter).where(self.voter.poll_id == poll_id)
            )
            or 0
        )

    def close_due(self, session: Session, now: datetime) -> list[Any]:
        """Close the polls whose day has come; which ones."""
        due = session.scalars(
            select(self.poll).where(self.poll.closed_at.is_(None), self.poll.closes_at <= now)
        ).all()
        for poll in due:
            poll.closed_at = poll.closes_at
        session.flush()
        return list(due)

    def forget_persona(self, session: Session, persona_id: int) -> None:
        """A name is given up: its answers go."""
        self._forget(session, self.voter.persona_id == persona_id)

    def drop_who_may_not_read(
        self, session: Session, circle_id: int, of_circle: ColumnElement[bool]
    ) -> None:
        """Whoever left a closed or private circle does not count in what is still open there.

        Args:
            of_circle: the condition on the poll that it is of that circle.
        """
        self._forget(
            session,
            exists()
            .where(self.poll.id == self.voter.poll_id, self.poll.closed_at.is_(None), of_circle)
            .where(Member.id == self.voter.member_id, ~reading_members(literal(circle_id))),
        )

    def _forget(self, session: Session, which: ColumnElement[bool]) -> None:
        ids = list(session.scalars(select(self.voter.id).where(which)))
        session.execute(delete(self.answer).where(self.answer.voter_id.in_(ids)))
        session.execute(delete(self.voter).where(self.voter.id.in_(ids)))


def refuse_if_closed(poll: Any, now: datetime) -> None:
    """
    Raises:
        Refused: nobody answers any more.
    """
    if poll.closed_at is not None or poll.closes_at <= now:
        raise Refused(_("This is closed; nobody answers any more."))


def end_of(day: date) -> datetime:
    """The end of a day in the Netherlands: when a poll closes."""
    return when.moment(day + timedelta(days=1), time())
