"""Which asks of markets nobody answered: they feed what is missing on the kenniskaart."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.models import (
    EntrySecond,
    Market,
    MarketAudience,
    MarketEntry,
    MarketMatch,
    MatchState,
    Side,
)
from cop.members.known import Sought, few_of_each, seeks
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.spaces.circles import Circle, Visibility


@seeks
def unanswered_asks(session: Session, since: datetime, most: int) -> Iterator[Sought]:
    """One query: asks of markets for all members, and who seconded them, under their own names.

    What is asked among the people of a space or an institution stays there. An ask is answered
    once its host or who asks took an offer for it; one that was withdrawn counts no longer.
    """
    second, attendance = aliased(EntrySecond), aliased(Attendance)
    circle, audience, match = aliased(Circle), aliased(MarketAudience), aliased(MarketMatch)
    asked = (
        select(MarketEntry.theme_id, Member.region, Member.id)
        .join(Market, Market.id == MarketEntry.market_id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .join(circle, circle.id == Gathering.circle_id)
        .outerjoin(second, second.entry_id == MarketEntry.id)
        .join(
            Persona,
            or_(Persona.id == MarketEntry.persona_id, Persona.id == second.persona_id),
        )
        .join(Member, Member.id == Persona.member_id)
        .where(MarketEntry.side == Side.ASK, MarketEntry.theme_id.is_not(None))
        .where(MarketEntry.withdrawn_at.is_(None), MarketEntry.created_at >= since)
        .where(circle.visibility.in_((Visibility.PUBLIC, Visibility.OPEN)))
        .where(~exists().where(audience.market_id == Market.id))
        .where(~exists().where(match.ask_id == MarketEntry.id, match.state == MatchState.TAKEN))
        .where(
            exists().where(
                attendance.gathering_id == Market.gathering_id,
                attendance.member_id == MarketEntry.member_id,
                attendance.coming != Coming.OFF,
            )
        )
        .where(Persona.kind == PersonaKind.SELF, Member.state == MemberState.ACTIVE)
        .distinct()
    )
    for theme_id, region, member_id in session.execute(few_of_each(asked, most)):
        yield Sought(theme_id, region, member_id)
