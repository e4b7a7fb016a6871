"""Lists: who makes one, what it is called, who can read it, and when it is archived.

Whoever coordinates a space makes lists for it. A list of the site is made by a moderator or an
administrator, who becomes its coordinator and can hand that over: a list that everybody sees needs
somebody who looks after it from its first day.

A list of a space shares the space's circle, or has a closed or private one of its own that is
never wider than the space's: the list would otherwise tell who knows of the space.
"""

import re
from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, DiscussionList, Post, WhoMay
from cop.discussions.permissions import LISTS, ListPermission
from cop.members.actor import Actor
from cop.platform import audit
from cop.platform.blank import is_blank, one_line, trimmed
from cop.platform.db import AnySelect, rows
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key
from cop.platform.mail.addresses import ListCommand
from cop.platform.outbox import on
from cop.platform.versions import refuse_stale
from cop.spaces import coordinating, holders, joining
from cop.spaces.circles import Circle, Visibility
from cop.spaces.events import VisibilityChanged
from cop.spaces.models import Space
from cop.spaces.permissions import SPACES, SpacePermission
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_NAME = 120
MOST_DESCRIPTION = 1_000
SHORT_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])", re.ASCII)

# Words of addresses under /gesprekken, and mail names that belong to the site (RFC 2142).
RESERVED = frozenset(
    {"gelezen", "nieuw", "lijsten", "opbrengsten", "abuse", "hostmaster", "info"}
    | {"mailer-daemon", "no-reply", "noreply", "postmaster", "root", "security", "webmaster"}
)


def space_for_list(session: Session, actor: Actor, slug: str) -> Space:
    """The space for which the actor may make a list.

    Raises:
        NotFound: they don't coordinate it, or it is archived.
    """
    found = session.scalar(SPACES.scope(actor, SpacePermission.EDIT).where(Space.slug == slug))
    if found is None:
        raise NotFound
    return found


def create(
    session: Session,
    actor: Actor,
    *,
    space: Space | None,
    name: str,
    short_name: str,
    description: str,
    visibility: Visibility | None,
    start_by: str,
    answer_by: str,
    holds_strangers: bool = False,
    now: datetime,
    allows_pseudonyms: bool = False,
    pseudonym: str | None = None,
    anyway: bool = False,
) -> DiscussionList:
    """Make a list of a space, or of the site.

    Args:
        space: from `space_for_list`, or None for a list of the site.
        visibility: None shares the space's circle; else it gets one of its own.
        pseudonym: under which the actor coordinates it, where pseudonyms are allowed.

    Raises:
        NotFound: a list of the site, and the actor is no moderator.
        AuthorAsked: the text check speaks up.
        Refused: a field is not right.
    """
    if space is None and not actor.moderates:
        raise NotFound
    if space is None and pseudonym is not None:
        # Who starts a list of the site moderates it: the pseudonym would be known as one of few.
        raise Refused(_("A list of the community is looked after under your own name."), "under")
    _check(name, description, start_by, answer_by)
    check_short_name(session, short_name)
    ask_author((name, description), Purpose.SPACE, anyway)
    if visibility is None:
        if space is None:
            raise Refused(_("Choose who can read it."), "visibility")
        circle_id = space.circle_id
    else:
        if space is not None:
            _check_within(session.get_one(Circle, space.circle_id), visibility)
        circle_id = joining.open_circle(
            session, actor, visibility, allows_pseudonyms, now, pseudonym
        ).id
    made = DiscussionList(
        short_name=short_name,
        name=one_line(name),
        sort_key=sort_key(name),
        description=trimmed(description),
        circle_id=circle_id,
        space_id=space.id if space else None,
        start_by=start_by,
        answer_by=answer_by,
        holds_strangers=holds_strangers,
        created_at=now,
    )
    session.add(made)
    session.flush()
    _note(session, actor, "discussions.list_made", made, now)
    return made


def edit(
    session: Session,
    actor: Actor,
    list_id: int,
    *,
    name: str,
    description: str,
    start_by: str,
    answer_by: str,
    holds_strangers: bool = False,
    now: datetime,
    anyway: bool = False,
    version: str | None = None,
) -> DiscussionList:
    """Change what a list is called and who writes on it. Its short name, and address, stay.

    Raises:
        Stale: another coordinator changed it meanwhile.
    """
    found = LISTS.get(session, actor, ListPermission.COORDINATE, list_id)
    session.refresh(found, with_for_update=True)
    refuse_stale(settings_of(found), version)
    _check(name, description, start_by, answer_by)
    ask_author((name, description), Purpose.SPACE, anyway)
    found.name, found.sort_key = one_line(name), sort_key(name)
    found.description = trimmed(description)
    found.start_by, found.answer_by = start_by, answer_by
    found.holds_strangers = holds_strangers
    session.flush()
    _note(session, actor, "discussions.list_changed", found, now)
    return found


def settings_of(found: DiscussionList) -> dict[str, Any]:
    """What the form about a list is opened with."""
    return {
        "name": found.name,
        "description": found.description,
        "start_by": str(found.start_by),
        "answer_by": str(found.answer_by),
        "holds_strangers": found.holds_strangers,
    }


def set_archived(
    session: Session, actor: Actor, list_id: int, archived: bool, now: datetime
) -> DiscussionList:
    """Archive a list: it stays to be read and takes nothing new. Or take it into use again."""
    found = LISTS.get(session, actor, ListPermission.COORDINATE, list_id)
    if (found.archived_at is not None) != archived:
        found.archived_at = now if archived else None
        session.flush()
        action = "discussions.list_archived" if archived else "discussions.list_reopened"
        _note(session, actor, action, found, now)
    return found


