"""What a member wants to hear about, for the walks through the URL map (tests/support/town.py)."""

from typing import Any

from sqlalchemy import select

from cop.finding import interests
from cop.finding.models import Interest, InterestKind
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from tests.support.factories import Factory


def kept(make: Factory, owner: Member) -> dict[str, Any]:
    """A search that the owner keeps; nobody else's address."""
    with unit_of_work() as session:
        interests.add(
            session, make.actor(owner), InterestKind.SEARCH, clock.now(), words="eigen regie"
        )
        return {"interest_id": session.scalars(select(Interest.id)).one()}
