"""Joining and leaving circles. Spaces use it, and so do lists with a circle of their own.

Nobody is enrolled by somebody else; joining is opt-in, leaving is always possible and needs no
reason [A, D]. All functions flush and never commit.
"""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, enqueue, job
from cop.spaces import events, holders, naming
from cop.spaces.circles import (
    Circle,
    CircleInvitation,
    CircleMembership,
    CircleRemoval,
    Standing,
    Visibility,
    standing_of,
)
from cop.spaces.permissions import CIRCLES, CirclePermission
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

IN_IT = (Standing.JOINED, Standing.COORDINATOR)
APART = timedelta(days=3)  # within which another name of the same member follows


def open_circle(
    session: Session,
    actor: Actor,
    visibility: Visibility,
    allows_pseudonyms: bool,
    now: datetime,
    pseudonym: str | None = None,
) -> Circle:
    """A new circle with the actor as its coordinator; the caller stores what it is for."""
    if not actor.is_member:
        raise NotFound
    circle = Circle(visibility=visibility, allows_pseudonyms=allows_pseudonyms)
    session.add(circle)
    session.flush()
    _put_in(session, actor, circle, pseudonym, Standing.COORDINATOR, now)
    return circle


def join(
    session: Session, actor: Actor, circle_id: int, now: datetime, pseudonym: str | None = None
) -> CircleMembership:
    """Join a public or open circle; who is in it already stays as they are.

    Args:
        pseudonym: the name to take part under, or None for one's own.

    Raises:
        NotFound: the actor may not join by themselves.
        Refused: the pseudonym cannot be used, or the place is archived.
    """
    lock(session, circle_id)  # a form that is sent twice at once finds what the first one did
    membership = standing_of(session, actor, circle_id)
    if membership is not None and membership.standing in IN_IT:
        return membership
    circle = _for(session, actor, CirclePermission.JOIN, circle_id, running=True)
    refuse_if_full(session, actor, circle_id)
    return _put_in(session, actor, circle, pseudonym, Standing.JOINED, now)


def take_on(session: Session, actor: Actor, circle_id: int, now: datetime) -> CircleMembership:
    """Come into a circle by taking on a task in it, under one's own name.

    The caller has checked that the task was offered to the actor, and that they said yes.
    """
    lock(session, circle_id)
    membership = standing_of(session, actor, circle_id)
    if membership is not None and membership.standing in IN_IT:
        return membership
    circle = session.get_one(Circle, circle_id)
    return _put_in(session, actor, circle, None, Standing.JOINED, now)


def refuse_if_full(session: Session, actor: Actor, circle_id: int) -> None:
    """
    Raises:
        Refused: there is no place left.
    """
    if holders.place(session, actor, circle_id).full:
        raise Refused(_("There is no place left now. Who asks to join waits for one."))


def ask(
    session: Session,
    actor: Actor,
    circle_id: int,
    why: str,
    now: datetime,
    pseudonym: str | None = None,
    anyway: bool = False,
) -> CircleMembership:
    """Ask to join a closed circle, with a word why.

    Raises:
        NotFound: it is not there to be asked.
        AuthorAsked: a check speaks up about the word.
        Refused: the pseudonym cannot be used, the word is too long, or the place is archived.
    """
    lock(session, circle_id)  # a form that is sent twice at once finds what the first one did
    waiting = standing_of(session, actor, circle_id)
    if waiting is not None and waiting.standing == Standing.REQUESTED:
        return waiting
    circle = _for(session, actor, CirclePermission.REQUEST, circle_id, running=True)
    why = trimmed(why)
    if len(why) > 500:
        raise Refused(_("Keep it to 500 characters, please."), "why")
    ask_author([why], Purpose.SPACE, anyway)
    persona = naming.fixed_persona(session, actor, circle_id) or naming.persona_for(
        session, actor, circle, pseudonym, now
    )
    assert actor.member_id is not None
    request = CircleMembership(
        circle_id=circle.id,
        member_id=actor.member_id,
        persona_id=persona.id,
        standing=Standing.REQUESTED,
        asked=why,
        since=now,
    )
    session.add(request)
    session.flush()
    emit(session, events.JoinAsked(**_who(circle.id, actor.member_id, now)), now)
    return request


def take_back(session: Session, actor: Actor, circle_id: int, now: datetime) -> None:
    """Take back one's own request; coordinators no longer see it."""
    _for(session, actor, CirclePermission.TAKE_BACK, circle_id)
    assert actor.member_id is not None
    _forget_membership(session, circle_id, actor.member_id)
    emit(session, events.JoinTakenBack(**_who(circle_id, actor.member_id, now)), now)


