"""A session that goes on and one that is over, for the walks (tests/support/town.py)."""

from datetime import timedelta
from typing import Any

from cop.gatherings import when
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.sessions import afterwards, holding, methods, own_methods, stepping, writing
from cop.sessions.among import me
from cop.spaces.circles import Visibility
from tests.support.factories import Factory


def sessions(make: Factory, owner: Member, other: Member) -> dict[str, Any]:
    """What addresses of sessions stand for: only the owner and one other reach any of it."""
    now = clock.now()
    group = make.group(owner, other, visibility=Visibility.PRIVATE)
    going, coming, over, free = (
        make.group_date(group, owner, now + timedelta(hours=hours)) for hours in (1, 240, 5, 480)
    )
    mine, theirs = make.actor(owner), make.actor(other)
    chosen = methods.shipped("intervisie")["incident"]
    with unit_of_work() as session:
        held = holding.prepare(session, mine, going.id, chosen, now)
        stepping.start(session, mine, held.id, now)
        holding.come_in(session, theirs, held.id, now)
        stepping.go_on(session, mine, held.id, 1, 0, now)
        said = writing.contribute(session, mine, held.id, "question", "Wie waren er?", "a", now)
        writing.contribute(session, theirs, held.id, "question", "En toen?", "b", now)
        taken = afterwards.take_along(
            session, mine, held.id, "Met de ploeg praten", when.local(now).date(), "a", now
        )
        person = me(session, theirs, held.id).id
        prepared = holding.prepare(session, mine, coming.id, chosen, now)
        closed = holding.prepare(session, mine, over.id, chosen, now)
        stepping.start(session, mine, closed.id, now)
        stepping.close(session, mine, closed.id, now)
        closed.asked_again_at = now
        own = own_methods.copy(session, mine, group.id, "balint", now)
        return {
            "session_id": held.id,
            "sessions.choose_method.session_id": prepared.id,
            "sessions.evaluate.session_id": closed.id,
            "sessions.evaluate.turn": 1,
            "sessions.prepare.gathering_id": free.id,
            "sessions.change_entry.entry_id": said.id,
            "sessions.strike_entry.entry_id": said.id,
            "follow_up_id": taken.id,
            "participant_id": person,
            "method_id": own.id,
            "sessions.own_methods_of.group_id": group.id,
        }
