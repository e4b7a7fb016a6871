"""Shared cases in search: title, themes and learning question, for those in their circle.

A case is encrypted where it is kept, so no word of it goes into the index: for each search the
cases that the searcher may read are looked at themselves.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.cases import links
from cop.cases.models import READABLE, Case, CaseTheme
from cop.cases.permissions import CASES, CasePermission
from cop.members.actor import Actor
from cop.members.models import Theme
from cop.platform.db import AnySelect, rows
from cop.platform.i18n import lazy as _l
from cop.platform.policy import among
from cop.platform.search.sources import (
    Audience,
    Document,
    Hit,
    Line,
    Shown,
    Source,
    label,
    offer,
)

KIND = "case"
MOST = 400  # the newest that somebody may read


@cache
def _readable(kind: Actor) -> AnySelect:
    return (
        select(Case.id, Case.title, Case.question, Case.shared_at, Case.circle_id)
        .where(among(Case.state, READABLE), CASES.clause(kind, CasePermission.READ))
        .order_by(Case.shared_at.desc(), Case.id.desc())
        .limit(MOST)
    )


def aside(session: Session, actor: Actor) -> Iterator[Document]:
    """Two queries; nothing for visitors."""
    if not actor.is_member:
        return
    found = rows(session, _readable(actor.left_open), actor.parameters).all()
    themes: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    if found:
        for case_id, theme_id, name in session.execute(
            select(CaseTheme.case_id, Theme.id, Theme.name_nl)
            .join(Theme, Theme.id == CaseTheme.theme_id)
            .where(CaseTheme.case_id.in_([row.id for row in found]))
        ):
            themes[case_id].append((theme_id, name))
    for row in found:
        own = themes[row.id]
        yield Document(
            key=(row.id, 0),
            title=row.title or "",
            lines=[Line(1, row.question or ""), Line(2, "\n".join(name for _id, name in own))],
            audience=Audience.INSIDE,
            circle_id=row.circle_id,
            at=row.shared_at,
            labels=[label("kind", KIND), *(label("theme", theme_id) for theme_id, _name in own)],
        )


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """One query."""
    if not actor.is_member:
        return {}
    found = session.execute(
        select(Case.id, Case.title, Case.question, Case.words, Case.shared_at).where(
            Case.id.in_([hit.thing_id for hit in hits]),
            among(Case.state, READABLE),
            CASES.clause(actor, CasePermission.READ),
        )
    )
    return {
        row.id: Shown(
            title=row.title or "",
            url=f"/casussen/{row.id}",
            at=row.shared_at,
            words=row.words,
            text=row.question or "",
        )
        for row in found
    }


def naming(session: Session, actor: Actor, url: str) -> list[Shown]:
    """Cases that name the thing with this address; three queries."""
    ids = links.naming(session, actor, url)
    said = present(session, actor, [Hit(id, 0) for id in ids]) if ids else {}
    return [said[id] for id in ids if id in said]


offer(Source(kind=KIND, label=_l("Case"), present=present, aside=aside, naming=naming))
