"""Who may do what with a report. All else of a beraad is ruled by its session (`seats`).

Beyond those who took part nobody reads a report before all of them approved it as it stands, and
then only whom it was approved for. No site role grants anything, neither does coordinating.
"""

from enum import StrEnum

from sqlalchemy import ColumnElement, and_, false, or_, select

from cop.beraad import seats
from cop.beraad.models import Audience, Beraad, Form, Report
from cop.members.actor import Actor
from cop.platform.policy import Policy
from cop.spaces.circles import in_circle


class ReportPermission(StrEnum):
    READ = "read"  # as its audience reads it
    TAKE_PART = "take_part"  # see who read it, and all that leads to it


def _took_part(actor: Actor) -> ColumnElement[bool]:
    if not actor.is_member:
        return false()
    mine = select(Beraad.id).where(seats.reads(actor, Beraad.session_id))  # type: ignore[arg-type]  # a column
    return Report.beraad_id.in_(mine.correlate(None))


def _approved(actor: Actor) -> ColumnElement[bool]:
    """Whoever it was approved for: in the circle, a member, or for the general form everybody."""
    reached = and_(Report.audience == Audience.PUBLIC, Report.form == Form.GENERAL)
    if actor.is_member:
        reached = or_(
            reached,
            Report.audience == Audience.COMMUNITY,
            and_(Report.audience == Audience.CIRCLE, in_circle(actor, Report.circle_id)),
        )
    return and_(Report.approved_at.is_not(None), reached)


def _took_part_and_approved(actor: Actor) -> ColumnElement[bool]:
    return and_(Report.approved_at.is_not(None), _took_part(actor))


REPORTS: Policy[Actor, Report] = Policy(
    Report,
    {
        ReportPermission.READ: (_approved, _took_part_and_approved),
        ReportPermission.TAKE_PART: (_took_part,),
    },
)
