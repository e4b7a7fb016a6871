"""Who looks after a circle, who is asked in, and who may read it.

Several can coordinate. Whoever is asked, for either, accepts or does not: nobody is enrolled by
somebody else [A, D]. When the last coordinator goes, whoever is in it can take over.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform.blank import trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit, enqueue, job
from cop.spaces import events, holders, joining
from cop.spaces.circles import (
    STRICTNESS,
    Circle,
    CircleInvitation,
    CircleMembership,
    Standing,
    Visibility,
    members_of,
    standing_of,
)
from cop.spaces.joining import IN_IT, by_handle
from cop.spaces.permissions import CIRCLES, CirclePermission
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

NOTICE = timedelta(days=7)  # between telling everybody in it and opening it to more people


class NobodyCalledSo(Refused):
    """No member has this handle; it may be a name."""


def invite(
    session: Session,
    actor: Actor,
    circle_id: int,
    handle: str,
    words: str,
    now: datetime,
    anyway: bool = False,
) -> CircleInvitation:
    """Ask a member in, by the handle of their own name; they decide.

    Raises:
        NotFound: the actor does not coordinate the circle.
        NobodyCalledSo: no member has this handle.
        AuthorAsked: a check speaks up about the words.
        Refused: in it already, or too many words.
    """
    _managed(session, actor, circle_id)
    handle = handle.strip().removeprefix("@").lower()
    persona = session.scalar(
        select(Persona)
        .join(Member, Member.id == Persona.member_id)
        .where(Persona.handle == handle, Persona.kind == PersonaKind.SELF)
        .where(Member.state == MemberState.ACTIVE)
    )
    if persona is None:
        raise NobodyCalledSo(_("There is no member of that name."), "handle")
    there = session.scalar(
        select(CircleMembership.standing).where(
            CircleMembership.circle_id == circle_id, CircleMembership.persona_id == persona.id
        )
    )
    if there == Standing.REQUESTED:
        raise Refused(_("They asked to join already: answer that, please."), "handle")
    if there is not None:
        raise Refused(_("They are in it already."), "handle")
    ask_author([words], Purpose.SPACE, anyway)
    # Somebody who is in it under a pseudonym is asked like anybody else: any other answer would
    # tell the one who asks that the two are the same person.
    return ask_persona(session, actor, circle_id, persona, Standing.JOINED, words, now)


def ask_to_coordinate(
    session: Session, actor: Actor, circle_id: int, handle: str, now: datetime
) -> CircleInvitation | None:
    """Ask somebody who is in the circle to coordinate it too; None when they do already."""
    _managed(session, actor, circle_id)
    membership = by_handle(session, circle_id, handle, IN_IT)
    if membership.standing == Standing.COORDINATOR:
        return None
    who = membership.persona
    return ask_persona(session, actor, circle_id, who, Standing.COORDINATOR, "", now)


def withdraw(session: Session, actor: Actor, circle_id: int, handle: str) -> None:
    """Take back an invitation to somebody, by the handle that they were asked under."""
    _managed(session, actor, circle_id)
    invitation = session.scalar(
        select(CircleInvitation)
        .join(Persona, Persona.id == CircleInvitation.persona_id)
        .where(CircleInvitation.circle_id == circle_id, Persona.handle == handle)
    )
    if invitation is None:
        raise NotFound
    session.delete(invitation)
    session.flush()


def invitations_to(session: Session, actor: Actor, circle_id: int) -> list[CircleInvitation]:
    """What the actor is asked here: to join, while they are not in it, or to coordinate."""
    asked = session.scalars(
        select(CircleInvitation)
        .where(
            CircleInvitation.circle_id == circle_id,
            CircleInvitation.member_id == actor.member_id,
        )
        .order_by(CircleInvitation.at)
    ).all()
    is_in = standing_of_in(session, actor, circle_id) is not None
    return [i for i in asked if i.standing == Standing.COORDINATOR or not is_in]


def answer_invitation(
    session: Session,
    actor: Actor,
    circle_id: int,
    standing: Standing,
    accept: bool,
    now: datetime,
    pseudonym: str | None = None,
) -> None:
    """Accept or turn down being asked in (JOINED), or being asked to coordinate (COORDINATOR).

    Raises:
        NotFound: the actor was not asked that, or it was taken back.
        Refused: the pseudonym cannot be used, or the place is archived.
    """
    CIRCLES.get(session, actor, CirclePermission.ANSWER_INVITATION, circle_id)
    place = holders.place(session, actor, circle_id)
    asked = [i for i in invitations_to(session, actor, circle_id) if i.standing == standing]
    if not asked:
        raise NotFound
    if accept and place.archived:
        raise Refused(_("“%(name)s” is archived: it can be read only.", name=place.name))
    assert actor.member_id is not None
    if accept and standing_of_in(session, actor, circle_id) is None:
        joining.join(session, actor, circle_id, now, pseudonym)
    if accept and standing == Standing.COORDINATOR:
        make(session, circle_id, actor.member_id, now)
    if not accept or standing == Standing.COORDINATOR:  # joining forgets it, where it may
        session.execute(
            delete(CircleInvitation).where(
                CircleInvitation.circle_id == circle_id,
                CircleInvitation.member_id == actor.member_id,
                CircleInvitation.standing == standing,
            )
        )
    emit(
        session,
        events.InvitationAnswered(**_who(circle_id, actor.member_id, now), accepted=accept),
        now,
    )


def standing_of_in(session: Session, actor: Actor, circle_id: int) -> CircleMembership | None:
    """The actor's membership when they are in the circle; a request is not yet in it."""
    membership = standing_of(session, actor, circle_id)
    return membership if membership is not None and membership.standing in IN_IT else None


