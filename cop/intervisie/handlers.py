"""What intervisie tells and forgets, in the worker."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.intervisie.models import CaseTurn, GoOnAnswer, GoOnQuestion
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces.circles import in_circle
from cop.spaces.events import Left


@on(MemberLeft)
def forget_member(session: Session, event: MemberLeft, now: datetime) -> None:
    session.execute(delete(CaseTurn).where(CaseTurn.member_id == event.member_id))
    session.execute(delete(GoOnAnswer).where(GoOnAnswer.member_id == event.member_id))


@on(Left)
def forget_turn(session: Session, event: Left, now: datetime) -> None:
    """Whoever leaves a group is no longer in its turns."""
    session.execute(
        delete(CaseTurn).where(
            CaseTurn.member_id == event.member_id, CaseTurn.circle_id == event.circle_id
        )
    )


@sentences("intervisie.go_on")
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    mine = set(
        session.scalars(
            select(GoOnQuestion.id).where(
                GoOnQuestion.id.in_({n.subject_id for n in notifications}),
                in_circle(actor, GoOnQuestion.circle_id),
            )
        )
    )
    return {
        n.id: Line(
            _("Your group has not met for a while. Do you want to go on?"),
            f"/intervisie/doorgaan/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in mine
    }
