"""What the worker does for discussions; importing it registers everything."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from cop.discussions import drafts, live, space_part, telling
from cop.discussions.models import (
    Bookmark,
    DiscussionAttention,
    DiscussionList,
    DiscussionPreference,
    ListChoice,
    ListVisit,
    ReadMark,
)
from cop.discussions.permissions import LISTS, ListPermission
from cop.members.actor import Actor
from cop.members.events import MemberLeft
from cop.members.models import Member, MemberState, SiteRole
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.platform.i18n import gettext as _
from cop.platform.outbox import job, on
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility, lacks_coordinator
from cop.spaces.coordinating import turn_down_waiting
from cop.spaces.events import LastMemberGone
from cop.spaces.joining import IN_IT
from cop.spaces.models import Space


@job("discussions.forget_drafts", every=6 * 3600)
def forget_drafts(session: Session, _payload: dict[str, object], now: datetime) -> None:
    drafts.forget_old(session, now)


@on(LastMemberGone)
def archive_what_nobody_is_in(session: Session, event: LastMemberGone, now: datetime) -> None:
    """A closed or private list with a circle of its own ends with its last member.

    Others cannot join it by themselves: who asked is told no, and those who can make another list
    hear of it. One that shares its space's circle goes as the space does.
    """
    circle = session.get(Circle, event.circle_id, with_for_update=True)
    found = session.scalar(
        select(DiscussionList)
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .where(DiscussionList.circle_id == event.circle_id, DiscussionList.archived_at.is_(None))
        .where(or_(Space.id.is_(None), Space.circle_id != event.circle_id))
    )
    if circle is None or found is None or circle.visibility in (Visibility.PUBLIC, Visibility.OPEN):
        return
    in_it = select(CircleMembership.member_id).where(CircleMembership.standing.in_(IN_IT))
    if session.scalar(in_it.where(CircleMembership.circle_id == circle.id).limit(1)) is not None:
        return
    found.archived_at = now
    turn_down_waiting(session, circle.id, now)
    if found.space_id is None:
        who = select(Member.id).where(
            Member.site_role == SiteRole.ADMINISTRATOR, Member.state == MemberState.ACTIVE
        )
    else:
        who = (
            select(CircleMembership.member_id)
            .join(Space, Space.circle_id == CircleMembership.circle_id)
            .where(Space.id == found.space_id)
            .where(CircleMembership.standing == Standing.COORDINATOR)
        )
    notify(
        session,
        member_ids=session.scalars(who).all(),
        kind="discussions.list_ended",
        key=f"discussions.list_ended:{found.id}:{event.at}",
        subject_id=found.id,
        now=now,
    )


@sentences("discussions.list_ended")
def lines_about_ended_lists(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """The name of a private list stays with those who were in it."""
    known = LISTS.scope(actor, ListPermission.FIND).where(
        DiscussionList.id.in_({n.subject_id for n in notifications})
    )
    names = {found.id: found for found in session.scalars(known)}
    lines = {}
    for n in notifications:
        found = names.get(n.subject_id)
        if found is not None:
            text = _("Nobody is in the list “%(name)s” any more. It is archived.", name=found.name)
            lines[n.id] = Line(text, f"/gesprekken/{found.short_name}")
        else:
            text = _("Nobody is in a private list any more. It is archived.")
            lines[n.id] = Line(text, "/gesprekken")
    return lines


@sentences("discussions.list_brought")
def lines_about_imported_lists(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    """To moderators, of a list that was made for an archive, until somebody coordinates it."""
    known = (
        select(DiscussionList.id, DiscussionList.name, DiscussionList.short_name)
        .where(DiscussionList.id.in_({n.subject_id for n in notifications}))
        .where(LISTS.clause(actor, ListPermission.COORDINATE))
        .where(lacks_coordinator(DiscussionList.circle_id))
    )
    found = {row.id: row for row in session.execute(known)}
    return {
        n.id: Line(
            _(
                "“%(name)s” was made for an archive and has no coordinator. Moderators look after "
                "it: take part, and you can coordinate it.",
                name=found[n.subject_id].name,
            ),
            f"/gesprekken/{found[n.subject_id].short_name}/leden",
        )
        for n in notifications
        if n.subject_id in found
    }


@on(MemberLeft)
def forget_what_they_kept(session: Session, event: MemberLeft, now: datetime) -> None:
    """What is for oneself alone goes; some of it would tell who wrote under a pseudonym."""
    for kept in (
        Bookmark,
        DiscussionAttention,
        DiscussionPreference,
        ListChoice,
        ListVisit,
        ReadMark,
    ):
        session.execute(delete(kept).where(kept.member_id == event.member_id))
    drafts.forget_of(session, event.member_id)


__all__ = ["live", "space_part", "telling"]