def step_down(session: Session, actor: Actor, circle_id: int, now: datetime) -> None:
    """Stop coordinating, and stay in the circle."""
    CIRCLES.get(session, actor, CirclePermission.MANAGE, circle_id)
    assert actor.member_id is not None
    _unmake(session, circle_id, actor.member_id, None, now)


def unmake(session: Session, actor: Actor, circle_id: int, handle: str, now: datetime) -> None:
    """End another's coordinating; they stay in the circle and are told."""
    CIRCLES.get(session, actor, CirclePermission.MANAGE, circle_id)
    membership = by_handle(session, circle_id, handle, (Standing.COORDINATOR,))
    mine = standing_of(session, actor, circle_id)
    assert mine is not None
    by_id = None if membership.member_id == actor.member_id else mine.persona_id
    _unmake(session, circle_id, membership.member_id, by_id, now)


def take_over(session: Session, actor: Actor, circle_id: int, now: datetime) -> None:
    """Become the coordinator of a circle that has none; whoever is in it can.

    Raises:
        NotFound: the actor is not in it, or somebody coordinates it.
    """
    mine = standing_of(session, actor, circle_id)
    if mine is not None and mine.standing == Standing.COORDINATOR:
        return  # the button was pressed twice
    CIRCLES.get(session, actor, CirclePermission.TAKE_OVER, circle_id)
    assert actor.member_id is not None
    make(session, circle_id, actor.member_id, now)


def allow_pseudonyms(session: Session, actor: Actor, circle_id: int, allowed: bool) -> None:
    """Whether newcomers may choose a pseudonym. Who has one keeps it: it was promised."""
    _managed(session, actor, circle_id).allows_pseudonyms = allowed
    session.flush()


def is_wider(after: str, before: str) -> bool:
    """More people can read the one than the other."""
    return STRICTNESS.index(Visibility(after)) < STRICTNESS.index(Visibility(before))


def may_widen(session: Session, actor: Actor, circle_id: int) -> bool:
    """Nothing by anybody else stands in it (see `change_visibility`)."""
    assert actor.member_id is not None
    return not holders.written_by_others(session, circle_id, actor.member_id)


def change_visibility(
    session: Session, actor: Actor, circle_id: int, visibility: Visibility, now: datetime
) -> None:
    """Change who may read a circle.

    The rule: a circle can be made stricter at any time, and at once; it can be made wider only
    while nothing by others stands in it, a week after everybody in it was told, and only when that
    is still so then. So nobody's words are ever read by more people than they were written for.

    Raises:
        NotFound: the actor does not coordinate it.
        Refused: wider, and others have written in it; or wider than what it stands in.
    """
    circle = _managed(session, actor, circle_id)
    circle = session.get_one(Circle, circle_id, with_for_update=True, populate_existing=True)
    widest = holders.widest(session, circle_id)
    if widest is not None and is_wider(visibility, widest):
        raise Refused(_("It is part of something that fewer people can read."), "visibility")
    if not is_wider(visibility, circle.visibility):
        circle.widens_to = circle.widens_at = None
        if visibility != circle.visibility:
            change_at_once(session, circle, visibility, now)
        session.flush()
        return
    if not may_widen(session, actor, circle_id):
        raise Refused(
            _(
                "Others wrote or agreed to something here for a smaller circle, so it cannot be "
                "made wider."
            ),
            "visibility",
        )
    if set(members_of(session, circle_id)) <= {actor.member_id}:
        circle.widens_to = circle.widens_at = None
        change_at_once(session, circle, visibility, now)
        return
    circle.widens_to, circle.widens_at = visibility, now + NOTICE
    session.flush()
    assert actor.member_id is not None
    at = events.moment(circle.widens_at)
    payload = {"circle_id": circle_id, "at": at, "member_id": actor.member_id}
    enqueue(session, "spaces.widen", payload, now=now, run_at=circle.widens_at)
    emit(session, events.WideningAnnounced(circle_id=circle_id, at=events.moment(now)), now)


