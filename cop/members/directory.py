"""The index of members, for members: by name, and by what each of them shows."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import (
    Member,
    MemberOrganisation,
    MemberRoleTag,
    MemberTheme,
    Organisation,
    Persona,
    Theme,
)
from cop.members.people import PERSON, Person, person
from cop.members.queries import among_members, name_begins
from cop.platform.errors import NotFound
from cop.platform.i18n import sort_key

PAGE = 30


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; an empty one does not count. A filter sees only what is shown."""

    words: str = ""
    role: str = ""
    theme: str = ""  # slug
    organisation: str = ""  # slug
    region: str = ""

    @property
    def any(self) -> bool:
        return any((self.words, self.role, self.theme, self.organisation, self.region))


@dataclass(frozen=True, slots=True)
class Entry:
    person: Person
    note: str  # profession and organisations, as far as shown


@dataclass(frozen=True, slots=True)
class Page:
    """Attributes: before, after — keys of the pages on either side, None at an end."""

    entries: list[Entry]
    before: str | None
    after: str | None


def find(
    session: Session,
    actor: Actor,
    filters: Filters,
    after: str | None = None,
    before: str | None = None,
) -> Page:
    """One page of members in order of name; two queries, however many there are.

    Args:
        after, before: a key that an earlier page gave; at most one of them.

    Raises:
        NotFound: the actor is no member.
    """
    if not actor.is_member:
        raise NotFound
    query = (
        select(*PERSON, Persona.sort_key, Persona.member_id)
        .add_columns(Member.profession, Member.profession_shown)
        .join(Member, Member.id == Persona.member_id)
        .where(among_members(), *_conditions(filters))
    )
    backwards = after is None and before is not None
    if backwards:
        query = query.where(_beyond(before, down=True))
        query = query.order_by(Persona.sort_key.desc(), Persona.handle.desc())
    else:
        query = query.where(_beyond(after, down=False)) if after is not None else query
        query = query.order_by(Persona.sort_key, Persona.handle)
    rows = session.execute(query.limit(PAGE + 1)).all()
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows = rows[::-1]
    works_at = _organisations(session, [row.member_id for row in rows])
    entries = [
        Entry(
            person(row, actor),
            ", ".join(
                part
                for part in (
                    row.profession if row.profession_shown else "",
                    *works_at.get(row.member_id, ()),
                )
                if part
            ),
        )
        for row in rows
    ]
    has_before = more if backwards else after is not None
    has_after = True if backwards else more
    return Page(
        entries,
        before=_key(rows[0]) if rows and has_before else None,
        after=_key(rows[-1]) if rows and has_after else None,
    )


def _key(row: Any) -> str:
    # Name and handle are what the page shows anyway; a number would say who came when.
    return f"{row.sort_key}~{row.handle}"


def _beyond(key: str | None, down: bool) -> ColumnElement[bool]:
    name, _mark, handle = (key or "").rpartition("~")
    if down:
        return or_(Persona.sort_key < name, and_(Persona.sort_key == name, Persona.handle < handle))
    return or_(Persona.sort_key > name, and_(Persona.sort_key == name, Persona.handle > handle))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    said: list[ColumnElement[bool]] = []
    key = sort_key(filters.words)
    if key:
        said.append(name_begins(key))
    elif filters.words.strip():
        said.append(Persona.id < 0)  # signs only: nobody is called so
    if filters.role:
        said.append(
            exists().where(
                MemberRoleTag.member_id == Member.id,
                MemberRoleTag.tag == filters.role,
                MemberRoleTag.shown,
            )
        )
    if filters.theme:
        said.append(
            exists().where(
                MemberTheme.member_id == Member.id,
                MemberTheme.shown,
                MemberTheme.theme_id == Theme.id,
                Theme.slug == filters.theme,
            )
        )
    if filters.organisation:
        said.append(
            exists().where(
                MemberOrganisation.member_id == Member.id,
                MemberOrganisation.shown,
                MemberOrganisation.organisation_id == Organisation.id,
                Organisation.slug == filters.organisation,
            )
        )
    if filters.region:
        said.append(and_(Member.region == filters.region, Member.region_shown))
    return said


def _organisations(session: Session, member_ids: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for member_id, name in session.execute(
        select(MemberOrganisation.member_id, Organisation.name)
        .join(Organisation, Organisation.id == MemberOrganisation.organisation_id)
        .where(MemberOrganisation.member_id.in_(member_ids), MemberOrganisation.shown)
        .order_by(Organisation.sort_key)
    ):
        found.setdefault(member_id, []).append(name)
    return found
