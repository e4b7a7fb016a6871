"""Who hosts a market before its doors open, and when nobody does any more.

Nobody is made a host by another: whoever is asked answers on the page of invitations that all
circles have. On the floor hosts ask with a button there (`hosting`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import attending
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.models import Market
from cop.markets.permissions import MARKETS, MarketPermission
from cop.markets.queries import MarketPage, member_named
from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.members.queries import own_persona
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.spaces import coordinating, joining
from cop.spaces.circles import CircleInvitation, CircleMembership, Standing, standing_of

PAGE = 60


def ask(session: Session, actor: Actor, market_id: int, handle: str, now: datetime) -> None:
    """Ask somebody who comes to host as well; again changes nothing.

    Raises:
        NotFound: the actor does not host, the market is over, or nobody of that name comes.
        Refused: they host already, or the actor blocked them.
    """
    market = MARKETS.get(session, actor, MarketPermission.MANAGE, market_id)
    gathering = session.get_one(Gathering, market.gathering_id)
    persona = own_persona(session, member_named(session, gathering.id, handle))
    membership = session.get(CircleMembership, (gathering.circle_id, persona.member_id))
    if membership is not None and membership.standing == Standing.COORDINATOR:
        raise Refused(_("They host already."))
    if session.scalar(select(blocked_by(actor, persona.id))):
        raise Refused(_("You blocked them. Let them reach you again first, on the page Contact."))
    coordinating.ask_persona(
        session, actor, gathering.circle_id, persona, Standing.COORDINATOR, "", now
    )


def take_over(session: Session, actor: Actor, market_id: int, now: datetime) -> Market:
    """Host a market that nobody hosts any more; of two at once, one does.

    Raises:
        NotFound: somebody hosts it, it is over, or the actor does not come.
    """
    market = MARKETS.get(session, actor, MarketPermission.READ, market_id)
    circle_id = session.get_one(Gathering, market.gathering_id).circle_id
    joining.lock(session, circle_id)
    mine = standing_of(session, actor, circle_id)
    if mine is not None and mine.standing == Standing.COORDINATOR:
        return market  # the button was pressed twice
    MARKETS.get(session, actor, MarketPermission.TAKE_OVER, market_id)
    assert actor.member_id is not None
    joining.take_on(session, actor, circle_id, now)
    coordinating.make(session, circle_id, actor.member_id, now)
    gathering = attending.locked(session, market.gathering_id)
    if gathering.organiser.gone_at is not None:
        gathering.organiser_id = own_persona(session, actor.member_id).id
    session.flush()
    return market


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who comes and does not host. `asked`: to host as well."""

    person: Person
    asked: bool


def visitors(
    session: Session, actor: Actor, page: MarketPage, after: int = 0
) -> tuple[list[Visitor], int | None]:
    """Who comes and does not host, by name, for hosts; and after whom the next page begins."""
    circle_id = page.gathering.circle_id
    asked = exists().where(
        CircleInvitation.circle_id == circle_id,
        CircleInvitation.persona_id == Persona.id,
        CircleInvitation.standing == Standing.COORDINATOR,
    )
    hosts = exists().where(
        CircleMembership.circle_id == circle_id,
        CircleMembership.persona_id == Persona.id,
        CircleMembership.standing == Standing.COORDINATOR,
    )
    query = (
        select(Persona.id, asked.label("asked"), *PERSON)
        .join(Attendance, Attendance.persona_id == Persona.id)
        .where(Attendance.gathering_id == page.gathering.id, ~hosts)
        .where(Attendance.coming == Coming.GOING)
        .order_by(Persona.sort_key, Persona.id)
        .limit(PAGE + 1)
    )
    last = session.get(Persona, after) if after else None
    if last is not None:
        later = and_(Persona.sort_key == last.sort_key, Persona.id > last.id)
        query = query.where(or_(Persona.sort_key > last.sort_key, later))
    rows = session.execute(query).all()
    shown = [Visitor(person(row, actor), row.asked) for row in rows[:PAGE]]
    return shown, rows[PAGE - 1].id if len(rows) > PAGE else None