def answer(
    session: Session, actor: Actor, circle_id: int, handle: str, admit: bool, now: datetime
) -> None:
    """A coordinator lets somebody in who asked, or doesn't; who is told either way.

    Args:
        handle: of the persona who asked.

    Raises:
        NotFound: the actor does not coordinate it, or nobody of that name waits.
        Refused: there is no place left, or it is archived.
    """
    _for(session, actor, CirclePermission.MANAGE, circle_id, running=admit)
    lock(session, circle_id)  # of two who are let in to the last place, one is
    request = by_handle(session, circle_id, handle, tuple(Standing))
    if request.standing != Standing.REQUESTED:
        if admit:
            return  # another coordinator was first, or the button was pressed twice
        raise NotFound
    if admit:
        refuse_if_full(session, actor, circle_id)
        request.standing = Standing.JOINED
        request.asked = ""
        request.since = now
        _let_in_again(session, request)
        emit(session, events.Joined(**_who(circle_id, request.member_id, now)), now)
    else:
        _forget_membership(session, circle_id, request.member_id)
    session.flush()
    emit(
        session,
        events.JoinAnswered(**_who(circle_id, request.member_id, now), admitted=admit),
        now,
    )


def leave(session: Session, actor: Actor, circle_id: int, now: datetime) -> None:
    """Leave a circle, and with it the circles of what stands inside it. Needs no reason."""
    _for(session, actor, CirclePermission.LEAVE, circle_id)
    assert actor.member_id is not None
    end(session, circle_id, actor.member_id, now)


def leave_all(session: Session, persona_id: int, now: datetime) -> None:
    """A name is given up: it leaves every circle, and what it was asked goes.

    For one persona only. Circles within are not left along: the same member's other names end
    each at a moment of their own, so that nobody can tie them (see `members.events`).
    """
    memberships = session.execute(
        select(CircleMembership.circle_id, CircleMembership.member_id)
        .where(CircleMembership.persona_id == persona_id)
        .order_by(CircleMembership.circle_id)
    ).all()
    for circle_id, member_id in memberships:
        _end_one(session, circle_id, member_id, now)
    for gone in (CircleInvitation, CircleRemoval):
        session.execute(delete(gone).where(gone.persona_id == persona_id))


def remove(
    session: Session,
    actor: Actor,
    circle_id: int,
    handle: str,
    reason: str,
    now: datetime,
    anyway: bool = False,
) -> None:
    """A coordinator shows somebody out, and says why; the reason is shown to them alone.

    Raises:
        NotFound: the actor does not coordinate it, or nobody of that name is in it.
        AuthorAsked: a check speaks up about the reason.
        Refused: no reason, or it is the actor.
    """
    _for(session, actor, CirclePermission.MANAGE, circle_id)
    membership = by_handle(session, circle_id, handle, IN_IT)
    reason = trimmed(reason)
    if membership.member_id == actor.member_id:
        raise Refused(_("That is you: leave instead."))
    if not reason:
        raise Refused(_("Write why, please: it is shown to the member."), "reason")
    if len(reason) > 1000:
        raise Refused(_("Keep it to 1000 characters, please."), "reason")
    ask_author([reason], Purpose.SPACE, anyway)
    member_id, persona_id = membership.member_id, membership.persona_id
    end(session, circle_id, member_id, now)
    removal = CircleRemoval(
        circle_id=circle_id, member_id=member_id, persona_id=persona_id, reason=reason, at=now
    )
    session.add(removal)
    session.flush()
    emit(
        session,
        events.Removed(**_who(circle_id, member_id, now), removal_id=removal.id),
        now,
    )


def end(session: Session, circle_id: int, member_id: int, now: datetime) -> None:
    """End a membership, and those of the circles within; see that nothing is orphaned.

    Where the member has another name in a circle within, that one ends at a random later moment:
    two names that go at the same time would be known as one person.
    """
    outer = session.get(CircleMembership, (circle_id, member_id))
    for inner_id in sorted(holders.within(session, circle_id)):
        inner = session.get(CircleMembership, (inner_id, member_id))
        if inner is None or outer is None:
            continue
        if inner.persona_id == outer.persona_id:
            end(session, inner_id, member_id, now)
        else:
            wait = timedelta(seconds=secrets.randbelow(int(APART.total_seconds())) + 3600)
            payload = {"circle_id": inner_id, "outer_id": circle_id, "member_id": member_id}
            enqueue(session, "spaces.leave_within", payload, now=now, run_at=now + wait)
    _end_one(session, circle_id, member_id, now)


@job("spaces.leave_within")
def leave_within(session: Session, payload: dict[str, int], now: datetime) -> None:
    """Leave a circle within one that was left, unless the member came back meanwhile."""
    outer = session.get(CircleMembership, (payload["outer_id"], payload["member_id"]))
    if outer is None or outer.standing not in IN_IT:
        end(session, payload["circle_id"], payload["member_id"], now)


def lock(session: Session, circle_id: int) -> None:
    """Put changes of who is in the circle in a row: each sees what the one before it did."""
    session.execute(select(Circle.id).where(Circle.id == circle_id).with_for_update())


