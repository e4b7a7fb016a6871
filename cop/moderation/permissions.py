"""Who may do what with a report.

A moderator handles what others reported about others: what they wrote or reported themselves is
not shown to them at all. The reporter reads the answer, the author the decision; neither learns
who the other is from it.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlalchemy.orm import aliased

from cop.members.actor import Actor
from cop.moderation.models import Decision, Report
from cop.platform.policy import Policy


class ReportPermission(StrEnum):
    HANDLE = "handle"  # list, read the passage, take, decide
    READ_ANSWER = "read_answer"
    READ_DECISION = "read_decision"


_Other = aliased(Report)
# Of anything else its author does not hear that it was reported.
TOLD = Report.decision.not_in([Decision.NOTHING, Decision.GONE])


def impartial_moderator(actor: Actor) -> ColumnElement[bool]:
    """A moderator who neither wrote the text nor reported it themselves."""
    if not actor.moderates:
        return false()
    reported_too = exists().where(
        _Other.subject == Report.subject, _Other.reporter_id == actor.member_id
    )
    return and_(
        or_(Report.concerned_id.is_(None), Report.concerned_id != actor.member_id), ~reported_too
    )


def reporter(actor: Actor) -> ColumnElement[bool]:
    return Report.reporter_id == actor.member_id if actor.is_member else false()


def author(actor: Actor) -> ColumnElement[bool]:
    """Whose text it was, once something was decided about it."""
    if not actor.is_member:
        return false()
    return and_(
        Report.concerned_id == actor.member_id,
        Report.decided_at.is_not(None),
        TOLD,
    )


REPORTS: Policy[Actor, Report] = Policy(
    Report,
    {
        ReportPermission.HANDLE: (impartial_moderator,),
        ReportPermission.READ_ANSWER: (reporter,),
        ReportPermission.READ_DECISION: (author,),
    },
)
