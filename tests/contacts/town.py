"""Requests and a conversation of the owner, for the walks (tests/support/town.py)."""

from typing import Any

from cop.contacts import asking, blocking, conversations
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from tests.support.factories import Factory


def contacts(make: Factory, owner: Member, other: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """What every member sees, and what only the owner and whom it is with see."""
    now = clock.now()
    asks, asked, stopped = (make.member(name) for name in ("Ans Vraagt", "Guus Wacht", "Bo Stopt"))
    with unit_of_work() as session:
        mine, theirs = make.persona(owner).id, make.persona(other).id
        to_me = asking.ask(session, make.actor(asks), mine, "Mag ik je iets vragen?", now)
        of_me = asking.ask(session, make.actor(owner), make.persona(asked).id, "Kan het?", now)
        talk = conversations.open_between(session, mine, theirs, now)
        conversations.say(session, make.actor(owner), talk, "Dag!", now)
        said = conversations.say(session, make.actor(other), talk, "Dag terug.", now)
        blocking.block(session, make.actor(owner), make.persona(stopped).handle, now)
        seen_by_all = {
            "contacts.ask.handle": make.persona(other).handle,
            "contacts.block.handle": make.persona(other).handle,
        }
        return seen_by_all, {
            "contacts.unblock.handle": make.persona(stopped).handle,
            "contacts.answer.request_id": to_me.request_id,
            "contacts.withdraw.request_id": of_me.request_id,
            "conversation_id": talk,
            "contacts.report.message_id": said.id,
        }
