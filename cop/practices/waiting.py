"""What of practices waits for a member, on the home page."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.notifications.waits import MOST, USUAL, Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import DEFAULT_ZONE, format_date
from cop.platform.i18n import gettext as _
from cop.platform.markup import reading_minutes
from cop.practices import listing
from cop.practices.models import Practice, PracticeState
from cop.practices.permissions import PRACTICES, PracticePermission, editing
from cop.practices.publishing import today

ANSWERING, REVIEWING, WRITING = 2, 10, 10  # minutes
FRESH = timedelta(days=21)
_ZONE = ZoneInfo(DEFAULT_ZONE)


@waits
def in_practices(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Four queries."""
    if not actor.is_member:
        return
    where, kind, me = _("practice"), actor.left_open, {"me": actor.member_id}
    for row in rows(session, _asked(kind), me):
        yield Wait(
            Part.ASKED,
            row.title,
            f"/praktijken/{row.id}/uitnodiging",
            ANSWERING,
            row.changed_at,
            where=where,
            mark=_("do you write along?"),
        )
    for id, title, review_on, changed_at in rows(
        session, _to_review(kind), me | {"today": today(now)}
    ):
        yield Wait(
            Part.DUE,
            title,
            f"/praktijken/{id}/klopt-nog",
            REVIEWING,
            changed_at,
            due=datetime(review_on.year, review_on.month, review_on.day, tzinfo=_ZONE),
            where=where,
            note=_("look at it again since %(day)s", day=format_date(review_on)),
            mark=_("does it still hold?"),
        )
    for row in rows(session, _drafts(kind), me):
        yield Wait(
            Part.DRAFT,
            row.title,
            f"/praktijken/{row.id}/schrijven",
            WRITING,
            row.changed_at,
            where=where,
        )
    for row in listing.on_my_themes(session, actor, now - FRESH, now, USUAL):
        yield Wait(
            Part.THEMES,
            row.title,
            f"/praktijken/{row.id}",
            reading_minutes(row.words),
            row.published_at,
            where=where,
        )


# Built once per kind of actor: building them costs more than running.


@cache
def _asked(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Practice.id, Practice.title, Practice.changed_at)
        .where(PRACTICES.clause(kind, PracticePermission.ANSWER))
        .order_by(Practice.changed_at)
        .limit(USUAL)
    )


@cache
def _to_review(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Practice.id, Practice.title, Practice.review_on, Practice.changed_at)
        .outerjoin(Persona, Persona.id == Practice.contact_id)
        .where(Practice.state == PracticeState.PUBLISHED)
        .where(Practice.review_on <= bindparam("today"), editing(kind))
        # Without a contact person everybody who writes it looks after it, as in `reviewing`.
        .where(or_(Practice.contact_id.is_(None), Persona.member_id == kind.member_id))
        .order_by(Practice.review_on)
        .limit(USUAL)
    )


@cache
def _drafts(kind: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(Practice.id, Practice.title, Practice.changed_at)
        .where(Practice.state == PracticeState.DRAFT, editing(kind))
        .order_by(Practice.changed_at.desc())
        .limit(MOST[Part.DRAFT])
    )
