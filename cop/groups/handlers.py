"""What follows when something happened to a group, in the worker; permissions asked again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import events as gatherings
from cop.gatherings.ground import tell
from cop.gatherings.guest_models import GatheringGuest
from cop.gatherings.models import Coming, Gathering
from cop.groups import asking, certainty, events, facilitating
from cop.groups import holding as _holding
from cop.groups.models import (
    FacilitatorState,
    Group,
    GroupAgreement,
    GroupFacilitator,
    GroupPresence,
    TrainedFacilitator,
)
from cop.groups.permissions import GROUPS, GroupPermission, has_facilitator
from cop.members.actor import SYSTEM, Actor
from cop.members.events import MemberLeft, PseudonymEnds
from cop.notifications.models import Notification
from cop.notifications.operations import Line, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import on
from cop.spaces import events as spaces
from cop.spaces import holders
from cop.spaces.circles import CircleMembership, Standing, members_of
from cop.spaces.events import moment
from cop.spaces.joining import IN_IT

__all__ = ["_holding"]  # what it registers


@on(events.RulesChanged)
def ask_to_agree(session: Session, event: events.RulesChanged, now: datetime) -> None:
    """Everybody who has not agreed to the new rules."""
    group = session.get(Group, event.group_id)
    if group is None or group.rules_version != event.version:
        return
    agreed = set(
        session.scalars(
            select(GroupAgreement.member_id).where(
                GroupAgreement.group_id == group.id, GroupAgreement.version == event.version
            )
        )
    )
    others = [m for m in members_of(session, group.circle_id) if m not in agreed]
    tell(session, f"groups.rules:{event.version}", group.id, others, now)


@on(events.FacilitatorAsked)
def tell_who_is_asked(session: Session, event: events.FacilitatorAsked, now: datetime) -> None:
    row = session.get(GroupFacilitator, event.facilitator_id)
    if row is not None and row.state == FacilitatorState.ASKED and row.member_id is not None:
        tell(
            session, f"groups.asked:{event.at}", row.group.id, [row.member_id], now, by_id=row.by_id
        )


@on(events.FacilitatorOffered)
def tell_of_offer(session: Session, event: events.FacilitatorOffered, now: datetime) -> None:
    row = session.get(GroupFacilitator, event.facilitator_id)
    if row is not None and row.state == FacilitatorState.OFFERED:
        to = _organisers(session, row.group)
        tell(session, f"groups.offer:{event.at}", row.group.id, to, now, by_id=row.persona_id)


@on(events.FacilitatorFound)
def tell_who_facilitates(session: Session, event: events.FacilitatorFound, now: datetime) -> None:
    """Everybody in the group; also who offered it hears that they were taken."""
    row = session.get(GroupFacilitator, event.facilitator_id)
    if row is None or row.state != FacilitatorState.ACCEPTED:
        return
    others = [m for m in members_of(session, row.group.circle_id) if m != row.member_id]
    tell(session, f"groups.found:{event.at}", row.group.id, others, now, by_id=row.persona_id)
    if row.member_id is not None and row.by_id is None:
        tell(session, f"groups.taken:{event.at}", row.group.id, [row.member_id], now)
    certainty.make_certain(session, row.group_id, now)


@on(events.FacilitatorDeclined)
def tell_of_no(session: Session, event: events.FacilitatorDeclined, now: datetime) -> None:
    row = session.get(GroupFacilitator, event.facilitator_id)
    if row is None:
        return
    if event.by_group and row.member_id is not None:
        tell(session, f"groups.not_taken:{event.at}", row.group.id, [row.member_id], now)
    elif not event.by_group:
        to = _organisers(session, row.group)
        tell(session, f"groups.declined:{event.at}", row.group.id, to, now, by_id=row.persona_id)


@on(events.LastFacilitatorGone)
def ask_for_another(session: Session, event: events.LastFacilitatorGone, now: datetime) -> None:
    """Nothing is orphaned: everybody in the group is asked."""
    group = session.get(Group, event.group_id)
    if group is not None:
        _seek(session, group, event.at, now)


def _seek(session: Session, group: Group, at: int, now: datetime) -> None:
    """Somebody facilitates no longer: dates without another are not certain any more."""
    certainty.make_uncertain(session, group.id, now)
    if not _has_facilitator(session, group):
        everybody = members_of(session, group.circle_id)
        tell(session, f"groups.seeks:{at}", group.id, everybody, now)


@on(gatherings.GuestAnswered)
def take_guest(session: Session, event: gatherings.GuestAnswered, now: datetime) -> None:
    """Somebody from outside said whether they facilitate (`outside.answered`); the organisers
    hear of it."""
    row = session.scalar(
        select(GroupFacilitator).where(GroupFacilitator.guest_id == event.guest_id)
    )
    guest = session.get(GatheringGuest, event.guest_id)
    if row is None or guest is None or not guest.facilitates:
        return
    if guest.coming != (Coming.GOING if event.comes else Coming.OFF):
        return  # they were asked anew since, or said otherwise: that tells of itself
    what = "guest_yes" if event.comes else "guest_no"
    to = _organisers(session, row.group)
    tell(session, f"groups.{what}:{row.id}:{event.at}", row.group.id, to, now)
    if event.comes:
        certainty.make_certain(session, row.group_id, now)


@on(gatherings.GuestGone)
def forget_guest(session: Session, event: gatherings.GuestGone, now: datetime) -> None:
    """Of who was taken back as a guest of the date poll, too: their date has nobody any more."""
    row = session.scalar(
        select(GroupFacilitator).where(GroupFacilitator.guest_id == event.guest_id)
    )
    if row is None:
        return
    group, facilitated = row.group, row.state == FacilitatorState.ACCEPTED
    gathering = session.get(Gathering, row.gathering_id)
    session.delete(row)
    session.flush()
    if facilitated and certainty.counts_on_somebody(gathering, now):
        _seek(session, group, moment(now), now)


@on(events.DatesPlanned)
def tell_of_dates(session: Session, event: events.DatesPlanned, now: datetime) -> None:
    """Who organises hears of it when the dates wait for a facilitator."""
    group = session.get(Group, event.group_id)
    if group is not None and not _has_facilitator(session, group):
        to = _organisers(session, group)
        tell(session, f"groups.wait:{event.series}", group.id, to, now)


@on(events.DateConfirmed)
def ask_who_comes(session: Session, event: events.DateConfirmed, now: datetime) -> None:
    gathering = session.get(Gathering, event.gathering_id)
    if (
        gathering is not None
        and gathering.cancelled_at is None
        and not gathering.provisional
        and gathering.starts_at > now
    ):
        asking.ask_everybody(session, gathering, now)


@on(spaces.Joined)
def ask_newcomer(session: Session, event: spaces.Joined, now: datetime) -> None:
    membership = session.get(CircleMembership, (event.circle_id, event.member_id))
    if membership is not None and membership.standing in IN_IT:
        asking.ask_newcomer(session, event.circle_id, event.member_id, membership.persona_id, now)


@on(spaces.Left)
def end_for_who_left(session: Session, event: spaces.Left, now: datetime) -> None:
    """Who is not in the group does not facilitate it and agreed to nothing; a place may be free."""
    group = session.scalar(select(Group).where(Group.circle_id == event.circle_id))
    if group is None or session.scalar(
        select(CircleMembership.member_id)
        .where(CircleMembership.circle_id == event.circle_id)
        .where(CircleMembership.member_id == event.member_id)
        .where(CircleMembership.standing.in_(IN_IT))
    ):
        return
    for row in session.scalars(
        select(GroupFacilitator)
        .where(GroupFacilitator.group_id == group.id)
        .where(GroupFacilitator.member_id == event.member_id)
    ).all():
        facilitating.end(session, row, now)
    session.execute(
        delete(GroupAgreement).where(
            GroupAgreement.group_id == group.id, GroupAgreement.member_id == event.member_id
        )
    )
    if group.size is not None and _somebody_waits(session, group):
        place = holders.places(session, SYSTEM, [group.circle_id]).get(group.circle_id)
        if place is not None and not place.full:
            tell(session, f"groups.place:{event.at}", group.id, _organisers(session, group), now)


@on(spaces.LastMemberGone)
def archive_what_nobody_is_in(
    session: Session, event: spaces.LastMemberGone, now: datetime
) -> None:
    group = session.scalar(select(Group).where(Group.circle_id == event.circle_id))
    if group is not None and not members_of(session, event.circle_id):
        group.archived_at = group.archived_at or now
        session.flush()


@on(MemberLeft)
def forget_member(session: Session, event: MemberLeft, now: datetime) -> None:
    session.execute(
        delete(TrainedFacilitator).where(TrainedFacilitator.member_id == event.member_id)
    )
    session.execute(delete(GroupAgreement).where(GroupAgreement.member_id == event.member_id))
    session.execute(delete(GroupPresence).where(GroupPresence.member_id == event.member_id))
    _end(session, event.persona_id, now)


@on(PseudonymEnds)
def forget_pseudonym(session: Session, event: PseudonymEnds, now: datetime) -> None:
    _end(session, event.persona_id, now)


def _end(session: Session, persona_id: int, now: datetime) -> None:
    for row in session.scalars(
        select(GroupFacilitator).where(GroupFacilitator.persona_id == persona_id)
    ).all():
        facilitating.end(session, row, now)


def _has_facilitator(session: Session, group: Group) -> bool:
    return (
        session.scalar(select(Group.id).where(Group.id == group.id, has_facilitator(Group.id)))
        is not None
    )


def _somebody_waits(session: Session, group: Group) -> bool:
    return (
        session.scalar(
            select(CircleMembership.member_id)
            .where(CircleMembership.circle_id == group.circle_id)
            .where(CircleMembership.standing == Standing.REQUESTED)
            .limit(1)
        )
        is not None
    )


def _organisers(session: Session, group: Group) -> list[int]:
    return list(
        session.scalars(
            select(CircleMembership.member_id)
            .where(CircleMembership.circle_id == group.circle_id)
            .where(CircleMembership.standing == Standing.COORDINATOR)
        )
    )


@sentences(
    "groups.asked",
    "groups.declined",
    "groups.found",
    "groups.guest_no",
    "groups.guest_yes",
    "groups.not_taken",
    "groups.offer",
    "groups.place",
    "groups.rules",
    "groups.seeks",
    "groups.taken",
    "groups.wait",
)
def lines(session: Session, actor: Actor, notifications: Sequence[Notification]) -> dict[int, Line]:
    """One line each, for groups that the actor may still find; on the site only."""
    rows = session.execute(
        select(Group.id, Group.name, has_facilitator(Group.id).label("facilitated"))
        .add_columns(*GROUPS.columns(actor))
        .where(Group.id.in_({n.subject_id for n in notifications}))
        .where(or_(GROUPS.clause(actor, GroupPermission.FIND))),
        actor.parameters,
    ).all()
    found = {row.id: row for row in rows}
    made = {}
    for n in notifications:
        row = found.get(n.subject_id)
        if row is not None:
            line = _line(n, row.id, row.name, bool(row.facilitated), GROUPS.from_row(row))
            if line is not None:
                made[n.id] = line
    return made


def _line(
    n: Notification, group_id: int, name: str, facilitated: bool, may: frozenset[object]
) -> Line | None:
    said = {"group": name, "who": n.by.name if n.by is not None else ""}
    url = f"/groepen/{group_id}"
    match n.kind.removeprefix("groups."):
        case "asked" if GroupPermission.ANSWER in may:
            return Line(_("%(who)s asks you to facilitate “%(group)s”.", **said), url)
        case "offer" if GroupPermission.MANAGE in may and not facilitated:
            text = _("%(who)s offers to facilitate “%(group)s”.", **said)
            return Line(text, f"{url}/begeleider")
        case "found":
            return Line(_("%(who)s facilitates “%(group)s”.", **said), url)
        case "taken":
            return Line(_("You facilitate “%(group)s” now. Thank you!", **said), url)
        case "not_taken":
            return Line(_("“%(group)s” goes on with another facilitator.", **said), url)
        case "declined":
            return Line(_("%(who)s cannot facilitate “%(group)s”.", **said), f"{url}/begeleider")
        case "rules":
            return Line(
                _("The agreements of “%(group)s” have changed. Do you agree?", **said),
                f"{url}/afspraken",
            )
        case "seeks" if not facilitated:
            return Line(_("“%(group)s” has no facilitator any more. Who will?", **said), url)
        case "wait" if not facilitated:
            return Line(
                _("The dates of “%(group)s” wait for a facilitator.", **said),
                f"{url}/begeleider",
            )
        case "guest_yes":
            return Line(_("Who you asked by mail facilitates a date of “%(group)s”.", **said), url)
        case "guest_no":
            return Line(
                _("Who you asked by mail cannot facilitate a date of “%(group)s”.", **said), url
            )
        case "place":
            return Line(
                _("There is a place in “%(group)s” for whoever waits longest.", **said),
                f"{url}/leden",
            )
    return None
