"""Themes, cases and questions of the sessions in the town (tests/support/town.py)."""

from typing import Any

from cop.intervisie import queue, themes
from cop.intervisie.models import CaseAsk, GoOnQuestion
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.sessions.among import me
from cop.sessions.models import GroupSession
from tests.support.factories import Factory


def intervisie(
    make: Factory, owner: Member, other: Member, values: dict[str, Any]
) -> dict[str, Any]:
    """What is in the sessions of `values`: only the owner and one other reach any of it."""
    now = clock.now()
    mine, theirs = make.actor(owner), make.actor(other)
    prepared = values["sessions.choose_method.session_id"]
    with unit_of_work() as session:
        held = session.get_one(GroupSession, values["session_id"])
        theme = themes.propose(session, mine, prepared, "Nabij zijn en grenzen", "a", now)
        themes.propose(session, mine, held.id, "Nabij zijn en grenzen", "b", now)
        told = queue.offer(session, mine, held.id, "a", now, question="Hoe houd ik contact?")
        active = queue.offer(session, theirs, held.id, "b", now, question="Wanneer zeg ik nee?")
        queue.activate(session, mine, active.id, now)
        ask = CaseAsk(session_id=prepared, participant_id=me(session, mine, prepared).id, at=now)
        question = GoOnQuestion(circle_id=held.circle_id, at=now)
        session.add_all((ask, question))
        session.flush()
        return {
            "proposal_id": theme.id,
            "offer_id": told.id,
            "ask_id": ask.id,
            "question_id": question.id,
        }
