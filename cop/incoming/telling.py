"""How whoever looks after a list finds the mails that wait for them: never a word of a mail.

They hear of it once a day for each list, however many come, and it stands among what waits for
them and on the list's own pages.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.orm import Session

from cop.discussions import beside
from cop.discussions.models import DiscussionList
from cop.discussions.permissions import LISTS, ListPermission
from cop.incoming.events import MailHeld
from cop.incoming.models import IncomingMail, Outcome
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, SiteRole
from cop.members.queries import moderators
from cop.notifications.models import Notification
from cop.notifications.operations import Line, notify, sentences
from cop.notifications.waits import Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.platform.i18n import ngettext
from cop.platform.outbox import on
from cop.spaces import circles

HELD = "incoming.held"
PAGE = "/gesprekken-mail"
LOOKING = 2  # minutes
MOST = 5  # lists


def _looks_after(actor: Actor) -> ColumnElement[bool]:
    """Its coordinators; where there are none, moderators who may."""
    may = LISTS.clause(actor, ListPermission.COORDINATE)
    circle_id = DiscussionList.circle_id
    return may & or_(circles.coordinates(actor, circle_id), circles.lacks_coordinator(circle_id))


@on(MailHeld)
def tell_who_looks_after_it(session: Session, event: MailHeld, now: datetime) -> None:
    mail = session.get(IncomingMail, event.mail_id)
    if mail is None or mail.outcome != Outcome.WAITS_MODERATOR or mail.list_id is None:
        return
    list_id, circle_id = session.execute(
        select(DiscussionList.id, DiscussionList.circle_id).where(DiscussionList.id == mail.list_id)
    ).one()
    notify(
        session,
        member_ids=_who(session, list_id, circle_id),
        kind=HELD,
        key=f"held:{list_id}:{mail.received_at:%Y%m%d}",
        subject_id=list_id,
        now=now,
    )


def _who(session: Session, list_id: int, circle_id: int) -> list[int]:
    found = circles.coordinating_members(session, circle_id)
    if found:
        return found
    roles = session.execute(
        select(Member.id, Member.site_role).where(
            Member.id.in_(moderators(session)), Member.state == MemberState.ACTIVE
        )
    )
    return [
        row.id
        for row in roles
        if session.scalar(
            select(literal(True)).where(
                DiscussionList.id == list_id,
                _looks_after(Actor(row.id, SiteRole(row.site_role))),
            )
        )
    ]


@sentences(HELD)
def word_held(
    session: Session, actor: Actor, notifications: Sequence[Notification]
) -> dict[int, Line]:
    may = set(
        session.scalars(
            select(DiscussionList.id).where(
                DiscussionList.id.in_([n.subject_id for n in notifications]),
                LISTS.clause(actor, ListPermission.COORDINATE),
            )
        )
    )
    words = _("A mail to a list that you look after waits for your decision.")
    return {n.id: Line(words, PAGE, in_mail=True) for n in notifications if n.subject_id in may}


@waits
def held_for_me(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """One query."""
    for row in rows(session, _held(actor.left_open), {"me": actor.member_id}):
        minutes = LOOKING * row.waiting
        yield Wait(Part.ASKED, _words(row.waiting), PAGE, minutes, row.since, where=row.name)


@cache
def _held(actor: Actor) -> Any:
    since = func.min(IncomingMail.received_at)
    return (
        select(
            DiscussionList.name,
            func.count(IncomingMail.id).label("waiting"),
            since.label("since"),
        )
        .join(IncomingMail, IncomingMail.list_id == DiscussionList.id)
        .where(IncomingMail.outcome == Outcome.WAITS_MODERATOR, _looks_after(actor))
        .group_by(DiscussionList.id, DiscussionList.name)
        .order_by(since)
        .limit(MOST)
    )


def _words(count: int) -> str:
    return ngettext(
        "%(num)d mail waits for your decision", "%(num)d mails wait for your decision", count
    )


@beside.beside_list
def on_its_pages(session: Session, actor: Actor, list_id: int) -> beside.Link | None:
    """One query."""
    waiting = session.scalar(
        select(func.count(IncomingMail.id)).where(
            IncomingMail.list_id == list_id, IncomingMail.outcome == Outcome.WAITS_MODERATOR
        )
    )
    return beside.Link(_words(waiting), PAGE) if waiting else None
