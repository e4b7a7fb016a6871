"""What of intervisie waits for a member on the home page."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cop.intervisie import going_on
from cop.intervisie.models import CaseAsk
from cop.intervisie.permissions import ASKS, AskPermission
from cop.members.actor import Actor
from cop.notifications.waits import Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _

MOST = 3
THINKING = 3  # minutes


@cache
def _asked(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(CaseAsk.session_id, CaseAsk.at)
        .where(CaseAsk.answer.is_(None), ASKS.clause(kind, AskPermission.ANSWER))
        .order_by(CaseAsk.id.desc())
        .limit(MOST)
    )


@waits
def in_intervisie(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Two queries."""
    if not actor.is_member:
        return
    for row in rows(session, _asked(actor.left_open), {"me": actor.member_id}):
        url = f"/sessies/{row.session_id}#casussen"
        yield Wait(Part.ASKED, _("Do you bring a case to your session?"), url, THINKING, row.at)
    for question in going_on.unanswered(session, actor):
        url = f"/intervisie/doorgaan/{question.id}"
        text = _("Your group has not met for a while. Do you want to go on?")
        yield Wait(Part.ASKED, text, url, 1, question.at)