def own_circle(session: Session, found: DiscussionList) -> bool:
    """Whether the list has a circle of its own, rather than its space's."""
    if found.space_id is None:
        return True
    return session.get_one(Space, found.space_id).circle_id != found.circle_id


def _check(name: str, description: str, start_by: str, answer_by: str) -> None:
    if is_blank(name) or not sort_key(name):
        raise Refused(_("Give it a name."), "name")
    if len(name.strip()) > MOST_NAME:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_NAME), "name")
    if len(description.strip()) > MOST_DESCRIPTION:
        raise Refused(
            _("Keep it to %(most)s characters, please.", most=MOST_DESCRIPTION), "description"
        )
    if start_by not in set(WhoMay):
        raise Refused(_("Choose who can start a conversation."), "start_by")
    if answer_by not in set(WhoMay):
        raise Refused(_("Choose who can answer."), "answer_by")


def check_short_name(session: Session, short_name: str) -> None:
    """Raises Refused when no list may be made with this short name."""
    if not SHORT_NAME.fullmatch(short_name) or "--" in short_name:
        raise Refused(
            _("Use 2 to 40 small letters, digits and single hyphens, such as herstel-utrecht."),
            "short_name",
        )
    taken = select(DiscussionList.id).where(DiscussionList.short_name == short_name)
    # A name that is taken by a list which the actor may not know of looks like any other. So does
    # one that is another list's address for a command ('herstel-help').
    asks = short_name.rpartition("-")[2] in set(ListCommand)
    if short_name in RESERVED or asks or session.scalar(taken) is not None:
        raise Refused(_("This short name is not free. Choose another."), "short_name")


def _check_within(circle: Circle, visibility: Visibility) -> None:
    if visibility not in (Visibility.CLOSED, Visibility.PRIVATE):
        raise Refused(_("A list of a space is like the space, or closed or private."), "visibility")
    if coordinating.is_wider(visibility, circle.visibility):
        raise Refused(
            _("The space is private, so that members don't know of it. A list in it is too."),
            "visibility",
        )


def _note(
    session: Session, actor: Actor, action: str, found: DiscussionList, now: datetime
) -> None:
    audit.record(session, action, actor=actor.audit_id, subject=f"list:{found.id}", now=now)


# --- lists as holders of circles (see `cop.spaces.holders`)


@cache
def _places(kind: Actor) -> AnySelect:
    return (
        select(
            DiscussionList.circle_id,
            DiscussionList.name,
            DiscussionList.short_name,
            or_(DiscussionList.archived_at.is_not(None), Space.archived_at.is_not(None)),
        )
        .outerjoin(Space, Space.id == DiscussionList.space_id)
        .where(DiscussionList.circle_id.in_(bindparam("circles", expanding=True)))
        .where(or_(Space.id.is_(None), Space.circle_id != DiscussionList.circle_id))
        .where(LISTS.clause(kind, ListPermission.FIND))
    )


def places(session: Session, actor: Actor, circle_ids: Collection[int]) -> dict[int, holders.Place]:
    """Lists with a circle of their own that the actor may find, by circle."""
    asked = actor.parameters | {"circles": list(circle_ids)}
    return {
        circle_id: holders.Place(
            circle_id=circle_id,
            name=name,
            url=f"/gesprekken/{short_name}",
            members_url=f"/gesprekken/{short_name}/leden",
            archived=archived,
        )
        for circle_id, name, short_name, archived in rows(session, _places(actor.left_open), asked)
    }


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """A post by anybody else on a list of the circle, whether still there or not."""
    posted = and_(
        DiscussionList.circle_id == circle_id,
        Discussion.list_id == DiscussionList.id,
        Post.discussion_id == Discussion.id,
    )
    return holders.any_by_others(session, member_id, (posted, Post.author_id))


def within(session: Session, circle_id: int) -> Collection[int]:
    """Circles of the lists in the space that this circle is of."""
    return session.scalars(
        select(DiscussionList.circle_id)
        .join(Space, Space.id == DiscussionList.space_id)
        .where(Space.circle_id == circle_id, DiscussionList.circle_id != circle_id)
        .distinct()
    ).all()


def widest(session: Session, circle_id: int) -> str | None:
    """The visibility of the space that a list with this circle is in."""
    return session.scalar(
        select(Circle.visibility)
        .join(Space, Space.circle_id == Circle.id)
        .join(DiscussionList, DiscussionList.space_id == Space.id)
        .where(DiscussionList.circle_id == circle_id, Space.circle_id != circle_id)
        .limit(1)
    )


holders.register("list", holders.Holder(written_by_others, places, within, widest))


@on(VisibilityChanged)
def keep_within_space(session: Session, event: VisibilityChanged, now: datetime) -> None:
    """When a space becomes stricter, the lists in it become no less strict."""
    for circle_id in within(session, event.circle_id):
        circle = session.get_one(Circle, circle_id, with_for_update=True)
        limit = widest(session, circle_id)
        if limit is None:
            continue
        if circle.widens_to is not None and coordinating.is_wider(circle.widens_to, limit):
            circle.widens_to = circle.widens_at = None
        if coordinating.is_wider(circle.visibility, limit):
            coordinating.change_at_once(session, circle, Visibility(limit), now)
