"""Reporting what was said or left at a stall: moderators get the words that the reporter encloses.

They never come to the market for it: what they decide is carried out here. Nobody can change what
was said afterwards, so it stays or it goes. Of a question without a name they learn no more than
of any other: its author is told what was decided, and nobody who it is.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.markets import stall_desk, stall_talk
from cop.markets.floor_models import (
    FloorPerson,
    StallItem,
    StallMessage,
    StallNote,
    StallQuestion,
)
from cop.markets.floor_permissions import STALLS, StallPermission
from cop.markets.models import Stall
from cop.members.actor import Actor
from cop.moderation.events import ReportDecided
from cop.moderation.models import Decision
from cop.moderation.sending import Reported
from cop.moderation.subjects import subject
from cop.platform.errors import NotFound
from cop.platform.outbox import on

DECISIONS = (Decision.NOTHING, Decision.REMOVE)

# As subjects of reports; the note of a stall has the stall's number.
MODELS: dict[str, Any] = {
    "stall-message": StallMessage,
    "stall-question": StallQuestion,
    "stall-item": StallItem,
    "stall-note": StallNote,
}
ANCHORS = {"stall-message": "bericht", "stall-question": "vraag", "stall-item": "ding"}
TAKES_AWAY: dict[str, Callable[[Session, Any, datetime], None]] = {
    "stall-message": stall_talk.take_words,
    "stall-question": stall_talk.take_words,
    "stall-item": stall_desk.take_item,
    "stall-note": stall_desk.empty_note,
}


def to_report(session: Session, actor: Actor, kind: str, id: int) -> Reported:
    """What somebody who reads it may report.

    Raises:
        NotFound: the actor does not read it (any more), or its words are gone.
    """
    found = _there(session, kind, id)
    if found is None:
        raise NotFound
    STALLS.get(session, actor, StallPermission.READ, found.stall_id)
    is_note = isinstance(found, StallNote)
    author = session.get_one(FloorPerson, found.by_id if is_note else found.person_id)
    return Reported(
        subject=f"{kind}:{id}",
        concerned_id=author.member_id,
        words=f"{found.title}\n\n{found.url}".strip() if kind == "stall-item" else found.text,
        back=_address(session, kind, found),
        version=found.version if is_note else 1,
        files=[found.file] if kind == "stall-item" and found.file is not None else [],
    )


def _there(session: Session, kind: str, id: int) -> Any:
    """What is meant, while it has words."""
    found = session.get(MODELS[kind], id)
    if found is None:
        return None
    empty = not found.text if isinstance(found, StallNote) else found.struck_at is not None
    return None if empty else found


def _address(session: Session, kind: str, found: Any) -> str:
    stall = session.get_one(Stall, found.stall_id)
    anchor = f"{ANCHORS[kind]}-{found.id}" if kind in ANCHORS else "notitie"
    return f"/markten/{stall.market_id}/kraam/{stall.id}#{anchor}"


def _place(kind: str) -> None:
    @subject(kind, DECISIONS)
    def place(session: Session, actor: Actor, id: int) -> str | None:
        """Where those who may read it find it."""
        found = _there(session, kind, id)
        if found is None:
            return None
        held = STALLS.held(session, actor, found.stall_id)
        return _address(session, kind, found) if StallPermission.READ in held else None


for _kind in MODELS:
    _place(_kind)


@on(ReportDecided)
def carry_out(session: Session, event: ReportDecided, now: datetime) -> None:
    """Take away what the moderators decided about, wherever it is; its screens follow."""
    kind, _colon, number = event.subject.partition(":")
    if kind not in MODELS or event.decision != Decision.REMOVE:
        return
    model = MODELS[kind]
    key = model.stall_id if model is StallNote else model.id
    found = session.scalar(select(model).where(key == int(number)).with_for_update())
    if found is not None:
        TAKES_AWAY[kind](session, found, now)