def _end_one(session: Session, circle_id: int, member_id: int, now: datetime) -> None:
    lock(session, circle_id)
    membership = session.get(CircleMembership, (circle_id, member_id))
    was = membership.standing if membership is not None else None
    if membership is not None:
        _forget_invitation(session, circle_id, membership.persona_id)
    _forget_membership(session, circle_id, member_id)
    if was == Standing.REQUESTED:
        emit(session, events.JoinTakenBack(**_who(circle_id, member_id, now)), now)
    elif was is not None:
        emit(session, events.Left(**_who(circle_id, member_id, now)), now)
        look_after(session, circle_id, was, now)


def look_after(session: Session, circle_id: int, was: str, now: datetime) -> None:
    """Somebody with standing `was` is gone: say so when nobody coordinates or nobody is left."""
    left = set(
        session.scalars(
            select(CircleMembership.standing)
            .where(CircleMembership.circle_id == circle_id, CircleMembership.standing.in_(IN_IT))
            .distinct()
        )
    )
    which = {"circle_id": circle_id, "at": events.moment(now)}
    if not left:
        emit(session, events.LastMemberGone(**which), now)
    elif was == Standing.COORDINATOR and Standing.COORDINATOR not in left:
        emit(session, events.LastCoordinatorGone(**which), now)


def by_handle(
    session: Session,
    circle_id: int,
    handle: str,
    standings: tuple[Standing, ...],
    locked: bool = True,
) -> CircleMembership:
    """The membership of whoever is known by this handle in this circle.

    Args:
        locked: for whoever changes it; a page that only shows it passes False.

    Raises:
        NotFound: nobody is, with one of these standings.
    """
    asked = (
        select(CircleMembership)
        .join(Persona, Persona.id == CircleMembership.persona_id)
        .where(CircleMembership.circle_id == circle_id, Persona.handle == handle)
        .where(CircleMembership.standing.in_(standings))
    )
    if locked:
        asked = asked.with_for_update(of=CircleMembership)
        asked = asked.execution_options(populate_existing=True)
    found = session.scalar(asked)
    if found is None:
        raise NotFound
    return found


def _for(
    session: Session,
    actor: Actor,
    permission: CirclePermission,
    circle_id: int,
    running: bool = False,
) -> Circle:
    """The circle, if the actor holds the permission on it and may find what it belongs to.

    Args:
        running: refuse when that is archived.
    """
    circle = CIRCLES.get(session, actor, permission, circle_id)
    place = holders.place(session, actor, circle_id)
    if running and place.archived:
        raise Refused(_("“%(name)s” is archived: it can be read only.", name=place.name))
    return circle


def _put_in(
    session: Session,
    actor: Actor,
    circle: Circle,
    pseudonym: str | None,
    standing: Standing,
    now: datetime,
) -> CircleMembership:
    assert actor.member_id is not None
    persona = naming.persona_for(session, actor, circle, pseudonym, now)
    membership = session.get(CircleMembership, (circle.id, actor.member_id))
    if membership is None:
        membership = CircleMembership(circle_id=circle.id, member_id=actor.member_id)
        session.add(membership)
    membership.persona_id = persona.id
    membership.standing = standing
    membership.asked = ""
    membership.since = now
    session.flush()
    _let_in_again(session, membership)
    emit(session, events.Joined(**_who(circle.id, actor.member_id, now)), now)
    return membership


def _let_in_again(session: Session, membership: CircleMembership) -> None:
    """Forget a removal, and that the name that came in was asked in.

    An invitation of another name of the member stays, for coordinators one that nobody answered:
    gone at the moment that a pseudonym comes in, it would say whose the pseudonym is.
    """
    circle_id, member_id = membership.circle_id, membership.member_id
    session.execute(
        delete(CircleRemoval).where(
            CircleRemoval.circle_id == circle_id, CircleRemoval.member_id == member_id
        )
    )
    _forget_invitation(session, circle_id, membership.persona_id, Standing.JOINED)


def _forget_invitation(
    session: Session, circle_id: int, persona_id: int, *standings: Standing
) -> None:
    """
    Args:
        standings: what the name was asked to be; none for whatever it was.
    """
    session.execute(
        delete(CircleInvitation).where(
            CircleInvitation.circle_id == circle_id,
            CircleInvitation.persona_id == persona_id,
            CircleInvitation.standing.in_(standings or tuple(Standing)),
        )
    )


def _forget_membership(session: Session, circle_id: int, member_id: int) -> None:
    session.execute(
        delete(CircleMembership).where(
            CircleMembership.circle_id == circle_id, CircleMembership.member_id == member_id
        )
    )


def _who(circle_id: int, member_id: int, now: datetime) -> dict[str, int]:
    return {"circle_id": circle_id, "member_id": member_id, "at": events.moment(now)}
