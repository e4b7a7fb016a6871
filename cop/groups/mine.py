"""What a member took part in, on the page 'me', and what waits for them in groups."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.groups import presence
from cop.groups.models import FacilitatorState, Group, GroupFacilitator
from cop.groups.permissions import agreed
from cop.members.actor import Actor
from cop.members.blocks import blocked_by
from cop.members.mine import Entry, part_of_me
from cop.members.mine import Part as OwnPart
from cop.notifications.waits import Part, Wait, waits
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.spaces.circles import in_circle

SHOWN = 3
READING = 2  # minutes
MOST = 10


@part_of_me
def took_part(session: Session, actor: Actor) -> OwnPart:
    """The last dates, and where the certificates are."""
    found, _more = presence.own(session, actor, most=SHOWN)
    return OwnPart(
        _("What you took part in"),
        [
            Entry(
                f"{c.kind}, {c.when}",
                f"/groepen/mijn-deelname#deelname-{c.id}",
                _("%(hours)s hours", hours=c.hours),
            )
            for c in found
        ],
        "/groepen/mijn-deelname",
    )


@cache
def _statements(kind: Actor) -> tuple[Any, Any]:
    """Built once per kind of actor: the home page asks this of everybody."""
    rules = (
        select(Group.id, Group.name, Group.rules_at)
        .where(in_circle(kind, Group.circle_id), ~agreed(kind, Group.id))
        .where(Group.archived_at.is_(None))
        .order_by(Group.rules_at)
        .limit(MOST)
    )
    asked_to = (
        select(Group.id, Group.name, GroupFacilitator.at)
        .join(GroupFacilitator, GroupFacilitator.group_id == Group.id)
        .where(GroupFacilitator.member_id == kind.member_id)
        .where(GroupFacilitator.state == FacilitatorState.ASKED, Group.archived_at.is_(None))
        .where(~blocked_by(kind, GroupFacilitator.by_id))
        .order_by(GroupFacilitator.at)
        .limit(MOST)
    )
    return rules, asked_to


@waits
def in_groups(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Rules to agree to, and being asked to facilitate; two queries."""
    if not actor.is_member:
        return
    rules, asked_to = _statements(actor.left_open)
    for row in rows(session, rules, {"me": actor.member_id}):
        yield Wait(
            Part.ASKED,
            _("Do you agree to what “%(group)s” agreed on?", group=row.name),
            f"/groepen/{row.id}/afspraken",
            READING,
            row.rules_at,
            where=row.name,
        )
    for asked in rows(session, asked_to, {"me": actor.member_id}):
        yield Wait(
            Part.ASKED,
            _("Will you facilitate “%(group)s”?", group=asked.name),
            f"/groepen/{asked.id}",
            READING,
            asked.at,
            where=asked.name,
        )
