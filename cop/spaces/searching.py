"""Spaces in search: name, what they strive for, for whom, where, with whom; and their logbook."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Organisation, Persona, Theme
from cop.platform.db import rows
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.markup import own_text, word_count
from cop.platform.search import links
from cop.platform.search.sources import (
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
from cop.spaces.circles import in_circle
from cop.spaces.models import LogbookEntry, Space, SpaceOrganisation, SpaceTheme
from cop.spaces.permissions import SPACES, SpacePermission
from cop.spaces.words import KIND_LABELS

KIND = "space"
MOST_ADDED = 500  # entries that are looked at for one reader, the newest
FACTS = 3  # the line after which those of the logbook come
_SAYS = (
    *("name", "summary", "aim_html", "for_whom", "place", "region", "partners", "funder", "kind"),
    *("themes", "organisations"),
)


def _of_space(_session: Session, space: Space) -> Iterator[Key]:
    if changed(space, *_SAYS):
        yield space.id, 0


def _of_entry(_session: Session, entry: LogbookEntry) -> Iterator[Key]:
    if changed(entry, "title", "source"):
        yield entry.space_id, 0


def _of_renamed(session: Session, row: Theme | Organisation) -> Iterator[Key]:
    """All that carry it, when it is called otherwise."""
    if isinstance(row, Theme):
        name, have = "name_nl", select(SpaceTheme.space_id).where(SpaceTheme.theme_id == row.id)
    else:
        name = "name"
        have = select(SpaceOrganisation.space_id).where(SpaceOrganisation.organisation_id == row.id)
    if changed(row, name):
        for id in session.scalars(have.execution_options(autoflush=False)):
            yield id, 0


def _number(entry_id: int) -> int:
    """Names an entry of the logbook among the lines of its space."""
    return entry_id + FACTS


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_THEMES = (
    select(SpaceTheme.space_id, Theme.id, Theme.name_nl)
    .join(Theme, Theme.id == SpaceTheme.theme_id)
    .where(SpaceTheme.space_id.in_(_IDS))
)
_ORGANISATIONS = (
    select(SpaceOrganisation.space_id, Organisation.name)
    .join(Organisation, Organisation.id == SpaceOrganisation.organisation_id)
    .where(SpaceOrganisation.space_id.in_(_IDS))
)
_LOGBOOK = (
    select(
        *(LogbookEntry.id, LogbookEntry.space_id, LogbookEntry.title, LogbookEntry.html),
        *(LogbookEntry.author_id, LogbookEntry.at),
    )
    .where(LogbookEntry.space_id.in_(_IDS))
    .order_by(LogbookEntry.id)
)
_SPACES = select(
    *(Space.id, Space.name, Space.summary, Space.aim_html, Space.for_whom, Space.place),
    *(Space.region, Space.partners, Space.circle_id, Space.created_at, Space.kind),
).where(Space.id.in_(_IDS))


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Four queries."""
    ids = {"ids": [id for id, _part in keys]}
    themes = rows(session, _THEMES, ids).all()
    organisations = rows(session, _ORGANISATIONS, ids).all()
    logbook: defaultdict[int, list[Line]] = defaultdict(list)
    leads: defaultdict[int, set[str]] = defaultdict(set)
    last: dict[int, datetime] = {}
    for id, space_id, title, html, author_id, at in rows(session, _LOGBOOK, ids):
        last[space_id] = max(at, last.get(space_id, at))
        text = f"{title}\n{own_text(html)}"
        logbook[space_id].append(Line(_number(id), text, author_id))
        leads[space_id].update(links.labels_in(html))
    for space in rows(session, _SPACES, ids):
        own = [(theme_id, name) for space_id, theme_id, name in themes if space_id == space.id]
        works = [name for space_id, name in organisations if space_id == space.id]
        facts = (space.for_whom, space.place, space.region, space.partners)
        yield Document(
            key=(space.id, 0),
            title=space.name,
            lines=[
                Line(1, space.summary),
                Line(2, own_text(space.aim_html)),
                Line(FACTS, "\n".join((*facts, *works, *(name for _id, name in own)))),
                *logbook[space.id],
            ],
            audience=Audience.READERS,
            circle_id=space.circle_id,
            at=max(space.created_at, last.get(space.id, space.created_at)),
            labels=[
                *sorted({*links.labels_in(space.aim_html or ""), *leads[space.id]}),
                label("kind", KIND),
                label("space", space.id),
                *(label("theme", theme_id) for theme_id, _name in own),
                *(author(line.by) for line in logbook[space.id]),
            ],
        )


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(select(Space.id).where(Space.id > after).order_by(Space.id).limit(most))
    return [(id, 0) for id in ids]


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """Two queries."""
    best = {hit.thing_id: hit.line - FACTS for hit in hits if hit.line > FACTS}
    said = {
        row.space_id: row
        for row in session.execute(
            select(
                *(LogbookEntry.id, LogbookEntry.space_id, LogbookEntry.title, LogbookEntry.html),
                LogbookEntry.at,
            )
            .where(LogbookEntry.id.in_(best.values()))
            .order_by(LogbookEntry.id)
        )
    }
    rows = session.execute(
        select(
            *(Space.id, Space.name, Space.slug, Space.summary, Space.aim_html, Space.kind),
            *(Space.for_whom, Space.region),
        ).where(
            Space.id.in_([hit.thing_id for hit in hits]),
            SPACES.clause(actor, SpacePermission.READ),
        )
    )
    found = {}
    for space in rows:
        text = "\n".join(filter(None, (space.summary, own_text(space.aim_html), space.for_whom)))
        words = word_count(text)
        url = f"/proeftuinen/{space.slug}"
        where = " · ".join(filter(None, (str(KIND_LABELS[space.kind]), space.region)))
        entry = said.get(space.id)
        if entry is not None:
            url = f"{url}/logboek/{entry.id}"
            where = f"{_('Logbook')}: {entry.title}"
            text = f"{entry.title}\n{own_text(entry.html)}"
        found[space.id] = Shown(
            title=space.name,
            url=url,
            where=where,
            at=entry.at if entry is not None else None,
            words=words,
            text=text,
        )
    return found


