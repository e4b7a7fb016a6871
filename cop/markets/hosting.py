"""What hosts do with people, each with a reason: move, mute, remove; and handing hosting over.

Nobody is made a host by another: whoever is asked says yes or no.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings.models import Gathering
from cop.markets import floor
from cop.markets.floor_among import (
    held,
    me,
    somebody,
    tell_hosts,
    tell_no_host,
    tell_one,
    tell_stall,
    words,
)
from cop.markets.floor_models import Act, FloorPerson, HostAct, MarketFloor
from cop.markets.floor_permissions import FloorPermission
from cop.markets.models import Market
from cop.members.actor import Actor
from cop.members.blocks import blocked_by, name_blocked
from cop.members.queries import own_persona
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.spaces import coordinating, joining
from cop.spaces.circles import CircleMembership, Standing
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_REASON = 300


def move(
    session: Session,
    actor: Actor,
    market_id: int,
    person_id: int,
    stall_id: int | None,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> None:
    """Bring somebody to a stall, or to the lobby; full or not.

    Raises:
        NotFound: the actor does not host, or there is no such person on the floor, or stall.
        Refused: no reason.
    """
    its, one = _about(session, actor, market_id, person_id)
    _refuse_away(one)
    if stall_id is not None:
        floor.open_stall(session, market_id, stall_id)
    if one.stall_id == stall_id:
        return
    _note(session, actor, one, Act.MOVE, reason, now, anyway)
    floor.put(session, one, stall_id, its, now)
    tell_one(session, one, "moved", one.id, now)


def mute(
    session: Session,
    actor: Actor,
    market_id: int,
    person_id: int,
    muted: bool,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> None:
    """Somebody may read and walk, and not write or raise a hand to talk, until it is taken back.

    Raises:
        NotFound: the actor does not host, or there is no such person.
        Refused: no reason, or it is a host.
    """
    _its, one = _about(session, actor, market_id, person_id)
    if muted == (one.muted_at is not None):
        return
    if muted:
        _refuse_host(session, one)
    _note(session, actor, one, Act.MUTE if muted else Act.UNMUTE, reason, now, anyway)
    one.muted_at = now if muted else None
    one.talk_at = one.talks_since = None
    session.flush()
    tell_one(session, one, "muted", one.id, now)
    tell_hosts(session, market_id, "muted", one.id, now)
    if one.stall_id is not None:
        tell_stall(session, one.stall_id, "people", one.id, now)


def remove(
    session: Session,
    actor: Actor,
    market_id: int,
    person_id: int,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> None:
    """Show somebody out; they come back when a host lets them in again. Again changes nothing.

    Raises:
        NotFound: the actor does not host, or there is no such person.
        Refused: no reason, or it is a host.
    """
    its, one = _about(session, actor, market_id, person_id)
    if one.removed_at is not None:
        return
    _refuse_host(session, one)
    _note(session, actor, one, Act.REMOVE, reason, now, anyway)
    if its.offered_id == one.id:
        its.offered_id = its.offered_by_id = None
    one.removed_at = now
    floor.go(session, one, its, now)
    tell_hosts(session, market_id, "removed", one.id, now)


def readmit(
    session: Session,
    actor: Actor,
    market_id: int,
    person_id: int,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> None:
    """Let somebody in again who was shown out."""
    _its, one = _about(session, actor, market_id, person_id)
    if one.removed_at is None:
        return
    _note(session, actor, one, Act.READMIT, reason, now, anyway)
    one.removed_at = None
    session.flush()
    tell_hosts(session, market_id, "removed", one.id, now)


def helped(session: Session, actor: Actor, market_id: int, person_id: int, now: datetime) -> None:
    """Somebody who raised a hand is being helped: the hand goes down."""
    _its, one = _about(session, actor, market_id, person_id)
    if one.hand_at is not None:
        one.hand_at = None
        session.flush()
        tell_hosts(session, market_id, "hand", one.id, now)
        tell_one(session, one, "helped", one.id, now)


# --- handing over


def offer(session: Session, actor: Actor, market_id: int, person_id: int, now: datetime) -> None:
    """Ask somebody on the floor to host as well; who was asked before is asked no more.

    Somebody who blocked the actor sees nothing of it; to the actor they look asked.

    Raises:
        NotFound: the actor does not host, or there is no such person on the floor.
        Refused: they host already, or the actor blocked them.
    """
    its, one = _about(session, actor, market_id, person_id)
    _refuse_away(one)
    _refuse_host(session, one, _("They host already."))
    if session.scalar(select(blocked_by(actor, one.persona_id))):
        raise Refused(_("You blocked them. Let them reach you again first, on the page Contact."))
    assert actor.member_id is not None
    by_id = own_persona(session, actor.member_id).id
    if (its.offered_id, its.offered_by_id) == (one.id, by_id):
        return
    before = its.offered_id if its.offered_id != one.id else None
    its.offered_id, its.offered_by_id = one.id, by_id
    session.flush()
    if before is not None:
        tell_one(session, session.get_one(FloorPerson, before), "offered", before, now)
    if is_offered(session, its, one):
        tell_one(session, one, "offered", one.id, now)
    tell_hosts(session, market_id, "offered", one.id, now)


def is_offered(session: Session, its: MarketFloor, one: FloorPerson) -> bool:
    """Somebody on the floor is asked to host as well, by a host whom they did not block."""
    if its.offered_id != one.id:
        return False
    return not session.scalar(select(name_blocked(one.persona_id, its.offered_by_id)))


def answer_offer(
    session: Session, actor: Actor, market_id: int, accept: bool, now: datetime
) -> None:
    """Host as well from now on, or not.

    Raises:
        NotFound: the actor is not asked.
    """
    its = held(session, actor, FloorPermission.TAKE_PART, market_id)
    mine = me(session, actor, market_id)
    if not is_offered(session, its, mine):
        raise NotFound
    its.offered_id = its.offered_by_id = None
    if accept:
        circle_id = _circle(session, market_id)
        membership = joining.take_on(session, actor, circle_id, now)
        if membership.standing != Standing.COORDINATOR:
            assert actor.member_id is not None
            coordinating.make(session, circle_id, actor.member_id, now)
        mine.muted_at = None
    session.flush()
    tell_one(session, mine, "offered", mine.id, now)
    tell_hosts(session, market_id, "offered", mine.id, now)


def step_down(session: Session, actor: Actor, market_id: int, now: datetime) -> None:
    """Host no more, and stay on the floor.

    Raises:
        NotFound: the actor does not host.
        Refused: nobody else hosts: hand it over first.
    """
    held(session, actor, FloorPermission.LEAD, market_id)
    circle_id = _circle(session, market_id)
    others = session.scalar(
        select(CircleMembership.member_id)
        .where(
            CircleMembership.circle_id == circle_id,
            CircleMembership.standing == Standing.COORDINATOR,
            CircleMembership.member_id != actor.member_id,
        )
        .limit(1)
    )
    if others is None:
        raise Refused(_("Nobody else hosts this market. Hand it over first."))
    coordinating.step_down(session, actor, circle_id, now)
    mine = me(session, actor, market_id)
    tell_one(session, mine, "offered", mine.id, now)
    tell_hosts(session, market_id, "offered", mine.id, now)
    tell_no_host(session, market_id, now)


def _about(
    session: Session, actor: Actor, market_id: int, person_id: int
) -> tuple[MarketFloor, FloorPerson]:
    """The floor, and whom it is about; both held."""
    its = held(session, actor, FloorPermission.LEAD, market_id)
    return its, somebody(session, market_id, person_id)


def _refuse_away(one: FloorPerson) -> None:
    if one.left_at is not None or one.removed_at is not None:
        raise NotFound


def _refuse_host(session: Session, one: FloorPerson, why: str = "") -> None:
    hosts = session.scalar(
        select(CircleMembership.member_id).where(
            CircleMembership.circle_id == _circle(session, one.market_id),
            CircleMembership.member_id == one.member_id,
            CircleMembership.standing == Standing.COORDINATOR,
        )
    )
    if hosts is not None:
        raise Refused(why or _("They host this market with you: talk it over."))


def _circle(session: Session, market_id: int) -> int:
    return session.scalars(
        select(Gathering.circle_id)
        .join(Market, Market.gathering_id == Gathering.id)
        .where(Market.id == market_id)
    ).one()


def _note(
    session: Session,
    actor: Actor,
    one: FloorPerson,
    act: Act,
    reason: str,
    now: datetime,
    anyway: bool,
) -> None:
    """
    Raises:
        Refused: no reason, or too long; `AuthorAsked` when it may say who a client is.
    """
    reason = words(reason, MOST_REASON, "reason")
    ask_author([reason], Purpose.POST, anyway)
    assert actor.member_id is not None
    session.add(
        HostAct(
            market_id=one.market_id,
            person_id=one.id,
            by_id=own_persona(session, actor.member_id).id,
            act=act,
            reason=reason,
            at=now,
        )
    )