@job("spaces.widen")
def widen(session: Session, payload: dict[str, int], now: datetime) -> None:
    """Open the circle as announced, unless that was taken back or announced anew.

    What others wrote, or brought a case to, since the announcement ends it as well: they are told.
    """
    circle = session.get(Circle, payload["circle_id"], with_for_update=True)
    if circle is None or circle.widens_at is None or circle.widens_to is None:
        return
    if events.moment(circle.widens_at) != payload["at"]:
        return
    wider = Visibility(circle.widens_to)
    circle.widens_to = circle.widens_at = None
    # Announced by nobody that is known: whatever stands in it is by others.
    if holders.written_by_others(session, circle.id, payload.get("member_id", 0)):
        session.flush()
        emit(session, events.WideningEnded(circle_id=circle.id, at=events.moment(now)), now)
        return
    change_at_once(session, circle, wider, now)


def change_at_once(session: Session, circle: Circle, visibility: Visibility, now: datetime) -> None:
    """Change who may read, for a caller that has checked that nobody's words are widened."""
    before, circle.visibility = circle.visibility, visibility
    if visibility == Visibility.PRIVATE:
        # A private circle is found by those in it only: whoever still waits is told no.
        turn_down_waiting(session, circle.id, now)
    session.flush()
    emit(
        session,
        events.VisibilityChanged(
            circle_id=circle.id, at=events.moment(now), before=before, after=visibility
        ),
        now,
    )


def turn_down_waiting(session: Session, circle_id: int, now: datetime) -> None:
    """Nobody will answer those who asked to join: they are told no."""
    for waiting in session.scalars(
        select(CircleMembership)
        .where(
            CircleMembership.circle_id == circle_id,
            CircleMembership.standing == Standing.REQUESTED,
        )
        .order_by(CircleMembership.since, CircleMembership.member_id)
    ).all():
        member_id = waiting.member_id
        session.delete(waiting)
        answered = events.JoinAnswered(**_who(circle_id, member_id, now), admitted=False)
        emit(session, answered, now)
    session.flush()


def _managed(session: Session, actor: Actor, circle_id: int) -> Circle:
    circle = CIRCLES.get(session, actor, CirclePermission.MANAGE, circle_id)
    place = holders.place(session, actor, circle_id)
    if place.archived:
        raise Refused(_("“%(name)s” is archived: it can be read only.", name=place.name))
    return circle


def ask_persona(
    session: Session,
    actor: Actor,
    circle_id: int,
    persona: Persona,
    standing: Standing,
    words: str,
    now: datetime,
) -> CircleInvitation:
    """Ask somebody in, or to coordinate, for an actor who was found to coordinate it."""
    words = trimmed(words)
    if len(words) > 500:
        raise Refused(_("Keep it to 500 characters, please."), "words")
    invitation = session.get(CircleInvitation, (circle_id, persona.id))
    if invitation is not None:
        return invitation  # asked already: nobody is asked twice for the same
    mine = standing_of(session, actor, circle_id)
    assert mine is not None
    return _asked(session, circle_id, persona, standing, words, mine.persona_id, now)


def ask_for_site(session: Session, circle_id: int, persona: Persona, now: datetime) -> None:
    """Whoever runs the site asks a member to coordinate a new circle; until they say yes it has no
    coordinator.

    Args:
        persona: the member's own.
    """
    _asked(session, circle_id, persona, Standing.COORDINATOR, "", None, now)


def _asked(
    session: Session,
    circle_id: int,
    persona: Persona,
    standing: Standing,
    words: str,
    by_id: int | None,
    now: datetime,
) -> CircleInvitation:
    assert persona.member_id is not None
    invitation = CircleInvitation(
        circle_id=circle_id,
        persona_id=persona.id,
        member_id=persona.member_id,
        standing=standing,
        words=words,
        by_id=by_id,
        at=now,
    )
    session.add(invitation)
    session.flush()
    emit(session, events.Invited(**_who(circle_id, persona.member_id, now)), now)
    return invitation


def make(session: Session, circle_id: int, member_id: int, now: datetime) -> None:
    """Somebody who is in the circle coordinates it; the caller has checked that they said yes."""
    membership = session.get_one(CircleMembership, (circle_id, member_id))
    membership.standing = Standing.COORDINATOR
    session.get_one(Circle, circle_id).unclaimed = False
    session.flush()
    emit(session, events.CoordinatorMade(**_who(circle_id, member_id, now)), now)


def _unmake(
    session: Session, circle_id: int, member_id: int, by_id: int | None, now: datetime
) -> None:
    joining.lock(session, circle_id)
    membership = session.get_one(CircleMembership, (circle_id, member_id))
    membership.standing = Standing.JOINED
    session.flush()
    emit(session, events.CoordinatorEnded(**_who(circle_id, member_id, now), by_id=by_id), now)
    joining.look_after(session, circle_id, Standing.COORDINATOR, now)


def _who(circle_id: int, member_id: int, now: datetime) -> dict[str, int]:
    return {"circle_id": circle_id, "member_id": member_id, "at": events.moment(now)}