def came(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When they began: of what comes into their logbooks is told by itself."""
    rows = session.execute(select(Space.id, Space.created_at).where(Space.id.in_(ids)))
    return {row.id: row.created_at for row in rows}


def known(session: Session, actor: Actor, ids: Sequence[int], _now: datetime) -> Sequence[int]:
    """Those of these spaces that the actor is in."""
    return session.scalars(
        select(Space.id).where(Space.id.in_(ids), in_circle(actor, Space.circle_id))
    ).all()


def added(
    session: Session, actor: Actor, since: datetime, until: datetime
) -> dict[Key, dict[int, datetime]]:
    """What others wrote in logbooks in this time."""
    found: defaultdict[Key, dict[int, datetime]] = defaultdict(dict)
    for row in session.execute(
        select(LogbookEntry.id, LogbookEntry.space_id, LogbookEntry.at)
        .join(Persona, Persona.id == LogbookEntry.author_id)
        .where(LogbookEntry.at > since, LogbookEntry.at <= until)
        .where(Persona.member_id.is_distinct_from(actor.member_id))
        .order_by(LogbookEntry.id.desc())
        .limit(MOST_ADDED)
    ):
        found[row.space_id, 0][_number(row.id)] = row.at
    return found


offer(
    Source(
        kind=KIND,
        label=_l("Space"),
        present=present,
        documents=documents,
        keys=keys,
        watches={
            Space: _of_space,
            LogbookEntry: _of_entry,
            Theme: _of_renamed,
            Organisation: _of_renamed,
        },
        version=4,  # of when it was last added to
        came=came,
        known=known,
        added=added,
    )
)
