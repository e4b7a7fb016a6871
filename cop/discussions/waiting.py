"""What of discussions waits for a member on the home page.

Statements are built once per kind of actor (`left_open`): building them costs more than running.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from cop.discussions import drafts
from cop.discussions.models import (
    Attention,
    Discussion,
    DiscussionAttention,
    DiscussionKind,
    DiscussionList,
    Draft,
    ReadMark,
)
from cop.discussions.permissions import (
    DISCUSSIONS,
    LISTS,
    DiscussionPermission,
    ListPermission,
)
from cop.discussions.queries import is_new
from cop.discussions.tending_queries import current_announcements
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.notifications.waits import MOST, Part, Wait, waits
from cop.platform.db import AnySelect, rows
from cop.platform.i18n import gettext as _
from cop.platform.markup import reading_minutes
from cop.spaces.circles import in_circle

LACKING_AFTER = timedelta(days=14)  # a conversation that is still warm needs no reminder
LOOK_BACK = timedelta(days=60)  # what nobody read for two months is no news
SUGGESTED_FOR = timedelta(days=30)
WRITING = 3  # minutes to finish a post, or to write what a conversation yielded

_COLUMNS = (
    Discussion.id,
    Discussion.title,
    Discussion.words,
    Discussion.post_count,
    Discussion.last_number,
    Discussion.last_post_at.label("at"),
    DiscussionList.name.label("list_name"),
)


@waits
def in_discussions(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Five queries, at most three more for who was writing."""
    if not actor.is_member:
        return
    for made in current_announcements(session, actor, now):
        yield Wait(
            Part.ANNOUNCED, made.title, made.url, made.minutes, made.at, where=made.list_name
        )
    yield from _drafts(session, actor)
    yield from _new(session, actor, now)
    yield from _lacking_outcome(session, actor, now)
    yield from _unanswered(session, actor, now)


@cache
def _new_for(kind: Actor) -> AnySelect:
    """What is new on the lists and in the spaces that the actor joined, and in what they follow.

    Two ways to what is new: along the lists that the actor joined, and along what they follow.
    Asked in one condition, neither an index on the one nor on the other would help.
    """
    followed = (
        select(DiscussionAttention.discussion_id)
        .where(
            DiscussionAttention.member_id == bindparam("me"),
            DiscussionAttention.attention == Attention.FOLLOW,
        )
        .correlate(None)
    )
    joined = select(DiscussionList.id).where(in_circle(kind, DiscussionList.circle_id))

    def newest(condition: Any) -> Any:
        found = (
            select(Discussion.id, Discussion.last_post_at)
            .outerjoin(
                ReadMark,
                and_(
                    ReadMark.discussion_id == Discussion.id,
                    ReadMark.member_id == bindparam("me"),
                ),
            )
            .where(condition, is_new(Discussion, ReadMark, Discussion.list_id))
            .where(DISCUSSIONS.clause(kind, DiscussionPermission.READ))
            .where(~_muted())
            .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
            .limit(MOST[Part.NEW])
            .subquery()
        )
        return select(found.c.id)

    both = union_all(
        newest(Discussion.list_id.in_(joined.correlate(None))), newest(Discussion.id.in_(followed))
    )
    return (
        select(*_COLUMNS, func.coalesce(ReadMark.number, 0).label("read"))
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .outerjoin(
            ReadMark,
            and_(ReadMark.discussion_id == Discussion.id, ReadMark.member_id == bindparam("me")),
        )
        .where(Discussion.id.in_(both))
        .order_by(Discussion.last_post_at.desc(), Discussion.id.desc())
        .limit(MOST[Part.NEW])
    )


def _muted() -> Any:
    return exists().where(
        DiscussionAttention.discussion_id == Discussion.id,
        DiscussionAttention.member_id == bindparam("me"),
        DiscussionAttention.attention == Attention.MUTE,
    )


