"""Who is told what about circles, in the worker; permissions are asked again there."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cop.members.actor import SYSTEM, Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.members.leaving import stand_in
from cop.members.models import Member, MemberState, SiteRole
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import format_date
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces import events, holders
from cop.spaces.circles import (
    Circle,
    CircleInvitation,
    CircleMembership,
    CircleRemoval,
    Standing,
    Visibility,
    coordinating_members,
)
from cop.spaces.joining import IN_IT, leave_all
from cop.spaces.models import Space
from cop.spaces.operations import archive_now
from cop.spaces.words import VISIBILITY_LABELS

ASKED_TO_TAKE_OVER = 3  # the longest members; enough that one of them reads it


@on(MemberLeft)
def end_own_name(session: Session, event: MemberLeft, now: datetime) -> None:
    leave_all(session, event.persona_id, now)
    for persona_id in session.scalars(
        select(CircleMembership.persona_id)
        .where(CircleMembership.member_id == event.member_id)
        .distinct()
    ).all():  # pseudonyms that end later: from now on nothing says whose they were
        nobody = stand_in(session, now)
        session.execute(
            update(CircleMembership)
            .where(
                CircleMembership.member_id == event.member_id,
                CircleMembership.persona_id == persona_id,
            )
            .values(member_id=nobody.id)
        )


@on(PseudonymEnds)
def end_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    leave_all(session, event.persona_id, now)


@on(events.JoinAsked)
def tell_coordinators(session: Session, event: events.JoinAsked, now: datetime) -> None:
    request = session.get(CircleMembership, (event.circle_id, event.member_id))
    if request is None or request.standing != Standing.REQUESTED:
        return
    notify(
        session,
        member_ids=coordinating_members(session, event.circle_id),
        kind="circles.request",
        key=f"circles.request:{event.circle_id}:{event.at}:{request.persona_id}",
        subject_id=event.circle_id,
        by_id=request.persona_id,
        now=now,
    )


@on(events.JoinAnswered)
def tell_who_asked(session: Session, event: events.JoinAnswered, now: datetime) -> None:
    _tell(session, event, [event.member_id], "admitted" if event.admitted else "declined", now)


@on(events.Invited)
def tell_who_is_invited(session: Session, event: events.Invited, now: datetime) -> None:
    asked = session.scalars(
        select(CircleInvitation)
        .where(
            CircleInvitation.circle_id == event.circle_id,
            CircleInvitation.member_id == event.member_id,
        )
        .order_by(CircleInvitation.at.desc())
    ).first()
    if asked is None:
        return
    kind = "asked_to_coordinate" if asked.standing == Standing.COORDINATOR else "invited"
    _tell(session, event, [event.member_id], kind, now, by_id=asked.by_id)


@on(events.Removed)
def tell_who_was_removed(session: Session, event: events.Removed, now: datetime) -> None:
    if session.get(CircleRemoval, event.removal_id) is not None:
        notify(
            session,
            member_ids=[event.member_id],
            kind="circles.removed",
            key=f"circles.removed:{event.removal_id}",
            subject_id=event.removal_id,
            now=now,
        )


@on(events.CoordinatorEnded)
def tell_who_coordinated(session: Session, event: events.CoordinatorEnded, now: datetime) -> None:
    if event.by_id is not None:
        _tell(session, event, [event.member_id], "coordinator_ended", now, by_id=event.by_id)


@on(events.LastCoordinatorGone)
def ask_to_take_over(session: Session, event: events.LastCoordinatorGone, now: datetime) -> None:
    """Nothing is orphaned: the longest members are asked, administrators are told."""
    if coordinating_members(session, event.circle_id):
        return
    longest = session.scalars(
        select(CircleMembership.member_id)
        .where(CircleMembership.circle_id == event.circle_id)
        .where(CircleMembership.standing.in_(IN_IT))
        .order_by(CircleMembership.since, CircleMembership.member_id)
        .limit(ASKED_TO_TAKE_OVER)
    ).all()
    _tell(session, event, longest, "take_over", now)
    administrators = session.scalars(
        select(Member.id).where(
            Member.site_role == SiteRole.ADMINISTRATOR, Member.state == MemberState.ACTIVE
        )
    ).all()
    _tell(session, event, [a for a in administrators if a not in longest], "orphaned", now)


@on(events.LastMemberGone)
def archive_what_nobody_is_in(
    session: Session, event: events.LastMemberGone, now: datetime
) -> None:
    """A space that others cannot join by themselves ends with its last member.

    Members can still join a public or open one, and take it over.
    """
    space = session.scalar(select(Space).where(Space.circle_id == event.circle_id))
    circle = session.get(Circle, event.circle_id)
    if space is None or circle is None or space.archived_at is not None:
        return
    still = session.scalar(
        select(CircleMembership.member_id)
        .where(CircleMembership.circle_id == circle.id, CircleMembership.standing.in_(IN_IT))
        .limit(1)
    )
    if still is None and circle.visibility in (Visibility.CLOSED, Visibility.PRIVATE):
        archive_now(session, space, now)


@on(events.WideningAnnounced)
def tell_of_widening(session: Session, event: events.WideningAnnounced, now: datetime) -> None:
    circle = session.get(Circle, event.circle_id)
    if circle is not None and circle.widens_at is not None:
        _tell(session, event, _members(session, event.circle_id), "widens", now)


@on(events.WideningEnded)
def tell_of_no_widening(session: Session, event: events.WideningEnded, now: datetime) -> None:
    _tell(session, event, _members(session, event.circle_id), "stays", now)


@on(events.VisibilityChanged)
def tell_of_visibility(session: Session, event: events.VisibilityChanged, now: datetime) -> None:
    _tell(session, event, _members(session, event.circle_id), "visibility", now)


def _tell(
    session: Session,
    event: events.CircleEvent,
    member_ids: Sequence[int],
    kind: str,
    now: datetime,
    by_id: int | None = None,
) -> None:
    notify(
        session,
        member_ids=member_ids,
        kind=f"circles.{kind}",
        key=f"circles.{kind}:{event.circle_id}:{event.at}",
        subject_id=event.circle_id,
        by_id=by_id,
        now=now,
    )


def _coordinated(session: Session, circle_ids: set[int]) -> set[int]:
    """Those of the circles that somebody coordinates."""
    return set(
        session.scalars(
            select(CircleMembership.circle_id).where(
                CircleMembership.circle_id.in_(circle_ids),
                CircleMembership.standing == Standing.COORDINATOR,
            )
        )
    )


def _members(session: Session, circle_id: int) -> list[int]:
    return list(
        session.scalars(
            select(CircleMembership.member_id).where(
                CircleMembership.circle_id == circle_id, CircleMembership.standing.in_(IN_IT)
            )
        )
    )


@sentences(
    "circles.request",
    "circles.admitted",
    "circles.declined",
    "circles.invited",
    "circles.asked_to_coordinate",
    "circles.coordinator_ended",
    "circles.take_over",
    "circles.widens",
    "circles.stays",
    "circles.visibility",
)
def lines_about_circles(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """One line each, for circles that the actor may still find."""
    ids = {n.subject_id for n in notifications}
    places = holders.places(session, actor, ids)
    circles = {c.id: c for c in session.scalars(select(Circle).where(Circle.id.in_(ids)))}
    looked_after = _coordinated(session, ids)
    lines = {}
    for n in notifications:
        place = places.get(n.subject_id)
        if place is None and n.kind == "circles.declined":
            # It is private by now. What it is called may be newer than what they knew.
            text = _("Your request to join was turned down: what you asked for is private now.")
            lines[n.id] = Line(text, "/proeftuinen")
        if n.kind == "circles.take_over" and n.subject_id in looked_after:
            continue  # somebody did
        if place is not None:
            line = _line(n, place, circles[n.subject_id])
            if line is not None:
                lines[n.id] = line
    return lines


def _line(n: Notification, place: holders.Place, circle: Circle) -> Line | None:
    words = {"place": place.name, "who": n.by.name if n.by is not None else ""}
    answer_url = f"/kringen/{circle.id}/uitnodiging"
    match n.kind.removeprefix("circles."):
        case "request":
            return Line(_("%(who)s asks to join “%(place)s”.", **words), place.members_url)
        case "admitted":
            return Line(_("You take part in “%(place)s” now. Welcome!", **words), place.url)
        case "declined":
            return Line(_("Your request to join “%(place)s” was turned down.", **words), place.url)
        case "invited":
            return Line(_("%(who)s asks you to join “%(place)s”.", **words), answer_url)
        case "asked_to_coordinate" if n.by is None:
            return Line(_("Will you coordinate “%(place)s”?", **words), answer_url)
        case "asked_to_coordinate":
            return Line(_("%(who)s asks you to coordinate “%(place)s”.", **words), answer_url)
        case "coordinator_ended":
            return Line(_("You no longer coordinate “%(place)s”.", **words), place.url)
        case "take_over":
            return Line(
                _("“%(place)s” has no coordinator any more. Will you take over?", **words),
                place.members_url,
            )
        case "widens" if circle.widens_at is not None and circle.widens_to is not None:
            return Line(
                _(
                    "From %(day)s “%(place)s” will be %(visibility)s: more people can read it.",
                    day=format_date(circle.widens_at),
                    visibility=VISIBILITY_LABELS[Visibility(circle.widens_to)],
                    **words,
                ),
                place.url,
            )
        case "stays":
            return Line(
                _("“%(place)s” stays for whom it is: others have written in it.", **words),
                place.url,
            )
        case "visibility":
            return Line(
                _(
                    "“%(place)s” is %(visibility)s now.",
                    visibility=VISIBILITY_LABELS[Visibility(circle.visibility)],
                    **words,
                ),
                place.url,
            )
    return None


@sentences("circles.removed")
def lines_about_removals(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """To the one who was removed, also from a circle that they can no longer find."""
    removals = {
        r.id: r
        for r in session.scalars(
            select(CircleRemoval).where(
                CircleRemoval.id.in_({n.subject_id for n in notifications}),
                CircleRemoval.member_id == actor.member_id,
            )
        )
    }
    places = holders.places(session, SYSTEM, {r.circle_id for r in removals.values()})
    return {
        n.id: Line(
            _(
                "You no longer take part in “%(place)s”. Read why.",
                place=places[removals[n.subject_id].circle_id].name,
            ),
            f"/kringen/verwijderd/{n.subject_id}",
        )
        for n in notifications
        if n.subject_id in removals and removals[n.subject_id].circle_id in places
    }


@sentences("circles.orphaned")
def lines_about_orphans(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """To administrators; the name of a private place stays with those in it."""
    if not actor.administers:
        return {}
    ids = {n.subject_id for n in notifications}
    places, looked_after = holders.places(session, actor, ids), _coordinated(session, ids)
    lines = {}
    for n in notifications:
        place = places.get(n.subject_id)
        if n.subject_id in looked_after:
            continue  # somebody took over
        if place is not None:
            text = _("“%(place)s” has no coordinator. Its members were asked.", place=place.name)
            lines[n.id] = Line(text, place.url)
        else:
            text = _("A private place has no coordinator. Its members were asked.")
            lines[n.id] = Line(text, "/proeftuinen")
    return lines
