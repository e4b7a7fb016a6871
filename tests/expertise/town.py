"""Cards and questions for the walks through the URL map (tests/support/town.py)."""

from typing import Any

from cop.expertise import gaps, keeping, questions
from cop.expertise.models import Shown
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from tests.expertise.making import card, team, theme
from tests.support.factories import Factory


def expertise(make: Factory, owner: Member, other: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is shown to everybody, and what only those who keep it see."""
    now = clock.now()
    public, public_line = team(make, owner, "Team Zichtbaar", Shown.PUBLIC)
    own, own_line = team(make, owner, "Team Verborgen", Shown.OWN)
    card(make, owner, "alcohol")
    card(make, other, "cannabis")
    asked_in, _line = team(make, other, "Team Vraagt")
    alcohol, cannabis, gambling = (theme(slug) for slug in ("alcohol", "cannabis", "gokken"))
    seekers = [make.member(region="Utrecht") for _n in range(gaps.LEAST)]
    with unit_of_work() as session:
        keeping.ask_along(session, make.actor(other), asked_in, make.persona(owner).handle, now)
        mine = questions.ask(session, make.actor(owner), cannabis, "Hoe begin ik?", now)
        questions.answer(session, make.actor(other), mine.id, True, now)
        theirs = questions.ask(session, make.actor(other), alcohol, "Hoe stop ik?", now)
        for seeker in seekers:
            gaps.note(session, make.actor(seeker), [gambling], now)
    kept = {
        "expertise.answer_invitation.card_id": asked_in,
        "expertise.answer_round.question_id": theirs.id,
        "expertise.thank.handle": make.persona(other).handle,
        **{
            f"expertise.{name}.question_id": mine.id
            for name in ("ask_others", "close_round", "thank")
        },
    }
    return (
        kept | {"card_id": public, "line_id": public_line, "expertise.suggestion.slug": "alcohol"},
        kept | {"card_id": own, "line_id": own_line},
    )