def _new(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    asked = {"me": actor.member_id, "since": now - LOOK_BACK}
    for row in rows(session, _new_for(actor.left_open), asked):
        # Only what is new counts: of a long conversation the last posts are soon read.
        share = (row.last_number - row.read) / max(1, row.last_number)
        yield Wait(
            Part.NEW,
            row.title,
            f"/discussies/{row.id}#nieuw",
            reading_minutes(round(row.words * min(1, share))),
            row.at,
            where=row.list_name,
            act=_("Answer"),
            act_url=f"/discussies/{row.id}#antwoord",
        )


@cache
def _lacking(kind: Actor) -> AnySelect:
    return (
        select(*_COLUMNS)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .join(Persona, Persona.id == Discussion.author_id)
        .where(
            Persona.member_id == bindparam("me"),
            DISCUSSIONS.clause(kind, DiscussionPermission.TEND),
            Discussion.outcome_at.is_(None),
            Discussion.closed_at.is_(None),
            Discussion.announcement.is_(False),
            Discussion.post_count > 2,
            Discussion.last_number > Discussion.imported_number,
            Discussion.last_post_at < bindparam("until"),
        )
        .order_by(Discussion.last_post_at.desc())
        .limit(MOST[Part.YIELD])
    )


def _lacking_outcome(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    """Discussions that the actor started, that fell silent, and whose opbrengst is not written."""
    asked = {"me": actor.member_id, "until": now - LACKING_AFTER}
    for row in rows(session, _lacking(actor.left_open), asked):
        yield Wait(
            Part.YIELD,
            row.title,
            f"/discussies/{row.id}",
            WRITING,
            row.at,
            where=row.list_name,
            act=_("Write what it yielded"),
            act_url=f"/discussies/{row.id}/opbrengst",
        )


_DRAFTS = (
    select(Draft.place, Draft.saved_at)
    .where(
        Draft.member_id == bindparam("me"),
        or_(Draft.place.startswith("discussion:"), Draft.place.startswith("list:")),
    )
    .order_by(Draft.saved_at.desc())
    .limit(MOST[Part.DRAFT])
)
_BEGUN = select(Draft.place, Draft.content).where(
    Draft.member_id == bindparam("me"), Draft.place.in_(bindparam("places", expanding=True))
)


@cache
def _titles(kind: Actor) -> AnySelect:
    return select(Discussion.id, Discussion.title).where(
        Discussion.id.in_(bindparam("ids", expanding=True)),
        DISCUSSIONS.clause(kind, DiscussionPermission.READ),
    )


@cache
def _lists(kind: Actor) -> AnySelect:
    return select(DiscussionList.id, DiscussionList.name, DiscussionList.short_name).where(
        DiscussionList.id.in_(bindparam("ids", expanding=True)),
        LISTS.clause(kind, ListPermission.START),
    )


def _drafts(session: Session, actor: Actor) -> Iterator[Wait]:
    """What the actor was writing; places where they may no longer do so are left out."""
    me = {"me": actor.member_id}
    begun: dict[str, datetime] = {}
    saved: dict[int, datetime] = {}
    for place, at in rows(session, _DRAFTS, me):
        if place.startswith("list:"):
            begun[place] = at
        else:
            saved[int(place.split(":")[1])] = at
    yield from _begun(session, actor, begun)
    found = rows(session, _titles(actor.left_open), me | {"ids": list(saved)}) if saved else ()
    titles = {row.id: row.title for row in found}
    for id, saved_at in saved.items():
        if id in titles:
            url = f"/discussies/{id}#antwoord"
            yield Wait(
                Part.DRAFT,
                titles[id],
                url,
                WRITING,
                saved_at,
                act=_("Go on writing"),
                act_url=url,
            )


def _begun(session: Session, actor: Actor, saved: dict[str, datetime]) -> Iterator[Wait]:
    """Conversations that the actor was about to begin; two queries, none without any."""
    if not saved:
        return
    me = {"me": actor.member_id}
    asked = me | {"places": list(saved)}
    written = {row.place: row.content for row in rows(session, _BEGUN, asked)}
    ids = [int(place.split(":")[1]) for place in saved]
    for on in rows(session, _lists(actor.left_open), me | {"ids": ids}):
        place = drafts.place_of_list(on.id)
        title = drafts.read(written.get(place, "{}")).get("title", "")
        url = f"/gesprekken/{on.short_name}/nieuw"
        yield Wait(
            Part.DRAFT,
            title or _("A new conversation"),
            url,
            WRITING,
            saved[place],
            where=on.name,
            act=_("Go on writing"),
            act_url=url,
        )


@cache
def _questions(kind: Actor) -> AnySelect:
    """A question to which nobody has said anything yet, the one that waits longest."""
    author = select(Persona.id).where(Persona.member_id == bindparam("me")).correlate(None)
    return (
        select(*_COLUMNS)
        .join(DiscussionList, DiscussionList.id == Discussion.list_id)
        .where(
            Discussion.kind == DiscussionKind.QUESTION,
            Discussion.post_count == 1,
            Discussion.last_number > Discussion.imported_number,
            Discussion.last_post_at > bindparam("since"),
            Discussion.author_id.not_in(author),
            DISCUSSIONS.clause(kind, DiscussionPermission.ANSWER),
        )
        .order_by(Discussion.last_post_at, Discussion.id)
        .limit(MOST[Part.SUGGESTION])
    )


def _unanswered(session: Session, actor: Actor, now: datetime) -> Iterator[Wait]:
    asked = {"me": actor.member_id, "since": now - SUGGESTED_FOR}
    for row in rows(session, _questions(actor.left_open), asked):
        yield Wait(
            Part.SUGGESTION,
            row.title,
            f"/discussies/{row.id}",
            reading_minutes(row.words),
            row.at,
            where=row.list_name,
            note=_("Nobody has answered this question yet."),
            act=_("Answer"),
            act_url=f"/discussies/{row.id}#antwoord",
        )
