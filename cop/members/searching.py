"""Members in search, for members: by their own name and by what each of them shows; and themes.

Pseudonyms are never found: where one is used, its posts are. What a member hides is not stored in
the index at all, so that no ranking tells of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import (
    Member,
    MemberOrganisation,
    MemberTheme,
    Organisation,
    Persona,
    PersonaKind,
    Theme,
)
from cop.members.people import CLUSTERS, PERSON, ROLES, person
from cop.members.queries import among_members, theme_name
from cop.platform.db import rows
from cop.platform.i18n import lazy as _l
from cop.platform.i18n import speaking
from cop.platform.search.sources import (
    Audience,
    Document,
    Hit,
    Key,
    Line,
    Shown,
    Source,
    changed,
    label,
    offer,
)

KIND, THEME = "member", "theme"
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # a theme is never news
_SHOWS = (
    *("state", "profession", "profession_shown", "cluster", "cluster_shown", "region"),
    *("region_shown", "about", "organisations", "themes"),
)


def _of_persona(_session: Session, persona: Persona) -> Iterator[Key]:
    if persona.kind == PersonaKind.SELF and changed(
        persona, "name", "kind", "roles", "gone_at", "member_id"
    ):
        yield persona.id, 0


def _of_member(session: Session, member: Member) -> Iterator[Key]:
    if changed(member, *_SHOWS):
        own = select(Persona.id).where(
            Persona.member_id == member.id, Persona.kind == PersonaKind.SELF
        )
        for id in session.scalars(own.execution_options(autoflush=False)):
            yield id, 0


def _of_row(session: Session, row: MemberOrganisation | MemberTheme) -> Iterator[Key]:
    own = select(Persona.id).where(
        Persona.member_id == row.member_id, Persona.kind == PersonaKind.SELF
    )
    for id in session.scalars(own.execution_options(autoflush=False)):
        yield id, 0


def _of_renamed(session: Session, row: Organisation | Theme) -> Iterator[Key]:
    """All who show it, when it is called otherwise."""
    if not changed(row, "name" if isinstance(row, Organisation) else "name_nl"):
        return
    own = select(Persona.id).where(Persona.kind == PersonaKind.SELF)
    if isinstance(row, Organisation):
        have = own.join(MemberOrganisation, MemberOrganisation.member_id == Persona.member_id)
        have = have.where(MemberOrganisation.organisation_id == row.id)
    else:
        have = own.join(MemberTheme, MemberTheme.member_id == Persona.member_id)
        have = have.where(MemberTheme.theme_id == row.id)
    for id in session.scalars(have.execution_options(autoflush=False)):
        yield id, 0


_IDS: BindParameter[int] = bindparam("ids", expanding=True)
_PEOPLE = (
    select(
        *(Persona.id, Persona.name, Persona.roles, Persona.member_id, Member.created_at),
        *(Member.profession, Member.profession_shown, Member.cluster, Member.cluster_shown),
        *(Member.region, Member.region_shown, Member.about),
    )
    .join(Member, Member.id == Persona.member_id)
    .where(Persona.id.in_(_IDS), among_members())
)
_WORKS = (
    select(MemberOrganisation.member_id, Organisation.name)
    .join(Organisation, Organisation.id == MemberOrganisation.organisation_id)
    .where(MemberOrganisation.member_id.in_(_IDS), MemberOrganisation.shown.is_(True))
)
_THEMES = (
    select(MemberTheme.member_id, Theme.id, Theme.name_nl)
    .join(Theme, Theme.id == MemberTheme.theme_id)
    .where(MemberTheme.member_id.in_(_IDS), MemberTheme.shown.is_(True))
)


def documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    """Three queries."""
    people = rows(session, _PEOPLE, {"ids": [id for id, _part in keys]}).all()
    ids = {"ids": [row.member_id for row in people]}
    works = rows(session, _WORKS, ids).all()
    themes = rows(session, _THEMES, ids).all()
    for row in people:
        own = [(id, name) for member_id, id, name in themes if member_id == row.member_id]
        with speaking("nl", "Europe/Amsterdam"):
            said = [str(label_) for tag, label_ in ROLES.items() if tag in row.roles]
            if row.cluster and row.cluster_shown:
                said += [str(label_) for tag, label_ in CLUSTERS.items() if tag == row.cluster]
        facts = [
            row.profession if row.profession_shown else "",
            row.region if row.region_shown else "",
            *said,
            *(name for member_id, name in works if member_id == row.member_id),
            *(name for _id, name in own),
        ]
        yield Document(
            key=(row.id, 0),
            title=row.name,
            lines=[Line(1, row.about), Line(2, "\n".join(facts))],
            audience=Audience.MEMBERS,
            circle_id=None,
            at=row.created_at,
            labels=[label("kind", KIND), *(label("theme", id) for id, _name in own)],
        )


def keys(session: Session, after: int, most: int) -> list[Key]:
    ids = session.scalars(
        select(Persona.id)
        .where(Persona.id > after, among_members())
        .order_by(Persona.id)
        .limit(most)
    )
    return [(id, 0) for id in ids]


def present(session: Session, actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """One query; nothing for visitors."""
    if not actor.is_member:
        return {}
    found = {}
    for row in session.execute(
        select(Persona.id, Member.about, Member.profession, Member.profession_shown, *PERSON)
        .join(Member, Member.id == Persona.member_id)
        .where(Persona.id.in_([hit.thing_id for hit in hits]), among_members())
    ):
        card = person(row, actor)
        what = [row.profession if row.profession_shown else "", *card.role_labels]
        found[row.id] = Shown(
            title=card.name,
            url=card.url or "",
            where=", ".join(filter(None, what)),
            text=row.about,
        )
    return found


def _of_theme(_session: Session, theme: Theme) -> Iterator[Key]:
    yield theme.id, 0


def theme_documents(session: Session, keys: Sequence[Key]) -> Iterator[Document]:
    for theme in session.scalars(
        select(Theme).where(Theme.id.in_([id for id, _part in keys]), Theme.retired_at.is_(None))
    ):
        yield Document(
            key=(theme.id, 0),
            title=f"{theme.name_nl} {theme.name_en}",
            lines=[],
            audience=Audience.ALL,
            circle_id=None,
            at=EPOCH,
            labels=[label("kind", THEME)],
        )


def theme_keys(session: Session, after: int, most: int) -> list[Key]:
    ids: Iterable[int] = session.scalars(
        select(Theme.id)
        .where(Theme.id > after, Theme.retired_at.is_(None))
        .order_by(Theme.id)
        .limit(most)
    )
    return [(id, 0) for id in ids]


def present_themes(session: Session, _actor: Actor, hits: Sequence[Hit]) -> dict[int, Shown]:
    """One query."""
    rows = session.execute(
        select(Theme.id, Theme.slug, theme_name()).where(
            Theme.id.in_([hit.thing_id for hit in hits]), Theme.retired_at.is_(None)
        )
    )
    return {row[0]: Shown(title=row[2], url=f"/zoeken?thema={row[1]}") for row in rows}


offer(
    Source(
        kind=KIND,
        label=_l("Member"),
        present=present,
        documents=documents,
        keys=keys,
        watches={
            Persona: _of_persona,
            Member: _of_member,
            MemberOrganisation: _of_row,
            MemberTheme: _of_row,
            Organisation: _of_renamed,
            Theme: _of_renamed,
        },
        weight=0.6,
    )
)
offer(
    Source(
        kind=THEME,
        label=_l("Theme"),
        present=present_themes,
        documents=theme_documents,
        keys=theme_keys,
        watches={Theme: _of_theme},
        weight=0.4,
    )
)
