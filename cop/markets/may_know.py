"""'Perhaps X knows this': people whose card has the theme of an ask that nobody answers yet.

The host sees who they are and can ask them. Whoever is asked is listed nowhere: they hear of it,
and come with an offer of their own or leave it. That somebody was asked is their notification.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from cop.expertise.models import Card, CardKind, CardLine
from cop.expertise.permissions import LINES, LinePermission
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.markets.models import Market, MarketAudience, MarketEntry, MarketMatch, MatchState, Side
from cop.markets.permissions import MARKETS, MarketPermission, active
from cop.members.actor import Actor
from cop.members.blocks import blocked, blocked_by
from cop.members.models import MemberOrganisation, Persona, PersonaKind
from cop.members.people import PERSON, Person, person
from cop.members.queries import own_persona, takes_part
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.errors import NotFound
from cop.platform.i18n import gettext as _
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility
from cop.spaces.models import Space

KIND = "markets.may_know"
MOST = 3  # people for one ask: a question to many is nobody's


@dataclass(frozen=True, slots=True)
class MayKnow:
    """Somebody with the ask's theme on their card."""

    who: Person
    asked: bool


def people(
    session: Session, actor: Actor, market_id: int, ask_ids: Collection[int]
) -> dict[int, list[MayKnow]]:
    """Who may know what these asks are about, at most `MOST` for each; one query.

    Only whom the market is for, whose line the actor may read, who is not full, and neither asks
    nor blocked who does. Those who were asked come first, then those who were asked least often at
    markets.
    """
    told, before = aliased(Notification), aliased(Notification)
    was_asked = exists().where(
        told.member_id == Persona.member_id,
        told.kind == KIND,
        told.subject_id == MarketEntry.id,
    )
    how_often = (
        select(func.count())
        .where(before.member_id == Persona.member_id, before.kind == KIND)
        .correlate(Persona)
        .scalar_subquery()
    )
    place = func.row_number().over(
        partition_by=MarketEntry.id, order_by=(was_asked.desc(), how_often, Persona.id)
    )
    taken = exists().where(
        MarketMatch.ask_id == MarketEntry.id, MarketMatch.state == MatchState.TAKEN
    )
    found = (
        select(MarketEntry.id.label("ask_id"), *PERSON, was_asked.label("asked"), place.label("n"))
        .join(Market, Market.id == MarketEntry.market_id)
        .join(CardLine, CardLine.theme_id == MarketEntry.theme_id)
        .join(Card, Card.id == CardLine.card_id)
        .join(Persona, Persona.id == Card.persona_id)
        .where(MarketEntry.market_id == market_id, MarketEntry.id.in_(ask_ids))
        .where(MarketEntry.side == Side.ASK, active(), ~taken)
        .where(Card.kind == CardKind.PERSON, Card.full.is_(False))
        .where(LINES.clause(actor, LinePermission.READ))
        .where(takes_part(), Persona.kind == PersonaKind.SELF)
        .where(Persona.member_id.not_in((MarketEntry.member_id, actor.member_id)))
        .where(~blocked(Persona.member_id, MarketEntry.persona_id))
        .where(~blocked(MarketEntry.member_id, Persona.id), ~blocked_by(actor, Persona.id))
        .where(_is_for_them())
    ).subquery()
    asks: dict[int, list[MayKnow]] = defaultdict(list)
    for row in session.execute(
        select(found).where(found.c.n <= MOST).order_by(found.c.ask_id, found.c.n)
    ):
        asks[row.ask_id].append(MayKnow(person(row, actor), row.asked))
    return asks


def ask(
    session: Session, actor: Actor, market_id: int, ask_id: int, handle: str, now: datetime
) -> None:
    """The host asks somebody who may know: once, whoever presses how often.

    Raises:
        NotFound: the actor does not host, or this is nobody who may know it.
    """
    MARKETS.get(session, actor, MarketPermission.MANAGE, market_id)
    known = people(session, actor, market_id, [ask_id])[ask_id]
    if actor.member_id is None or handle not in {each.who.handle for each in known}:
        raise NotFound
    member_ids = session.scalars(select(Persona.member_id).where(Persona.handle == handle))
    notify(
        session,
        member_ids=[member_id for member_id in member_ids if member_id is not None],
        kind=KIND,
        key=f"{KIND}:{ask_id}",
        subject_id=ask_id,
        now=now,
        by_id=own_persona(session, actor.member_id).id,
    )


@sentences(KIND)
def say(session: Session, actor: Actor, group: Sequence[Notification]) -> dict[int, Line]:
    rows = session.execute(
        select(MarketEntry.id, MarketEntry.market_id, MarketEntry.line, Gathering.title)
        .join(Market, Market.id == MarketEntry.market_id)
        .join(Gathering, Gathering.id == Market.gathering_id)
        .where(MarketEntry.id.in_({n.subject_id for n in group}), active())
        .where(MARKETS.clause(actor, MarketPermission.REGISTER))
    )
    asks = {row.id: row for row in rows}
    words = _("At %(market)s somebody asks: “%(ask)s”. Perhaps you know this?")
    return {
        n.id: Line(
            words % {"market": asks[n.subject_id].title, "ask": asks[n.subject_id].line},
            f"/markten/{asks[n.subject_id].market_id}/meedoen",
        )
        for n in group
        if n.subject_id in asks
    }


def _is_for_them() -> ColumnElement[bool]:
    """The market is for the persona, as far as others may know: who is in one of its spaces under
    another name, or hides where they work, is not told by a suggestion."""
    audience, space, works_at = (
        aliased(MarketAudience),
        aliased(Space),
        aliased(MemberOrganisation),
    )
    membership, gathering, circle = aliased(CircleMembership), aliased(Gathering), aliased(Circle)
    attendance = aliased(Attendance)
    return or_(
        exists().where(
            gathering.id == Market.gathering_id,
            circle.id == gathering.circle_id,
            circle.visibility.in_((Visibility.PUBLIC, Visibility.OPEN)),
        ),
        exists().where(
            audience.market_id == Market.id,
            space.id == audience.space_id,
            membership.circle_id == space.circle_id,
            membership.persona_id == Persona.id,
            membership.standing.in_((Standing.JOINED, Standing.COORDINATOR)),
        ),
        exists().where(
            audience.market_id == Market.id,
            works_at.organisation_id == audience.organisation_id,
            works_at.member_id == Persona.member_id,
            works_at.shown,
        ),
        exists().where(
            attendance.gathering_id == Market.gathering_id,
            attendance.persona_id == Persona.id,
            attendance.coming == Coming.GOING,
        ),
    )
