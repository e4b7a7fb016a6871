"""The dates of a group: planning, confirming, moving and cancelling them.

A date is a gathering of the group's circle. Without a facilitator it is provisional, and cannot be
confirmed [D]; when who facilitates goes, it is so again. Confirmed, everybody in the group is asked
by their own calendar; nobody is signed up by another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.gatherings import attending, when
from cop.gatherings import operations as gatherings
from cop.gatherings.ground import name_in
from cop.gatherings.models import Gathering
from cop.gatherings.operations import Details
from cop.gatherings.poll_models import DatePoll
from cop.gatherings.polling import Proposal, put_down
from cop.groups import events
from cop.groups.certainty import OPEN_AFTER, make_sure
from cop.groups.models import Group, GroupDate
from cop.groups.operations import locked
from cop.groups.permissions import (
    DATES,
    GROUPS,
    DatePermission,
    GroupPermission,
    has_facilitator,
)
from cop.members.actor import Actor
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_AT_ONCE = 26


@dataclass(frozen=True, kw_only=True)
class Where:
    """Where the group meets, and for how long."""

    setting: str
    place: str = ""
    link: str = ""
    minutes: int = 90


def plan(
    session: Session,
    actor: Actor,
    group_id: int,
    starts: Iterable[datetime],
    where: Where,
    now: datetime,
    anyway: bool = False,
) -> list[Gathering]:
    """Plan dates, all or none; confirmed at once when somebody facilitates the group.

    Dates that the group has already are left out, so that the same form sent twice plans once.

    Raises:
        NotFound: the actor neither organises the group nor facilitates it.
        Refused: no dates or too many, one that has passed, or two that overlap.
    """
    GROUPS.get(session, actor, GroupPermission.PLAN, group_id)
    group = locked(session, group_id)
    moments = sorted(set(starts))
    if not moments:
        raise Refused(_("Choose at least one date."), "days")
    if len(moments) > MOST_AT_ONCE:
        raise Refused(
            _("That makes more than %(most)s dates; choose fewer.", most=MOST_AT_ONCE), "days"
        )
    ask_author([where.place], Purpose.GATHERING, anyway)
    length = timedelta(minutes=where.minutes)
    have = dict(_busy(session, group, now))
    new = [moment for moment in moments if moment not in have]
    for moment in new:
        if any(moment < end and start < moment + length for start, end in have.items()):
            raise Refused(
                _(
                    "The group meets at that time already, or two of these overlap: %(day)s.",
                    day=when.spoken_day(moment),
                ),
                "days",
            )
        have[moment] = moment + length
    organiser_id = name_in(session, actor, group.circle_id)
    made = [_put_down(session, group, organiser_id, moment, where, now) for moment in new]
    if made:
        series = made[0].id
        for gathering in made:
            session.add(GroupDate(group_id=group.id, gathering_id=gathering.id, series=series))
        session.flush()
        emit(session, events.DatesPlanned(group_id=group.id, series=series), now)
        if _covered(session, group):
            for gathering in made:
                make_sure(session, gathering, now)
    return made


def confirm(session: Session, actor: Actor, gathering_id: int, now: datetime) -> Gathering:
    """Say that a date goes on; everybody in the group is asked whether they come.

    Raises:
        NotFound: the actor may not plan for the group.
        Refused: nobody facilitates it, or it is over or cancelled.
    """
    date = _date(session, actor, DatePermission.PLAN, gathering_id)
    gathering = attending.locked(session, gathering_id)
    if not gathering.provisional:
        return gathering
    gatherings.refuse_if_over(gathering, now - OPEN_AFTER)  # so long its session can still begin
    covered = session.scalar(
        select(GroupDate.id).where(
            GroupDate.id == date.id, has_facilitator(GroupDate.group_id, GroupDate.gathering_id)
        )
    )
    if covered is None:
        raise Refused(_("This date has no facilitator yet, so it cannot be confirmed."))
    make_sure(session, gathering, now)
    return gathering


def move(
    session: Session,
    actor: Actor,
    gathering_id: int,
    start: datetime,
    where: Where,
    now: datetime,
    *,
    rest: bool = False,
    anyway: bool = False,
) -> list[Gathering]:
    """Move a date; with `rest` also those of its series after it, by as many days and to the same
    time on the clock.

    Raises:
        NotFound: the actor may not plan for the group.
        Refused: over, cancelled, passed, a time that the clocks skip, or the group meets then.
    """
    date = _date(session, actor, DatePermission.PLAN, gathering_id)
    group = locked(session, date.group_id)
    first = attending.locked(session, gathering_id)
    gatherings.refuse_if_over(first, now)
    ask_author([where.place], Purpose.GATHERING, anyway)
    moved = [first, *(_after(session, date, first) if rest else ())]
    days = when.local(start).date() - when.local(first.starts_at).date()
    time_of_day = when.local(start).time()
    starts = {
        g.id: when.moment(when.local(g.starts_at).date() + days, time_of_day, "day") for g in moved
    }
    starts[first.id] = start
    _refuse_overlap(session, group, starts, where.minutes, now)
    for gathering in moved:
        gatherings.rewrite(session, gathering, _details(group, starts[gathering.id], where), now)
    return moved


def cancel(
    session: Session,
    actor: Actor,
    gathering_id: int,
    why: str,
    now: datetime,
    *,
    rest: bool = False,
    anyway: bool = False,
) -> list[Gathering]:
    """Call a date off; with `rest` also those of its series after it. Again changes nothing.

    Also when the group has ended: its dates to come stay until they are called off.

    Raises:
        NotFound: the actor neither organises the group nor facilitates it.
        Refused: it is over, or the words are too long.
    """
    date = _date(session, actor, DatePermission.CANCEL, gathering_id)
    locked(session, date.group_id)
    first = attending.locked(session, gathering_id)
    ask_author([why], Purpose.GATHERING, anyway)
    off = [first, *(_after(session, date, first) if rest else ())]
    off = [gathering for gathering in off if gathering.cancelled_at is None]
    for gathering in off:
        gatherings.call_off(session, gathering, why, now)
    return off


def ask_date(
    session: Session,
    actor: Actor,
    group_id: int,
    proposal: Proposal,
    now: datetime,
    anyway: bool = False,
) -> DatePoll:
    """Ask the group when it can meet.

    Raises:
        NotFound: the actor neither organises the group nor facilitates it.
        Refused: something that cannot be, beside its field.
    """
    group = GROUPS.get(session, actor, GroupPermission.PLAN, group_id)
    return put_down(session, actor, proposal, now, circle_id=group.circle_id, anyway=anyway)


# --- what gatherings ask of the room that has these kinds (`gatherings.belonging`) ---


def planned(
    session: Session, actor: Actor, poll: DatePoll, details: Details, now: datetime
) -> Gathering:
    """A date poll of a group found a date.

    Raises:
        NotFound: the actor may not plan for the group.
    """
    found = session.scalar(
        GROUPS.scope(actor, GroupPermission.PLAN).where(Group.circle_id == poll.circle_id)
    )
    if found is None:
        raise NotFound
    group = locked(session, found.id)
    minutes = int((details.ends_at - details.starts_at).total_seconds() // 60)
    where = Where(setting=details.setting, place=details.place, link=details.link, minutes=minutes)
    _refuse_overlap(session, group, {0: details.starts_at}, minutes, now)
    gathering = _put_down(
        session, group, name_in(session, actor, group.circle_id), details.starts_at, where, now
    )
    session.add(GroupDate(group_id=group.id, gathering_id=gathering.id, series=gathering.id))
    session.flush()
    emit(session, events.DatesPlanned(group_id=group.id, series=gathering.id), now)
    return gathering


def chosen(session: Session, gathering: Gathering, now: datetime) -> None:
    """Those who wished so are signed up; the others are asked, when somebody facilitates."""
    group = session.scalars(select(Group).where(Group.circle_id == gathering.circle_id)).one()
    if _covered(session, group):
        make_sure(session, gathering, now)


def hindrance(session: Session, actor: Actor, circle_id: int) -> str | None:
    """What has to be done before somebody comes to a date: agree to the rules as they are now."""
    takes_part = session.scalar(
        GROUPS.scope(actor, GroupPermission.TAKE_PART)
        .where(Group.circle_id == circle_id)
        .with_only_columns(Group.id)
    )
    if takes_part is not None:
        return None
    return _("First read what the group agreed on, on its page, and agree to it.")


def rules(session: Session, circle_id: int) -> str:
    """What the group agreed on, as HTML; a guest agrees to it too."""
    return session.scalars(select(Group.rules_html).where(Group.circle_id == circle_id)).one()


def _date(
    session: Session, actor: Actor, permission: DatePermission, gathering_id: int
) -> GroupDate:
    found = session.scalar(
        DATES.scope(actor, permission).where(GroupDate.gathering_id == gathering_id)
    )
    if found is None:
        raise NotFound
    return found


def _covered(session: Session, group: Group) -> bool:
    """Somebody facilitates the group."""
    return (
        session.scalar(select(Group.id).where(Group.id == group.id, has_facilitator(Group.id)))
        is not None
    )


def _after(session: Session, date: GroupDate, first: Gathering) -> Sequence[Gathering]:
    """The later dates of the same series that still go on, locked."""
    return session.scalars(
        select(Gathering)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .where(GroupDate.group_id == date.group_id, GroupDate.series == date.series)
        .where(Gathering.starts_at > first.starts_at, Gathering.cancelled_at.is_(None))
        .order_by(Gathering.starts_at)
        .with_for_update(of=Gathering)
    ).all()


def _busy(
    session: Session, group: Group, now: datetime, but: Iterable[int] = ()
) -> list[tuple[datetime, datetime]]:
    """When the group meets already."""
    rows = session.execute(
        select(Gathering.starts_at, Gathering.ends_at)
        .join(GroupDate, GroupDate.gathering_id == Gathering.id)
        .where(GroupDate.group_id == group.id, Gathering.cancelled_at.is_(None))
        .where(Gathering.ends_at > now, Gathering.id.not_in(list(but)))
    )
    return [(row.starts_at, row.ends_at) for row in rows]


def _refuse_overlap(
    session: Session, group: Group, starts: dict[int, datetime], minutes: int, now: datetime
) -> None:
    length = timedelta(minutes=minutes)
    have = _busy(session, group, now, but=starts)
    for moment in starts.values():
        if any(moment < end and start < moment + length for start, end in have):
            raise Refused(
                _("The group meets at that time already: %(day)s.", day=when.spoken_day(moment)),
                "day",
            )
        have.append((moment, moment + length))


def _put_down(
    session: Session,
    group: Group,
    organiser_id: int,
    start: datetime,
    where: Where,
    now: datetime,
) -> Gathering:
    return gatherings.put_down(
        session,
        _details(group, start, where),
        group.circle_id,
        organiser_id,
        now,
        provisional=True,
    )


def _details(group: Group, start: datetime, where: Where) -> Details:
    return Details(
        kind=group.kind,
        title=group.name,
        starts_at=start,
        ends_at=start + timedelta(minutes=where.minutes),
        setting=where.setting,
        place=where.place,
        link=where.link,
    )
