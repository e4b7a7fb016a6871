"""A small capability for tests of the live part: the posts of a discussion, told with their text.

'talk:ID' is heard by whoever may read the discussion, 'talk-own:ID' by each of them alone.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.discussions import live as discussions_live
from cop.discussions import operations
from cop.discussions.models import Discussion, DiscussionList, Post
from cop.members.actor import Actor
from cop.members.models import Persona, PersonaKind
from cop.platform.errors import Refused
from cop.platform.live import (
    Data,
    Place,
    Row,
    audience,
    command,
    own,
    payload,
    presence,
    publish,
    turn_out,
)
from cop.platform.live.presence import Shown
from cop.spaces.circles import CircleMembership

LONG = "woord " * 10_000  # a hundred of these fill what a system keeps for one connection


@audience("talk")
def may_hear(session: Session, actor: Actor, discussion_id: int) -> bool:
    return discussions_live.may_hear(session, actor, discussion_id)


@audience("talk-own", own=True)
def may_hear_own(session: Session, actor: Actor, discussion_id: int) -> bool:
    return may_hear(session, actor, discussion_id)


@payload("talk")
def shown(session: Session, place: Place, rows: list[Row]) -> dict[int, dict[str, Any]]:
    said = session.execute(
        select(Post.number, Post.source).where(
            Post.discussion_id == place.id, Post.deleted_at.is_(None)
        )
    )
    texts = {row.number: row.source for row in said}
    return {
        row.number: {"text": texts[row.subject]} if row.subject in texts else {"struck": True}
        for row in rows
        if row.kind == "said"
    } | {row.number: {"text": LONG} for row in rows if row.kind == "long"}


@command("talk.say")
def say(session: Session, actor: Actor, data: Data, now: datetime) -> dict[str, int]:
    post = operations.answer(
        session, actor, discussion_id=data.whole("talk"), text=data.text("text", 2000), now=now
    )
    publish(session, f"talk:{post.discussion_id}", "said", post.number, now)
    publish(session, own("talk-own", post.discussion_id, actor.audit_id), "mine", post.number, now)
    return {"post": post.number}


@command("talk.at_length")
def at_length(session: Session, _actor: Actor, data: Data, now: datetime) -> None:
    """Nothing is kept of it."""
    publish(session, f"talk:{data.whole('talk')}", "long", data.whole("nth"), now)


@command("talk.refuse")
def refuse(_session: Session, _actor: Actor, _data: Data, _now: datetime) -> None:
    raise Refused("Not today.", "text")


@command("talk.crash")
def crash(_session: Session, _actor: Actor, _data: Data, _now: datetime) -> None:
    raise LookupError("of something confidential")


def remove(session: Session, discussion_id: int, member_id: int, now: datetime) -> None:
    """Somebody may not read the discussion any more."""
    circle_id = session.scalar(
        select(DiscussionList.circle_id)
        .join(Discussion, Discussion.list_id == DiscussionList.id)
        .where(Discussion.id == discussion_id)
    )
    session.execute(
        delete(CircleMembership).where(
            CircleMembership.member_id == member_id, CircleMembership.circle_id == circle_id
        )
    )
    turn_out(session, f"talk:{discussion_id}", now)


def _shown_as(session: Session, actor: Actor, _place: Place) -> int | None:
    return session.scalar(
        select(Persona.id).where(
            Persona.member_id == actor.member_id, Persona.kind == PersonaKind.SELF
        )
    )


def _described(session: Session, asked: Collection[Shown]) -> dict[Shown, dict[str, Any]]:
    ids = [id for _talk, id in asked]
    personas = {
        persona.id: {"who": persona.handle, "name": persona.name}
        for persona in session.scalars(select(Persona).where(Persona.id.in_(ids)))
    }
    return {(talk, id): personas[id] for talk, id in asked if id in personas}


presence("talk", shown_as=_shown_as, described=_described)
