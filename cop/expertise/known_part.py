"""Questions that went round in vain, for the grid of what is missing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from cop.expertise.models import ExpertAsk, ExpertQuestion
from cop.members.known import Sought, few_of_each, seeks
from cop.members.models import Member, MemberState, Persona


@seeks
def questions_without_a_yes(session: Session, since: datetime, most: int) -> Iterator[Sought]:
    """One query. A question goes round under the asker's own name always.

    A topic in own words is no theme, so it lacks in none.
    """
    ask = aliased(ExpertAsk)
    asked = (
        select(ExpertQuestion.theme_id, Member.region, Member.id)
        .join(Persona, Persona.id == ExpertQuestion.persona_id)
        .join(Member, Member.id == Persona.member_id)
        .where(ExpertQuestion.theme_id.is_not(None))
        .where(ExpertQuestion.at >= since, Member.state == MemberState.ACTIVE)
        .where(~exists().where(ask.question_id == ExpertQuestion.id, ask.answer == "yes"))
        .distinct()
    )
    for theme_id, region, member_id in session.execute(few_of_each(asked, most)):
        yield Sought(theme_id, region, member_id)
