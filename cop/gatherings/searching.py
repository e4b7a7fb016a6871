"""Gatherings in search: what they are about, where, and what their report says.

Of sessions of a group nothing is found, their dates included.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from cop.gatherings import when, words
from cop.gatherings.models import EVENT_KINDS, Attendance, Gathering
from cop.gatherings.permissions import GATHERINGS, GatheringPermission
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.i18n import lazy as _l
from cop.platform.markup import own_text, word_count
from cop.platform.policy import among
from cop.platform.search import links
from cop.platform.search.sources import (
    OF_ALL,
    Audience,
    Document,
    Hit,
    Key,
    Line,
    Shown,
    Source,
    author,
    changed,
    label,
    offer,
)

KIND = "gathering"
REPORT = 2
_SAYS = (
    *("title", "html", "place", "report_html", "starts_at", "space_id", "kind", "organiser_id"),
)


def _of_gathering(_session: Session, gathering: Gathering) -> Iterator[Key]:
    if changed(gathering, *_SAYS):
        yield gathering.id, 0


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """One query."""
    for row in session.execute(
        select(
            *(Gathering.id, Gathering.title, Gathering.html, Gathering.report_html),
            *(Gathering.place, Gathering.circle_id, Gathering.space_id, Gathering.starts_at),
            Gathering.organiser_id,
        ).where(Gathering.id.in_([id for id, _part in keys]), among(Gathering.kind, EVENT_KINDS))
    ):
        labels = [
            label("kind", KIND),
            author(row.organiser_id),
            *links.labels_in(row.html),
            *links.labels_in(row.report_html or ""),
        ]
        if row.space_id is not None:
            labels.append(label("space", row.space_id))
        yield Document(
            key=(row.id, 0),
            title=row.title,
            lines=[
                Line(1, f"{own_text(row.html)}\n{row.place}", OF_ALL),
                Line(REPORT, own_text(row.report_html), OF_ALL),
            ],
            audience=Audience.READERS,
            circle_id=row.circle_id,
            at=row.starts_at,
            labels=labels,
            by=OF_ALL,
        )


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(
        select(Gathering.id)
        .where(Gathering.id > after, among(Gathering.kind, EVENT_KINDS))
        .order_by(Gathering.id)
        .limit(most)
    )
    return [(id, 0) for id in ids]


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """One query."""
    lines = {hit.thing_id: hit.line for hit in hits}
    rows = session.execute(
        select(
            *(Gathering.id, Gathering.title, Gathering.html, Gathering.report_html),
            *(Gathering.starts_at, Gathering.ends_at, Gathering.kind, Gathering.cancelled_at),
        ).where(
            Gathering.id.in_(lines),
            among(Gathering.kind, EVENT_KINDS),
            GATHERINGS.clause(actor, GatheringPermission.READ),
        )
    )
    found = {}
    for row in rows:
        text = own_text(row.report_html if lines[row.id] == REPORT else row.html)
        kind = str(words.KIND_LABELS[row.kind])
        found[row.id] = Shown(
            title=row.title,
            url=f"/agenda/{row.id}",
            where=f"{kind}, {when.spoken(row.starts_at, row.ends_at)}",
            words=word_count(text),
            text=text,
        )
    return found


def came(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When they were planned: news is what is still to be."""
    rows = session.execute(
        select(Gathering.id, Gathering.created_at)
        .where(Gathering.id.in_(ids), Gathering.cancelled_at.is_(None))
        .order_by(Gathering.id)
    )
    return {row.id: row.created_at for row in rows}


def known(session: Session, actor: Actor, ids: Sequence[int], now: datetime) -> Sequence[int]:
    """Those of these gatherings that are over, or that the actor planned or answered."""
    return session.scalars(
        select(Gathering.id).where(Gathering.id.in_(ids), is_known(actor, now))
    ).all()


def is_known(actor: Actor, now: datetime) -> ColumnElement[bool]:
    """A gathering is over, or the actor planned it or said whether they come."""
    mine = select(Persona.id).where(Persona.member_id == actor.member_id)
    answered = exists().where(
        Attendance.gathering_id == Gathering.id, Attendance.member_id == actor.member_id
    )
    return or_(Gathering.ends_at <= now, Gathering.organiser_id.in_(mine), answered)


offer(
    Source(
        kind=KIND,
        label=_l("Gathering"),
        present=present,
        documents=documents,
        keys=keys,
        watches={Gathering: _of_gathering},
        came=came,
        known=known,
        version=2,
    )
)
